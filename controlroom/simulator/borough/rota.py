"""Defines who is on duty when in the demonstration borough: four teams, twelve-hour shifts, four on and four off."""

from collections.abc import Sequence
from datetime import datetime

from controlroom.accounts.records import Role, User
from controlroom.clock import local

TEAMS = 4
_BLOCK_DAYS = 4
_PATTERN = ((0, 1), (2, 3), (1, 0), (3, 2))  # (day team, night team) of each block of days
DAY_STARTS, NIGHT_STARTS = 7, 19


class Rota:
    """The shifts around `now`, arranged so that the third team ("Operator 07") is on duty then."""

    def __init__(self, users: Sequence[User], now: datetime) -> None:
        operators = [user.handle for user in users if Role.OPERATOR in user.roles]
        self._operators = operators or [user.handle for user in users]
        self._supervisors = [
            user.handle for user in users if Role.SUPERVISOR in user.roles
        ] or self._operators
        self._turn = 0
        self._turn = 2 - self._team(now)
        self._supervisor_turn = 0
        middle = len(self._supervisors) // 2
        self._supervisor_turn = middle - self._supervisor_index(now)

    def operators(self, at: datetime) -> list[str]:
        """The operators on duty."""
        size = max(1, len(self._operators) // TEAMS)
        start = self._team(at) * size
        return self._operators[start : start + size] or self._operators

    def supervisor(self, at: datetime) -> str:
        """The supervisor on duty."""
        return self._supervisors[self._supervisor_index(at) % len(self._supervisors)]

    def _team(self, at: datetime) -> int:
        day, night = _shift(at)
        return (_PATTERN[day // _BLOCK_DAYS % len(_PATTERN)][night] + self._turn) % TEAMS

    def _supervisor_index(self, at: datetime) -> int:
        day, night = _shift(at)
        return 2 * day + night + self._supervisor_turn


def _shift(at: datetime) -> tuple[int, int]:
    """Return the day a shift began on (as an ordinal) and whether it is a night shift."""
    here = local(at)
    if here.hour < DAY_STARTS:
        return here.toordinal() - 1, 1
    return here.toordinal(), int(here.hour >= NIGHT_STARTS)
