"""The presets of the selected camera: the first nine have figures, and all of them can be driven to."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from controlroom.cameras.devices import Preset
from controlroom.ui.pages.live.preset_grid import PresetGrid


def stored(number: int) -> list[Preset]:
    return [Preset(f"t{each}", f"Corner {each}", 0.0, 0.0, 0.0) for each in range(1, number + 1)]


@pytest.fixture
def grid(qtbot: QtBot) -> PresetGrid:
    made = PresetGrid()
    qtbot.addWidget(made)
    made.show()
    return made


def test_all_presets_are_there_however_many(grid: PresetGrid):
    driven: list[str] = []
    grid.chosen.connect(driven.append)
    grid.show_presets(stored(22))
    assert [button.key for button in grid.buttons] == list("123456789")
    assert grid.more.text() == "13 more"
    grid.more.click()
    assert [button.text() for button in grid.buttons] == [f"Corner {each}" for each in range(1, 23)]
    assert grid.more.isHidden()
    assert grid.window().focusWidget() is grid.buttons[9]
    grid.buttons[21].click()
    assert driven == ["t22"]


def test_they_stay_unfolded_while_it_is_the_same_camera(grid: PresetGrid):
    grid.show_presets(stored(22))
    grid.more.click()
    grid.show_presets(stored(22))
    assert len(grid.buttons) == 22, "asked again, as when the camera comes back"
    grid.show_presets(stored(12))
    assert len(grid.buttons) == 9
    assert grid.more.text() == "3 more"


def test_pictures_that_arrive_leave_the_keyboard_where_it_is(grid: PresetGrid):
    grid.show_presets(stored(3))
    grid.buttons[1].show()
    grid.buttons[1].setFocus()
    seen = QPixmap(16, 9)
    seen.fill(Qt.GlobalColor.darkGray)
    grid.show_pictures({"t1": (seen, b"")})
    assert grid.has_picture("t1") and not grid.has_picture("t2")
    assert grid.window().focusWidget() is grid.buttons[1]
    assert [button.picture is not None for button in grid.buttons] == [True] * 3, "all as tall"
    grid.show_presets(stored(4))
    assert not grid.has_picture("t1"), "another camera's"


def test_nine_need_no_unfolding(grid: PresetGrid):
    grid.show_presets(stored(9))
    assert grid.more.isHidden()
    grid.show_presets([], "No presets stored in this camera.")
    assert grid.more.isHidden()
    assert grid.buttons == []
