"""Every migration, up and down, against the models; and what each leaves protected, tried by hand. On both engines."""

import importlib
import pkgutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

import controlroom
from controlroom.database import migrations, triggers
from controlroom.database.engine import sqlite_url
from controlroom.database.migrations import config_for
from controlroom.database.opening import known_revisions
from controlroom.database.tables import Base
from controlroom.nouns import NOUNS
from tests import engines

pytestmark = pytest.mark.both_engines
WAYS = {
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
    "REPLACE": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
}
ONLY = {"TRUNCATE": "postgresql", "REPLACE": "sqlite"}


@pytest.fixture
def engine(tmp_path, engine_kind):
    """An engine on an empty database."""
    if engine_kind == "sqlite":
        made = create_engine(sqlite_url(tmp_path / "empty.db"))
        yield made
        made.dispose()
        return
    server = engines.need_postgresql()
    name = server.create()
    made = create_engine(server.url(name))
    yield made
    made.dispose()
    server.drop(name)


def load_every_table():
    for module in pkgutil.walk_packages(controlroom.__path__, "controlroom."):
        if module.name.rpartition(".")[2] == "tables":
            importlib.import_module(module.name)


def run(engine, direction, revision):
    with engine.begin() as connection:
        direction(config_for(connection), revision)


def shape(engine):
    """Tables with their columns, and triggers: what a step down has to bring back."""
    seen = inspect(engine)
    tables = {
        name: sorted(column["name"] for column in seen.get_columns(name))
        for name in seen.get_table_names()
        if name != "alembic_version"
    }
    with engine.connect() as connection:
        return tables, triggers.present(connection)


def test_revisions_read_from_the_names_of_files_are_those_alembic_finds():
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert known_revisions() == [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_each_step_goes_up_and_down_again(engine):
    before = "base"
    for revision in known_revisions():
        was = shape(engine)
        run(engine, command.upgrade, revision)
        run(engine, command.downgrade, before)
        assert shape(engine) == was, f"down from {revision}"
        run(engine, command.upgrade, revision)
        before = revision
    run(engine, command.downgrade, "base")
    assert shape(engine) == ({}, set())


def test_the_migrated_database_is_what_the_models_say(engine):
    load_every_table()
    run(engine, command.upgrade, "head")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def value_for(column):
    """Something that fits a column; a purge begins as a proposal."""
    if column.name == "state":
        return "proposed"
    kinds = {
        int: 1,
        str: "x",
        bool: False,
        float: 1.0,
        datetime: datetime(2026, 11, 20, 22, 41, tzinfo=UTC),
        date: date(2026, 11, 20),
    }
    return kinds[column.type.python_type]


def fill(connection, table):
    """One row, whatever it points to."""
    sqlite = connection.dialect.name == "sqlite"
    off, on = (
        ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        if sqlite
        else ("SET session_replication_role = replica", "SET session_replication_role = origin")
    )
    reflected = Table(table, MetaData(), autoload_with=connection, resolve_fks=False)
    named = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
    aside = connection.exec_driver_sql(named).all() if sqlite else []
    connection.exec_driver_sql(off)
    if sqlite and not connection.connection.dbapi_connection.in_transaction:
        connection.exec_driver_sql("BEGIN")  # sqlite3 begins none before a DROP
    for name, _ in aside:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.execute(reflected.insert(), {column.name: value_for(column) for column in reflected.columns})
    connection.exec_driver_sql(on)
    for _, made in aside:
        connection.exec_driver_sql(made)
    return next(iter(reflected.primary_key.columns)).name


def test_after_every_step_what_is_protected_can_be_neither_changed_nor_removed(engine, engine_kind):
    """A step that leaves a table and its triggers as they were made need not be tried on it again."""
    before, was = set(), {}
    for revision in known_revisions():
        run(engine, command.upgrade, revision)
        with engine.connect() as connection:
            here = triggers.present(connection)
            assert before <= here, f"{revision} lost protection"
            before = here
            changed = made_as(connection, engine_kind)
            try_everything(
                connection, engine_kind, here, {name for name in changed if changed[name] != was.get(name)}
            )
            connection.rollback()
            was = changed


def test_the_migrations_made_the_triggers_that_the_nouns_declare(engine, engine_kind):
    run(engine, command.upgrade, "head")
    with engine.connect() as connection:
        assert triggers.present(connection) == triggers.expected(engine_kind, NOUNS)
        assert triggers.missing(connection, NOUNS) == []


MADE = {
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
    "postgresql": "SELECT relname::text, tgname::text || tgenabled::text,"
    " pg_get_triggerdef(t.oid) || pg_get_functiondef(tgfoid) || "
    "(SELECT string_agg(attname || format_type(atttypid, atttypmod) || attnotnull, ',' ORDER BY attnum)"
    " FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal ORDER BY tgname",
}


def made_as(connection, engine_kind):
    """Each table with everything it and its triggers are made of, in the database's own words."""
    made = {}
    for table, name, words in connection.exec_driver_sql(MADE[engine_kind]):
        made.setdefault(table, []).append((name, words))
    return made


def try_everything(connection, engine_kind, present, only):
    triggers = {each.name for each in present}
    tables = {each.table for each in present if "_no_" in each.name} & only
    for table in sorted(tables):
        column = fill(connection, table)
        for way, statement in WAYS.items():
            prefix = f"{table}_no_{way.lower()}"
            if ONLY.get(way, engine_kind) != engine_kind or not any(
                name.startswith(prefix) for name in triggers
            ):
                continue
            with pytest.raises(DBAPIError, match="is refused"), connection.begin_nested():
                connection.execute(text(statement.format(table=table, column=column)))


def test_a_trigger_that_is_gone_switched_off_or_hollow_is_named(engine, engine_kind):
    run(engine, command.upgrade, "head")
    server = engine_kind == "postgresql"
    with engine.begin() as connection:
        on = " ON log_entries" if server else ""
        connection.execute(text(f"DROP TRIGGER log_entries_no_update{on}"))
    with engine.connect() as connection:
        assert triggers.missing(connection, NOUNS) == [
            "the trigger log_entries_no_update on log_entries is missing"
        ]
    if not server:
        return
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE log_addenda DISABLE TRIGGER log_addenda_no_delete"))
        hollow = "CREATE OR REPLACE FUNCTION controlroom_one_place() RETURNS trigger LANGUAGE plpgsql AS "
        connection.execute(text(hollow + "$$ BEGIN RETURN NULL; END $$"))
    with engine.connect() as connection:
        found = triggers.missing(connection, NOUNS)
    assert "the trigger log_addenda_no_delete on log_addenda is switched off" in found
    assert "the trigger deployments_one_place on deployments refuses nothing any more" in found


HOLLOW = {
    "sqlite": (
        "CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'log_entries: UPDATE is refused'); END",
        "CREATE TRIGGER log_entries_no_update BEFORE UPDATE OF id ON log_entries "
        "BEGIN SELECT RAISE(ABORT, 'log_entries: UPDATE is refused'); END",
        "CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries BEGIN SELECT 'RAISE(ABORT'; END",
        "CREATE TRIGGER log_entries_no_update AFTER DELETE ON log_entries "
        "BEGIN SELECT RAISE(ABORT, 'log_entries: UPDATE is refused'); END",
    ),
    "postgresql": (
        "CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries FOR EACH ROW WHEN (false) "
        "EXECUTE FUNCTION controlroom_refuse()",
        "CREATE TRIGGER log_entries_no_update BEFORE UPDATE OF id ON log_entries FOR EACH STATEMENT "
        "EXECUTE FUNCTION controlroom_refuse()",
        "CREATE TRIGGER log_entries_no_update BEFORE INSERT ON log_entries FOR EACH STATEMENT "
        "EXECUTE FUNCTION controlroom_needs_a_purge()",
    ),
}


def test_a_trigger_of_the_right_name_that_refuses_nothing_is_named(engine, engine_kind):
    run(engine, command.upgrade, "head")
    on = " ON log_entries" if engine_kind == "postgresql" else ""
    for made in HOLLOW[engine_kind]:
        with engine.begin() as connection:
            connection.execute(text(f"DROP TRIGGER log_entries_no_update{on}"))
            connection.execute(text(made))
        with engine.connect() as connection:
            assert triggers.missing(connection, NOUNS) == [
                "the trigger log_entries_no_update on log_entries is not made as this version makes it"
            ], made


def test_a_function_that_only_speaks_of_refusing_is_named(engine, engine_kind):
    if engine_kind == "sqlite":
        pytest.skip("an SQLite trigger has no function")
    run(engine, command.upgrade, "head")
    with engine.begin() as connection:
        hollow = "CREATE OR REPLACE FUNCTION controlroom_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        connection.execute(text(hollow + "$$ BEGIN RETURN NEW; /* RAISE EXCEPTION */ END $$"))
    with engine.connect() as connection:
        found = triggers.missing(connection, NOUNS)
    assert "the trigger log_entries_no_delete on log_entries is not made as this version makes it" in found
    assert len(found) > 20


def test_a_trigger_that_somebody_added_is_named(engine, engine_kind):
    run(engine, command.upgrade, "head")
    made = (
        "CREATE TRIGGER helpful AFTER INSERT ON user_roles BEGIN DELETE FROM user_roles WHERE role = 'auditor'; END"
        if engine_kind == "sqlite"
        else "CREATE TRIGGER helpful BEFORE INSERT ON user_roles FOR EACH ROW EXECUTE FUNCTION controlroom_refuse()"
    )
    with engine.begin() as connection:
        connection.execute(text(made))
    with engine.connect() as connection:
        assert triggers.missing(connection, NOUNS) == [
            "the trigger helpful on user_roles belongs to no version of the program"
        ]
