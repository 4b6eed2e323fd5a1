"""The one door to the user."""

import logging

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.errors import Conflict
from controlroom.ui.messages import Messages
from controlroom.ui.shell.message_strip import MOST, MessageStrip
from controlroom.ui.widgets.key_button import KeyButton
from tests.ui.helpers import words_in


@pytest.fixture
def shown(qtbot: QtBot) -> tuple[Messages, MessageStrip]:
    ground = QWidget()
    ground.resize(1000, 700)
    qtbot.addWidget(ground)
    messages = Messages(ground)
    strip = MessageStrip(messages, ground)
    ground.show()
    return messages, strip


def test_an_error_says_what_happened_what_it_means_and_what_to_do(shown):
    messages, strip = shown
    messages.error(
        Conflict("Camera 014 was changed meanwhile.", "Your change is not saved.", "Look, and save again.")
    )
    words = words_in(strip)
    for part in ("Camera 014 was changed meanwhile.", "Your change is not saved.", "Look, and save again."):
        assert part in words


def test_a_fault_of_the_program_is_told_plainly_and_logged(shown, caplog: pytest.LogCaptureFixture):
    messages, strip = shown
    with caplog.at_level(logging.ERROR):
        messages.error(KeyError("secret detail"))
    assert "secret detail" not in words_in(strip)
    assert "Something in the program failed." in words_in(strip)
    assert "secret detail" in caplog.text


def test_warnings_stay_and_news_goes(shown):
    messages, strip = shown
    messages.show("Camera 031 is back", "done")
    messages.show("Camera 023 stalls", "warn")
    assert [each.lasting for each in strip.messages()] == [False, True]


def test_the_same_message_twice_is_shown_once(shown):
    messages, strip = shown
    messages.show("Camera 023 stalls", "warn")
    messages.show("Camera 023 stalls", "warn")
    assert len(strip.messages()) == 1


def test_the_oldest_makes_room(shown):
    messages, strip = shown
    for number in range(MOST + 2):
        messages.show(f"message {number}", "warn")
    assert [each.text for each in strip.messages()] == [f"message {n}" for n in range(2, MOST + 2)]


def test_pressing_the_offered_action_does_it_and_closes_the_message(shown, qtbot: QtBot):
    messages, strip = shown
    done: list[str] = []
    messages.show("Exported", action=lambda: done.append("opened"), action_text="Open folder")
    strip.findChildren(KeyButton)[0].click()
    assert done == ["opened"]
    assert strip.messages() == []
    assert not strip.isVisible()


def test_the_strip_lies_over_the_foot_and_never_changes_the_page_below(shown, qtbot: QtBot):
    messages, strip = shown
    ground = strip.parentWidget()
    before = ground.size()
    messages.show("A long message " * 20, "alarm")
    assert ground.size() == before
    assert strip.geometry().bottom() < ground.height()
    assert not strip.isModal()
    ground.resize(700, 500)
    assert strip.geometry().right() <= 700
    assert strip.geometry().bottom() < 500
