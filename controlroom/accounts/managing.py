"""Use cases of looking after accounts: seeing, adding, roles, switching off, resetting, unlocking, end dates.

A handle is never changed: records, log and audit name people by it, and a changed one would be a second person there.
Whoever is to be called otherwise gets an account of their own, and the old one is switched off.
"""

from datetime import date, datetime

from sqlalchemy import delete, select

from controlroom.accounts import passwords
from controlroom.accounts.access import require, roles_of, user_of
from controlroom.accounts.names import new_handle, new_login
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Account, AccountState, Actor, NewAccount, OneTimePassword, Role, User
from controlroom.accounts.rules import has_ended, keeps_an_administrator, locks_of, refuse_oneself
from controlroom.accounts.signing_in import (
    SigningIn,
    add_row,
    get_row,
    name_key,
    set_password,
    wrong_passwords,
)
from controlroom.accounts.tables import UserRoleRow, UserRow, WrongPasswordRow
from controlroom.audit import service as audit
from controlroom.audit.last_change import changed_meanwhile
from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work
from controlroom.errors import Conflict, InvalidInput, RuleBroken

LONGEST_REASON = 500


class Managing(SigningIn):
    """What administrators do with accounts; supervisors and auditors see them, supervisors unlock."""

    def accounts(self, actor: Actor) -> list[Account]:
        """Every account with its state, by handle."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_USERS)
            now = self._database.clock.now()
            wrong = wrong_passwords(session, now)
            rows = session.scalars(select(UserRow).order_by(UserRow.handle))
            return [
                _account(row, locks_of(wrong.get(name_key(row.login), {}), self.policy, now), now)
                for row in rows
            ]

    def add(
        self, actor: Actor, login: str, handle: str, password: str, roles: set[Role] | frozenset[Role]
    ) -> User:
        """Add an account with a password its person has chosen already."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_USERS)
            new = NewAccount(login, handle, frozenset(roles))
            return user_of(self._add(work, actor, new, password))

    def add_account(self, actor: Actor, new: NewAccount) -> OneTimePassword:
        """Add an account; returns the one-time password to hand to its person, shown nowhere else."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_USERS)
            password = passwords.one_time_password()
            row = self._add(work, actor, new, password)
            return self._one_time(work, row, password)

    def reset_password(self, actor: Actor, user_id: int) -> OneTimePassword:
        """Give somebody a one-time password; they are out at every desk and choose their own when they sign in."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_USERS)
            row = get_row(work.session, user_id)
            refuse_oneself(actor.user_id, user_id, "resets the password of")
            password = passwords.one_time_password()
            set_password(row, password)
            _forget_wrong(work, row)
            audit.record(work, actor.handle, "user.password-reset", "user", row.handle)
            self._put(work, row, password)
            work.announce("user", row.id)
            return self._one_time(work, row, password)

    def set_roles(
        self,
        actor: Actor,
        user_id: int,
        roles: set[Role] | frozenset[Role],
        *,
        seen: Account | None = None,
    ) -> User:
        """Change what somebody may do, from their next step on. Nobody changes their own roles.

        Raises Conflict when the roles are not those of `seen` any more, the account as it was shown.
        """
        with self._database.write() as work:
            administrators = _administrators(work)
            require(work.session, actor, Permission.MANAGE_USERS)
            row = get_row(work.session, user_id)
            refuse_oneself(actor.user_id, user_id, "changes the roles of")
            wanted, before = _some(roles), roles_of(row)
            if wanted == before:
                return user_of(row)
            if seen is not None and seen.user.roles != before:
                raise _changed(work, row, ", ".join(sorted(before)))
            row.roles = [UserRoleRow(role=role.value) for role in sorted(wanted)]
            _keep_an_administrator(work, administrators)
            self._note(work, actor, row, "user.roles", roles=sorted(wanted), before=sorted(before))
            return user_of(row)

    def switch_off(self, actor: Actor, user_id: int, reason: str) -> User:
        """Shut somebody out from their next step on; their records stay. Needs a reason."""
        why = _needed(reason)
        with self._database.write() as work:
            administrators = _administrators(work)
            require(work.session, actor, Permission.MANAGE_USERS)
            row = get_row(work.session, user_id)
            refuse_oneself(actor.user_id, user_id, "switches off")
            if row.active:
                row.active, row.off_since, row.off_reason = False, work.now, why
                row.epoch += 1
                _keep_an_administrator(work, administrators)
                self._note(work, actor, row, "user.off", text=why)
            return user_of(row)

    def switch_on(self, actor: Actor, user_id: int) -> OneTimePassword:
        """Let somebody in again, with a one-time password: nobody knows who learned the old one meanwhile."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_USERS)
            row = get_row(work.session, user_id)
            if row.active:
                raise RuleBroken(f"The account of {row.handle} is on already.")
            if has_ended(row.expires_on, local_date(work.now)):
                raise RuleBroken(
                    f"The account of {row.handle} has ended.", remedy="Give it a later last day first."
                )
            password = passwords.one_time_password()
            row.active, row.off_since, row.off_reason = True, None, ""
            set_password(row, password)
            _forget_wrong(work, row)
            self._note(work, actor, row, "user.on", password=password)
            return self._one_time(work, row, password)

    def set_last_day(
        self, actor: Actor, user_id: int, last: date | None, *, seen: Account | None = None
    ) -> User:
        """The last day an account works (in London), None for no end: for agency staff and visitors.

        Raises Conflict when the day is not that of `seen` any more, the account as it was shown.
        """
        with self._database.write() as work:
            administrators = _administrators(work)
            require(work.session, actor, Permission.MANAGE_USERS)
            row = get_row(work.session, user_id)
            refuse_oneself(actor.user_id, user_id, "sets the last day of")
            _check_last_day(last, work.now)
            if row.expires_on != last:
                if seen is not None and seen.expires_on != row.expires_on:
                    raise _changed(work, row, f"until {row.expires_on}" if row.expires_on else "without end")
                row.expires_on = last
                _keep_an_administrator(work, administrators)
                self._note(work, actor, row, "user.last-day", last=str(last) if last else "none")
            return user_of(row)

    def unlock(self, actor: Actor, user_id: int) -> User:
        """Forget somebody's wrong passwords at every desk, so that they can try again."""
        with self._database.write() as work:
            require(work.session, actor, Permission.UNLOCK_USERS)
            row = get_row(work.session, user_id)
            _forget_wrong(work, row)
            audit.record(work, actor.handle, "user.unlocked", "user", row.handle)
            work.announce("user", row.id)
            return user_of(row)

    # -- the parts -------------------------------------------------------------------------------------------

    def _add(self, work: Work, actor: Actor, new: NewAccount, password: str) -> UserRow:
        _check_last_day(new.expires_on, work.now)
        known = work.session.execute(select(UserRow.login, UserRow.handle)).all()
        login = new_login(new.login, [name for name, _ in known])
        handle = new_handle(new.handle, [name for _, name in known])
        row = add_row(work, login, handle, password, _some(new.roles))
        row.expires_on = new.expires_on
        last = {"last": str(new.expires_on)} if new.expires_on else {}
        self._note(work, actor, row, "user.added", password=password, roles=sorted(new.roles), **last)
        return row

    def _note(
        self,
        work: Work,
        actor: Actor,
        row: UserRow,
        action: str,
        *,
        text: str = "",
        password: str | None = None,
        **detail: object,
    ) -> None:
        audit.record(work, actor.handle, action, "user", row.handle, text=text, **detail)
        self._put(work, row, password)
        work.announce("user", row.id)

    def _put(self, work: Work, row: UserRow, password: str | None) -> None:
        self._people.put(work, row.login, roles=roles_of(row), active=row.active, password=password)

    def _one_time(self, work: Work, row: UserRow, password: str) -> OneTimePassword:
        until = row.one_time_until = work.now + self.policy.one_time_for
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
    return Account(
        user=user_of(row),
        state=state,
        created_at=row.created_at,
        last_sign_in_at=row.last_sign_in_at,
        last_desk=row.last_desk,
        expires_on=row.expires_on,
        one_time_until=row.one_time_until,
        locked_until=max(locks.values(), default=None),
        locked_at=() if "" in locks else tuple(sorted(locks)),
        off_since=row.off_since,
        off_reason=row.off_reason,
    )


def _administrators(work: Work) -> list[UserRow]:
    """Every administrator's row, held until the transaction ends: two who switch each other off take turns."""
    holders = select(UserRow).join(UserRoleRow).where(UserRoleRow.role == Role.ADMINISTRATOR.value)
    query = holders.order_by(UserRow.id).with_for_update(of=UserRow)
    return list(work.session.scalars(query.execution_options(populate_existing=True)))


def _keep_an_administrator(work: Work, before: list[UserRow]) -> None:
    """Raise RuleBroken when none of those who were administrators `before` could look after the room any more."""
    work.session.flush()
    if not keeps_an_administrator((row.active, row.expires_on, roles_of(row)) for row in before):
        raise RuleBroken(
            "This is the last administrator's account without an end date.",
            "Without one nobody could look after the room.",
            "Make another administrator first.",
        )


def _forget_wrong(work: Work, row: UserRow) -> None:
    work.session.execute(delete(WrongPasswordRow).where(WrongPasswordRow.name_key == name_key(row.login)))


def _check_last_day(last: date | None, now: datetime) -> None:
    if has_ended(last, local_date(now)):
        raise InvalidInput(
            "The last day is past.", remedy="Choose today or later, or switch the account off."
        )


def _some(roles: set[Role] | frozenset[Role]) -> frozenset[Role]:
    if not roles:
        raise InvalidInput("The account has no role.", remedy="Choose at least one.")
    return frozenset(roles)


def _needed(reason: str) -> str:
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON or "\0" in why:
        raise InvalidInput(
            "Switching an account off needs a reason.",
            remedy=f"Say why, in up to {LONGEST_REASON} characters.",
        )
    return why
