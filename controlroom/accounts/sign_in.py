"""Signs people in and out, and changes their own password.

Guessing is slowed down without shutting people out: wrong passwords are counted for each name at each desk, whether the
name exists or not, and lock it for a short time (`rules.py`; in words in `docs/permissions.md`).
"""

import platform
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts import passwords
from controlroom.accounts.access import actor_of, still_here, user_of
from controlroom.accounts.names import typed_login
from controlroom.accounts.records import Actor, PasswordDue, User
from controlroom.accounts.rules import has_ended, locks_of
from controlroom.accounts.step_keys import StepKeys, renew
from controlroom.accounts.tables import UserRow
from controlroom.accounts.waits import Waits
from controlroom.accounts.work import (
    add_wrong_password,
    any_account,
    forget_old_wrong_passwords,
    forget_wrong_passwords,
    keep_by_role,
    name_key,
    set_password,
    wrong_passwords,
)
from controlroom.audit import service as audit
from controlroom.clock import local_date, show_day, show_time
from controlroom.database.audit_functions import Why
from controlroom.database.people import DatabasePeople
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import InvalidInput, PermissionRefused
from controlroom.settings import Settings
from controlroom.texts import AsTyped, judges_texts, takes_texts

NOBODY = "nobody"


@takes_texts
class SignInService:
    """Signs people in and out of one database, and lets each change their own password."""

    def __init__(
        self,
        database: Database,
        people: DatabasePeople | None = None,
        *,
        settings: Callable[[], Settings] = Settings,
        desk: str = "",
        keys: StepKeys | None = None,
        waits: Waits | None = None,
    ) -> None:
        """`settings` is asked at every use; `desk` is what this workstation is called, its host name unless told.

        `keys` holds the signing key of whoever is signed in.
        """
        self._waits = waits or Waits()
        self._database = database
        self._people = people or DatabasePeople()
        self._settings = settings
        self.desk = (desk or platform.node() or "desk")[:64]
        self._keys = keys or StepKeys()
        self._entered: int | None = None
        self.present = ""  # the handle of who sits at this desk

    @judges_texts
    def sign_in(self, login: str, password: str) -> Actor:
        """Sign a person in. Raises PermissionRefused with the same words for every wrong name or password.

        PasswordDue when a one-time password was right: `choose_password` comes next.
        """
        with self._people.trying():
            row_id, right = self._compare(login, password)
            with self._database.write() as work:
                answer = self._judge(work, login, row_id, right)
                if isinstance(answer, UserRow):
                    if not self._people.keeps_passwords and passwords.outdated(answer.password_hash):
                        answer.password_hash = passwords.rehash(password)
                    answer.last_sign_in_at, answer.last_desk = work.now, self.desk
                    audit.record(work, answer.handle, "sign-in", "user", answer.handle, desk=self.desk)
                    work.announce("user", answer.id)
                    answer = actor_of(answer)
            if isinstance(answer, PermissionRefused):
                raise answer
            if not self._people.keeps_passwords:
                self._people.enter(answer.login, password)
        self._entered, self.present = answer.user_id, answer.handle
        self._keys.open(self._database, answer.handle, password)
        return answer

    @judges_texts
    def choose_password(self, login: str, password: str, new: str) -> Actor:
        """Replace a one-time password by one's own, and sign in."""
        with self._people.trying():
            row_id, right = self._compare(login, password)
            with self._database.write() as work:
                answer = self._judge(work, login, row_id, right)
                if isinstance(answer, PasswordDue) and row_id is not None:
                    self._set_own(work, work.session.get_one(UserRow, row_id), password, new)
                    answer = None
            if isinstance(answer, PermissionRefused):
                raise answer
            if answer is not None:
                raise InvalidInput("This password is your own already.", remedy="Sign in with it.")
            return self.sign_in(login, new)

    def change_password(self, actor: Actor, password: AsTyped, new: AsTyped) -> Actor:
        """Change one's own password; this signs the person out at every other desk. Returns the new actor."""
        row_id, right = self._compare(actor.login, password)
        with self._database.write() as work:
            still_here(work.session, actor)
            answer = self._judge(work, actor.login, row_id, right and row_id == actor.user_id)
            if isinstance(answer, UserRow):
                self._set_own(work, answer, password, new)
                answer = actor_of(answer)
        if isinstance(answer, PermissionRefused):
            raise answer
        self._people.enter(actor.login, new)
        self._keys.open(self._database, answer.handle, new)
        return answer

    def refresh(self, actor: Actor) -> Actor:
        """The same person with their current roles; raises PermissionRefused when they have to leave."""
        with self._database.read() as session:
            user = still_here(session, actor)
            return replace(actor, roles=user.roles)

    def sign_out(self, actor: Actor) -> None:
        """Note that `actor` left the desk."""
        try:
            with self._database.write() as work:
                audit.record(work, actor.handle, "sign-out", "user", actor.handle, desk=self.desk)
        finally:  # also while the database is away: neither password nor key stays in memory after signing out
            self._keys.forget(actor.handle)
            if self._entered == actor.user_id:  # nobody else signed in meanwhile
                self._entered, self.present = None, ""
                self._people.leave()

    def note_lock(self, actor: Actor, *, idle: bool) -> None:
        """Record in the audit trail that the desk was locked, by hand or because nobody used it."""
        with self._database.write() as work:
            how = "idle" if idle else "by hand"
            audit.record(work, actor.handle, "desk.locked", "user", actor.handle, desk=self.desk, how=how)

    def is_empty(self) -> bool:
        """True until the first account exists."""
        with self._database.read() as session:
            return not any_account(session)

    def users(self) -> list[User]:
        """Every account by handle: who may sign in at this desk."""
        with self._database.read() as session:
            return [user_of(row) for row in session.scalars(select(UserRow).order_by(UserRow.handle))]

    # -- judging a password ----------------------------------------------------------------------------------

    def _compare(self, login: str, password: str) -> tuple[int | None, bool]:
        """The account of that name and whether the password is right. Slow on purpose, outside any transaction.

        Where the database judges passwords it is asked first: nobody reads accounts before signing in to it.
        """
        entered = self._people.keeps_passwords and self._enter(login, password)
        if self._people.keeps_passwords and not entered:
            return None, False
        with self._database.read() as session:
            row = _by_login(session, login)
            row_id, stored = (row.id, row.password_hash) if row is not None else (None, None)
        return row_id, entered or passwords.matches(stored, password)

    def _enter(self, login: str, password: str) -> bool:
        """Connect to the database as this person from now on; False when it refuses them."""
        name = typed_login(login)
        try:
            if name:
                self._people.enter(name, password)
        except PermissionRefused:
            return False
        return bool(name)

    def _judge(self, work: Work, login: str, row_id: int | None, right: bool) -> UserRow | PermissionRefused:
        """The account if it may sign in, else the refusal, to be raised once the attempt is recorded."""
        session = work.session
        row = session.get(UserRow, row_id) if row_id is not None else None
        until = self._locked(session, login, work.now)
        if until is None and not right:
            add_wrong_password(work, login, self.desk)
            until = self._locked(session, login, work.now)
            if until is not None:
                self._record(work, row, "sign-in.locked", until=show_time(until))
                if row is not None:
                    work.announce("user", row.id)
        if until is not None:
            return self._refuse(work, row, "locked", *_locked_words(until, work.now))
        if row is None or not right:
            return self._refuse(work, row, "wrong", *_WRONG)
        forget_wrong_passwords(work, login, desk=self.desk)
        forget_old_wrong_passwords(work)
        return self._judge_account(work, row)

    def _judge_account(self, work: Work, row: UserRow) -> UserRow | PermissionRefused:
        """The account, or why it cannot be used; only those who know the password are told that."""
        if not row.active:
            return self._refuse(work, row, "off", "This account is switched off.", "Ask the administrator.")
        if has_ended(row.expires_on, local_date(work.now)) and row.expires_on is not None:
            what = f"This account ended on {show_day(row.expires_on)}."
            return self._refuse(work, row, "ended", what, "Ask the administrator.")
        if row.one_time_until is None:
            return row
        if work.now >= row.one_time_until:
            why, what = "one-time password too old", "This one-time password is too old."
            return self._refuse(work, row, why, what, "Ask the administrator for another one.")
        return PasswordDue("This password works once.", remedy="Choose one of your own now.")

    def _refuse(self, work: Work, row: UserRow | None, why: Why, what: str, remedy: str) -> PermissionRefused:
        self._record(work, row, "sign-in.refused", why=why)
        return PermissionRefused(what, remedy=remedy)

    def _record(self, work: Work, row: UserRow | None, action: str, **detail: str) -> None:
        """Enter in the audit trail what happened to an account, or to an unknown name, with nobody signed in."""
        subject = row.handle if row else "unknown"
        audit.record(work, NOBODY, action, "user", subject, desk=self.desk, **detail)

    def _locked(self, session: Session, login: str, now: datetime) -> datetime | None:
        wrong = wrong_passwords(session, now).get(name_key(login), {})
        name, found = name_key(login), []
        for desk, until in locks_of(wrong, self._settings(), now).items():
            tries = len(wrong.get(desk, ())) or sum(map(len, wrong.values()))
            if desk in ("", self.desk) and not self._waits.is_over((name, desk, tries), until - now):
                found.append(until)
        return max(found, default=None)

    def _set_own(self, work: Work, row: UserRow, password: str, new: str) -> None:
        if new == password:
            raise InvalidInput("That is the password you have.", remedy="Choose another one.")
        set_password(row, new)
        row.one_time_until = None
        audit.record(work, row.handle, "user.password-changed", "user", row.handle, desk=self.desk)
        renew(work, row.handle, password, new)
        keep_by_role(row, self._people.put(work, row.login, password=new))
        work.announce("user", row.id)


_WRONG = ("The name or the password is not right.", "Try again, or ask the administrator.")


def _by_login(session: Session, login: str) -> UserRow | None:
    name = typed_login(login)
    return session.scalars(select(UserRow).filter_by(login=name)).one_or_none() if name else None


def _locked_words(until: datetime, now: datetime) -> tuple[str, str]:
    minutes = max(1, -int((now - until).total_seconds() // 60))
    return (
        f"Too many wrong passwords for this name: it is locked here until {show_time(until, seconds=True)}.",
        f"Wait {minutes} min, use another desk, or ask the supervisor or administrator to unlock it.",
    )
