"""Calls the recorder about holds on a thread of its own: what was queued first, then the renewals when they are due."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from controlroom.cameras.control.hold_line import Busy, HoldLine
from controlroom.errors import PermissionRefused, Unavailable

log = logging.getLogger(__name__)

QUIET_EVERY_S = 0.01  # how often a camera that is being let go is looked at
CLOSE_S = 2.5

Job = Callable[[HoldLine], None]


class Work(Protocol):
    """What the thread does for its keeper; called without the lock."""

    @property
    def lets_go(self) -> bool:
        """True while a camera is still being let go."""
        ...

    @property
    def away(self) -> bool:
        """True while the recorder does not answer."""
        ...

    def release_quiet(self, line: HoldLine) -> None: ...

    def renew(self, line: HoldLine) -> None: ...

    def refused(self, reason: str) -> None: ...

    def lost_contact(self) -> None: ...

    def busy(self) -> None: ...

    def tell_seen(self) -> None: ...


class HoldCalls:
    """Runs the thread that calls the recorder, and queues what it is to ask. Callers may hold `changed` or not."""

    def __init__(self, changed: threading.Condition, work: Work) -> None:
        self._changed, self._work = changed, work
        self._line: HoldLine | None = None
        self._jobs: deque[Job] = deque()
        self._next_call_at = 0.0
        self._closing = False
        self._thread: threading.Thread | None = None

    def use(self, line: HoldLine) -> bool:
        """Call over this line from now on; returns True when that begins it."""
        with self._changed:
            begins = self._thread is None
            self._line, self._next_call_at = line, 0.0
            if begins:
                self._thread = threading.Thread(target=self._run, name="holds", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return begins

    def queue(self, job: Job) -> None:
        """Do this before the next renewal."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify_all()

    def forget(self) -> None:
        """What is queued is not to be done any more."""
        with self._changed:
            self._jobs.clear()

    def due_in(self, seconds: float, *, at_most: bool = False) -> None:
        """Renew so many seconds from now; with `at_most`, or sooner where it was due sooner."""
        with self._changed:
            at = time.monotonic() + seconds
            self._next_call_at = min(self._next_call_at, at) if at_most else at
            self._changed.notify_all()

    def close(self) -> None:
        """End once everything queued is done and every camera is let go, or the recorder is away; wait a moment."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing, self._pause_s())
                line = self._line
                job = self._jobs.popleft() if self._jobs else None
                closing = self._closing and job is None
            if line is not None:
                try:
                    self._turn(line, job)
                except Exception:  # whatever it was, the next hold must be asked for
                    log.exception("asking for a hold failed")
                    self._work.lost_contact()
            if closing and (line is None or not self._work.lets_go or self._work.away):
                break
        if line is not None:
            line.close()

    def _pause_s(self) -> float:
        if self._work.lets_go:
            return QUIET_EVERY_S
        return max(0.0, self._next_call_at - time.monotonic())

    def _turn(self, line: HoldLine, job: Job | None) -> None:
        now = time.monotonic()
        try:
            if job is not None:
                job(line)
            self._work.release_quiet(line)
            if now >= self._next_call_at:
                self._work.renew(line)
        except PermissionRefused as error:
            self._work.refused(error.what)
        except Busy:
            self._work.busy()
        except Unavailable as error:
            log.debug("the recorder was not asked for holds: %s", error)
            self._work.lost_contact()
        self._work.tell_seen()
