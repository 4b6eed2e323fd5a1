"""The accounts page over real accounts: what it offers to whom, and the one-time password that is shown once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import AccountState, Actor, Role
from controlroom.errors import PermissionRefused
from controlroom.recording.hold_history import HoldHistory
from controlroom.ui.background import Background
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.pages.accounts.page import UsersPage
from controlroom.ui.session import DeskSession
from tests.builders import PASSWORD, Room
from tests.recording.test_hold_history import count
from tests.ui.helpers import page_context, settle, show


@pytest.fixture
def session(room: Room) -> DeskSession:
    return DeskSession(room.administrator)


@pytest.fixture
def page(qtbot: QtBot, room: Room, background: Background, session: DeskSession) -> UsersPage:
    made = UsersPage(page_context(session, background, room), room.accounts, HoldHistory(room.database))
    made.resize(1366, 700)
    qtbot.addWidget(made)
    for widget in made.tools_of_bar():
        qtbot.addWidget(widget)
    show(qtbot, made)
    made.entered()
    settle(qtbot, background)
    return made


def choose(page: UsersPage, actor: Actor) -> None:
    assert page.table.select(actor.user_id)


def form(page: UsersPage):
    assert page.forms.form is not None
    return page.forms.form


def offered(page: UsersPage) -> set[str]:
    return {words for words, button in buttons(page).items() if button.isVisible()}


def buttons(page: UsersPage) -> dict[str, ActionButton]:
    return {each.text(): each for each in page.panel.actions_bar.buttons.values()}


def state(room: Room, actor: Actor) -> AccountState:
    return next(each.state for each in room.accounts.accounts(room.administrator) if each.id == actor.user_id)


def test_every_account_is_listed_with_its_roles_and_last_sign_in(page: UsersPage):
    shown = [
        [column.text(line) for column in page.table.model.columns] for line in page.table.shown_records()
    ]
    assert ["active", "Operator 07", "operator", "operator", "never", "", ""] in shown
    assert len(shown) == 5


def test_a_new_account_shows_its_one_time_password_once(
    page: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    qtbot.mouseClick(page.tools_of_bar()[0], Qt.MouseButton.LeftButton)
    asked = form(page)
    asked.fill("handle", "Operator 13")
    asked.fill("login", "op13")
    asked.submit()
    qtbot.waitUntil(page.once.isVisible)
    settle(qtbot, background)
    password = page.once.shown.text()
    assert len(password) == 27
    assert room.sign_in.choose_password("op13", password, PASSWORD).handle == "Operator 13"
    settle(qtbot, background)
    assert page.once.isVisible(), "news of the sign-in does not take it away"
    qtbot.mouseClick(page.once.copy_button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == password
    page.once._clear_clipboard()
    assert QApplication.clipboard().text() == ""
    page.left()
    page.entered()
    settle(qtbot, background)
    assert page.once.shown.text() == password, "only whoever was handed it, or puts it away, ends it"
    page.once.close_button.click()
    assert page.once.shown.text() == ""


def test_a_one_time_password_stays_whatever_the_list_shows_until_it_is_put_away(
    page: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    choose(page, room.supervisor)
    page.add.run()
    asked = form(page)
    asked.fill("handle", "Operator 13")
    asked.fill("login", "op13")
    asked.submit()
    qtbot.waitUntil(page.once.isVisible)
    password = page.once.shown.text()
    for disturb in (
        page.refresh,
        lambda: choose(page, room.operator),
        page.records.unselect,
        lambda: page.table.view.setFocus(Qt.FocusReason.TabFocusReason),
        page.panel.close_panel,
        page.add.run,
    ):
        disturb()
        settle(qtbot, background)
        assert page.once.isVisible()
        assert page.once.shown.text() == password
        assert not page.panel.isAncestorOf(page.once), "it stands under no other account's heading"
        assert page.once.title == "One-time password for Operator 13"
    assert page.forms.form is None, "another password would take its place"
    qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not page.once.isVisible()


def test_a_name_that_looks_like_another_is_refused_in_the_form(page: UsersPage, qtbot: QtBot):
    page.add.run()
    asked = form(page)
    asked.fill("handle", "0perator 07")
    asked.fill("login", "op13")
    asked.submit()
    qtbot.waitUntil(lambda: "looks like Operator 07" in asked.error)


def test_roles_are_changed_and_the_list_follows(
    page: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    choose(page, room.operator)
    qtbot.mouseClick(buttons(page)["Roles"], Qt.MouseButton.LeftButton)
    form(page).fill("supervisor", True)
    form(page).submit()
    qtbot.waitUntil(lambda: page.forms.form is None)
    settle(qtbot, background)
    assert room.sign_in.refresh(room.operator).roles == {Role.OPERATOR, Role.SUPERVISOR}
    assert dict(page.view.facts.facts)["Roles"] == "operator, supervisor"


def test_switching_off_needs_a_reason_and_offers_switching_on(
    page: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    choose(page, room.operator)
    qtbot.mouseClick(buttons(page)["Switch off"], Qt.MouseButton.LeftButton)
    form(page).submit()
    assert state(room, room.operator) is AccountState.ACTIVE
    form(page).fill("reason", "Left the council.")
    form(page).submit()
    qtbot.waitUntil(lambda: page.forms.form is None)
    settle(qtbot, background)
    assert offered(page) == {"Roles", "Last day", "Switch on"}
    assert "Left the council." in page.view.meaning.text()
    qtbot.mouseClick(buttons(page)["Switch on"], Qt.MouseButton.LeftButton)
    form(page).submit()
    qtbot.waitUntil(page.once.isVisible)
    settle(qtbot, background)
    assert state(room, room.operator) is AccountState.ONE_TIME


def test_a_locked_account_comes_up_by_itself_and_is_unlocked(
    page: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    for _ in range(5):
        with pytest.raises(PermissionRefused):
            room.sign_in.sign_in("operator", "not the password")
    qtbot.waitUntil(lambda: any(each.state is AccountState.LOCKED for each in page.table.shown_records()))
    choose(page, room.operator)
    assert buttons(page)["Unlock"].isVisible()
    assert "Too many wrong passwords at" in page.view.meaning.text()
    qtbot.mouseClick(buttons(page)["Unlock"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state(room, room.operator) is AccountState.ACTIVE)
    settle(qtbot, background)


def test_nobody_is_offered_to_change_their_own_account(page: UsersPage, room: Room):
    choose(page, room.administrator)
    assert offered(page) == set()
    choose(page, room.operator)
    assert offered(page) == {"Roles", "Reset password", "Last day", "Switch off"}


@pytest.mark.parametrize(("role", "may_unlock"), [("supervisor", True), ("auditor", False)])
def test_those_who_only_see_accounts_are_offered_no_change(
    page: UsersPage, room: Room, session: DeskSession, qtbot: QtBot, background: Background, role, may_unlock
):
    for _ in range(5):
        with pytest.raises(PermissionRefused):
            room.sign_in.sign_in("operator", "not the password")
    session.sign_in(getattr(room, role))
    settle(qtbot, background)
    assert not page.tools_of_bar()[0].isVisible()
    choose(page, room.operator)
    assert offered(page) == ({"Unlock"} if may_unlock else set())
    page.add.run()
    assert page.forms.form is None


def test_somebody_else_at_the_desk_finds_no_password_and_no_open_question(
    page: UsersPage, room: Room, session: DeskSession, qtbot: QtBot, background: Background
):
    choose(page, room.operator)
    qtbot.mouseClick(buttons(page)["Reset password"], Qt.MouseButton.LeftButton)
    form(page).submit()
    qtbot.waitUntil(page.once.isVisible)
    session.sign_in(room.operator)
    assert page.once.shown.text() == ""
    assert not page.panel.isVisible()
    assert page.table.shown_records() == []
    settle(qtbot, background)


def test_a_one_time_password_is_there_again_for_whoever_made_it_and_for_nobody_else(
    page: UsersPage, room: Room, session: DeskSession, qtbot: QtBot, background: Background
):
    other = room.accounts.add(room.administrator, "second", "Administrator 2", PASSWORD, {Role.ADMINISTRATOR})
    choose(page, room.operator)
    qtbot.mouseClick(buttons(page)["Reset password"], Qt.MouseButton.LeftButton)
    form(page).submit()
    qtbot.waitUntil(page.once.isVisible)
    password = page.once.shown.text()
    for somebody in (room.operator, Actor(other.id, other.handle, other.roles)):
        session.sign_in(somebody)
        settle(qtbot, background)
        assert (page.once.shown.text(), page.once.isVisible()) == ("", False)
    session.sign_out()
    session.sign_in(room.administrator)
    settle(qtbot, background)
    assert (page.once.shown.text(), page.once.isVisible()) == (password, True)
    page.once.forget()
    session.sign_in(room.operator)
    session.sign_in(room.administrator)
    assert page.once.shown.text() == "", "it was put away"


def test_the_cameras_a_person_had_control_of_are_shown(
    page: UsersPage, room: Room, qtbot: QtBot, background: Background
):
    count(room, room.add_camera("014", "George Street").id, minutes=0, moves=4)
    choose(page, room.operator)
    settle(qtbot, background)
    holds = page.view.holds
    assert holds is not None and holds.isVisible()
    ((_when, said),) = holds.facts.facts
    assert said.startswith("Camera 014, until ") and said.endswith("4 movements, released")
    choose(page, room.auditor)
    settle(qtbot, background)
    assert holds.facts.facts == [], "nobody else's"
