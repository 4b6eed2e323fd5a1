"""Holds every column to what the program can read: triggers on both engines refuse a value that it could not.

A row that says what no program can read would stop whoever lists its table. So a column takes no word outside its set,
no JSON of another shape, no counter driven to its end (`column_rules.py`), and no number that is none. An SQLite file
takes any kind of value in any column; there the triggers hold to the kinds as well. They are derived from a table's
columns (`statements`). What stands in an old database may stay (`rows.py` says how it is read), and its row may go on.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, String, Text, select
from sqlalchemy.orm import Session

from controlroom.database.column_rules import SQLITE, Counter, OneOf, rule_of
from controlroom.database.refusing_trigger import refusing_trigger
from controlroom.database.tables import Prose
from controlroom.declaration import INSERT, UPDATE, Nouns, Table, all_tables

LARGEST = "1.7e308"


def names_of(table: Table, dialect: str) -> tuple[str, ...]:
    """The triggers that hold to it; a table that only grows needs none for a change."""
    if not _refused(table, INSERT, dialect):
        return ()
    return ("readable_insert",) if UPDATE in table.refuses else ("readable_insert", "readable_update")


def statements(table: Table, dialect: str) -> Iterator[str]:
    """SQL that makes these triggers, on either engine."""
    for trigger in names_of(table, dialect):
        verb = trigger.removeprefix("readable_").upper()
        when = " OR ".join(_refused(table, verb, dialect))
        said = "a value that could not be read is refused"
        yield from refusing_trigger(table.name, trigger, verb, when, said, dialect)


def unreadable(session: Session, nouns: Nouns) -> Iterator[str]:
    """What the rows of a database say that the program cannot read: words, forms and JSON of another kind."""
    for table in all_tables(nouns):
        for column in table.row.__table__.columns:
            rule = rule_of(column)
            if rule is None or isinstance(rule, Counter):
                continue
            query = select(*table.row.__table__.primary_key.columns, column)
            if isinstance(rule, OneOf):
                query = query.where(column.not_in(rule.words))
            for *key, value in session.execute(query):
                if not rule.allows(value):
                    place = "/".join(str(each) for each in key)
                    yield f"{table.name} {place}: its {column.name} is {str(value)[:40]!r}"


def _refused(table: Table, verb: str, dialect: str) -> list[str]:
    """SQL that is true of what a row may not hold, or not be changed to, for each column that has such."""
    differs = "IS NOT" if dialect == SQLITE else "IS DISTINCT FROM"
    found = []
    for column in table.row.__table__.columns:
        new, old = f"NEW.{column.name}", f"OLD.{column.name}"
        kind, rule = _of_another_kind(column, new, dialect), rule_of(column)
        if kind:
            found.append(f"({new} {differs} {old} AND {kind})" if verb == UPDATE else kind)
        if rule is not None:
            said = rule.change_refused(new, old, dialect) if verb == UPDATE else rule.refused(new, dialect)
            found.append(said)
    return found


def _of_another_kind(column: Column[Any], value: str, dialect: str) -> str:
    """SQL that is true of a value that is not of the column's type; empty where the engine sees to it."""
    kind = column.type
    if dialect != SQLITE:
        return f"{value} IN ('NaN', 'Infinity', '-Infinity')" if isinstance(kind, Float) else ""
    if isinstance(kind, Boolean):
        return f"{value} NOT IN (0, 1)"
    if isinstance(kind, Integer):
        return f"typeof({value}) NOT IN ('integer', 'null')"
    if isinstance(kind, Float):
        return f"(typeof({value}) NOT IN ('real', 'integer', 'null') OR abs({value}) > {LARGEST})"
    if isinstance(kind, LargeBinary):
        return f"typeof({value}) NOT IN ('blob', 'null')"
    if isinstance(kind, String | Text | Prose):
        return f"typeof({value}) NOT IN ('text', 'null')"
    return ""
