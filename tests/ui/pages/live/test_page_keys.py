"""More keys and hands: speed, lost releases, numbers that fill the wall, news from the control process."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from controlroom.cameras.devices import ControlEvent, ControlEventKind, Preset
from controlroom.errors import Unavailable
from tests.ui.pages.live.conftest import FIXED, LiveDesk

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT_BUTTON = Qt.MouseButton.LeftButton


def pan_of(desk: LiveDesk) -> float:
    """How fast the last order pans."""
    pan = desk.control.moves[-1][0]
    assert isinstance(pan, float | int)
    return pan


def test_brackets_make_steering_slower_and_faster(desk: LiveDesk):
    QTest.keyPress(desk.wall, KEY.Key_Right)
    usual = pan_of(desk)
    QTest.keyClick(desk.wall, KEY.Key_BracketRight)
    faster = pan_of(desk)
    QTest.keyClick(desk.wall, KEY.Key_BracketLeft)
    QTest.keyClick(desk.wall, KEY.Key_BracketLeft)
    assert 0 < pan_of(desk) < usual < faster <= 1
    QTest.keyRelease(desk.wall, KEY.Key_Right)


def test_speed_has_a_floor_and_a_ceiling(desk: LiveDesk):
    for _ in range(30):
        QTest.keyClick(desk.wall, KEY.Key_BracketLeft)
    QTest.keyClick(desk.wall, KEY.Key_Right)
    assert 0 < pan_of(desk) <= 0.2
    for _ in range(30):
        QTest.keyClick(desk.wall, KEY.Key_BracketRight)
    QTest.keyClick(desk.wall, KEY.Key_Right)
    assert pan_of(desk) == 1.0


def test_a_key_whose_release_went_elsewhere_is_let_go_when_its_repeats_cease(desk: LiveDesk):
    QTest.keyPress(desk.wall, KEY.Key_Right)
    repeat = QKeyEvent(QEvent.Type.KeyPress, KEY.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
    QApplication.sendEvent(desk.wall, repeat)
    assert desk.page.steering.moving
    desk.clock.advance(1.5)
    desk.qtbot.waitUntil(lambda: not desk.page.steering.moving)
    assert desk.control.orders[-1] == ("stop", str(desk.camera("014").id))


def test_the_pad_is_let_go_when_the_mouse_is_taken_away(desk: LiveDesk):
    pad = desk.page.panel.pad
    QTest.mousePress(pad, LEFT_BUTTON, pos=QPoint(pad.width() - 8, pad.height() // 2))
    assert desk.page.steering.moving
    QApplication.sendEvent(pad, QEvent(QEvent.Type.UngrabMouse))
    desk.page.panel.pad.hide()
    desk.qtbot.waitUntil(lambda: not desk.page.steering.moving)


def test_closing_the_panel_lets_the_camera_go(desk: LiveDesk):
    pad = desk.page.panel.pad
    QTest.mousePress(pad, LEFT_BUTTON, pos=QPoint(pad.width() - 8, pad.height() // 2))
    QTest.keyClick(desk.wall, KEY.Key_F9)
    assert desk.control.stops == [str(desk.camera("014").id)]


def test_orders_cease_with_the_stop(desk: LiveDesk):
    QTest.keyPress(desk.wall, KEY.Key_Up)
    QTest.keyRelease(desk.wall, KEY.Key_Up)
    told = len(desk.control.orders)
    desk.page.steering.tend()  # as the repeating timer would, had it not been stopped
    assert len(desk.control.orders) == told


# -- numbers -------------------------------------------------------------------------------------------------


def test_numbers_typed_one_after_another_fill_the_next_empty_tiles(desk: LiveDesk):
    desk.page.arranging.show([])
    desk.page.wall.select(0)
    for number in ("14", "15", "H3"):
        QTest.keyClicks(desk.wall, number)
        QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.shown() == ["014", "015", "H03", ""]


def test_backspace_takes_a_figure_back(desk: LiveDesk):
    QTest.keyClicks(desk.wall, "76")
    QTest.keyClick(desk.wall, KEY.Key_Backspace)
    QTest.keyClicks(desk.wall, "5")
    assert desk.page.placing.found == desk.camera("075")
    QTest.keyClick(desk.wall, KEY.Key_Escape)


def test_steering_while_a_number_is_half_typed_still_steers(desk: LiveDesk):
    QTest.keyClicks(desk.wall, "7")
    QTest.keyPress(desk.wall, KEY.Key_Left)
    assert desk.page.steering.moving
    QTest.keyRelease(desk.wall, KEY.Key_Left)
    assert not desk.page.steering.moving


@pytest.mark.parametrize(
    ("key", "reached"), [(KEY.Key_Right, 1), (KEY.Key_Down, 2), (KEY.Key_Left, 0), (KEY.Key_Up, 0)]
)
def test_ctrl_and_an_arrow_select_the_tile_beside(desk: LiveDesk, key: Qt.Key, reached: int):
    QTest.keyClick(desk.wall, key, CTRL)
    assert desk.page.wall.selected.index == reached
    assert not desk.control.moves


def test_letters_in_the_search_field_are_only_letters(desk: LiveDesk):
    search = desk.page.list.search
    search.setFocus()
    QTest.keyClicks(search, "plt2")
    assert search.text() == "plt2"
    assert desk.control.orders == []
    assert desk.page.placing.typed == ""


def test_walking_the_tiles_while_one_is_enlarged_shows_the_next_alone(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_Return)
    QTest.keyClick(desk.wall, KEY.Key_Right, CTRL)
    assert desk.page.wall.enlarged in (None, 1)
    assert desk.page.wall.selected.index == 1
    assert desk.tile(1).isVisible()


# -- news from the control process ---------------------------------------------------------------------------


def test_a_camera_that_cannot_be_steered_any_more_is_told_of_in_the_panel(desk: LiveDesk):
    event = ControlEvent(
        str(desk.camera("014").id), ControlEventKind.UNREACHABLE, "The camera does not answer."
    )
    usual = desk.page.panel.hold.text()
    desk.page.control_reported.emit(event)
    assert desk.page.panel.hold.text() != usual
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    assert desk.page.panel.hold.text() == usual


def test_presets_are_asked_again_when_the_camera_can_be_reached(desk: LiveDesk):
    number = str(desk.camera("014").id)
    desk.control.error = Unavailable("The camera is not connected.")
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    QTest.mouseClick(desk.tile(0), LEFT_BUTTON)
    desk.qtbot.waitUntil(lambda: not desk.page.panel.presets)
    desk.control.error = None
    desk.control.stored = [Preset("1", "Station steps")]
    desk.page.control_reported.emit(ControlEvent(number, ControlEventKind.REACHABLE))
    desk.qtbot.waitUntil(lambda: len(desk.page.panel.presets) == 1)


def test_a_stop_that_no_camera_confirmed_is_an_alarm(desk: LiveDesk):
    event = ControlEvent(str(desk.camera("014").id), ControlEventKind.STOP_UNCONFIRMED, "No answer to Stop.")
    desk.page.control_reported.emit(event)
    assert desk.messages.last is not None
    assert desk.messages.last.kind == "alarm"
    assert "014" in desk.messages.last.text


def test_a_camera_that_does_not_acknowledge_stop_says_so_on_its_tile_until_it_does(desk: LiveDesk):
    number = str(desk.camera("014").id)
    desk.page.control_reported.emit(ControlEvent(number, ControlEventKind.STOP_OWED, "It refused."))
    assert desk.messages.last is not None
    assert "014 may still be moving: it does not acknowledge Stop" in desk.messages.last.text
    assert desk.tile(0).note == "Does not acknowledge Stop"
    desk.page.control_reported.emit(ControlEvent(number, ControlEventKind.STOPPED))
    assert desk.tile(0).note != "Does not acknowledge Stop"


# -- people --------------------------------------------------------------------------------------------------


def test_who_may_not_open_incidents_is_not_offered_it(desk_of: Callable[..., LiveDesk], room):
    desk = desk_of(room.coordinator)
    desk.fill("014", FIXED)
    asked: list[object] = []
    desk.page.incident_wanted.connect(lambda *args: asked.append(args))
    QTest.keyClick(desk.wall, KEY.Key_F2)
    desk.settle()
    assert asked == []
    button = desk.page.panel.buttons[desk.page.live_actions.incident]
    assert not button.isEnabled()
    assert "does not open incidents" in button.why_not


def test_the_wall_goes_dark_when_somebody_without_the_right_to_watch_signs_in(desk: LiveDesk):
    desk.session.sign_in(desk.room.auditor)
    desk.settle()
    assert desk.pool.streams == {}
