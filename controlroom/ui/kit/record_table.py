"""Shows a list as on every page: filtered as one types, sorted, with chosen columns (remembered), exported."""

import logging
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.column_widths import ColumnWidths
from controlroom.ui.kit.export import ask_for_file, write_csv
from controlroom.ui.kit.list_states import ListStates
from controlroom.ui.kit.record_delegate import RecordDelegate, RecordHeader
from controlroom.ui.kit.table_model import RECORD_ROLE, Column, FilterProxy, RecordTableModel
from controlroom.ui.timers import one_shot
from controlroom.ui.widgets import layout
from controlroom.ui.widgets.card import EmptyState, bare_button
from controlroom.ui.widgets.search_field import SearchField
from controlroom.ui.widgets.text import label
from controlroom.ui.window_state import WindowState

log = logging.getLogger(__name__)
R = TypeVar("R")
EXPORTED_STAYS_MS = 6000


class _Rows(QTableView):
    """Rows in which letters are keys of the page, and select nothing."""

    def keyboardSearch(self, search: str) -> None:
        del search


class RecordTable(QWidget, Generic[R]):
    """A table of records with its tools. The window's state stores its columns under `name`."""

    selected = Signal(object)  # the record, or None
    activated = Signal(object)  # Enter or double click
    exported = Signal(str)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column[R]],
        identity: Callable[[R], Hashable],
        *,
        empty: EmptyState | None = None,
        state: WindowState | None = None,
        background: Background | None = None,
        search_hint: str = "Filter",
        search_key: str = "Ctrl+F",
        may_export: Callable[[], bool] = lambda: True,
        sort_by: str = "",
        descending: bool = False,
        search_elsewhere: bool = False,
        export_from: Callable[[], Sequence[R]] | None = None,
    ) -> None:
        super().__init__()
        self._search_elsewhere, self._export_from = search_elsewhere, export_from
        self._name, self._state, self._background = name, state or WindowState(), background
        self._may_export = may_export
        self._focus_waits = False
        self._left_tools: list[QWidget] = []
        self._second_row = layout.row(spacing=8)
        self.model = RecordTableModel(columns, identity, self)
        self.proxy: FilterProxy[R] = FilterProxy(self.model, self)
        self.search = SearchField(search_hint, search_key)
        self._count = label("", theme.SMALL, role="text_dim")
        self._columns_button = bare_button("columns", "Choose columns", self._open_columns)
        self._export_button = bare_button("export", "Export what is shown as CSV", self.ask_and_export)
        buttons = layout.row(self._columns_button, self._export_button)
        tools = (layout.grow(self.search, 3), layout.SPRING, self._count, buttons)
        self.tools = layout.row(*tools, spacing=8, margins=(12, 10, 8, 10))
        self.view = self._make_view()
        self._widths = ColumnWidths(self, self.view, self.model)
        self._goes_on = False
        self._vacated = -1  # where the selected record stood that left the list by itself
        self.states = ListStates(
            self.view,
            empty or EmptyState("Nothing here yet"),
            "Take a word away, or all of them: Ctrl+F, Del.",
        )
        self._lay_out()
        self._connect()
        self._usual_sort = (sort_by, descending)
        self._restore_columns()
        self._state.follow(self._restore_columns)
        self._show_count()

    # -- records ---------------------------------------------------------------------------------------------

    def set_records(self, records: Sequence[R]) -> None:
        """Show these records; the selected one stays selected if it is still among them."""
        before, row = self.selected_record(), self.view.currentIndex().row()
        goes_on, self._goes_on = self._goes_on, False
        self.model.set_records(records)
        if before is not None and not self.select(self.model.identity(before)):
            self._vacated = -1 if goes_on else row
            self._select_row(row if goes_on else -1)
        self._show_count()

    def go_on(self) -> None:
        """Should the selected record leave the list with the next records, select the one that takes its place."""
        self._goes_on = self.selected_record() is not None
        if not self._goes_on and self._vacated >= 0:
            self._select_row(self._vacated)

    def append_records(self, records: Sequence[R]) -> None:
        """Show these below those already shown: the next part of a long list."""
        self.model.append_records(records)
        self._show_count()

    def selected_record(self) -> R | None:
        """The selected record, None when there is none."""
        index = self.view.selectionModel().currentIndex()
        return index.data(RECORD_ROLE) if index.isValid() else None

    def select(self, identity: Hashable) -> bool:
        """Select a record by its identity and bring it into view; False when it is not shown."""
        row = self.model.row_of(identity)
        if row is None:
            return False
        index = self.proxy.mapFromSource(self.model.index(row, 0))
        if not index.isValid():
            return False
        if index.row() != self.view.selectionModel().currentIndex().row():
            flag = QItemSelectionModel.SelectionFlag
            self.view.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self.view.scrollTo(index)
        return True

    def _select_row(self, row: int) -> None:
        """Select the row at this place, or the last one before it; none when there is no such row."""
        index = self.proxy.index(min(row, self.proxy.rowCount() - 1), 0)
        selection = self.view.selectionModel()
        if not index.isValid():
            selection.clear()
            self.selected.emit(None)
            return
        flag = QItemSelectionModel.SelectionFlag
        here = selection.currentIndex().row() == index.row()  # then Qt itself moved on, and tells nothing new
        selection.setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        if here:
            self._tell_selected(index)

    def take_focus(self) -> None:
        """Give the list the keyboard: now, or as soon as there is a list to give it to."""
        self._focus_waits = not self.view.isVisible()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_predicate(self, predicate: Callable[[R], bool] | None) -> None:
        """Show only records that pass (chips, period, …), on top of what is typed."""
        self.proxy.set_predicate(predicate)
        self._show_count()

    def shown_records(self) -> list[R]:
        """The records in view, in their order on screen."""
        return self.proxy.shown()

    def sort(self, title: str, descending: bool = False) -> None:
        """Sort by the column of that title."""
        for number, column in enumerate(self.model.columns):
            if column.title == title:
                order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
                self.view.sortByColumn(number, order)

    def add_tool(self, widget: QWidget, *, left: bool = False) -> QWidget:
        """Put a chip row or a button into the line above the list."""
        if left:
            self._left_tools.append(widget)
            self.tools.insertWidget(len(self._left_tools), widget)
        else:
            self.tools.insertWidget(self.tools.count() - 2, widget)
        return widget

    # -- export ----------------------------------------------------------------------------------------------

    def ask_and_export(self) -> None:
        """Ask for a file (without stopping anything) and write what is shown as CSV."""
        ask_for_file(self, f"{self._name}.csv", self.export_csv)

    def export_csv(self, path: Path) -> None:
        """Write the shown rows and columns to `path`; `exported` tells when it is done."""
        header = self.view.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        columns = [self.model.columns[each] for each in order if not header.isSectionHidden(each)]
        shown, more = self.shown_records(), self._export_from

        def write() -> None:
            rows = [[column.title for column in columns]]
            records = more() if more is not None else shown
            rows += [[column.text(record) for column in columns] for record in records]
            write_csv(path, rows)

        if self._background is None:
            write()
            self._tell_exported(path)
            return
        self._background.run(write, lambda _: self._tell_exported(path), owner=self)

    def _tell_exported(self, path: Path) -> None:
        self._count.setText(f"exported to {path.name}")
        QTimer.singleShot(EXPORTED_STAYS_MS, self, self._show_count)
        self.exported.emit(str(path))

    # -- columns ---------------------------------------------------------------------------------------------

    def show_column(self, title: str, shown: bool) -> None:
        """Show or hide a column; the last one shown stays."""
        header = self.view.horizontalHeader()
        for number, column in enumerate(self.model.columns):
            if column.title == title and (shown or header.count() - header.hiddenSectionCount() > 1):
                self.view.setColumnHidden(number, not shown)
        self._widths.fit_soon()
        self._remember_columns()

    def column_menu(self) -> QMenu:
        """The menu that shows and hides columns."""
        menu = QMenu(self)
        for number, column in enumerate(self.model.columns):
            entry = menu.addAction(column.title or column.key)
            entry.setCheckable(True)
            entry.setChecked(not self.view.isColumnHidden(number))
            entry.toggled.connect(lambda shown, title=column.title: self.show_column(title, shown))
        return menu

    def _open_columns(self) -> None:
        self.column_menu().popup(self._columns_button.mapToGlobal(QPoint(0, 32)))

    def _restore_columns(self) -> None:
        """As the person at the desk had them; whoever had none finds them as they are meant."""
        if not shiboken6.isValid(self):
            return
        remembered = self._state.get(f"table.{self._name}", {})
        try:
            self._show_columns(remembered)
        except (AttributeError, KeyError, TypeError, ValueError):  # a file somebody wrote into
            log.warning("the columns of %s are remembered wrongly and begun afresh", self._name)
            self._show_columns({})

    def _show_columns(self, remembered: dict[str, Any]) -> None:
        sort_by, descending = self._usual_sort
        header = self.view.horizontalHeader()
        header.blockSignals(True)
        places: list[tuple[int, int]] = []
        for number, column in enumerate(self.model.columns):
            known = remembered.get("columns", {}).get(column.key, {})
            self.view.setColumnHidden(number, bool(known.get("hidden", column.hidden)))
            places.append((int(known.get("place", number)), number))
        for place, (_, number) in enumerate(sorted(places)):
            header.moveSection(header.visualIndex(number), place)
        header.blockSignals(False)
        self._widths.restore(remembered.get("columns", {}))
        wanted = remembered.get("sort", {"title": sort_by, "descending": descending})
        self.sort(wanted["title"], wanted["descending"])

    def _remember_columns(self) -> None:
        header = self.view.horizontalHeader()
        columns = {
            column.key: {
                **self._widths.remembered(column),
                "hidden": header.isSectionHidden(number),
                "place": header.visualIndex(number),
            }
            for number, column in enumerate(self.model.columns)
        }
        sorted_by = self.proxy.sortColumn()
        value: dict[str, Any] = {"columns": columns}
        if sorted_by >= 0:
            value["sort"] = {
                "title": self.model.columns[sorted_by].title,
                "descending": self.proxy.sortOrder() == Qt.SortOrder.DescendingOrder,
            }
        self._state.set(f"table.{self._name}", value)

    # -- building --------------------------------------------------------------------------------------------

    def _make_view(self) -> QTableView:
        view = _Rows()
        view.setModel(self.proxy)
        view.setItemDelegate(RecordDelegate(view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setMouseTracking(True)
        view.setTabKeyNavigation(False)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(theme.px(38))
        view.verticalHeader().setMinimumSectionSize(theme.px(38))
        view.setAccessibleName(self._name)
        header = RecordHeader(view)
        view.setHorizontalHeader(header)
        header.setStretchLastSection(not any(column.stretch for column in self.model.columns))
        view.setSortingEnabled(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        return view

    def _lay_out(self) -> None:
        self.search.setMaximumWidth(theme.px(320))
        self.search.setMinimumWidth(theme.px(140))
        layout.column(self.tools, self._second_row, layout.grow(self.states), on=self)

    def _connect(self) -> None:
        if not self._search_elsewhere:  # the page asks its service, and passes in what that found
            self.search.searched.connect(self._filter)
        self.search.went_down.connect(self._enter_list)
        self.view.selectionModel().currentRowChanged.connect(self._tell_selected)
        self.view.doubleClicked.connect(self._tell_activated)
        self.view.installEventFilter(self)
        header = self.view.horizontalHeader()
        header.customContextMenuRequested.connect(lambda at: self.column_menu().popup(header.mapToGlobal(at)))
        self._remember = one_shot(self, 200, self._remember_columns)
        header.sectionResized.connect(lambda *_: self._remember.start())
        header.sectionMoved.connect(lambda *_: self._remember.start())
        header.sortIndicatorChanged.connect(lambda *_: self._remember.start())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and isinstance(event, QFocusEvent) and event.gotFocus():
            self._begin_at_first(event.reason())
        entered = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if watched is self.view and entered and event.type() == QEvent.Type.KeyPress:
            self._tell_activated(self.view.currentIndex())
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._export_button.setVisible(self._may_export())
        self._widths.fit()  # before anything is painted
        self._widths.fit_soon()  # once the list has its room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_tools()
        self._widths.fit_soon()

    def _place_tools(self) -> None:
        """Chips that find no room beside the search field stand in a row of their own."""
        wanted = sum(each.sizeHint().width() + 8 for each in self._left_tools)
        rest = self.tools.sizeHint().width() - (wanted if self._second_row.count() == 0 else 0)
        below = bool(self._left_tools) and rest + wanted > self.width()
        if below == (self._second_row.count() > 0):
            return
        for place, widget in enumerate(self._left_tools):
            if below:
                self.tools.removeWidget(widget)
                self._second_row.addWidget(widget)
            else:
                self._second_row.removeWidget(widget)
                self.tools.insertWidget(place + 1, widget)
        self._second_row.setContentsMargins(12, 0, 8, 10 if below else 0)

    def _filter(self, words: str) -> None:
        self.proxy.set_words(words)
        self._show_count()

    def _enter_list(self) -> None:
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.view.currentIndex().isValid() and self.proxy.rowCount():
            self.view.selectRow(0)

    def _begin_at_first(self, reason: Qt.FocusReason) -> None:
        """Select the first row when the focus comes by keyboard, so that one sees where it is."""
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if reason in by_key and not self.view.currentIndex().isValid() and self.proxy.rowCount():
            self.view.selectRow(0)

    def _tell_selected(self, index: QModelIndex) -> None:
        if index.isValid():
            self._vacated = -1
        self.selected.emit(index.data(RECORD_ROLE) if index.isValid() else None)

    def _tell_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.activated.emit(index.data(RECORD_ROLE))

    def _show_count(self) -> None:
        total, shown = self.model.rowCount(), self.proxy.rowCount()
        self._count.setText(f"{shown:,}" if shown == total else f"{shown:,} of {total:,}")
        self.states.show_rows(shown, narrowed=total > 0, by_words=bool(self.search.text().strip()))
        if self._focus_waits and shown and self.isVisible():
            self._focus_waits = False
            focused = self.window().focusWidget()
            if focused is None or focused.isAncestorOf(self):  # the focus was not moved elsewhere meanwhile
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
