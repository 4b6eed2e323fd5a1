"""The pure rules of steering: velocities, and letting go of what nobody holds any more."""

import math

import pytest

from controlroom.cameras.steering import (
    DEAD_ZONE,
    LONGEST_HOLD_S,
    REPEAT_SILENT_S,
    STILL,
    Grip,
    Hold,
    Velocity,
    pad_velocity,
    together,
)

NOW = 100.0


def test_the_middle_of_the_pad_stands_still():
    assert pad_velocity(0, 0) == STILL
    assert pad_velocity(DEAD_ZONE * 0.9, 0) == STILL


@pytest.mark.parametrize(
    ("across", "down", "pan", "tilt"), [(1, 0, 1, 0), (-1, 0, -1, 0), (0, -1, 0, 1), (0, 1, 0, -1)]
)
def test_the_rim_of_the_pad_is_full_speed_and_its_top_is_up(across, down, pan, tilt):
    asked = pad_velocity(across, down)
    assert (asked.pan, asked.tilt) == (pytest.approx(pan), pytest.approx(tilt))


def test_beyond_the_rim_is_no_faster():
    assert pad_velocity(40, 30) == pad_velocity(0.8, 0.6)


def test_speed_grows_from_the_middle_to_the_rim_slowly_at_first():
    speeds = [pad_velocity(way / 100, 0).pan for way in range(13, 101)]
    assert speeds == sorted(speeds)
    assert speeds[0] < 0.1
    assert pad_velocity(0.5, 0).pan < 0.5


def test_a_slanting_press_keeps_its_direction():
    asked = pad_velocity(0.3, -0.3)
    assert asked.pan == pytest.approx(asked.tilt)
    assert math.hypot(asked.pan, asked.tilt) < 1


def test_what_is_held_together_adds_up_within_full_speed():
    assert together([Hold.RIGHT.value, Hold.UP.value, Hold.CLOSER.value], 0.4) == Velocity(0.4, 0.4, 0.4)
    assert together([Hold.RIGHT.value, Velocity(pan=0.7)]) == Velocity(pan=1)
    assert together([Hold.LEFT.value, Hold.RIGHT.value]).still


def held(*keys: Hold) -> Grip:
    grip = Grip(speed=0.5)
    for key in keys:
        grip.press(key, NOW)
    return grip


def test_a_hand_holds_until_its_last_key_is_up():
    grip = held(Hold.RIGHT, Hold.UP)
    assert grip.velocity == Velocity(0.5, 0.5)
    assert grip.release(Hold.RIGHT, NOW + 1)
    assert grip.held
    assert grip.release(Hold.UP, NOW + 1)
    assert not grip.held


def test_releasing_what_was_not_held_says_so():
    assert not held(Hold.RIGHT).release(Hold.LEFT, NOW)


def test_a_key_that_stops_repeating_was_released_elsewhere():
    grip = held(Hold.RIGHT)
    grip.repeated(Hold.RIGHT, NOW + 0.5)
    assert not grip.tend(NOW + 0.5 + REPEAT_SILENT_S * 0.9)
    assert grip.tend(NOW + 0.5 + REPEAT_SILENT_S * 1.1)
    assert not grip.held


def test_a_keyboard_that_never_repeats_may_be_held():
    grip = held(Hold.RIGHT)
    assert not grip.tend(NOW + 10)
    assert grip.held


def test_only_the_newest_key_repeats_so_the_older_one_is_not_missed():
    grip = held(Hold.RIGHT)
    grip.repeated(Hold.RIGHT, NOW + 0.5)
    grip.press(Hold.UP, NOW + 0.6)
    grip.repeated(Hold.UP, NOW + 1.1)
    grip.release(Hold.UP, NOW + 1.2)
    assert not grip.tend(NOW + 6)
    assert grip.velocity == Velocity(pan=0.5)


def test_a_repeat_of_a_key_nobody_pressed_here_holds_nothing():
    grip = Grip()
    grip.repeated(Hold.RIGHT, NOW)
    assert not grip.held


def test_nothing_is_held_for_ever_without_a_sign_of_life():
    grip = Grip()
    grip.aim(Velocity(pan=1), NOW)
    assert not grip.tend(NOW + LONGEST_HOLD_S - 1)
    assert grip.tend(NOW + LONGEST_HOLD_S + 1)
    assert not grip.held


def test_the_pad_and_a_key_are_one_hand():
    grip = held(Hold.CLOSER)
    grip.aim(Velocity(pan=-0.4), NOW)
    assert grip.velocity == Velocity(pan=-0.2, zoom=0.5)
    grip.aim(STILL, NOW)
    assert grip.velocity == Velocity(zoom=0.5)
    grip.let_go()
    assert grip.velocity.still
