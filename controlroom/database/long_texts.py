"""Bounds every long text that a row holds: triggers on both engines refuse one that its `Prose` column does not take.

They are derived from the types of a table's columns (`statements`); before that each flush of a unit of work says so
in plain words (`limits.py`). What is longer in an old database may stay, and its row may go on.
"""

from collections.abc import Iterator

from controlroom.database.column_rules import SQLITE
from controlroom.database.refusing_trigger import refusing_trigger
from controlroom.database.tables import Prose
from controlroom.declaration import UPDATE, Table


def of(table: Table) -> dict[str, int]:
    """The columns of a table that hold long texts, each with the most characters it takes."""
    columns = table.row.__table__.columns
    return {each.name: each.type.length for each in columns if isinstance(each.type, Prose)}


def names_of(table: Table) -> tuple[str, ...]:
    """The triggers that hold to it."""
    return ("fits_insert", "fits_update") if of(table) else ()


def statements(table: Table, dialect: str) -> Iterator[str]:
    """SQL that makes these triggers, on either engine."""
    differs = "IS NOT" if dialect == SQLITE else "IS DISTINCT FROM"
    long = {name: f"length(NEW.{name}) > {longest}" for name, longest in of(table).items()}
    anew = [f"({said} AND NEW.{each} {differs} OLD.{each})" for each, said in long.items()]
    for trigger in names_of(table):
        verb = trigger.removeprefix("fits_").upper()
        when = " OR ".join(anew if verb == UPDATE else long.values())
        said = "a text longer than it takes is refused"
        yield from refusing_trigger(table.name, trigger, verb, when, said, dialect)
