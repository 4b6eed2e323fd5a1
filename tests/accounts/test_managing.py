"""Looking after accounts: who may, what is never allowed, and what it means for people at a desk."""

from datetime import date, timedelta

import pytest

from controlroom.accounts.access import require
from controlroom.accounts.names import skeleton
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import AccountState, NewAccount, PasswordDue, Role
from controlroom.audit import service as audit
from controlroom.errors import Conflict, InvalidInput, NotFound, PermissionRefused, RuleBroken
from tests.builders import PASSWORD, Room, make_room

pytestmark = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path) -> Room:
    return make_room(tmp_path)


def add(room: Room, login: str, handle: str, *roles: Role):
    return room.accounts.add_account(room.administrator, NewAccount(login, handle, frozenset(roles)))


def account(room: Room, handle: str):
    return next(each for each in room.accounts.accounts(room.administrator) if each.user.handle == handle)


def newest(room: Room):
    with room.database.read() as session:
        return audit.newest(session, 1)[0]


def second_administrator(room: Room):
    room.accounts.add(room.administrator, "second", "Administrator 2", PASSWORD, {Role.ADMINISTRATOR})
    return room.sign_in.sign_in("second", PASSWORD)


@pytest.mark.parametrize(
    "login", ["", "  ", "night desk", "night\0", "\u043dight", "n" * 49, "-night", "\ud800"]
)
def test_a_name_that_cannot_be_typed_everywhere_is_refused(room, login):
    with pytest.raises(InvalidInput, match=r"cannot be (used|stored)"):
        add(room, login, "Operator 11", Role.OPERATOR)


@pytest.mark.parametrize(
    ("login", "like"), [("0perator", "operator"), ("supervis0r", "supervisor"), ("audit0r", "auditor")]
)
def test_a_name_that_looks_like_another_is_refused(room, login, like):
    with pytest.raises(InvalidInput, match=f"looks like {like}"):
        add(room, login, "Operator 11", Role.OPERATOR)


@pytest.mark.parametrize(
    "handle", ["operator 07", "0perator 07", "Operator  O7", "Operator-07", "Öperator 07", "Operatør 07"]
)
def test_a_handle_that_records_would_mix_up_is_refused(room, handle):
    with pytest.raises(InvalidInput, match=r"Operator 07.* exists already"):
        add(room, "night", handle, Role.OPERATOR)


@pytest.mark.parametrize(
    "handle", ["Control Room", "control-room", "C0ntrol Room", "\uff33ystem", "Recorder", "Nobody"]
)
def test_no_account_bears_a_name_under_which_the_program_writes(room, handle):
    with pytest.raises(InvalidInput, match="the program itself"):
        add(room, "night", handle, Role.OPERATOR)


@pytest.mark.parametrize("letter", ["\u0251", "\u0131", "\u1d0f", "\u1d00", "\u0261", "\u026a"])
def test_a_letter_that_only_looks_like_ours_is_refused_and_read_as_ours_in_names_there_are(room, letter):
    with pytest.raises(InvalidInput, match="cannot stand in a handle"):
        add(room, "night", f"Night {letter}", Role.OPERATOR)
    read = {"\u0251": "a", "\u0131": "i", "\u1d0f": "o", "\u1d00": "a", "\u0261": "g", "\u026a": "i"}[letter]
    assert skeleton(f"Night {letter}") == skeleton(f"Night {read}")


@pytest.mark.parametrize("handle", ["Zoë Ångström", "Łukasz", "Søren", "Æthelred", "Strauß"])
def test_letters_with_accents_are_letters(room, handle):
    assert add(room, "night", handle, Role.OPERATOR).handle == handle


def test_a_letter_that_only_looks_like_ours_is_named(room):
    with pytest.raises(InvalidInput, match="cyrillic capital letter o"):
        add(room, "night", "\u041eperator 12", Role.OPERATOR)


@pytest.mark.parametrize("handle", ["", "Operator\n07", "\u041eperator 12", "x" * 60, "Operator \u202e21"])
def test_a_handle_records_could_not_show_is_refused(room, handle):
    if "\n" in handle:
        handle = "Operator\x0012"
    with pytest.raises(InvalidInput, match=r"needs a handle|cannot be stored|cannot stand in a handle"):
        add(room, "night", handle, Role.OPERATOR)


def test_an_account_without_a_role_is_refused(room):
    with pytest.raises(InvalidInput, match="no role"):
        add(room, "night", "Operator 11")
    with pytest.raises(InvalidInput, match="no role"):
        room.accounts.set_roles(room.administrator, room.operator.user_id, set())


def test_the_second_of_two_administrators_is_told_who_was_first(room):
    add(room, "night", "Operator 12", Role.OPERATOR)
    (seen,) = [each for each in room.accounts.accounts(room.administrator) if each.user.login == "night"]
    room.accounts.set_roles(room.administrator, seen.id, {Role.SUPERVISOR}, seen=seen)
    with pytest.raises(Conflict, match="Operator 12 was changed meanwhile by Administrator"):
        room.accounts.set_roles(room.administrator, seen.id, {Role.AUDITOR}, seen=seen)
    room.accounts.set_last_day(room.administrator, seen.id, date(2027, 1, 1), seen=seen)
    with pytest.raises(Conflict, match="until 2027-01-01 now"):
        room.accounts.set_last_day(room.administrator, seen.id, date(2027, 2, 1), seen=seen)


def test_changed_roles_hold_from_the_next_step_on(room):
    room.accounts.set_roles(room.administrator, room.operator.user_id, {Role.AUDITOR})
    with room.database.read() as session:
        require(session, room.operator, Permission.READ_AUDIT)
        with pytest.raises(PermissionRefused):
            require(session, room.operator, Permission.WRITE_LOG)
    assert room.sign_in.refresh(room.operator).roles == {Role.AUDITOR}
    assert newest(room).detail == {"roles": ["auditor"], "before": ["operator"]}


def test_an_account_switched_off_is_out_at_the_next_step_and_comes_back_with_a_one_time_password(room):
    who = room.operator.user_id
    with pytest.raises(InvalidInput, match="needs a reason"):
        room.accounts.switch_off(room.administrator, who, "  ")
    room.accounts.switch_off(room.administrator, who, "Left the council on Friday.")
    with pytest.raises(PermissionRefused, match="no longer allowed"):
        room.sign_in.refresh(room.operator)
    off = account(room, "Operator 07")
    assert (off.state, off.off_reason) == (AccountState.OFF, "Left the council on Friday.")
    entry = newest(room)
    assert (entry.action, entry.text, entry.detail) == ("user.off", "Left the council on Friday.", {})
    given = room.accounts.switch_on(room.administrator, who)
    assert account(room, "Operator 07").state is AccountState.ONE_TIME
    with pytest.raises(PasswordDue):
        room.sign_in.sign_in("operator", given.password)
    with pytest.raises(PermissionRefused, match="Sign in again"):
        room.sign_in.refresh(room.operator)


def test_nobody_changes_their_own_account(room):
    me, mine = room.administrator, room.administrator.user_id
    second_administrator(room)
    for attempt in (
        lambda: room.accounts.set_roles(me, mine, {Role.OPERATOR, Role.ADMINISTRATOR}),
        lambda: room.accounts.switch_off(me, mine, "Tired."),
        lambda: room.accounts.reset_password(me, mine),
        lambda: room.accounts.set_last_day(me, mine, date(2027, 1, 1)),
    ):
        with pytest.raises(RuleBroken, match="their own account"):
            attempt()


def test_the_last_administrator_can_be_neither_switched_off_stripped_nor_given_an_end(room):
    second = second_administrator(room)
    room.accounts.set_last_day(second, room.administrator.user_id, date(2027, 1, 1))
    leaving = room.administrator  # still an administrator, but not for ever: does not count
    for attempt in (
        lambda: room.accounts.set_roles(leaving, second.user_id, {Role.OPERATOR}),
        lambda: room.accounts.switch_off(leaving, second.user_id, "Left."),
        lambda: room.accounts.set_last_day(leaving, second.user_id, date(2027, 1, 1)),
    ):
        with pytest.raises(RuleBroken, match="last administrator"):
            attempt()
    assert account(room, "Administrator 2").user.roles == {Role.ADMINISTRATOR}
    room.accounts.set_last_day(second, room.administrator.user_id, None)
    room.accounts.switch_off(leaving, second.user_id, "Left.")


def test_a_last_day_that_is_past_is_refused(room):
    yesterday = (room.clock.now() - timedelta(days=1)).date()
    with pytest.raises(InvalidInput, match="past"):
        room.accounts.set_last_day(room.administrator, room.operator.user_id, yesterday)


def test_an_account_that_is_not_there_is_said_to_be_so(room):
    with pytest.raises(NotFound):
        room.accounts.set_roles(room.administrator, 999, {Role.OPERATOR})


def test_every_change_is_announced_so_that_the_desk_concerned_hears_of_it(room):
    heard = []
    room.changes.listen(lambda change: heard.append((change.kind, change.key)))
    who = room.operator.user_id
    room.accounts.set_roles(room.administrator, who, {Role.AUDITOR})
    room.accounts.reset_password(room.administrator, who)
    room.accounts.unlock(room.administrator, who)
    room.accounts.switch_off(room.administrator, who, "Left.")
    assert heard == [("user", str(who))] * 4


def test_a_refused_change_leaves_nothing_behind(room):
    add(room, "night", "Operator 11", Role.OPERATOR)
    before = newest(room)
    with pytest.raises(RuleBroken):
        room.accounts.set_roles(room.administrator, room.administrator.user_id, {Role.OPERATOR})
    assert newest(room) == before
