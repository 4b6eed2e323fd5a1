"""Meetings: agenda, ranking, decisions with reasons, the chair's action."""

from datetime import date

import pytest

from controlroom.deployments.bids.records import BidState
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.meetings.records import MeetingState, Outcome
from controlroom.deployments.units.records import UnitState
from controlroom.errors import Conflict, InvalidInput, PermissionRefused, RuleBroken
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def tabled(desk, meeting, **severities):
    """Bids tabled at a meeting, by place, with the severity each is given."""
    found = {}
    for place, severity in severities.items():
        bid = desk.assessed(place, severity=severity)
        found[place] = desk.services.meetings.table_bid(desk.coordinator, bid.id, meeting.id)
    return found


def test_the_agenda_ranks_bids_by_score_and_the_line_falls_below_the_free_units(desk):
    desk.unit("RDC-01")
    meeting = desk.meeting(desk.today + days(6))
    tabled(desk, meeting, Low=3, High=9, Middle=6)
    agenda = desk.services.meetings.agenda(desk.coordinator, meeting.id)
    assert [(item.place, item.rank, item.above_line) for item in agenda.bids] == [
        ("High", 1, True),
        ("Middle", 2, False),
        ("Low", 3, False),
    ]
    assert agenda.units_free == ("RDC-01",)
    assert agenda.undecided == 3
    assert agenda.bids[0].summary.startswith("ASB team · deter, evidence · 41 reports in 12 months")


def test_equal_scores_rank_by_who_came_first(desk):
    meeting = desk.meeting(desk.today)
    tabled(desk, meeting, First=6, Second=6)
    agenda = desk.services.meetings.agenda(desk.coordinator, meeting.id)
    assert [item.place for item in agenda.bids] == ["First", "Second"]


def test_a_departure_from_the_ranking_is_refused_without_a_reason_and_kept_with_it(desk):
    desk.unit()
    meeting = desk.meeting(desk.today)
    bids = tabled(desk, meeting, High=9, Low=3)
    record = desk.services.meetings.record_decision
    with pytest.raises(RuleBroken, match="departs from the ranking"):
        record(desk.coordinator, meeting.id, bids["Low"].id, Outcome.APPROVED)
    decision = record(
        desk.coordinator, meeting.id, bids["Low"].id, Outcome.APPROVED, reason="School reopens Monday."
    )
    assert (decision.departs, decision.rank, decision.reason) == (True, 2, "School reopens Monday.")
    with pytest.raises(RuleBroken, match="decided at this meeting already"):
        record(desk.coordinator, meeting.id, bids["Low"].id, Outcome.APPROVED)


def test_deciding_down_the_ranking_needs_no_reason_until_the_units_run_out(desk):
    desk.unit()
    meeting = desk.meeting(desk.today)
    bids = tabled(desk, meeting, High=9, Low=3)
    record = desk.services.meetings.record_decision
    assert not record(desk.coordinator, meeting.id, bids["High"].id, Outcome.APPROVED).departs
    with pytest.raises(RuleBroken, match="below the line"):
        record(desk.coordinator, meeting.id, bids["Low"].id, Outcome.APPROVED)
    assert not record(desk.coordinator, meeting.id, bids["Low"].id, Outcome.WAITLISTED).departs
    agenda = desk.services.meetings.agenda(desk.coordinator, meeting.id)
    assert agenda.undecided == 0
    assert [item.decision.outcome for item in agenda.bids] == [Outcome.APPROVED, Outcome.WAITLISTED]


def test_a_unit_given_at_this_meeting_does_not_move_the_line(desk):
    unit = desk.unit()
    meeting = desk.meeting(desk.today)
    bids = tabled(desk, meeting, High=9, Low=3)
    desk.services.meetings.record_decision(desk.coordinator, meeting.id, bids["High"].id, Outcome.APPROVED)
    desk.scheduled(bids["High"], unit)
    agenda = desk.services.meetings.agenda(desk.coordinator, meeting.id)
    assert agenda.units_free == ()
    assert [item.above_line for item in agenda.bids] == [True, False]


def test_a_bid_approved_earlier_has_the_first_claim_on_a_unit(desk):
    desk.unit()
    desk.approved("Earlier")
    later = desk.meeting(desk.today + days(20))
    tabled(desk, later, High=9)
    agenda = desk.services.meetings.agenda(desk.coordinator, later.id)
    assert (agenda.units_free, agenda.claims, agenda.free) == (("RDC-01",), 1, 0)
    assert not agenda.bids[0].above_line


def test_a_refusal_needs_a_reason_and_the_signature_of_somebody_else(desk):
    meeting = desk.meeting(desk.today)
    bid = tabled(desk, meeting, Place=5)["Place"]
    record = desk.services.meetings.record_decision
    with pytest.raises(RuleBroken, match="needs a reason"):
        record(desk.coordinator, meeting.id, bid.id, Outcome.REFUSED, signed_off_by="JAG chair")
    with pytest.raises(RuleBroken, match="signed off"):
        record(desk.coordinator, meeting.id, bid.id, Outcome.REFUSED, reason="Lighting first.")
    with pytest.raises(RuleBroken, match="does not sign"):
        record(
            desk.coordinator,
            meeting.id,
            bid.id,
            Outcome.REFUSED,
            reason="Lighting first.",
            signed_off_by="JAG coordinator",
        )
    decision = record(
        desk.coordinator,
        meeting.id,
        bid.id,
        Outcome.REFUSED,
        reason="Lighting first.",
        signed_off_by="JAG chair",
    )
    assert decision.signed_off_by == "JAG chair"
    assert desk.services.bids.bid(desk.coordinator, bid.id).state is BidState.REFUSED


def test_a_deferred_bid_comes_back_to_a_later_meeting_and_stays_on_the_first_ones_record(desk):
    desk.unit()
    meeting = desk.meeting(desk.today)
    bid = tabled(desk, meeting, Place=5)["Place"]
    desk.services.meetings.record_decision(
        desk.coordinator, meeting.id, bid.id, Outcome.DEFERRED, reason="Column owner unknown."
    )
    held = desk.services.meetings.close(desk.coordinator, meeting.id, "Present: six.")
    assert held.state is MeetingState.HELD
    later = desk.meeting(desk.today + days(28))
    desk.services.meetings.table_bid(desk.coordinator, bid.id, later.id)
    first = desk.services.meetings.agenda(desk.coordinator, meeting.id)
    assert [item.decision.outcome for item in first.bids] == [Outcome.DEFERRED]
    assert [item.decision for item in desk.services.meetings.agenda(desk.coordinator, later.id).bids] == [
        None
    ]
    with pytest.raises(RuleBroken, match="nothing is added"):
        desk.services.meetings.save_minutes(desk.coordinator, meeting.id, "More.")


def test_deployments_that_end_before_the_following_meeting_stand_on_the_agenda_by_themselves(desk):
    live = desk.live(desk.unit())
    early, last = desk.meeting(date(2026, 12, 17)), desk.meeting(date(2027, 1, 28))
    desk.meeting(date(2027, 2, 25))

    def on_agenda(meeting):
        agenda = desk.services.meetings.agenda(desk.coordinator, meeting.id)
        return [item.reference for item in agenda.deployments]

    assert live.ends_on == date(2027, 2, 19)
    assert on_agenda(early) == []
    assert on_agenda(last) == [live.reference]


def test_the_chair_may_approve_between_meetings_and_the_next_one_ratifies(desk):
    unit = desk.unit()
    bid = desk.assessed()
    meetings = desk.services.meetings
    with pytest.raises(InvalidInput):
        meetings.chair_approves(desk.coordinator, bid.id, "")
    with pytest.raises(RuleBroken, match="none is planned"):
        meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    meeting = desk.meeting(desk.today + days(6))
    decision = meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    assert decision.stands_until == desk.today + days(35)
    # DPIA, signs and picture are still asked for.
    service = desk.services.deployments
    deployment = service.plan(desk.coordinator, bid.id)
    with pytest.raises(RuleBroken, match="passed DPIA"):
        service.schedule(desk.coordinator, deployment.id, unit.id, desk.today)
    service.record_survey(desk.coordinator, deployment.id, column="LC 3", note="Good.")
    service.record_dpia(desk.coordinator, deployment.id, passed=True, reference="DPIA-9")
    service.schedule(desk.coordinator, deployment.id, unit.id, desk.today)
    service.install(desk.coordinator, deployment.id)
    with pytest.raises(RuleBroken, match="signs"):
        service.go_live(desk.coordinator, deployment.id)
    service.record_signs(desk.coordinator, deployment.id)
    service.record_test_image(desk.coordinator, deployment.id, desk.picture())
    service.go_live(desk.coordinator, deployment.id)
    desk.go_to(meeting.day)
    assert meetings.agenda(desk.coordinator, meeting.id).unanswered == 1
    meetings.ratify(desk.coordinator, meeting.id, decision.id, ratified=True)
    with pytest.raises(RuleBroken, match="decided that already"):
        meetings.ratify(desk.coordinator, meeting.id, decision.id, ratified=True)
    meetings.close(desk.coordinator, meeting.id, "Present: six.")
    assert service.deployment(desk.coordinator, deployment.id).state is DeploymentState.LIVE


def test_a_chairs_action_not_ratified_ends_what_stands_on_it(desk):
    desk.unit()
    meeting = desk.meeting(desk.today + days(6))
    bid = desk.assessed()
    decision = desk.services.meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    unit = desk.services.units.units(desk.coordinator)[0]
    deployment = desk.scheduled(desk.services.bids.bid(desk.coordinator, bid.id), unit, desk.today + days(9))
    desk.go_to(meeting.day)
    with pytest.raises(InvalidInput):
        desk.services.meetings.ratify(desk.coordinator, meeting.id, decision.id, ratified=False)
    desk.services.meetings.ratify(
        desk.coordinator, meeting.id, decision.id, ratified=False, reason="Police cover it."
    )
    assert (
        desk.services.deployments.deployment(desk.coordinator, deployment.id).state is DeploymentState.ABORTED
    )
    assert desk.services.bids.bid(desk.coordinator, bid.id).state is BidState.LAPSED
    assert desk.services.units.units(desk.coordinator)[0].state is UnitState.IN_STORE


def test_a_live_camera_whose_chairs_action_is_ended_comes_down(desk):
    unit = desk.unit()
    meeting = desk.meeting(desk.today + days(6))
    bid = desk.assessed()
    decision = desk.services.meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    service = desk.services.deployments
    deployment = desk.scheduled(desk.services.bids.bid(desk.coordinator, bid.id), unit)
    service.install(desk.coordinator, deployment.id)
    service.record_signs(desk.coordinator, deployment.id)
    service.record_test_image(desk.coordinator, deployment.id, desk.picture())
    service.go_live(desk.coordinator, deployment.id)
    desk.go_to(meeting.day)
    desk.services.meetings.ratify(
        desk.coordinator, meeting.id, decision.id, ratified=False, reason="Police cover it."
    )
    assert service.deployment(desk.coordinator, deployment.id).state is DeploymentState.ENDING


def test_a_meeting_nobody_recorded_stays_on_the_badge_with_its_chairs_action(desk):
    desk.unit()
    meeting = desk.meeting(desk.today + days(6))
    bid = desk.assessed()
    desk.services.meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    assert desk.services.overview.attention(desk.coordinator).badge == 0
    desk.go_to(meeting.day + days(1))
    assert desk.services.overview.attention(desk.coordinator).badge == 1


def test_the_chair_may_extend_what_cannot_wait(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(live.ends_on + days(6))
    desk.go_to(live.ends_on)
    decision = desk.services.meetings.chair_extends(desk.coordinator, live.id, "The trial is next week.")
    assert desk.services.deployments.deployment(desk.coordinator, live.id).ends_on > live.ends_on
    desk.go_to(meeting.day)
    agenda = desk.services.meetings.agenda(desk.coordinator, meeting.id)
    assert [item.decision.id for item in agenda.chair] == [decision.id]
    desk.services.meetings.ratify(
        desk.coordinator, meeting.id, decision.id, ratified=False, reason="It can wait."
    )
    assert desk.services.deployments.deployment(desk.coordinator, live.id).state is DeploymentState.ENDING


def test_meetings_are_one_a_day_not_in_the_past_and_moved_with_their_agenda(desk):
    meeting = desk.meeting(desk.today + days(6))
    bid = tabled(desk, meeting, Place=5)["Place"]
    with pytest.raises(InvalidInput, match="already"):
        desk.meeting(meeting.day)
    with pytest.raises(InvalidInput, match="past"):
        desk.meeting(desk.today - days(1))
    with pytest.raises(InvalidInput, match="not a time"):
        desk.services.meetings.plan(desk.coordinator, desk.today, "10 o'clock", "Town hall")
    with pytest.raises(RuleBroken, match="agenda"):
        desk.services.meetings.cancel(desk.coordinator, meeting.id, "Snow")
    moved = desk.services.meetings.move(
        desk.coordinator, meeting.id, meeting.day + days(7), "14:00", "Town hall"
    )
    agenda = desk.services.meetings.agenda(desk.coordinator, moved.id)
    assert [item.bid_id for item in agenda.bids] == [bid.id]


def test_a_meeting_that_has_taken_decisions_is_neither_moved_nor_cancelled(desk):
    meeting = desk.meeting(desk.today)
    bid = tabled(desk, meeting, Place=5)["Place"]
    meetings, who = desk.services.meetings, desk.coordinator
    meetings.record_decision(who, meeting.id, bid.id, Outcome.WAITLISTED)
    with pytest.raises(RuleBroken, match="has taken decisions"):
        meetings.move(who, meeting.id, meeting.day + days(7), "10:00", "Town hall")
    with pytest.raises(RuleBroken, match="has taken decisions"):
        meetings.cancel(who, meeting.id, "Snow")
    assert meetings.move(who, meeting.id, meeting.day, "14:00", "Town hall").time == "14:00"


def test_a_year_of_meetings_is_planned_at_once(desk):
    meetings = desk.services.meetings
    planned = meetings.plan_ahead(
        desk.coordinator, date(2027, 6, 30), "10:00", "Town hall", week=4, weekday=3
    )
    assert [meeting.day for meeting in planned][:2] == [date(2026, 11, 26), date(2026, 12, 17)]
    assert (
        meetings.plan_ahead(desk.coordinator, date(2027, 6, 30), "10:00", "Town hall", week=4, weekday=3)
        == []
    )
    assert meetings.next_agenda(desk.coordinator).meeting.day == date(2026, 11, 26)


def test_a_supervisor_reads_decisions_and_records_none(desk):
    meeting = desk.meeting(desk.today)
    bid = tabled(desk, meeting, Place=5)["Place"]
    with pytest.raises(PermissionRefused):
        desk.services.meetings.record_decision(desk.room.supervisor, meeting.id, bid.id, Outcome.APPROVED)
    assert desk.services.meetings.agenda(desk.room.supervisor, meeting.id).undecided == 1


def test_the_second_to_write_minutes_is_told_who_wrote_before(desk):
    meetings, who = desk.services.meetings, desk.coordinator
    meeting = desk.meeting(desk.today)
    saved = meetings.save_minutes(who, meeting.id, "Present: all.", meeting.version)
    with pytest.raises(Conflict, match="changed meanwhile by JAG coordinator"):
        meetings.save_minutes(who, meeting.id, "Present: nobody.", meeting.version)
    again = meetings.save_minutes(who, meeting.id, "Present: all. Apologies: none.", saved.version)
    assert again.version > saved.version > meeting.version
