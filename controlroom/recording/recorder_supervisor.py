"""Ensures that a recorder runs beside a desk: finds a running one, or starts one when nobody holds the storage.

A link asks the recorder for its state every two seconds, on a thread of its own; only that thread ever waits for it.

The recorder is started detached, not as a child: it survives the desk, and a new desk finds it. A recorder that
holds its storage but does not answer for long is hung; on this computer it is ended and started again.
"""

import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from controlroom import __version__
from controlroom.codec import from_plain
from controlroom.errors import Unavailable
from controlroom.platform import start_detached
from controlroom.processes.pinned_https import PinnedHttps
from controlroom.processes.rules import RestartHistory
from controlroom.recording.records import RecorderPresence, RecorderSnapshot, RecorderState
from controlroom.recording.storage_folder import RecorderContact, RecorderStorage, read_contact

log = logging.getLogger(__name__)

MODULE = "controlroom.app.recorder"
ASK_EVERY_S = 2.0
ASK_S = 3.0
MOST_MISSES_AT_START = 10
FIRST_START_AFTER_S = 1.5  # the first pictures come first
START_WITHIN_S = 30.0  # a recorder that was started may take this long to answer
HUNG_AFTER_S = 15.0  # without an answer, though it holds its storage
END_WITHIN_S = 6.0


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


class RecorderSupervisor:
    """Supervises the recorder for one desk. Public methods may be called from any thread; those that wait say so."""

    def __init__(
        self,
        folder: Path,
        storage: RecorderStorage,
        *,
        url: str | None = None,
        contact_file: Path | None = None,
        start: bool = True,
        with_desk: int = 0,
        on_contact: Callable[[RecorderContact | None], None] = lambda _: None,
        ask_every_s: float = 2.0,
    ) -> None:
        self._folder, self._storage, self._url = folder, storage, url
        self._contact_file = contact_file
        self._may_start, self._with_desk = start, with_desk
        self.link = RecorderLink(self._contact, on_contact=on_contact, ask_every_s=ask_every_s)
        self._opened_at = time.monotonic()
        self._started_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._history = RestartHistory()
        self._start_not_before = 0.0
        self._restarts = 0
        self._silent_since: float | None = None
        self._reason = ""
        self._lock = threading.Lock()
        self._closed = False
        self.end_with_desk = False
        """Somebody decided that the recorder ends when this desk closes."""

    def open(self) -> None:
        self.link.start(self._supervise)

    def close(self) -> None:
        """Stop supervising; the recorder goes on."""
        self._closed = True
        self.link.close()
        self._reap()

    def end(self) -> None:
        """End the recorder for good: none is started after it. Waits; raises Unavailable as `stop` does."""
        self._closed = True
        self.link.close()
        held = self._storage_held()
        self.stop()
        process, self._process = self._process, None
        if process is None:
            return
        if not held:  # started moments ago: nobody has told it to leave yet
            process.terminate()
        try:
            process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def snapshot(self) -> RecorderSnapshot:
        presence = self.link.presence(wanted=self._may_start)
        reason = "" if presence is RecorderPresence.RUNNING else self._reason or self.link.reason
        return RecorderSnapshot(
            presence, self.link.state, self.link.heard_age_s, self._restarts, reason or self._reason
        )

    @property
    def here(self) -> bool:
        """True when the recorder runs on this computer: desks may start and end it."""
        return self._contact_file is None

    @property
    def asks(self) -> bool:
        """True when closing the desk leaves a decision: a recorder runs here and does not end with the desk anyway."""
        return self.here and not self._with_desk and self.link.state is not None

    def restart(self) -> None:
        """End the recorder and start it again; waits a few seconds. Raises Unavailable when it runs elsewhere."""
        self.stop()
        self._history.forgive()
        self._reason = "started again on request"
        self._start_not_before = 0.0
        if self._may_start:
            self._start()
        self.link.hurry()

    def restart_process(self, name: str) -> None:
        """Start one of the recorder's own processes again; waits. Raises Unavailable."""
        self.link.tell("/restart", {"process": name})

    def stop(self, within_s: float = END_WITHIN_S) -> None:
        """End the recorder in order, by force if need be; waits. Raises Unavailable when it runs elsewhere."""
        contact = self._contact()
        if contact is None or not self._storage_held():
            return
        with self._lock:
            with contextlib.suppress(Unavailable):
                self.link.tell("/stop")
            until = time.monotonic() + within_s
            while self._storage_held() and time.monotonic() < until:
                time.sleep(0.05)
            if self._storage_held() and not self._kill(contact):
                raise Unavailable(
                    "The recorder did not end.",
                    remedy="It runs elsewhere, or belongs to another user: end it there.",
                )
            self._reap()

    # -- on the link's thread --------------------------------------------------------------------------------

    def _supervise(self) -> None:
        self._reap()
        state = self.link.state
        if state is not None:
            self._silent_since = None
            if state.version != __version__ and self._may_start:
                log.info("the recorder is of version %s: started again", state.version)
                self.restart()
            return
        if self._closed or not self._may_start or time.monotonic() - self._opened_at < FIRST_START_AFTER_S:
            return
        if self._storage_held():
            self._end_a_hung_one()
        elif time.monotonic() >= self._start_not_before and not self._starting():
            self._start()

    def _end_a_hung_one(self) -> None:
        now = time.monotonic()
        self._silent_since = self._silent_since or now
        contact = self._contact()
        if now - self._silent_since > HUNG_AFTER_S and not self._starting() and contact is not None:
            self._silent_since = None
            if self._kill(contact):
                log.warning("the recorder (pid %s) held its storage and did not answer: ended", contact.pid)
                self._reason = "did not answer and was ended"

    def _starting(self) -> bool:
        alive = self._process is not None and self._process.poll() is None
        return alive and time.monotonic() - (self._started_at or 0.0) < START_WITHIN_S

    def _start(self) -> None:
        now = time.monotonic()
        if self._started_at is not None:
            self._restarts += 1
            self._start_not_before = now + self._history.ended(now - self._started_at, beat=True)
        self._started_at = now
        command = [sys.executable, "-m", MODULE, "--data", str(self._folder)]
        if self._with_desk:
            command += ["--with-desk", str(self._with_desk)]
        line = json.dumps({"database": self._url}).encode() + b"\n"
        try:
            (self._folder / "logs").mkdir(parents=True, exist_ok=True)
            self._process = start_detached(command, self._folder / "logs" / "recorder-start.log", stdin=line)
        except OSError as error:
            self._reason = f"the system could not start it: {error.strerror or error}"
            log.error("the recorder: %s", self._reason)

    def _reap(self) -> None:
        """Collect the exit code of an ended recorder that we started, so that it does not remain as a zombie."""
        if self._process is not None and (code := self._process.poll()) is not None:
            self._process = None
            if code not in (0, 3):
                self._reason = f"ended with code {code}"
                log.warning("the recorder %s", self._reason)

    def _contact(self) -> RecorderContact | None:
        if self._contact_file is not None:
            return read_contact(self._contact_file)
        return self._storage.contact()

    def _storage_held(self) -> bool:
        return self._contact_file is None and self._storage.held

    def _kill(self, contact: RecorderContact) -> bool:
        """End the recorder by force if it is the very process of the contact. False when it is not ours to end."""
        try:
            process = psutil.Process(contact.pid)
            if abs(process.create_time() - contact.started) > 1.0:
                return False
            process.kill()
            process.wait(5)
        except psutil.NoSuchProcess:
            return True
        except (psutil.Error, OSError):
            return False
        return True
