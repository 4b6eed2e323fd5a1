"""What is closed cannot be opened by UPDATE, changed and closed again: a meeting, a bid, an incident. Both engines."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from controlroom.accounts.records import Role
from controlroom.accounts.step_keys import StepKeys
from controlroom.deployments.meetings.records import Outcome
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import IncidentAction, NewIncident, Result, Step
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from tests.builders import PASSWORD
from tests.deployments.builders import make_desk
from tests.step_keys import open_keys

pytestmark = pytest.mark.both_engines
_A = IncidentAction


@pytest.fixture
def desk(tmp_path, engine_kind):
    return make_desk(tmp_path)


def refused(room, *statements):
    """Each is refused, or touches nothing that is there."""
    for statement in statements:
        with (
            pytest.raises(DBAPIError, match=r"is refused|permission denied"),
            room.database.engine.begin() as connection,
        ):
            touched = connection.execute(text(statement)).rowcount
            assert touched, f"there is no row for {statement}"


def test_a_closed_meeting_keeps_its_minutes(desk):
    meeting = desk.meeting(desk.today)
    desk.services.meetings.close(desk.coordinator, meeting.id, "Nothing to decide.")
    refused(
        desk.room,
        "UPDATE jag_meetings SET minutes = 'other'",
        "UPDATE jag_meetings SET state = 'planned'",
        "UPDATE jag_meetings SET day = '2026-11-27'",
        "DELETE FROM jag_meetings",
    )


def test_a_decided_bid_keeps_what_it_stated_and_how_it_scored(desk):
    desk.approved()
    refused(
        desk.room,
        "UPDATE bids SET state = 'assessed'",
        "UPDATE bids SET state = 'draft'",
        "UPDATE bids SET evidence = 'other'",
        "UPDATE bids SET score = 100",
        "UPDATE bid_scores SET given = 10",
        "DELETE FROM bid_scores",
    )


def test_a_refused_bid_is_not_approved_afterwards(desk):
    meeting, bid = desk.meeting(desk.today), desk.assessed()
    desk.services.meetings.table_bid(desk.coordinator, bid.id, meeting.id)
    desk.services.meetings.record_decision(
        desk.coordinator, meeting.id, bid.id, Outcome.REFUSED, reason="too little", signed_off_by="The chair"
    )
    refused(desk.room, "UPDATE bids SET state = 'approved'", "UPDATE bids SET state = 'tabled'")


def incidents_of(room, *more):
    store = SnapshotStore(room.folder / "pictures")
    log = LogService(room.database, vocabulary.load(), store, IncidentLinks())
    return IncidentService(log, open_keys(StepKeys(), room.database, room.operator, room.supervisor, *more))


@pytest.fixture
def approved(desk):
    """An incident that is approved, with the service it was taken there by."""
    room, service = desk.room, incidents_of(desk.room)
    made = service.open_incident(room.operator, NewIncident("robbery", "Seen."))
    for action in (_A.MONITOR, _A.CONCLUDE, _A.SUBMIT):
        result = Result.NO_TRACE if action is _A.CONCLUDE else None
        service.act(room.operator, made.id, Step(action, result=result))
    service.act(room.supervisor, made.id, Step(_A.APPROVE))
    return service, made.id


def test_an_approved_incident_is_not_reopened_by_update_alone(desk, approved):
    refused(
        desk.room,
        "UPDATE incidents SET state = 'open'",
        "UPDATE incidents SET state = 'open', result = 'arrest'",
        "UPDATE incidents SET result = 'arrest'",
        "UPDATE incidents SET state = 'submitted'",
    )


def test_reopening_leaves_its_step_and_each_move_after_it_needs_one_of_its_own(desk, approved):
    service, key = approved
    service.act(desk.room.supervisor, key, Step(_A.REOPEN, "more is known"))
    refused(
        desk.room,
        "UPDATE incidents SET state = 'approved'",
        "UPDATE incidents SET state = 'concluded'",
        "UPDATE incidents SET state = 'monitoring'",
    )
    service.act(desk.room.operator, key, Step(_A.MONITOR))
    with desk.room.database.read() as session:
        steps = session.scalars(
            text("SELECT to_state FROM incident_steps WHERE kind = 'moved' ORDER BY id")
        ).all()
    assert steps[-2:] == ["open", "monitoring"]


@pytest.mark.parametrize(
    ("submits", "approves"),
    [("supervisor", "supervisor"), ("supervisor", "operator"), (None, "supervisor")],
)
def test_an_incident_is_approved_by_another_who_reviews_whatever_its_row_says(desk, submits, approves):
    room, other = desk.room, another_supervisor(desk.room)
    service = incidents_of(room, other)
    made = service.open_incident(room.operator, NewIncident("robbery", "Seen."))
    for action in (_A.MONITOR, _A.CONCLUDE, _A.SUBMIT) if submits else ():
        result = Result.NO_TRACE if action is _A.CONCLUDE else None
        service.act(getattr(room, submits), made.id, Step(action, result=result))
    step = (
        "INSERT INTO incident_steps (incident_id, kind, at, recorded_at, author, action, from_state, to_state, agency, "
        "result, outcome, detail, text_hash) SELECT incident_id, 'moved', at, recorded_at, :author, 'approve', "
        "incidents.state, 'approved', '', '', '', detail, text_hash FROM incident_steps JOIN incidents "
        "ON incidents.id = incident_id ORDER BY incident_steps.id DESC LIMIT 1"
    )
    signature = (
        "INSERT INTO incident_signatures SELECT MAX(id), :author, 'key', 'signature' FROM incident_steps"
    )
    with (
        pytest.raises(DBAPIError, match=r"incidents: (UPDATE is|a state out of turn is) refused"),
        room.database.engine.begin() as connection,
    ):
        connection.execute(text("UPDATE incidents SET submitted_by = ''"))
        for statement in (step, signature):
            assert (
                connection.execute(text(statement), {"author": getattr(room, approves).handle}).rowcount == 1
            )
        connection.execute(text("UPDATE incidents SET state = 'approved'"))
    if submits:
        service.act(other, made.id, Step(_A.APPROVE))


def another_supervisor(room):
    room.accounts.add(room.administrator, "other", "Supervisor 03", PASSWORD, {Role.SUPERVISOR})
    return room.sign_in.sign_in("other", PASSWORD)
