"""Sitting down at a desk while the database is away: only who signed in there lately, and made good afterwards."""

from datetime import timedelta

import pytest

from controlroom.accounts.desk_sign_in import SIGNED_IN, DeskSignIn
from controlroom.accounts.records import NewAccount, Role
from controlroom.accounts.remembered import RememberedPeople
from controlroom.errors import PermissionRefused
from tests.builders import PASSWORD, make_room


class AwayDesk:
    """A room with a person who can sign in, and a database that can be taken away."""

    def __init__(self, folder):
        self.room = make_room(folder)
        self.path = folder / "remembered" / "people"
        self.noted = []
        self.remembered = RememberedPeople(self.path, self.room.site_key, self.room.clock, lambda: self.days)
        self.days = 7
        self.service = DeskSignIn(
            self.room.sign_in,
            self.remembered,
            self.room.database.availability,
            lambda actor, what: self.noted.append((actor.handle, what)),
        )
        self.room.accounts.add(self.room.administrator, "seven", "Operator 77", PASSWORD, {Role.OPERATOR})
        self.password = PASSWORD
        self.service.sign_in("seven", PASSWORD)

    def sign_in(self, password=None):
        return self.service.sign_in("seven", password or self.password)

    @property
    def away(self):
        return not self.room.database.availability.here

    @away.setter
    def away(self, away):
        availability = self.room.database.availability
        availability.watched = True
        availability.lost("stopped by the test") if away else availability.answered(1)


@pytest.fixture
def desk(tmp_path):
    return AwayDesk(tmp_path)


def test_who_signed_in_before_may_sit_down_while_the_database_is_away(desk):
    before = desk.sign_in()
    desk.away = True
    actor = desk.sign_in()
    assert (actor.user_id, actor.handle, actor.roles) == (before.user_id, before.handle, before.roles)
    assert desk.noted == [("Operator 77", SIGNED_IN)]
    assert [user.handle for user in desk.service.users()] == ["Operator 77"]
    assert desk.service.refresh(actor) == actor


def test_a_wrong_password_is_refused_and_soon_has_to_wait(desk):
    desk.sign_in()
    desk.away = True
    for _ in range(5):
        with pytest.raises(PermissionRefused, match="not right"):
            desk.sign_in("a wrong password")
    with pytest.raises(PermissionRefused, match="Too many"):
        desk.sign_in()
    desk.room.clock.advance(timedelta(minutes=2))
    assert desk.sign_in().handle == "Operator 77"


def test_who_never_signed_in_here_cannot(desk):
    desk.away = True
    desk.path.unlink(missing_ok=True)
    with pytest.raises(PermissionRefused, match="does not know"):
        desk.sign_in()


def test_after_the_days_of_the_setting_nobody_is_remembered(desk):
    desk.sign_in()
    desk.away = True
    desk.room.clock.advance(timedelta(days=8))
    with pytest.raises(PermissionRefused, match="does not know"):
        desk.sign_in()
    assert desk.service.users() == []


def test_fewer_days_hold_at_once(desk):
    desk.sign_in()
    desk.away = True
    desk.room.clock.advance(timedelta(days=3))
    assert desk.sign_in().handle == "Operator 77"
    desk.days = 2
    with pytest.raises(PermissionRefused, match="in the last 2 days"):
        desk.sign_in()


def test_a_password_of_ones_own_chosen_here_holds_while_the_database_is_away(desk):
    new = NewAccount("eight", "Operator 78", frozenset({Role.OPERATOR}))
    given = desk.room.accounts.add_account(desk.room.administrator, new)
    desk.service.choose_password("eight", given.password, "four words of one's own")
    desk.away = True
    assert desk.service.sign_in("eight", "four words of one's own").handle == "Operator 78"


def test_a_clock_set_back_does_not_lengthen_the_days(desk):
    desk.sign_in()
    desk.away = True
    desk.room.clock.advance(timedelta(days=-30))
    with pytest.raises(PermissionRefused):
        desk.sign_in()


def test_an_account_that_was_switched_off_is_forgotten(desk):
    actor = desk.sign_in()
    desk.remembered.keep_in_step(each for each in desk.service.users() if each.id != actor.user_id)
    desk.away = True
    with pytest.raises(PermissionRefused, match="does not know"):
        desk.sign_in()


def test_a_password_that_holds_no_more_is_forgotten(desk):
    actor = desk.sign_in()
    desk.room.accounts.reset_password(desk.room.administrator, actor.user_id)
    with pytest.raises(PermissionRefused):
        desk.sign_in()
    desk.away = True
    with pytest.raises(PermissionRefused, match="does not know"):
        desk.sign_in()


def test_a_password_of_ones_own_changed_here_holds_while_the_database_is_away(desk):
    desk.service.change_password(desk.sign_in(), desk.password, "another three words")
    desk.away = True
    assert desk.sign_in("another three words").handle == "Operator 77"
    with pytest.raises(PermissionRefused):
        desk.sign_in()


def test_when_the_database_is_back_the_sign_in_is_made_good(desk):
    desk.sign_in()
    desk.away = True
    desk.sign_in()
    desk.away = False
    actor = desk.service.make_good()
    assert actor is not None
    assert actor.handle == "Operator 77"
    assert desk.service.make_good() is None


def test_nothing_readable_lies_on_the_disk(desk):
    desk.sign_in()
    raw = desk.path.read_bytes()
    for word in (b"seven", b"Operator", b"argon2", desk.password.encode()):
        assert word not in raw


@pytest.mark.parametrize("line", [PASSWORD, f"seven {PASSWORD}", f"op seven {PASSWORD}", f"{PASSWORD} oops"])
def test_a_line_that_holds_the_password_of_somebody_at_this_desk_is_known(desk, line):
    assert desk.service.holds_password(line)


@pytest.mark.parametrize(
    "line", ["", "Two males", "Two males running towards North End", "three random birds"]
)
def test_other_lines_are_not(desk, line):
    assert not desk.service.holds_password(line)


@pytest.mark.parametrize(
    "line",
    [
        f"doors{PASSWORD}",
        f"{PASSWORD}doors",
        f"Two males running towards the shop doors{PASSWORD} only and then away again",
    ],
)
def test_a_password_glued_to_other_words_is_known_wherever_it_stands(desk, line):
    assert desk.service.holds_password(line)
