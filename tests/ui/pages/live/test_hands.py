"""What a hand does besides holding: wheel, aim, focus, iris, home, extras. What a camera lacks is off and says why."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from controlroom.cameras.aiming import Aim, AimWay
from controlroom.cameras.devices import ControlEvent, ControlEventKind, PtzAbilities
from controlroom.cameras.holds.records import Hold, HoldsSeen
from controlroom.cameras.lens import NO_LENS
from controlroom.ui.messages import Message
from controlroom.ui.pages.live.tile import Tile
from tests.ui.pages.live.conftest import FIXED, LiveDesk

KEY = Qt.Key
LEFT_BUTTON = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


def id_of(desk: LiveDesk, number: str = "014") -> str:
    return str(desk.camera(number).id)


def place_in(tile: Tile, across: float, down: float) -> QPoint:
    """A place of the picture, in shares from its top left corner."""
    picture = tile.picture_rect()
    return QPoint(
        round(picture.left() + across * picture.width()), round(picture.top() + down * picture.height())
    )


def turn_wheel(tile: Tile, notches: int) -> None:
    middle = QPointF(tile.rect().center())
    turned = QWheelEvent(
        middle,
        QPointF(tile.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(tile, turned)


def aims(desk: LiveDesk) -> list[Aim]:
    return [order[2] for order in desk.control.orders if order[0] == "aim" and isinstance(order[2], Aim)]


# -- wheel ---------------------------------------------------------------------------------------------------


def test_the_wheel_zooms_the_selected_camera_by_steps_that_end_by_themselves(desk: LiveDesk):
    turn_wheel(desk.tile(0), 2)
    pan, tilt, zoom = desk.control.moves[0]
    assert (pan, tilt) == (0, 0)
    assert isinstance(zoom, float) and zoom > 0
    desk.qtbot.waitUntil(lambda: desk.control.stops == [id_of(desk)])
    desk.control.orders.clear()
    turn_wheel(desk.tile(0), -1)
    assert desk.control.moves[0][2] == -zoom
    desk.page.left()
    assert desk.control.stops == [id_of(desk)], "stopped with the hand, not only by its time"
    desk.page.entered()
    desk.control.orders.clear()
    turn_wheel(desk.tile(1), 3)
    assert not desk.control.orders, "another tile than the selected one: nothing happens"
    assert desk.page.wall.selected.index == 0


def test_a_key_takes_over_from_the_wheel_and_the_wheel_never_from_a_key(desk: LiveDesk):
    turn_wheel(desk.tile(0), 3)
    QTest.keyPress(desk.wall, KEY.Key_Left)
    assert desk.control.moves[-1][2] == 0, "the zoom ended where the key began"
    turn_wheel(desk.tile(0), 3)
    assert desk.control.moves[-1][2] == 0
    QTest.keyRelease(desk.wall, KEY.Key_Left)
    assert desk.control.orders[-1] == ("stop", id_of(desk))


# -- stop ----------------------------------------------------------------------------------------------------


def test_one_plain_key_or_button_stops_whatever_moves_the_camera_and_asks_nobody(desk: LiveDesk):
    desk.page.holds_seen.emit(
        HoldsSeen((Hold(id_of(desk), 3, "desk 2", "Operator 08"),), guarded=True)
    )  # also while somebody else has control
    desk.page.panel.presets[0].click()
    QTest.keyClick(desk.wall, KEY.Key_S)
    assert desk.control.orders[-1] == ("stop all", id_of(desk))
    QTest.keyPress(desk.wall, KEY.Key_Left)
    button = desk.page.panel.tools[0]
    assert (button.text(), button.key) == ("Stop", "S")
    button.click()
    assert desk.control.orders[-2:] == [("stop all", id_of(desk)), ("stop", id_of(desk))]
    assert not desk.page.steering.moving, "and what is held down counts no more"
    QTest.keyRelease(desk.wall, KEY.Key_Left)
    desk.fill(FIXED)
    assert not button.isEnabled() and "No camera" in desk.page.hands.why_not_stop()


# -- aim -----------------------------------------------------------------------------------------------------


def test_b_then_a_click_centres_and_a_box_zooms_on_the_steered_tile_alone(desk: LiveDesk):
    frame, tile = desk.page.hands.frame, desk.tile(0)
    QTest.keyClick(desk.wall, KEY.Key_B)
    assert frame.isVisible() and frame.parent() is tile
    QTest.mouseClick(frame, LEFT_BUTTON, pos=place_in(tile, 0.75, 0.25))
    QTest.mousePress(frame, LEFT_BUTTON, pos=place_in(tile, 0.5, 0.5))
    QTest.mouseMove(frame, place_in(tile, 0.75, 0.7))
    QTest.mouseRelease(frame, LEFT_BUTTON, pos=place_in(tile, 0.75, 0.7))
    click, box = aims(desk)
    assert (click.x, click.y, click.closer) == pytest.approx((0.5, 0.5, 1), abs=0.02)
    assert (box.x, box.y, box.closer) == pytest.approx((0.25, -0.2, 4), abs=0.1)
    assert {order[1] for order in desk.control.orders if order[0] == "aim"} == {id_of(desk)}
    assert frame.isVisible(), "for the next place"
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    assert not frame.isVisible()
    assert desk.page.wall.selected.index == 1
    assert len(aims(desk)) == 2, "a plain click only selects"


def test_ctrl_and_a_drag_aims_once_and_on_another_tile_selects_only(desk: LiveDesk):
    frame, tile = desk.page.hands.frame, desk.tile(0)
    QTest.mousePress(tile, LEFT_BUTTON, CTRL, place_in(tile, 0.25, 0.25))
    assert frame.isVisible()
    QTest.mouseMove(tile, place_in(tile, 0.75, 0.75))
    QTest.mouseRelease(tile, LEFT_BUTTON, pos=place_in(tile, 0.75, 0.75))
    assert not frame.isVisible()
    (aim,) = aims(desk)
    assert (aim.x, aim.y, aim.closer) == pytest.approx((0, 0, 2), abs=0.05)
    QTest.mousePress(desk.tile(1), LEFT_BUTTON, CTRL, place_in(desk.tile(1), 0.2, 0.2))
    QTest.mouseRelease(desk.tile(1), LEFT_BUTTON, CTRL, place_in(desk.tile(1), 0.2, 0.2))
    assert len(aims(desk)) == 1
    assert desk.page.wall.selected.index == 1


def test_the_frame_is_moved_sized_and_sent_by_keys_that_then_steer_nothing(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_B)
    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Up, KEY.Key_Plus, KEY.Key_Plus, KEY.Key_Return):
        QTest.keyClick(desk.wall, key)
    (aim,) = aims(desk)
    assert (aim.x, aim.y, aim.closer) == pytest.approx((0.2, 0.1, 4))
    assert not desk.control.moves
    assert desk.page.wall.enlarged is None, "Enter went to the frame"
    QTest.keyClick(desk.wall, KEY.Key_Escape)
    assert not desk.page.hands.frame.isVisible()
    QTest.keyClick(desk.wall, KEY.Key_Right)
    assert desk.control.moves, "the arrows steer again"


def test_a_camera_that_only_knows_speeds_is_aimed_by_a_short_movement_that_a_hand_ends(desk: LiveDesk):
    desk.control.can = PtzAbilities(pan_tilt=True, zoom=True)
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    desk.settle()
    desk.control.orders.clear()
    desk.page.hands.aim(Aim(1, 0))
    pan, tilt, zoom = desk.control.moves[-1]
    assert isinstance(pan, float) and pan > 0
    assert (tilt, zoom) == (0, 0)
    assert not aims(desk)
    desk.page.selected.let_go()
    assert desk.control.stops == [id_of(desk, "015")]


def test_a_camera_that_turns_out_not_to_tell_where_it_looks_is_aimed_by_a_short_movement(desk: LiveDesk):
    desk.control.can = PtzAbilities(pan_tilt=True, zoom=True, relative=True)
    desk.control.aims_by = AimWay.TIMED
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    desk.settle()
    said: list[str] = []
    desk.page.hands.said.connect(said.append)
    desk.page.hands.aim(Aim(1, 0))
    assert not desk.control.moves
    desk.settle()
    pan, tilt, zoom = desk.control.moves[-1]
    assert isinstance(pan, float) and pan > 0
    assert (tilt, zoom) == (0, 0)
    assert "short movement" in said[-1]


def test_an_estimate_is_said_to_be_one(desk: LiveDesk):
    desk.control.can = PtzAbilities(pan_tilt=True, zoom=True, absolute=True)
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    desk.settle()
    desk.page.hands.aim(Aim(1, 0))
    desk.settle()
    assert "estimate" in desk.page.panel.hold.text()


# -- focus, iris, home, extras -------------------------------------------------------------------------------


def test_a_held_focus_key_focuses_and_letting_go_stops_the_focus_alone(desk: LiveDesk):
    QTest.keyPress(desk.wall, KEY.Key_Period)
    (order,) = desk.control.orders
    assert order[:2] == ("focus", id_of(desk))
    QTest.keyPress(desk.wall, KEY.Key_Right)
    assert desk.control.moves
    QTest.keyRelease(desk.wall, KEY.Key_Greater)  # Shift went down meanwhile: the same key by another name
    assert desk.control.orders[-1] == ("stop focus", id_of(desk))
    assert not desk.control.stops, "the head goes on"
    QTest.keyRelease(desk.wall, KEY.Key_Right)
    assert desk.control.orders[-1] == ("stop", id_of(desk))
    desk.control.orders.clear()
    QTest.mousePress(desk.page.panel.lens.near, LEFT_BUTTON)
    order = desk.control.orders[-1]
    assert order[0] == "focus" and isinstance(order[2], float) and order[2] < 0
    desk.page.list.search.setFocus()
    assert desk.control.orders[-1] == ("stop focus", id_of(desk)), "the hand may have left"
    QTest.mouseRelease(desk.page.panel.lens.near, LEFT_BUTTON)


def test_keys_of_iris_autofocus_home_and_extras(desk: LiveDesk):
    panel = desk.page.panel
    for key, modifier in (
        (KEY.Key_Greater, Qt.KeyboardModifier.NoModifier),
        (KEY.Key_Less, Qt.KeyboardModifier.NoModifier),
        (KEY.Key_A, Qt.KeyboardModifier.NoModifier),
        (KEY.Key_A, Qt.KeyboardModifier.ShiftModifier),
        (KEY.Key_Home, Qt.KeyboardModifier.NoModifier),
        (KEY.Key_X, Qt.KeyboardModifier.NoModifier),
    ):
        QTest.keyClick(desk.wall, key, modifier)
    desk.settle()
    assert [order[0] for order in desk.control.orders] == ["iris", "iris", "autofocus", "auto iris", "home"]
    assert [order[2] for order in desk.control.orders[:3]] == [1, -1, False]
    assert "by hand" in panel.lens._focus_words.text()
    (wiper,) = panel.extras.buttons
    assert wiper.text() == "Wiper on"
    assert wiper.hasFocus()
    for key in (KEY.Key_Space, KEY.Key_Return):
        QTest.keyClick(wiper, key)
        assert desk.control.orders.pop() == ("auxiliary", id_of(desk), "tt:Wiper|On")
    desk.settle()
    assert panel.hold.text() == "Camera 014: wiper on."
    assert desk.page.wall.enlarged is None


def test_what_a_camera_lacks_is_off_and_its_key_says_why(desk: LiveDesk):
    desk.control.can = PtzAbilities(pan_tilt=False, zoom=False)
    desk.control.lens_state = NO_LENS
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON)
    desk.settle()
    panel, actions = desk.page.panel, desk.page.declared_actions()
    assert not panel.pad.isEnabled()
    assert "no zoom" in panel.zoom_in.why_not
    assert "focus" in panel.lens.near.why_not
    assert panel.extras.isHidden()
    why = {each.keys: each.why_not() for each in actions}
    for keys in ("B", "Home", "A", "<", ">", "Shift+A", "X"):
        assert why[keys], f"{keys} is offered though the camera cannot do it"
    desk.control.orders.clear()
    said: list[str] = []
    desk.messages.shown.connect(lambda message: said.append(message.text))
    for key, word in ((KEY.Key_Plus, "no zoom"), (KEY.Key_Left, "does not turn"), (KEY.Key_Comma, "focus")):
        QTest.keyClick(desk.wall, key)
        assert word in said[-1]
    assert not desk.control.orders
    QTest.mouseClick(desk.tile(0), LEFT_BUTTON)
    QTest.mouseClick(desk.tile(3), LEFT_BUTTON)
    assert desk.shown()[3] == FIXED
    turn_wheel(desk.tile(3), 1)
    assert not desk.control.moves, "nothing to steer on that tile"


def test_a_focus_that_may_still_move_is_an_alarm(desk: LiveDesk):
    said: list[Message] = []
    desk.messages.shown.connect(said.append)
    kind = ControlEventKind.FOCUS_UNCONFIRMED
    desk.page.control_reported.emit(ControlEvent(id_of(desk), kind, "no answer"))
    assert "focus may still be moving" in said[0].text
    assert said[0].kind == "alarm"
