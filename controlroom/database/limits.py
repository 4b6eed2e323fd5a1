"""Refuses a text or a time that its column cannot hold, before the row is sent to either engine.

PostgreSQL refuses what is longer than its column, in words for programmers, and SQLite stores it; the limit of a
`Prose` column is held by triggers, in such words too (`triggers.py`). So each flush of a unit of work compares what is
new or changed in its rows with what their columns say. What stands in an old database already, longer than that, may
stay. Times are bounded in the same way (`dated_columns.py`).
"""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, String, inspect
from sqlalchemy.orm import Mapper, Session

from controlroom.database import dated_columns
from controlroom.database.tables import Prose, UtcDateTime
from controlroom.errors import InvalidInput
from controlroom.texts import check, is_storable, too_long


def check_values(session: Session, _flush: object, _instances: object) -> None:
    """Raise InvalidInput, naming the field, for a text or a time in this flush that its column cannot hold."""
    for row in (*session.new, *session.dirty):
        state = inspect(row)
        for name, longest in _columns(state.mapper):
            if name not in state.dict:
                continue
            changed = state.attrs[name].history.added if state.persistent else (state.dict[name],)
            for value in changed or ():
                if isinstance(value, str):
                    _check(value, longest, name)
                elif isinstance(value, date) and not dated_columns.is_within(value):
                    raise _out_of_time(value, name)


def _check(text: str, longest: int | None, name: str) -> None:
    if longest is not None and len(text) > longest:
        raise InvalidInput(
            too_long(len(text), longest),
            "Nothing was saved, and nothing was cut off.",
            "Shorten it.",
            field=name,
        )
    if not is_storable(text):
        check(text, len(text), field=name)


def _out_of_time(value: date, name: str) -> InvalidInput:
    first, last = dated_columns.FIRST_YEAR, dated_columns.END_YEAR - 1
    return InvalidInput(
        f"The year {value.year} is out of the question: times lie between {first} and {last}.",
        "Nothing was saved.",
        "Enter another day. If you entered none, the clock of this computer is wrong.",
        field=name,
    )


@cache
def _columns(mapper: Mapper[Any]) -> tuple[tuple[str, int | None], ...]:
    """The columns of a table that hold texts, each with the most characters it takes, and those that hold times."""
    found = ((each.key, each.columns[0].type) for each in mapper.column_attrs)
    checked = (String, Prose, UtcDateTime, Date)
    return tuple((key, getattr(kind, "length", None)) for key, kind in found if isinstance(kind, checked))
