"""Nobody hides an incident from everybody: whoever restricts one is among its readers, and says why. Both engines."""

import pytest
from sqlalchemy import text

from controlroom.errors import ControlRoomError
from controlroom.incidents.care import check_restrictions
from controlroom.incidents.restrictions import RestrictionService
from tests.engines import tamper
from tests.incidents.desk import Desk, make_desk


@pytest.fixture
def desk(tmp_path, engine_kind) -> Desk:
    return make_desk(tmp_path)


def run(desk: Desk, *statements: str) -> None:
    with desk.room.database.write() as work:
        for statement in statements:
            work.session.execute(text(statement))


def restriction(desk: Desk, key: int, reason: str = "A person at risk") -> str:
    return (
        "INSERT INTO incident_restrictions (incident_id, reason, restricted_by, restricted_at) "
        f"VALUES ({key}, '{reason}', '{desk.supervisor.handle}', '2026-11-20 22:41:00.000000')"
    )


def reader(key: int, user_id: int) -> str:
    return f"INSERT INTO incident_readers (incident_id, user_id) VALUES ({key}, {user_id})"


@pytest.mark.both_engines
def test_whoever_restricts_is_among_the_readers(desk: Desk):
    key, other = desk.open().id, desk.operator.user_id
    for before in ([], [reader(key, other)]):
        with pytest.raises(ControlRoomError):
            run(desk, *before, restriction(desk, key))
    run(desk, reader(key, desk.supervisor.user_id), restriction(desk, key))
    for change in ("DELETE FROM incident_readers", f"UPDATE incident_readers SET user_id = {other}"):
        with pytest.raises(ControlRoomError):
            run(desk, change)
    service = RestrictionService(desk.room.database)
    assert service.restrict(desk.supervisor, key, [other], "Asked for by the police").reason
    service.lift(desk.supervisor, key, "The person is safe")


@pytest.mark.both_engines
@pytest.mark.parametrize("reason", ["", "  ", "ok", ". . ."])
def test_a_restriction_says_why(desk: Desk, reason: str):
    key = desk.open().id
    with pytest.raises(ControlRoomError):
        run(desk, reader(key, desk.supervisor.user_id), restriction(desk, key, reason))


def test_one_that_hides_it_from_its_own_setter_is_named(desk: Desk):
    key = desk.open().id
    tamper(desk.room.folder, restriction(desk, key))
    with desk.room.database.read() as session:
        faults, _good = check_restrictions(session, desk.room.folder)
    assert faults == ["INC-2026-00001 is restricted by Supervisor 02, who is not among its readers"]
