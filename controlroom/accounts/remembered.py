"""Remembers, sealed, who signed in at a desk, so that they may sign in there while the database is away.

They then see live pictures, steer, and write the log. What is remembered is sealed with the site key: a verifier of the
password (Argon2, never the password), roles, and when the person was last seen with the database there. It is believed
for some days only, forgotten when the account is switched off or its password no longer holds, and used only while the
database does not answer. The sign-in is entered in the audit trail when it returns, and made good: whoever is refused
then leaves the desk.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from controlroom.accounts import passwords
from controlroom.accounts.names import typed_login
from controlroom.accounts.records import Actor, Role, User
from controlroom.clock import Clock, require_aware, show_time
from controlroom.errors import PermissionRefused
from controlroom.sealed_file import SealedFile
from controlroom.site_key import SiteKey

WRONG_BEFORE_WAIT = 5
WAIT = timedelta(minutes=1)  # doubled for each further wrong password, up to a quarter of an hour
LONGEST_WAIT = timedelta(minutes=15)


class RememberedPeople:
    """The sealed list of who signed in at this desk lately."""

    def __init__(self, path: Path, site_key: SiteKey, clock: Clock, days: Callable[[], int]) -> None:
        """`days` says how long a sign-in is believed; it is asked at every use."""
        self._file, self._clock, self._days = SealedFile(path, site_key), clock, days
        self._lock = threading.Lock()

    def remember(self, actor: Actor, login: str, password: str) -> None:
        """This person has just signed in with the database there."""
        name = typed_login(login)
        with self._lock:
            people = self._people()
            before = people.get(name, {})
            known = before.get("verifier")
            keeps = known is not None and passwords.matches(known, password)
            people[name] = {
                "user_id": actor.user_id,
                "handle": actor.handle,
                "roles": sorted(actor.roles),
                "epoch": actor.epoch,
                "verifier": known if keeps else passwords.rehash(password),
                "seen_at": self._clock.now().isoformat(),
                "wrong": 0,
                "wait_until": "",
            }
            self._file.write(people)

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
            if known["wait_until"] and now < (until := _moment(known["wait_until"])):
                raise PermissionRefused(f"Too many wrong passwords: try again at {show_time(until)}.")
            right = passwords.matches(known["verifier"], password)
            known["wrong"] = 0 if right else known["wrong"] + 1
            known["wait_until"] = "" if right else _wait(known["wrong"], now)
            self._file.write(people)
        if not right:
            raise PermissionRefused("The name or the password is not right.", remedy="Try again.")
        return Actor(
            known["user_id"],
            known["handle"],
            frozenset(Role(each) for each in known["roles"]),
            known["epoch"],
            name,
        )

    def forget(self, login: str, password: str | None = None) -> None:
        """Remember no longer; with a `password` only if it is the one remembered (it holds no more)."""
        name = typed_login(login)
        with self._lock:
            people = self._people()
            known = people.get(name)
            if known is not None and (password is None or passwords.matches(known["verifier"], password)):
                del people[name]
                self._file.write(people)

    def keep_in_step(self, users: Iterable[User]) -> None:
        """The accounts as they are now: whoever is gone or switched off is forgotten, roles follow."""
        now_known = {user.login: user for user in users if user.active}
        with self._lock:
            people = self._people()
            kept = {}
            for name, known in people.items():
                if (user := now_known.get(name)) is not None:
                    kept[name] = {**known, "handle": user.handle, "roles": sorted(user.roles)}
            if kept != people:
                self._file.write(kept)

    def users(self) -> list[User]:
        """Who may sit down without the database."""
        now = self._clock.now()
        return [
            User(known["user_id"], name, known["handle"], frozenset(Role(each) for each in known["roles"]))
            for name, known in sorted(self._people().items())
            if self._is_fresh(known, now)
        ]

    def _people(self) -> dict[str, Any]:
        found = self._file.read()
        return found if isinstance(found, dict) else {}

    def _is_fresh(self, known: dict[str, Any], now: datetime) -> bool:
        age = now - _moment(known["seen_at"])
        return timedelta(minutes=-5) <= age <= timedelta(days=self._days())


def _moment(text: str) -> datetime:
    return require_aware(datetime.fromisoformat(text))


def _wait(wrong: int, now: datetime) -> str:
    if wrong < WRONG_BEFORE_WAIT:
        return ""
    return (now + min(LONGEST_WAIT, WAIT * 2 ** (wrong - WRONG_BEFORE_WAIT))).isoformat()
