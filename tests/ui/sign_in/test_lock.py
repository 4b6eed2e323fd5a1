"""A locked desk: covered but for the wall, deaf to every key, and exactly as it was when it opens again."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor, Role
from controlroom.errors import PermissionRefused
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.sign_in.lock import DeskGuard, LockLayer
from tests.clock import SetClock
from tests.ui.helpers import PlainPage, actor, show

NIGHT = datetime(2026, 11, 20, 22, 41, tzinfo=UTC)
SUPERVISOR = Actor(2, "Supervisor 02", frozenset({Role.SUPERVISOR}), login="sup02")
OPERATOR = Actor(1, "Operator 07", frozenset({Role.OPERATOR}), login="op07")


class PageWithWall(PlainPage):
    """A page with pictures, and words that are nobody else's business."""

    def __init__(self) -> None:
        super().__init__("Live")
        self.wall, self.words = QWidget(), QLabel("Operator 07 saw a person at the station")
        self.edit = QLineEdit()
        layout = QVBoxLayout(self)
        self.wall.setMinimumHeight(300)
        for each in (self.words, self.edit, self.wall):
            layout.addWidget(each)

    def hands_off(self) -> None:
        self.seen.append("hands off")

    def stays_visible(self) -> QWidget | None:
        return self.wall


@pytest.fixture
def page() -> PageWithWall:
    return PageWithWall()


@pytest.fixture
def session() -> DeskSession:
    return DeskSession(OPERATOR)


@pytest.fixture
def window(qtbot: QtBot, session: DeskSession, page: PageWithWall, background: Background) -> MainWindow:
    def sign_in(name: str, password: str) -> Actor:
        if password != "right":
            raise PermissionRefused("The name or the password is not right.")
        return {"op07": OPERATOR, "sup02": SUPERVISOR}[name]

    layer = LockLayer(sign_in, background)
    made = MainWindow(
        session, Messages(), [page, PlainPage("Log", "Alt+2")], clock=SetClock(NIGHT), lock=layer
    )
    made.resize(1366, 768)
    qtbot.addWidget(made)
    show(qtbot, made)
    page.edit.setFocus()
    return made


@pytest.fixture
def guard(window: MainWindow) -> DeskGuard:
    assert window.guard is not None
    return window.guard


def lock(window: MainWindow, qtbot: QtBot, layer: LockLayer) -> None:
    qtbot.keyClick(
        window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    qtbot.waitUntil(layer.isVisible)


def unlock(layer: LockLayer, qtbot: QtBot, name: str, password: str = "right") -> None:
    layer.form.name.setText(name)
    qtbot.keyClicks(layer.form.password, password)
    qtbot.keyClick(layer.form.password, Qt.Key.Key_Return)


def covered(widget: QWidget, layer: LockLayer) -> bool:
    """True when the layer hides every point of a widget that is tried."""
    ground = layer.parentWidget()
    assert ground is not None
    points = [widget.mapTo(ground, widget.rect().center()), widget.mapTo(ground, widget.rect().topLeft())]
    return all(layer.mask().isEmpty() or layer.mask().contains(point) for point in points)


def test_everything_is_covered_but_the_wall(window, page, guard, qtbot):
    lock(window, qtbot, guard.layer)
    layer = guard.layer
    assert not layer.mask().contains(page.wall.mapTo(window, page.wall.rect().topLeft()))
    for widget in (page.words, page.edit, window.rail, window.top_bar, window.log_line, window.status):
        assert covered(widget, layer), widget
    assert page.seen[-1] == "hands off"
    assert "Live pictures go on" in layer.about.text()


def test_what_is_on_the_screen_shows_no_word_of_the_log(window, page, guard, qtbot):
    before = window.grab().toImage()
    lock(window, qtbot, guard.layer)
    after = window.grab().toImage()
    at = page.words.mapTo(window, page.words.rect().topLeft())
    row = [after.pixelColor(x, at.y() + page.words.height() // 2).name() for x in range(at.x(), at.x() + 200)]
    shown = [
        before.pixelColor(x, at.y() + page.words.height() // 2).name() for x in range(at.x(), at.x() + 200)
    ]
    assert len(set(shown)) > 1
    assert len(set(row)) == 1, "one colour where the words were"


def test_a_room_may_hide_the_wall_too(window, page, guard, qtbot):
    guard.use_settings(idle_minutes=lambda: 0, shows_wall=lambda: False)
    lock(window, qtbot, guard.layer)
    assert covered(page.wall, guard.layer)
    assert "Live pictures" not in guard.layer.about.text(), "none is shown"


def test_no_key_and_no_click_reaches_the_desk(window, page, guard, qtbot):
    lock(window, qtbot, guard.layer)
    front = window.current
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.edit, "typed by a passer-by")
    qtbot.mouseClick(window.rail.buttons[window._pages[1]], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.wall, Qt.MouseButton.LeftButton)
    assert window.current is front
    assert page.edit.text() == ""
    assert not window.palette_panel.isVisible()
    assert guard.layer.isVisible()


def test_the_same_person_finds_everything_as_it_was(window, page, guard, session, qtbot):
    page.edit.setText("half a sen")
    window.log_line.edit.setText("half an entry")
    lock(window, qtbot, guard.layer)
    assert guard.layer.form.name.text() == "op07"
    assert guard.layer.form.password.hasFocus()
    unlock(guard.layer, qtbot, "op07", "wrong")
    qtbot.waitUntil(lambda: "not right" in guard.layer.form.error)
    assert session.locked
    guard.layer.form.password.clear()
    unlock(guard.layer, qtbot, "op07")
    qtbot.waitUntil(lambda: not guard.layer.isVisible())
    assert not session.locked
    assert (page.edit.text(), window.log_line.text) == ("half a sen", "half an entry")
    assert page.edit.hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.current is window._pages[1]


def test_somebody_else_takes_the_desk_over_and_does_not_see_what_was_half_typed(
    window, guard, session, qtbot
):
    window.log_line.edit.setText("half an entry about a person")
    lock(window, qtbot, guard.layer)
    unlock(guard.layer, qtbot, "sup02")
    qtbot.waitUntil(lambda: session.actor == SUPERVISOR)
    assert not session.locked
    assert window.focusWidget() is window.current, "keys go to the page, not to the top bar"
    assert window.log_line.text == ""
    session.sign_in(OPERATOR)
    assert window.log_line.text == "half an entry about a person"


def test_a_desk_nobody_touches_locks_itself_and_a_touch_puts_that_off(window, guard, session, qtbot):
    now = [0.0]
    guard._monotonic, guard._touched = (lambda: now[0]), 0.0
    guard.look()
    now[0] = 10_000.0
    guard.look()
    assert not session.locked, "0 minutes is never"
    guard.use_settings(idle_minutes=lambda: 15, shows_wall=lambda: True)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    guard.look()
    assert not session.locked
    now[0] += 15 * 60 - 1
    guard.look()
    assert not session.locked
    now[0] += 1
    with qtbot.waitSignal(guard.locked_up) as how:
        guard.look()
    assert how.args == [True]
    assert session.locked


def test_floating_windows_go_with_the_lock_and_come_back_to_the_same_person(window, guard, qtbot):
    dialog = QDialog(window)
    dialog.setModal(False)
    dialog.show()
    lock(window, qtbot, guard.layer)
    assert not dialog.isVisible()
    unlock(guard.layer, qtbot, "op07")
    qtbot.waitUntil(dialog.isVisible)
    dialog.close()
    QApplication.processEvents()


def test_a_locked_desk_is_not_closed_by_its_window_and_is_by_the_program(window, guard, qtbot):
    class FromTheScreen(QCloseEvent):
        def spontaneous(self) -> bool:
            return True

    lock(window, qtbot, guard.layer)
    event = FromTheScreen()
    window.closeEvent(event)
    assert not event.isAccepted()
    assert window.close()


def test_the_lock_says_how_many_alarms_wait_and_not_what_they_are(window, guard, qtbot):
    lock(window, qtbot, guard.layer)
    window.set_alarms(2, "RDC-04 is past its end")
    assert guard.layer.alarms.text == "2 alarms waiting"
    assert guard.layer.alarms.isVisible()
    window.set_alarms(0)
    assert not guard.layer.alarms.isVisible()
    window._messages.show("Panic alarm, North End", "alarm")
    assert guard.layer.alarms.text == "1 alarm waiting"
    assert guard.layer.alarms.isVisible()


def test_being_put_out_opens_the_lock_to_the_sign_in_page(window, guard, session, qtbot):
    lock(window, qtbot, guard.layer)
    session.sign_out()
    assert not session.locked
    assert not guard.layer.isVisible()


def test_nobody_signed_in_is_nothing_to_lock(session):
    session.sign_out()
    session.lock()
    assert not session.locked


def test_changed_roles_do_not_open_a_lock(session):
    session.lock()
    session.change_roles(actor(Role.AUDITOR, 1, "Operator 07"))
    assert session.locked
    assert session.actor.roles == {Role.AUDITOR}
