"""Records which desk steers which camera. A lease that is not renewed in time lapses, and its camera has to be
stopped.

A desk sends the complete list of what it steers each time, so the next message makes up for a lost one. Renewals
stay in memory; which cameras are leased at all is stored on disk, so that a recorder that was killed knows after
its restart which to stop.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from controlroom.recording.records import Lease

log = logging.getLogger(__name__)

LONGEST_S = 10.0  # no desk may ask for more: that long a camera would run on
GRACE_S = 2.5  # after a restart: time for desks that still steer to say so
MOST_LEASES = 500
MOST_ID = 120  # characters of a desk's or camera's name


class LeaseBook:
    """The leases of every desk. Thread-safe; times by `monotonic` (seconds)."""

    def __init__(self, path: Path | None, monotonic: Callable[[], float]) -> None:
        self._path, self._monotonic = path, monotonic
        self._lock = threading.Lock()
        self._leases: dict[tuple[str, str], Lease] = {}
        now = monotonic()
        for camera_id, desk in self._read():
            self._leases[camera_id, desk] = Lease(camera_id, desk, now, now + GRACE_S)

    def renew(self, desk: str, camera_ids: Iterable[str], for_s: float) -> None:
        """Record that `desk` steers exactly these cameras for the next `for_s` seconds, unless it renews them."""
        now = self._monotonic()
        until = now + max(0.0, min(LONGEST_S, for_s))
        with self._lock:
            before = set(self._leases)
            wanted = {(camera_id[:MOST_ID], desk[:MOST_ID]) for camera_id in camera_ids}
            for key in before:
                if key[1] == desk and key not in wanted:
                    del self._leases[key]
            for key in wanted:
                known = self._leases.get(key)
                if known is None and len(self._leases) >= MOST_LEASES:
                    continue
                self._leases[key] = Lease(*key, known.since if known else now, until)
            if set(self._leases) != before:
                self._write()

    def lapsed(self) -> list[Lease]:
        """Remove the leases that ran out and return those whose camera nobody else steers: these have to be stopped."""
        now = self._monotonic()
        with self._lock:
            over = [lease for lease in self._leases.values() if lease.until <= now]
            for lease in over:
                del self._leases[lease.camera_id, lease.desk]
            if over:
                self._write()
            steered = {camera_id for camera_id, _ in self._leases}
        return [lease for lease in over if lease.camera_id not in steered]

    def current(self) -> list[Lease]:
        """List every lease that runs, oldest first."""
        with self._lock:
            return sorted(self._leases.values(), key=lambda lease: lease.since)

    def _read(self) -> list[tuple[str, str]]:
        if self._path is None or not self._path.exists():
            return []
        try:
            return [(str(camera), str(desk)) for camera, desk in json.loads(self._path.read_text())][
                :MOST_LEASES
            ]
        except (OSError, ValueError, TypeError):
            log.warning("the leases of the last run cannot be read: %s", self._path)
            return []

    def _write(self) -> None:
        if self._path is None:
            return
        draft = self._path.with_suffix(".new")
        try:
            draft.write_text(json.dumps(sorted(self._leases)))
            draft.replace(self._path)
        except OSError as error:  # a full disk must not cost the leases themselves
            log.warning("the leases cannot be written down: %s", error)
