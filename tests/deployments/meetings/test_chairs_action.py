"""The chair's action stands until the next meeting that is held, or until its last day, and then it is over."""

from datetime import date

import pytest
from sqlalchemy import text

from controlroom.deployments.bids.records import BidState
from controlroom.deployments.deployments.records import DeploymentState, Standing
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.policy import load_policy
from controlroom.deployments.units.records import UnitState
from controlroom.errors import ControlRoomError, RuleBroken
from controlroom.settings import Settings
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines
URGENT = "A stabbing last night."
LAST_DAY = 35  # the setting's own value


def approved_by_chair(desk, unit, meeting_in=6, *, live=True):
    """A camera on the chair's action alone, with the meeting planned next."""
    meeting = desk.meeting(desk.today + days(meeting_in))
    bid = desk.assessed()
    decision = desk.services.meetings.chair_approves(desk.coordinator, bid.id, URGENT)
    deployment = desk.scheduled(bid, unit)
    service = desk.services.deployments
    service.install(desk.coordinator, deployment.id)
    if live:
        desk.go_live(deployment.id)
    return meeting, decision, service.deployment(desk.coordinator, deployment.id)


def now(desk, deployment):
    return desk.services.deployments.deployment(desk.coordinator, deployment.id)


def close(desk, meeting):
    desk.go_to(meeting.day)
    return desk.services.meetings.close(desk.coordinator, meeting.id, "Present: six.")


def told_on(desk, day):
    desk.go_to(day)
    return [(alert.reference, alert.text) for alert in desk.services.alerts.raise_due()]


def test_a_meeting_closed_without_an_answer_ends_the_chairs_action_that_day(desk):
    meeting, decision, live = approved_by_chair(desk, desk.unit())
    close(desk, meeting)
    after = now(desk, live)
    assert after.state is DeploymentState.ENDING
    assert after.remove_by == meeting.day
    assert after.chair_ended_on == meeting.day
    assert after.approval is None
    answered = desk.services.meetings.decisions(desk.coordinator, live.bid_id)
    assert [each.ratification for each in answered if each.id == decision.id] == [Outcome.NOT_RATIFIED]


def test_what_the_chair_decided_alerts_every_day_from_its_end_until_it_is_down(desk):
    meeting, _, live = approved_by_chair(desk, desk.unit())
    close(desk, meeting)
    for past in (0, 1, 2):
        told = told_on(desk, meeting.day + days(past))
        assert [reference for reference, _ in told] == [live.reference]
        assert "the chair's action ended on 26 Nov 2026" in told[0][1]
    assert desk.services.overview.attention(desk.coordinator).badge == 1
    desk.services.deployments.remove(desk.coordinator, live.id, signs_down=True)
    assert told_on(desk, meeting.day + days(3)) == []


def test_a_meeting_that_is_moved_or_cancelled_or_passes_unrecorded_changes_nothing(desk):
    meeting, decision, live = approved_by_chair(desk, desk.unit())
    meetings = desk.services.meetings
    moved = meetings.move(desk.coordinator, meeting.id, desk.today + days(700), "10:00", "Town hall")
    earlier = desk.meeting(desk.today + days(20))
    meetings.cancel(desk.coordinator, moved.id, "Two years is too long")
    desk.go_to(earlier.day + days(1))
    desk.services.alerts.raise_due()
    assert now(desk, live).approval.id == decision.id
    # The day passed and nobody wrote anything down: the meeting still answers when it is recorded.
    chair = meetings.agenda(desk.coordinator, earlier.id).chair
    assert [item.decision.id for item in chair] == [decision.id]
    assert chair[0].decision.stands_until == date(2026, 11, 20) + days(LAST_DAY)
    meetings.ratify(desk.coordinator, earlier.id, decision.id, ratified=True)
    meetings.close(desk.coordinator, earlier.id, "Present: six.")
    assert told_on(desk, live.live_on + days(LAST_DAY + 1)) == []
    assert now(desk, live).approval.id == decision.id


def test_thirty_five_days_without_a_meeting_end_it(desk):
    meeting, decision, live = approved_by_chair(desk, desk.unit(), 60)
    last = live.live_on + days(LAST_DAY)
    assert told_on(desk, last) == []
    assert now(desk, live).state is DeploymentState.LIVE
    told = told_on(desk, last + days(1))
    assert [reference for reference, _ in told] == [live.reference]
    after = now(desk, live)
    assert (after.state, after.remove_by) == (DeploymentState.ENDING, last + days(1))
    ended = desk.services.meetings.decisions(desk.coordinator, live.bid_id)
    assert [(each.ratification, each.taken_by) for each in ended if each.id == decision.id] == [
        (Outcome.LAPSED, "chair's action 20 Nov 2026")
    ]
    desk.go_to(meeting.day)
    with pytest.raises(RuleBroken, match="no meeting was held in time"):
        desk.services.meetings.ratify(desk.coordinator, meeting.id, decision.id, ratified=True)


def test_a_lapsed_approval_takes_its_bid_along_though_nothing_was_planned_for_it(desk):
    desk.meeting(desk.today + days(60))
    bid = desk.assessed()
    desk.services.meetings.chair_approves(desk.coordinator, bid.id, URGENT)
    told_on(desk, desk.today + days(LAST_DAY + 1))
    assert desk.services.bids.bid(desk.coordinator, bid.id).state is BidState.LAPSED
    with pytest.raises(RuleBroken, match="nothing is planned"):
        desk.services.deployments.plan(desk.coordinator, bid.id)


def test_a_lapsed_action_is_over_before_anything_carried_it_out(desk):
    unit = desk.unit()
    meeting, decision, up = approved_by_chair(desk, unit, 60, live=False)
    desk.services.deployments.record_signs(desk.coordinator, up.id)
    desk.go_to(up.installed_on + days(LAST_DAY + 1))
    with pytest.raises(RuleBroken, match="JAG decision in force"):
        desk.services.deployments.go_live(desk.coordinator, up.id)
    desk.go_to(meeting.day)
    with pytest.raises(RuleBroken, match="over since 26 Dec 2026"):
        desk.services.meetings.ratify(desk.coordinator, meeting.id, decision.id, ratified=True)


def test_nobody_goes_live_on_an_ended_action_and_what_hangs_comes_down(desk):
    meeting, _, up = approved_by_chair(desk, desk.unit(), live=False)
    desk.services.deployments.record_signs(desk.coordinator, up.id)
    close(desk, meeting)
    after = now(desk, up)
    assert (after.state, after.remove_by) == (DeploymentState.ENDING, meeting.day)
    with pytest.raises(RuleBroken):
        desk.services.deployments.go_live(desk.coordinator, up.id)
    assert [reference for reference, _ in told_on(desk, meeting.day)] == [up.reference]
    desk.services.deployments.remove(desk.coordinator, up.id, signs_down=True)
    assert desk.services.units.units(desk.coordinator)[0].state is UnitState.IN_STORE
    assert desk.services.bids.bid(desk.coordinator, up.bid_id).state is BidState.LAPSED


def test_the_database_lets_nothing_go_up_or_live_on_an_ended_action(desk):
    meeting, _, up = approved_by_chair(desk, desk.unit(), live=False)
    close(desk, meeting)
    for state in ("installed", "live", "review due", "extended", "suspended"):
        change = text(f"UPDATE deployments SET state = '{state}' WHERE id = {up.id}")
        with pytest.raises(ControlRoomError), desk.room.database.write() as work:
            work.session.execute(change)


def test_a_meeting_ends_an_action_past_its_days_that_nobody_has_looked_at_since(desk):
    _, decision, live = approved_by_chair(desk, desk.unit(), 60)
    desk.go_to(desk.today + days(LAST_DAY + 1))
    late = desk.meeting(desk.today)
    assert desk.services.meetings.agenda(desk.coordinator, late.id).chair == (), "it can answer it no more"
    close(desk, late)
    assert now(desk, live).chair_ended_on == desk.today
    answers = [
        each for each in desk.services.meetings.decisions(desk.coordinator, live.bid_id) if each.by_chair
    ]
    assert [(each.id, each.ratification) for each in answers] == [(decision.id, Outcome.NOT_RATIFIED)]


@pytest.mark.parametrize("how", ["rejected", "unanswered", "lapsed"])
def test_an_extension_that_is_not_ratified_is_taken_back_whole(desk, how):
    live = desk.live(desk.unit())
    assert live.ends_on == date(2027, 2, 19)
    desk.go_to(date(2027, 1, 11))
    meeting = desk.meeting(date(2027, 1, 14 if how != "lapsed" else 31))
    decision = desk.services.meetings.chair_extends(desk.coordinator, live.id, "The trial is next week.")
    assert now(desk, live).ends_on == date(2027, 5, 19)
    if how == "lapsed":
        ended = date(2027, 1, 11) + days(LAST_DAY + 1)
        told_on(desk, ended)
    else:
        ended = meeting.day
        desk.go_to(ended)
        if how == "rejected":
            desk.services.meetings.ratify(
                desk.coordinator, meeting.id, decision.id, ratified=False, reason="It can wait."
            )
        close(desk, meeting)
    after = now(desk, live)
    assert after.state is DeploymentState.ENDING
    assert after.ends_on == date(2027, 2, 19)
    assert after.remove_by == date(2027, 2, 19)
    assert after.standing is Standing.ENDING
    # Its lawful end lies ahead, and still everybody is told from the day it ended.
    assert [reference for reference, _ in told_on(desk, ended)] == [live.reference]


def test_the_chair_acts_once_about_a_bid_until_a_meeting_answered(desk):
    meeting, _, live = approved_by_chair(desk, desk.unit(), 20)
    meetings = desk.services.meetings
    with pytest.raises(RuleBroken, match="not ratified yet"):
        meetings.chair_extends(desk.coordinator, live.id, "Once more.")
    desk.go_to(meeting.day)
    with pytest.raises(RuleBroken, match="not ratified yet"):
        meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    assert len(now(desk, live).periods) == 1


def test_a_meeting_that_met_before_the_chair_acted_does_not_answer(desk):
    before = desk.meeting(desk.today)
    desk.go_to(desk.today + days(2))
    _, decision, live = approved_by_chair(desk, desk.unit())
    assert desk.services.meetings.agenda(desk.coordinator, before.id).chair == ()
    with pytest.raises(ControlRoomError, match="not on this meeting's agenda"):
        desk.services.meetings.ratify(desk.coordinator, before.id, decision.id, ratified=True)
    desk.services.meetings.close(desk.coordinator, before.id, "Present: six, late minutes.")
    assert now(desk, live).state is DeploymentState.LIVE


def test_one_more_answer_to_the_same_action_is_refused_by_the_database(desk):
    meeting, decision, _ = approved_by_chair(desk, desk.unit())
    forged = text(
        "INSERT INTO jag_decisions (subject, bid_id, meeting_id, about_id, outcome, decided_on, reason, departs, "
        "signed_off_by, recorded_by, recorded_at) SELECT subject, bid_id, :meeting, id, 'ratified', decided_on, '', "
        "departs, '', recorded_by, recorded_at FROM jag_decisions WHERE id = :about"
    )
    other = desk.meeting(desk.today + days(3))
    for chosen in (None, other.id, meeting.id):  # no meeting, and two that have not met yet
        with pytest.raises(ControlRoomError), desk.room.database.write() as work:
            work.session.execute(forged, {"meeting": chosen, "about": decision.id})


def test_the_days_are_a_setting():
    assert load_policy(Settings(chair_action_days=14)).chair_action_days == 14
    assert load_policy().chair_action_days == LAST_DAY


def test_however_late_somebody_looks_it_ended_on_its_day(desk):
    _, decision, live = approved_by_chair(desk, desk.unit(), 150)
    ended = desk.today + days(LAST_DAY + 1)
    desk.go_to(ended + days(34))
    with pytest.raises(RuleBroken, match="decision"):
        desk.services.deployments.suspend(desk.coordinator, live.id, "No power.")
        desk.services.deployments.resume(desk.coordinator, live.id)
    (told,) = desk.services.alerts.raise_due()
    after = now(desk, live)
    assert (after.chair_ended_on, after.remove_by, told.days_past) == (ended, ended, 34)
    with desk.room.database.read() as session:
        answered = session.execute(
            text("SELECT decided_on FROM jag_decisions WHERE about_id = :id"), {"id": decision.id}
        ).scalar_one()
    assert str(answered) == str(ended)
