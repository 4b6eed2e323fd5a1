"""Talks to the recorder about holds: one conversation of this desk, which enters again whenever that is needed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from controlroom.errors import PermissionRefused
from controlroom.processes.pinned_https import Declined, PinnedEndpoint, PinnedHttps

CALL_S = 1.0  # a recorder that takes longer counts as away
WATCH_CALL_S = 6.0
ENTER_AGAIN, NOT_THIS_PERSON = 410, 403


@dataclass(frozen=True)
class Person:
    """Who sits at this desk, and what proves it to one recorder (`cameras/holds/records.proof_facts`)."""

    handle: str = ""
    proof: str = field(default="", repr=False)


class HoldLine:
    """Connections to one recorder, one for the thread that asks and one for the thread that waits for news."""

    def __init__(self, end: PinnedEndpoint, desk: str, entered: Callable[[], None]) -> None:
        """`entered` is called on the asking thread after this desk entered, before anything else is asked."""
        self.end, self.desk = end, desk
        self._talk, self._news = PinnedHttps(end), PinnedHttps(end)
        self._entered = entered
        self._lock = threading.Lock()
        self._person = Person()
        self._session = ""
        self._former = ""

    def set_person(self, person: Person) -> None:
        """Somebody else sits here: the next call enters in their name."""
        with self._lock:
            if person != self._person:
                self._person, self._former, self._session = person, self._session or self._former, ""

    @property
    def inside(self) -> bool:
        """True once this desk has entered."""
        return bool(self._session)

    def call(self, path: str, **values: Any) -> dict[str, Any]:
        """Ask the recorder; raises Unavailable when it does not answer, PermissionRefused for this person."""
        if not self._session:
            self._enter()
        try:
            return self._talk.ask(
                "POST", f"/holds/{path}", {**values, "session": self._session}, seconds=CALL_S
            )
        except Declined as error:
            if error.status != ENTER_AGAIN:
                raise
        self._session = ""
        self._enter()
        return self._talk.ask("POST", f"/holds/{path}", {**values, "session": self._session}, seconds=CALL_S)

    def news(self, since: int) -> dict[str, Any] | None:
        """Wait for news on the other thread; None when this desk has to enter first. Raises Unavailable."""
        session = self._session
        if not session:
            return None
        values = {"session": session, "since": since}
        try:
            return self._news.ask("POST", "/holds/watch", values, seconds=WATCH_CALL_S)
        except Declined as error:
            if error.status != ENTER_AGAIN:
                raise
            with self._lock:
                if self._session == session:
                    self._session = ""
            return None

    def close(self) -> None:
        """Close the asking thread's connection."""
        self._talk.close()

    def close_news(self) -> None:
        """Close the waiting thread's connection."""
        self._news.close()

    def _enter(self) -> None:
        with self._lock:
            person, former = self._person, self._former
        values = {"desk": self.desk, "handle": person.handle, "proof": person.proof, "session": former}
        try:
            answer = self._talk.ask("POST", "/holds/enter", values, seconds=CALL_S)
        except Declined as error:
            if error.status == NOT_THIS_PERSON:
                raise PermissionRefused(error.said or "This person may not steer cameras.") from error
            raise
        with self._lock:
            if person != self._person:
                return  # somebody else has sat down meanwhile
            self._session, self._former = str(answer["session"]), ""
        self._entered()
