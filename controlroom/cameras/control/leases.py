"""Tells the recorder which cameras move on this desk's account, so that somebody stops them should we be gone.

On a thread of its own, beside the orders and never before them: a recorder that is away, slow or hung changes nothing
for the cameras.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from controlroom.errors import Unavailable
from controlroom.processes.pinned_https import PinnedEndpoint, PinnedHttps

log = logging.getLogger(__name__)

LEASE_S = 2.5  # the recorder stops a camera this long after our last word
RENEW_S = 0.6
CALL_S = 1.0  # a recorder that takes longer has missed this renewal
AWAY_S = 3.0  # how long a recorder that did not answer is left alone


class LeaseKeeper:
    """Renews while anything moves, and says once when nothing does any more."""

    def __init__(self, restless: Callable[[], Sequence[str]]) -> None:
        self._restless = restless
        self._changed = threading.Condition()
        self._line: PinnedHttps | None = None
        self._desk = ""
        self._awake = False
        self._closing = False
        self._told: list[str] = []
        self._thread: threading.Thread | None = None

    def lease_at(self, end: dict[str, Any] | None, desk: str) -> None:
        """Where the recorder is; None when there is none."""
        with self._changed:
            self._line = PinnedHttps(PinnedEndpoint(**end)) if end is not None else None
            self._desk = desk
            self._awake = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="leases", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def moved(self) -> None:
        """An order to move went out: begin to renew. Returns at once."""
        if self._thread is None or self._awake:
            return
        with self._changed:
            self._awake = True
            self._changed.notify_all()

    def close(self) -> None:
        """Say that nothing moves any more (for a second at most), then end."""
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
                line, desk, closing = self._line, self._desk, self._closing
                # Looked at before the moving cameras are: an order that comes now wakes us again.
                self._awake = False
            moving = sorted(self._restless())
            pause = self._tell(line, desk, moving) if line is not None else 0.0
            if closing:
                break
            if moving:
                self._awake = True
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, pause or RENEW_S)
        if self._line is not None:
            self._line.close()

    def _tell(self, line: PinnedHttps, desk: str, moving: list[str]) -> float:
        """Seconds to leave the recorder alone, 0 for the usual ones."""
        if not moving and not self._told:
            return 0.0
        values = {"desk": desk, "cameras": moving, "for_s": LEASE_S}
        began = time.monotonic()
        self._told = moving or self._told  # it may arrive even if its answer does not
        try:
            line.ask("POST", "/leases", values, seconds=CALL_S)
        except Unavailable as error:
            log.debug("leases were not renewed after %.1f s: %s", time.monotonic() - began, error)
            return AWAY_S
        self._told = moving
        return 0.0
