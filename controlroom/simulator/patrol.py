"""Simulates a camera's own preset tour: from preset to preset, until somebody pauses or stops it.

It yields to nobody by itself: a camera that is steered while its tour runs is driven on to the next preset, as some
real ones are.
"""

from collections.abc import Callable

TOKEN, NAME = "tour-1", "Night round"
STAYS_S = 6.0  # at each preset, the way there included
OPERATIONS = {"Start": "Touring", "Stop": "Idle", "Pause": "Paused"}


class Patrol:
    """One tour; `go(place)` drives to a preset by its place in the list."""

    def __init__(self, go: Callable[[int], None]) -> None:
        self.state = "Idle"
        self._go = go
        self._place = 0
        self._next_at = 0.0

    @property
    def running(self) -> bool:
        """True while it tours."""
        return self.state == "Touring"

    def operate(self, operation: str, now: float) -> bool:
        """Start, stop or pause; False for anything else."""
        state = OPERATIONS.get(operation)
        if state is None:
            return False
        self.state, self._next_at = state, now
        return True

    def follow(self, now: float) -> None:
        """Drive on when it is time. There is no timer: whoever looks at the head calls this first."""
        if self.running and now >= self._next_at:
            self._next_at = now + STAYS_S
            self._place += 1
            self._go(self._place)
