"""Shows a long list part by part: filtered by the database as one types, more of it fetched as one scrolls."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate

from controlroom.log.records import Part, Position
from controlroom.ui.background import Background, Task
from controlroom.ui.kit.list_states import ListStates
from controlroom.ui.kit.record_list import RecordList
from controlroom.ui.kit.table_model import RECORD_ROLE, Index, RecordModel
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.layout import column, grow

R = TypeVar("R")
GROUP_ROLE = RECORD_ROLE + 10  # the words of a group (a day) above its first row, "" elsewhere
PART = 100  # rows fetched at a time
MOST_READ_AGAIN = 500  # rows read again at once when something changed


class PagedModel(RecordModel[R]):
    """Records in rows; `more_wanted` asks for those that follow."""

    more_wanted = Signal()

    def __init__(
        self,
        identity: Callable[[R], Hashable],
        group: Callable[[R], str],
        spoken: Callable[[R], str],
        parent: QObject,
    ) -> None:
        super().__init__(identity, parent)
        self._group, self._spoken = group, spoken
        self.has_more = False
        self.asking = False

    def set_records(self, records: Sequence[R]) -> None:
        """Show these instead, and draw every row anew: at midnight another day is "Today"."""
        super().set_records(records)
        if self._records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._records) - 1, 0))

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self.has_more and not self.asking

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self.more_wanted.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record = self._records[index.row()]
        if role == RECORD_ROLE:
            return record
        if role == GROUP_ROLE:
            words = self._group(record)
            before = self._group(self._records[index.row() - 1]) if index.row() else ""
            return words if words != before else ""
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._spoken(record)
        return None


class _Rows(QListView):
    """Rows in which letters are keys of the page, and select nothing; as high as their words need at this width."""

    def keyboardSearch(self, search: str) -> None:
        del search

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew when the width changed (a scroll bar came): Qt does so only for another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


def list_view(model: QAbstractItemModel, delegate: QStyledItemDelegate, name: str) -> QListView:
    """A list of painted rows that scrolls up and down only; `name` is for screen readers."""
    view = _Rows()
    view.setModel(model)
    view.setItemDelegate(delegate)
    delegate.setParent(view)
    view.setAccessibleName(name)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view


Fetch = Callable[[int, Position | None], Part[R]]


class PagedList(RecordList[R]):
    """The list itself. `fetch(limit, after)` runs in the background and gives records and where they end."""

    def __init__(
        self,
        delegate: QStyledItemDelegate,
        background: Background,
        *,
        identity: Callable[[R], Hashable],
        group: Callable[[R], str],
        spoken: Callable[[R], str],
        empty: EmptyState,
        name: str,
    ) -> None:
        super().__init__()
        self._background = background
        self._fetch: Fetch[R] | None = None
        self._next: Position | None = None
        self._task: Task | None = None
        self._wanted: Hashable | None = None
        self._quiet = self._again = self._afresh = self._goes_on = self._narrowed = False
        self._vacated = -1  # where the selected record stood that left the list by itself
        self.model: PagedModel[R] = PagedModel(identity, group, spoken, self)
        self.view = list_view(self.model, delegate, name)
        self.view.setMouseTracking(True)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFocusProxy(self.view)
        self.states = ListStates(self.view, empty, "Take a word away, or widen the filter (Ctrl+Shift+F).")
        self.states.again.connect(self.reload)
        self.body = column(grow(self.states), on=self)
        self.model.more_wanted.connect(self._read_more)
        self.view.selectionModel().currentRowChanged.connect(self._tell_selected)
        self.view.doubleClicked.connect(lambda index: self.activated.emit(index.data(RECORD_ROLE)))
        self.view.installEventFilter(self)

    def identity(self, record: R) -> Hashable:
        return self.model.identity(record)

    def show_from(self, fetch: Fetch[R], *, narrowed: bool) -> None:
        """Read another list from its beginning; `narrowed` tells an empty one from one that was filtered away."""
        self._fetch, self._narrowed, self._afresh = fetch, narrowed, True
        if self._task is not None:
            self._task.cancel()
        self._read(PART)

    def clear(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task, self._wanted, self.model.asking = None, None, False
        self.model.has_more = False
        self.model.set_records(())

    def reload(self) -> None:
        if self._task is not None:
            self._again = True  # what is told while the list is being read is read once that has ended
        else:
            self._read(min(MOST_READ_AGAIN, max(PART, self.model.rowCount())))

    def go_on(self) -> None:
        self._goes_on = self.selected_record() is not None
        if not self._goes_on and self._vacated >= 0 and self.model.rowCount():
            row = min(self._vacated, self.model.rowCount() - 1)
            self.view.setCurrentIndex(self.model.index(row, 0))

    def selected_record(self) -> R | None:
        index = self.view.currentIndex()
        return index.data(RECORD_ROLE) if index.isValid() else None

    def select(self, identity: Hashable) -> bool:
        """Select a record, now or when it arrives with the next reading; False when it is not there yet."""
        row = self.model.row_of(identity)
        if row is None:
            self._wanted = identity
            return False
        self.view.setCurrentIndex(self.model.index(row, 0))
        self.view.scrollTo(self.model.index(row, 0))
        return True

    def unselect(self) -> None:
        self.view.setCurrentIndex(QModelIndex())
        self.chosen.emit(None)

    def take_focus(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read(self, limit: int) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        self._again = False
        self.model.asking = True
        if not self.model.rowCount():
            self.states.show_reading()
        self._task = self._background.run(
            lambda: fetch(limit, None), self._take, self._take_error, owner=self
        )

    def _take(self, part: Part[R]) -> None:
        records, self._next = part.records, part.next
        self._task, self.model.asking = None, False
        self.began_afresh, self._afresh = self._afresh, False
        before, row_before = self.selected_record(), self.view.currentIndex().row()
        place = self.view.verticalScrollBar().value()
        self._quiet = True
        self.model.has_more = self._next is not None
        self.model.set_records(records)
        self.states.show_rows(len(records), narrowed=self._narrowed)
        row = self._row_to_select(before, row_before)
        left = row is None and before is not None and not self.began_afresh
        self._vacated = row_before if left else self._vacated if row is None else -1
        self.view.setCurrentIndex(self.model.index(row, 0) if row is not None else QModelIndex())
        if row is not None and (self.began_afresh or self._wanted is not None):
            self.view.scrollTo(self.model.index(row, 0))
        elif not self.began_afresh:
            self.view.verticalScrollBar().setValue(place)
        self._quiet = False
        if row is not None or not self._again:
            self._wanted = None
        if not self._again or (before is not None and self.model.row_of(self.identity(before)) is None):
            self._goes_on = False
        self._end_reading()

    def _row_to_select(self, before: R | None, row_before: int) -> int | None:
        """The row of the record that is wanted or was selected, or of what takes its place; None: none."""
        if self._wanted is not None:
            return self.model.row_of(self._wanted)
        row = self.model.row_of(self.identity(before)) if before is not None else None
        count = self.model.rowCount()
        if row is not None or not count:
            return row
        if self.began_afresh:
            return 0
        return min(row_before, count - 1) if self._goes_on else None

    def _read_more(self) -> None:
        fetch, after = self._fetch, self._next
        if fetch is None or after is None:
            return
        self.model.asking = True
        self._task = self._background.run(
            lambda: fetch(PART, after), self._take_more, self._take_error, owner=self
        )

    def _take_more(self, part: Part[R]) -> None:
        records, self._next = part.records, part.next
        self._task, self.model.asking, self.began_afresh = None, False, False
        self.model.has_more = self._next is not None
        self.model.append_records(records)
        self._end_reading()

    def _end_reading(self) -> None:
        self.arrived.emit(self.model.records)
        if self._again:
            self.reload()

    def _take_error(self, error: Exception) -> None:
        self._task, self.model.asking = None, False
        if not self.model.rowCount():
            self.states.show_failed(error)
        self._background.tell(error)

    def _tell_selected(self, index: QModelIndex) -> None:
        if index.isValid() and not self._quiet:
            self._vacated = -1
            self.chosen.emit(index.data(RECORD_ROLE))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.view:
            return super().eventFilter(watched, event)
        nothing_chosen = not self.view.currentIndex().isValid() and self.model.rowCount()
        if isinstance(event, QFocusEvent) and event.gotFocus() and nothing_chosen:
            self.view.setCurrentIndex(self.model.index(0, 0))
        entered = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and event.type() == QEvent.Type.KeyPress:
            self.activated.emit(self.selected_record())
            return True
        return super().eventFilter(watched, event)
