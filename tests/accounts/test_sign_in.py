"""Guessing is kept slow without shutting anybody out for long; one-time passwords; odd input."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from controlroom.accounts import passwords
from controlroom.accounts.records import Actor, NewAccount, OneTimePassword, PasswordDue, Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.waits import Waits
from controlroom.audit import service as audit
from controlroom.clock import local_date
from controlroom.database.people import DatabasePeople
from controlroom.errors import InvalidInput, PermissionRefused
from tests.builders import PASSWORD, Room, make_room
from tests.engines import everything_stored

OWN = "lamp column at dawn"
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path) -> Room:
    made = make_room(tmp_path)
    made.accounts.add(made.administrator, "night", "Operator 11", PASSWORD, {Role.OPERATOR})
    return made


def at_desk(room: Room, desk: str) -> SignInService:
    return SignInService(room.database, desk=desk)


def refusal(service: SignInService, login: str, password: str) -> str:
    with pytest.raises(PermissionRefused) as refused:
        service.sign_in(login, password)
    return str(refused.value)


def guess(service: SignInService, login: str, times: int) -> list[str]:
    return [refusal(service, login, "not the password") for _ in range(times)]


def newcomer(room: Room, login: str = "agency", **more) -> OneTimePassword:
    new = NewAccount(login, "Agency 01", frozenset({Role.OPERATOR}), **more)
    return room.accounts.add_account(room.administrator, new)


def actions(room: Room) -> list[str]:
    with room.database.read() as session:
        return [entry.action for entry in audit.newest(session, 50)]


def account(room: Room, handle: str):
    return next(each for each in room.accounts.accounts(room.administrator) if each.user.handle == handle)


# -- lock-out ------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_lock_the_name_for_a_minute_even_with_the_right_one(room):
    answers = guess(room.sign_in, "night", 5)
    assert "not right" in answers[3]
    assert "Too many wrong passwords" in answers[4]
    assert "locked here until 22:42:07" in refusal(room.sign_in, "night", PASSWORD)
    room.clock.advance(MINUTE)
    assert room.sign_in.sign_in("night", PASSWORD).handle == "Operator 11"


def test_each_further_wrong_password_doubles_the_lock_up_to_a_quarter_of_an_hour(room):
    guess(room.sign_in, "night", 5)
    lasted = []
    for _ in range(6):
        until = account(room, "Operator 11").locked_until
        lasted.append(round((until - room.clock.now()) / MINUTE))
        room.clock.at = until
        guess(room.sign_in, "night", 1)
    assert lasted == [1, 2, 4, 8, 15, 15]


def test_tries_while_locked_do_not_lengthen_the_lock(room):
    answers = guess(room.sign_in, "night", 9)
    assert "locked here until" in answers[-1]
    room.clock.advance(MINUTE)
    assert room.sign_in.sign_in("night", PASSWORD).handle == "Operator 11"


def test_wrong_passwords_far_apart_lock_nothing(room):
    for _ in range(7):
        assert "not right" in guess(room.sign_in, "night", 1)[0]
        room.clock.advance(4 * MINUTE)
    assert account(room, "Operator 11").locked_at == ()
    assert room.sign_in.sign_in("night", PASSWORD).handle == "Operator 11"


def test_a_right_password_forgets_the_wrong_ones_before_it(room):
    for _ in range(3):
        answers = guess(room.sign_in, "night", 4)
        assert all("not right" in each for each in answers)
        assert room.sign_in.sign_in("night", PASSWORD).handle == "Operator 11"


def test_somebody_guessing_at_one_desk_shuts_nobody_out_at_another(room):
    for login in ("night", "operator", "administrator"):
        guess(at_desk(room, "desk 1"), login, 6)
    assert at_desk(room, "desk 2").sign_in("night", PASSWORD).handle == "Operator 11"
    assert "Too many" in refusal(at_desk(room, "desk 1"), "night", PASSWORD)
    assert account(room, "Operator 11").locked_at == ("desk 1",)


def test_a_name_tried_at_four_desks_is_locked_at_all_for_a_minute(room):
    for number in range(4):
        guess(at_desk(room, f"desk {number}"), "night", 5)
    elsewhere = at_desk(room, "desk 9")
    assert "Too many" in refusal(elsewhere, "night", PASSWORD)
    assert account(room, "Operator 11").locked_at == ()
    room.clock.advance(MINUTE)
    elsewhere.sign_in("night", PASSWORD)


def test_a_name_nobody_has_is_counted_and_locked_in_the_same_words(room):
    known, unknown = guess(room.sign_in, "night", 6), guess(room.sign_in, "nobody-here", 6)
    assert known == unknown


def test_an_unknown_name_costs_as_much_work_as_a_known_one(room, monkeypatch):
    compared = []

    class Counting(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002 - named so by the library
            compared.append(str(hash).split("$")[3])
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting(1, 64, 1))
    for login in ("night", "nobody-here", "0" * 500, "op\0erator"):
        refusal(room.sign_in, login, "not the password")
    assert len(compared) == 4
    assert len(set(compared)) == 1, "every comparison has the same parameters"


def test_supervisor_and_administrator_unlock_and_operators_do_not(room):
    locked = account(room, "Operator 11").id
    for unlocker in (room.supervisor, room.administrator):
        guess(room.sign_in, "night", 5)
        room.accounts.unlock(unlocker, locked)
        room.sign_in.sign_in("night", PASSWORD)
    with pytest.raises(PermissionRefused, match="may not unlock"):
        room.accounts.unlock(room.operator, locked)
    assert actions(room).count("user.unlocked") == 2


def test_a_lock_is_audited_and_no_password_or_typed_name_is_kept(room):
    guess(room.sign_in, "night", 5)
    refusal(room.sign_in, "my own passw0rd typed here", PASSWORD)
    assert "sign-in.locked" in actions(room)
    kept = everything_stored(room.folder)
    for secret in (b"passw0rd", b"not the password", PASSWORD.encode()):
        assert secret not in kept


# -- states of accounts --------------------------------------------------------------------------------------


def test_the_last_sign_in_and_its_desk_are_kept(room):
    assert account(room, "Operator 11").last_sign_in_at is None
    at_desk(room, "desk 3").sign_in("night", PASSWORD)
    kept = account(room, "Operator 11")
    assert (kept.last_sign_in_at, kept.last_desk) == (room.clock.now(), "desk 3")


def test_only_who_knows_the_password_is_told_that_the_account_is_off_or_ended(room):
    room.accounts.switch_off(room.administrator, account(room, "Operator 11").id, "Left the council.")
    assert "switched off" in refusal(room.sign_in, "night", PASSWORD)
    assert "not right" in refusal(room.sign_in, "night", "not the password")


def test_an_account_works_through_its_last_day_in_london_and_not_after(room):
    given = newcomer(room, expires_on=local_date(room.clock.now()))
    actor = room.sign_in.choose_password("agency", given.password, OWN)
    assert room.sign_in.refresh(actor) == actor
    room.clock.advance(timedelta(hours=2))
    with pytest.raises(PermissionRefused, match="no longer allowed"):
        room.sign_in.refresh(actor)
    assert "ended on 20 Nov 2026" in refusal(room.sign_in, "agency", OWN)


# -- one's own password --------------------------------------------------------------------------------------


def test_a_one_time_password_signs_nobody_in_until_another_one_is_chosen(room):
    given = newcomer(room)
    with pytest.raises(PasswordDue):
        room.sign_in.sign_in("agency", given.password)
    with pytest.raises(InvalidInput, match="password you have"):
        room.sign_in.choose_password("agency", given.password, given.password)
    assert room.sign_in.choose_password("agency", given.password, OWN).handle == "Agency 01"
    assert "not right" in refusal(room.sign_in, "agency", given.password)
    assert room.sign_in.sign_in("agency", OWN).handle == "Agency 01"


def test_a_one_time_password_grows_too_old(room):
    given = newcomer(room)
    room.clock.at = given.until
    with pytest.raises(PermissionRefused, match="too old"):
        room.sign_in.choose_password("agency", given.password, OWN)


def test_choosing_a_password_needs_the_one_time_one_and_counts_wrong_ones(room):
    newcomer(room)
    for _ in range(5):
        with pytest.raises(PermissionRefused):
            room.sign_in.choose_password("agency", "guessed it maybe", OWN)
    assert "Too many" in refusal(room.sign_in, "agency", "guessed it maybe")


def test_changing_ones_password_puts_the_other_desks_out(room):
    here, there = room.sign_in.sign_in("night", PASSWORD), at_desk(room, "b").sign_in("night", PASSWORD)
    with pytest.raises(PermissionRefused):
        room.sign_in.change_password(here, "not the password", OWN)
    here = room.sign_in.change_password(here, PASSWORD, OWN)
    assert room.sign_in.refresh(here) == here
    with pytest.raises(PermissionRefused, match="Sign in again"):
        room.sign_in.refresh(there)


def test_a_reset_puts_the_person_out_at_once(room):
    actor = room.sign_in.sign_in("night", PASSWORD)
    room.accounts.reset_password(room.administrator, actor.user_id)
    with pytest.raises(PermissionRefused, match="Sign in again"):
        room.sign_in.refresh(actor)


# -- odd input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("night", "x" * 10_000_000),
        ("n" * 10_000_000, PASSWORD),
        ("night\0", PASSWORD),
        ("night", PASSWORD + "\0"),
        ("night", "\ud800" * 20),
        ("\ud800", PASSWORD),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("ni\u0261ht", PASSWORD),  # a letter that looks like g
    ],
    ids=[
        "long password",
        "long name",
        "nul in name",
        "nul in password",
        "half a pair",
        "half name",
        "sql",
        "alike",
    ],
)
def test_odd_input_is_a_wrong_password_and_nothing_else(room, login, password):
    assert "not right" in refusal(room.sign_in, login, password)


def test_the_same_password_from_another_keyboard_is_the_same(room):
    composed, apart = "caf\u00e9 au lait \u00e0 trois", "cafe\u0301 au lait a\u0300 trois"
    actor = room.sign_in.sign_in("night", PASSWORD)
    room.sign_in.change_password(actor, PASSWORD, composed)
    assert room.sign_in.sign_in("\uff4e\uff49\uff47\uff48\uff54", apart).handle == "Operator 11"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too short"),
        ("aaaaaaaaaaaaaaaa", "too easy"),
        ("passwordpassword", "too easy"),
        ("abcdefghijklmnop", "too easy"),
        ("123456789012345", "too easy"),
        ("my night at the desk", "contains your name"),
        ("tab\tin the middle", "cannot be used"),
        ("x" * 300, "cannot be used"),
        (" " * 20, "too easy"),
    ],
)
def test_a_weak_or_odd_new_password_is_refused(room, password, why):
    actor = room.sign_in.sign_in("night", PASSWORD)
    with pytest.raises(InvalidInput, match=why):
        room.sign_in.change_password(actor, PASSWORD, password)


def test_one_time_passwords_differ_are_long_and_easily_read_out():
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 27 and each.replace("-", "").isalpha() and "l" not in each for each in made)


def test_one_time_passwords_stay_out_of_logs(room):
    given = newcomer(room)
    assert given.password not in f"{given!r} {given}"


# -- the database's own people -------------------------------------------------------------------------------


class NotedPeople(DatabasePeople):
    """Notes what the database is told."""

    keeps_passwords = False

    def __init__(self) -> None:
        self.heard: list[tuple] = []

    def put(self, work, login, *, password=None):
        self.heard.append(("put", login, password is not None))
        return ""

    def enter(self, login, password):
        self.heard.append(("enter", login))

    def leave(self):
        self.heard.append(("leave",))


def test_the_database_hears_of_people_in_the_order_they_come_and_go(room):
    people = NotedPeople()
    service, accounts = SignInService(room.database, people), AccountService(room.database, people)
    first = service.sign_in("night", PASSWORD)
    accounts.add(room.administrator, "day", "Operator 12", OWN, {Role.OPERATOR})
    second = service.sign_in("day", OWN)
    service.sign_out(first)  # as the desk does: the next person sits down before the last has gone
    accounts.set_roles(room.administrator, second.user_id, {Role.SUPERVISOR})
    accounts.switch_off(room.administrator, second.user_id, "Left.")
    service.sign_out(second)
    assert people.heard == [
        ("enter", "night"),
        ("put", "day", True),
        ("enter", "day"),
        ("put", "day", False),
        ("put", "day", False),
        ("leave",),
    ]


def test_who_acts_is_the_same_whatever_they_typed_to_get_in():
    assert Actor(1, "Operator 07", frozenset(), 0, "a") == Actor(1, "Operator 07", frozenset(), 0, "b")


def test_a_clock_set_back_makes_no_lock_longer(room):
    steady = [0.0]
    service = SignInService(room.database, waits=Waits(lambda: steady[0]))
    guess(service, "night", 5)
    room.clock.advance(-60 * MINUTE)
    steady[0] += 59
    assert "locked here until" in refusal(service, "night", PASSWORD)
    steady[0] += 1
    assert service.sign_in("night", PASSWORD).handle == "Operator 11"


def test_a_clock_set_back_before_the_program_starts_again_leaves_a_lock_as_long_as_it_was_meant(room):
    steady = [0.0]
    guess(room.sign_in, "night", 5)
    room.clock.advance(-60 * MINUTE)
    service = SignInService(room.database, waits=Waits(lambda: steady[0]))
    assert "locked here until" in refusal(service, "night", PASSWORD)
    steady[0] += 60
    assert service.sign_in("night", PASSWORD).handle == "Operator 11"
