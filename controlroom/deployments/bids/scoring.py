"""Scores and ranks bids (rule 4 of docs/rules.md), and finds the nearest permanent camera (rule 3): pure functions."""

import math
from collections.abc import Iterable, Mapping

from controlroom.cameras.records import Camera, Owner
from controlroom.deployments.bids.records import Assessment, BidContent, NearestCamera, ScoreLine
from controlroom.deployments.policy import HIGHEST_SCORE, Policy
from controlroom.errors import InvalidInput
from controlroom.texts import says_something

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
PERMANENT = frozenset({Owner.PUBLIC_REALM, Owner.HOUSING})
COVERAGE, FREQUENCY = "coverage", "frequency"


def distance_m(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Great-circle distance in metres between two WGS 84 positions in degrees, by the haversine formula."""
    here, there = math.radians(latitude), math.radians(to_latitude)
    across = math.radians(to_longitude - longitude)
    half = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def nearest_camera(
    latitude: float | None, longitude: float | None, cameras: Iterable[Camera], policy: Policy
) -> NearestCamera | None:
    """The nearest permanent camera in use; None without a position or without cameras that have one."""
    if latitude is None or longitude is None:
        return None
    found = [
        (distance_m(latitude, longitude, place.latitude, place.longitude), camera)
        for camera in cameras
        for place in [camera.place]
        if camera.owner in PERMANENT and camera.active
        if place.latitude is not None and place.longitude is not None
    ]
    if not found:
        return None
    metres, camera = min(found, key=lambda pair: pair[0])
    usable = policy.ranges.of(camera.model, moving=camera.has_ptz)
    return NearestCamera(camera.number, camera.name, round(metres), usable)


def coverage_score(nearest: NearestCamera | None, policy: Policy) -> int:
    """0 where a permanent camera sees well enough, 10 from the full gap on, in proportion between."""
    if nearest is None:
        return HIGHEST_SCORE
    if nearest.covers:
        return 0
    span = policy.ranges.full_gap_m - nearest.usable_m
    if span <= 0:
        return HIGHEST_SCORE
    return min(HIGHEST_SCORE, max(1, round(HIGHEST_SCORE * (nearest.distance_m - nearest.usable_m) / span)))


def frequency_score(content: BidContent, policy: Policy) -> int:
    """The score proposed for the reports of twelve months, or for the last three at that pace if that is more."""
    pace = max(content.reports_12_months or 0, 4 * (content.reports_3_months or 0))
    return max((points for reports, points in policy.frequency_steps if pace >= reports), default=0)


def proposed(content: BidContent, nearest: NearestCamera | None, policy: Policy) -> dict[str, int]:
    """The parts the program can propose from what the bid states."""
    return {COVERAGE: coverage_score(nearest, policy), FREQUENCY: frequency_score(content, policy)}


def score_lines(
    assessment: Assessment, nearest: NearestCamera | None, policy: Policy
) -> tuple[tuple[ScoreLine, ...], float]:
    """Every part with its points, and the total of 100. Raises InvalidInput for what cannot be scored so."""
    unknown = set(assessment.given) - {part.key for part in policy.score_parts}
    if unknown:
        raise InvalidInput(f"'{sorted(unknown)[0]}' is not a part of the score.")
    whole = sum(policy.weights.values())
    lines: list[ScoreLine] = []
    for part in policy.score_parts:
        given = assessment.given.get(part.key)
        if given is None or not 0 <= given <= HIGHEST_SCORE:
            raise InvalidInput(
                f"{part.title} has no score from 0 to {HIGHEST_SCORE}.",
                remedy="Every part is scored: none is left out.",
            )
        note = assessment.notes.get(part.key, "").strip()
        if part.key == COVERAGE and given != coverage_score(nearest, policy) and not says_something(note):
            raise InvalidInput(
                f"The coverage gap is worked out as {coverage_score(nearest, policy)}, not {given}.",
                remedy="Say why this place differs (a bridge in the way, say), or leave it as it is.",
            )
        points = 100 * part.weight * given / (HIGHEST_SCORE * whole)
        lines.append(ScoreLine(part.key, part.title, given, part.weight, points, note))
    return tuple(lines), round(sum(line.points for line in lines), 1)


def weighted(given: Mapping[str, int], policy: Policy) -> float:
    """The total of 100 of what was given, by the weights in force; a part that was not given counts nothing."""
    whole = sum(policy.weights.values())
    points = sum(weight * given.get(part, 0) for part, weight in policy.weights.items())
    return round(100 * points / (HIGHEST_SCORE * whole), 1)
