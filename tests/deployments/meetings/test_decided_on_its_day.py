"""The database lets a meeting decide once its day has come, about what is on its agenda. Both engines."""

import json

import pytest
from sqlalchemy import inspect, text

from controlroom.errors import ControlRoomError
from controlroom.settings import Settings
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def run(desk, statement):
    with desk.room.database.write() as work:
        assert work.session.execute(text(statement)).rowcount


def refused(desk, statement, said):
    with pytest.raises(ControlRoomError) as caught:
        run(desk, statement)
    assert said in str(caught.value.__cause__)


def decision(desk, bid, **changed):
    """SQL that writes an approval of a bid today, with these columns changed."""
    values = {
        "subject": "'bid'",
        "bid_id": bid.id,
        "outcome": "'approved'",
        "decided_on": f"'{desk.today}'",
        "reason": "''",
        "departs": "false",
        "signed_off_by": "''",
        "recorded_by": f"'{desk.coordinator.handle}'",
        "recorded_at": f"'{desk.today} 10:00:00.000000'",
    } | changed
    columns = [each["name"] for each in inspect(desk.room.database.engine).get_columns("jag_decisions")]
    given = [each for each in columns if each in values]
    return f"INSERT INTO jag_decisions ({', '.join(given)}) VALUES ({', '.join(str(values[each]) for each in given)})"


def test_a_meeting_decides_nothing_before_its_day(desk):
    ahead, bid = desk.meeting(desk.today + days(60)), desk.assessed()
    desk.services.meetings.table_bid(desk.coordinator, bid.id, ahead.id)
    said = "a decision before its meeting's day is refused"
    refused(desk, decision(desk, bid, meeting_id=ahead.id), said)
    refused(desk, decision(desk, bid, meeting_id=ahead.id, decided_on=f"'{ahead.day}'"), said)
    desk.go_to(ahead.day)
    run(desk, decision(desk, bid, meeting_id=ahead.id))


def test_a_meeting_decides_only_about_a_scored_bid_on_its_agenda(desk):
    meeting, other = desk.meeting(desk.today), desk.meeting(desk.today + days(30))
    bid, said = desk.assessed(), "a decision about a bid that is not on the agenda is refused"
    refused(desk, decision(desk, bid, meeting_id=meeting.id), said)
    desk.services.meetings.table_bid(desk.coordinator, bid.id, other.id)
    refused(desk, decision(desk, bid, meeting_id=meeting.id), said)
    until = f"'{desk.today + days(35)}'"
    refused(desk, decision(desk, desk.assessed("Broom Road"), stands_until=until), said)


def test_a_bid_is_approved_only_as_it_was_decided(desk):
    meeting, bid = desk.meeting(desk.today), desk.assessed()
    desk.services.meetings.table_bid(desk.coordinator, bid.id, meeting.id)
    said = "going on without a score or a decision is refused"
    for state in ("approved", "refused", "deferred", "waitlisted"):
        refused(desk, f"UPDATE bids SET state = '{state}' WHERE id = {bid.id}", said)
    run(desk, decision(desk, bid, meeting_id=meeting.id, outcome="'waitlisted'"))
    refused(desk, f"UPDATE bids SET state = 'approved' WHERE id = {bid.id}", said)
    run(desk, f"UPDATE bids SET state = 'waitlisted' WHERE id = {bid.id}")


def test_a_bid_is_tabled_only_with_its_score(desk):
    bid = desk.assessed()
    said = "going on without a score or a decision is refused"
    refused(desk, f"UPDATE bids SET state = 'tabled', score = NULL WHERE id = {bid.id}", said)
    run(desk, f"DELETE FROM bid_scores WHERE bid_id = {bid.id}")
    refused(desk, f"UPDATE bids SET state = 'tabled' WHERE id = {bid.id}", said)


def test_a_chairs_action_stands_no_longer_than_the_room_says(desk):
    meeting = desk.meeting(desk.today + days(20))
    bid = desk.assessed()
    desk.services.meetings.table_bid(desk.coordinator, bid.id, meeting.id)

    def action(number):
        last = f"'{desk.today + days(number)}'"
        return decision(desk, bid, ratify_meeting_id=meeting.id, stands_until=last)

    said = "a chair's action without its last day is refused"
    refused(desk, action(36), said)
    with desk.room.database.write() as work:
        row = {"at": work.now, "value": json.dumps(14)}
        work.session.execute(
            text("INSERT INTO site_settings VALUES ('chair_action_days', :value, :at, 'Administrator')"),
            row | {"at": f"{desk.today} 09:00:00.000000"},
        )
    refused(desk, action(15), said)
    # What this desk's own file says is longer than the room allows: the program keeps to the room.
    taken = desk.services.meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    assert desk.policy.chair_action_days == Settings().chair_action_days
    assert taken.stands_until == desk.today + days(14)


def test_a_meeting_that_decided_keeps_its_day(desk):
    desk.approved()
    said = "moving or cancelling what has taken decisions is refused"
    refused(desk, "UPDATE jag_meetings SET day = '2027-09-09'", said)
    refused(desk, "UPDATE jag_meetings SET state = 'cancelled'", said)


@pytest.mark.parametrize(
    "change",
    [
        "stays_to = '{before}'",
        "stays_to = NULL",
        "stays_from = '{after}'",
        "stays_from = NULL",
        "unit_id = {other}",
    ],
)
def test_the_stay_of_a_unit_that_hangs_is_not_shortened(desk, change):
    live, other = desk.live(desk.unit()), desk.unit("RDC-02")
    said = change.format(before=desk.today + days(5), after=desk.today + days(5), other=other.id)
    refused(desk, f"UPDATE deployments SET {said} WHERE id = {live.id}", "shortening the stay")
    desk.services.deployments.order_removal(
        desk.coordinator, live.id, "Its purpose is met.", by=desk.today + days(5)
    )
    refused(
        desk, f"UPDATE deployments SET stays_to = '{desk.today}' WHERE id = {live.id}", "shortening the stay"
    )
