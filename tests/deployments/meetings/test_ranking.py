"""A better bid left off the agenda, and weights changed since the scoring: a reason, and a line in the minutes."""

from dataclasses import replace

import pytest

from controlroom.app.picture_check import check_decodes
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.service import DeploymentServices
from controlroom.errors import RuleBroken
from controlroom.log.snapshots import SnapshotStore
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def tabled(desk, meeting, place, **scores):
    bid = desk.assessed(place, **scores)
    return desk.services.meetings.table_bid(desk.coordinator, bid.id, meeting.id)


def with_other_weights(desk, **weights):
    """The same room after somebody edited the weights."""
    parts = tuple(
        replace(part, weight=weights.get(part.key, part.weight)) for part in desk.policy.score_parts
    )
    pictures = SnapshotStore(desk.room.folder / "snapshots")
    policy = replace(desk.policy, score_parts=parts)
    desk.services = DeploymentServices.over(desk.room.database, policy, pictures, check_decodes)


def test_approving_while_a_better_bid_is_left_off_needs_a_reason_and_is_in_the_minutes(desk):
    desk.unit()
    meeting = desk.meeting(desk.today)
    low, better = tabled(desk, meeting, "Low", severity=3), desk.assessed("Better", severity=9)
    meetings, who = desk.services.meetings, desk.coordinator
    with pytest.raises(RuleBroken, match=f"{better.reference} ranks better and is not on the agenda"):
        meetings.record_decision(who, meeting.id, low.id, Outcome.APPROVED)
    decided = meetings.record_decision(
        who, meeting.id, low.id, Outcome.APPROVED, reason="The other column is down."
    )
    assert decided.departs
    minutes = meetings.close(who, meeting.id, "Present: six.").minutes
    assert minutes.startswith("Present: six.\n")
    assert f"Not on the agenda, though better than {low.reference}" in minutes
    assert better.reference in minutes
    assert "departing from the ranking: The other column is down." in minutes


@pytest.mark.parametrize("later", [True, False])
def test_a_better_bid_on_a_later_agenda_or_scored_after_the_decision_is_left_off_too(desk, later):
    desk.unit()
    meeting, meetings, who = desk.meeting(desk.today), desk.services.meetings, desk.coordinator
    low = tabled(desk, meeting, "Low", severity=3)
    if later:
        better = tabled(desk, desk.meeting(desk.today + days(28)), "Better", severity=9)
        with pytest.raises(RuleBroken, match="not on the agenda"):
            meetings.record_decision(who, meeting.id, low.id, Outcome.APPROVED)
        return
    meetings.record_decision(who, meeting.id, low.id, Outcome.APPROVED)
    better = desk.assessed("Better", severity=9)
    with pytest.raises(RuleBroken, match="The ranking needs a reason"):
        meetings.close(who, meeting.id, "Present: six.", "\u200b")
    minutes = meetings.close(who, meeting.id, "Present: six.", "It came in during the meeting.").minutes
    assert better.reference in minutes
    assert "Reason: It came in during the meeting." in minutes


def test_a_weaker_bid_left_off_and_waitlisting_need_none(desk):
    desk.unit()
    meeting, meetings, who = desk.meeting(desk.today), desk.services.meetings, desk.coordinator
    high, second = tabled(desk, meeting, "High", severity=9), tabled(desk, meeting, "Second", severity=5)
    desk.assessed("Weaker", severity=2)
    assert not meetings.record_decision(who, meeting.id, high.id, Outcome.APPROVED).departs
    assert not meetings.record_decision(who, meeting.id, second.id, Outcome.WAITLISTED).departs
    assert meetings.close(who, meeting.id, "Present: six.").minutes == "Present: six."


def test_an_order_that_other_weights_have_changed_needs_a_reason_and_is_in_the_minutes(desk):
    desk.unit()
    meeting, who = desk.meeting(desk.today), desk.coordinator
    severe = tabled(desk, meeting, "Severe", severity=10, feasibility=1)
    easy = tabled(desk, meeting, "Easy", severity=4, feasibility=10)
    assert [each.place for each in desk.services.meetings.agenda(who, meeting.id).bids] == ["Severe", "Easy"]
    with_other_weights(desk, severity=1, feasibility=60)
    meetings = desk.services.meetings
    with pytest.raises(RuleBroken, match=f"by today's weights {easy.reference} ranks higher"):
        meetings.record_decision(who, meeting.id, severe.id, Outcome.APPROVED)
    meetings.record_decision(who, meeting.id, severe.id, Outcome.APPROVED, reason="As it was scored.")
    with pytest.raises(RuleBroken, match="by today's weights"):
        meetings.record_decision(who, meeting.id, easy.id, Outcome.WAITLISTED)
    meetings.record_decision(who, meeting.id, easy.id, Outcome.WAITLISTED, reason="No second unit.")
    minutes = meetings.close(who, meeting.id, "Present: six.").minutes
    assert f"the order is {easy.reference}, {severe.reference}" in minutes
    assert "departing from the ranking: As it was scored." in minutes


def test_weights_changed_after_the_decisions_are_asked_about_when_the_meeting_closes(desk):
    desk.unit()
    meeting, who = desk.meeting(desk.today), desk.coordinator
    severe = tabled(desk, meeting, "Severe", severity=10, feasibility=1)
    easy = tabled(desk, meeting, "Easy", severity=4, feasibility=10)
    desk.services.meetings.record_decision(who, meeting.id, severe.id, Outcome.APPROVED)
    desk.services.meetings.record_decision(who, meeting.id, easy.id, Outcome.WAITLISTED)
    with_other_weights(desk, severity=1, feasibility=60)
    with pytest.raises(RuleBroken, match="weights were changed"):
        desk.services.meetings.close(who, meeting.id, "Present: six.")
    closed = desk.services.meetings.close(who, meeting.id, "Present: six.", "Decided under the old ones.")
    assert "Reason: Decided under the old ones." in closed.minutes
