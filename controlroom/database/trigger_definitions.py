"""Says how each trigger has to be made, and how a database has made it, in one form that can be compared.

What has to be is read from the migrations: run on an SQLite database in memory, or (for a PostgreSQL server, which a
check must not change) written out as SQL without one; for tables that no migration makes, from their declaration. A
trigger on a server is its function's source as well: one that returns NEW whatever happens protects nothing.
"""

import io
import re
from collections.abc import Iterable
from functools import cache

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from controlroom.database import migrations
from controlroom.database.row_marks import TRIGGERS

SQLITE = "sqlite"
_NAMED = re.compile(
    r"CREATE\s+(?:CONSTRAINT\s+)?TRIGGER\s+(\w+)\s.*?\sON\s+(?:\w+\.)?(\w+)", re.IGNORECASE | re.DOTALL
)
_DROPPED = re.compile(r"DROP TRIGGER (?:IF EXISTS )?(\w+) ON (\w+)", re.IGNORECASE)
_FUNCTION = re.compile(
    r"CREATE (?:OR REPLACE )?FUNCTION (\w+)\s*\(.*?\$(\w*)\$(.*)\$\2\$", re.IGNORECASE | re.DOTALL
)
_CALLED = re.compile(r"EXECUTE (?:FUNCTION|PROCEDURE) (?:\w+\.)?(\w+\(.*?\))", re.IGNORECASE)
_CONDITION = re.compile(r"\bWHEN \((.*)\) EXECUTE ", re.IGNORECASE | re.DOTALL)
_EVENTS = re.compile(r"\b(BEFORE|AFTER) (.*?) ON ", re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(
    r"::(character varying|timestamp with time zone|double precision|[a-z_]+)(\(\d+\))?(\[\])?"
)
Key = tuple[str, str]  # table, name


def found(connection: Connection) -> dict[Key, str]:
    """How the triggers of this database are made."""
    if connection.dialect.name == SQLITE:
        query = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
        return {(table, name): _plain(made) for table, name, made in connection.execute(text(query))}
    query = (
        "SELECT relname, tgname, pg_get_triggerdef(pg_trigger.oid), prosrc FROM pg_trigger "
        "JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace "
        "AND NOT starts_with(tgname, :made_by_an_upgrade)"
    )
    return {
        (table, name): _on_server(made, source)
        for table, name, made, source in connection.execute(text(query), {"made_by_an_upgrade": TRIGGERS})
    }


def wanted(dialect: str, more: tuple[str, ...] = ()) -> dict[Key, str]:
    """How the triggers of a database of this engine have to be made: by the migrations, then by `more` statements."""
    if dialect == SQLITE:
        return _in_memory() | _made_by(dialect, more)
    return _made_by(dialect, (*_written_out(dialect), *more))


@cache
def _in_memory() -> dict[Key, str]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrations.upgrade(connection)
        made = found(connection)
    engine.dispose()
    return made


@cache
def _written_out(dialect: str) -> tuple[str, ...]:
    """Every statement of the migrations, which are run without a database."""
    out = io.StringIO()
    options = {"as_sql": True, "output_buffer": out, "literal_binds": True}
    context = MigrationContext.configure(dialect_name=dialect, opts=options)
    scripts = ScriptDirectory(str(migrations.FOLDER))
    with Operations.context(context):
        for script in reversed(list(scripts.walk_revisions())):
            script.module.upgrade()
    return tuple(each.strip().replace("%%", "%") for each in out.getvalue().split(";\n\n"))


def _made_by(dialect: str, statements: Iterable[str]) -> dict[Key, str]:
    """How these statements, run in their order, make triggers."""
    made: dict[Key, str] = {}
    sources: dict[str, str] = {}
    for statement in statements:
        if function := _FUNCTION.search(statement):
            sources[function[1]] = function[3]
        elif dropped := _DROPPED.search(statement):
            made.pop((dropped[2], dropped[1]), None)
        elif named := _NAMED.match(statement):
            made[named[2], named[1]] = statement
    if dialect == SQLITE:
        return {key: _plain(statement) for key, statement in made.items()}
    # The functions as they are in the end: a later migration may have replaced one.
    return {
        key: _on_server(each, sources.get(_called(each).partition("(")[0], "")) for key, each in made.items()
    }


def _plain(statement: str) -> str:
    return " ".join(statement.split())


def _called(statement: str) -> str:
    called = _CALLED.search(statement)
    return called[1] if called else ""


def _on_server(statement: str, source: str) -> str:
    """A trigger in one form, whether as it was written or as the server tells it."""
    statement = _plain(statement)
    events = _EVENTS.search(statement)
    when = _CONDITION.search(statement)
    return " | ".join(
        (
            events[1].upper() if events else "",
            ", ".join(sorted(_plain(each).lower() for each in re.split(r" OR ", events[2])))
            if events
            else "",
            "row" if "FOR EACH ROW" in statement else "statement",
            condition(when[1]) if when else "",
            _called(statement),
            _plain(source),
        )
    )


def condition(said: str) -> str:
    """A condition without what the server adds when it tells it: types, brackets, ANY for IN."""
    said = _TYPE.sub("", said.lower()).replace("!=", "<>")
    said = re.sub(r"= any \(+array\[(.*?)\]\)*", r"in \1", said)
    said = re.sub(r"<> all \(+array\[(.*?)\]\)*", r"not in \1", said)
    return re.sub(r"[\s()]", "", said)
