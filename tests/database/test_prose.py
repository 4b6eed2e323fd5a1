"""Long texts: the database itself refuses what is longer than it takes; an old longer one may stay. Both engines."""

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from controlroom.database import long_texts, trigger_definitions
from controlroom.database.migrations import config_for
from controlroom.declaration import all_tables
from controlroom.nouns import NOUNS
from controlroom.texts import MINUTES
from tests.deployments.builders import make_desk
from tests.engines import administrators_url

BEFORE = "0021"  # the revision before the limits

pytestmark = pytest.mark.both_engines


@pytest.fixture
def desk(tmp_path, engine_kind):
    return make_desk(tmp_path)


def write(room, statement, **values):
    with room.database.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


def test_minutes_longer_than_they_may_be_are_refused_and_what_was_longer_before_stays(
    desk, tmp_path, engine_kind
):
    desk.meeting(desk.today)
    to_write = "UPDATE jag_meetings SET minutes = :minutes"
    owner = administrators_url(tmp_path) if engine_kind == "postgresql" else desk.room.database.engine.url
    engine = create_engine(owner)
    with engine.begin() as connection:
        command.downgrade(config_for(connection), BEFORE)
    write(desk.room, to_write, minutes="x" * (MINUTES + 1))
    with engine.begin() as connection:
        command.upgrade(config_for(connection), "head")
    engine.dispose()
    write(desk.room, "UPDATE jag_meetings SET version = version + 1")
    with pytest.raises(DBAPIError, match="longer than it takes is refused"):
        write(desk.room, to_write, minutes="y" * (MINUTES + 1))
    write(desk.room, to_write, minutes="y" * MINUTES)


def test_every_long_text_of_every_noun_is_bounded_by_the_migrations_as_its_declaration_says(
    desk, engine_kind
):
    declared = [each for table in all_tables(NOUNS) for each in long_texts.statements(table, engine_kind)]
    with desk.room.database.engine.connect() as connection:
        found = trigger_definitions.found(connection)
    made = {key: each for key, each in found.items() if "_fits_" in key[1]}
    wanted = trigger_definitions.wanted(engine_kind, tuple(declared))
    assert made == {key: wanted[key] for key in made}
    assert {table for table, _ in made} == {table.name for table in all_tables(NOUNS) if long_texts.of(table)}
    assert {"log_texts", "jag_meetings", "bids", "purges"} <= {table for table, _ in made}


def test_a_picture_is_looked_up_by_an_index(desk):
    indexes = inspect(desk.room.database.engine).get_indexes("log_entries")
    assert ["snapshot_path"] in [each["column_names"] for each in indexes]
