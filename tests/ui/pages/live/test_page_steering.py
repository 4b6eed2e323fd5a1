"""Steering through the page: real keys and mouse, and a Stop whenever the hand might have left."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from controlroom.ui.pages.live.panel_parts import Pad
from tests.ui.helpers import show
from tests.ui.pages.live.conftest import LiveDesk

KEY = Qt.Key
LEFT_BUTTON = Qt.MouseButton.LeftButton


def press(desk: LiveDesk, key: Qt.Key) -> None:
    QTest.keyPress(desk.wall, key)


def release(desk: LiveDesk, key: Qt.Key) -> None:
    QTest.keyRelease(desk.wall, key)


def id_of(desk: LiveDesk, number: str) -> str:
    return str(desk.camera(number).id)


def holding(desk: LiveDesk, key: Qt.Key = KEY.Key_Right) -> None:
    """An arrow key is down and the camera under way."""
    press(desk, key)
    assert desk.page.steering.moving
    assert not desk.control.stops


def must_have_stopped(desk: LiveDesk, number: str = "014") -> None:
    assert desk.control.stops == [id_of(desk, number)]
    assert desk.control.orders[-1] == ("stop", id_of(desk, number)), "an order came after the Stop"
    assert not desk.page.steering.moving


@pytest.mark.parametrize(
    ("key", "axis", "sign"),
    [
        (KEY.Key_Left, 0, -1),
        (KEY.Key_Right, 0, 1),
        (KEY.Key_Up, 1, 1),
        (KEY.Key_Down, 1, -1),
        (KEY.Key_Plus, 2, 1),
        (KEY.Key_Minus, 2, -1),
        (KEY.Key_PageUp, 2, 1),
        (KEY.Key_PageDown, 2, -1),
    ],
)
def test_a_key_moves_its_axis_and_letting_go_stops(desk: LiveDesk, key: Qt.Key, axis: int, sign: int):
    press(desk, key)
    (velocity,) = desk.control.moves
    speed = velocity[axis]
    assert isinstance(speed, float)
    assert speed * sign > 0
    assert [each for n, each in enumerate(velocity) if n != axis] == [0, 0]
    release(desk, key)
    must_have_stopped(desk)


def test_a_held_key_repeats_its_order_until_it_is_let_go(desk: LiveDesk):
    holding(desk)
    desk.qtbot.waitUntil(lambda: len(desk.control.moves) >= 3)
    assert len(set(desk.control.moves)) == 1
    release(desk, KEY.Key_Right)
    must_have_stopped(desk)


def test_the_keyboards_own_repeat_is_not_taken_for_a_release(desk: LiveDesk):
    holding(desk)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress) * 3:
        QApplication.sendEvent(
            desk.wall, QKeyEvent(kind, KEY.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
        )
    assert desk.page.steering.moving
    assert not desk.control.stops
    release(desk, KEY.Key_Right)
    must_have_stopped(desk)


def test_two_arrows_together_steer_across_and_each_let_go_is_told_at_once(desk: LiveDesk):
    press(desk, KEY.Key_Right)
    press(desk, KEY.Key_Up)
    pan, tilt, _ = desk.control.moves[-1]
    assert pan == tilt == desk.control.moves[0][0]
    release(desk, KEY.Key_Right)
    assert desk.control.moves[-1] == (0, tilt, 0)
    assert not desk.control.stops
    release(desk, KEY.Key_Up)
    must_have_stopped(desk)


def test_zooming_while_panning(desk: LiveDesk):
    press(desk, KEY.Key_Left)
    press(desk, KEY.Key_Plus)
    pan, _, zoom = desk.control.moves[-1]
    assert isinstance(pan, float)
    assert isinstance(zoom, float)
    assert pan < 0 < zoom
    release(desk, KEY.Key_Plus)
    assert desk.control.moves[-1] == (pan, 0, 0)


def test_opposite_arrows_cancel_and_the_one_left_goes_on(desk: LiveDesk):
    press(desk, KEY.Key_Left)
    press(desk, KEY.Key_Right)
    assert desk.control.moves[-1] == (0, 0, 0)
    release(desk, KEY.Key_Left)
    assert desk.control.moves[-1][0] == -desk.control.moves[0][0]  # type: ignore[operator]


def test_stop_when_the_focus_leaves_the_wall(desk: LiveDesk):
    holding(desk)
    desk.page.list.search.setFocus()
    must_have_stopped(desk)


def test_stop_when_another_window_comes_to_the_front(desk: LiveDesk):
    holding(desk)
    other = QWidget()
    desk.qtbot.addWidget(other)
    show(desk.qtbot, other)
    must_have_stopped(desk)


def test_stop_when_the_page_is_left(desk: LiveDesk):
    holding(desk)
    desk.page.left()
    must_have_stopped(desk)


def test_stop_when_the_page_is_hidden(desk: LiveDesk):
    holding(desk)
    desk.page.hide()
    must_have_stopped(desk)


def test_stop_when_the_window_closes(desk: LiveDesk):
    holding(desk)
    desk.page.close()
    must_have_stopped(desk)


def test_stop_when_another_tile_is_selected(desk: LiveDesk):
    holding(desk)
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    must_have_stopped(desk)
    desk.control.orders.clear()
    release(desk, KEY.Key_Right)
    assert not desk.control.orders, (
        "the other camera was told something by a key pressed before it was chosen"
    )


def test_stop_when_another_camera_takes_the_tile(desk: LiveDesk):
    holding(desk)
    desk.page.arranging.place(desk.camera("075").id)
    must_have_stopped(desk)


def test_stop_when_the_camera_is_taken_off_the_wall(desk: LiveDesk):
    holding(desk)
    QTest.keyClick(desk.wall, KEY.Key_Delete)
    must_have_stopped(desk)


def test_stop_when_somebody_else_signs_in(desk: LiveDesk):
    holding(desk)
    desk.session.sign_in(desk.room.supervisor)
    assert desk.control.stops == [id_of(desk, "014")]


def test_arrows_in_the_search_field_steer_nothing(desk: LiveDesk):
    search = desk.page.list.search
    search.setFocus()
    QTest.keyClick(search, KEY.Key_Left)
    assert not desk.control.orders


def test_a_camera_without_a_head_is_not_steered(desk: LiveDesk):
    QTest.mouseClick(desk.tile(3), LEFT_BUTTON)
    desk.control.orders.clear()
    QTest.keyClick(desk.wall, KEY.Key_Right)
    assert not desk.control.moves
    assert not desk.page.panel.pad.isEnabled()


def test_who_may_only_watch_does_not_steer(desk_of: Callable[..., LiveDesk], room):
    desk = desk_of(room.coordinator)
    desk.fill("014")
    QTest.keyClick(desk.wall, KEY.Key_Right)
    assert not desk.control.orders
    assert not desk.page.panel.pad.isEnabled()
    assert "watch" in desk.page.panel.hold.text()


# -- the pad -------------------------------------------------------------------------------------------------


def at(pad: Pad, across: float, down: float) -> QPoint:
    """A place on the pad in radii from its middle."""
    radius = pad.width() / 2
    return QPoint(round(radius * (1 + across)), round(radius * (1 + down)))


def test_the_pad_is_faster_farther_from_its_middle(desk: LiveDesk):
    pad = desk.page.panel.pad
    QTest.mousePress(pad, LEFT_BUTTON, pos=at(pad, 0.4, 0))
    QTest.mouseMove(pad, at(pad, 0.9, 0))
    slow, fast = (desk.control.moves[n][0] for n in (0, -1))
    assert isinstance(slow, float)
    assert isinstance(fast, float)
    assert 0 < slow < fast <= 1
    QTest.mouseRelease(pad, LEFT_BUTTON, pos=at(pad, 0.9, 0))
    must_have_stopped(desk)


def test_the_pads_top_is_up_and_its_middle_stands_still(desk: LiveDesk):
    pad = desk.page.panel.pad
    QTest.mousePress(pad, LEFT_BUTTON, pos=at(pad, 0, -0.8))
    pan, tilt, zoom = desk.control.moves[-1]
    assert isinstance(pan, float)
    assert isinstance(tilt, float)
    assert tilt > 0
    assert abs(pan) < 0.1
    assert zoom == 0
    QTest.mouseMove(pad, at(pad, 0, 0))
    assert desk.control.orders[-1][0] == "stop" or desk.control.moves[-1] == (0, 0, 0)
    QTest.mouseRelease(pad, LEFT_BUTTON, pos=at(pad, 0, 0))
    must_have_stopped(desk)


def test_a_press_that_wanders_off_the_pad_is_held_at_full_speed(desk: LiveDesk):
    pad = desk.page.panel.pad
    QTest.mousePress(pad, LEFT_BUTTON, pos=at(pad, 0.5, 0))
    QTest.mouseMove(pad, at(pad, 5, 0))
    pan = desk.control.moves[-1][0]
    assert pan == pytest.approx(desk.page.panel.speed.value() / 100)
    QTest.mouseRelease(pad, LEFT_BUTTON, pos=at(pad, 5, 0))
    must_have_stopped(desk)


def test_using_the_pad_leaves_the_keys_with_the_wall(desk: LiveDesk):
    pad = desk.page.panel.pad
    QTest.mouseClick(pad, LEFT_BUTTON, pos=at(pad, 0.5, 0))
    assert QApplication.focusWidget() is desk.wall


def test_a_zoom_button_zooms_while_held(desk: LiveDesk):
    button = desk.page.panel.zoom_in
    QTest.mousePress(button, LEFT_BUTTON)
    zoom = desk.control.moves[-1][2]
    assert isinstance(zoom, float)
    assert zoom > 0
    QTest.mouseRelease(button, LEFT_BUTTON)
    must_have_stopped(desk)


def test_the_speed_slider_slows_the_keys(desk: LiveDesk):
    desk.page.panel.speed.setValue(100)
    QTest.keyClick(desk.wall, KEY.Key_Right)
    desk.page.panel.speed.setValue(20)
    QTest.keyClick(desk.wall, KEY.Key_Right)
    fast, slow = desk.control.moves[0][0], desk.control.moves[-1][0]
    assert (fast, slow) == (pytest.approx(1.0), pytest.approx(0.2))


def test_the_panel_and_the_tile_say_who_steers(desk: LiveDesk):
    holding(desk)
    assert "You have control" in desk.page.panel.hold.text()
    assert "control" in desk.tile(0).note
    release(desk, KEY.Key_Right)
    assert "You have control" not in desk.page.panel.hold.text()
    assert not desk.tile(0).note


# -- presets -------------------------------------------------------------------------------------------------


def test_a_cameras_presets_are_buttons(desk: LiveDesk):
    buttons = desk.page.panel.presets
    assert [button.text() for button in buttons] == ["Station steps", "Tram stop"]
    QTest.mouseClick(buttons[1], LEFT_BUTTON)
    assert desk.control.orders == [("preset", id_of(desk, "014"), "9")]


def test_p_then_a_figure_drives_to_a_preset(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_P)
    QTest.keyClick(desk.wall, KEY.Key_2)
    desk.qtbot.waitUntil(lambda: desk.control.orders == [("preset", id_of(desk, "014"), "9")])
    assert desk.page.placing.typed == "", "the figure was taken for a camera's number too"


def test_presets_of_a_camera_left_meanwhile_are_not_shown(desk: LiveDesk):
    desk.control.silent = True
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    QTest.mouseClick(desk.tile(3), LEFT_BUTTON)
    assert desk.page.panel.presets == []
