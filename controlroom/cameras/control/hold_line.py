"""Talks to the recorder about holds: one conversation of this desk, which enters again whenever that is needed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from controlroom.errors import PermissionRefused, Unavailable
from controlroom.processes.pinned_https import Declined, PinnedEndpoint, PinnedHttps

CALL_S = 1.0  # a recorder that takes longer counts as away
WATCH_CALL_S = 6.0
ENTER_AGAIN, NOT_THIS_PERSON, COME_BACK = 410, 403, 503

Prove = Callable[[str, str, str, str], str | None]
"""Takes recorder, desk, nonce and handle; returns the proof of who sits here (`cameras/holds/records.proof_facts`),
"" where they have no key, None where the desk has not answered so far.
"""


class Busy(Unavailable):
    """The recorder answers, and has no time for this desk now: it is not away."""


@dataclass(frozen=True)
class DeskSecret:
    """What this desk calls itself, and the secret by which the recorder tells it from every other."""

    name: str
    secret: str = field(repr=False)


class HoldLine:
    """Connections to one recorder, one for the thread that asks and one for the thread that waits for news."""

    def __init__(
        self, end: PinnedEndpoint, desk: DeskSecret, entered: Callable[[], None], prove: Prove
    ) -> None:
        """`entered` is called on the asking thread after this desk entered, before anything else is asked."""
        self.end, self._desk = end, desk
        self.name = desk.name
        """The name by which the recorder knows this desk; it adds a number where two desks share one."""
        self._talk, self._news = PinnedHttps(end), PinnedHttps(end)
        self._entered, self._prove = entered, prove
        self._lock = threading.Lock()
        self._handle = ""
        self._nonce = ""
        self._inside = False

    def set_person(self, handle: str) -> None:
        """Somebody sits here, or nobody: the next call enters in their name."""
        with self._lock:
            self._handle, self._inside = handle, False

    @property
    def inside(self) -> bool:
        """True once this desk has entered."""
        return self._inside

    def call(self, path: str, **values: Any) -> dict[str, Any]:
        """Ask the recorder; raises Unavailable when it does not answer, Busy, PermissionRefused for this person."""
        if not self._inside:
            self._enter()
        try:
            return self._ask(path, **values)
        except Declined as error:
            if error.status != ENTER_AGAIN:
                raise
        self._inside = False
        self._enter()
        return self._ask(path, **values)

    def prove_again(self, nonce: str) -> None:
        """The recorder tells this nonce by now: who sits here is proved once more, where it is a new one."""
        with self._lock:
            handle, known = self._handle, self._nonce
        if not handle or nonce == known:
            return
        proof = self._prove(self.end.fingerprint, self.name, nonce, handle)
        if proof:
            self.call("prove", proof=proof)
        if proof is not None:  # else the desk is asked again with the next renewal
            self._nonce = nonce

    def news(self, since: int) -> dict[str, Any] | None:
        """Wait for news on the other thread; None when this desk has to enter first. Raises Unavailable."""
        if not self._inside:
            return None
        values = {"session": self._desk.secret, "since": since}
        try:
            return self._news.ask("POST", "/holds/watch", values, seconds=WATCH_CALL_S)
        except Declined as error:
            if error.status != ENTER_AGAIN:
                raise
            self._inside = False
            return None

    def close(self) -> None:
        """Close the asking thread's connection."""
        self._talk.close()

    def close_news(self) -> None:
        """Close the waiting thread's connection."""
        self._news.close()

    def _enter(self) -> None:
        while not self._inside:  # again where somebody else sat down meanwhile
            with self._lock:
                handle = self._handle
            told = self._ask("hello", desk=self._desk.name)
            self.name, nonce = str(told["desk"]), str(told["nonce"])
            proof = self._prove(self.end.fingerprint, self.name, nonce, handle) if handle else ""
            self._ask("enter", desk=self._desk.name, handle=handle, proof=proof or "")
            with self._lock:
                if handle == self._handle:
                    self._inside, self._nonce = True, nonce if proof is not None else ""
        self._entered()

    def _ask(self, path: str, **values: Any) -> dict[str, Any]:
        values["session"] = self._desk.secret
        try:
            return self._talk.ask("POST", f"/holds/{path}", values, seconds=CALL_S)
        except Declined as error:
            if error.status == NOT_THIS_PERSON:
                raise PermissionRefused(error.said or "This person may not steer cameras.") from error
            if error.status == COME_BACK:
                raise Busy("The recorder is busy.", remedy="Try again in a moment.") from error
            raise
