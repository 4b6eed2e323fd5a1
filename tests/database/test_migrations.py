"""Every migration, up and down, against the models."""

import importlib
import pkgutil

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

import controlroom
from controlroom.database.engine import sqlite_url
from controlroom.database.opening import migration_config
from controlroom.database.tables import Base


def load_every_table():
    for module in pkgutil.walk_packages(controlroom.__path__, "controlroom."):
        if module.name.rpartition(".")[2] == "tables":
            importlib.import_module(module.name)


def steps(url):
    scripts = ScriptDirectory.from_config(migration_config(url))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def run(engine, url, direction, revision):
    config = migration_config(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        direction(config, revision)


def test_each_step_goes_up_and_down_again(tmp_path):
    url = sqlite_url(tmp_path / "room.db")
    engine = create_engine(url)
    before = ["base"]
    for revision in steps(url):
        tables = set(inspect(engine).get_table_names())
        run(engine, url, command.upgrade, revision)
        run(engine, url, command.downgrade, before[-1])
        assert set(inspect(engine).get_table_names()) - {"alembic_version"} == tables - {"alembic_version"}
        run(engine, url, command.upgrade, revision)
        before.append(revision)
    run(engine, url, command.downgrade, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()


def test_the_migrated_database_is_what_the_models_say(tmp_path):
    load_every_table()
    url = sqlite_url(tmp_path / "room.db")
    engine = create_engine(url)
    run(engine, url, command.upgrade, "head")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []
