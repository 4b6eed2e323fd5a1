"""A row or an entry that somebody dated back with plain SQL is named by the verification."""

from datetime import timedelta

import pytest

from controlroom.audit import service as audit
from controlroom.incidents.tables import IncidentStepRow
from controlroom.nouns import NOUNS
from tests.incidents.desk import make_desk

pytestmark = pytest.mark.both_engines
DAYS = timedelta(days=3)


def verified(room):
    with room.database.read() as session:
        return audit.verify(session)


@pytest.fixture
def desk(tmp_path):
    desk = make_desk(tmp_path)
    desk.open()
    return desk


def add_step(desk, at, entry_at=None):
    """A step told "then", with an entry that vouches for it."""
    with desk.room.database.write() as work:
        last = work.session.get_one(IncidentStepRow, 1)
        same = {
            each.key: getattr(last, each.key)
            for each in IncidentStepRow.__table__.columns
            if each.key != "id"
        }
        work.session.add(IncidentStepRow(**{**same, "kind": "informed", "at": at, "recorded_at": at}))
        who = desk.operator.handle
        audit.add(work, audit.PendingEntry(who, "incident.informed", "incident", "1", at=entry_at))


def test_a_step_dated_otherwise_than_the_entry_that_wrote_it_is_named(desk):
    add_step(desk, desk.room.clock.at)
    assert verified(desk.room).faults == ()
    add_step(desk, desk.room.clock.at - DAYS)
    (fault,) = verified(desk.room).faults
    assert "step 3 of an incident says that it was written on" in fault


def test_an_entry_dated_back_with_its_step_is_noted_by_its_place_in_the_chain(desk):
    before = desk.room.clock.at
    add_step(desk, before - DAYS, before - DAYS)
    desk.room.clock.at = before + timedelta(hours=1)
    add_step(desk, desk.room.clock.at)
    outcome = verified(desk.room)
    assert outcome.faults == ()
    (note,) = [each for each in outcome.notes if "dated back" in each]
    assert note.startswith(f"entry {outcome.entries - 1} of {desk.operator.handle} is of ")


def test_every_table_that_only_grows_and_tells_when_it_was_written_is_compared():
    told = {table.name for noun in NOUNS for table in noun.tables if table.written}
    named = {"recorded_at", "linked_at"}
    wanted = {
        table.name
        for noun in NOUNS
        for table in noun.tables
        if table.digested and table.refuses and named & set(table.row.__table__.columns.keys())
    }
    assert told >= wanted
