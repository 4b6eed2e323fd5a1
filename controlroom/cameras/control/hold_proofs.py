"""Asks the desk to prove who sits there: the key that signs never leaves the desk's own process."""

import threading
from collections.abc import Callable

from controlroom.cameras.control.messages import Message

WAIT_S = 0.5  # a desk that does not answer by then has proved nothing so far


class HoldProofs:
    """Signatures of the person at this desk, each for one nonce of one recorder."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._asked: tuple[str, ...] = ()
        self._answer: str | None = None

    def take(self, facts: tuple[str, ...], proof: str) -> None:
        """The desk has signed, or cannot ("")."""
        with self._changed:
            if facts == self._asked:
                self._answer = proof
                self._changed.notify_all()

    def ask(self, recorder: str, desk: str, nonce: str, handle: str) -> str | None:
        """Return the signature of the person at this desk, "" where they have no key.

        None when the desk has not answered within `WAIT_S`; the calling thread waits for so long.
        """
        facts = (recorder, desk, nonce, handle)
        with self._changed:
            self._asked, self._answer = facts, None
        self._send({"prove": list(facts)})
        with self._changed:
            self._changed.wait_for(lambda: self._answer is not None, WAIT_S)
            return self._answer
