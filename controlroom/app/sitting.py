"""Who sits at the desk, kept true: roles changed elsewhere hold here at once, and who is switched off is put out.

A role taken or given does not throw anybody out in the middle of their work: what is offered changes, every use case
checks again anyway. An account switched off, ended, or given another password is out.
"""

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from controlroom.accounts.records import Actor
from controlroom.errors import PermissionRefused
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.page import SignInPage

if TYPE_CHECKING:
    from controlroom.app.desk import Desk

log = logging.getLogger(__name__)
LOOKS_EVERY_MS = 60_000  # an account that ends at midnight is out within a minute of it


class Sitting(QObject):
    """Looks after the person at one desk."""

    def __init__(self, desk: "Desk", *, sign_in: SignInPage) -> None:
        super().__init__()
        self._desk, self._sign_in = desk, sign_in
        self._service, self._session = desk.room.services.sign_in, desk.session
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOKS_EVERY_MS)
        desk.changes.changed.connect(self._take_change)
        guard, configuration = desk.window.guard, desk.room.services.configuration
        if guard is not None:
            guard.use_settings(
                idle_minutes=lambda: configuration.now.lock_after_idle_minutes,
                shows_wall=lambda: configuration.now.lock_shows_wall,
            )
            guard.locked_up.connect(self._note_lock)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        if self._desk.window.guard is not None:
            self._desk.window.guard.stop()

    def look(self) -> None:
        """Ask who the person at the desk is by now."""
        if not self._session.signed_in:
            return
        actor = self._session.actor
        self._desk.background.run(
            lambda: self._service.refresh(actor),
            self._take,
            lambda error: self._take_refusal(actor, error),
            owner=self,
        )

    def _take_change(self, kind: str, key: str) -> None:
        if kind == "user" and self._session.signed_in and key == str(self._session.actor.user_id):
            self.look()

    def _take(self, now: Actor) -> None:
        if not self._session.signed_in or self._session.actor.user_id != now.user_id:
            return
        before = self._session.actor
        if now.roles != before.roles:
            self._session.change_roles(now)
            roles = ", ".join(sorted(now.roles))
            self._desk.messages.show(f"Your roles were changed: {roles}.", "warn")

    def _take_refusal(self, asked: Actor, error: Exception) -> None:
        if not isinstance(error, PermissionRefused):
            log.warning("who is at the desk could not be asked: %s", error)
            return
        if self._session.signed_in and self._session.actor.user_id == asked.user_id:
            self._sign_in.say_why(str(error))
            self._session.sign_out()
            self._desk.background.run(lambda: self._service.sign_out(asked), on_error=_only_noted)

    def _note_lock(self, idle: bool) -> None:
        actor = self._session.actor
        self._desk.background.run(lambda: self._service.note_lock(actor, idle=idle), on_error=_only_noted)


def stay(session: DeskSession) -> Actor:
    """In a demonstration the lock opens without a password for whoever sat there."""
    return session.actor


def _only_noted(error: Exception) -> None:
    log.warning("the audit trail could not be told: %s", error)
