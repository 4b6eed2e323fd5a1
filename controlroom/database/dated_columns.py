"""Bounds every moment and every day that a row holds: none before the year 2000, none from 2100 on.

No clock of a room shows another, and the room could not read it: PostgreSQL takes "infinity", years before Christ and
years of five digits, SQLite any text at all, and none of these is a time to Python. One such row would stop whoever
reads its table. So triggers refuse them on both engines, whoever writes, derived from the types of a table's columns
(`statements`); before that each flush of a unit of work says so in plain words (`limits.py`). What stood in an old
database before that may stay, and is read as the nearest moment out of bounds (`read_all_of_a_server`).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import Date

from controlroom.database.column_rules import SQLITE
from controlroom.database.refusing_trigger import refusing_trigger
from controlroom.database.tables import UtcDateTime
from controlroom.declaration import UPDATE, Table

FIRST_YEAR, END_YEAR = 2000, 2100
MOMENT, DAY = "moment", "day"
_NEAREST: dict[str, tuple[date, date]] = {
    "timestamptz": (datetime(FIRST_YEAR - 1, 12, 31, tzinfo=UTC), datetime(END_YEAR, 1, 1, tzinfo=UTC)),
    "date": (date(FIRST_YEAR - 1, 12, 31), date(END_YEAR, 1, 1)),
}


def is_within(value: date | datetime) -> bool:
    """True for a moment or day that a row may hold."""
    return FIRST_YEAR <= value.year < END_YEAR


def of(table: Table) -> dict[str, str]:
    """Return, by the name of each column that holds a moment or a day, which of the two it holds."""
    kinds = {each.name: _kind(each.type) for each in table.row.__table__.columns}
    return {name: kind for name, kind in kinds.items() if kind}


def names_of(table: Table) -> tuple[str, ...]:
    """The triggers that hold to it; a table that only grows needs none for a change."""
    if not of(table):
        return ()
    return ("dated_insert",) if UPDATE in table.refuses else ("dated_insert", "dated_update")


def statements(table: Table, dialect: str) -> Iterator[str]:
    """SQL that makes these triggers, on either engine."""
    differs = "IS NOT" if dialect == SQLITE else "IS DISTINCT FROM"
    outside = {name: _outside(f"NEW.{name}", kind, dialect) for name, kind in of(table).items()}
    for trigger in names_of(table):
        verb = trigger.removeprefix("dated_").upper()
        anew = [f"({said} AND NEW.{each} {differs} OLD.{each})" for each, said in outside.items()]
        when = " OR ".join(anew if verb == UPDATE else outside.values())
        said = f"a time before {FIRST_YEAR} or from {END_YEAR} on is refused"
        yield from refusing_trigger(table.name, trigger, verb, when, said, dialect)


def _kind(column_type: Any) -> str:
    if isinstance(column_type, UtcDateTime):
        return MOMENT
    return DAY if isinstance(column_type, Date) else ""


def _outside(value: str, kind: str, dialect: str) -> str:
    """True of what a column may not hold; of nothing at all (NULL) it is not true."""
    if dialect != SQLITE:
        as_type, clock = ("timestamptz", " 00:00+00") if kind == MOMENT else ("date", "")
        first, end = (f"{as_type} '{year}-01-01{clock}'" for year in (FIRST_YEAR, END_YEAR))
        return f"({value} < {first} OR {value} >= {end})"
    # SQLite has no such types: what it makes of the text as a date has to be that text. '+0 days' lets it count, so
    # that 31 February becomes another day; it would round fractions of a second up to the next, which stay out.
    form, length, more = ("%Y-%m-%d %H:%M:%S", 19, 26) if kind == MOMENT else ("%Y-%m-%d", 10, 10)
    years = f"substr({value}, 1, 4) BETWEEN '{FIRST_YEAR}' AND '{END_YEAR - 1}'"
    whole = f"substr({value}, 1, {length})"
    fits = f"strftime('{form}', {whole}, '+0 days') IS {whole} AND length({value}) <= {more}"
    plain = f"substr({value}, {length + 1}) NOT GLOB '*[^.0-9]*'"
    return f"({value} IS NOT NULL AND NOT ({years} AND {fits} AND {plain}))"


def read_all_of_a_server(connection: psycopg.Connection[Any]) -> None:
    """Let this connection read what an old database may hold and Python cannot: as the nearest time out of bounds."""
    for name, outside in _NEAREST.items():
        connection.adapters.register_loader(name, _loader(connection, name, *outside))


def _loader(connection: psycopg.Connection[Any], name: str, before: date, after: date) -> type[Loader]:
    oid = connection.adapters.types.get_oid(name)
    usual = connection.adapters.get_loader(oid, Format.TEXT)
    assert usual is not None

    class AnyTime(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._usual = usual(oid, context)

        def load(self, data: Buffer) -> Any:
            try:
                return self._usual.load(data)
            except psycopg.DataError:
                told = bytes(data)
                return before if told.startswith(b"-") or told.endswith(b"BC") else after

    return AnyTime
