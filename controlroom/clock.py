"""The clock handed to everything that needs the time, and how times are shown.

Times are aware UTC inside and Europe/London on screen; the hour that happens twice in October is told apart by
its zone name (BST, then GMT).
"""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Anything that tells the time: the system, or a test with time in its hand."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it is put, for tests and for writing the past."""

    def __init__(self, at: datetime) -> None:
        self.at = require_aware(at)

    def now(self) -> datetime:
        """The moment the clock was set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the clock on."""
        self.at += by


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
