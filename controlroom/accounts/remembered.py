"""Remembers who signed in at a desk, so that they may sign in there while the database is away.

A verifier of the password (Argon2, never the password), the roles, and when the person was last seen with the database
there are sealed with the site key. They are believed for some days only, forgotten when the account is switched off or
its password no longer holds, and used only while the database does not answer.
"""

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from controlroom.accounts import passwords
from controlroom.accounts.names import typed_login
from controlroom.accounts.records import Actor, Role, User
from controlroom.accounts.typed_passwords import Trace, could_be_passwords
from controlroom.accounts.waits import Waits
from controlroom.clock import Clock, show_time
from controlroom.codec import from_plain, to_plain
from controlroom.errors import PermissionRefused
from controlroom.sealed_file import SealedFile
from controlroom.site_key import SiteKey
from controlroom.texts import AsTyped, judges_texts, takes_texts

WRONG_BEFORE_WAIT = 5
WAIT = timedelta(minutes=1)  # doubled for each further wrong password, up to a quarter of an hour
LONGEST_WAIT = timedelta(minutes=15)
MOST_COMPARED = 6  # people whose passwords a written line is compared with
MOST_TRIES = 36  # comparisons for one text; each costs as much as a sign-in


@dataclass(frozen=True)
class _Remembered:
    """One person, as the sealed file holds them by their name to sign in with."""

    user_id: int
    handle: str
    roles: frozenset[Role]
    epoch: int
    verifier: str
    seen_at: datetime
    wrong: int = 0
    wait_until: datetime | None = None


@takes_texts
class RememberedPeople:
    """The sealed list of who signed in at this desk lately."""

    def __init__(
        self,
        path: Path,
        site_key: SiteKey,
        clock: Clock,
        days: Callable[[], int],
        waits: Waits | None = None,
    ) -> None:
        """`days` says how long a sign-in is believed; it is asked at every use."""
        self._waits = waits or Waits()
        self._file, self._clock, self._days = SealedFile(path, site_key), clock, days
        self._lock = threading.Lock()
        self._traces, self._trace_key = (
            dict[str, Trace](),
            secrets.token_bytes(32),
        )  # by name, since the start

    def remember(self, actor: Actor, login: str, password: AsTyped) -> None:
        """Store that this person has just signed in through the database."""
        name = typed_login(login)
        self._traces[name] = Trace.of(password, self._trace_key)
        with self._lock:
            people = self._people()
            known = people.get(name)
            right = known is not None and passwords.matches(known.verifier, password)
            verifier = known.verifier if known and right else passwords.rehash(password)
            who = actor.user_id, actor.handle, frozenset(actor.roles), actor.epoch
            people[name] = _Remembered(*who, verifier, seen_at=self._clock.now())
            self._write(people)

    @judges_texts
    def sign_in(self, login: str, password: str) -> Actor:
        """Who this is, from memory. Raises PermissionRefused."""
        name, now = typed_login(login), self._clock.now()
        with self._lock:
            people = self._people()
            known = people.get(name)
            if known is None or not self._is_fresh(known, now):
                passwords.matches(None, password)  # as slow as a wrong one
                raise PermissionRefused(
                    "The database does not answer, and this desk does not know that name.",
                    f"Only people who signed in here in the last {self._days()} days can until it is back.",
                    "Try again when the database is back.",
                )
            if known.wait_until is not None and self._waits_still(name, known, now):
                raise PermissionRefused(
                    f"Too many wrong passwords: try again at {show_time(known.wait_until)}."
                )
            right = passwords.matches(known.verifier, password)
            wrong = 0 if right else known.wrong + 1
            people[name] = tried = replace(known, wrong=wrong, wait_until=_wait(wrong, now))
            self._waits_still(name, tried, now)  # which begins now
            self._write(people)
        if not right:
            raise PermissionRefused("The name or the password is not right.", remedy="Try again.")
        self._traces[name] = Trace.of(password, self._trace_key)
        return Actor(known.user_id, known.handle, known.roles, known.epoch, name)

    @judges_texts
    def forget(self, login: str, password: str | None = None) -> None:
        """Remove a person; with a `password` only if it is the one remembered, which is valid no longer."""
        name = typed_login(login)
        with self._lock:
            people = self._people()
            known = people.get(name)
            if known is not None and (password is None or passwords.matches(known.verifier, password)):
                del people[name]
                self._write(people)

    def keep_in_step(self, users: Iterable[User]) -> None:
        """Take over the accounts as they are now: new roles, and nobody who is gone or switched off."""
        active = {user.login: user for user in users if user.active}
        with self._lock:
            people = self._people()
            current = {
                name: replace(known, handle=active[name].handle, roles=active[name].roles)
                for name, known in people.items()
                if name in active
            }
            if current != people:
                self._write(current)

    def users(self) -> list[User]:
        """Who may sign in while the database is away."""
        now = self._clock.now()
        return [
            User(known.user_id, name, known.handle, known.roles)
            for name, known in sorted(self._people().items())
            if self._is_fresh(known, now)
        ]

    def holds_password(self, text: AsTyped) -> bool:
        """Whether a text is, or holds, the password of somebody who signed in here lately. Slow: not for the window.

        Of the people seen last: a password typed here since the program started is found wherever it stands, one from
        before as a whole line or long word, or with few letters glued to it.
        """
        people = sorted(self._people().items(), key=lambda each: each[1].seen_at, reverse=True)[
            :MOST_COMPARED
        ]
        traces = {name: trace for name, _ in people if (trace := self._traces.get(name)) is not None}
        tries = [
            (known.verifier, found)
            for name, known in people
            if name in traces
            for found in traces[name].find(text, self._trace_key)
        ]
        earlier = [known.verifier for name, known in people if name not in traces]
        tries += [(verifier, candidate) for candidate in could_be_passwords(text) for verifier in earlier]
        return any(passwords.matches(*each) for each in tries[:MOST_TRIES])

    def _waits_still(self, name: str, known: "_Remembered", now: datetime) -> bool:
        until, lasts = known.wait_until, _lasts(known.wrong)
        if until is None or lasts is None:
            return False
        return not self._waits.is_over((name, known.wrong), min(until - now, lasts))

    def _people(self) -> "dict[str, _Remembered]":
        try:
            return from_plain(dict[str, _Remembered], self._file.read() or {})
        except ValueError:
            return {}  # another version's file: those people have to sign in through the database once

    def _write(self, people: "dict[str, _Remembered]") -> None:
        self._file.write(to_plain(people))

    def _is_fresh(self, known: "_Remembered", now: datetime) -> bool:
        return timedelta(minutes=-5) <= now - known.seen_at <= timedelta(days=self._days())


def _wait(wrong: int, now: datetime) -> datetime | None:
    lasts = _lasts(wrong)
    return now + lasts if lasts is not None else None


def _lasts(wrong: int) -> timedelta | None:
    if wrong < WRONG_BEFORE_WAIT:
        return None
    return min(LONGEST_WAIT, WAIT * 2 ** (wrong - WRONG_BEFORE_WAIT))
