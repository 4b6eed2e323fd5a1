"""What is told about a bid while it is written: one like it, a position outside its ward, the three tests."""

import tomllib
from dataclasses import replace

import pytest

from controlroom.deployments.bids.concerns import PLACE, TESTS, outside_ward
from controlroom.deployments.bids.records import BidContent
from controlroom.deployments.policy import load_policy
from controlroom.resources import resource
from controlroom.simulator.borough import places
from tests.deployments.builders import CONTENT

WARDS = load_policy().wards


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "again",
    [
        CONTENT,
        replace(CONTENT, partner="Housing"),  # same street, another partner
        replace(CONTENT, place="  headley\u3000DRIVE, by the shops"),
        replace(CONTENT, place="Behind the shops", latitude=51.3493),  # same partner, 45 m away
    ],
)
def test_an_open_bid_for_the_same_street_or_by_the_same_partner_there_is_named(desk, again):
    first = desk.services.bids.add(desk.coordinator, CONTENT)
    told = desk.services.bids.concerns(desk.coordinator, again)
    assert told[PLACE] == f"{first.reference} of ASB team for Headley Drive is still open: draft."


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "other",
    [
        replace(CONTENT, place="Broom Road", latitude=51.36, longitude=-0.04),
        replace(CONTENT, place="Behind the shops", partner="Housing"),
    ],
)
def test_another_place_or_another_partner_near_by_is_no_duplicate(desk, other):
    desk.services.bids.add(desk.coordinator, CONTENT)
    assert PLACE not in desk.services.bids.concerns(desk.coordinator, other)


@pytest.mark.both_engines
def test_neither_the_bid_itself_nor_one_that_is_over_is_a_duplicate(desk):
    bids, who = desk.services.bids, desk.coordinator
    bid = bids.add(who, CONTENT)
    assert bids.concerns(who, CONTENT, bid.id) == {}
    bids.withdraw(who, bid.id, "Entered by mistake.")
    assert bids.concerns(who, CONTENT) == {}


@pytest.mark.both_engines
def test_the_tests_a_bid_does_not_pass_are_named_while_it_is_a_draft(desk):
    told = desk.services.bids.concerns(desk.coordinator, replace(CONTENT, medium_term_plan=False))
    assert "medium-term problem-solving plan" in told[TESTS]
    assert "beyond what one agency" not in told[TESTS]


def test_a_position_outside_its_ward_says_where_it_may_be():
    told = outside_ward(replace(CONTENT, ward="fairfield"), WARDS)
    assert told.startswith(
        "This lies outside fairfield, by the wards' rough limits: it may be in New Addington"
    )
    assert "none of the wards" in outside_ward(replace(CONTENT, latitude=53.8), WARDS)


@pytest.mark.parametrize(
    "content", [CONTENT, BidContent(ward="Fairfield"), replace(CONTENT, ward="Another borough's ward")]
)
def test_nothing_is_said_inside_the_ward_without_a_position_or_of_a_ward_nobody_listed(content):
    assert outside_ward(content, WARDS) == ""


def test_the_demonstrations_own_places_lie_in_their_wards():
    path = resource("lists").parents[1] / "controlroom/simulator/borough/deployment_sites.toml"
    sites = tomllib.loads(path.read_text(encoding="utf-8"))["sites"]
    stated = {name: (site["ward"], *site["at"]) for name, site in sites.items()}
    stated |= {each.name: (each.ward, each.latitude, each.longitude) for each in places.STREETS}
    stated |= {name: (ward, *at) for name, _, ward, *at in places.RDC_SITES}
    outside = {
        name: said
        for name, (ward, latitude, longitude) in stated.items()
        if (said := outside_ward(BidContent(ward=ward, latitude=latitude, longitude=longitude), WARDS))
    }
    assert outside == {}
    assert {ward for ward, *_ in stated.values()} <= set(WARDS)
