"""Who is at this desk, and what they may do."""

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.errors import PermissionRefused


class DeskSession(QObject):
    """Holds the person signed in. Services check permissions again; `may` only decides what is offered."""

    actor_changed = Signal()

    def __init__(self, actor: Actor | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actor = actor

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

    def sign_in(self, actor: Actor) -> None:
        """Put `actor` at the desk; tells everyone when that is somebody else than before."""
        if actor != self._actor:
            self._actor = actor
            self.actor_changed.emit()

    def sign_out(self) -> None:
        """Leave the desk empty."""
        if self._actor is not None:
            self._actor = None
            self.actor_changed.emit()

    def may(self, permission: Permission) -> bool:
        """True when the roles of the person signed in allow it."""
        return self._actor is not None and permission in permissions_of(self._actor.roles)
