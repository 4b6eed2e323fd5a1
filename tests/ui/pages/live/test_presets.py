"""Presets from the panel: saved with a picture, renamed, removed, home; refused in words where a role does not."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from controlroom.cameras.devices import DeviceFault, FaultKind, Preset, PtzStatus
from tests.builders import Room
from tests.ui.pages.live.conftest import LiveDesk

KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def told(desk: LiveDesk, what: str) -> list[tuple[object, ...]]:
    return [order[2:] for order in desk.control.orders if order[0] == what]


def names(desk: LiveDesk) -> list[str]:
    return [button.text() for button in desk.page.panel.presets]


def supervised(desk_of: Callable[..., LiveDesk], room: Room) -> LiveDesk:
    desk = desk_of(room.supervisor)
    desk.page.arranging.set_size(4)
    desk.fill("014", "015")
    desk.go_live()
    desk.settle()
    return desk


def test_a_view_is_kept_as_a_preset_with_the_picture_of_that_moment(desk: LiveDesk):
    form = desk.page.presets.form
    QTest.keyClick(desk.wall, KEY.Key_P, SHIFT)
    assert form.isVisible() and form.edit.hasFocus()
    QTest.keyClick(form.edit, KEY.Key_Return)
    desk.settle()
    assert "no name" in form.said.text(), "said at the field, and nothing asked of the camera"
    assert not told(desk, "save preset")
    QTest.keyClicks(form.edit, "Bus stop")
    QTest.keyClick(form.edit, KEY.Key_Return)
    desk.settle()
    assert told(desk, "save preset") == [("Bus stop",)]
    assert names(desk) == ["Station steps", "Tram stop", "Bus stop"]
    assert form.isHidden() and desk.wall.hasFocus()
    picture = desk.page.panel.presets[2].picture
    assert picture is not None and picture.width() > 100
    assert not form.home.isEnabled(), "an operator does not move the home of everybody"


def test_a_picture_is_not_lost_while_the_camera_does_not_list_its_preset_yet(desk: LiveDesk):
    presets, camera = desk.page.presets, desk.camera("014")
    still = desk.tile(0).still(192, 108)
    assert still is not None
    presets._keep(camera, "t3", still)
    desk.settle()
    desk.control.stored.append(Preset("t3", "Bus stop", 0, 0, 0))
    desk.page.selected.ask_presets()
    desk.settle()
    assert desk.page.panel.preset_grid.has_picture("t3")


def test_what_the_camera_refuses_is_said_in_the_form_which_keeps_the_name(desk: LiveDesk):
    form = desk.page.presets.form
    QTest.keyClick(desk.wall, KEY.Key_P, SHIFT)
    QTest.keyClicks(form.edit, "Tram stop")
    desk.control.error = DeviceFault(FaultKind.NAME_IN_USE, "There is one of that name.")
    QTest.keyClick(form.edit, KEY.Key_Return)
    desk.settle()
    assert "of that name" in form.said.text()
    assert form.edit.text() == "Tram stop" and form.save.isEnabled()
    QTest.keyClick(form.edit, KEY.Key_Escape)
    assert form.isHidden() and desk.wall.hasFocus()


def test_e_then_a_preset_renames_or_removes_it_and_drives_there_first(
    desk_of: Callable[..., LiveDesk], room: Room
):
    desk = supervised(desk_of, room)
    form = desk.page.presets.form
    QTest.keyClick(desk.wall, KEY.Key_E)
    QTest.keyClick(desk.wall, KEY.Key_2)
    assert told(desk, "preset") == [("9",)], "so that it is seen which one it is"
    assert form.edit.text() == "Tram stop"
    QTest.keyClicks(form.edit, "Tram shelter")
    QTest.keyClick(form.edit, KEY.Key_Return)
    desk.settle()
    assert told(desk, "rename preset") == [("9", "Tram shelter")]
    assert names(desk) == ["Station steps", "Tram shelter"]
    desk.page.panel.preset_grid.edit_wanted.emit("7")
    form.remove.click()
    desk.settle()
    assert not told(desk, "remove preset"), "asked once more"
    form.remove.click()
    desk.settle()
    assert told(desk, "remove preset") == [("7",)]
    assert names(desk) == ["Tram shelter"]
    QTest.keyClick(desk.wall, KEY.Key_P, SHIFT)
    form.home.click()
    form.home.click()
    desk.settle()
    assert told(desk, "set home") == [()]


def test_esc_chooses_no_preset_to_change_and_figures_are_cameras_again(
    desk_of: Callable[..., LiveDesk], room: Room
):
    desk = supervised(desk_of, room)
    QTest.keyClick(desk.wall, KEY.Key_E)
    QTest.keyClick(desk.wall, KEY.Key_Escape)
    QTest.keyClick(desk.wall, KEY.Key_2)
    assert desk.page.presets.form.isHidden() and not told(desk, "preset")


def test_an_operator_is_told_who_changes_presets_and_the_camera_stays(desk: LiveDesk):
    refused: list[str] = []
    desk.page.refused.connect(refused.append)
    QTest.keyClick(desk.wall, KEY.Key_E)
    assert refused and "role" in refused[0]
    desk.page.panel.preset_grid.edit_wanted.emit("7")
    assert desk.page.presets.form.isHidden() and not desk.control.orders
    desk.page.panel.presets[0].click()
    assert told(desk, "preset") == [("7",)], "a press drives there, as usual"


def test_a_preset_without_a_picture_gets_one_when_the_camera_has_arrived(desk: LiveDesk):
    presets = desk.page.presets
    desk.control.at = PtzStatus(0.9, 0, 0, True)
    desk.page.panel.presets[1].click()
    for at in (desk.control.at, PtzStatus(0.2, 0, 0, False), PtzStatus(0.2, 0, 0, False)):
        assert not desk.page.panel.preset_grid.has_picture("9")
        desk.control.at = at
        presets._look()
        desk.settle()
    desk.settle()
    assert desk.page.panel.preset_grid.has_picture("9")
    desk.page.panel.presets[0].click()
    QTest.keyPress(desk.wall, KEY.Key_Left)
    desk.control.at = PtzStatus(0, 0, 0, False)
    for _ in range(3):
        presets._look()
        desk.settle()
    QTest.keyRelease(desk.wall, KEY.Key_Left)
    assert not desk.page.panel.preset_grid.has_picture("7"), "it was steered away"


def test_the_form_goes_with_its_camera(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_P, SHIFT)
    QTest.mouseClick(desk.tile(1), Qt.MouseButton.LeftButton)
    assert desk.page.presets.form.isHidden()
