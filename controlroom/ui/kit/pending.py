"""Shows what this desk's outbox holds: entries and addenda accepted here that are not in the database yet.

`PendingEntries` repeats the outbox's news as signals; `PendingPanel` shows them above a list.
"""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import show_time
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import About, ItemState, OutboxItem
from controlroom.log.records import LogEntry, NewAddendum, NewLogEntry, Snapshot
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.entries import EntryDelegate, spoken_entry
from controlroom.ui.kit.paged_list import PagedModel, list_view
from controlroom.ui.kit.table_model import RECORD_ROLE
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, column, discard, grow, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import label

HIDDEN = "Belongs to an incident: its words are shown to its writer."


class PendingEntries(QObject):
    """Passes entries to the outbox and repeats its news as signals. Disk work stays on other threads."""

    changed = Signal()
    saved = Signal(object)  # Saved: the database has it
    accepted = Signal(object)  # OutboxItem
    troubled = Signal(object)  # ControlRoomError about the files themselves

    _told = Signal()

    def __init__(
        self, outbox: Outbox, session: DeskSession, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._outbox, self._session, self._background = outbox, session, background
        self._told.connect(self._take)
        outbox.listen(self._told.emit, saved=self.saved.emit)
        self._told.emit()

    def accept(
        self, new: NewLogEntry, about: About, picture: Path | None = None, *, actor: Actor | None = None
    ) -> Future[OutboxItem]:
        """Accept an entry of the person at the desk, or of `actor`; the future holds it once it is on the disk."""
        return self._outbox.accept(actor or self._session.actor, new, about=about, picture=picture)

    def accept_addendum(
        self, new: NewAddendum, about: About, *, actor: Actor | None = None
    ) -> Future[OutboxItem]:
        """Accept an addendum, likewise."""
        return self._outbox.accept_addendum(actor or self._session.actor, new, about=about)

    def picture(self, snapshot: Snapshot) -> Path | None:
        """The picture of an entry that waits here, for the person at the desk; None where there is no such one."""
        return self._outbox.picture(self._session.actor, snapshot)

    def waiting(self) -> list[OutboxItem]:
        """What goes into the database by itself, the newest first."""
        return [each for each in reversed(self._outbox.entries()) if each.state is ItemState.WAITING]

    def refused(self) -> list[OutboxItem]:
        """Items the database refused, which the person at the desk wrote or, as a supervisor, has to see."""
        if not self._session.signed_in:
            return []
        all_of_them = self._session.may(Permission.REVIEW_INCIDENTS)
        handle = self._session.actor.handle
        return [
            each
            for each in reversed(self._outbox.entries())
            if each.state is ItemState.REFUSED and (all_of_them or each.actor.handle == handle)
        ]

    @property
    def count(self) -> int:
        """How many entries and addenda of this desk are not in the database."""
        return len(self._outbox.entries())

    def again(self, item: OutboxItem) -> None:
        """Try a refused one once more."""
        self._background.run(lambda: self._outbox.again(item), owner=self)

    def close_refused(self, item: OutboxItem) -> None:
        """A supervisor has dealt with a refused one; the audit trail will say so."""
        actor: Actor = self._session.actor
        self._background.run(lambda: self._outbox.close_refused(item, actor), owner=self)

    def may_close(self) -> bool:
        """Whether the person at the desk may close refused ones."""
        return self._session.may(Permission.REVIEW_INCIDENTS)

    def may_read(self, item: OutboxItem) -> bool:
        """Whether its words are for the person at the desk."""
        return self._session.signed_in and item.may_be_read_by(self._session.actor.handle)

    def as_entry(self, item: OutboxItem) -> LogEntry:
        """The item as the log shows entries; the id is negative, since it has none yet."""
        new, about = item.entry, item.about
        entry = LogEntry(
            id=-item.number,
            occurred_at=item.occurred_at,
            recorded_at=item.accepted_at,
            late=False,
            author=item.actor.handle,
            category="" if item.addendum is not None else new.category,
            source=new.source,
            text=item.text,
            camera_id=new.camera_id,
            camera_number=about.number,
            place=about.place,
            cad=new.cad,
            incident_id=new.incident_id,
            incident_reference=about.incident,
            snapshot=item.snapshot,
            entry_key=item.key,
            accepted_at=item.accepted_at,
            unsaved=item.state.value,
        )
        if self.may_read(item):
            return entry
        moment, author = item.accepted_at, item.actor.handle
        return LogEntry(entry.id, moment, moment, False, author, "", "", HIDDEN, unsaved=entry.unsaved)

    def _take(self) -> None:
        for trouble in self._outbox.troubles():
            self.troubled.emit(trouble)
        self.changed.emit()


def accepted_words(item: OutboxItem) -> str:
    """What is told when a form was accepted and cannot be saved now; "" while the database is here: it says "saved"."""
    if not item.away:
        return ""
    return (
        f"Accepted {show_time(item.accepted_at)}, kept on this desk; it is saved when the database is back."
    )


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
