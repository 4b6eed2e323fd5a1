"""Connects a desk to the recorder: asks for its state every two seconds, on a thread of its own.

Only that thread ever waits for the recorder; `snapshot` returns at once what is known.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from controlroom.codec import from_plain
from controlroom.errors import Unavailable
from controlroom.processes.pinned_https import PinnedHttps
from controlroom.recording.records import RecorderPresence, RecorderState
from controlroom.recording.storage_folder import RecorderContact

log = logging.getLogger(__name__)

ASK_EVERY_S = 2.0
ASK_S = 3.0
MOST_MISSES_AT_START = 10


@dataclass(frozen=True)
class RecorderSnapshot:
    """The recorder's last known state. `heard_age_s` since its last answer; `reason` why it is not running."""

    presence: RecorderPresence
    state: RecorderState | None = None
    heard_age_s: float | None = None
    restarts: int = 0
    reason: str = ""


class RecorderLink:
    """Asks the recorder found by `contact()` for its state; calls `on_contact` when another one answers."""

    def __init__(
        self,
        contact: Callable[[], RecorderContact | None],
        *,
        on_contact: Callable[[RecorderContact | None], None] = lambda _: None,
        ask_every_s: float = ASK_EVERY_S,
    ) -> None:
        self._contact, self._on_contact, self._ask_every_s = contact, on_contact, ask_every_s
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._connection: PinnedHttps | None = None
        self._told: RecorderContact | None = None
        self._state: RecorderState | None = None
        self._heard_at: float | None = None
        self.misses = 0
        """Questions in a row that were not answered."""
        self.reason = ""
        self._after: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="recorder link", daemon=True)

    def start(self, after_each: Callable[[], None] = lambda: None) -> None:
        """Start asking; `after_each` is called on the link's thread after every question."""
        self._after = after_each
        self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        self._hurry.set()
        if self._thread.is_alive():
            self._thread.join(ASK_S + 1)

    def hurry(self) -> None:
        self._hurry.set()

    @property
    def state(self) -> RecorderState | None:
        """The recorder's last answer; None while it does not answer."""
        return self._state if self.misses == 0 else None

    @property
    def heard_age_s(self) -> float | None:
        return None if self._heard_at is None else time.monotonic() - self._heard_at

    def presence(self, *, wanted: bool) -> RecorderPresence:
        """Return the recorder's presence as the status page names it."""
        if self.state is not None:
            return RecorderPresence.RUNNING
        if self._heard_at is not None:
            return RecorderPresence.AWAY
        if not wanted:
            return RecorderPresence.OFF
        return RecorderPresence.STARTING if self.misses < MOST_MISSES_AT_START else RecorderPresence.AWAY

    def tell(self, path: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send one request, on the caller's thread and over a connection of its own. Raises Unavailable."""
        contact = self._contact()
        if contact is None:
            raise Unavailable("No recorder runs.", remedy="Start it on the status page.")
        return contact.ask("POST", path, values or {})

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._ask()
                self._after()
            except Exception:  # whatever it was, the desk has to know how the recorder stands
                log.exception("asking the recorder failed")
            self._hurry.wait(self._ask_every_s)
            self._hurry.clear()
        if self._connection is not None:
            self._connection.close()

    def _ask(self) -> None:
        contact = self._contact()
        if contact is None:
            self._missed("it has not been started")
            return
        if self._connection is None or self._connection.end != contact:
            if self._connection is not None:
                self._connection.close()
            self._connection = PinnedHttps(contact)
        try:
            state = from_plain(RecorderState, self._connection.ask("GET", "/state", seconds=ASK_S))
        except Unavailable as error:
            self._missed(error.what)
            return
        except ValueError as error:
            self._missed(f"it is of another version ({type(error).__name__})")
            return
        self._state, self._heard_at, self.misses, self.reason = state, time.monotonic(), 0, ""
        if contact != self._told:
            self._told = contact
            self._on_contact(contact)

    def _missed(self, why: str) -> None:
        self.misses += 1
        self.reason = why
