"""Finds what deserves a second look in a bid: a bid like it, a position outside its ward, tests it does not pass.

None of it forbids anything: two partners may bid for one street, and the wards' limits are rough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from controlroom.deployments.bids.records import BidContent, BidState
from controlroom.deployments.bids.rules import failed_tests
from controlroom.deployments.bids.scoring import distance_m
from controlroom.deployments.policy import WardLimits
from controlroom.texts import as_seen

PLACE, POSITION, TESTS = "place", "position", "tests"
SAME_PLACE_M = 100.0  # nearer than this, two positions are one place
OPEN = frozenset(BidState) - {BidState.REFUSED, BidState.DEPLOYED, BidState.LAPSED, BidState.WITHDRAWN}


@dataclass(frozen=True)
class OtherBid:
    """As much of another bid as it takes to see that it is about the same."""

    reference: str
    state: BidState
    partner: str
    place: str
    latitude: float | None = None
    longitude: float | None = None


def concerns(
    content: BidContent, others: Iterable[OtherBid], wards: Mapping[str, WardLimits]
) -> dict[str, str]:
    """What to look at again, in words, by the field it is said at; `others` are the other bids."""
    found = {
        PLACE: _bid_like_it(content, others),
        POSITION: outside_ward(content, wards),
        TESTS: " ".join(failed_tests(content)),
    }
    return {field: said for field, said in found.items() if said}


def street_of(place: str) -> str:
    """The street of a place, as people read it: what stands before the first comma."""
    return as_seen(place.partition(",")[0]).casefold()


def outside_ward(content: BidContent, wards: Mapping[str, WardLimits]) -> str:
    """That a position lies outside the ward it is said to be in; empty when it does not, or the ward is not listed."""
    named, latitude, longitude = as_seen(content.ward).casefold(), content.latitude, content.longitude
    limits = next((each for ward, each in wards.items() if ward.casefold() == named), None)
    if limits is None or latitude is None or longitude is None or limits.hold(latitude, longitude):
        return ""
    inside = sorted(ward for ward, each in wards.items() if each.hold(latitude, longitude))
    may_be = f"it may be in {' or '.join(inside)}" if inside else "it is in none of the wards"
    return f"This lies outside {content.ward}, by the wards' rough limits: {may_be}."


def _bid_like_it(content: BidContent, others: Iterable[OtherBid]) -> str:
    for other in others:
        if other.state in OPEN and _alike(content, other):
            return f"{other.reference} of {other.partner} for {other.place} is still open: {other.state}."
    return ""


def _alike(content: BidContent, other: OtherBid) -> bool:
    """True for the same street, and for the same partner at the same place however it is called."""
    street = street_of(content.place)
    if street and street == street_of(other.place):
        return True
    return other.partner == content.partner and _is_near(content, other)


def _is_near(content: BidContent, other: OtherBid) -> bool:
    if content.latitude is None or content.longitude is None:
        return False
    if other.latitude is None or other.longitude is None:
        return False
    here, there = (content.latitude, content.longitude), (other.latitude, other.longitude)
    return distance_m(*here, *there) < SAME_PLACE_M
