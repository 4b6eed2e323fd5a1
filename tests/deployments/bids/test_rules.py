"""The road of a bid, what it must state, and what is offered now."""

from dataclasses import fields, replace

import pytest

from controlroom.deployments.bids.records import BidAction, BidContent, BidState
from controlroom.deployments.bids.rules import ROAD, actions, check_content, check_move, failed_tests, missing
from controlroom.deployments.policy import load_policy
from controlroom.errors import InvalidInput, RuleBroken
from tests.deployments.builders import CONTENT

POLICY = load_policy()
S = BidState
# The arrows of the domain notes; waitlisted and deferred bids come back to a later table, or lapse.
ARROWS = {
    (S.DRAFT, S.SUBMITTED),
    (S.SUBMITTED, S.NEEDS_INFORMATION),
    (S.NEEDS_INFORMATION, S.SUBMITTED),
    (S.SUBMITTED, S.ASSESSED),
    (S.ASSESSED, S.TABLED),
    (S.TABLED, S.APPROVED),
    (S.TABLED, S.WAITLISTED),
    (S.TABLED, S.DEFERRED),
    (S.TABLED, S.REFUSED),
    (S.WAITLISTED, S.TABLED),
    (S.DEFERRED, S.TABLED),
    (S.APPROVED, S.DEPLOYED),
    (S.APPROVED, S.LAPSED),
    (S.WAITLISTED, S.LAPSED),
    (S.DEFERRED, S.LAPSED),
}
OPEN = set(S) - {S.REFUSED, S.DEPLOYED, S.LAPSED, S.WITHDRAWN}


def test_a_bid_goes_only_where_the_road_leads():
    allowed = ARROWS | {(state, S.WITHDRAWN) for state in OPEN}
    for here in S:
        for there in S:
            if (here, there) in allowed:
                check_move("BID-2026-00001", here, there)
            else:
                with pytest.raises(RuleBroken):
                    check_move("BID-2026-00001", here, there)


def test_every_open_state_can_be_reached_and_left():
    assert {there for road in ROAD.values() for there in road} == set(S) - {S.DRAFT}
    assert {state for state, road in ROAD.items() if road} == OPEN


@pytest.mark.parametrize("name", [each.name for each in fields(BidContent) if each.type is not bool])
def test_each_thing_rule_3_asks_for_is_missed_when_empty(name):
    empty = getattr(BidContent(), name)
    assert missing(CONTENT) == []
    assert len(missing(replace(CONTENT, **{name: empty}))) == 1


def test_nought_reports_are_a_statement_not_a_gap():
    assert missing(replace(CONTENT, reports_3_months=0, reports_12_months=0)) == []


def test_two_agencies_are_the_fewest_that_are_several():
    assert failed_tests(CONTENT) == []
    assert failed_tests(replace(CONTENT, agencies=("ASB team",)))
    assert len(failed_tests(replace(CONTENT, beyond_one_agency=False, medium_term_plan=False))) == 2


@pytest.mark.parametrize(
    "second",
    ["ASB team", "asb  team", "\uff21\uff33\uff22 team", "ASB\u200b team", " ", "\u200b", "\u3000"],
    ids=["same", "small letters", "full width", "zero width", "blank", "unseen", "wide blank"],
)
def test_several_agencies_are_different_ones_by_what_a_person_sees(second):
    assert failed_tests(replace(CONTENT, agencies=("ASB team", second)))
    assert failed_tests(replace(CONTENT, agencies=("ASB team", second, "Housing"))) == []


@pytest.mark.parametrize("blank", ["\u200b", "\u3000 ", "\u00a0\u2060"])
def test_what_a_person_sees_as_blank_states_nothing(blank):
    assert missing(replace(CONTENT, causes=blank)) == ["the causes"]
    assert missing(replace(CONTENT, agencies=(blank,))) == ["the agencies committed"]
    with pytest.raises(InvalidInput):
        check_content(replace(CONTENT, place=blank), POLICY)


@pytest.mark.parametrize(
    "change",
    [
        {"partner": "The neighbours"},
        {"partner": ""},
        {"place": "  "},
        {"objectives": ("punish",)},
        {"latitude": None},
        {"latitude": 151.0},
        {"reports_3_months": 42},
        {"reports_3_months": -1},
    ],
)
def test_what_cannot_be_right_is_refused_even_in_a_draft(change):
    with pytest.raises(InvalidInput):
        check_content(replace(CONTENT, **change), POLICY)


def test_a_bid_offers_its_next_step_first():
    def first(state, content=CONTENT, **more):
        options = {"next_meeting": True, "open_deployment": ""} | more
        return actions(state, content, **options)[0]

    assert first(S.DRAFT).action is BidAction.SUBMIT
    assert first(S.SUBMITTED).action is BidAction.ASSESS
    assert first(S.ASSESSED).action is BidAction.TABLE
    assert first(S.ASSESSED, next_meeting=False).why_not == "No meeting is planned."
    assert first(S.APPROVED).action is BidAction.PLAN
    assert first(S.APPROVED, open_deployment="DEP-2026-00001").why_not == "DEP-2026-00001 is under way."
    assert not first(S.DRAFT, BidContent()).ready
    assert actions(S.REFUSED, CONTENT, next_meeting=True, open_deployment="") == ()
