"""Painting of the wall: each new picture once, as it came, and nothing else for it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from controlroom.cameras.records import Camera, CameraLogin, Place
from controlroom.ui.pages.live.tile import Tile
from controlroom.ui.pages.live.wall import Wall
from controlroom.video.records import Frame
from tests.ui.helpers import show
from tests.ui.pages.live.fakes import FakeClock, FakePool

AT = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)


class Painted:
    """A wall of cameras and what was told of its paints."""

    def __init__(self, qtbot: QtBot, count: int) -> None:
        self.clock = FakeClock()
        self.pool = FakePool(self.clock)
        self.wall = Wall(self.pool, monotonic=self.clock, wall_time=lambda: AT)
        self.told: list[tuple[int, int]] = []
        qtbot.addWidget(self.wall)
        self.wall.resize(1280, 720)
        self.wall.set_tiles(count)
        cameras = [Camera(n, f"{n:03d}", f"Street {n}", Place("", "", "")) for n in range(1, count + 1)]
        self.wall.set_logins(
            {each.id: CameraLogin(each.id, "", 80, "", "", "", f"rtsp://{each.id}/sub") for each in cameras}
        )
        show(qtbot, self.wall)
        self.wall.place_all(cameras)
        for tile in self.wall.tiles:
            tile.on_painted = self._note
        QApplication.processEvents()

    def _note(self, tile: Tile, picture: Frame) -> None:
        self.told.append((tile.index, picture.sequence))

    def take(self) -> None:
        """The wall takes what there is and paints it."""
        self.wall.pull()
        QApplication.processEvents()


@pytest.fixture
def painted(qtbot: QtBot) -> Iterator[Callable[[int], Painted]]:
    made: list[Painted] = []

    def make(count: int) -> Painted:
        made.append(Painted(qtbot, count))
        return made[-1]

    yield make
    for each in made:
        each.wall.stop()


@pytest.mark.parametrize("count", [1, 16, 104])
def test_each_new_picture_is_painted_once_and_told(painted: Callable[[int], Painted], count: int):
    made = painted(count)
    for _ in range(3):
        made.pool.tick()
        made.take()
        made.take()
    assert [tile.pictures_painted for tile in made.wall.tiles[:count]] == [3] * count
    assert len(made.told) == len(set(made.told)) == 3 * count


def test_a_tile_without_a_new_picture_is_not_painted_for_the_others(painted: Callable[[int], Painted]):
    made = painted(4)
    made.pool.tick()
    made.take()
    made.told.clear()
    first = next(iter(made.pool.streams))
    made.pool.picture(first)
    made.take()
    assert made.told == [(0, 2)]


def test_what_is_painted_is_the_picture(painted: Callable[[int], Painted]):
    made = painted(1)
    made.pool.tick()
    made.take()
    tile = made.wall.tiles[0]
    picture = tile.picture
    assert picture is not None
    shown = tile.grab(tile.picture_rect()).toImage()
    middle = (picture.height // 2 * picture.stride) + picture.width // 2 * 4
    blue, green, red = picture.pixels[middle : middle + 3]
    assert shown.pixelColor(shown.width() // 2, shown.height() // 2) == QColor(red, green, blue)


def test_a_picture_that_came_while_hidden_is_not_counted_as_painted(painted: Callable[[int], Painted]):
    made = painted(4)
    made.pool.tick()
    made.take()
    made.wall.hide()
    made.pool.tick()
    made.take()
    assert [tile.pictures_painted for tile in made.wall.tiles[:4]] == [1] * 4


def test_a_stalled_picture_is_veiled_without_a_new_one(painted: Callable[[int], Painted]):
    made = painted(1)
    made.pool.tick()
    made.take()
    made.wall.look(made.clock())
    tile = made.wall.tiles[0]
    QApplication.processEvents()
    before = tile.grab(tile.picture_rect()).toImage()
    made.clock.advance(2.5)
    made.wall.look(made.clock())
    after = tile.grab(tile.picture_rect()).toImage()
    assert tile.words.veiled
    assert after != before


def test_a_wall_emptied_opens_and_shows_nothing(painted: Callable[[int], Painted]):
    made = painted(9)
    made.wall.place_all([])
    assert made.pool.streams == {}
    assert all(tile.picture is None for tile in made.wall.tiles)
