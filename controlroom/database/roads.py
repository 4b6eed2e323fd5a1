"""Holds each record to its road: triggers on both engines let it begin in its first state only, and go on by arrows.

They are derived from the `Road` of a table (`statements`), which says what the services take. Only whoever sets up a
room writes records that are further along, and only those declared so: as the owner on a server, in a file with
`told_whole`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from controlroom.database.column_rules import SQLITE
from controlroom.database.refusing_trigger import refusing_trigger
from controlroom.declaration import Table

FIRST, NEXT = "first_state", "next_state"


def names_of(table: Table) -> tuple[str, ...]:
    """The triggers that hold to it."""
    return (FIRST, NEXT) if table.road is not None else ()


def statements(table: Table, dialect: str) -> Iterator[str]:
    """SQL that makes these triggers, on either engine."""
    road = table.road
    if road is None:
        return
    by_owner = " AND NOT controlroom_writes_as('')" if road.told_whole and dialect != SQLITE else ""
    pairs = ", ".join(f"'{here}>{there}'" for here, follow in road.arrows.items() for there in sorted(follow))
    moved = f"NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({pairs})"
    rules = {
        FIRST: ("INSERT", f"NEW.state <> '{road.first}'{by_owner}", "beginning in a later state is refused"),
        NEXT: ("UPDATE OF state", moved, "a state out of turn is refused"),
    }
    for trigger, (verb, when, said) in rules.items():
        yield from refusing_trigger(table.name, trigger, verb, when, said, dialect, errcode="check_violation")


@contextmanager
def told_whole(session: Session, table: str) -> Iterator[None]:
    """Let rows of this table begin in any state meanwhile, in a file; a server asks who is connected.

    The trigger is away within this transaction alone, which only whoever holds the file can do.
    """
    if session.get_bind().dialect.name != SQLITE:
        yield
        return
    query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    made = session.execute(query, {"name": f"{table}_{FIRST}"}).scalar_one()
    session.execute(text(f"DROP TRIGGER {table}_{FIRST}"))
    yield
    session.connection().exec_driver_sql(made)
