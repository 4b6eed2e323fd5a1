"""Keys of people: handed out by an administrator, exchanged with the password, and judged by who approved them."""

from pathlib import Path

import pytest

from controlroom.accounts.key_trust import KeyTrust
from controlroom.accounts.records import NewAccount, Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.step_keys import StepKeys
from controlroom.accounts.tables import SealedKeyRow, UserKeyRow
from controlroom.audit import service as audit
from controlroom.database.opening import open_database
from controlroom.errors import PermissionRefused, RuleBroken
from controlroom.nouns import NOUNS
from tests.builders import FRIDAY_NIGHT, PASSWORD
from tests.clock import SetClock
from tests.engines import OPENED, database_url, tamper

pytestmark = pytest.mark.both_engines
OWN, OTHER = "lamp column at dawn", "four grey herons wading"


class Desk:
    """A room with its first administrator signed in, and the keys that are open at the desk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = open_database(database_url(folder), SetClock(FRIDAY_NIGHT), NOUNS)
        OPENED.append(self.database)
        self.keys = StepKeys()
        self.sign_in = SignInService(self.database, desk="desk 1", keys=self.keys)
        self.accounts = AccountService(self.database, keys=self.keys)
        self.accounts.add_first("chief", "Administrator", PASSWORD)
        self.chief = self.sign_in.sign_in("chief", PASSWORD)

    def rows(self) -> list[UserKeyRow]:
        with self.database.read() as session:
            rows = list(session.query(UserKeyRow).order_by(UserKeyRow.id))
            session.expunge_all()
            return rows

    def faults(self) -> list[str]:
        with self.database.read() as session:
            return KeyTrust(session).faults


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def newcomer(desk: Desk) -> str:
    new = NewAccount("night", "Operator 11", frozenset({Role.OPERATOR}))
    return desk.accounts.add_account(desk.chief, new).password


def test_a_one_time_key_is_approved_by_the_administrator_and_approves_ones_own(desk: Desk):
    actor = desk.sign_in.choose_password("night", newcomer(desk), OWN)
    desk.sign_in.change_password(actor, OWN, OTHER)
    found = [(row.handle, row.approved_by, row.one_time) for row in desk.rows()]
    assert found == [
        ("Administrator", "", False),
        ("Operator 11", "Administrator", True),
        ("Operator 11", "Operator 11", False),
        ("Operator 11", "Operator 11", False),
    ]
    key = desk.keys.of("Operator 11")
    assert key is not None and key.public == desk.rows()[-1].public_key
    assert desk.faults() == []


def test_a_reset_brings_a_key_that_the_administrator_approves(desk: Desk):
    actor = desk.sign_in.choose_password("night", newcomer(desk), OWN)
    chief = desk.sign_in.sign_in("chief", PASSWORD)
    given = desk.accounts.reset_password(chief, actor.user_id)
    desk.sign_in.choose_password("night", given.password, OTHER)
    assert [row.approved_by for row in desk.rows()][-2:] == ["Administrator", "Operator 11"]
    assert desk.faults() == []


def test_a_key_that_does_not_open_is_told_and_none_is_made_in_its_place(desk: Desk):
    desk.sign_in.choose_password("night", newcomer(desk), OWN)
    tamper(desk.folder, "UPDATE sealed_keys SET sealed = 'argon2id$1,1,1$AAAA$AAAA$AAAA'")
    desk.sign_in.sign_in("night", OWN)
    assert desk.keys.of("Operator 11") is None
    with desk.database.read() as session:
        assert audit.newest(session, 1)[0].action == "user.key-closed"
        assert session.query(SealedKeyRow).count() == len(desk.rows()) == 3


@pytest.mark.parametrize("change", ["one_time = 0", "handle = 'Administrator'", "approval = 'AAAA'"])
def test_a_changed_approval_is_named(desk: Desk, engine_kind: str, change: str):
    desk.sign_in.choose_password("night", newcomer(desk), OWN)
    if engine_kind == "postgresql":
        change = change.replace("one_time = 0", "one_time = false")
    tamper(desk.folder, f"UPDATE user_keys SET {change} WHERE one_time")
    assert desk.faults()


def test_a_first_key_that_nobody_approved_is_noted_until_an_administrator_confirms_it(desk: Desk):
    """An account that had its password before people had keys, as in a room that was brought up to date."""
    before = AccountService(desk.database)
    night = before.add(desk.chief, "night", "Operator 11", OWN, [Role.OPERATOR])
    desk.sign_in.sign_in("night", OWN)
    made = desk.rows()[-1]
    with desk.database.read() as session:
        entry = audit.entries_about(session, "user", night.handle)[-1]
        assert (entry.action, made.approved_by) == ("user.key-made", "")
        assert KeyTrust(session).unapproved(night.handle, made.public_key)
    with pytest.raises(PermissionRefused):
        desk.accounts.confirm_key(desk.chief, entry.sequence, "they read it out to me")
    desk.sign_in.sign_in("chief", PASSWORD)
    desk.accounts.confirm_key(desk.chief, entry.sequence, "they read it out to me")
    with desk.database.read() as session:
        assert not KeyTrust(session).unapproved(night.handle, made.public_key)
        mine = [each for each in audit.newest(session) if each.action == "user.key-made"][-1]
    with pytest.raises(RuleBroken, match="their own key"):
        desk.accounts.confirm_key(desk.chief, mine.sequence, "it is mine")
