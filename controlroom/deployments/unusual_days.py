"""Says of a day why few would come to a meeting on it: a weekend, a bank holiday in England, or Christmas week.

It is said where a meeting is planned and where it is shown, and such a day is never proposed; it forbids nothing.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

from controlroom.clock import show_day

_SATURDAY = 5
_CHRISTMAS_WEEK = "in Christmas week (24 December to 1 January)"


def unusual_day(day: date) -> str:
    """Why a day is unusual for a meeting, as a sentence; empty for any other day."""
    said = [f"a {day:%A}"] if day.weekday() >= _SATURDAY else []
    name = _bank_holidays(day.year).get(day, "")
    if name:
        said.append(f"a bank holiday: {name}")
    elif _in_christmas_week(day):
        said.append(_CHRISTMAS_WEEK)
    return f"{show_day(day)} is {' and '.join(said)}." if said else ""


def _in_christmas_week(day: date) -> bool:
    return (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1)


@cache
def _bank_holidays(year: int) -> Mapping[date, str]:
    """England's bank holidays of a year, by day.

    The library takes over half a second to load: this is why it is loaded when the first day is asked about.
    """
    from holidays import country_holidays

    return dict(country_holidays("GB", subdiv="ENG", years=year))
