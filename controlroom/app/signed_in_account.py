"""Follows the signed-in account: applies role changes made on other desks, and signs the person out when the account
is disabled.

A role taken or given does not throw anybody out in the middle of their work: what is offered changes, every use case
checks again anyway. An account switched off, ended, or given another password is out.
"""

import logging

from PySide6.QtCore import QObject

from controlroom.accounts.desk_sign_in import DeskSignIn
from controlroom.accounts.records import Actor
from controlroom.configuration.service import SettingsService
from controlroom.errors import PermissionRefused
from controlroom.ui.kit.context import PageContext
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.lock import DeskGuard
from controlroom.ui.sign_in.page import SignInPage
from controlroom.ui.timers import every

log = logging.getLogger(__name__)
LOOKS_EVERY_MS = 60_000  # an account that ends at midnight is out within a minute of it


class SignedInAccount(QObject):
    """Asks about the account once a minute, and whenever it was changed; enters locking in the audit trail."""

    def __init__(
        self,
        context: PageContext,
        service: DeskSignIn,
        configuration: SettingsService,
        sign_in: SignInPage,
        guard: DeskGuard | None,
    ) -> None:
        super().__init__()
        self._session, self._messages = context.session, context.messages
        self._background = context.background
        self._service, self._sign_in, self._guard = service, sign_in, guard
        self._timer = every(self, LOOKS_EVERY_MS, self.look)
        context.changes.changed.connect(self._take_change)
        if guard is not None:
            guard.use_settings(
                idle_minutes=lambda: configuration.now.lock_after_idle_minutes,
                shows_wall=lambda: configuration.now.lock_shows_wall,
            )
            guard.locked_up.connect(self._note_lock)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        if self._guard is not None:
            self._guard.stop()

    def look(self) -> None:
        """Ask who the person at the desk is by now."""
        if not self._session.signed_in:
            return
        actor = self._session.actor
        self._background.run(
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
            self._messages.show(f"Your roles were changed: {roles}.", "warn")

    def _take_refusal(self, asked: Actor, error: Exception) -> None:
        if not isinstance(error, PermissionRefused):
            log.warning("who is at the desk could not be asked: %s", error)
            return
        if self._session.signed_in and self._session.actor.user_id == asked.user_id:
            self._sign_in.say_why(str(error))
            self._session.sign_out()
            self._background.run(lambda: self._service.sign_out(asked), on_error=_only_noted)

    def _note_lock(self, idle: bool) -> None:
        actor = self._session.actor
        self._background.run(lambda: self._service.note_lock(actor, idle=idle), on_error=_only_noted)


def stay(session: DeskSession) -> Actor:
    """In a demonstration the lock opens without a password for whoever sat there."""
    return session.actor


def _only_noted(error: Exception) -> None:
    log.warning("the audit trail could not be told: %s", error)
