"""A bid from draft to a live camera, every guard refusing on the way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from controlroom.audit import service as audit
from controlroom.deployments.bids.records import Assessment, BidContent, BidState
from controlroom.deployments.deployments.records import DeploymentState, Standing
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.units.records import UnitState
from controlroom.errors import InvalidInput, RuleBroken
from tests.deployments.builders import CONTENT, GOOD_SCORES

pytestmark = pytest.mark.both_engines


def refused(call, *words):
    with pytest.raises(RuleBroken) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def test_a_bid_goes_from_draft_to_a_live_camera_past_every_guard(desk):
    who, services = desk.coordinator, desk.services
    bids, meetings, service = services.bids, services.meetings, services.deployments
    unit = desk.unit("RDC-10")
    meeting_day = desk.today + timedelta(days=6)

    # A draft may be half-finished; it is not submitted so.
    bid = bids.add(who, BidContent(partner="ASB team", place="Headley Drive"))
    assert bid.state is BidState.DRAFT
    assert bid.reference == "BID-2026-00001"
    refused(
        lambda: bids.submit(who, bid.id),
        "does not state",
        "the causes",
        "why less intrusive means fall short",
    )
    refused(lambda: service.plan(who, bid.id), "nothing is planned")
    bid = bids.edit(who, bid.id, replace(CONTENT, agencies_committed=False), bid.version)
    bid = bids.submit(who, bid.id)

    # It is scored only when it passes the three tests; the question goes back to the partner.
    assessment = Assessment(GOOD_SCORES | bids.proposed(who, bid.id))
    refused(lambda: bids.assess(who, bid.id, assessment), "three tests", "Several agencies")
    bid = bids.ask(who, bid.id, "Which agencies have committed themselves?")
    assert bid.state is BidState.NEEDS_INFORMATION
    assert bid.question.startswith("Which")
    refused(lambda: bids.assess(who, bid.id, assessment), "not scored now")
    bid = bids.edit(who, bid.id, CONTENT, bid.version)
    bid = bids.submit(who, bid.id)
    with pytest.raises(InvalidInput, match="coverage gap is worked out"):
        bids.assess(who, bid.id, Assessment(assessment.given | {"coverage": 3}))
    bid = bids.assess(who, bid.id, assessment)
    assert bid.state is BidState.ASSESSED
    assert bid.score == pytest.approx(sum(line.points for line in bid.lines), abs=0.05)

    # Survey and assessment may come before the meeting; a unit may not.
    deployment = service.plan(who, bid.id)
    assert deployment.reference == "DEP-2026-00001"
    refused(lambda: service.plan(who, bid.id), "under way")
    refused(
        lambda: service.schedule(who, deployment.id, unit.id, desk.today),
        "site survey",
        "DPIA",
        "JAG decision",
    )
    service.record_survey(who, deployment.id, column="LC 14", note="Power and signal good.")
    failed = service.record_dpia(who, deployment.id, passed=False, reference="DPIA-2026-31")
    assert failed.state is DeploymentState.PLANNED
    passed = service.record_dpia(who, deployment.id, passed=True, reference="DPIA-2026-31a")
    assert passed.state is DeploymentState.SURVEYED
    refused(lambda: service.schedule(who, deployment.id, unit.id, desk.today), "JAG decision")
    refused(lambda: service.install(who, deployment.id), "JAG decision")

    # The meeting decides, not before it meets.
    meeting = desk.meeting(meeting_day)
    meetings.table_bid(who, bid.id, meeting.id)
    refused(
        lambda: meetings.record_decision(who, meeting.id, bid.id, Outcome.APPROVED),
        "has not decided anything yet",
    )
    desk.go_to(meeting_day)
    refused(lambda: meetings.close(who, meeting.id, "Present: all."), "undecided")
    decision = meetings.record_decision(who, meeting.id, bid.id, Outcome.APPROVED)
    assert decision.taken_by == "meeting of 26 Nov 2026"
    assert decision.recorded_by == who.handle
    meetings.close(who, meeting.id, "Present: all. One bid approved.")

    # Scheduled, installed, signed, looked at, live.
    refused(lambda: service.install(who, deployment.id), "a unit and a day")
    scheduled = service.schedule(who, deployment.id, unit.id, desk.today + timedelta(days=4))
    assert scheduled.standing is Standing.DECIDED
    assert services.units.units(who)[0].state is UnitState.SCHEDULED
    refused(lambda: service.go_live(who, deployment.id), "cannot become live")
    refused(lambda: service.record_test_image(who, deployment.id, desk.picture()), "Test picture")
    desk.go_to(desk.today + timedelta(days=4))
    assert service.install(who, deployment.id).standing is Standing.INSTALLED
    refused(lambda: service.go_live(who, deployment.id), "the signs", "a test picture")
    service.record_signs(who, deployment.id)
    refused(lambda: service.go_live(who, deployment.id), "a test picture")
    with pytest.raises(InvalidInput):
        service.record_test_image(who, deployment.id, desk.room.folder / "nothing.jpg")
    service.record_test_image(who, deployment.id, desk.picture())
    live = service.go_live(who, deployment.id)

    assert live.state is DeploymentState.LIVE
    assert live.live_on == date(2026, 11, 30)
    assert live.ends_on == date(2027, 2, 27)
    assert live.days_left == 89
    assert all(step.done for step in live.steps)
    assert bids.bid(who, bid.id).state is BidState.DEPLOYED
    assert services.units.units(who)[0].state is UnitState.LIVE
    assert services.units.units(who)[0].where == "Headley Drive"

    told = [entry.action for entry in service.history(who, deployment.id)]
    assert told == [
        "deployment.planned",
        "deployment.survey",
        "deployment.dpia-failed",
        "deployment.dpia-passed",
        "deployment.surveyed",
        "deployment.scheduled",
        "deployment.installed",
        "deployment.signs-up",
        "deployment.test-image",
        "deployment.live",
    ]
    with desk.room.database.read() as session:
        assert audit.verify(session).sound
