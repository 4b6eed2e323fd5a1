"""What must hold of the page's looks at every size: nothing cut off, pictures large, keys named truly."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QLabel, QWidget

from controlroom.cameras.devices import Preset
from controlroom.ui.messages import Kind
from controlroom.ui.shell.main_window import MainWindow
from tests.ui.helpers import show
from tests.ui.pages.live.conftest import FIXED, LiveDesk

SIZES = [(1920, 1080), (1366, 768), (1280, 720)]  # the last: 1920 × 1080 at a scale of 1.5


@pytest.fixture
def window(desk: LiveDesk) -> Iterator[MainWindow]:
    """The page in the one window of the desk."""
    desk.control.stored = [Preset(str(n), f"Wide view to the junction {n}", 0, 0, 0) for n in range(1, 7)]
    made = MainWindow(desk.session, desk.messages, [desk.page], clock=desk.room.clock, state=desk.state)
    desk.qtbot.addWidget(made)
    show(desk.qtbot, made)
    desk.page.wall.select(1)
    desk.page.wall.select(0)
    desk.settle()
    yield made
    made.close()


def cut_off(inside: QWidget) -> list[str]:
    """What lies beyond the sides of `inside`, by its words."""
    wrong = []
    for kind in (QAbstractButton, QAbstractSlider, QLabel):
        for each in inside.findChildren(kind):
            if not each.isVisible() or not each.width():
                continue
            place = QRect(each.mapTo(inside, QPoint(0, 0)), each.size())
            if place.left() < 0 or place.right() > inside.width():
                wrong.append(each.text() if isinstance(each, QLabel | QAbstractButton) else "slider")
    return wrong


@pytest.mark.parametrize("size", SIZES)
def test_nothing_in_list_or_panel_is_cut_off(desk: LiveDesk, window: MainWindow, size: tuple[int, int]):
    window.resize(*size)
    desk.settle()
    desk.qtbot.waitUntil(lambda: desk.page.rect().right() <= window.rect().right())
    assert desk.page.panel.presets
    assert cut_off(desk.page.panel) == []
    assert cut_off(desk.page.list) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_pictures_have_most_of_the_window(desk: LiveDesk, window: MainWindow, size: tuple[int, int]):
    window.resize(*size)
    desk.qtbot.waitUntil(lambda: desk.page.rect().right() <= window.rect().right())
    assert desk.page.wall.width() > size[0] * 0.54


def test_list_and_panel_can_be_put_away_for_the_pictures(desk: LiveDesk, window: MainWindow):
    before = desk.page.wall.width()
    for key in (Qt.Key.Key_F7, Qt.Key.Key_F9):
        QTest.keyClick(desk.wall, key)
    desk.qtbot.waitUntil(lambda: desk.page.wall.width() > before + 400)
    for key in (Qt.Key.Key_F7, Qt.Key.Key_F9):
        QTest.keyClick(desk.wall, key)
    desk.qtbot.waitUntil(lambda: desk.page.wall.width() == before)


@pytest.mark.parametrize("tiles", [1, 4, 9, 16])
def test_tiles_fill_the_wall_and_do_not_overlap(desk: LiveDesk, tiles: int):
    desk.page.arranging.set_size(tiles)
    places = [desk.tile(index).geometry() for index in range(tiles)]
    for number, place in enumerate(places):
        assert desk.page.wall.rect().contains(place)
        assert not any(place.intersects(other) for other in places[number + 1 :])
        assert place.size() == places[0].size(), "captions of neighbours would differ"
    assert len({(place.width(), place.height()) for place in places}) == 1, "captions would differ"
    left_over = desk.page.wall.rect().bottomRight() - places[-1].bottomRight()
    assert max(left_over.x(), left_over.y()) < tiles


def test_a_picture_is_shown_whole_and_in_its_own_proportions(desk: LiveDesk):
    for index in range(4):
        place = desk.tile(index).picture_rect()
        assert desk.tile(index).rect().contains(place)
        assert place.width() / place.height() == pytest.approx(16 / 9, rel=0.02)


def test_every_action_of_the_panel_shows_a_key(desk: LiveDesk):
    shown = {button.text(): button.key for button in desk.page.panel.buttons.values()}
    assert shown == {
        "Open incident": "F2",
        "Snapshot": "F3",
        "Log entry": "L",
        "Enlarge": "Enter",
        "Try again": "T",
        "Take off": "Del",
    }


def test_leaving_for_the_log_line_stops_the_camera(desk: LiveDesk, window: MainWindow):
    desk.wall.setFocus()
    desk.control.orders.clear()
    QTest.keyPress(desk.wall, Qt.Key.Key_Left)
    assert desk.page.steering.moving
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert desk.control.stops == [str(desk.camera("014").id)]


def test_closing_the_window_stops_the_camera(desk: LiveDesk, window: MainWindow):
    desk.wall.setFocus()
    desk.control.orders.clear()
    QTest.keyPress(desk.wall, Qt.Key.Key_Left)
    window.close()
    assert desk.control.stops == [str(desk.camera("014").id)]


def test_the_wall_is_described_for_the_log_line(desk: LiveDesk):
    with desk.qtbot.waitSignal(desk.page.camera_selected) as told:
        QTest.mouseClick(desk.tile(3), Qt.MouseButton.LeftButton)
    assert told.args == [desk.camera(FIXED).id]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["done", "alarm"])
def test_messages_do_not_cover_the_pictures(
    desk: LiveDesk, window: MainWindow, size: tuple[int, int], kind: Kind
):
    window.resize(*size)
    desk.settle()
    desk.messages.show("Camera 014 may still be moving: it has not confirmed Stop.", kind)
    for hidden in (None, desk.page.panel):
        if hidden is not None:
            hidden.hide()
        desk.settle()

        def clear() -> bool:
            strip, wall = window.strip, desk.page.wall
            return not QRect(strip.mapTo(window, QPoint(0, 0)), strip.size()).intersects(
                QRect(wall.mapTo(window, QPoint(0, 0)), wall.size())
            )

        desk.qtbot.waitUntil(clear)
        assert window.strip.isVisible()
