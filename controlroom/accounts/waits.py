"""Ends waits by the monotonic clock: setting the computer's clock back makes no wait longer."""

from collections.abc import Callable, Hashable
from datetime import timedelta

from controlroom.clock import steady_seconds


class Waits:
    """Remembers, in this process, when each wait it was asked about will be over."""

    def __init__(self, steady: Callable[[], float] = steady_seconds) -> None:
        self._steady = steady
        self._ends: dict[Hashable, float] = {}

    def is_over(self, key: Hashable, left: timedelta) -> bool:
        """Whether a wait is over, of which the clock that can be set says that so much is left.

        It lasts at most as long as was left when it was first asked about.
        """
        end = self._ends.setdefault(key, self._steady() + left.total_seconds())
        return left <= timedelta(0) or self._steady() >= end
