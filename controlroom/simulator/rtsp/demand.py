"""Decides how a stream answers DESCRIBE when its source runs only on demand, or when the camera is busy."""

import time

from controlroom.simulator.condition import Condition

_ANSWERS_FOR_S = 10.0  # a busy camera that has refused long enough answers for so long


class Demand:
    """One stream's demand. Times are monotonic."""

    def __init__(self) -> None:
        self._begin_again((0.0, 0.0))

    def _begin_again(self, limits: tuple[float, float]) -> None:
        self._limits = limits
        self._refuses_until = self._answers_until = 0.0

    def asked(self, condition: Condition, *, watched: bool) -> tuple[int, float]:
        """Return status and delay in seconds of the answer to a DESCRIBE; status 0 is hanging up."""
        now = time.monotonic()
        if self._limits != (
            limits := (condition.starts_in_s, condition.busy_for_s)
        ):  # another fault, or none
            self._begin_again(limits)
        if watched or not any(limits):
            return 200, 0.0
        if now < self._refuses_until:
            return 503, 0.0
        if condition.busy_for_s and now >= self._answers_until:
            self._refuses_until = now + condition.busy_for_s
            self._answers_until = self._refuses_until + _ANSWERS_FOR_S
            return 0, 0.0
        return 200, condition.starts_in_s

    def left(self, condition: Condition) -> None:
        """Note that somebody asked and went without playing."""
        if condition.starts_in_s:
            self._refuses_until = time.monotonic() + condition.starts_in_s
