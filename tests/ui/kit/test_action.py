"""An action and its views: the button, the key, and what they say while it cannot be done."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout
from pytestqt.qtbot import QtBot

from controlroom.accounts.permissions import Permission
from controlroom.ui.kit.action import Action, ActionButton
from tests.ui.helpers import PlainPage, show
from tests.ui.kit.key_clashes import clashes


class Door:
    """Something to act on."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.shown, self.reason, self.may = True, "", True

    def open(self) -> None:
        self.done.append("open")

    def close(self) -> None:
        self.done.append("close")


@pytest.fixture
def door() -> Door:
    return Door()


class DoorPage(PlainPage):
    """A door, a button and a field."""

    def __init__(self, door: Door) -> None:
        super().__init__("Doors", "Alt+9")
        self.opening = self.action(
            "O",
            "Open the door",
            door.open,
            short="Open",
            needs="a closed door is shown",
            when=lambda: door.shown,
            why_not=lambda: door.reason,
            permission=Permission.WRITE_LOG,
            may=lambda _permission: door.may,
        )
        self.action("C", "Close the door", door.close, when=lambda: not door.shown)
        self.button, self.field = ActionButton(self.opening), QLineEdit()
        column = QVBoxLayout(self)
        column.addWidget(self.button)
        column.addWidget(self.field)


@pytest.fixture
def page(qtbot: QtBot, door: Door) -> DoorPage:
    made = DoorPage(door)
    qtbot.addWidget(made)
    show(qtbot, made)
    made.setFocus()
    return made


def test_button_and_key_do_the_same(page: DoorPage, door: Door, qtbot: QtBot):
    assert (page.button.text(), page.button.key) == ("Open", "O")
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(page, Qt.Key.Key_O)
    assert door.done == ["open", "open"]


def test_the_letter_typed_into_a_field_is_a_letter(page: DoorPage, door: Door, qtbot: QtBot):
    page.field.setFocus()
    qtbot.keyClicks(page.field, "o")
    assert page.field.text() == "o"
    assert door.done == []


def test_what_does_not_fit_is_hidden_and_its_key_says_so_and_does_nothing_else(
    page: DoorPage, door: Door, qtbot: QtBot
):
    door.shown = False
    page.refresh_actions()
    assert page.button.isHidden()
    assert page.opening.why_not() == "Only when a closed door is shown."
    with qtbot.waitSignal(page.refused) as told:
        qtbot.keyClick(page, Qt.Key.Key_O)
    assert told.args == ["Only when a closed door is shown."]
    assert door.done == []
    qtbot.keyClick(page, Qt.Key.Key_C)
    assert door.done == ["close"]


def test_what_fits_and_cannot_be_done_says_why_on_button_and_key(page: DoorPage, door: Door, qtbot: QtBot):
    door.reason = "The lock is being changed."
    page.refresh_actions()
    assert page.button.isVisible()
    assert not page.button.isEnabled()
    assert page.button.why_not == door.reason
    with qtbot.waitSignal(page.refused) as told:
        qtbot.keyClick(page, Qt.Key.Key_O)
    assert told.args == [door.reason]
    assert door.done == []
    assert not page.opening.run()


def test_who_may_not_is_not_offered_it(page: DoorPage, door: Door):
    door.may = False
    page.refresh_actions()
    assert page.button.isHidden()
    assert page.opening.why_not() == "Your role does not allow it: write log entries."


def test_a_page_behind_another_takes_no_key(page: DoorPage, door: Door, qtbot: QtBot):
    page.hide()
    other = QLineEdit()
    qtbot.addWidget(other)
    show(qtbot, other)
    qtbot.keyClick(other, Qt.Key.Key_O)
    assert door.done == []


def test_no_two_actions_of_a_page_share_a_key(page: DoorPage):
    assert clashes([page]) == []
    page.action("O", "Order a key")
    assert len(clashes([page])) == 1
    with pytest.raises(ValueError, match="Open the door"):
        page.action("O", "Oil the hinges", lambda: None, when=lambda: False)


def test_an_action_without_something_to_run_is_only_listed():
    action = Action("Arrow keys", "Move about")
    assert not action.can_run
    assert not action.run()
    assert not action.one_key
