"""Gives a record page one interface to its list, whether records are held in memory or read part by part.

`LocalList` reads all records and filters, sorts and counts them here. `ListColumn` (`list_column.py`) asks its service
for a part at a time. A page only knows `RecordList`.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.ui.background import Task
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import column, grow
from controlroom.ui.widgets.text import note

R = TypeVar("R")
P = TypeVar("P")
Chip = tuple[str, Callable[[Any], bool] | None]  # its words, and which records pass; None: all


class RecordList(QFrame, Generic[R]):
    """What a record page needs of its list. `chosen(record or None)` names the record to show beside it."""

    chosen = Signal(object)
    activated = Signal(object)  # Enter or double click
    arrived = Signal(object)  # every record read so far, after each reading
    began_afresh = False  # the last reading was of another list than the one before
    may_read: Callable[[], bool] = staticmethod(lambda: True)  # the page's word: in front of somebody who may

    def identity(self, record: R) -> Hashable:
        """What tells records apart."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read the same list again; selection and place stay."""
        raise NotImplementedError

    def clear(self) -> None:
        """Show nothing until the next reading: another person may not see what this one saw."""
        raise NotImplementedError

    def select(self, identity: Hashable) -> bool:
        """Select a record; False when it is not in the list now."""
        raise NotImplementedError

    def unselect(self) -> None:
        """Select nothing."""
        raise NotImplementedError

    def selected_record(self) -> R | None:
        """The selected record."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Should the selected record leave the list with the next reading, select the one that takes its place."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Give the list the keyboard."""
        raise NotImplementedError

    def begin_search(self) -> None:
        """Put the focus into the search field."""
        raise NotImplementedError

    def show_rights(self) -> None:
        """Offer what the person signed in may do with a list."""


class LocalList(RecordList[R]):
    """All records of a noun in a table. `read(actor)` runs in the background; `more` are options of `RecordTable`."""

    def __init__(
        self,
        context: PageContext,
        name: str,
        columns: Sequence[Column[R]],
        identity: Callable[[R], Hashable],
        read: Callable[[Actor], Sequence[R]],
        *,
        chips: Sequence[Chip] = (),
        intro: str = "",
        above: QWidget | None = None,
        export: Permission = Permission.EXPORT,
        **more: Any,
    ) -> None:
        super().__init__()
        self._context, self._read = context, read
        self._chips = chips or (("All", None),)
        self._task: Task | None = None
        self.table: RecordTable[R] = RecordTable(
            name,
            columns,
            identity,
            state=context.state,
            background=context.background,
            may_export=lambda: context.session.may(export),
            **more,
        )
        self.chips = Choices([words for words, _ in self._chips], chips=True)
        self.table.set_predicate(self._chips[0][1])
        self._lay_out(intro, above)
        self.setFocusProxy(self.table.view)
        self.chips.leads_to(self.table.view)
        self.chips.chosen.connect(lambda chip: self.table.set_predicate(self._chips[chip][1]))
        self.table.selected.connect(self.chosen)
        self.table.activated.connect(self.activated)
        self.table.states.again.connect(self.reload)

    def identity(self, record: R) -> Hashable:
        return self.table.model.identity(record)

    def reload(self) -> None:
        actor = self._context.session.actor
        self.run_reading(lambda: self._read(actor), self.set_records)

    def run_reading(self, read: Callable[[], P], take: Callable[[P], None]) -> None:
        """Read in the background, instead of any reading still under way."""

        def took(part: P) -> None:
            self._task = None
            take(part)

        if self._task is not None:
            self._task.cancel()
        elif not self.table.model.records:
            self.table.states.show_reading()
        self._task = self._context.background.run(read, took, self._take_error, owner=self)

    def set_records(self, records: Sequence[R]) -> None:
        """Show these records, and on each chip how many pass."""
        self.table.set_records(records)
        self.count_chips(records)
        self.arrived.emit(records)

    def count_chips(self, records: Sequence[R]) -> None:
        """Show on each chip how many of the records pass."""
        for number, (_, passes) in enumerate(self._chips):
            self.chips.set_count(number, sum(passes is None or passes(each) for each in records))

    def clear(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.table.set_records([])

    def select(self, identity: Hashable) -> bool:
        return self.table.select(identity)

    def unselect(self) -> None:
        self.table.view.selectionModel().clear()

    def selected_record(self) -> R | None:
        return self.table.selected_record()

    def go_on(self) -> None:
        self.table.go_on()

    def take_focus(self) -> None:
        self.table.take_focus()

    def begin_search(self) -> None:
        self.table.search.begin()

    def _take_error(self, error: Exception) -> None:
        self._task = None
        if not self.table.model.records:
            self.table.states.show_failed(error)
        self._context.background.tell(error)

    def _lay_out(self, intro: str, above: QWidget | None) -> None:
        if len(self._chips) > 1:
            self.table.add_tool(self.chips, left=True)
        card = Card(flush=True)
        if above is not None:
            card.add(above)
        card.add(self.table)
        parts = (note(intro) if intro else None, grow(card))
        # A page may put more into it.
        self.body = column(*parts, on=self, spacing=12, margins=(16, 16, 16, 16))
