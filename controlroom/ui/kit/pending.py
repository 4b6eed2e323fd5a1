"""What this desk's outbox holds, on the window's thread: entries and addenda accepted here that are not saved yet."""

from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import show_time
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import About, ItemState, OutboxItem
from controlroom.log.records import LogEntry, NewAddendum, NewLogEntry
from controlroom.ui.background import Background
from controlroom.ui.session import DeskSession

HIDDEN = "Belongs to an incident: its words are shown to its writer."


class PendingEntries(QObject):
    """Hands entries to the outbox and repeats its news as signals. Disk work stays on other threads."""

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

    def waiting(self) -> list[OutboxItem]:
        """What goes into the database by itself, the newest first."""
        return [each for each in reversed(self._outbox.entries()) if each.state is ItemState.WAITING]

    def refused(self) -> list[OutboxItem]:
        """What the database refused and the person at the desk wrote or, as a supervisor, has to see."""
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
        """It as the log shows entries; the id is negative, since it has none yet."""
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
