"""The steering bench in its shortest form, and how it reads a camera's log."""

from typing import Any

import pytest

from controlroom.bench import ptz
from controlroom.bench.ptz_desk import SPEEDS, desk_of, speed_of
from controlroom.bench.ptz_log import (
    Cause,
    Disturbance,
    Press,
    key_to_camera_ms,
    movements,
    overruns_ms,
)

ANNA, BEN = speed_of(0, 7), speed_of(1, 7)
MS = 1_000_000


def move(pan: float, at_ms: float) -> dict[str, Any]:
    return {"order": "continuous", "pan": pan, "at_ns": int(at_ms * MS)}


def stop(at_ms: float) -> dict[str, Any]:
    return {"order": "stop", "at_ns": int(at_ms * MS)}


def test_every_speed_names_its_desk() -> None:
    speeds = [speed_of(desk, press) for desk in range(3) for press in range(SPEEDS)]
    assert len(set(speeds)) == len(speeds)
    assert {desk_of(speed_of(2, press)) for press in range(SPEEDS)} == {2}
    assert max(speeds) <= 1


def test_an_order_of_another_desk_before_a_stop_is_two_holders() -> None:
    moved, both = movements("1", [move(ANNA, 0), move(BEN, 100), stop(200), move(ANNA, 300), stop(400)])
    assert both == 1
    assert [each.desk for each in moved] == [0, 1, 0]
    moved, both = movements("1", [move(ANNA, 0), stop(50), move(BEN, 100)])
    assert both == 0
    assert [each.ended_at is None for each in moved] == [False, True]


def test_keys_are_timed_where_nothing_held_them_back_or_was_just_disturbed() -> None:
    orders = {"1": [move(ANNA, 12), move(BEN, 5020)]}
    anna, ben = Press(0, "1", ANNA, 0, 50 * MS), Press(1, "1", BEN, 5000 * MS, 5100 * MS)
    assert key_to_camera_ms([anna, ben], orders, []) == [12, 20]
    held = Press(1, "1", BEN, 5000 * MS, 5100 * MS, held_back=True)
    assert key_to_camera_ms([anna, held], orders, []) == [12]
    killed = Disturbance(Cause.DESK, 4900 * MS, 4900 * MS, desk=1)
    assert key_to_camera_ms([anna, ben], orders, [killed]) == [12]


def test_a_movement_overruns_from_what_ended_it() -> None:
    press = Press(0, "1", ANNA, 0, 100 * MS)
    moved, _ = movements("1", [move(ANNA, 10), stop(130)])
    assert overruns_ms(moved, [press], [])[Cause.RELEASE] == [30]
    killed = Disturbance(Cause.CONTROL, 60 * MS, 60 * MS, desk=0)
    assert overruns_ms(moved, [press], [killed])[Cause.CONTROL] == [70]
    lost = Disturbance(Cause.LINK, 50 * MS, 120 * MS, camera="1")
    assert overruns_ms(moved, [press], [lost])[Cause.LINK] == [10]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_very_short_measurement_ends_every_movement_under_one_holder() -> None:
    figures = ptz.run(0.05, cameras=1)
    assert figures.keys
    assert figures.moves_started
    assert (figures.moves_unended, figures.two_holders) == (0, 0)
    assert figures.moves_ended == figures.moves_started
