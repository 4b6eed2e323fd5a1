"""The picture is a street that the lens really looks at: it pans, tilts, zooms, and people move in it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest

from controlroom.simulator import counter
from controlroom.simulator.arrays import Image
from controlroom.simulator.ptz_head import PAN_REACH_DEG, TILT_REACH_DEG, HeadPosition
from controlroom.simulator.scene.lens import Window, lens_at
from controlroom.simulator.scene.plan import plan_street
from controlroom.simulator.scene.stage import Painter, Stage
from controlroom.simulator.scene_shift import shift_px
from controlroom.simulator.settings import Light
from tests.simulator.drawing import MAIN, NOON, SUB, Draughtsman, home, painted_stage, painter
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def painting() -> Iterator[Painter]:
    with painter() as made:
        yield made


@pytest.fixture(scope="module")
def stage(painting: Painter) -> Stage:
    return painted_stage(3, painting)


def difference(one: Image, other: Image) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_a_seed_always_plans_the_same_street_and_another_seed_another() -> None:
    assert plan_street(5) == plan_street(5)
    assert plan_street(5) != plan_street(6)


@pytest.mark.parametrize("share", [0.02, -0.05, 0.12])
def test_panning_moves_the_scene_the_other_way_by_as_much(stage: Stage, share: float) -> None:
    pencil, start = Draughtsman(stage), home(3)
    dx, dy = shift_px(pencil.draw(start), pencil.draw(replace(start, pan=start.pan + share)))
    expected = -np.radians(share * PAN_REACH_DEG) * lens_at(start, 640, 360).focal
    assert dx == pytest.approx(expected, rel=0.1, abs=2)
    assert abs(dy) < 4 + 0.1 * abs(dx)  # a lens that looks down turns the picture a little


def test_tilting_up_moves_the_scene_down(stage: Stage) -> None:
    pencil, start = Draughtsman(stage), home(3)
    dx, dy = shift_px(pencil.draw(start), pencil.draw(replace(start, tilt=start.tilt + 0.3)))
    assert dy == pytest.approx(np.radians(0.3 * TILT_REACH_DEG) * lens_at(start, 640, 360).focal, rel=0.1)
    assert abs(dx) < 4


def test_zooming_in_enlarges_the_middle(stage: Stage) -> None:
    pencil = Draughtsman(stage)
    wide, near = (
        pencil.draw(HeadPosition(0.2, 0, 0)),
        pencil.draw(HeadPosition(0.2, 0, 1 / 3)),
    )  # twice as near
    middle = cv2.resize(wide[90:270, 160:480], (640, 360), interpolation=cv2.INTER_LINEAR)
    assert difference(middle[:320], near[:320]) < 12
    assert difference(wide[:320], near[:320]) > 20


def test_a_resting_zoom_is_sharpened(painting: Painter, stage: Stage) -> None:
    pencil, position = Draughtsman(stage), HeadPosition(0.34, 0.05, 0.4)

    def sharpness() -> float:
        grey = cv2.cvtColor(pencil.draw(position)[:320], cv2.COLOR_BGR2GRAY)
        return float(cv2.Laplacian(grey, cv2.CV_64F).var())

    soft = sharpness()
    wait_until(lambda: sharpness() > 1.3 * soft, "the finer picture")


def test_people_and_vehicles_move_while_the_houses_stay(stage: Stage) -> None:
    pencil, start = Draughtsman(stage), home(3)
    moments = [pencil.draw(start, seconds) for seconds in (0.0, 1.0, 2.0, 3.0)]
    steps = [np.abs(each.astype(int) - moments[0].astype(int)).max(axis=2) > 12 for each in moments[1:]]
    changed = np.logical_or.reduce(steps)
    street = changed[:330, :]
    assert 0.002 < float(street.mean()) < 0.25


def test_both_streams_show_the_same_scene_at_the_same_moment(stage: Stage) -> None:
    sub = Draughtsman(stage, SUB).draw(home(3), 42.0)
    main = Draughtsman(stage, MAIN).draw(home(3), 42.0)
    smaller = cv2.resize(main, (640, 360), interpolation=cv2.INTER_AREA)
    assert difference(sub[:330], smaller[:330]) < 8


def test_every_camera_has_a_street_of_its_own(painting: Painter) -> None:
    pictures = [Draughtsman(painted_stage(seed, painting)).draw(HeadPosition(0.5, 0, 0)) for seed in (11, 13)]
    assert difference(pictures[0][:330], pictures[1][:330]) > 12


def test_night_is_darker_than_dusk_and_dusk_than_day(painting: Painter) -> None:
    levels = [
        Draughtsman(painted_stage(4, painting, light)).draw(home(4)).mean()
        for light in (Light.NIGHT, Light.DUSK, Light.DAY)
    ]
    assert levels[0] < levels[1] < levels[2]
    assert levels[0] > 20  # but not black: lamps and shop windows are lit


def test_the_counter_is_read_from_both_streams(stage: Stage) -> None:
    for shape in (MAIN, SUB):
        assert counter.read(Draughtsman(stage, shape).draw(home(3), value=4321)) == 4321


def test_the_clock_is_burnt_in_at_the_bottom_left_and_nothing_at_the_top(stage: Stage) -> None:
    pencil, start = Draughtsman(stage), home(3)
    first = pencil.draw(start, moment=NOON)
    second = pencil.draw(start, moment=NOON + timedelta(hours=1, minutes=11, seconds=11))
    rows, columns = np.nonzero(np.abs(first.astype(int) - second.astype(int)).max(axis=2) > 40)
    assert len(rows)
    assert rows.min() > 330 and columns.max() < 400


def test_a_point_of_the_ground_is_drawn_where_the_street_shows_it() -> None:
    window = Window(-2.2, 0.8, 540.0, 2376, 1000)
    lens = lens_at(HeadPosition(0.5, -0.4, 0.2), 640, 360)
    columns, rows = lens.maps(window)
    x, z, height = np.array([11.0]), np.array([8.0]), 7.0
    at_x, at_y, _ = lens.place(x, height, z)
    row, column = int(at_y[0]), int(at_x[0])
    heading, slope = np.arctan2(x, z)[0], -height / np.hypot(x, z)[0]
    assert columns[row, column] == pytest.approx(window.column(float(heading)), abs=2.0)
    assert rows[row, column] == pytest.approx(window.row(float(slope)), abs=2.0)


def test_a_finer_picture_takes_the_coarse_ones_place_at_the_same_position():
    with painter() as brush:
        stage = painted_stage(3, brush)
        pencil = Draughtsman(stage, MAIN)
        zoomed = HeadPosition(0.1, -0.2, 0.5)
        coarse = pencil.draw(zoomed)
        wait_until(lambda: np.any(pencil.draw(zoomed) != coarse), why="the finer picture is drawn")
