"""Tells the control process in whose name this desk steers, and proves it to the recorder by their own key."""

from PySide6.QtCore import QObject

from controlroom.accounts.step_keys import StepKeys
from controlroom.audit.signatures import sign
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.holds.records import proof_facts
from controlroom.ui.session import DeskSession


class SteeringPerson(QObject):
    """Follows who is signed in. Their key is open only while they are, so nobody else can prove to be them."""

    def __init__(self, session: DeskSession, keys: StepKeys, control: ControlClient, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._keys, self._control = session, keys, control
        session.actor_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._control.sit_down(self._session.actor.handle if self._session.signed_in else "", self._prove)

    def _prove(self, recorder: str, desk: str, nonce: str) -> str:
        """The proof for that recorder now; "" without an open key (signed in while the database was away)."""
        handle = self._session.actor.handle if self._session.signed_in else ""
        key = self._keys.of(handle)
        return sign(key.private, *proof_facts(recorder, desk, nonce, handle)) if key is not None else ""
