"""Decides what one camera shall do next, from the orders given and their outcomes: the state its two threads share.

It does no I/O. The latest move wins; Stop goes before any move; a move that nobody refreshes becomes a Stop; a move
whose answer arrives after a Stop overtook it is followed by another Stop.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

DEAD_MAN_S = 0.6  # without a refresh for this long the camera is stopped
LONG_MOVE_S = 10.0
FIRST_STOP_WAIT_S, LONGEST_STOP_WAIT_S = 1.0, 4.0
LONGEST_STOP_PAUSE_S = 0.5  # a link that returns finds its Stop sent within a second
OVERDUE_S = 2.0  # a slow camera has acknowledged its Stop by then; beyond, the recorder is asked to help
LONGEST_ON_THE_WAY_S = 6.0  # an order to move that left is at the camera, or lost, by then
MOST_DOUBLINGS = 10  # of waits and pauses, which have reached their longest long before

Velocity = tuple[float, float, float]


@dataclass(frozen=True)
class StopOrder:
    """One Stop to send: its number, when it was first asked for, why, and how long to wait for the camera."""

    number: int
    asked_at: float
    why: str
    attempt: int

    @property
    def wait_s(self) -> float:
        """Seconds to wait for the acknowledgement, longer with each attempt: patient with a slow camera, quick
        after a lost packet.
        """
        return min(LONGEST_STOP_WAIT_S, FIRST_STOP_WAIT_S * 2 ** min(self.attempt, MOST_DOUBLINGS))


class SteeringState:
    """The orders for one camera and what became of them. Every method may be called from any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.changed = threading.Condition()
        self._monotonic = monotonic
        self._wanted: Velocity | None = None
        self._refreshed_at = 0.0
        self._sent: Velocity | None = None
        self._sent_at = 0.0
        self._in_flight = False
        self._asked_at_departure = 0
        self._moving_since: float | None = None
        self._warned = False
        self._asked = 0
        self._done = 0
        self._asked_at = 0.0
        self._why = ""
        self._attempt = 0
        self._retry_at = 0.0
        self._owed = False

    @property
    def may_be_moving(self) -> bool:
        """True while the camera may be moving because of an order, or a Stop is not acknowledged yet."""
        with self.changed:
            return self._wanted is not None or self._may_be_moving()

    def want(self, velocity: Velocity) -> bool:
        """Start or continue a movement at `velocity`. Returns True when this starts one."""
        with self.changed:
            begins = self._wanted is None
            self._wanted = velocity
            self._refreshed_at = self._monotonic()
            self.changed.notify_all()
            return begins

    def stop(self, why: str = "") -> None:
        """Ask for a Stop, which goes before anything else."""
        with self.changed:
            self._ask_stop(why)

    def next_move(self, hold_s: float | None) -> Velocity | None:
        """Return the move to send now and mark it as sent; None while there is none or a Stop comes first.

        `hold_s`: how long the camera continues by itself; the move is repeated at half of that.
        """
        with self.changed:
            if self._wanted is None or self._stop_first() or self._in_flight:
                return None
            if self._wanted == self._sent and self._monotonic() < self._repeat_at(hold_s):
                return None
            self._in_flight, self._asked_at_departure = True, self._asked
            if self._moving_since is None:
                self._moving_since, self._warned = self._monotonic(), False
            return self._wanted

    def move_returned(self, velocity: Velocity, *, taken: bool, uncertain: bool = False) -> None:
        """Note how the move ended: accepted, refused, or `uncertain` whether the camera received it."""
        with self.changed:
            self._in_flight = False
            if taken:
                self._sent, self._sent_at = velocity, self._monotonic()
            else:
                self._wanted = None
            if self._wanted is not None and self._asked != self._asked_at_departure:
                self._sent = None  # Stop may have come after it: what is wanted now is sent again
            elif self._wanted is None and (taken or uncertain or self._sent is not None):
                self._ask_stop("a move came back late" if taken else "a move failed")
            elif not taken and self._sent is None:
                self._moving_since = None
            self.changed.notify_all()

    def next_stop(self) -> StopOrder | None:
        """Return the Stop to send now, if any; a movement that nobody refreshed in time becomes one here."""
        with self.changed:
            now = self._monotonic()
            if self._wanted is not None and now >= self._refreshed_at + DEAD_MAN_S:
                self._ask_stop("no sign from the desk")
            if not self._stop_due() or now < self._retry_at:
                return None
            return StopOrder(self._asked, self._asked_at, self._why, self._attempt)

    def overdue_stop(self) -> StopOrder | None:
        """The Stop that the camera has refused, or not acknowledged for `OVERDUE_S`; None while there is none."""
        with self.changed:
            late = self._owed or self._monotonic() >= self._asked_at + OVERDUE_S
            overdue = late and self._stop_pending() and self._wanted is None
            return StopOrder(self._asked, self._asked_at, self._why, self._attempt) if overdue else None

    def stop_returned(
        self,
        order: StopOrder,
        *,
        taken: bool,
        give_up: bool = False,
        pause_s: float | None = None,
        owed: bool = False,
    ) -> None:
        """Note how the Stop ended: acknowledged, given up for good, or to be sent again after `pause_s`.

        `owed`: the camera does not acknowledge it, and it is sent again. Somebody may move the camera meanwhile; when
        they let go a new Stop is due.
        """
        with self.changed:
            if not taken and not give_up:
                doublings = min(self._attempt, MOST_DOUBLINGS)
                usual_s = min(LONGEST_STOP_PAUSE_S, 0.1 * 2**doublings)
                if order.number == self._asked:  # else somebody asked again meanwhile: that one goes at once
                    self._owed = owed
                    self._retry_at = self._monotonic() + (usual_s if pause_s is None else pause_s)
                    self._sent = None if owed else self._sent  # so that the same movement may be sent again
                self._attempt += 1
                self.changed.notify_all()
                return
            self._done = max(self._done, order.number)
            self._attempt, self._retry_at = 0, 0.0
            self._sent = None
            if not self._may_be_moving():
                self._moving_since = None
            self.changed.notify_all()

    def retry_stop(self) -> None:
        """Send a pending Stop at once instead of later, because the camera answers again."""
        with self.changed:
            self._retry_at = 0.0
            self.changed.notify_all()

    def run_out(self, hold_s: float | None) -> bool:
        """True when the camera has certainly ended by itself what it was told, which it goes on with for `hold_s`."""
        with self.changed:
            last = max(self._sent_at, self._asked_at)
            over = hold_s is not None and self._monotonic() > last + LONGEST_ON_THE_WAY_S + hold_s
            return over and self._wanted is None and not self._in_flight

    def long_move(self) -> bool:
        """Return True once for each movement, when it has lasted over ten seconds."""
        with self.changed:
            since = self._moving_since
            if since is None or self._warned or self._monotonic() < since + LONG_MOVE_S:
                return False
            self._warned = True
            return True

    def stop_thread_wakes_in(self) -> float | None:
        """Seconds until `next_stop` or `long_move` may return something new; None: only after a change."""
        with self.changed:
            times = []
            if self._stop_due():
                times.append(self._retry_at)
            if self._wanted is not None:
                times.append(self._refreshed_at + DEAD_MAN_S)
            if self._moving_since is not None and not self._warned:
                times.append(self._moving_since + LONG_MOVE_S)
            return max(0.0, min(times) - self._monotonic()) if times else None

    def move_thread_wakes_in(self, hold_s: float | None) -> float | None:
        """Seconds until `next_move` may return something new; None: only after a change."""
        with self.changed:
            if self._wanted is None or self._stop_first():
                return None
            at = self._repeat_at(hold_s) if self._wanted == self._sent else 0.0
            return None if at == math.inf else max(0.0, at - self._monotonic())

    def _ask_stop(self, why: str) -> None:
        if not self._stop_pending():
            self._asked_at, self._why, self._attempt = self._monotonic(), why, 0
        self._retry_at, self._owed = 0.0, False
        self._asked += 1
        self._wanted = None
        self.changed.notify_all()

    def _repeat_at(self, hold_s: float | None) -> float:
        return math.inf if hold_s is None else self._sent_at + hold_s / 2

    def _stop_first(self) -> bool:
        return self._stop_pending() and not self._owed

    def _stop_due(self) -> bool:
        return self._stop_pending() and not (self._owed and self._wanted is not None)

    def _stop_pending(self) -> bool:
        return self._asked > self._done

    def _may_be_moving(self) -> bool:
        return self._in_flight or self._sent is not None or self._stop_pending()
