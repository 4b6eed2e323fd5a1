"""Holds who is at this desk, what they may do, and whether the desk is locked."""

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.errors import PermissionRefused


class DeskSession(QObject):
    """Holds the person signed in. Services check permissions again; `may` only decides what is offered.

    A locked desk keeps its person: lists go on being refreshed behind the lock, and nothing typed is lost. What keeps
    hands off meanwhile is `sign_in/lock.py`.
    """

    actor_changed = Signal()
    lock_changed = Signal(bool)

    def __init__(self, actor: Actor | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actor = actor
        self._locked = False

    @property
    def actor(self) -> Actor:
        """The person signed in; raises PermissionRefused when there is none."""
        if self._actor is None:
            raise PermissionRefused("Nobody is signed in at this desk.", remedy="Sign in first.")
        return self._actor

    @property
    def signed_in(self) -> bool:
        """True while someone is at the desk."""
        return self._actor is not None

    def is_at_desk(self, actor: Actor) -> bool:
        """True while this person is at the desk, whatever their roles are by now."""
        return self._actor is not None and self._actor.user_id == actor.user_id

    @property
    def locked(self) -> bool:
        """True while the desk waits for a password."""
        return self._locked

    def sign_in(self, actor: Actor) -> None:
        """Put `actor` at the desk and unlock it; tells everyone when that is somebody else than before."""
        changed, self._actor = actor != self._actor, actor
        if changed:
            self.actor_changed.emit()
        self._set_locked(False)

    def change_roles(self, actor: Actor) -> None:
        """The same person may do other things from now on; a locked desk stays locked."""
        if self._actor is not None and actor.user_id == self._actor.user_id and actor != self._actor:
            self._actor = actor
            self.actor_changed.emit()

    def sign_out(self) -> None:
        """Leave the desk empty."""
        if self._actor is not None:
            self._actor = None
            self.actor_changed.emit()
            self._set_locked(False)

    def lock(self) -> None:
        """Wait for the password of the person signed in; without one there is nothing to lock."""
        if self.signed_in:
            self._set_locked(True)

    def may(self, permission: Permission) -> bool:
        """True when the roles of the person signed in allow it."""
        return self._actor is not None and permission in permissions_of(self._actor.roles)

    def _set_locked(self, locked: bool) -> None:
        if locked != self._locked:
            self._locked = locked
            self.lock_changed.emit(locked)
