"""The strip and the panel: urgent first, answered with who, never modal, kept for the session."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Role
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.shell.message_strip import MessageStrip
from controlroom.ui.shell.notifications_panel import NotificationsPanel
from controlroom.ui.widgets.key_button import KeyButton
from tests.clock import SetClock
from tests.ui.helpers import PlainPage, actor, show, words_in

NIGHT = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NIGHT)


@pytest.fixture
def messages(clock: SetClock) -> Messages:
    made = Messages(clock=clock)
    made.who = lambda: "Operator 07"
    return made


@pytest.fixture
def ground(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(1100, 700)
    QVBoxLayout(window).addWidget(QLineEdit())
    qtbot.addWidget(window)
    show(qtbot, window)
    return window


@pytest.fixture
def strip(messages: Messages, ground: QWidget) -> MessageStrip:
    return MessageStrip(messages, ground)


@pytest.fixture
def panel(messages: Messages, ground: QWidget) -> NotificationsPanel:
    return NotificationsPanel(messages, ground)


def texts(strip: MessageStrip) -> list[str]:
    return [each.text for each in strip.messages()]


def button(widget: QWidget, text: str) -> KeyButton:
    return next(each for each in widget.findChildren(KeyButton) if each.text() == text and each.isVisible())


def test_an_alarm_keeps_its_place_however_much_is_said_after_it(messages: Messages, strip: MessageStrip):
    messages.show("Recording stopped.", "alarm")
    for number in range(6):
        messages.show(f"Item {'abcdef'[number]} stalls.", "warn")
    assert texts(strip) == ["Item e stalls.", "Item f stalls.", "Recording stopped."]


def test_what_found_no_room_comes_when_there_is_room(messages: Messages, strip: MessageStrip):
    for word in ("one", "two", "three", "four"):
        messages.show(f"Warning {word}.", "warn")
    strip.close_last()
    assert texts(strip) == ["Warning one.", "Warning two.", "Warning three."]


def test_the_same_words_again_count_on_where_they_stand(
    messages: Messages, strip: MessageStrip, clock: SetClock
):
    for _ in range(5):
        messages.show("The disk is filling.", "warn")
        clock.advance(timedelta(seconds=1))
    assert len(strip.messages()) == 1
    assert "×5" in words_in(strip)


def test_closing_an_alarm_acknowledges_it_with_who_and_when(
    messages: Messages, strip: MessageStrip, panel: NotificationsPanel
):
    messages.show("Recording stopped.", "alarm")
    button(strip, "Acknowledge").click()
    assert strip.messages() == []
    panel.toggle()
    assert "acknowledged 22:41:07 by Operator 07" in words_in(panel)


def test_an_alarm_answered_in_the_panel_leaves_the_strip(
    messages: Messages, strip: MessageStrip, panel: NotificationsPanel, qtbot: QtBot
):
    messages.show("Recording stopped.", "alarm")
    panel.toggle()
    qtbot.keyClick(panel.rows[0], Qt.Key.Key_Return)
    assert messages.book.waiting == []
    assert strip.messages() == []


def test_the_panel_is_filtered_by_kind_and_cleared_of_all_but_open_alarms(
    messages: Messages, panel: NotificationsPanel, qtbot: QtBot
):
    for kind in ("done", "warn", "error", "alarm"):
        messages.show(f"A {kind}.", kind)
    panel.toggle()
    assert [row.notice.kind for row in panel.rows] == ["alarm", "error", "warn", "done"]
    panel.filter.choose(2)
    assert [row.notice.kind for row in panel.rows] == ["error"]
    panel.filter.choose(0)
    panel.clear_button.click()
    qtbot.waitUntil(lambda: [row.notice.kind for row in panel.rows] == ["alarm"])
    assert not panel.clear_button.isEnabled()


def test_an_empty_panel_says_what_will_stand_there(panel: NotificationsPanel):
    panel.toggle()
    assert "Nothing was said yet" in words_in(panel)
    panel.filter.choose(1)
    assert "Choose All" in words_in(panel)


def test_the_panel_is_walked_and_closed_by_keys_and_gives_the_focus_back(
    messages: Messages, panel: NotificationsPanel, ground: QWidget, qtbot: QtBot
):
    field = ground.findChildren(QLineEdit)[0]
    field.setFocus()
    for word in ("one", "two"):
        messages.show(f"Warning {word}.", "warn")
    panel.toggle()
    assert not panel.isModal()
    assert panel.rows[0].hasFocus()
    qtbot.keyClick(panel.rows[0], Qt.Key.Key_Down)
    assert panel.rows[1].hasFocus()
    qtbot.keyClick(panel.rows[1], Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert field.hasFocus()


def test_the_bell_counts_what_nobody_looked_at_and_marks_alarms_that_wait(qtbot: QtBot):
    session = DeskSession(actor(Role.OPERATOR, 7, "Operator 07"))
    messages = Messages()
    window = MainWindow(session, messages, [PlainPage("Live", "Alt+1")], clock=SetClock(NIGHT))
    qtbot.addWidget(window)
    show(qtbot, window)
    bell = window.top_bar.bell
    assert (bell.text(), bell.accessibleName()) == ("", "Notifications: nothing new")
    messages.show("Saved.", "done")
    messages.show("Saved.", "done")
    assert bell.text() == "", "one's own successes are no news"
    messages.show("The recorder is slow.", "warn")
    messages.show("Recording stopped.", "alarm")
    assert bell.text() == "2"
    assert bell.accessibleName() == "Notifications: 2 not looked at, 1 alarm not acknowledged"
    qtbot.keyClick(
        window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert window.notifications.isVisible()
    assert bell.text() == ""
    assert bell.accessibleName() == "Notifications: 1 alarm not acknowledged"
    session.sign_in(actor(Role.OPERATOR, 8, "Operator 08"))
    assert [notice.kind for notice in messages.book.newest_first()] == ["alarm", "warn"]


def test_no_row_moves_while_the_panel_is_open_and_what_is_newer_waits_behind_a_button(
    messages: Messages, panel: NotificationsPanel, qtbot: QtBot
):
    for word in ("one", "two"):
        messages.show(f"Warning {word}.", "warn")
    panel.toggle()
    qtbot.keyClick(panel.rows[0], Qt.Key.Key_Down)
    messages.show("Recording stopped.", "alarm")
    messages.show("Warning one.", "warn")
    qtbot.waitUntil(panel.newer_button.isVisible)
    assert [row.notice.message.text for row in panel.rows] == ["Warning two.", "Warning one."]
    assert panel.rows[1].hasFocus()
    assert "2 times" in words_in(panel.rows[1])
    assert panel.newer_button.text() == "Show 1 newer"
    panel.newer_button.click()
    assert [row.notice.message.text for row in panel.rows] == [
        "Recording stopped.",
        "Warning one.",
        "Warning two.",
    ]
    assert not panel.newer_button.isVisible()
