"""Simulates a camera's lens: focus and iris, computed from its last orders at any moment, like the head's position."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

FOCUS_SPEED = 0.25
"""Shares of its road that the focus moves in a second at speed 1; 0 is near, 1 far."""
MOST_IRIS_DB = 20.0
"""Attenuation of the iris when it is closed; 0 is fully open."""
USUAL_FOCUS = 0.5


class VirtualLens:
    """A lens that takes orders and reports its state; safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._focus, self._speed, self._since = USUAL_FOCUS, 0.0, clock()
        self.autofocus, self.auto_iris = True, True
        self.iris_db = 6.0
        self._orders: deque[dict[str, Any]] = deque(maxlen=256)

    @property
    def focus(self) -> float:
        """Where the focus is now, 0 (near) to 1 (far)."""
        with self._lock:
            return self._focus_now()

    @property
    def moving(self) -> bool:
        """True until Stop, also at the end of the road: there is no time-out."""
        with self._lock:
            return self._speed != 0.0

    def move(self, speed: float) -> None:
        """Focus nearer (below 0) or farther until Stop."""
        self._note("focus", speed)

    def stop(self) -> None:
        """Stop at once."""
        self._note("stop", 0.0)

    def set_autofocus(self, auto: bool) -> None:
        """Let the camera focus by itself, or not."""
        self.autofocus = auto
        self._note("autofocus" if auto else "manual focus", 0.0)

    def state(self) -> dict[str, Any]:
        """Return what tests and the control API ask."""
        return {
            "focus": self.focus,
            "moving": self.moving,
            "autofocus": self.autofocus,
            "auto_iris": self.auto_iris,
            "iris_db": self.iris_db,
            "orders": list(self._orders),
        }

    def _note(self, order: str, speed: float) -> None:
        with self._lock:
            self._focus, now = self._focus_now(), self._clock()
            self._speed, self._since = speed, now
            self._orders.append({"order": order, "at_ns": int(now * 1e9), "speed": speed})

    def _focus_now(self) -> float:
        gone = self._speed * FOCUS_SPEED * (self._clock() - self._since)
        return min(1.0, max(0.0, self._focus + gone))
