"""Signing in through the real accounts."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor, Role
from controlroom.ui.background import Background
from controlroom.ui.sign_in.form import SignInForm
from tests.builders import PASSWORD, Room
from tests.ui.helpers import show
from tests.waiting import LIMIT_S


@pytest.fixture
def form(qtbot: QtBot, room: Room, background: Background) -> SignInForm:
    room.accounts.add(room.administrator, "op12", "Operator 12", PASSWORD, {Role.OPERATOR})
    made = SignInForm(room.sign_in.sign_in, background)
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def test_the_right_password_signs_in(form: SignInForm, qtbot: QtBot):
    qtbot.keyClicks(form.name, "OP12")
    qtbot.keyClicks(form.password, PASSWORD)
    with qtbot.waitSignal(form.signed_in) as signed_in:
        form.submit()
    assert signed_in.args is not None
    actor = signed_in.args[0]
    assert isinstance(actor, Actor)
    assert actor.handle == "Operator 12"
    assert form.password.text() == "", "no password stays in the form"


@pytest.mark.parametrize(("name", "password"), [("op12", "not the password"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    form: SignInForm, qtbot: QtBot, name: str, password: str
):
    form.name.setText(name)
    form.password.setText(password)
    form.submit()
    qtbot.waitUntil(lambda: form.error != "")
    assert form.error.startswith("The name or the password is not right.")
    assert form.name.text() == name
    assert form.password.hasFocus()
    assert form.button.isEnabled()


def test_missing_words_are_asked_for_without_asking_the_database(form: SignInForm, qtbot: QtBot):
    form.submit()
    assert form.form.error_of(form.name) == "Type the name you sign in with."
    form.name.setText("op12")
    form.submit()
    assert form.form.error_of(form.password) == "Type your password."


def test_the_check_runs_elsewhere_and_the_form_waits(qtbot: QtBot, background: Background):
    go_on = threading.Event()
    actor = Actor(1, "Operator 12", frozenset({Role.OPERATOR}))

    def slow(_name: str, _password: str) -> Actor:
        assert go_on.wait(LIMIT_S)
        return actor

    form = SignInForm(slow, background)
    qtbot.addWidget(form)
    form.show()
    form.name.setText("op12")
    form.password.setText(PASSWORD)
    form.submit()
    assert not form.button.isEnabled()
    assert form._busy.isVisible()
    with qtbot.waitSignal(form.signed_in):
        go_on.set()
    assert form.button.isEnabled()


def test_the_password_is_never_shown(form: SignInForm, qtbot: QtBot):
    qtbot.keyClicks(form.password, PASSWORD)
    assert PASSWORD not in form.password.displayText()
