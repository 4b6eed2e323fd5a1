"""One extension is one period by one decision; nothing stands past its end without being told of, every day."""

from datetime import date

import pytest
from sqlalchemy import text

from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.meetings.records import Outcome
from controlroom.errors import ControlRoomError, InvalidInput, RuleBroken
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def now(desk, deployment):
    return desk.services.deployments.deployment(desk.coordinator, deployment.id)


def alerts(desk, day):
    desk.go_to(day)
    return [(alert.reference, alert.days_past) for alert in desk.services.alerts.raise_due()]


def test_suspending_and_extending_in_turn_gives_one_period(desk):
    live = desk.live(desk.unit())
    desk.meeting(desk.today + days(20))
    desk.go_to(desk.today + days(10))
    service, meetings = desk.services.deployments, desk.services.meetings
    service.suspend(desk.coordinator, live.id, "No power")
    meetings.chair_extends(desk.coordinator, live.id, "It cannot wait.")
    for _ in range(3):
        with pytest.raises(RuleBroken):
            meetings.chair_extends(desk.coordinator, live.id, "It cannot wait.")
        service.resume(desk.coordinator, live.id)
        service.suspend(desk.coordinator, live.id, "No power")
    assert len(now(desk, live).periods) == 2


def test_a_suspended_deployment_that_was_extended_waits_for_its_next_period(desk):
    live = desk.live(desk.unit())
    first, second = desk.meeting(date(2027, 1, 28)), desk.meeting(date(2027, 2, 4))
    desk.go_to(first.day)
    desk.services.meetings.record_extension(desk.coordinator, first.id, live.id, Outcome.EXTENDED)
    desk.go_to(second.day)
    desk.services.deployments.suspend(desk.coordinator, live.id, "No power")
    with pytest.raises(RuleBroken, match="extended until"):
        desk.services.meetings.record_extension(desk.coordinator, second.id, live.id, Outcome.EXTENDED)


PERIOD = (
    "INSERT INTO deployment_periods (deployment_id, number, starts_on, ends_on, decision_id) "
    "VALUES (:id, :number, :starts, :ends, :decision)"
)


@pytest.mark.parametrize(
    ("what", "number", "starts", "decided_by"),
    [
        ("the same decision twice", 3, date(2027, 5, 20), "extension"),
        ("the approval of the bid as an extension", 3, date(2027, 5, 20), "approval"),
        ("a gap", 3, date(2027, 7, 1), "another bid"),
    ],
)
def test_the_database_refuses_a_period_without_a_decision_of_its_own(desk, what, number, starts, decided_by):
    live = desk.live(desk.unit())
    other = desk.live(desk.unit("RDC-02"), "Central Parade")
    meeting = desk.meeting(date(2027, 1, 28))
    desk.go_to(meeting.day)
    record = desk.services.meetings.record_extension
    extension = record(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    another = record(desk.coordinator, meeting.id, other.id, Outcome.EXTENDED)
    decision = {"extension": extension.id, "approval": live.approval.id, "another bid": another.id}
    values = {"id": live.id, "number": number, "starts": starts.isoformat(), "ends": "2027-08-19"}
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(text(PERIOD), {**values, "decision": decision[decided_by]})


@pytest.mark.parametrize(
    "verb",
    [
        "UPDATE deployment_periods SET ends_on = '2099-01-01'",
        "DELETE FROM deployment_periods",
    ],
)
def test_the_database_leaves_periods_as_they_were_decided(desk, verb):
    desk.live(desk.unit())
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(text(verb))


def test_the_database_lets_a_meeting_decide_once_about_a_thing(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(date(2027, 1, 28))
    desk.go_to(meeting.day)
    first = desk.services.meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    again = text(
        "INSERT INTO jag_decisions (subject, bid_id, meeting_id, outcome, decided_on, reason, departs, "
        "signed_off_by, recorded_by, recorded_at) SELECT subject, bid_id, meeting_id, outcome, decided_on, reason, "
        "departs, signed_off_by, recorded_by, recorded_at FROM jag_decisions WHERE id = :id"
    )
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(again, {"id": first.id})


def test_a_removal_after_the_end_needs_the_meeting(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    with pytest.raises(InvalidInput, match="needs the meeting"):
        service.order_removal(desk.coordinator, live.id, "Later", by=date(2029, 1, 1))
    desk.go_to(live.ends_on + days(3))
    for by in (date(2029, 1, 1), live.ends_on + days(4)):
        with pytest.raises(InvalidInput, match="needs the meeting"):
            service.order_removal(desk.coordinator, live.id, "Later", by=by)
    ending = service.order_removal(desk.coordinator, live.id, "No further need")
    assert ending.remove_by == live.ends_on


def test_a_unit_past_its_end_is_ordered_down_by_the_day_of_the_order(desk):
    live, service = desk.live(desk.unit()), desk.services.deployments
    desk.go_to(live.ends_on + days(3))
    service.order_removal(desk.coordinator, live.id, "No further need")
    ordered = service.history(desk.coordinator, live.id)[-1]
    assert ordered.detail["by"] == str(desk.today)


def test_a_removal_for_a_day_after_the_end_needs_the_meeting_whenever_it_is_ordered(desk):
    live = desk.live(desk.unit())
    order = desk.services.deployments.order_removal
    for today, by in ((0, 1), (1, 1), (3, 1), (3, 2), (3, 3), (3, 4)):
        desk.go_to(live.ends_on + days(today))
        with pytest.raises(InvalidInput, match="needs the meeting"):
            order(desk.coordinator, live.id, "Later", by=live.ends_on + days(by))
    assert order(desk.coordinator, live.id, "Enough", by=live.ends_on).remove_by == live.ends_on


def test_the_meeting_may_give_a_day_after_an_end_that_is_past(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(live.ends_on + days(6))
    desk.go_to(meeting.day)
    record = desk.services.meetings.record_extension
    record(desk.coordinator, meeting.id, live.id, Outcome.ENDED, reason="The trial", by=meeting.day + days(2))
    assert now(desk, live).remove_by == meeting.day + days(2)


def test_the_meeting_may_give_a_later_day_within_one_period(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(date(2027, 2, 11))
    desk.go_to(meeting.day)
    asked = desk.coordinator, meeting.id, live.id, Outcome.ENDED
    record = desk.services.meetings.record_extension
    with pytest.raises(InvalidInput, match="19 May 2027"):
        record(*asked, reason="The trial", by=date(2029, 1, 1))
    record(*asked, reason="The trial", by=date(2027, 3, 5))
    ending = now(desk, live)
    assert (ending.state, ending.remove_by) == (DeploymentState.ENDING, date(2027, 3, 5))
    assert alerts(desk, date(2027, 3, 5)) == []
    assert alerts(desk, date(2027, 3, 6)) == [(live.reference, 1)]


def test_the_database_refuses_a_later_day_without_the_meeting(desk):
    live = desk.live(desk.unit())
    desk.services.deployments.order_removal(desk.coordinator, live.id, "No further need")
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(text(f"UPDATE deployments SET remove_by = '2099-01-01' WHERE id = {live.id}"))


def test_the_database_lets_nobody_put_off_the_day_that_the_meeting_gave(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(date(2027, 2, 11))
    desk.go_to(meeting.day)
    ended = desk.coordinator, meeting.id, live.id, Outcome.ENDED
    desk.services.meetings.record_extension(*ended, reason="The trial", by=date(2027, 3, 5))
    move = text("UPDATE deployments SET remove_by = :day WHERE id = :id")
    for day in ("2027-03-06", "2099-01-01"):
        with pytest.raises(ControlRoomError), desk.room.database.write() as work:
            work.session.execute(move, {"day": date.fromisoformat(day), "id": live.id})
    with desk.room.database.write() as work:
        work.session.execute(move, {"day": date(2027, 3, 4), "id": live.id})


def test_a_unit_still_up_past_its_removal_alerts_every_day(desk):
    live = desk.live(desk.unit())
    by = desk.today + days(5)
    desk.services.deployments.order_removal(desk.coordinator, live.id, "No further need", by=by)
    assert alerts(desk, by) == []
    for past in (1, 2, 406):
        assert alerts(desk, by + days(past)) == [(live.reference, past)]
    attention = desk.services.overview.attention(desk.coordinator)
    assert [each.reference for each in attention.past_end] == [live.reference]
    desk.services.deployments.remove(desk.coordinator, live.id, signs_down=True)
    assert alerts(desk, desk.today + days(1)) == []


def test_a_unit_that_hangs_and_never_went_live_alerts_past_its_time_too(desk):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    up = desk.services.deployments.install(desk.coordinator, deployment.id)
    last = date(2027, 2, 19)
    assert alerts(desk, last) == []
    assert alerts(desk, last + days(1)) == [(up.reference, 1)]
