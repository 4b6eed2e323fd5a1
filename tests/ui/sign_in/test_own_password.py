"""One-time passwords, Caps Lock, and changing one's own password at the desk."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import NewAccount, Role
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.form import SignInForm
from controlroom.ui.sign_in.page import SignInPage
from controlroom.ui.sign_in.password_panel import PasswordPanel
from tests.builders import PASSWORD, Room
from tests.ui.helpers import settle, show, words_in

OWN = "lamp column at dawn"


@pytest.fixture
def form(qtbot: QtBot, room: Room, background: Background) -> SignInForm:
    made = SignInForm(room.sign_in.sign_in, background, choose=room.sign_in.choose_password)
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def test_after_a_one_time_password_the_same_form_asks_for_ones_own(
    form: SignInForm, room: Room, qtbot: QtBot
):
    new = NewAccount("agency", "Agency 01", frozenset({Role.OPERATOR}))
    given = room.accounts.add_account(room.administrator, new)
    qtbot.keyClicks(form.name, "agency")
    qtbot.keyClicks(form.password, given.password)
    qtbot.keyClick(form.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.choosing and form.new.hasFocus())
    assert "works once" in form.notice
    qtbot.keyClicks(form.new, OWN)
    qtbot.keyClick(form.new, Qt.Key.Key_Return)
    qtbot.keyClicks(form.again, "lamp column at dusk")
    qtbot.keyClick(form.again, Qt.Key.Key_Return)
    assert form.own.error_of(form.again) == "The two are not the same."
    form.again.clear()
    qtbot.keyClicks(form.again, OWN)
    with qtbot.waitSignal(form.signed_in) as signed_in:
        qtbot.keyClick(form.again, Qt.Key.Key_Return)
    assert signed_in.args is not None
    assert signed_in.args[0].handle == "Agency 01"
    assert not form.choosing
    assert not (form.password.text() or form.new.text() or form.again.text())


def test_a_weak_password_of_ones_own_is_refused_and_can_be_bettered(
    form: SignInForm, room: Room, qtbot: QtBot
):
    new = NewAccount("agency", "Agency 01", frozenset({Role.OPERATOR}))
    given = room.accounts.add_account(room.administrator, new)
    form.name.setText("agency")
    form.password.setText(given.password)
    form.submit()
    qtbot.waitUntil(lambda: form.choosing)
    form.new.setText("short")
    form.again.setText("short")
    form.submit()
    qtbot.waitUntil(lambda: "too short" in form.error)
    assert form.choosing
    assert form.new.hasFocus()


def test_a_locked_name_says_until_when_and_what_to_do(form: SignInForm, room: Room, qtbot: QtBot):
    for _ in range(5):
        form.name.setText("operator")
        form.password.setText("not the password")
        form.submit()
        qtbot.waitUntil(lambda: bool(form.error))
    assert "locked here until 22:42:07" in form.error
    assert "use another desk" in form.error


def test_caps_lock_is_noticed_by_the_letters_that_arrive(form: SignInForm, qtbot: QtBot):
    def type_letter(key: Qt.Key, text: str, held: Qt.KeyboardModifier) -> None:
        from PySide6.QtGui import QKeyEvent

        form.password.keyPressEvent(QKeyEvent(QKeyEvent.Type.KeyPress, key, held, text))

    plain, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    type_letter(Qt.Key.Key_A, "A", shift)
    assert "Caps Lock" not in words_in(form)
    type_letter(Qt.Key.Key_A, "A", plain)
    assert "Caps Lock is on." in words_in(form)
    assert form.password.accessibleDescription() == "Caps Lock is on."
    type_letter(Qt.Key.Key_A, "a", plain)
    assert "Caps Lock" not in words_in(form)


def test_the_page_says_why_somebody_was_signed_out_until_somebody_signs_in(
    qtbot: QtBot, room: Room, background: Background
):
    room.accounts.add(room.administrator, "night", "Operator 11", PASSWORD, {Role.OPERATOR})
    page = SignInPage(room.sign_in.sign_in, background)
    qtbot.addWidget(page)
    page.say_why("Operator 07 is no longer allowed to work here.")
    show(qtbot, page)
    assert "no longer allowed" in page.form.notice
    page.form.name.setText("night")
    page.form.password.setText(PASSWORD)
    with qtbot.waitSignal(page.signed_in):
        page.form.submit()
    assert page.form.notice == ""


@pytest.fixture
def panel(qtbot: QtBot, room: Room, background: Background) -> PasswordPanel:
    room.accounts.add(room.administrator, "night", "Operator 11", PASSWORD, {Role.OPERATOR})
    session = DeskSession(room.sign_in.sign_in("night", PASSWORD))
    ground = QWidget()
    ground.resize(900, 600)
    qtbot.addWidget(ground)
    made = PasswordPanel(session, background, Messages(), room.sign_in.change_password)
    made.lay_over(ground)
    show(qtbot, ground)
    made.toggle()
    return made


def fill(panel: PasswordPanel, old: str, new: str, again: str) -> None:
    for field, text in ((panel.old, old), (panel.new, new), (panel.again, again)):
        field.setText(text)
    panel.submit()


def test_ones_own_password_is_changed_and_the_person_stays_signed_in(
    panel: PasswordPanel, room: Room, qtbot: QtBot, background: Background
):
    fill(panel, PASSWORD, OWN, OWN)
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert room.sign_in.refresh(panel._session.actor).handle == "Operator 11"
    assert room.sign_in.sign_in("night", OWN).handle == "Operator 11"
    panel.toggle()
    assert not (panel.old.text() or panel.new.text())


def test_the_wrong_password_in_use_is_said_and_everything_typed_stays(panel: PasswordPanel, qtbot: QtBot):
    fill(panel, "not the password", OWN, OWN)
    qtbot.waitUntil(lambda: "not right" in panel.error)
    assert panel.isVisible()
    assert panel.new.text() == OWN
    qtbot.keyClick(panel.new, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert panel.new.text() == ""


def test_two_different_new_passwords_are_noticed_before_anything_is_asked(
    panel: PasswordPanel, background: Background, qtbot: QtBot
):
    fill(panel, PASSWORD, OWN, OWN + "!")
    assert panel.form.error_of(panel.again) == "The two are not the same."
    settle(qtbot, background)
    assert panel.isVisible()
