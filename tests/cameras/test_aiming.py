"""Where a place in the picture is, in turns of the head: pure rules."""

import math

import pytest

from controlroom.cameras.aiming import LONGEST_TIMED_S, USUAL_DOME, Aim, AimWay, aim_at
from controlroom.cameras.devices import PtzAbilities


@pytest.mark.parametrize(
    ("box", "aim"),
    [
        ((0.5, 0.5, 0.5, 0.5), Aim(0, 0)),
        ((1.0, 0.0, 1.0, 0.0), Aim(1, 1)),  # the top right corner
        ((0.25, 0.75, 0.25, 0.75), Aim(-0.5, -0.5)),
        ((0.5, 0.5, 0.75, 0.75), Aim(0.25, -0.25, 4.0)),
        ((0.75, 0.75, 0.5, 0.5), Aim(0.25, -0.25, 4.0)),  # dragged from its other corner
        ((0.2, 0.4, 0.7, 0.5), Aim(-0.1, 0.1, 2.0)),  # all of a wide box stays visible
        ((0.5, 0.5, 0.505, 0.505), Aim(0.005, -0.005)),  # the hand shook: a click
        ((0.9, 0.9, 1.4, 1.4), Aim(1.0, -1.0, 2.0)),  # let go outside the picture
    ],
)
def test_a_click_or_a_box_is_a_place_and_how_much_closer(box: tuple[float, ...], aim: Aim) -> None:
    left, top, right, bottom = box
    made = aim_at(left, top, right, bottom)
    assert (made.x, made.y, made.closer) == pytest.approx((aim.x, aim.y, aim.closer))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_is_no_place(bad: float) -> None:
    with pytest.raises(ValueError, match="no place"):
        Aim(0, bad).checked()
    with pytest.raises(ValueError, match="no place"):
        Aim(0, 0, bad).checked()
    assert Aim(7, -7, 10_000).checked() == Aim(1, -1, 30)


def test_the_border_is_half_the_field_of_view_away_and_less_when_zoomed_in() -> None:
    pan, tilt = USUAL_DOME.angles(Aim(1, -1), 0.0)
    assert pan == pytest.approx(30)
    assert -30 < tilt < -15
    near, _ = USUAL_DOME.angles(Aim(1, -1), 1.0)
    assert 0 < near < 1.5
    assert USUAL_DOME.angles(Aim(1, -1), None)[0] == near, "an unknown zoom must not turn too far"


def test_a_timed_movement_ends_all_axes_together_and_soon() -> None:
    velocity, seconds = USUAL_DOME.timed(Aim(1, 0, 1), 0.0)
    assert (velocity.tilt, velocity.zoom, velocity.focus) == (0, 0, 0)
    assert velocity.pan * seconds * USUAL_DOME.speed == pytest.approx(30)
    velocity, seconds = USUAL_DOME.timed(Aim(0, 0, 30))
    assert velocity.zoom * seconds == pytest.approx(USUAL_DOME.zoom_s)
    assert seconds <= LONGEST_TIMED_S
    velocity, _ = USUAL_DOME.timed(Aim(-1, -1, 0.5))
    assert velocity.pan < 0 > velocity.tilt
    assert velocity.zoom < 0


@pytest.mark.parametrize(
    ("abilities", "way"),
    [
        (PtzAbilities(pan_tilt=True, relative=True, relative_fov=True), AimWay.EXACT),
        (PtzAbilities(pan_tilt=True, relative=True), AimWay.ESTIMATED),
        (PtzAbilities(pan_tilt=True, absolute=True), AimWay.ESTIMATED),
        (PtzAbilities(pan_tilt=True), AimWay.TIMED),
        (PtzAbilities(zoom=True), AimWay.NONE),
    ],
)
def test_the_best_way_a_camera_offers_is_taken(abilities: PtzAbilities, way: AimWay) -> None:
    assert abilities.aims is way
