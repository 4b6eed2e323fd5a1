"""The head goes where it is told, at its speed, no further than its road, and stops by itself."""

import pytest

from controlroom.simulator.ptz_head import (
    DEFAULT_TIMEOUT_S,
    FULL_SPEED,
    HeadPosition,
    VirtualPtzHead,
    born_presets,
)
from controlroom.simulator.settings import PtzQuirks

MIDDLE = HeadPosition(0.0, 0.0, 0.0)


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def head_in_the_middle(watch: Watch, quirks: PtzQuirks | None = None) -> VirtualPtzHead:
    head = VirtualPtzHead(quirks or PtzQuirks(), watch)
    head.go_to(0.0, 0.0, 0.0)
    watch.now += 60
    assert head.position() == MIDDLE
    return head


def test_position_integrates_velocity(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_on(0.5, -0.25, 0.5, 5.0)
    watch.now += 1.0
    where = head.position()
    assert where.pan == pytest.approx(0.5 * FULL_SPEED["pan"])
    assert where.tilt == pytest.approx(-0.25 * FULL_SPEED["tilt"])
    assert where.zoom == pytest.approx(0.5 * FULL_SPEED["zoom"])
    assert head.is_moving()


def test_a_continuous_move_ends_at_its_timeout(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_on(0.1, None, None, 2.0)
    watch.now += 2.0
    there = head.position()
    assert not head.is_moving()
    watch.now += 60
    assert head.position() == there


def test_without_a_timeout_a_move_ends_at_the_default(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_on(0.01, None, None, None)
    watch.now += DEFAULT_TIMEOUT_S - 0.1
    assert head.is_moving()
    watch.now += 0.2
    assert not head.is_moving()


def test_a_camera_that_ignores_timeouts_runs_on_until_stopped(watch: Watch) -> None:
    head = head_in_the_middle(watch, PtzQuirks(ignore_timeout=True))
    head.go_on(0.01, None, None, 1.0)
    watch.now += 84
    assert head.is_moving()
    head.stop()
    assert not head.is_moving()


def test_a_head_at_the_end_of_its_road_stands_still(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_on(1.0, None, -1.0, 30.0)
    watch.now += 20
    assert head.position() == HeadPosition(1.0, 0.0, 0.0)
    assert not head.is_moving()


def test_stop_can_leave_the_zoom_running(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_on(0.2, 0.2, 0.5, 10.0)
    watch.now += 0.5
    head.stop(pan_tilt=True, zoom=False)
    here = head.position()
    watch.now += 0.5
    assert head.position().pan == here.pan and head.position().zoom > here.zoom


def test_zero_velocity_stops_that_axis_and_none_leaves_it(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_on(0.2, 0.2, 0.2, 10.0)
    watch.now += 0.5
    head.go_on(0.0, 0.0, None, 10.0)
    here = head.position()
    watch.now += 0.5
    assert (head.position().pan, head.position().tilt) == (here.pan, here.tilt)
    assert head.position().zoom > here.zoom


def test_all_axes_of_an_absolute_move_arrive_together_and_exactly(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_to(0.9, 0.1, 0.4)
    before = head.position()
    while head.is_moving():
        before = head.position()
        watch.now += 0.05
    assert head.position() == HeadPosition(0.9, 0.1, 0.4)
    assert before.pan != 0.9 and before.tilt != 0.1 and before.zoom != 0.4


def test_a_position_beyond_the_road_is_its_end(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_by(5.0, -5.0, 5.0)
    watch.now += 60
    assert head.position() == HeadPosition(1.0, -1.0, 1.0)


def test_zoomed_in_the_head_pans_more_slowly(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.go_to(None, None, 1.0)
    watch.now += 60
    head.go_on(1.0, None, None, 5.0)
    watch.now += 1.0
    assert 0.0 < head.position().pan < FULL_SPEED["pan"] / 2


def test_a_camera_is_born_with_six_presets_far_apart() -> None:
    for seed in (0, 1, 2, 9):
        presets = born_presets(seed)
        assert [preset.name for preset in presets] == [
            "Station steps",
            "Tram stop",
            "Taxi rank",
            "Arcade",
            "Cash points",
            "Wide",
        ]
        places = [(preset.position.pan, preset.position.zoom) for preset in presets]
        for place, other in ((a, b) for a in places for b in places if a is not b):
            assert abs(place[0] - other[0]) + abs(place[1] - other[1]) > 0.1


def test_presets_are_stored_replaced_and_forgotten(watch: Watch) -> None:
    head = head_in_the_middle(watch, PtzQuirks(max_presets=7))
    stored = head.store_preset("Bus stop")
    assert stored is not None and stored.position == MIDDLE
    assert head.store_preset("One too many") is None
    head.go_to(0.5, 0.0, 0.0)
    watch.now += 60
    replaced = head.store_preset("", stored.token)
    assert replaced is not None and replaced.name == "Bus stop" and replaced.position.pan == 0.5
    assert head.forget_preset(stored.token) and not head.forget_preset(stored.token)
    assert head.preset(stored.token) is None


def test_home_is_where_it_was_put(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    head.store_home()
    head.go_to(0.7, 0.2, 0.3)
    watch.now += 60
    head.go_home()
    watch.now += 60
    assert head.position() == MIDDLE


def test_a_camera_stuck_at_moving_says_so_for_ever(watch: Watch) -> None:
    head = head_in_the_middle(watch, PtzQuirks(stuck_moving=True))
    head.stop()
    assert head.says_moving() and not head.is_moving()


def test_orders_are_kept_with_the_moment_they_came(watch: Watch) -> None:
    head = head_in_the_middle(watch)
    watch.now = 500.25
    head.stop()
    last = head.orders()[-1]
    assert last["order"] == "stop" and last["at_ns"] == 500_250_000_000
