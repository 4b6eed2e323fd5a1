"""Signing in, and permissions checked by the services themselves."""

import pytest
from sqlalchemy import update

from controlroom.accounts.access import require
from controlroom.accounts.permissions import PERMISSIONS, Permission
from controlroom.accounts.records import Role
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.errors import InvalidInput, PermissionRefused
from tests.builders import PASSWORD, make_room
from tests.engines import everything_stored

pytestmark = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path):
    return make_room(tmp_path)


def test_the_right_password_signs_in_whatever_the_case_of_the_name(room):
    room.accounts.add(room.administrator, "Night.Desk", "Operator 11", PASSWORD, {Role.OPERATOR})
    actor = room.sign_in.sign_in(" NIGHT.desk", PASSWORD)
    assert (actor.handle, actor.roles) == ("Operator 11", {Role.OPERATOR})


@pytest.mark.parametrize(
    ("login", "password"), [("night", "wrong password!"), ("nobody", PASSWORD), ("", "")]
)
def test_every_wrong_sign_in_gets_the_same_answer_and_is_noted(room, login, password):
    room.accounts.add(room.administrator, "night", "Operator 11", PASSWORD, {Role.OPERATOR})
    with pytest.raises(PermissionRefused, match="name or the password is not right"):
        room.sign_in.sign_in(login, password)
    with room.database.read() as session:
        assert audit.newest(session, 1)[0].action == "sign-in.refused"


def test_the_password_is_stored_as_argon2_only(room):
    room.accounts.add(room.administrator, "night", "Operator 11", PASSWORD, {Role.OPERATOR})
    content = everything_stored(room.folder)
    assert PASSWORD.encode() not in content
    assert b"$argon2id$" in content


def test_a_short_password_and_a_taken_name_are_refused(room):
    with pytest.raises(InvalidInput, match="too short"):
        room.accounts.add(room.administrator, "night", "Operator 11", "short", {Role.OPERATOR})
    with pytest.raises(InvalidInput, match="already"):
        room.accounts.add(room.administrator, "operator", "Operator 12", PASSWORD, {Role.OPERATOR})


def test_only_an_administrator_adds_users(room):
    with pytest.raises(PermissionRefused, match=r"Supervisor 02 .*may not add users"):
        room.accounts.add(room.supervisor, "night", "Operator 11", PASSWORD, {Role.OPERATOR})


def test_the_first_account_can_be_made_once_only(room):
    with pytest.raises(PermissionRefused, match="accounts already"):
        room.accounts.add_first("root", "Administrator 2", PASSWORD)


def test_an_account_switched_off_may_do_nothing_from_that_moment(room):
    with room.database.write() as work:
        work.session.execute(update(UserRow).filter_by(id=room.operator.user_id).values(active=False))
    with room.database.read() as session, pytest.raises(PermissionRefused, match="no longer allowed"):
        require(session, room.operator, Permission.READ_LOG)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(room, role):
    actor = getattr(room, role.value)
    for permission in Permission:
        with room.database.read() as session:
            if permission in PERMISSIONS[role]:
                require(session, actor, permission)
            else:
                with pytest.raises(PermissionRefused):
                    require(session, actor, permission)


def test_the_auditor_changes_nothing():
    changing = {p for p in Permission if not p.name.startswith(("READ", "EXPORT"))}
    assert not PERMISSIONS[Role.AUDITOR] & changing
