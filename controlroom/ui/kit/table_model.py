"""Defines tables of records: the columns, the model, and the proxy that filters and sorts.

A page declares columns over its record type and hands records in; it never touches items or indexes.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from controlroom.folding import Wanted, fold, holds, wanted
from controlroom.ui import theme

R = TypeVar("R")
Align = Literal["left", "right", "centre"]
Index = QModelIndex | QPersistentModelIndex

RECORD_ROLE = int(Qt.ItemDataRole.UserRole)
SORT_ROLE = RECORD_ROLE + 1
STATE_ROLE = RECORD_ROLE + 2  # a state whose mark stands before the text
PILL_ROLE = RECORD_ROLE + 3  # True: text and mark in a filled pill

CELL_SIZE = 13.5  # of the words, in pixels

_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "right": Qt.AlignmentFlag.AlignRight,
    "centre": Qt.AlignmentFlag.AlignHCenter,
}


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column over records of type R.

    `text` is what is shown, searched and exported; `sort_key` orders (the text when None; keys may be None, which
    sorts first). `role` names the text's colour, `state` puts a state's mark before it, `pill` fills the mark's box.
    """

    title: str
    text: Callable[[R], str]
    sort_key: Callable[[R], Any] | None = None
    role: Callable[[R], str] | str = "text"
    state: Callable[[R], str] | None = None
    align: Align = "left"
    width: int = 120
    weight: int = theme.REGULAR
    pill: bool = False
    hidden: bool = False
    stretch: bool = False
    tip: Callable[[R], str] | None = None
    name: str = ""  # remembered under this; the title when empty

    @property
    def key(self) -> str:
        """What the column's place and width are remembered under."""
        return self.name or self.title


class RecordModel(QAbstractTableModel, Generic[R]):
    """Records in rows, one column wide. `identity` gives what tells records apart (their id)."""

    def __init__(self, identity: Callable[[R], Hashable], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.identity = identity
        self._records: list[R] = []

    @property
    def records(self) -> list[R]:
        """All records read so far."""
        return list(self._records)

    def set_records(self, records: Sequence[R]) -> None:
        """Show these. Rows that only changed are refreshed in place, so that selection and scrolling stay."""
        before, fresh = self._records, list(records)
        if [self.identity(each) for each in fresh] != [self.identity(each) for each in before]:
            self.beginResetModel()
            self._records = fresh
            self.endResetModel()
            return
        self._records = fresh
        for row, (old, new) in enumerate(zip(before, fresh, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def append_records(self, records: Sequence[R]) -> None:
        """Add below what is not there yet; selection and scrolling stay."""
        known = {self.identity(each) for each in self._records}
        fresh = [each for each in records if self.identity(each) not in known]
        if fresh:
            first = len(self._records)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._records += fresh
            self.endInsertRows()

    def record(self, row: int) -> R:
        """The record in a row of this model."""
        return self._records[row]

    def row_of(self, identity: Hashable) -> int | None:
        """The row of a record, None when it is not there."""
        return next((row for row, each in enumerate(self._records) if self.identity(each) == identity), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1


class RecordTableModel(RecordModel[R]):
    """Records in rows, under declared columns."""

    def __init__(
        self, columns: Sequence[Column[R]], identity: Callable[[R], Hashable], parent: QObject | None = None
    ) -> None:
        super().__init__(identity, parent)
        self.columns = list(columns)
        self._search: dict[Hashable, str] = {}

    def set_records(self, records: Sequence[R]) -> None:
        """Show these, and search in what they say now."""
        self._search.clear()
        super().set_records(records)

    def search_text(self, row: int) -> str:
        """Everything a row shows, for searching."""
        record = self._records[row]
        identity = self.identity(record)
        if identity not in self._search:
            self._search[identity] = "\n".join(fold(each.text(record)) for each in self.columns)
        return self._search[identity]

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[self.columns[section].align] | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, record = self.columns[index.column()], self._records[index.row()]
        reader = _READERS.get(role)
        return reader(column, record) if reader is not None else None


def _sort_value(column: Column[Any], record: Any) -> Any:
    return column.sort_key(record) if column.sort_key is not None else column.text(record).casefold()


def _role(column: Column[Any], record: Any) -> str:
    return column.role if isinstance(column.role, str) else column.role(record)


_READERS: dict[int, Callable[[Column[Any], Any], Any]] = {
    int(Qt.ItemDataRole.DisplayRole): lambda column, record: column.text(record),
    int(Qt.ItemDataRole.AccessibleTextRole): lambda column, record: f"{column.title}: {column.text(record)}",
    int(Qt.ItemDataRole.ToolTipRole): lambda column, record: column.tip(record) if column.tip else None,
    int(Qt.ItemDataRole.ForegroundRole): lambda column, record: theme.color(_role(column, record)),
    int(Qt.ItemDataRole.FontRole): lambda column, _record: theme.font(CELL_SIZE, column.weight),
    int(Qt.ItemDataRole.TextAlignmentRole): lambda column, _record: (
        _ALIGN[column.align] | Qt.AlignmentFlag.AlignVCenter
    ),
    RECORD_ROLE: lambda _column, record: record,
    SORT_ROLE: _sort_value,
    STATE_ROLE: lambda column, record: column.state(record) if column.state else None,
    PILL_ROLE: lambda column, _record: column.pill,
}


class FilterProxy(QSortFilterProxyModel, Generic[R]):
    """Shows the rows that hold every typed word and pass the page's own test."""

    def __init__(self, model: RecordTableModel[R], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._wanted: Wanted = ()
        self._predicate: Callable[[R], bool] | None = None
        self.setSortRole(SORT_ROLE)
        self.setSourceModel(model)

    def set_words(self, text: str) -> None:
        """Show only rows with every word of `text` in them."""
        self.beginFilterChange()
        self._wanted = wanted(text)
        self.endFilterChange()

    def set_predicate(self, predicate: Callable[[R], bool] | None) -> None:
        """Show only rows whose record passes; None shows all."""
        self.beginFilterChange()
        self._predicate = predicate
        self.endFilterChange()

    def shown(self) -> list[R]:
        """The records in view, in their order on screen."""
        return [
            self._model.record(self.mapToSource(self.index(row, 0)).row()) for row in range(self.rowCount())
        ]

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        del source_parent
        if self._predicate is not None and not self._predicate(self._model.record(source_row)):
            return False
        return not self._wanted or holds(self._wanted, self._model.search_text(source_row))

    def lessThan(self, left: Index, right: Index) -> bool:
        column = self._model.columns[left.column()]
        first = _sort_value(column, self._model.record(left.row()))
        second = _sort_value(column, self._model.record(right.row()))
        if first is None or second is None:
            return first is None and second is not None
        return first < second
