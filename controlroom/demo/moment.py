"""Reads from the command line the moment a demonstration's clock is set to, as London's clocks show it."""

from datetime import UTC, datetime

from controlroom.clock import LONDON, in_repeated_hour, local, show_day
from controlroom.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 2000, 2099  # the years whose clock changes are known well enough to show


def read_moment(text: str) -> datetime:
    """The moment (UTC) of `2027-03-28T01:30` on London's clocks, or of a time with its own offset from UTC.

    A time that happens twice is its first; one that the clocks leave out is as long after the change as it is named
    after it. Raises InvalidInput for anything else.
    """
    remedy = "Write it as 2027-03-28T01:30, as London's clocks show it."
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"'{text}' is not a moment.", remedy=remedy) from error
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise InvalidInput(
            f"The year {given.year} cannot be shown.", remedy=f"Choose one from {FIRST_YEAR} to {LAST_YEAR}."
        )
    return (given if given.tzinfo else given.replace(tzinfo=LONDON)).astimezone(UTC)


def words_for(text: str, moment: datetime) -> str:
    """What is said about the moment read from `text`: its day and time, and what was odd about it."""
    here = local(moment)
    shown = f"{here:%a} {show_day(here.date())} {here:%H:%M} {here:%Z}"
    given = datetime.fromisoformat(text)
    if given.tzinfo is not None:
        return shown
    if given.replace(tzinfo=None) != here.replace(tzinfo=None):
        return f"{shown}. There is no {given:%H:%M} that day: the clocks go forward"
    if in_repeated_hour(moment):
        second = given.replace(tzinfo=LONDON, fold=1).isoformat(timespec="minutes")
        return f"{shown}, the first of two that night; the second is {second}"
    return shown
