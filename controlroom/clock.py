"""Provides the clock passed to everything that needs the time, and shows times.

Times are aware UTC inside and Europe/London on screen; the hour that happens twice in October is told apart by
its zone name (BST, then GMT).

Every process makes its clock with `process_clock()`. Only the demonstration ever sets that clock.
"""

import os
import time
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
AHEAD_VARIABLE = "CONTROLROOM_DEMO_CLOCK_AHEAD_S"  # seconds; a process hands it to the processes it starts


class Clock(Protocol):
    """Anything that tells the time: the system, or a test with time in its hand."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """The computer's clock and a fixed difference: a demonstration's clock, which runs from where it was set."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def process_clock(environment: Mapping[str, str] = os.environ) -> Clock:
    """The clock of this process: the computer's, or the demonstration's where this process belongs to one."""
    ahead = environment.get(AHEAD_VARIABLE)
    return ShiftedClock(timedelta(seconds=float(ahead))) if ahead else SystemClock()


def set_process_clock(moment: datetime, environment: MutableMapping[str, str] = os.environ) -> None:
    """Let this process, and those it starts from now on, believe that it is `moment`. For demonstrations alone."""
    ahead = require_aware(moment) - datetime.now(UTC)
    environment[AHEAD_VARIABLE] = f"{ahead.total_seconds():.6f}"


class StepWatch:
    """Notices that the computer's clock was set: its way since the last look against a clock nobody sets.

    `steady` counts seconds, sleep of the computer included where the system can tell.
    """

    def __init__(self, clock: Clock, threshold_s: float, steady: Callable[[], float] | None = None) -> None:
        self._clock, self._threshold_s = clock, threshold_s
        self._steady = steady or steady_seconds
        self._last = (self._clock.now(), self._steady())

    def look(self) -> float | None:
        """Seconds by which the clock was changed since the last look (negative: set back), None if it was not.

        A clock that is slowed or hastened to come right (as time services do) is no step.
        """
        now = (self._clock.now(), self._steady())
        before, self._last = self._last, now
        step = (now[0] - before[0]).total_seconds() - (now[1] - before[1])
        return step if abs(step) >= self._threshold_s else None


def steady_seconds() -> float:
    """Seconds that only ever grow. On Linux they go on while the computer sleeps, so that waking is no step."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def step_words(seconds: float) -> str:
    """`by 1 h 05 min forwards`, `by 42 s back`."""
    whole = round(abs(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        words = f"{hours} h {minutes:02d} min" if hours < 48 else f"{hours // 24} days"
    else:
        words = f"{minutes} min {whole % 60:02d} s" if minutes else f"{whole} s"
    return f"by {words} {'forwards' if seconds > 0 else 'back'}"


def require_aware(moment: datetime) -> datetime:
    """Return `moment` in UTC; raises ValueError when it carries no zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone was handed in: {moment!r}")
    return moment.astimezone(UTC)


def local(moment: datetime) -> datetime:
    """`moment` as wall-clock time in London."""
    return require_aware(moment).astimezone(LONDON)


def local_date(moment: datetime) -> date:
    """The calendar day in London on which `moment` falls."""
    return local(moment).date()


def london(day: date, hour: int = 0, minute: int = 0, *, fold: int = 0) -> datetime:
    """UTC moment of a wall-clock time in London; `fold=1` is the second of the two hours in October."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON, fold=fold).astimezone(UTC)


def in_repeated_hour(moment: datetime) -> bool:
    """True when this wall-clock time happens twice that night."""
    here = local(moment)
    return here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset() and not _in_gap(here)


def _in_gap(here: datetime) -> bool:
    return here.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != here.replace(tzinfo=None)


def show_time(moment: datetime, *, seconds: bool = False) -> str:
    """`22:41`, with the zone's name behind it inside the hour that happens twice."""
    here = local(moment)
    text = here.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{text} {here.tzname()}" if in_repeated_hour(moment) else text


def show_day(day: date) -> str:
    """`20 Nov 2026`."""
    return f"{day.day} {day:%b %Y}"


def show_moment(moment: datetime) -> str:
    """`20 Nov 2026 22:41`."""
    return f"{show_day(local_date(moment))} {show_time(moment)}"
