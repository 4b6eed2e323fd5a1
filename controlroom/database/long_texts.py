"""Bounds every long text that a row holds: triggers on both engines refuse one that its `Prose` column does not take.

They are derived from the types of a table's columns (`statements`); before that each flush of a unit of work says so
in plain words (`limits.py`). What is longer in an old database may stay, and its row may go on.
"""

from collections.abc import Iterator

from controlroom.database.tables import Prose
from controlroom.declaration import Table

SQLITE = "sqlite"


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
        name, verb = f"{table.name}_{trigger}", trigger.removeprefix("fits_").upper()
        when = " OR ".join(anew if verb == "UPDATE" else long.values())
        told = f"{table.name}: a text longer than it takes is refused"
        if dialect == SQLITE:
            yield (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table.name} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
            )
            continue
        yield (
            f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{told}'; END IF; RETURN NEW; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table.name} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_{name}()"
        )
