"""Accepts what is typed into the log line, and tells the line how far each entry has come.

An entry is accepted once it is on this computer's disk, and saved once the database has it.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.typed_passwords import could_hold_password
from controlroom.cameras.records import Camera
from controlroom.errors import RuleBroken
from controlroom.log.outbox.records import About, OutboxItem, Saved
from controlroom.log.records import NewLogEntry
from controlroom.ui.background import Background
from controlroom.ui.kit.pending import PendingEntries
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.log_line import LogLine


class LogLineWriter(QObject):
    """Answers one log line. `find` gives the camera with an id."""

    def __init__(
        self,
        pending: PendingEntries,
        line: LogLine,
        session: DeskSession,
        background: Background,
        messages: Messages,
        find: Callable[[object], Camera | None],
        holds_password: Callable[[str], bool] = lambda _text: False,
    ) -> None:
        """`holds_password` says, slowly, whether a text holds a password of somebody who signed in here."""
        super().__init__()
        self._holds_password = holds_password
        self._checking: deque[tuple[NewLogEntry, Actor]] = deque()  # the first is being looked at
        self._pending, self._line, self._session = pending, line, session
        self._background, self._messages, self._find = background, messages, find
        self._held: list[tuple[NewLogEntry, Actor]] = []  # not saved until its writer says so
        self._own: set[str] = set()  # keys of what this line has sent
        line.entry_submitted.connect(self._keep)
        pending.saved.connect(self._written)
        pending.troubled.connect(messages.error)
        session.actor_changed.connect(self._follow_person)
        self._follow_person()

    def keep_picture(self, camera_id: int, picture: Path, at: datetime) -> None:
        """A snapshot somebody took: stored with an entry that says so."""
        new = NewLogEntry("Snapshot taken.", camera_id=camera_id, occurred_at=at)
        future = self._pending.accept(new, self._spot(camera_id), picture)
        self._background.follow(future, self._picture_kept, owner=self)

    def _picture_kept(self, item: OutboxItem) -> None:
        when = "; it is saved when the database is back" if item.away else ""
        self._messages.show(f"Snapshot of {item.about.number} kept in the log{when}.", kind="done")

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
        self._checking.append((new, self._session.actor))
        if len(self._checking) == 1:
            self._check_next()

    def _check_next(self) -> None:
        """Look at entries one after another, so that they are saved in their order; most need no look."""
        while self._checking:
            new, _ = self._checking[0]
            if could_hold_password(new.text):
                self._background.run(
                    partial(self._holds_password, new.text),
                    self._checked,
                    lambda _error: self._checked(False),
                    owner=self._line,
                )
                return
            self._save_first()

    def _checked(self, holds_password: bool) -> None:
        if holds_password:
            self._held.append(self._checking.popleft())
            self._line.held_back("this looks like a password.")
            self._messages.show(
                "What you wrote into the log line looks like a password of somebody at this desk.",
                "warn",
                self._save_all_the_same,
                "Save it all the same",
                meaning="It is not saved, and shown nowhere. A log entry can never be changed or taken back.",
                remedy="If it is a password, change it: whoever stood by may have read it.",
            )
        else:
            self._save_first()
        self._check_next()

    def _save_first(self) -> None:
        new, actor = self._checking.popleft()
        if self._session.signed_in and self._session.actor.user_id == actor.user_id:
            self._save(new)
        else:
            self._line.failed(RuleBroken("somebody else sat down before it was saved"))

    def _save(self, new: NewLogEntry) -> None:
        self._background.follow(
            self._pending.accept(new, self._spot(new.camera_id)),
            self._accepted,
            self._line.failed,
            owner=self._line,
        )

    def _save_all_the_same(self) -> None:
        """The person says of what they wrote that it is no password; the line itself waits for it no longer."""
        own = [each for each in self._held if self._session.is_at_desk(each[1])]
        self._held = [each for each in self._held if each not in own]
        for new, _ in own:
            saving = self._pending.accept(new, self._spot(new.camera_id))
            self._background.follow(saving, self._saved_after_all, self._messages.error, owner=self._line)

    def _saved_after_all(self, item: OutboxItem) -> None:
        self._own.add(item.key)
        self._line.saved_after_all(item.accepted_at, away=item.away)
        self._pending.accepted.emit(item)

    def _accepted(self, item: OutboxItem) -> None:
        self._own.add(item.key)
        self._line.accepted(item.accepted_at, away=item.away)
        self._pending.accepted.emit(item)

    def _written(self, saved: Saved) -> None:
        if saved.item.key in self._own:  # others were written in forms
            self._own.discard(saved.item.key)
            self._line.written(saved.recorded_at)

    def _spot(self, camera_id: int | None) -> About:
        camera = self._find(camera_id) if camera_id is not None else None
        return About(camera.number, camera.place.street) if camera is not None else About()
