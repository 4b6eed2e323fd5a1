"""Whose a key is: nothing happens behind an open panel, and the window's own keys work from every field."""

from collections.abc import Callable
from threading import Event

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor, Role
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.pages.accounts.page import UsersPage
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.focus_keeper import FocusKeeper
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.sign_in.password_panel import PasswordPanel
from controlroom.ui.sign_in.switch_panel import SwitchPanel
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.search_field import SearchField
from tests.builders import PASSWORD, Room
from tests.ui.helpers import PlainPage, page_context, settle, show

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def accounts(qtbot: QtBot, room: Room, background: Background) -> UsersPage:
    """The accounts page in a window, an operator's account selected."""
    session, messages = DeskSession(room.administrator), Messages()
    other = room.accounts.add(room.administrator, "night", "Operator 11", PASSWORD, {Role.OPERATOR})
    page = UsersPage(page_context(session, background, room, messages=messages), room.accounts)
    switch = SwitchPanel(
        session, background, room.sign_in.sign_in, users=lambda: [other], leave=lambda _before: None
    )
    own = PasswordPanel(session, background, messages, room.sign_in.change_password)
    window = MainWindow(session, messages, [page], switch=switch, own_password=own)
    window.resize(1366, 768)
    qtbot.addWidget(window)
    show(qtbot, window)
    settle(qtbot, background)
    assert page.table.select(other.id)
    return page


@pytest.fixture
def session_pages(qtbot: QtBot, room: Room, background: Background) -> tuple[MainWindow, UsersPage]:
    """A window with another page in front, the keyboard in it, and the accounts behind."""
    session, messages, first = DeskSession(room.administrator), Messages(), PlainPage("First")
    column(field := QLineEdit(), on=first)
    page = UsersPage(page_context(session, background, room, messages=messages), room.accounts)
    made = MainWindow(session, messages, [first, page])
    made.resize(1366, 768)
    qtbot.addWidget(made)
    show(qtbot, made)
    made.show_page(first)
    field.setFocus()
    return made, page


@pytest.fixture
def window(accounts: UsersPage) -> MainWindow:
    made = accounts.window()
    assert isinstance(made, MainWindow)
    return made


def focused(window: QWidget) -> QWidget:
    """The widget keys go to."""
    return window.focusWidget() or window


def press(window: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key as the system sends it: to the window, which passes it on to where the keyboard is."""
    QTest.keyClick(window.windowHandle(), key, held)


def tab_to(window: QWidget, text: str) -> None:
    """Tab until the button with these words has the keyboard."""
    for _ in range(20):
        widget = focused(window)
        if isinstance(widget, KeyButton) and widget.text() == text:
            return
        press(window, Qt.Key.Key_Tab)
    pytest.fail(f"Tab does not reach {text}")


def test_a_pages_letter_does_nothing_behind_the_switch_panel(
    window: MainWindow, accounts: UsersPage, qtbot: QtBot, background: Background
):
    window.top_bar.user.click()
    settle(qtbot, background)
    tab_to(window, "Change my password")
    press(window, Qt.Key.Key_O)
    assert accounts.forms.form is None
    press(window, Qt.Key.Key_Escape)
    assert window.switch_panel is not None
    assert not window.switch_panel.isVisible()
    press(window, Qt.Key.Key_O)
    assert accounts.forms.form is not None, "the key works again once the panel is closed"


def test_keys_pressed_while_the_password_is_checked_go_nowhere(
    window: MainWindow, accounts: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    may_answer, panel = Event(), window.switch_panel
    assert panel is not None

    def slow(name: str, password: str) -> Actor:
        assert may_answer.wait(60)
        return room.sign_in.sign_in(name, password)

    panel.form._sign_in = slow
    open_switch(window)
    settle(qtbot, background)
    for text in ("night", PASSWORD):
        QTest.keyClicks(focused(window), text)
        press(window, Qt.Key.Key_Return)
    for key in (Qt.Key.Key_O, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Space):
        press(window, key)
        assert panel.form.isAncestorOf(focused(window)) or focused(window) is panel.form
    assert panel.isVisible()
    assert accounts.forms.form is None
    may_answer.set()
    settle(qtbot, background)
    assert not panel.isVisible()
    assert accounts.session.actor.handle == "Operator 11"


def open_switch(window: MainWindow) -> None:
    window.top_bar.user.click()


def open_password(window: MainWindow) -> None:
    press(window, Qt.Key.Key_P, CONTROL | Qt.KeyboardModifier.AltModifier)


def open_palette(window: MainWindow) -> None:
    window.palette_panel.open()


def open_keys(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F1)


def open_notifications(window: MainWindow) -> None:
    window.say("Something was done.", "done")
    window.top_bar.bell.click()


def open_fault(window: MainWindow) -> None:
    try:
        raise ValueError("a test's")
    except ValueError as error:
        window.faults.take(error, "a test")
    window.fault_panel.open_report()


PANELS = [open_switch, open_password, open_palette, open_keys, open_notifications, open_fault]


@pytest.mark.parametrize("opened", PANELS)
def test_behind_no_panel_a_pages_letter_does_anything_however_far_tab_goes(
    window: MainWindow, accounts: UsersPage, opened: Callable[[MainWindow], None]
):
    opened(window)
    for _ in range(12):
        assert not accounts.isAncestorOf(focused(window))
        press(window, Qt.Key.Key_O)
        assert accounts.forms.form is None
        if opened is not open_fault:  # beside the page, not over it: Tab goes on
            press(window, Qt.Key.Key_Tab)


def test_a_pages_key_pressed_beside_an_open_panel_says_why_it_does_nothing_and_escape_closes_the_panel(
    window: MainWindow, accounts: UsersPage, qtbot: QtBot
):
    window.shortcuts.toggle()
    qtbot.mouseClick(accounts.table.view.viewport(), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(accounts.refused) as why:
        press(window, Qt.Key.Key_O)
    assert why.args == ["“Every key” is open. Esc closes it."]
    assert accounts.forms.form is None
    press(window, Qt.Key.Key_Escape)
    assert not window.shortcuts.isVisible()


class FieldOnX11(QLineEdit):
    """A field that takes Ctrl+U for "delete the line", as every field does on X11."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.keyCombination() == CONTROL | Qt.Key.Key_U:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.clear()
            return True
        return super().event(event)


def test_the_windows_own_keys_work_in_a_field_and_what_is_typed_stays(
    window: MainWindow, accounts: UsersPage
):
    field = FieldOnX11(accounts)
    field.setText("night")
    field.show()
    field.setFocus()
    press(window, Qt.Key.Key_U, CONTROL)
    assert field.text() == "night"
    assert window.switch_panel is not None
    assert window.switch_panel.isVisible()


def test_the_keys_of_editing_stay_the_fields(window: MainWindow):
    press(window, Qt.Key.Key_F, CONTROL)
    field = focused(window)
    assert isinstance(field, SearchField)
    QTest.keyClicks(field, "night")
    press(window, Qt.Key.Key_A, CONTROL)
    press(window, Qt.Key.Key_X, CONTROL)
    assert field.text() == ""
    press(window, Qt.Key.Key_Z, CONTROL)
    assert field.text() == "night"


def test_escape_gives_the_keyboard_back_to_the_page_and_what_was_typed_stays(
    window: MainWindow, accounts: UsersPage
):
    window.log_line.set_allowed(True)
    accounts.table.take_focus()
    press(window, Qt.Key.Key_L, CONTROL)
    assert focused(window) is window.log_line.edit
    QTest.keyClicks(window.log_line.edit, "Two males")
    press(window, Qt.Key.Key_Escape)
    assert focused(window) is accounts.table.view
    press(window, Qt.Key.Key_L, CONTROL)
    QTest.keyClicks(window.log_line.edit, " running")
    assert window.log_line.text == "Two males running"
    window.log_line.submit()
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_O)
    assert window.log_line.text == ""
    assert accounts.forms.form is not None


def write_into_log(window: MainWindow, text: str) -> None:
    press(window, Qt.Key.Key_L, CONTROL)
    QTest.keyClicks(window.log_line.edit, text)


def test_after_saving_a_log_line_the_keyboard_is_where_it_was(window: MainWindow, accounts: UsersPage):
    window.log_line.set_allowed(True)
    accounts.table.take_focus()
    write_into_log(window, "Two males")
    press(window, Qt.Key.Key_Return)
    assert focused(window) is accounts.table.view
    press(window, Qt.Key.Key_O)
    assert window.log_line.text == ""
    assert accounts.forms.form is not None, "the letter is a key again"


def test_a_panel_opened_over_a_half_typed_log_line_leads_back_to_it(
    window: MainWindow, accounts: UsersPage, qtbot: QtBot, background: Background
):
    window.log_line.set_allowed(True)
    accounts.table.take_focus()
    write_into_log(window, "Two")
    press(window, Qt.Key.Key_U, CONTROL)
    settle(qtbot, background)
    press(window, Qt.Key.Key_Escape)
    assert focused(window) is window.log_line.edit
    press(window, Qt.Key.Key_Escape)
    assert focused(window) is accounts.table.view
    assert window.log_line.text == "Two"


def test_the_key_of_the_page_in_front_leaves_the_log_line(
    window: MainWindow, accounts: UsersPage, qtbot: QtBot
):
    window.log_line.set_allowed(True)
    accounts.table.take_focus()
    write_into_log(window, "Two")
    press(window, Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    assert focused(window) is accounts.table.view
    assert window.log_line.text == "Two"


def test_a_page_opened_by_its_key_has_the_keyboard_where_its_letters_are_keys(
    session_pages: tuple[MainWindow, UsersPage], qtbot: QtBot, background: Background
):
    window, accounts = session_pages
    press(window, Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    assert window.current is accounts
    assert not isinstance(QApplication.focusWidget(), QLineEdit), "while the list is read"
    settle(qtbot, background)
    assert QApplication.focusWidget() is accounts.table.view
    press(window, Qt.Key.Key_F, CONTROL)
    accounts.table.search.search_for("nobody")
    window.show_page(window.pages[0])
    press(window, Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, background)
    press(window, Qt.Key.Key_N)
    assert accounts.table.search.text() == "nobody", "where nothing matches, too"
    assert accounts.forms.form is not None


def test_the_key_that_switches_user_never_closes_the_panel_so_that_no_name_is_typed_elsewhere(
    window: MainWindow, qtbot: QtBot, background: Background
):
    window.log_line.set_allowed(True)
    write_into_log(window, "Two males")
    panel = window.switch_panel
    assert panel is not None
    for _ in range(3):
        press(window, Qt.Key.Key_U, CONTROL)
        settle(qtbot, background)
        assert panel.isVisible()
        assert panel.isAncestorOf(focused(window))
    window.log_line.edit.setFocus(Qt.FocusReason.MouseFocusReason)
    press(window, Qt.Key.Key_U, CONTROL)
    QTest.keyClicks(focused(window), "night")
    assert panel.beginning.text() == "night"
    press(window, Qt.Key.Key_Escape)
    QTest.keyClicks(focused(window), "secret")
    assert window.log_line.text == "Two males", "Esc leads to the page, not back into the line"


def test_escape_leaves_a_search_field_and_what_was_typed_stays(window: MainWindow, accounts: UsersPage):
    press(window, Qt.Key.Key_F, CONTROL)
    QTest.keyClicks(focused(window), "11")
    press(window, Qt.Key.Key_Escape)
    assert focused(window) is accounts.table.view
    assert accounts.table.search.text() == "11"
    write_into_log(window, "x")
    press(window, Qt.Key.Key_Escape)
    assert focused(window) is accounts.table.view


@pytest.mark.parametrize("place", ["rail", "top_bar"])
def test_escape_leads_to_the_page_from_the_rail_and_the_top_bar(
    window: MainWindow, accounts: UsersPage, place: str
):
    buttons = {"rail": window.rail.buttons[accounts], "top_bar": window.top_bar.bell}
    accounts.table.take_focus()
    buttons[place].setFocus()
    press(window, Qt.Key.Key_Escape)
    assert focused(window) is accounts.table.view


def test_an_answer_that_arrives_does_not_take_the_keyboard_out_of_a_sentence(
    window: MainWindow, accounts: UsersPage, qtbot: QtBot
):
    window.log_line.set_allowed(True)
    accounts.table.take_focus()
    write_into_log(window, "Two ma")
    qtbot.waitUntil(lambda: not late_hand(window))
    accounts.table.take_focus()  # as after work in the background
    QTest.keyClicks(focused(window), "les")
    assert window.log_line.text == "Two males"


def late_hand(window: MainWindow) -> bool:
    """Whether the last key is still being answered."""
    keeper = next(each for each in window.children() if isinstance(each, FocusKeeper))
    return keeper.by_hand


def test_a_field_that_goes_leaves_the_keyboard_to_the_page_and_never_to_the_log_line(
    window: MainWindow, accounts: UsersPage
):
    field = QLineEdit(accounts)
    field.show()
    field.setFocus()
    field.hide()
    assert focused(window) is accounts.table.view
    press(window, Qt.Key.Key_T)
    assert window.log_line.text == ""


def test_a_letter_is_no_key_anywhere_in_an_open_form(window: MainWindow, accounts: UsersPage):
    accounts.table.take_focus()
    press(window, Qt.Key.Key_R)
    form = accounts.forms.form
    assert form is not None
    box = next(each for each in form.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus)
    box.setFocus()
    press(window, Qt.Key.Key_N)
    assert accounts.forms.form is form


def test_a_button_does_not_show_its_letter_as_a_key_while_letters_are_text(
    window: MainWindow, accounts: UsersPage
):
    button = next(each for each in window.findChildren(KeyButton) if each.key == "N" and each.isVisible())
    accounts.table.take_focus()
    assert not button.key_rests
    press(window, Qt.Key.Key_F, CONTROL)
    assert button.key_rests
    press(window, Qt.Key.Key_Escape)
    assert not button.key_rests


def test_a_letter_whose_action_is_not_offered_says_why_and_does_nothing_else(
    window: MainWindow, accounts: UsersPage, qtbot: QtBot
):
    accounts.table.take_focus()
    with qtbot.waitSignal(accounts.refused) as why:
        press(window, Qt.Key.Key_U)
    assert why.args is not None
    assert why.args[0].startswith("Only when")
    assert accounts.table.search.text() == ""


def test_each_person_has_their_own_search_and_nothing_of_it_stays_for_the_next(
    window: MainWindow, accounts: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    search, chips = accounts.table.search, accounts.records.findChildren(Choices)[0]
    search.search_for("night")
    chips.choose(1)
    press(window, Qt.Key.Key_F, CONTROL)
    accounts.session.sign_in(room.supervisor)
    settle(qtbot, background)
    assert (search.text(), chips.index) == ("", 0)
    assert len(accounts.table.shown_records()) > 1
    assert focused(window) is accounts.table.view
    search.search_for("02")
    accounts.session.sign_in(room.administrator)
    settle(qtbot, background)
    assert (search.text(), chips.index) == ("night", 1)
    accounts.session.sign_out()
    accounts.session.sign_in(room.supervisor)
    assert (search.text(), chips.index) == ("02", 0)
