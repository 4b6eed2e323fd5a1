"""Stops cameras whose desk fell silent while steering them, through the recorder's own control process."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from controlroom.cameras.devices import DeviceAddress
from controlroom.recording.leases import LeaseBook

log = logging.getLogger(__name__)

WARM_AFTER_S = 0.8  # the camera is connected to only once the desk's own orders have gone out
DISCONNECT_AFTER_S = 600.0  # how long a camera nobody steers any more stays connected


class StopClient(Protocol):
    """The part of the control process's client that is used here."""

    def connect(self, camera_id: str, address: DeviceAddress) -> None:
        """Connect to that camera and stay connected."""
        ...

    def forget(self, camera_id: str) -> None:
        """Disconnect from it."""
        ...

    def stop(self, camera_id: str) -> None:
        """Stop it, until acknowledged."""
        ...


class LeaseWatch:
    """Watches the leases; `run_once` is called several times a second."""

    def __init__(
        self,
        leases: LeaseBook,
        address: Callable[[str], DeviceAddress | None],
        control: StopClient,
        monotonic: Callable[[], float],
    ) -> None:
        self._leases, self._address, self._control = leases, address, control
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._connected: dict[str, tuple[DeviceAddress, float]] = {}
        self._owed: set[str] = set()
        self.stops = 0

    def run_once(self) -> None:
        """Connect to leased cameras, stop those whose leases lapsed, disconnect from those long unused."""
        now = self._monotonic()
        for lease in self._leases.current():
            if now - lease.since >= WARM_AFTER_S:
                self._connect(lease.camera_id, now)
        for lease in self._leases.lapsed():
            log.warning("camera %s is stopped: %s fell silent while steering it", lease.camera_id, lease.desk)
            self._owed.add(lease.camera_id)
        for camera_id in list(self._owed):
            # A camera the register does not tell yet (the database is away after a restart) is stopped once it does.
            if self._connect(camera_id, now):
                self._control.stop(camera_id)
                self._owed.discard(camera_id)
                self.stops += 1
        for camera_id, (_, used) in list(self._connected.items()):
            if now - used > DISCONNECT_AFTER_S:
                del self._connected[camera_id]
                self._control.forget(camera_id)

    def _connect(self, camera_id: str, now: float) -> bool:
        address = self._address(camera_id)
        if address is None:
            return False
        known = self._connected.get(camera_id)
        self._connected[camera_id] = (address, now)
        if known is None or known[0] != address:
            self._control.connect(camera_id, address)
        return True
