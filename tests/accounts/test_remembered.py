"""Sitting down at a desk while the database is away: only who signed in there lately, and made good afterwards."""

from datetime import timedelta

import pytest

from controlroom.accounts.records import Role
from controlroom.accounts.remembered import SIGNED_IN, DeskAccounts, RememberedPeople
from controlroom.errors import PermissionRefused
from tests.builders import PASSWORD, make_room


class AwayDesk:
    """A room with a person who can sign in, and a database that can be taken away."""

    def __init__(self, folder):
        self.room = make_room(folder)
        self.path = folder / "remembered" / "people"
        self.accounts = DeskAccounts(self.room.database)
        self.accounts.remembered = RememberedPeople(self.path, self.room.site_key, self.room.clock, 7)
        self.noted = []
        self.accounts.note = lambda actor, what: self.noted.append((actor.handle, what))
        self.accounts.add(self.room.administrator, "seven", "Operator 77", PASSWORD, {Role.OPERATOR})
        due = getattr(self.accounts, "choose_password", None)
        self.password = PASSWORD + " own"
        if due is not None:
            try:
                self.accounts.sign_in("seven", PASSWORD)
                self.password = PASSWORD
            except PermissionRefused:
                due("seven", PASSWORD, self.password)

    def sign_in(self, password=None):
        return self.accounts.sign_in("seven", password or self.password)

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
    assert [user.handle for user in desk.accounts.users()] == ["Operator 77"]
    assert desk.accounts.refresh(actor) == actor


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
    assert desk.accounts.users() == []


def test_a_clock_set_back_does_not_lengthen_the_days(desk):
    desk.sign_in()
    desk.away = True
    desk.room.clock.advance(timedelta(days=-30))
    with pytest.raises(PermissionRefused):
        desk.sign_in()


def test_an_account_that_was_switched_off_is_forgotten(desk):
    actor = desk.sign_in()
    desk.accounts.remembered.keep_in_step(each for each in desk.accounts.users() if each.id != actor.user_id)
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
    desk.accounts.change_password(desk.sign_in(), desk.password, "another three words")
    desk.away = True
    assert desk.sign_in("another three words").handle == "Operator 77"
    with pytest.raises(PermissionRefused):
        desk.sign_in()


def test_when_the_database_is_back_the_sign_in_is_made_good(desk):
    desk.sign_in()
    desk.away = True
    desk.sign_in()
    desk.away = False
    actor = desk.accounts.make_good()
    assert actor is not None
    assert actor.handle == "Operator 77"
    assert desk.accounts.make_good() is None


def test_nothing_readable_lies_on_the_disk(desk):
    desk.sign_in()
    raw = desk.path.read_bytes()
    for word in (b"seven", b"Operator", b"argon2", desk.password.encode()):
        assert word not in raw
