"""Tells desks apart: each is known by a secret of its own, whatever name it gives. Thread-safe, without I/O.

A desk makes its secret anew each time it starts, and only its SHA-256 (the desk's key) is kept here. Two desks that
give the same name are called "desk 1" and "desk 1 (2)"; a name belongs to its desk for as long as it holds anything.
So many desks at once is what a room has, and more: where there is no room left, the one that was heard of longest ago
among those whose person nothing proves makes room, first of the same machine. It enters again with its next word.
"""

import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from controlroom.cameras.holds.records import Holder
from controlroom.errors import Unavailable

FORGOTTEN_AFTER_S = 60.0  # without a word
THERE_WITHIN_S = 10.0  # a desk that lives says something more often
MOST_DESKS, MOST_OF_A_MACHINE = 200, 150
LEAST_SECRET, MOST_SECRET = 32, 120  # characters
MOST_NAME = 100  # characters
PROOF_S = 30.0  # a proof counts for this long, and at most twice as long


class NoRoom(Unavailable):
    """Every desk known is of a person who is proven."""


@dataclass(frozen=True)
class Desk:
    """A desk that entered: its key, its machine's address, and who sits there; `name` tells it from all others."""

    key: str
    name: str
    machine: str
    heard_at: float
    person: Holder
    handle: str = ""
    proof: str = ""


class DeskBook:
    """Every desk the recorder knows; times by `monotonic` (seconds)."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        in_use: Callable[[], Mapping[str, str]] = dict,
        gone: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`in_use`: names of desks that hold something, with their keys. `gone` hears the name of a forgotten desk."""
        self._monotonic, self._in_use, self._gone = monotonic, in_use, gone
        self._lock = threading.Lock()
        self._desks: dict[str, Desk] = {}
        self._own = secrets.token_bytes(32)

    def of(self, secret: object) -> Desk | None:
        """The desk of that secret, which is heard of now; None for one that has to enter first."""
        if not isinstance(secret, str):
            return None
        with self._lock:
            return self._heard(key_of(secret))

    def enter(self, secret: str, name: str, machine: str) -> Desk:
        """The desk of that secret: the one known, or a new one at which nobody sits.

        Raises ValueError for a secret or a name that is none, NoRoom where only proven desks would make room.
        """
        if not LEAST_SECRET <= len(secret) <= MOST_SECRET:
            raise ValueError("a desk's secret has 32 to 120 characters")
        wanted = one_line(name)
        if not wanted or len(wanted) > MOST_NAME:
            raise ValueError("a desk has a name")
        key, in_use = key_of(secret), self._in_use()
        with self._lock:
            if (known := self._heard(key)) is not None:
                return known
            left = self._make_room(machine, set(in_use.values()))
            others = [each.name for each in self._desks.values()]
            others += [each for each, of in in_use.items() if of != key]
            its_own = (each for each, of in in_use.items() if of == key)
            name = next(its_own, "") or told_apart(wanted, others)
            made = Desk(key, name, machine, self._monotonic(), Holder(name, name, key=key))
            self._desks[key] = made
        for each in left:
            self._gone(each)
        return made

    def seat(self, key: str, person: Holder, handle: str, proof: str) -> None:
        """That person sits there now."""
        with self._lock:
            if (known := self._desks.get(key)) is not None:
                person = replace(person, desk=known.name, key=key)
                self._desks[key] = replace(known, person=person, handle=handle, proof=proof)

    def judged(self, desk: Desk, person: Holder) -> bool:
        """What was found of the person known as `desk`; False where another word of that desk came first."""
        with self._lock:
            known = self._desks.get(desk.key)
            if known is None or (known.handle, known.proof) != (desk.handle, desk.proof):
                return False
            self._desks[desk.key] = replace(known, person=replace(person, desk=known.name, key=known.key))
            return True

    def forget(self, key: str) -> None:
        """That desk has to enter again."""
        with self._lock:
            left = self._desks.pop(key, None)
        if left is not None:
            self._gone(left.name)

    def forget_silent(self) -> None:
        """Forget the desks that have said nothing for long."""
        now = self._monotonic()
        for each in self.known():
            if now - each.heard_at > FORGOTTEN_AFTER_S:
                self.forget(each.key)

    def known(self) -> list[Desk]:
        """List every desk."""
        with self._lock:
            return list(self._desks.values())

    def is_there(self, who: Holder) -> bool:
        """True while that person sits at that desk as the recorder knew them, and the desk lives."""
        with self._lock:
            known = self._desks.get(who.key)
            return (
                known is not None
                and known.person == who
                and self._monotonic() - known.heard_at <= THERE_WITHIN_S
            )

    def nonces(self, key: str) -> tuple[str, str]:
        """What a proof of this desk may have been made for: the number it is told now, and the one before."""
        turn = int(self._monotonic() // PROOF_S)
        of = [hmac.digest(self._own, f"{key} {each}".encode(), "sha256").hex() for each in (turn, turn - 1)]
        return of[0], of[1]

    def _heard(self, key: str) -> Desk | None:
        known = self._desks.get(key)
        if known is not None:
            known = self._desks[key] = replace(known, heard_at=self._monotonic())
        return known

    def _make_room(self, machine: str, holding: set[str]) -> list[str]:
        """Let one go where there are too many already; returns its name."""
        here = [each for each in self._desks.values() if each.machine == machine]
        if len(here) >= MOST_OF_A_MACHINE:
            among = here
        elif len(self._desks) >= MOST_DESKS:
            among = list(self._desks.values())
        else:
            return []
        unproven = [each for each in among if not each.person.proven]
        if not unproven:
            raise NoRoom("Too many desks at once.")
        leaves = min(unproven, key=lambda each: (each.key in holding, each.heard_at))
        del self._desks[leaves.key]
        return [leaves.name]


def key_of(secret: str) -> str:
    """What is kept of a desk's secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def one_line(text: str) -> str:
    """`text` without what nobody sees, its blanks as one."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())


def told_apart(wanted: str, others: list[str]) -> str:
    """`wanted`, or with a number where it reads like the name of another."""
    taken = {_read(each) for each in others}
    name, count = wanted, 1
    while _read(name) in taken:
        count += 1
        name = f"{wanted} ({count})"
    return name


def _read(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
