"""Reads any value that an SQLite file may hold, so that a row changed by hand stops nobody who reads its table.

A column of such a file takes what it is given: a text where the program writes a moment, bytes that are no text. Each
is read as something the program never writes there, so that verification names its row and goes on with the next. A
server's columns hold only what they are made for, but for times (`dated_columns.py`).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Engine
from sqlalchemy.dialects import sqlite

NO_MOMENT, NO_DAY = datetime(1999, 12, 31, tzinfo=UTC), date(1999, 12, 31)  # no row may hold them
read_text: Callable[[bytes], str] = partial(str, encoding="utf-8", errors="backslashreplace")
"""For the driver: text, whose bytes that are none are written out (`\\xff`)."""


def read_any_value(engine: Engine) -> None:
    """Let an SQLite engine read moments, days and flags whatever stands in their columns."""
    specs = {DateTime: _Moment, Date: _Day, Boolean: _Flag}
    engine.dialect.colspecs = {**engine.dialect.colspecs, **specs}


def to_moment(value: Any) -> datetime | None:
    """The moment of a column as the program writes it; NO_MOMENT for anything else."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return NO_MOMENT
    # One written otherwise would be the same moment, but sort and filter as another.
    readable = value[10:11] == " " and moment.tzinfo is None and 1 < moment.year < 9999
    return moment if readable else NO_MOMENT


def to_day(value: Any) -> date | None:
    """The day of a column as the program writes it; NO_DAY for anything else."""
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (ValueError, TypeError):
        return NO_DAY
    return day if len(value) == 10 and 1 < day.year < 9999 else NO_DAY


def to_flag(value: Any) -> Any:
    """True or False for what the program writes; anything else as it stands."""
    return bool(value) if value in (0, 1) else value


class _Moment(sqlite.DATETIME):
    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return to_moment


class _Day(sqlite.DATE):
    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return to_day


class _Flag(Boolean):
    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return to_flag
