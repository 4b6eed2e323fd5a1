"""Use cases of bids beyond the road to a live camera."""

from dataclasses import replace

import pytest

from controlroom.deployments.bids.records import BidContent, BidState
from controlroom.errors import Conflict, InvalidInput, NotFound, PermissionRefused, RuleBroken
from tests.deployments.builders import CONTENT, days

pytestmark = pytest.mark.both_engines


def test_the_second_of_two_editors_is_told(desk):
    bids, who = desk.services.bids, desk.coordinator
    bid = bids.add(who, CONTENT)
    bids.edit(who, bid.id, replace(CONTENT, causes="No lighting."), bid.version)
    with pytest.raises(Conflict, match="changed meanwhile by JAG coordinator"):
        bids.edit(who, bid.id, replace(CONTENT, causes="Lighting."), bid.version)
    assert bids.bid(who, bid.id).content.causes == "No lighting."


def test_a_submitted_bid_is_not_edited(desk):
    bid = desk.services.bids.add(desk.coordinator, CONTENT)
    desk.services.bids.submit(desk.coordinator, bid.id)
    with pytest.raises(RuleBroken, match="not changed any more"):
        desk.services.bids.edit(desk.coordinator, bid.id, CONTENT, bid.version)


def test_what_was_stated_comes_back_as_it_was_stated(desk):
    content = replace(
        CONTENT, agencies=("Children's and adults' services", "Housing, north"), evidence="  Café “18:00”  "
    )
    bid = desk.services.bids.add(desk.coordinator, content)
    again = desk.services.bids.bid(desk.coordinator, bid.id).content
    assert again == replace(content, evidence="Café “18:00”")


def test_the_nearest_camera_is_shown_from_the_register_and_kept_with_the_score(desk):
    desk.room.add_camera()
    bid = desk.assessed()
    assert bid.nearest is not None
    assert bid.nearest.number == "014"
    assert bid.nearest.distance_m > 5000
    found = desk.services.bids.nearest_camera(desk.coordinator, 51.3740, -0.0992)
    assert found is not None
    assert found.covers
    for camera in desk.room.cameras.cameras(desk.coordinator):
        desk.room.cameras.retire(desk.room.supervisor, camera.id)
    assert desk.services.bids.bid(desk.coordinator, bid.id).nearest == bid.nearest
    assert desk.services.bids.nearest_camera(desk.coordinator, 51.3740, -0.0992) is None


def test_a_bid_scored_again_keeps_its_state_and_its_history(desk):
    bid = desk.assessed(severity=5)
    again = desk.services.bids.assess(desk.coordinator, bid.id, assessment_of(bid, severity=9))
    assert again.state is BidState.ASSESSED
    assert again.score > bid.score
    actions = [entry.action for entry in desk.services.bids.history(desk.coordinator, bid.id)]
    assert actions == ["bid.added", "bid.submitted", "bid.assessed", "bid.scored-again"]


def assessment_of(bid, **changed):
    from controlroom.deployments.bids.records import Assessment

    return Assessment({line.part: line.given for line in bid.lines} | changed)


def test_withdrawing_and_lapsing_need_a_reason_and_no_deployment_under_way(desk):
    bids, who = desk.services.bids, desk.coordinator
    approved = desk.approved()
    deployment = desk.surveyed(approved)
    for give_up in (bids.withdraw, bids.lapse):
        with pytest.raises(InvalidInput):
            give_up(who, approved.id, " ")
        with pytest.raises(RuleBroken, match="under way"):
            give_up(who, approved.id, "No funds")
    desk.services.deployments.abort(who, deployment.id, "No funds")
    lapsed = bids.lapse(who, approved.id, "No funds")
    assert (lapsed.state, lapsed.reason) == (BidState.LAPSED, "No funds")
    assert lapsed.actions == ()


def test_a_bid_is_tabled_only_at_a_planned_meeting(desk):
    bid = desk.assessed()
    with pytest.raises(NotFound):
        desk.services.meetings.table_bid(desk.coordinator, bid.id, 99)
    meeting = desk.meeting(desk.today + days(3))
    desk.services.meetings.cancel(desk.coordinator, meeting.id, "Moved")
    with pytest.raises(RuleBroken, match="cancelled"):
        desk.services.meetings.table_bid(desk.coordinator, bid.id, meeting.id)


def test_only_the_coordinator_writes_bids(desk):
    for actor in (desk.room.operator, desk.room.supervisor, desk.room.administrator, desk.room.auditor):
        with pytest.raises(PermissionRefused):
            desk.services.bids.add(actor, CONTENT)
    assert desk.services.bids.bids(desk.room.auditor) == []
    with pytest.raises(PermissionRefused):
        desk.services.bids.bids(desk.room.administrator)


def test_references_follow_each_other_and_the_year_is_londons(desk):
    content = BidContent(partner="Housing", place="A")
    first = desk.services.bids.add(desk.coordinator, content)
    second = desk.services.bids.add(desk.coordinator, content)
    assert (first.reference, second.reference) == ("BID-2026-00001", "BID-2026-00002")
