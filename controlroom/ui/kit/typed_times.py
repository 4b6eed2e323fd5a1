"""Reads days and times as people at a British desk type them; what cannot be read is refused, never guessed.

A day is day, month, year: 1.1.70, 1/1/1970, 1-1-70, 1 Jan 70, 1 January 1970, Thu 1 Jan 1970; or 1970-01-01; or today,
tomorrow, yesterday. Years of two digits are read as Python's and POSIX's `%y` does: 69 to 99 are 1969 to 1999, 00 to 68
are 2000 to 2068. Without a year (24 Dec, 25.12., 30/12) it is the nearest such day: the last one where a field is about
the past, the next where it is about what is to come. A time is 21:30, 9.05, 2130, 930, 21 or 21:30:15, on the 24-hour
clock.
"""

import re
from datetime import date, time, timedelta
from typing import Literal

from controlroom.clock import show_day
from controlroom.texts import as_seen

When = Literal["past", "future", "any"]
LAST_OF_2000S = 68
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)  # the database takes no day from 2100 on
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_FROM_TODAY = {"yesterday": -1, "today": 0, "tomorrow": 1}
_YEAR = "(?P<year>[0-9]{4}|[0-9]{2})"
_WEEKDAY = re.compile(r"(?P<weekday>[a-z]{3,9})\.?,? +(?=[0-9])")
_DAYS = tuple(
    map(
        re.compile,
        (
            rf"(?P<day>[0-9]{{1,2}}) ?(?P<sign>[./ -]) ?(?P<month>[0-9]{{1,2}}) ?(?P=sign) ?{_YEAR}",
            rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ ./-]*(?P<month>[a-z]{{3,9}})\.?,?[ ./-]*{_YEAR}",
            r"(?P<year>[0-9]{4})(?P<sign>[./-])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})",
            r"(?P<day>[0-9]{1,2}) ?[./ -] ?(?P<month>[0-9]{1,2})\.?",
            r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ ./-]*(?P<month>[a-z]{3,9})\.?",
        ),
    )
)
_YEARS_AROUND = 8  # a 29 February comes within
_TIMES = tuple(
    map(
        re.compile,
        (
            "([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?",
            "([0-9]{1,2})([0-9]{2})",
            "([0-9]{1,2})",
            "([0-9]{2})([0-9]{2})([0-9]{2})",
        ),
    )
)


class Unreadable(ValueError):
    """What was typed is no day, or no time; the words say why."""


def read_day(
    typed: str,
    today: date,
    when: When = "any",
    earliest: date = FIRST_DAY,
    latest: date = LAST_DAY,
) -> date:
    """The day that was typed; `when`, `earliest` and `latest` choose one without a year. Raises Unreadable."""
    text = as_seen(typed).lower()
    if text in _FROM_TODAY:
        return today + timedelta(days=_FROM_TODAY[text])
    named = _WEEKDAY.match(text)
    figures = text[named.end() :] if named else text
    found = next((match for each in _DAYS if (match := each.fullmatch(figures))), None)
    if found is None:
        raise Unreadable(
            f"“{_short(typed)}” is not a day. Type it as 24.12.{today:%Y}, 24 Dec, today or tomorrow."
        )
    try:
        number, month, year = int(found["day"]), _month(found["month"]), found.groupdict().get("year")
        if year is not None:
            day = date(_year(year), month, number)
        else:
            day = _nearest(number, month, today, when, earliest, latest)
    except ValueError as error:
        raise Unreadable(f"There is no day “{_short(typed)}”.") from error
    weekday = WEEKDAYS[day.weekday()]
    if named and not weekday.lower().startswith(named["weekday"]):
        raise Unreadable(f"{show_day(day)} is a {weekday}.")
    return day


def read_time(typed: str) -> time:
    """The time of day that was typed. Raises Unreadable."""
    text = as_seen(typed)
    found = next((match for each in _TIMES if (match := each.fullmatch(text))), None)
    if found is None:
        raise Unreadable(f"“{_short(typed)}” is not a time. Type it as 21:30 or 2130.")
    try:
        hours, minutes, seconds = (int(part or 0) for part in (*found.groups(), "0", "0")[:3])
        return time(hours, minutes, seconds)
    except ValueError as error:
        raise Unreadable(f"There is no time “{_short(typed)}”.") from error


def show_weekday(day: date) -> str:
    """`Thu 1 Jan 1970`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {show_day(day)}"


def _nearest(number: int, month: int, today: date, when: When, earliest: date, latest: date) -> date:
    """The day of a month that is nearest to today, as far as there is a choice. Raises ValueError for 31 February."""
    years = range(today.year - _YEARS_AROUND, today.year + _YEARS_AROUND + 1)
    such = [day for year in years if (day := _day(number, month, year))]
    allowed = [day for day in such if earliest <= day <= latest] or such
    wanted = {"past": lambda day: day <= today, "future": lambda day: day >= today}.get(
        when, lambda _day: True
    )
    return min(list(filter(wanted, allowed)) or allowed, key=lambda day: abs((day - today).days))


def _day(number: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _year(figures: str) -> int:
    year = int(figures)
    if len(figures) == 4:
        return year
    return year + (2000 if year <= LAST_OF_2000S else 1900)


def _month(text: str) -> int:
    """The number of a month given in figures or by at least three of its letters. Raises ValueError."""
    if text.isdigit():
        return int(text)
    found = next((number for number, name in enumerate(_MONTHS, 1) if name.startswith(text)), 0)
    if not found:
        raise ValueError(text)
    return found


def _short(typed: str) -> str:
    text = as_seen(typed)
    return text if len(text) <= 24 else f"{text[:24]}…"
