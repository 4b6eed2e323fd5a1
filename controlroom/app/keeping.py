"""The desk while its database is away: the log line's entries are kept first, the window says how things stand."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera
from controlroom.clock import show_time
from controlroom.errors import DatabaseAway, PermissionRefused
from controlroom.log.outbox.outbox import SeenOn
from controlroom.log.outbox.records import ItemKind, OutboxItem, Saved
from controlroom.log.records import NewLogEntry
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.pages.log.kept import KeptEntries
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.log_line import LogLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from controlroom.app.desk import Desk


class LogLineWriter(QObject):
    """Keeps what the log line sends and answers it: accepted once it is on this disk, saved once in the database."""

    def __init__(
        self,
        kept: KeptEntries,
        line: LogLine,
        session: DeskSession,
        background: Background,
        messages: Messages,
        find: "Callable[[object], Camera | None]",
    ) -> None:
        super().__init__()
        self._kept, self._line, self._session = kept, line, session
        self._background, self._messages, self._find = background, messages, find
        line.entry_submitted.connect(self._keep)
        kept.written.connect(self._written)
        kept.troubled.connect(messages.error)
        session.actor_changed.connect(self._follow_person)
        self._follow_person()

    def keep_picture(self, camera_id: int, picture: Path, at: datetime) -> None:
        """A snapshot somebody took: kept with an entry that says so."""
        new = NewLogEntry("Snapshot taken.", camera_id=camera_id, occurred_at=at)
        future = self._kept.accept(new, self._spot(camera_id), picture)
        self._background.follow(future, self._picture_kept, owner=self)

    def _picture_kept(self, kept: OutboxItem) -> None:
        when = "; it is saved when the database is back" if kept.away else ""
        self._messages.show(f"Snapshot of {kept.camera_number} kept in the log{when}.", kind="done")

    def _follow_person(self) -> None:
        self._line.set_allowed(self._session.may(Permission.WRITE_LOG))

    def _keep(self, text: str, camera_id: int | None, source: str, category: str) -> None:
        usual = NewLogEntry("")
        new = NewLogEntry(
            text,
            category=category or usual.category,
            source=source or usual.source,
            camera_id=camera_id,
        )
        self._background.follow(
            self._kept.accept(new, self._spot(camera_id)),
            self._accepted,
            self._line.failed,
            owner=self._line,
        )

    def _accepted(self, kept: OutboxItem) -> None:
        self._line.accepted(kept.accepted_at, away=kept.away)
        self._kept.accepted.emit(kept)

    def _written(self, written: Saved) -> None:
        if written.item.kind is ItemKind.ENTRY:
            self._line.written(written.recorded_at)

    def _spot(self, camera_id: int | None) -> SeenOn:
        camera = self._find(camera_id) if camera_id is not None else None
        return SeenOn(camera.number, camera.place.street) if camera is not None else SeenOn()


class DatabaseNews(QObject):
    """Says in the window how the database stands and what is kept, and lets the pages read again when it is back."""

    _turned = Signal(bool)

    def __init__(self, desk: "Desk", kept: KeptEntries) -> None:
        super().__init__()
        self._desk, self._kept = desk, kept
        self._availability = desk.room.services.database.availability
        self._turned.connect(self._take)
        self._availability.listen(self._turned.emit)
        kept.changed.connect(self.show_kept)
        if not self._availability.here:
            self._take(here=False)
        self.show_kept()

    def swallow(self, error: Exception) -> bool:
        """True for an error the strip under the top bar says already."""
        return isinstance(error, DatabaseAway) and not self._availability.here

    def show_kept(self) -> None:
        """The count of what is not in the database yet."""
        waiting, refused = len(self._kept.waiting()), len(self._kept.refused())
        status = self._desk.window.status
        if not (waiting or refused):
            status.remove_item("kept")
            return
        said = (f"{waiting} not yet saved" if waiting else "", f"{refused} refused" if refused else "")
        words = ", ".join(part for part in said if part)
        tip = "Entries kept safely on this desk; the Log page lists them"
        status.set_item("kept", words, "alarm" if refused else "warn", tip)

    def _take(self, here: bool) -> None:
        strip = self._desk.window.desk_strip
        if here:
            strip.unsay("database")
            self._desk.messages.show("The database is back. Pages show what is new.", kind="done")
            sign_in = self._desk.room.services.sign_in
            self._desk.background.run(sign_in.make_good, self._made_good, self._not_made_good, owner=self)
            return
        since = self._availability.reach.since
        when = show_time(since) if since is not None else "now"
        strip.say(
            "database",
            f"The database has not answered since {when}. Live pictures and steering go on; log entries are kept "
            "on this desk and saved when it is back. Lists show what was read before; nothing else can be saved.",
            "alarm",
        )

    def _made_good(self, actor: Actor | None) -> None:
        """Whoever sat down from this desk's memory is signed in now as anybody is."""
        if actor is not None:
            self._desk.session.sign_in(actor)

    def _not_made_good(self, error: Exception) -> None:
        if isinstance(error, PermissionRefused):
            self._desk.session.sign_out()
        self._desk.messages.error(error)
