"""Manages accounts: lists and adds them, sets roles and last days, resets passwords, unlocks, switches off."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from controlroom.accounts import passwords
from controlroom.accounts.access import actor_of, require, roles_of, user_of
from controlroom.accounts.entry_confirmation import confirm_entry
from controlroom.accounts.key_confirmation import confirm_key
from controlroom.accounts.names import new_handle, new_login
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Account, AccountState, Actor, NewAccount, OneTimePassword, Role, User
from controlroom.accounts.rules import has_ended, locks_of, refuse_oneself
from controlroom.accounts.step_keys import StepKeys
from controlroom.accounts.tables import UserRoleRow, UserRow
from controlroom.accounts.work import (
    add_row,
    administrators,
    any_account,
    forget_wrong_passwords,
    keep_an_administrator,
    keep_by_role,
    name_key,
    set_password,
    switch_row_off,
    wrong_passwords,
)
from controlroom.audit import service as audit
from controlroom.audit.queries import changed_meanwhile
from controlroom.clock import local_date
from controlroom.database.people import DatabasePeople
from controlroom.database.rows import get_row, to_record
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import Conflict, InvalidInput, PermissionRefused, RuleBroken
from controlroom.settings import Settings
from controlroom.texts import AsTyped, required, takes_texts

LONGEST_REASON = 500


@takes_texts
class AccountService:
    """What administrators do with accounts; supervisors and auditors see them, supervisors unlock."""

    def __init__(
        self,
        database: Database,
        people: DatabasePeople | None = None,
        *,
        settings: Callable[[], Settings] = Settings,
        keys: StepKeys | None = None,
    ) -> None:
        """`settings` is asked at every use; `keys` holds the signing key of whoever is signed in."""
        self._database = database
        self._people = people or DatabasePeople()
        self._settings = settings
        self._keys = keys or StepKeys()

    def add_first(self, login: AsTyped, handle: AsTyped, password: AsTyped) -> Actor:
        """Make the first account, an administrator; refused once any account exists."""
        with self._database.write() as work:
            if any_account(work.session):
                raise PermissionRefused("There are accounts already.", remedy="Sign in as an administrator.")
            name, roles = new_login(login, ()), frozenset({Role.ADMINISTRATOR})
            hashed = passwords.hash_password(password, names=(name,))
            row = add_row(work, name, new_handle(handle, ()), hashed, roles)
            self._note(work, row.handle, row, "user.added", password=password, roles=sorted(roles))
            self._keys.hand_out(work, row.handle, row.handle, password)
            return actor_of(row)

    def accounts(self, actor: Actor) -> list[Account]:
        """Every account with its state, by handle."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_USERS)
            now, settings = self._database.clock.now(), self._settings()
            wrong = wrong_passwords(session, now)
            rows = session.scalars(select(UserRow).order_by(UserRow.handle))
            locks = ((row, locks_of(wrong.get(name_key(row.login), {}), settings, now)) for row in rows)
            return [_account(row, found, now) for row, found in locks]

    def add(
        self, actor: Actor, login: AsTyped, handle: AsTyped, password: AsTyped, roles: Collection[Role]
    ) -> User:
        """Add an account with a password its person has chosen already."""
        with self._database.write() as work:
            new = NewAccount(login, handle, frozenset(roles))
            row = self._add(work, actor, new, password)
            self._keys.hand_out(work, actor.handle, row.handle, password)
            return user_of(row)

    def add_account(self, actor: Actor, new: NewAccount) -> OneTimePassword:
        """Add an account; returns the one-time password to hand to its person, shown nowhere else."""
        with self._database.write() as work:
            password = passwords.one_time_password()
            return self._one_time(work, actor, self._add(work, actor, new, password), password)

    def reset_password(self, actor: Actor, user_id: int) -> OneTimePassword:
        """Issue a one-time password; it ends the person's sessions, and they set their own at the next sign-in."""
        with self._changing(actor, user_id, "resets the password of") as (work, row):
            return self._hand_out(work, actor, row, "user.password-reset")

    def set_roles(
        self, actor: Actor, user_id: int, roles: Collection[Role], *, seen: Account | None = None
    ) -> User:
        """Change what somebody may do, from their next step on. Nobody changes their own roles.

        Raises Conflict when the roles are not those of `seen` any more, the account as it was shown.
        """
        with self._changing(actor, user_id, "changes the roles of", to_an_administrator=True) as (work, row):
            wanted, held = _some(roles), roles_of(row)
            if wanted == held:
                return user_of(row)
            if seen is not None and seen.user.roles != held:
                raise _changed(work, row, ", ".join(sorted(held)))
            row.roles = [UserRoleRow(role=role.value) for role in sorted(wanted)]
            self._note(work, actor.handle, row, "user.roles", roles=sorted(wanted), before=sorted(held))
            return user_of(row)

    def switch_off(self, actor: Actor, user_id: int, reason: str) -> User:
        """Shut somebody out from their next step on; their records stay. Needs a reason."""
        why = _needed(reason)
        with self._changing(actor, user_id, "switches off", to_an_administrator=True) as (work, row):
            if row.active:
                switch_row_off(row, why, work.now)
                self._note(work, actor.handle, row, "user.off", text=why)
            return user_of(row)

    def switch_on(self, actor: Actor, user_id: int) -> OneTimePassword:
        """Let somebody in again, with a one-time password: nobody knows who learned the old one meanwhile."""
        with self._changing(actor, user_id) as (work, row):
            if row.active:
                raise RuleBroken(f"The account of {row.handle} is on already.")
            if has_ended(row.expires_on, local_date(work.now)):
                raise RuleBroken(
                    f"The account of {row.handle} has ended.", remedy="Give it a later last day first."
                )
            row.active, row.off_since, row.off_reason = True, None, ""
            return self._hand_out(work, actor, row, "user.on")

    def set_last_day(
        self, actor: Actor, user_id: int, last: date | None, *, seen: Account | None = None
    ) -> User:
        """The last day an account works (in London), None for no end: for agency staff and visitors.

        Raises Conflict when the day is not that of `seen` any more, the account as it was shown.
        """
        with self._changing(actor, user_id, "sets the last day of", to_an_administrator=True) as (work, row):
            _check_last_day(last, work.now)
            if row.expires_on != last:
                if seen is not None and seen.expires_on != row.expires_on:
                    raise _changed(work, row, f"until {row.expires_on}" if row.expires_on else "without end")
                row.expires_on = last
                self._note(work, actor.handle, row, "user.last-day", last=str(last) if last else "none")
            return user_of(row)

    def unlock(self, actor: Actor, user_id: int) -> User:
        """Forget somebody's wrong passwords at every desk, so that they can try again."""
        with self._changing(actor, user_id, permission=Permission.UNLOCK_USERS) as (work, row):
            forget_wrong_passwords(work, row.login)
            audit.record(work, actor.handle, "user.unlocked", "user", row.handle)
            work.announce("user", row.id)
            return user_of(row)

    def confirm_key(self, actor: Actor, sequence: int, reason: AsTyped) -> str:
        """Confirm, with one's own signature, a key that nobody signed for and that verification asks about.

        `sequence` is the audit entry it began with. Returns whose it is, or which of the room's.
        """
        return confirm_key(self._database, self._keys, actor, sequence, reason)

    def confirm_entry(self, actor: Actor, sequence: int, reason: AsTyped) -> None:
        """Confirm, signed with one's own key, an audit entry as it stands: its faults are notes from then on."""
        confirm_entry(self._database, self._keys, actor, sequence, reason)

    # -- the parts -------------------------------------------------------------------------------------------

    @contextmanager
    def _changing(
        self,
        actor: Actor,
        user_id: int,
        what: str = "",
        *,
        permission: Permission = Permission.MANAGE_USERS,
        to_an_administrator: bool = False,
    ) -> Iterator[tuple[Work, UserRow]]:
        """Opens a unit of work for somebody who has the permission, with the row of the account to change.

        `what` names a change that nobody may make to their own account. One made `to_an_administrator` is refused
        at its end when it would leave the room without an administrator.
        """
        with self._database.write() as work:
            before = administrators(work) if to_an_administrator else []
            require(work.session, actor, permission)
            row = get_row(work.session, UserRow, user_id, "account")
            if what:
                refuse_oneself(actor.user_id, user_id, what)
            yield work, row
            if to_an_administrator:
                keep_an_administrator(work, before)

    def _add(self, work: Work, actor: Actor, new: NewAccount, password: str) -> UserRow:
        require(work.session, actor, Permission.MANAGE_USERS)
        _check_last_day(new.expires_on, work.now)
        known = work.session.execute(select(UserRow.login, UserRow.handle)).all()
        login = new_login(new.login, [name for name, _ in known])
        handle = new_handle(new.handle, [name for _, name in known])
        roles, hashed = _some(new.roles), passwords.hash_password(password, names=(login,))
        row = add_row(work, login, handle, hashed, roles, expires_on=new.expires_on)
        last = {"last": str(new.expires_on)} if new.expires_on else {}
        self._note(work, actor.handle, row, "user.added", password=password, roles=sorted(new.roles), **last)
        return row

    def _hand_out(self, work: Work, actor: Actor, row: UserRow, action: str) -> OneTimePassword:
        password = passwords.one_time_password()
        set_password(row, password)
        forget_wrong_passwords(work, row.login)
        self._note(work, actor.handle, row, action, password=password)
        return self._one_time(work, actor, row, password)

    def _note(
        self, work: Work, who: str, row: UserRow, action: str, *, password: str | None = None, **detail: Any
    ) -> None:
        audit.record(work, who, action, "user", row.handle, **detail)
        keep_by_role(row, self._people.put(work, row.login, password=password))
        work.announce("user", row.id)

    def _one_time(self, work: Work, actor: Actor, row: UserRow, password: str) -> OneTimePassword:
        self._keys.hand_out(work, actor.handle, row.handle, password, one_time=True)
        until = row.one_time_until = work.now + timedelta(hours=self._settings().one_time_password_hours)
        return OneTimePassword(row.handle, row.login, password, until)


def _changed(work: Work, row: UserRow, now_it_is: str) -> Conflict:
    return changed_meanwhile(work.session, f"The account of {row.handle}", "user", row.handle, now_it_is)


def _account(row: UserRow, locks: dict[str, datetime], now: datetime) -> Account:
    if not row.active:
        state = AccountState.OFF
    elif has_ended(row.expires_on, local_date(now)):
        state = AccountState.ENDED
    elif locks:
        state = AccountState.LOCKED
    else:
        state = AccountState.ONE_TIME if row.one_time_until else AccountState.ACTIVE
    until, desks = max(locks.values(), default=None), () if "" in locks else tuple(sorted(locks))
    return to_record(Account, row, user=user_of(row), state=state, locked_until=until, locked_at=desks)


def _check_last_day(last: date | None, now: datetime) -> None:
    if has_ended(last, local_date(now)):
        raise InvalidInput(
            "The last day is past.", remedy="Choose today or later, or switch the account off."
        )


def _some(roles: Collection[Role]) -> frozenset[Role]:
    if not roles:
        raise InvalidInput("The account has no role.", remedy="Choose at least one.")
    return frozenset(roles)


def _needed(reason: str) -> str:
    return required(
        reason,
        "Switching an account off needs a reason.",
        f"Say why, in up to {LONGEST_REASON} characters.",
        longest=LONGEST_REASON,
        field="reason",
    )
