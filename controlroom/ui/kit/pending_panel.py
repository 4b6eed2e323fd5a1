"""Above a list: entries and addenda accepted on this desk that the database does not have yet, or refused."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame

from controlroom.clock import show_time
from controlroom.log.outbox.records import OutboxItem
from controlroom.log.records import LogEntry
from controlroom.ui import theme
from controlroom.ui.kit.entry_delegate import EntryDelegate
from controlroom.ui.kit.entry_words import spoken_entry
from controlroom.ui.kit.paged_list import PagedModel, list_view
from controlroom.ui.kit.pending import HIDDEN, PendingEntries
from controlroom.ui.kit.table_model import RECORD_ROLE
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, column, discard, grow, row
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import label

MOST_ROWS_SHOWN = 3  # more of them scroll
ROW_HEIGHT = 56


class PendingPanel(QFrame):
    """Hidden while there is nothing to show; `shows` says what belongs here."""

    wanted_back = Signal(object)  # OutboxItem: a copy of a refused entry, into the log line
    chosen = Signal(object)  # LogEntry: show a waiting one

    def __init__(
        self, pending: PendingEntries, shows: Callable[[OutboxItem], bool] = lambda _item: True
    ) -> None:
        super().__init__()
        self._pending, self._shows = pending, shows
        self.setProperty("bar", "list")
        self.setAccessibleName("Entries not yet saved")
        self.pill = Pill("", "warn")
        self.note = label("", theme.SMALL, role="text_dim", wrap=True)
        self.model: PagedModel[LogEntry] = PagedModel(
            lambda entry: (entry.id, entry.accepted_at, entry.text), lambda _entry: "", spoken_entry, self
        )
        self.rows = list_view(self.model, EntryDelegate(), "Entries not yet saved")
        self._refused = column(spacing=-1, margins=(14, 0, 10, 0))
        self.cards: list[RefusedCard] = []
        self._cards_for: tuple[list[OutboxItem], bool] = ([], False)
        self._lay_out()
        pending.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is pending now, for the person at the desk."""
        waiting = [each for each in self._pending.waiting() if self._shows(each)]
        refused = [each for each in self._pending.refused() if self._shows(each)]
        self.model.set_records([self._pending.as_entry(each) for each in waiting])
        count = len(waiting)
        self.pill.set(f"{count} not yet saved", "warn")
        self.pill.setVisible(bool(waiting))
        self.note.setVisible(bool(waiting))
        self.rows.setVisible(bool(waiting))
        if waiting:
            since = show_time(min(each.accepted_at for each in waiting))
            self.note.setText(f"Kept safely on this desk since {since}; saved by themselves, in order.")
        self.rows.setFixedHeight(theme.px(ROW_HEIGHT) * min(count, MOST_ROWS_SHOWN) + 4)
        if self._cards_for != (refused, self._pending.may_close()):
            self._cards_for = (refused, self._pending.may_close())
            self._show_refused(refused)
        self.setVisible(bool(waiting or refused))

    def _show_refused(self, refused: list[OutboxItem]) -> None:
        for card in self.cards:
            discard(card)
        pending = self._pending
        self.cards = [RefusedCard(each, pending, self.wanted_back.emit) for each in refused]
        for card in self.cards:
            self._refused.addWidget(card)

    def _choose(self, index: QModelIndex) -> None:
        entry: LogEntry = index.data(RECORD_ROLE)
        if entry.entry_key:
            self.chosen.emit(entry)

    def _lay_out(self) -> None:
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.rows.clicked.connect(self._choose)
        self.rows.activated.connect(self._choose)
        head = row(self.pill, grow(self.note), spacing=-1, margins=(14, 0, 10, 0))
        column(head, self.rows, self._refused, on=self, spacing=8, margins=(0, 12, 1, 0))


class RefusedCard(QFrame):
    """One entry the database refused: its words, why, and what can be done."""

    def __init__(
        self, item: OutboxItem, pending: PendingEntries, give_back: Callable[[OutboxItem], object]
    ) -> None:
        super().__init__()
        self.item, readable = item, pending.may_read(item)
        self.again = KeyButton("Try again", icon_name="arrow-clockwise", press=lambda: pending.again(item))
        self.back = KeyButton("Copy into the log line", press=lambda: give_back(item))
        self.done = KeyButton("Dealt with", press=lambda: pending.close_refused(item))
        self.done.setToolTip("It leaves this list; the audit trail says who closed it")
        number = item.about.number if readable else ""
        who = " · ".join(
            each for each in (f"{show_time(item.occurred_at)}  {item.actor.handle}", number) if each
        )
        column(
            row(Pill("refused", "alarm"), grow(label(who, theme.SMALL)), spacing=-1),
            label(item.text if readable else HIDDEN, 13.5, wrap=True),
            label(f"{item.reason} {item.remedy}".strip(), theme.SMALL, role="alarm", wrap=True),
            row(self.again, self.back, self.done, SPRING, spacing=-1),
            on=self,
            spacing=4,
            margins=(0, 4, 0, 8),
        )
        self.done.setVisible(pending.may_close())
        self.back.setVisible(readable and item.addendum is None)
