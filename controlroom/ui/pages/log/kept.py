"""What this desk keeps until the database has it, brought to the window's thread."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import About, ItemState, OutboxItem, Saved
from controlroom.log.records import LogEntry, NewLogEntry
from controlroom.ui.background import Background
from controlroom.ui.session import DeskSession


class KeptEntries(QObject):
    """Repeats the outbox's news as signals. Disk work stays on the outbox's own threads and the background's."""

    changed = Signal()
    written = Signal(object)  # Saved
    accepted = Signal(object)  # OutboxItem
    troubled = Signal(object)  # ControlRoomError about the files themselves

    _told = Signal()

    def __init__(
        self, outbox: Outbox, session: DeskSession, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._outbox, self._session, self._background = outbox, session, background
        self._told.connect(self._take)
        outbox.on_saved = self._announce_saved
        outbox.listen(self._told.emit)
        self._told.emit()

    def accept(self, new: NewLogEntry, about: About, picture: Path | None = None):
        """Keep an entry of the person at the desk; the future holds it once it is on the disk."""
        return self._outbox.accept(self._session.actor, new, about=about, picture=picture)

    def waiting(self) -> list[OutboxItem]:
        """Entries that go into the database by themselves, the newest first."""
        return [each for each in reversed(self._outbox.entries()) if each.state is ItemState.WAITING]

    def refused(self) -> list[OutboxItem]:
        """Entries the database refused that the person at the desk wrote or, as a supervisor, has to see."""
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
        """How many entries of this desk are not in the database."""
        return len(self._outbox.entries())

    def again(self, kept: OutboxItem) -> None:
        """Try a refused entry once more."""
        self._background.run(lambda: self._outbox.again(kept), owner=self)

    def close_refused(self, kept: OutboxItem) -> None:
        """A supervisor has dealt with a refused entry; the audit trail will say so."""
        actor: Actor = self._session.actor
        self._background.run(lambda: self._outbox.close_refused(kept, actor), owner=self)

    def may_close(self) -> bool:
        """Whether the person at the desk may close refused entries."""
        return self._session.may(Permission.REVIEW_INCIDENTS)

    def _announce_saved(self, written: Saved) -> None:  # on the sender's thread
        self.written.emit(written)

    def _take(self) -> None:
        for trouble in self._outbox.troubles():
            self.troubled.emit(trouble)
        self.changed.emit()


def as_entry(kept: OutboxItem) -> LogEntry:
    """A kept entry as the log shows entries; its id is negative, since it has none yet."""
    new = kept.entry
    return LogEntry(
        id=-kept.number,
        occurred_at=kept.occurred_at,
        recorded_at=kept.accepted_at,
        late=False,
        author=kept.actor.handle,
        category=new.category,
        source=new.source,
        text=new.text,
        camera_id=new.camera_id,
        camera_number=kept.about.number,
        place=kept.about.place,
        cad=new.cad,
        snapshot=kept.snapshot,
        accepted_at=kept.accepted_at,
        unsaved=kept.state.value,
    )
