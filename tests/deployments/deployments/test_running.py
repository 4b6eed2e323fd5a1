"""From live to closed: the end, extension, faults, removal, evaluation."""

from datetime import date, timedelta

import pytest

from controlroom.deployments.deployments.records import DeploymentState, Standing
from controlroom.deployments.deployments.rules import ROAD
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.units.records import UnitState
from controlroom.errors import InvalidInput, PermissionRefused, RuleBroken
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def unit_state(desk, asset="RDC-01"):
    return next(unit.state for unit in desk.services.units.units(desk.coordinator) if unit.asset == asset)


def test_the_end_is_three_months_after_live_not_after_installation(desk):
    unit = desk.unit()
    deployment = desk.scheduled(desk.approved(), unit)
    service = desk.services.deployments
    service.install(desk.coordinator, deployment.id)
    service.record_signs(desk.coordinator, deployment.id)
    desk.go_to(desk.today + days(9))
    service.record_test_image(desk.coordinator, deployment.id, desk.picture())
    live = service.go_live(desk.coordinator, deployment.id)
    assert live.installed_on == date(2026, 11, 20)
    assert live.live_on == date(2026, 11, 29)
    assert live.ends_on == date(2027, 2, 27)


def test_a_suspension_does_not_move_the_end_and_marks_the_unit(desk):
    unit = desk.unit()
    live = desk.live(unit)
    service = desk.services.deployments
    desk.go_to(desk.today + days(10))
    suspended = service.suspend(desk.coordinator, live.id, "No power at the column")
    assert suspended.standing is Standing.SUSPENDED
    assert unit_state(desk) is UnitState.FAULTY
    desk.go_to(desk.today + days(20))
    resumed = service.resume(desk.coordinator, live.id)
    assert resumed.state is DeploymentState.LIVE
    assert resumed.ends_on == live.ends_on
    assert unit_state(desk) is UnitState.LIVE


def test_a_deployment_resumed_after_day_60_comes_back_due_for_review(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    service.suspend(desk.coordinator, live.id, "No signal")
    desk.go_to(live.live_on + days(70))
    assert service.resume(desk.coordinator, live.id).state is DeploymentState.REVIEW_DUE


def test_an_extension_needs_a_meeting_and_runs_on_from_the_old_end(desk):
    live = desk.live(desk.unit())
    service, meetings = desk.services.deployments, desk.services.meetings
    meeting = desk.meeting(date(2027, 1, 28))
    tabled = meetings.table_deployment(desk.coordinator, live.id, meeting.id, "Reports fell from 14 to 6.")
    assert tabled.tabled_for == meeting.day
    with pytest.raises(RuleBroken, match="has not decided"):
        meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    desk.go_to(meeting.day)
    item = meetings.agenda(desk.coordinator, meeting.id).deployments[0]
    assert (item.place, item.paper) == ("Headley Drive", "Reports fell from 14 to 6.")
    meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED, reason="It works.")
    extended = service.deployment(desk.coordinator, live.id)
    assert extended.state is DeploymentState.EXTENDED
    assert extended.periods[-1].starts_on == live.ends_on + days(1)
    assert extended.ends_on == date(2027, 5, 19)
    desk.go_to(extended.periods[-1].starts_on)
    desk.services.alerts.raise_due()
    assert service.deployment(desk.coordinator, live.id).state is DeploymentState.LIVE


def test_a_meeting_may_extend_what_is_past_its_end_and_the_period_has_no_gap(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(live.ends_on + days(9))
    desk.go_to(meeting.day)
    desk.services.meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    after = desk.services.deployments.deployment(desk.coordinator, live.id)
    assert after.periods[-1].starts_on == live.ends_on + days(1)
    assert after.state is DeploymentState.LIVE


def test_an_extension_that_would_be_past_already_is_refused(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(live.ends_on + days(100))
    desk.go_to(meeting.day)
    with pytest.raises(RuleBroken, match="which is past"):
        desk.services.meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    assert len(desk.services.deployments.deployment(desk.coordinator, live.id).periods) == 1


def test_an_extension_is_refused_while_the_unit_is_promised_elsewhere(desk):
    unit = desk.unit()
    live = desk.live(unit)
    next_bid = desk.approved("Central Parade")
    service = desk.services.deployments
    desk.services.meetings.plan(desk.coordinator, date(2027, 1, 28), "10:00", "Town hall")
    desk.scheduled(next_bid, unit, live.ends_on + days(3))
    meeting = desk.services.meetings.meetings(desk.coordinator)[-1]
    desk.go_to(meeting.day)
    with pytest.raises(RuleBroken, match="two places"):
        desk.services.meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    assert service.deployment(desk.coordinator, live.id).ends_on == live.ends_on


def test_a_suspended_deployment_can_be_extended_and_stays_suspended(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    meeting = desk.meeting(date(2027, 1, 28))
    desk.go_to(meeting.day)
    service.suspend(desk.coordinator, live.id, "Lens broken")
    desk.services.meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    after = service.deployment(desk.coordinator, live.id)
    assert after.state is DeploymentState.SUSPENDED
    assert len(after.periods) == 2
    assert service.resume(desk.coordinator, live.id).state is DeploymentState.EXTENDED


def test_review_before_its_day_needs_a_reason(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    with pytest.raises(RuleBroken, match="due on 18 Jan 2027"):
        service.start_review(desk.coordinator, live.id)
    assert (
        service.start_review(desk.coordinator, live.id, "Trouble moved").state is DeploymentState.REVIEW_DUE
    )


def test_an_early_end_goes_through_the_review_and_frees_the_days_after_it(desk):
    unit = desk.unit()
    live = desk.live(unit)
    service = desk.services.deployments
    desk.go_to(desk.today + days(20))
    with pytest.raises(InvalidInput):
        service.order_removal(desk.coordinator, live.id, " ")
    by = desk.today + days(5)
    ending = service.order_removal(desk.coordinator, live.id, "The closure order works", by=by)
    assert ending.state is DeploymentState.ENDING
    told = [entry.action for entry in service.history(desk.coordinator, live.id)]
    assert told[-2:] == ["deployment.review-due", "deployment.ending"]
    other = desk.approved("Central Parade")
    assert desk.scheduled(other, unit, by + days(1)).asset == "RDC-01"


def test_a_removal_without_its_signs_is_refused_and_the_unit_goes_to_store(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    service.order_removal(desk.coordinator, live.id, "No further need")
    with pytest.raises(RuleBroken, match="signs are still up"):
        service.remove(desk.coordinator, live.id, signs_down=False)
    desk.go_to(desk.today + days(3))
    removed = service.remove(desk.coordinator, live.id, signs_down=True)
    assert removed.state is DeploymentState.REMOVED
    assert unit_state(desk) is UnitState.IN_STORE


def test_a_faulty_unit_stays_faulty_after_its_removal_until_repaired(desk):
    unit = desk.unit()
    live = desk.live(unit)
    service = desk.services.deployments
    service.suspend(desk.coordinator, live.id, "Water in the dome")
    service.order_removal(desk.coordinator, live.id, "Cannot be mended on the column")
    desk.go_to(desk.today + days(1))
    service.remove(desk.coordinator, live.id, signs_down=True)
    assert unit_state(desk) is UnitState.FAULTY
    other = desk.surveyed(desk.approved("Central Parade"))
    with pytest.raises(RuleBroken, match="faulty"):
        service.schedule(desk.coordinator, other.id, unit.id, desk.today)
    desk.services.units.report_repair(desk.coordinator, unit.id)
    assert unit_state(desk) is UnitState.IN_STORE


def test_evaluation_waits_two_months_and_then_the_record_closes(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    service.order_removal(desk.coordinator, live.id, "Done")
    service.remove(desk.coordinator, live.id, signs_down=True)
    with pytest.raises(RuleBroken, match="due on 20 Jan 2027"):
        service.evaluate(desk.coordinator, live.id, "Fewer reports", before=14, during=6, after=7)
    desk.go_to(date(2027, 1, 20))
    evaluated = service.evaluate(desk.coordinator, live.id, "Fewer reports", before=14, during=6, after=7)
    assert (evaluated.reports_before, evaluated.reports_after) == (14, 7)
    closed = service.close(desk.coordinator, live.id)
    assert closed.state is DeploymentState.CLOSED
    assert closed.actions == ()


def test_aborting_what_hangs_asks_for_it_to_be_taken_down(desk):
    unit = desk.unit()
    deployment = desk.scheduled(desk.approved(), unit)
    service = desk.services.deployments
    service.install(desk.coordinator, deployment.id)
    with pytest.raises(RuleBroken, match="still hangs"):
        service.abort(desk.coordinator, deployment.id, "Column condemned")
    service.abort(desk.coordinator, deployment.id, "Column condemned", unit_down=True)
    assert unit_state(desk) is UnitState.IN_STORE
    again = service.plan(desk.coordinator, deployment.bid_id)
    assert again.reference == "DEP-2026-00002"


def test_an_aborted_promise_gives_its_days_back(desk):
    unit = desk.unit()
    first = desk.scheduled(desk.approved("Headley Drive"), unit, desk.today + days(5))
    desk.services.deployments.abort(desk.coordinator, first.id, "Column condemned")
    second = desk.approved("Central Parade")
    assert desk.scheduled(second, unit, desk.today + days(5)).asset == "RDC-01"


def test_a_meeting_decides_about_a_deployment_once(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(live.ends_on + days(9))
    desk.go_to(meeting.day)
    record = desk.services.meetings.record_extension
    record(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    for outcome in (Outcome.EXTENDED, Outcome.ENDED):
        with pytest.raises(RuleBroken, match="decided at this meeting already"):
            record(desk.coordinator, meeting.id, live.id, outcome, reason="Second thoughts")
    assert len(desk.services.deployments.deployment(desk.coordinator, live.id).periods) == 2


def test_a_later_meeting_may_end_what_was_extended(desk):
    live = desk.live(desk.unit())
    first, second = desk.meeting(date(2027, 1, 28)), desk.meeting(date(2027, 2, 11))
    desk.go_to(first.day)
    desk.services.meetings.record_extension(desk.coordinator, first.id, live.id, Outcome.EXTENDED)
    desk.go_to(second.day)
    with pytest.raises(RuleBroken, match="extended until"):
        desk.services.meetings.record_extension(desk.coordinator, second.id, live.id, Outcome.EXTENDED)
    desk.services.meetings.record_extension(
        desk.coordinator, second.id, live.id, Outcome.ENDED, reason="The gate is built."
    )
    assert desk.services.deployments.deployment(desk.coordinator, live.id).state is DeploymentState.ENDING


def test_giving_up_a_promise_leaves_a_unit_that_hangs_elsewhere_alone(desk):
    unit = desk.unit()
    service = desk.services.deployments
    here = desk.scheduled(desk.approved("Headley Drive"), unit)
    service.install(desk.coordinator, here.id)
    later = desk.scheduled(desk.approved("Central Parade"), unit, desk.today + days(200))
    service.abort(desk.coordinator, later.id, "Column condemned")
    assert unit_state(desk) is UnitState.INSTALLED


def test_an_operator_reads_but_does_not_move_deployments(desk):
    live = desk.live(desk.unit())
    service, operator = desk.services.deployments, desk.room.operator
    assert service.deployment(operator, live.id).reference == live.reference
    for attempt in (
        lambda: service.suspend(operator, live.id, "x"),
        lambda: service.order_removal(operator, live.id, "x"),
        lambda: service.plan(operator, live.bid_id),
        lambda: desk.services.meetings.table_deployment(operator, live.id, 1),
    ):
        with pytest.raises(PermissionRefused):
            attempt()
    with pytest.raises(PermissionRefused):
        desk.services.overview.timeline(desk.room.administrator, desk.today, desk.today)


def test_what_a_page_offers_is_what_the_services_accept(desk):
    """Every action named as ready is on the road; every state but the last ones offers something."""
    live = desk.live(desk.unit())
    names = {action.action for action in live.actions if action.ready}
    assert {"Order removal", "Suspend", "Start review"} <= names
    assert [state for state, there in ROAD.items() if not there] == [
        DeploymentState.CLOSED,
        DeploymentState.ABORTED,
    ]


def test_the_timeline_shows_each_unit_with_its_stays_and_the_meetings_between(desk):
    unit = desk.unit()
    live = desk.live(unit)
    desk.unit("RDC-02")
    timeline = desk.services.overview.timeline(desk.coordinator, desk.today - days(30), desk.today + days(60))
    assert [lane.unit.asset for lane in timeline.lanes] == ["RDC-01", "RDC-02"]
    bar = timeline.lanes[0].bars[0]
    assert (bar.first, bar.last, bar.standing) == (live.live_on, live.ends_on, Standing.LIVE)
    assert [meeting.day for meeting in timeline.meetings] == [desk.today]
    later = desk.services.overview.timeline(desk.coordinator, live.ends_on + days(1), live.ends_on + days(30))
    assert later.lanes[0].bars == ()
    desk.go_to(live.ends_on + days(5))
    overdue = desk.services.overview.timeline(
        desk.coordinator, live.ends_on + days(1), live.ends_on + days(30)
    )
    assert overdue.lanes[0].bars[0].still_up_until == live.ends_on + timedelta(days=5)
