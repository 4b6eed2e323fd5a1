"""The person at a real desk: out when switched off, other roles at once, and offered only what their role may."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.permissions import PERMISSIONS
from controlroom.accounts.records import Actor, Role
from controlroom.app.desk import Desk
from controlroom.app.room import Room, open_room
from controlroom.audit.records import AuditFilter
from controlroom.ui.kit.filter_box import FilterBox
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.messages import Message
from controlroom.ui.pages.audit.list import AuditFilterBar
from controlroom.ui.pages.audit.page import AuditPage
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.search_field import SearchField
from tests.builders import PASSWORD
from tests.ui.conftest import _themed

__all__ = ["_themed"]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with open_room(tmp_path_factory.mktemp("room")) as made:
        accounts = made.services.accounts
        root = accounts.add_first("root", "Administrator", PASSWORD)
        for role in Role:
            accounts.add(root, f"the.{role.value}", f"Person {role.value}", PASSWORD, {role})
        yield made


def sign_in(room: Room, login: str) -> Actor:
    return room.services.sign_in.sign_in(login, PASSWORD)


@pytest.fixture
def desk(room: Room, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(room, actor=sign_in(room, "the.operator"))
    qtbot.addWidget(made.window)
    made.show(restore=False)
    quiet(made, qtbot)
    yield made
    made.close()


def quiet(desk: Desk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not desk.background.busy)


def test_a_password_typed_into_the_log_line_is_not_saved_before_a_question(
    desk: Desk, room: Room, qtbot: QtBot
):
    def entries() -> list[str]:
        quiet(desk, qtbot)
        return [each.text for each in room.services.log.entries(desk.session.actor).records]

    sat_down = room.services.sign_in.sign_in("the.operator", PASSWORD)
    desk.session.sign_in(sat_down)
    line = desk.window.log_line
    glued = f"doors{PASSWORD}"
    for text in (PASSWORD, glued, "Two males running towards North End"):
        line.edit.setText(text)
        line.submit()
    qtbot.waitUntil(lambda: "Two males running towards North End" in entries())
    assert not {PASSWORD, glued} & set(entries())
    assert PASSWORD not in (line.text, *line.unsaved())
    (asked,) = [
        each.message for each in desk.messages.book.newest_first("warn") if "password" in each.message.text
    ]
    assert PASSWORD not in f"{asked.text} {asked.rest}"
    assert asked.action is not None
    asked.action()
    qtbot.waitUntil(lambda: {PASSWORD, glued} <= set(entries()))  # one answer saves each
    assert "Not saved" not in line.outcome


def test_a_password_typed_into_a_form_is_not_saved_before_a_question(desk: Desk, room: Room, qtbot: QtBot):
    desk.session.sign_in(sign_in(room, "the.operator"))
    page = desk.window.page(LogPage)

    def entries() -> list[int]:
        return [each.id for each in room.services.log.entries(desk.session.actor).records]

    before = entries()
    desk.window.show_page(page)
    page.write_new()
    form = page.forms.form
    assert form is not None
    form.fill("text", PASSWORD)
    form.submit()
    qtbot.waitUntil(lambda: not form.running)
    question = form.findChild(PasswordQuestion)
    assert question is not None
    assert not question.isHidden()
    assert entries() == before
    assert page.forms.form is form


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_offered_its_pages_and_none_of_them_is_refused_anything(
    desk: Desk, room: Room, qtbot: QtBot, role: Role
):
    desk.session.sign_in(sign_in(room, f"the.{role.value}"))
    held = PERMISSIONS[role]
    may = [page for page in desk.window.pages if page.permission is None or page.permission in held]
    assert desk.window.offered() == may
    told: list[object] = []
    desk.messages.shown.connect(told.append)
    for page in desk.window.pages:
        desk.window.show_page(page)
        quiet(desk, qtbot)
        assert (desk.window.current is page) == (page in may)
    desk.window.show_page(may[0])
    assert told == [], "a page asked for something its person may not"


def test_after_changing_over_nothing_of_the_last_persons_pages_is_asked_in_the_new_name(
    desk: Desk, room: Room, qtbot: QtBot
):
    desk.session.sign_in(sign_in(room, "the.supervisor"))
    for page in desk.window.offered():
        desk.window.show_page(page)
        for field in page.findChildren(SearchField):
            field.search_for("two males")
        for choices in page.findChildren(Choices):
            choices.choose(1)
        for box in (*page.findChildren(FilterBox), *page.findChildren(AuditFilterBar)):
            box.period.setCurrentIndex(1)
        quiet(desk, qtbot)
    told: list[Message] = []
    desk.messages.shown.connect(told.append)
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR, Role.OPERATOR):
        desk.session.sign_in(sign_in(room, f"the.{role.value}"))
        quiet(desk, qtbot)
        assert all(bar.period.value == 0 for bar in desk.window.findChildren(AuditFilterBar))
        desk.session.sign_in(sign_in(room, "the.supervisor"))
        quiet(desk, qtbot)
        assert all(bar.period.value == 1 for bar in desk.window.findChildren(AuditFilterBar))
    assert told == []


def test_who_is_switched_off_finds_the_sign_in_page_and_why(desk: Desk, room: Room, qtbot: QtBot):
    accounts, root = room.services.accounts, sign_in(room, "root")
    user = accounts.add(root, "leaver", "Operator 90", PASSWORD, {Role.OPERATOR})
    desk.session.sign_in(sign_in(room, "leaver"))
    quiet(desk, qtbot)
    accounts.switch_off(root, user.id, "Left.")
    qtbot.waitUntil(lambda: not desk.session.signed_in)
    assert "Operator 90 is no longer allowed" in desk._sign_in.form.notice
    quiet(desk, qtbot)


def test_changed_roles_hold_at_the_desk_at_once_and_nobody_is_thrown_out(
    desk: Desk, room: Room, qtbot: QtBot
):
    accounts, root = room.services.accounts, sign_in(room, "root")
    user = accounts.add(root, "rising", "Operator 91", PASSWORD, {Role.OPERATOR})
    desk.session.sign_in(sign_in(room, "rising"))
    log, audit = desk.window.page(LogPage), desk.window.page(AuditPage)
    desk.window.show_page(log)
    desk.window.log_line.edit.setText("half an entry")
    assert audit not in desk.window.offered()
    accounts.set_roles(root, user.id, {Role.OPERATOR, Role.SUPERVISOR})
    qtbot.waitUntil(lambda: audit in desk.window.offered())
    assert desk.window.current is log
    assert desk.window.log_line.text == "half an entry"
    quiet(desk, qtbot)


def test_a_reset_password_locks_nobody_in_and_puts_the_person_out(desk: Desk, room: Room, qtbot: QtBot):
    accounts, root = room.services.accounts, sign_in(room, "root")
    user = accounts.add(root, "forgetful", "Operator 92", PASSWORD, {Role.OPERATOR})
    desk.session.sign_in(sign_in(room, "forgetful"))
    assert desk.window.guard is not None
    desk.window.guard.lock()
    accounts.reset_password(root, user.id)
    qtbot.waitUntil(lambda: not desk.session.signed_in)
    assert not desk.window.guard.layer.isVisible()
    assert "Sign in again" in desk._sign_in.form.notice
    quiet(desk, qtbot)


def test_the_lock_is_in_the_audit_trail(desk: Desk, room: Room, qtbot: QtBot):
    assert desk.window.guard is not None
    desk.window.guard.lock()
    quiet(desk, qtbot)
    auditor = sign_in(room, "the.auditor")
    newest = room.services.audit_trail.entries(auditor, AuditFilter(), limit=10)
    entry = next(each for each in newest.entries if each.action == "desk.locked")
    assert (entry.actor, entry.detail["how"]) == ("Person operator", "by hand")
