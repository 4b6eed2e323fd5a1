"""The presets of the selected camera: the first nine have figures, and all of them can be driven to."""

import pytest
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


def test_nine_need_no_unfolding(grid: PresetGrid):
    grid.show_presets(stored(9))
    assert grid.more.isHidden()
    grid.show_presets([], "No presets stored in this camera.")
    assert grid.more.isHidden()
    assert grid.buttons == []
