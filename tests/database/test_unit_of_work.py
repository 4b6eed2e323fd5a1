"""The unit of work: all or nothing, references never reused, news only after commit."""

import threading
from contextlib import nullcontext

import pytest
from sqlalchemy import event, text

from controlroom.changes import Change
from controlroom.database import unit_of_work
from controlroom.database.unit_of_work import Database
from controlroom.errors import Conflict, NotFound, PermissionRefused, Unavailable
from controlroom.incidents.records import IncidentAction, Step
from tests.builders import make_room
from tests.incidents.desk import make_desk
from tests.waiting import LIMIT_S, wait_until

REFUSED = (Conflict, PermissionRefused)  # by a trigger; on a server the role may not even try
pytestmark = pytest.mark.both_engines


def test_an_error_rolls_everything_back_and_announces_nothing(tmp_path):
    room = make_room(tmp_path)
    heard: list[Change] = []
    room.changes.listen(heard.append)
    with pytest.raises(RuntimeError), room.database.write() as work:
        work.next_reference("INC")
        work.announce("incident", 1)
        raise RuntimeError("power cut")
    with room.database.write() as work:
        assert work.next_reference("INC") == "INC-2026-00001"
        work.announce("incident", 1)
        work.announce("incident", 1)
    assert heard == [Change("incident", "1")]


def test_closing_lets_work_under_way_end_and_leaves_no_connection_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(unit_of_work, "CLOSE_WAITS_S", LIMIT_S)
    room = make_room(tmp_path)
    order: list[str] = []
    event.listen(room.database.engine, "checkin", lambda *_: order.append("given back"))
    inside, go_on = threading.Event(), threading.Event()

    def read() -> None:
        with room.database.read() as session:
            session.execute(text("SELECT 1"))
            inside.set()
            assert go_on.wait(LIMIT_S)
            order.append("read")

    reader = threading.Thread(target=read)
    reader.start()
    assert inside.wait(LIMIT_S)
    closer = threading.Thread(target=lambda: (room.database.close(), order.append("closed")))
    closer.start()
    wait_until(lambda: takes_no_more(room.database), "closing has begun")
    go_on.set()
    closer.join(LIMIT_S)
    reader.join(LIMIT_S)
    assert order == ["read", "given back", "closed"]


def takes_no_more(database: Database) -> bool:
    try:
        with database.read():
            return False
    except Unavailable as error:
        return "closed" in str(error)


def test_references_start_again_each_london_year(tmp_path):
    from datetime import UTC, datetime

    room = make_room(tmp_path, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    with room.database.write() as work:
        assert work.next_reference("BID") == "BID-2026-00001"
        assert work.next_reference("BID", at=datetime(2027, 1, 1, tzinfo=UTC)) == "BID-2027-00001"


def test_writers_at_once_get_different_references(tmp_path):
    room = make_room(tmp_path)
    issued: list[str] = []

    def issue():
        for _ in range(25):
            with room.database.write() as work:
                reference = work.next_reference("INC")
            issued.append(reference)

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(issued)) == 100
    assert max(issued) == "INC-2026-00100"


def test_reading_changes_nothing(tmp_path, engine_kind):
    room = make_room(tmp_path)
    refused = pytest.raises(Unavailable, match="read-only") if engine_kind == "postgresql" else nullcontext()
    with refused, room.database.read() as session:
        session.execute(text("UPDATE users SET active = NOT active"))
    with room.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM users WHERE active")) == 5


@pytest.mark.parametrize("table", ["audit_entries", "audit_texts"])
def test_what_may_only_grow_refuses_update(tmp_path, table):
    room = make_room(tmp_path)
    room.add_camera()
    with room.database.write() as work:
        from controlroom.audit import service as audit

        audit.record(work, "Operator 07", "note", "camera", "014", text="personal words")
    with pytest.raises(REFUSED), room.database.write() as work:
        work.session.execute(text(f"UPDATE {table} SET sequence = sequence + 100"))


def test_the_audit_chain_refuses_replace_or_truncate(tmp_path, engine_kind):
    room = make_room(tmp_path)
    room.add_camera()
    sqlite = "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries"
    with pytest.raises(REFUSED), room.database.write() as work:
        work.session.execute(text(sqlite if engine_kind == "sqlite" else "TRUNCATE audit_entries CASCADE"))


def test_the_audit_chain_refuses_delete(tmp_path):
    room = make_room(tmp_path)
    room.add_camera()
    with pytest.raises(REFUSED), room.database.write() as work:
        work.session.execute(text("DELETE FROM audit_entries"))


@pytest.mark.both_engines
def test_a_number_beyond_all_is_of_no_record_in_plain_words(tmp_path, engine_kind):
    desk = make_desk(tmp_path)
    for number in (2**63, 2**70, -(2**63) - 1):
        with pytest.raises(NotFound):
            desk.log.entry(desk.operator, number)
        with pytest.raises(NotFound):
            desk.incidents.act(desk.operator, number, Step(IncidentAction.MONITOR))
