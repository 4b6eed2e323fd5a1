"""Decides when things happen in the demonstration borough: Friday and Saturday nights, and when schools come out."""

import random
from datetime import date, datetime, timedelta

from controlroom.clock import local

NIGHT, SCHOOL, EVENING, DAY = "night", "school", "evening", "day"

# How busy each hour of an ordinary day is.
_HOURS = (
    0.5, 0.35, 0.25, 0.15, 0.1, 0.1, 0.15, 0.25, 0.4, 0.5, 0.6, 0.65,
    0.7, 0.7, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 0.9, 0.9, 0.95, 0.8,
)  # fmt: skip
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
# (first month and day, last month and day) without school; invented, but much as they fall
_HOLIDAYS = (
    ((1, 1), (1, 4)), ((2, 14), (2, 20)), ((4, 1), (4, 14)), ((5, 25), (5, 31)),
    ((7, 22), (8, 31)), ((10, 24), (10, 31)), ((12, 19), (12, 31)),
)  # fmt: skip


def is_school_day(day: date) -> bool:
    """Return True from Monday to Friday outside the holidays."""
    month_day = (day.month, day.day)
    return day.weekday() < _SATURDAY and not any(first <= month_day <= last for first, last in _HOLIDAYS)


def period(at: datetime) -> str:
    """Return the part of the day, which decides what kind of thing happens."""
    here = local(at)
    if here.hour >= 22 or here.hour < 3:
        return NIGHT
    if here.hour in (15, 16) and is_school_day(here.date()):
        return SCHOOL
    return EVENING if 17 <= here.hour < 22 else DAY


def busyness(at: datetime) -> float:
    """Return how likely something is in the hour of `at`, relative to other hours."""
    here = local(at)
    weight = _HOURS[here.hour]
    late, early = here.hour >= 22, here.hour < 3
    weekend = (late and here.weekday() in (_FRIDAY, _SATURDAY)) or (
        early and here.weekday() in (_SATURDAY, _SUNDAY)
    )
    if weekend:
        return weight * (4.2 if late else 6.5)
    if here.hour in (15, 16) and is_school_day(here.date()):
        return weight * 2.2
    return weight


def moments(rng: random.Random, since: datetime, until: datetime, count: int) -> list[datetime]:
    """Draw `count` moments in order between the two, more of them in busy hours."""
    hours = int((until - since) / timedelta(hours=1))
    starts = [since + timedelta(hours=hour) for hour in range(hours)]
    chosen = rng.choices(starts, [busyness(start) for start in starts], k=count)
    return sorted(start + timedelta(seconds=rng.randrange(3600)) for start in chosen)
