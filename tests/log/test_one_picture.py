"""A picture belongs to one record: who may not see that one opens its picture by none of their own. Both engines."""

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from controlroom.database.migrations import config_for
from controlroom.declaration import Row, all_but
from controlroom.deployments.deployments.tables import CheckRow
from controlroom.errors import InvalidInput
from controlroom.log.tables import LogEntryRow
from tests.deployments.builders import make_desk as make_deployments
from tests.engines import administrators_url
from tests.incidents.desk import make_desk

pytestmark = pytest.mark.both_engines
BEFORE = "0026"  # the revision before pictures belonged to one record
TWICE = "a picture of another record is refused"


@pytest.fixture
def desk(tmp_path, engine_kind):
    return make_desk(tmp_path)


@pytest.fixture
def picture(tmp_path):
    taken = tmp_path / "picture.jpg"
    taken.write_bytes(b"two people in the arcade")
    return taken


def write_again(room, row: Row = LogEntryRow, path="snapshot_path"):
    """A further row, like the one there is but for its number and key, past the program."""
    names = ", ".join(all_but(row, "id", "entry_key"))
    table = row.__tablename__
    with room.database.engine.begin() as connection:
        copied = f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE {path} <> '' LIMIT 1"
        assert connection.execute(text(copied)).rowcount == 1


def test_a_file_of_the_store_is_no_new_picture(desk, picture):
    snapshot = desk.write(snapshot=picture).snapshot
    stored = desk.log.snapshots.path_of(snapshot)
    with pytest.raises(InvalidInput, match="belongs to a record already"):
        desk.write("mine", snapshot=stored)
    assert stored.read_bytes() == picture.read_bytes()


def test_the_database_lets_no_further_entry_bear_the_path_of_a_picture(desk, picture):
    desk.write(snapshot=picture)
    with pytest.raises(DBAPIError, match=TWICE):
        write_again(desk.room)
    desk.write("of another picture, though it looks the same", snapshot=picture)


def test_the_database_lets_no_check_of_a_deployment_bear_the_path_of_a_picture(
    tmp_path, engine_kind, picture
):
    desk = make_deployments(tmp_path)
    desk.live(desk.unit())
    with pytest.raises(DBAPIError, match=TWICE):
        write_again(desk.room, CheckRow, "picture_path")


def test_where_an_old_room_has_two_entries_of_one_picture_both_stay(desk, picture, tmp_path, engine_kind):
    desk.write(snapshot=picture)
    url = administrators_url(tmp_path) if engine_kind == "postgresql" else desk.room.database.engine.url
    engine = create_engine(url)
    with engine.begin() as connection:
        command.downgrade(config_for(connection), BEFORE)
    write_again(desk.room)
    with engine.begin() as connection:
        command.upgrade(config_for(connection), "head")
    engine.dispose()
    assert len({entry.snapshot for entry in desk.log.entries(desk.operator).records}) == 1
    assert len(desk.log.entries(desk.operator).records) == 2
