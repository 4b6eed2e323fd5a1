"""Moments and days: no row holds one that the room could not read, and an old row that does may stay. Both engines."""

from datetime import UTC, date, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from controlroom.accounts.tables import UserRow
from controlroom.database import change_feed, dated_columns, trigger_definitions
from controlroom.database.migrations import config_for
from controlroom.database.tables import ChangeRow
from controlroom.declaration import all_tables
from controlroom.errors import InvalidInput
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import FRIDAY_NIGHT, make_room

BEFORE = "0025"  # the revision before the bounds
ON_A_SERVER = ("infinity", "-infinity", "0044-01-01 BC", "20000-01-01")
IN_A_FILE = ("infinity", "20000-01-01 00:00:00", "2026-02-31 10:00:00", "2026-11-20T10:00:00", "7", "")
REFUSED = "a time before 2000 or from 2100 on is refused"

pytestmark = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path, engine_kind):
    return make_room(tmp_path)


def write(engine, statement, **values):
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


@pytest.fixture
def owner(room, tmp_path, engine_kind):
    """An engine of whoever administers the database."""
    url = engines.administrators_url(tmp_path) if engine_kind == "postgresql" else room.database.engine.url
    made = create_engine(url)
    yield made
    made.dispose()


def test_a_time_that_the_room_could_not_read_is_refused(room, engine_kind):
    strange = ON_A_SERVER if engine_kind == "postgresql" else IN_A_FILE
    for at in (*strange, "1999-12-31 23:59:59", "2100-01-01 00:00:00"):
        for statement in (
            "INSERT INTO wrong_passwords (name_key, desk, at) VALUES ('zz', 'd', :at)",
            "UPDATE users SET last_sign_in_at = :at",
            "UPDATE users SET expires_on = :at",
        ):
            with pytest.raises(DBAPIError, match=REFUSED):
                write(room.database.engine, statement, at=at)
    for at in ("2000-01-01 00:00:00", "2099-12-31 23:59:59.999999", None):
        write(room.database.engine, "UPDATE users SET last_sign_in_at = :at", at=at)
    for day in ("2000-01-01", "2099-12-31", None):
        write(room.database.engine, "UPDATE users SET expires_on = :day", day=day)


def test_the_program_says_so_in_plain_words(room):
    with pytest.raises(InvalidInput, match="year 9999 is out of the question"), room.database.write() as work:
        work.session.scalars(select(UserRow)).first().expires_on = date(9999, 12, 31)


def test_what_stood_in_an_old_database_stays_its_row_goes_on_and_is_read(room, owner, engine_kind):
    with owner.begin() as connection:
        command.downgrade(config_for(connection), BEFORE)
    server = engine_kind == "postgresql"
    write(
        owner,
        "UPDATE users SET last_sign_in_at = :at, created_at = :far, expires_on = :day",
        at="0044-01-01 BC" if server else "1970-01-01 00:00:00",
        far="infinity" if server else "2100-01-01 00:00:00",
        day="infinity" if server else "2100-01-01",
    )
    with owner.begin() as connection:
        command.upgrade(config_for(connection), "head")
    write(owner, "UPDATE users SET epoch = epoch + 1")
    with room.database.read() as session:
        row = session.scalars(select(UserRow)).first()
        assert not dated_columns.is_within(row.last_sign_in_at)
        assert row.created_at == datetime(2100, 1, 1, tzinfo=UTC)
        assert row.expires_on == date(2100, 1, 1)
    with pytest.raises(DBAPIError, match=REFUSED):
        write(owner, "UPDATE users SET created_at = '1999-01-01 00:00:00'")


def test_every_dated_column_of_every_noun_is_bounded_by_the_migrations(room, engine_kind):
    declared = [each for table in all_tables(NOUNS) for each in dated_columns.statements(table, engine_kind)]
    with room.database.engine.connect() as connection:
        made = {
            key: each for key, each in trigger_definitions.found(connection).items() if "_dated_" in key[1]
        }
    wanted = trigger_definitions.wanted(engine_kind, tuple(declared))
    assert made == {key: wanted[key] for key in made}
    assert {name for _, name in made} == {
        f"{table.name}_{name}" for table in all_tables(NOUNS) for name in dated_columns.names_of(table)
    }
    assert {"audit_entries_dated_insert", "log_entries_dated_insert", "changes_dated_insert"} <= {
        name for _, name in made
    }


def test_news_of_a_time_to_come_is_forgotten_too(room):
    with room.database.write() as work:
        at = {
            "today": FRIDAY_NIGHT,
            "old": FRIDAY_NIGHT - timedelta(days=2),
            "ahead": datetime(2099, 1, 1, tzinfo=UTC),
        }
        for kind, moment in at.items():
            row = ChangeRow(at=moment, desk="d", kind=kind, key="1", actor="nobody", transaction_id=0)
            work.session.add(row)
    with room.database.engine.begin() as connection:
        change_feed.forget_old(connection, FRIDAY_NIGHT)
        kept = connection.scalars(select(ChangeRow.kind)).all()
    assert "today" in kept
    assert not {"old", "ahead"} & set(kept)
