"""The wall without a page: what the bench and other pages rely on."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from controlroom.cameras.records import Camera, CameraLogin, Place
from controlroom.ui.pages.live.wall import LOOK_EVERY_S, PULL_EVERY_MS, Wall
from tests.ui.pages.live.fakes import FakeClock, FakePool

CAMERAS = [Camera(number, f"{number:03d}", f"Street {number}", Place("", "", "")) for number in range(1, 5)]
TICK_S = PULL_EVERY_MS / 1000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pool(clock: FakeClock) -> FakePool:
    return FakePool(clock)


@pytest.fixture
def wall(qtbot: QtBot, pool: FakePool, clock: FakeClock) -> Wall:
    made = Wall(pool, monotonic=clock)
    qtbot.addWidget(made)
    made.set_logins(
        {
            camera.id: CameraLogin(camera.id, "", 80, "", "", sub_stream=f"rtsp://{camera.id}.invalid/sub")
            for camera in CAMERAS
        }
    )
    made.resize(800, 600)
    made.show()
    made.place_all(CAMERAS)
    pool.tick()
    made.pull()
    return made


def test_every_camera_is_live_after_its_first_picture(wall: Wall):
    assert wall.live_count() == (4, 4)


def test_a_frozen_picture_looks_frozen_within_two_seconds(wall: Wall, clock: FakeClock):
    frozen_at = clock.at
    while wall.live_count()[0] and clock.at < frozen_at + 5:
        clock.advance(TICK_S)
        wall.pull()
    assert clock.at - frozen_at < 2.0
    assert all(tile.words.veiled for tile in wall.tiles)


def test_one_frozen_among_living_is_the_only_one_veiled(wall: Wall, pool: FakePool, clock: FakeClock):
    for _ in range(90):
        clock.advance(TICK_S)
        pool.tick(without=frozenset({"wall-3"}))
        wall.pull()
    assert [tile.words.veiled for tile in wall.tiles] == [False, False, True, False]


def test_pictures_too_old_are_taken_down(wall: Wall, clock: FakeClock):
    clock.advance(10 + LOOK_EVERY_S)
    wall.pull()
    assert not any(tile.words.has_picture for tile in wall.tiles)


def test_a_tile_that_was_hidden_does_not_come_back_as_stalled(wall: Wall, pool: FakePool, clock: FakeClock):
    wall.enlarge(0)
    for _ in range(200):
        clock.advance(TICK_S)
        pool.tick()
        wall.pull()
    assert wall.live_count() == (4, 4), "cameras behind an enlarged one are live too"
    wall.restore()
    wall.pull()
    assert [tile.words.state for tile in wall.tiles] == ["live"] * 4


def test_a_camera_that_died_while_hidden_comes_back_dead(wall: Wall, pool: FakePool, clock: FakeClock):
    wall.enlarge(0)
    for _ in range(200):
        clock.advance(TICK_S)
        pool.tick(without=frozenset({"wall-2"}))
        wall.pull()
    wall.restore()
    wall.look()
    assert wall.tiles[1].words.state == "warn"


def test_a_camera_dropped_where_another_stands_changes_places_with_it(wall: Wall):
    wall.place(0, CAMERAS[2])
    assert wall.cameras() == [CAMERAS[2], CAMERAS[1], CAMERAS[0], CAMERAS[3]]


def test_changing_places_keeps_every_picture(wall: Wall):
    wall.swap(0, 3)
    assert all(tile.picture is not None and tile.words.live for tile in wall.tiles)


def test_a_wall_that_stops_has_nothing_scaled_for_it(wall: Wall, pool: FakePool):
    wall.stop()
    assert not any(stream.shown for stream in pool.streams.values())


def test_the_menu_key_opens_the_menu_of_the_selected_tile(wall: Wall, qtbot: QtBot):
    wall.select(2)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    with qtbot.waitSignal(wall.menu_wanted) as asked:
        QApplication.sendEvent(wall, event)
    assert (asked.args or [])[0] == 2


def test_neighbours_end_at_the_walls_edge(wall: Wall):
    assert wall.neighbour(0, 1, 0) == 1
    assert wall.neighbour(0, 0, 1) == 2
    assert wall.neighbour(0, -1, 0) is None
    assert wall.neighbour(3, 0, 1) is None
