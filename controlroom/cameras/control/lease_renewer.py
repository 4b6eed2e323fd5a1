"""Tells the recorder which cameras this desk is moving, so that the recorder can stop them if this process dies.

It does so on a thread of its own, so that orders to cameras never wait for it: a recorder that is away, slow or hung
changes nothing for the cameras.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from controlroom.cameras.control.hold_line import COME_BACK, DeskSecret
from controlroom.codec import from_plain
from controlroom.errors import Unavailable
from controlroom.processes.pinned_https import Declined, PinnedEndpoint, PinnedHttps

log = logging.getLogger(__name__)

LEASE_S = 2.5  # the recorder stops a camera this long after our last word
RENEW_S = 0.6
CALL_S = 1.0  # a recorder that takes longer has missed this renewal
AWAY_S = 3.0  # how long a recorder that did not answer is left alone


class LeaseRenewer:
    """Renews the leases while any camera moves, and reports once when none does any more."""

    def __init__(
        self,
        moving_cameras: Callable[[], Sequence[str]],
        owed: Callable[[], Sequence[str]] = list,
        stopped: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`owed` tells which cameras do not acknowledge Stop; `stopped` hears of those the recorder has stopped."""
        self._moving_cameras, self._owed, self._stopped = moving_cameras, owed, stopped
        self._changed = threading.Condition()
        self._recorder: PinnedHttps | None = None
        self._desk = DeskSecret("", "")
        self._awake = False
        self._closing = False
        self._told: list[str] = []
        self._thread: threading.Thread | None = None

    def lease_at(self, end: dict[str, Any] | None, desk: DeskSecret) -> None:
        """Set where the recorder listens; None when there is none."""
        with self._changed:
            self._recorder = PinnedHttps(from_plain(PinnedEndpoint, end)) if end is not None else None
            self._desk = desk
            self._awake = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="leases", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def moved(self) -> None:
        """Start renewing, because an order to move was sent. Returns at once."""
        if self._thread is None or self._awake:
            return
        with self._changed:
            self._awake = True
            self._changed.notify_all()

    def close(self) -> None:
        """Report that no camera moves any more (trying for a second at most), then end the thread."""
        with self._changed:
            self._closing = self._awake = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(CALL_S + 0.5)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._awake:
                    self._changed.wait()
                recorder, desk, closing = self._recorder, self._desk, self._closing
                # Looked at before the moving cameras are: an order that comes now wakes us again.
                self._awake = False
            moving = sorted(self._moving_cameras())
            try:
                pause = self._tell(recorder, desk, moving) if recorder is not None else 0.0
            except Exception:  # whatever it was, the next renewal must go out
                log.exception("renewing the leases failed")
                pause = AWAY_S
            if closing:
                break
            if moving:
                self._awake = True
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, pause or RENEW_S)
        if self._recorder is not None:
            self._recorder.close()

    def _tell(self, recorder: PinnedHttps, desk: DeskSecret, moving: list[str]) -> float:
        """Send one renewal; returns the seconds to wait before the next, 0 for the usual interval."""
        if not moving and not self._told:
            return 0.0
        values = {
            "desk": desk.name,
            "session": desk.secret,
            "cameras": moving,
            "for_s": LEASE_S,
            "owed": sorted(self._owed()),
        }
        began = time.monotonic()
        self._told = moving or self._told  # it may arrive even if its answer does not
        try:
            answer = recorder.ask("POST", "/leases", values, seconds=CALL_S)
        except Unavailable as error:
            log.debug("leases were not renewed after %.1f s: %s", time.monotonic() - began, error)
            busy = isinstance(error, Declined) and error.status == COME_BACK
            return RENEW_S if busy else AWAY_S
        self._told = moving
        for camera_id in answer.get("stopped", ()):
            self._stopped(str(camera_id))
        return 0.0
