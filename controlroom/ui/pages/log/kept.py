"""What this desk keeps until the database has it, brought to the window's thread."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.incidents.records import LogEntry, NewLogEntry
from controlroom.incidents.spool.records import Kept, KeptState, Written
from controlroom.incidents.spool.spool import Spool, Spot
from controlroom.ui.background import Background
from controlroom.ui.session import DeskSession


class KeptEntries(QObject):
    """Repeats the spool's news as signals. Disk work stays on the spool's own threads and the background's."""

    changed = Signal()
    written = Signal(object)  # Written
    accepted = Signal(object)  # Kept
    troubled = Signal(object)  # ControlRoomError about the files themselves

    _told = Signal()

    def __init__(
        self, spool: Spool, session: DeskSession, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._spool, self._session, self._background = spool, session, background
        self._told.connect(self._take)
        spool.on_written = self._announce_written
        spool.listen(self._told.emit)
        self._told.emit()

    def accept(self, new: NewLogEntry, spot: Spot, picture: Path | None = None):
        """Keep an entry of the person at the desk; the future holds it once it is on the disk."""
        return self._spool.accept(self._session.actor, new, spot=spot, picture=picture)

    def waiting(self) -> list[Kept]:
        """Entries that go into the database by themselves, the newest first."""
        return [each for each in reversed(self._spool.entries()) if each.state is KeptState.WAITING]

    def refused(self) -> list[Kept]:
        """Entries the database refused that the person at the desk wrote or, as a supervisor, has to see."""
        if not self._session.signed_in:
            return []
        all_of_them = self._session.may(Permission.REVIEW_INCIDENTS)
        handle = self._session.actor.handle
        return [
            each
            for each in reversed(self._spool.entries())
            if each.state is KeptState.REFUSED and (all_of_them or each.actor.handle == handle)
        ]

    @property
    def count(self) -> int:
        """How many entries of this desk are not in the database."""
        return len(self._spool.entries())

    def again(self, kept: Kept) -> None:
        """Try a refused entry once more."""
        self._background.run(lambda: self._spool.again(kept), owner=self)

    def close_refused(self, kept: Kept) -> None:
        """A supervisor has dealt with a refused entry; the audit trail will say so."""
        actor: Actor = self._session.actor
        self._background.run(lambda: self._spool.close_refused(kept, actor), owner=self)

    def may_close(self) -> bool:
        """Whether the person at the desk may close refused entries."""
        return self._session.may(Permission.REVIEW_INCIDENTS)

    def _announce_written(self, written: Written) -> None:  # on the drainer's thread
        self.written.emit(written)

    def _take(self) -> None:
        for trouble in self._spool.troubles():
            self.troubled.emit(trouble)
        self.changed.emit()


def as_entry(kept: Kept) -> LogEntry:
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
        camera_number=kept.camera_number,
        place=kept.place,
        cad=new.cad,
        snapshot=kept.snapshot,
        accepted_at=kept.accepted_at,
        unsaved=kept.state.value,
    )
