"""Proposes days for meetings: one a month, and none on a day few would come to (`unusual_days.py`). Pure."""

from collections.abc import Collection
from datetime import date, timedelta

from controlroom.deployments.dates import monthly_meetings
from controlroom.deployments.unusual_days import unusual_day

_SOONEST = timedelta(days=7)
_LOOKED_AT = 366  # days
_WEEKS = (-1, -2, -3, 1, 2, 3)  # where else in its month a meeting may be, the first that fits


def next_meeting_day(today: date, meetings: Collection[date]) -> date:
    """A day at least a week ahead, in the first month that has no meeting yet."""
    taken = _months(meetings)
    first = today + _SOONEST
    days = (first + timedelta(days=number) for number in range(_LOOKED_AT))
    usual = (day for day in days if (day.year, day.month) not in taken and not unusual_day(day))
    return next(usual, first)


def monthly_proposals(
    first: date, last: date, meetings: Collection[date], *, week: int, weekday: int
) -> dict[date, date | None]:
    """By the `week`th `weekday` of each month without a meeting, the day that is proposed.

    Where few would come that day it is the same weekday of another week of the month, an earlier one if there is one;
    None where no week will do.
    """
    taken = _months(meetings)
    asked = monthly_meetings(first, last, week=week, weekday=weekday)
    return {day: _usual(day, first, last) for day in asked if (day.year, day.month) not in taken}


def _usual(day: date, first: date, last: date) -> date | None:
    weeks = [day, *(day + timedelta(weeks=number) for number in _WEEKS)]
    fit = (
        each for each in weeks if each.month == day.month and first <= each <= last and not unusual_day(each)
    )
    return next(fit, None)


def _months(days: Collection[date]) -> set[tuple[int, int]]:
    return {(day.year, day.month) for day in days}
