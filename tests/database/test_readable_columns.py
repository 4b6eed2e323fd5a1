"""Columns of words, JSON, counters and forms: the database refuses what no program can read. Both engines."""

import dataclasses
import importlib
import pkgutil
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest
from alembic import command
from sqlalchemy import String, create_engine, text
from sqlalchemy.exc import DBAPIError

import controlroom
from controlroom.audit.tables import PURGE_STATES
from controlroom.care.purge_records import PurgeState
from controlroom.database import column_rules, readable_columns, trigger_definitions
from controlroom.database.migrations import config_for
from controlroom.declaration import all_tables
from controlroom.nouns import NOUNS
from tests.deployments.builders import CONTENT, make_desk
from tests.engines import administrators_url

BEFORE = "0030"  # the revision before the rules
REFUSED = (
    "could not be read is refused|invalid input syntax for type json|malformed JSON"
    "|a state out of turn is refused|beginning in a later state is refused"
)

pytestmark = pytest.mark.both_engines


@pytest.fixture
def desk(tmp_path, engine_kind):
    """A room with a bid, a meeting, a unit and a camera."""
    made = make_desk(tmp_path)
    made.services.bids.add(made.coordinator, CONTENT)
    made.meeting(made.today)
    made.unit()
    made.room.add_camera()
    return made


@pytest.fixture
def owner(desk, tmp_path, engine_kind):
    """An engine of whoever administers the database."""
    url = administrators_url(tmp_path) if engine_kind == "postgresql" else desk.room.database.engine.url
    made = create_engine(url)
    yield made
    made.dispose()


def write(engine, statement):
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount


WORDS = (
    "UPDATE bids SET state = 'xyz'",
    "UPDATE jag_meetings SET state = 'closed'",
    "UPDATE rdc_units SET state = 'xyz'",
    "UPDATE cameras SET owner = ''",
    "UPDATE cameras SET migration = 'zz'",
    "UPDATE cameras SET transport = 'zz'",
    "INSERT INTO user_roles (user_id, role) VALUES (1, 'emperor')",
    "UPDATE bids SET agencies = 'not json'",
    "UPDATE bids SET agencies = '[1,null]'",
    "UPDATE bids SET objectives = '{}'",
    "UPDATE bids SET latitude = {infinite}",
    "UPDATE jag_meetings SET time = 'zz'",
    "UPDATE cameras SET number = '../../x'",
    "UPDATE cameras SET number = 'ABCDE1'",
    "UPDATE cameras SET number = '12345'",
    "UPDATE cameras SET number = 'RDC-'",
    "UPDATE cameras SET number = '१२३'",
)
ENDS = (
    "UPDATE bids SET version = 2147483647",
    "UPDATE bids SET version = version + 2",
    "UPDATE bids SET version = version - 1",
    "UPDATE jag_meetings SET version = 2147483647",
    "UPDATE rdc_units SET version = 2147483647",
    "UPDATE users SET epoch = 2147483647",
    "UPDATE cameras SET version = -1",
)
# An SQLite file takes any kind of value in any column.
OF_ANOTHER_KIND = (
    "UPDATE bids SET reports_3_months = 'many'",
    "UPDATE bids SET medium_term_plan = 7",
    "UPDATE bids SET latitude = 'north'",
    "UPDATE bids SET place = x'ff00'",
    "UPDATE bids SET version = 'abc'",
    "INSERT INTO wrong_passwords (name_key, desk, at) VALUES (x'00', 'd', '2026-11-20 10:00:00')",
)


def test_a_word_that_no_program_can_read_is_refused(desk, engine_kind):
    infinite = "9e999" if engine_kind == "sqlite" else "'Infinity'"
    for each in WORDS:
        with pytest.raises(DBAPIError, match=REFUSED):
            write(desk.room.database.engine, each.replace("{infinite}", infinite))


def test_a_counter_rises_by_one_at_a_time(desk):
    for each in ENDS:
        with pytest.raises(DBAPIError, match=REFUSED):
            write(desk.room.database.engine, each)
    write(desk.room.database.engine, "UPDATE bids SET version = version + 1")


def test_a_value_of_another_kind_is_refused_in_a_file(desk, engine_kind):
    if engine_kind != "sqlite":
        pytest.skip("PostgreSQL itself holds each column to its type")
    for each in OF_ANOTHER_KIND:
        with pytest.raises(DBAPIError, match=REFUSED):
            write(desk.room.database.engine, each)


def test_what_stood_in_an_old_database_stays_and_its_row_goes_on(desk, owner):
    with owner.begin() as connection:
        command.downgrade(config_for(connection), BEFORE)
    write(owner, "UPDATE bids SET agencies = 'not json', version = 2147483647")
    with owner.begin() as connection:
        command.upgrade(config_for(connection), "head")
    write(owner, "UPDATE bids SET question = 'What else was tried?'")
    write(owner, "UPDATE bids SET version = 1")  # a counter that was driven to its end may begin anew
    with pytest.raises(DBAPIError, match=REFUSED):
        write(owner, "UPDATE bids SET agencies = 'no json either'")


def test_every_rule_of_every_noun_is_made_by_the_migrations(desk, engine_kind):
    declared = [
        each for table in all_tables(NOUNS) for each in readable_columns.statements(table, engine_kind)
    ]
    with desk.room.database.engine.connect() as connection:
        found = trigger_definitions.found(connection)
    made = {key: each for key, each in found.items() if "_readable_" in key[1]}
    wanted = trigger_definitions.wanted(engine_kind, tuple(declared))
    assert made == {key: wanted[key] for key in made}
    assert {name for _, name in made} == {
        f"{table.name}_{name}"
        for table in all_tables(NOUNS)
        for name in readable_columns.names_of(table, engine_kind)
    }


# What a step says was done, in words of its own; `Step.action` is what somebody asks for.
IN_ITS_OWN_WORDS = {"incident_steps.action"}


def modules(name):
    for module in pkgutil.walk_packages(controlroom.__path__, "controlroom."):
        if module.name.rpartition(".")[2] == name:
            yield importlib.import_module(module.name)


def enumerations():
    """The enumerations of records by package and by the name of their field."""
    found = {}
    for module in modules("records"):
        records = [each for each in vars(module).values() if dataclasses.is_dataclass(each)]
        for name, hint in (pair for each in records for pair in get_type_hints(each).items()):
            for kind in (hint, *get_args(hint)):
                if isinstance(kind, type) and issubclass(kind, StrEnum):
                    found.setdefault((module.__package__, name), []).append({str(each) for each in kind})
    return found


def test_every_column_that_a_record_reads_as_an_enumeration_is_held_to_its_words():
    known, looked_at = enumerations(), set()
    for table in all_tables(NOUNS):
        for column in table.row.__table__.columns:
            package = table.row.__module__.rpartition(".")[0]
            kinds = known.get((package, column.name))
            if kinds and isinstance(column.type, String) and str(column) not in IN_ITS_OWN_WORDS:
                rule = column_rules.rule_of(column)
                assert isinstance(rule, column_rules.OneOf), f"{column} is read as one of {kinds}"
                assert set(rule.words) - {""} in kinds, column
                looked_at.add(str(column))
    assert {
        "incidents.state",
        "incidents.origin",
        "bids.state",
        "cameras.owner",
        "jag_decisions.outcome",
    } <= looked_at
    assert len(looked_at) > 15


def test_the_states_of_a_purge_are_those_of_its_record():
    assert tuple(each.value for each in PurgeState) == PURGE_STATES
