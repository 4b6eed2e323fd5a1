"""Scores and the nearest permanent camera."""

import math
import random
from dataclasses import replace

import pytest

from controlroom.cameras.records import Camera, Owner, Place
from controlroom.deployments.bids.records import Assessment, NearestCamera
from controlroom.deployments.bids.scoring import (
    EARTH_RADIUS_M,
    coverage_score,
    distance_m,
    frequency_score,
    nearest_camera,
    score_lines,
)
from controlroom.deployments.policy import load_policy
from controlroom.errors import InvalidInput
from tests.deployments.builders import CONTENT, GOOD_SCORES

POLICY = load_policy()


def camera(number, latitude, longitude, **more):
    place = Place("Street", "Area", "Ward", latitude, longitude)
    return Camera(int(number.strip("RDCH-") or 0), number, f"Camera {number}", place, **more)


def test_a_degree_of_latitude_is_as_long_as_the_earth_is_round():
    assert distance_m(51.0, -0.1, 52.0, -0.1) == pytest.approx(math.pi * EARTH_RADIUS_M / 180)
    assert distance_m(51.37, -0.1, 51.37, -0.1) == 0
    # A degree of longitude shrinks with the cosine of the latitude.
    assert distance_m(51.37, 0.0, 51.37, 0.001) == pytest.approx(69.4, abs=0.1)


def test_the_distance_is_the_same_both_ways():
    dice = random.Random(7)
    for _ in range(200):
        here = (dice.uniform(-89, 89), dice.uniform(-180, 180))
        there = (dice.uniform(-89, 89), dice.uniform(-180, 180))
        assert distance_m(*here, *there) == pytest.approx(distance_m(*there, *here))
        assert distance_m(*here, *there) <= math.pi * EARTH_RADIUS_M + 1


def test_only_permanent_cameras_in_use_with_a_position_count():
    cameras = [
        camera("RDC-01", 51.37, -0.1, owner=Owner.RAPID_DEPLOYMENT),
        camera("001", None, None),
        camera("002", 51.37, -0.1, active=False),
        camera("003", 51.38, -0.1, has_ptz=True),
        camera("H01", 51.3745, -0.1, owner=Owner.HOUSING, has_ptz=False),
    ]
    nearest = nearest_camera(51.37, -0.1, cameras, POLICY)
    assert nearest is not None
    assert (nearest.number, nearest.usable_m, nearest.covers) == ("H01", 40, False)
    assert nearest.distance_m == pytest.approx(500, abs=2)
    assert nearest_camera(51.37, -0.1, cameras[:3], POLICY) is None
    assert nearest_camera(None, None, cameras, POLICY) is None


def test_the_model_says_how_far_a_camera_is_of_use():
    near = nearest_camera(51.3710, -0.1, [camera("003", 51.37, -0.1, model="Q6225-LE", has_ptz=True)], POLICY)
    assert near is not None
    assert (near.usable_m, near.covers) == (140, True)


def test_the_coverage_gap_grows_with_the_distance_from_nought_to_ten():
    scores = [coverage_score(NearestCamera("1", "", metres, 100), POLICY) for metres in range(0, 600, 10)]
    assert scores == sorted(scores)
    assert (scores[0], scores[10], scores[11], scores[40]) == (0, 0, 1, 10)
    assert coverage_score(None, POLICY) == 10


def test_the_frequency_proposed_follows_the_quicker_of_both_counts():
    assert frequency_score(replace(CONTENT, reports_3_months=0, reports_12_months=0), POLICY) == 0
    assert frequency_score(replace(CONTENT, reports_3_months=2, reports_12_months=41), POLICY) == 7
    assert frequency_score(replace(CONTENT, reports_3_months=22, reports_12_months=41), POLICY) == 10


def test_the_total_is_the_sum_of_the_parts_and_full_marks_are_a_hundred():
    lines, total = score_lines(Assessment(dict.fromkeys(GOOD_SCORES, 10)), None, POLICY)
    assert total == 100
    assert [line.part for line in lines] == [part.key for part in POLICY.score_parts]
    nearest = NearestCamera("041", "London Road", 250, 100)
    lines, total = score_lines(Assessment(GOOD_SCORES | {"coverage": 5}), nearest, POLICY)
    assert total == pytest.approx(sum(line.points for line in lines), abs=0.05)
    assert lines[0].points == pytest.approx(25 * 8 / 10)


def test_weights_are_relative_so_an_edited_list_still_makes_a_hundred():
    doubled = replace(
        POLICY, score_parts=tuple(replace(part, weight=part.weight * 2) for part in POLICY.score_parts)
    )
    assert score_lines(Assessment(dict.fromkeys(GOOD_SCORES, 10)), None, doubled)[1] == 100


@pytest.mark.parametrize("given", [{"severity": 11}, {"severity": -1}, {"beauty": 3}])
def test_a_score_off_the_scale_is_refused(given):
    with pytest.raises(InvalidInput):
        score_lines(Assessment(GOOD_SCORES | {"coverage": 10} | given), None, POLICY)


def test_a_part_left_out_is_refused_and_coverage_is_departed_from_only_with_a_word():
    without = {key: value for key, value in GOOD_SCORES.items() if key != "severity"}
    with pytest.raises(InvalidInput, match="Severity"):
        score_lines(Assessment(without), None, POLICY)
    with pytest.raises(InvalidInput, match="worked out as 10"):
        score_lines(Assessment(GOOD_SCORES | {"coverage": 4}), None, POLICY)
    score_lines(
        Assessment(GOOD_SCORES | {"coverage": 4}, {"coverage": "The bridge is in the way"}), None, POLICY
    )
