"""Records which desk steers which camera, and stops a camera whose desk fell silent while steering it.

A desk sends the complete list of what it steers each time, so the next message makes up for a lost one. Renewals
stay in memory; which cameras are leased at all is stored on disk, so that a recorder that was killed knows after
its restart which to stop. A camera is stopped through the recorder's own control process.

A lease belongs to the desk whose secret it came with (its key, `desks.py`), whatever the desk is called.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEvent, ControlEventKind, DeviceAddress
from controlroom.errors import Unavailable
from controlroom.recording.owed_stops import OwedStops
from controlroom.recording.records import Lease
from controlroom.recording.storage_folder import write_private
from controlroom.small_files import read_json

log = logging.getLogger(__name__)

LONGEST_S = 10.0  # no desk may ask for more: that long a camera would run on
GRACE_S = 2.5  # after a restart: time for desks that still steer to say so
MOST_LEASES = 1000  # of so many that each desk known can have five
MOST_OF_A_DESK = 100
MOST_ID = 120  # characters of a desk's or camera's name
WARM_AFTER_S = 0.8  # the camera is connected to only once the desk's own orders have gone out
DISCONNECT_AFTER_S = 600.0  # how long a camera nobody steers any more stays connected


class LeaseBook:
    """The leases of every desk. Thread-safe; times by `monotonic` (seconds)."""

    def __init__(self, path: Path, monotonic: Callable[[], float]) -> None:
        self._path, self._monotonic = path, monotonic
        self._lock = threading.Lock()
        self._leases: dict[tuple[str, str], Lease] = {}
        self._crowded_out: list[Lease] = []
        now = monotonic()
        for camera_id, desk, key in self._read():
            self._leases[camera_id, key] = Lease(camera_id, desk, now, now + GRACE_S, key)

    def renew(self, desk: str, camera_ids: Iterable[str], for_s: float, *, key: str = "") -> None:
        """Record that a desk steers exactly these cameras for the next `for_s` seconds, unless it renews them.

        Only leases of the same key (the name, where there is none) are replaced or taken away.
        """
        now, key = self._monotonic(), key or desk
        until = now + max(0.0, min(LONGEST_S, for_s))
        with self._lock:
            before = set(self._leases)
            wanted = {camera_id[:MOST_ID] for camera_id in camera_ids}
            for camera_id, of in before:
                if of == key and camera_id not in wanted:
                    del self._leases[camera_id, of]
            for camera_id in sorted(wanted):
                known = self._leases.get((camera_id, key))
                if known is None and not self._has_room(key):
                    continue
                since = known.since if known else now
                self._leases[camera_id, key] = Lease(camera_id, desk[:MOST_ID], since, until, key)
            if set(self._leases) != before:
                self._write()

    def lapsed(self) -> list[Lease]:
        """Remove the leases that ran out and return those whose camera nobody else steers: these have to be stopped."""
        now = self._monotonic()
        with self._lock:
            over = [lease for lease in self._leases.values() if lease.until <= now]
            for lease in over:
                del self._leases[lease.camera_id, lease.key]
            if over:
                self._write()
            over += self._crowded_out
            self._crowded_out = []
            steered = {camera_id for camera_id, _ in self._leases}
        return [lease for lease in over if lease.camera_id not in steered]

    def current(self) -> list[Lease]:
        """List every lease that runs, oldest first."""
        with self._lock:
            return sorted(self._leases.values(), key=lambda lease: lease.since)

    def _has_room(self, key: str) -> bool:
        """Whoever has the most gives way to somebody who has fewer; that camera is stopped, as if it had lapsed."""
        if len(self._leases) < MOST_LEASES:
            return True
        counts = Counter(of for _, of in self._leases)
        greediest, most = counts.most_common(1)[0]
        if most <= counts[key] + 1:
            return False
        newest = max(
            (each for each in self._leases.values() if each.key == greediest), key=lambda each: each.since
        )
        self._crowded_out.append(self._leases.pop((newest.camera_id, greediest)))
        return True

    def _read(self) -> list[tuple[str, str, str]]:
        if not self._path.exists():
            return []
        try:
            found = read_json(self._path, list[tuple[str, ...]])[:MOST_LEASES]
            return [(each[0], each[1], each[-1]) for each in found if len(each) in (2, 3)]
        except (OSError, ValueError):
            log.warning("the leases of the last run cannot be read: %s", self._path)
            return []

    def _write(self) -> None:
        try:
            write_private(
                self._path, sorted((each.camera_id, each.desk, each.key) for each in self._leases.values())
            )
        except Unavailable as error:  # a full disk must not cost the leases themselves
            log.warning("the leases cannot be written down: %s", error)


class LeaseWatch:
    """Stops the cameras whose leases lapsed; `run_once` is called several times a second."""

    def __init__(
        self,
        leases: LeaseBook,
        address: Callable[[str], DeviceAddress | None],
        control: ControlClient,
        monotonic: Callable[[], float],
        owed: OwedStops | None = None,
    ) -> None:
        self._leases, self._address, self._control = leases, address, control
        self._monotonic = monotonic
        self._owed = owed or OwedStops()
        self._due = set(self._owed.cameras)
        self._lock = threading.Lock()
        self._connected: dict[str, tuple[DeviceAddress, float]] = {}
        self.stops = 0

    @property
    def stopping(self) -> set[str]:
        """The cameras that somebody may still be moving: they are stopped before anybody else is given them."""
        return {lease.camera_id for lease in self._leases.current()} | self._owed.cameras.keys()

    @property
    def owed(self) -> dict[str, str]:
        """The cameras that have not acknowledged the recorder's Stop, and the desks that moved them."""
        return self._owed.cameras

    def hand_over(self, desk: str, camera_ids: Sequence[str]) -> list[str]:
        """Stop cameras that do not acknowledge a desk's own Stop; returns those that were, or that another moves now.

        `camera_ids` are all there are of that desk now. Only what it leases is taken over.
        """
        self._owed.forget_others(desk, camera_ids)
        leased = {(lease.camera_id, lease.desk) for lease in self._leases.current()}
        stopped: list[str] = []
        for camera_id in camera_ids:
            others = any(camera == camera_id and of != desk for camera, of in leased)
            if self._owed.take_settled(camera_id, desk) or others:
                stopped.append(camera_id)
            elif (camera_id, desk) in leased and self._owed.add(camera_id, desk, handed_over=True):
                log.warning("camera %s is stopped: it does not acknowledge that to %s", camera_id, desk)
                with self._lock:
                    self._due.add(camera_id)
        return stopped

    def take_event(self, event: ControlEvent) -> None:
        """The camera has confirmed its Stop."""
        if event.kind is ControlEventKind.STOPPED:
            self._owed.settle(event.camera_id)

    def start_tours(self, camera_id: str, tours: Sequence[str]) -> bool:
        """Let the camera's own tours go on; False while the register does not tell where the camera is."""
        if not self._connect(camera_id, self._monotonic()):
            return False
        self._control.start_tours(camera_id, tours)
        return True

    def run_once(self) -> None:
        """Connect to leased cameras, stop those whose leases lapsed, disconnect from those long unused."""
        now = self._monotonic()
        for lease in self._leases.current():
            if now - lease.since >= WARM_AFTER_S:
                self._connect(lease.camera_id, now)
        for lease in self._leases.lapsed():
            log.warning("camera %s is stopped: %s fell silent while steering it", lease.camera_id, lease.desk)
            self._owed.add(lease.camera_id, lease.desk)
            with self._lock:
                self._due.add(lease.camera_id)
        for camera_id in list(self._due):
            # A camera the register does not tell yet (the database is away after a restart) is stopped once it does.
            if self._connect(camera_id, now):
                self._control.stop(camera_id, moved=True)
                self._control.stop_focus(camera_id)
                with self._lock:
                    self._due.discard(camera_id)
                self.stops += 1
        for camera_id, (_, used) in list(self._connected.items()):
            if now - used > DISCONNECT_AFTER_S and camera_id not in self._owed.cameras:
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
