"""Calculates the days of deployments: pure functions on London calendar days, no clock and no database.

A period is inclusive at both ends: the first day is day 1, the camera may stand until the end of the last day.
"""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

MONTHS = 3  # one period; the domain notes' figure, a setting
REVIEW_DAY = 60
REVIEW_NOTICE_DAYS = 14


def add_months(day: date, months: int) -> date:
    """The same day of a later month, clamped to that month's end (31 Aug + 3 = 30 Nov) and to the calendar's last."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day(start: date, months: int = MONTHS) -> date:
    """The last day of a period that starts on `start`: so many calendar months later, clamped, minus one day."""
    return add_months(start, months) - timedelta(days=1)


def day_of_period(start: date, number: int) -> date:
    """Day `number` of a period; the start is day 1."""
    return start + timedelta(days=number - 1)


def last_meeting_before(end: date, meetings: Iterable[date], *, after: date) -> date | None:
    """The last JAG that precedes `end`, among those later than `after`; None when none is planned."""
    return max((day for day in meetings if after < day < end), default=None)


def review_due(
    start: date,
    end: date,
    meetings: Iterable[date],
    *,
    review_day: int = REVIEW_DAY,
    notice_days: int = REVIEW_NOTICE_DAYS,
) -> date:
    """The day a period's review is due: day 60, or 14 days before the last JAG preceding the end if that is earlier.

    `meetings` are the days of meetings not cancelled. Never before the period's first day: a calendar of meetings
    that has not been planned far enough ahead would otherwise ask for a review of nothing.
    """
    due = day_of_period(start, review_day)
    if (meeting := last_meeting_before(end, meetings, after=start)) is not None:
        due = min(due, meeting - timedelta(days=notice_days))
    return max(due, start)


def days_left(end: date, today: date) -> int:
    """Whole days until the last day: 0 on it, negative after it."""
    return (end - today).days


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """True when two stays share a day; an end of None is open."""
    return first[0] <= (second[1] or date.max) and second[0] <= (first[1] or date.max)


def monthly_meetings(first: date, last: date, *, week: int = 4, weekday: int = 3) -> list[date]:
    """The days from `first` to `last` that are the `week`th `weekday` (Monday 0) of their month.

    The default is the fourth Thursday.
    """
    days: list[date] = []
    month = first.replace(day=1)
    while month <= last:
        day = month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (week - 1))
        if first <= day <= last:
            days.append(day)
        month = add_months(month, 1)
    return days
