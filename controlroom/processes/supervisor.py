"""Child processes kept alive: started, listened to, restarted with back-off, ended with the desk.

One thread per child runs its whole life (start, read, wait, back off); one watchdog kills a child that stopped
beating.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

from controlroom.logs import redact
from controlroom.processes.run_folder import RunFolder

log = logging.getLogger(__name__)

Message = dict[str, Any]
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
STEADY_AFTER_S = 30.0  # a child that lived this long starts again at the first pause
WATCH_EVERY_S = 0.25


class ProcessState(StrEnum):
    """Where a child stands, in words for the status page."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ProcessHealth:
    """One line of the status page. Ages in seconds; `pid` is None while the child is down."""

    name: str
    pid: int | None
    state: ProcessState
    age_s: float
    restarts: int
    last_beat_age_s: float | None


class SupervisedProcess:
    """`python -m module`, kept running. Callbacks run on the child's reader thread."""

    def __init__(
        self,
        name: str,
        module: str,
        on_message: Callable[[Message], None],
        *,
        on_up: Callable[[], None] | None = None,
        on_down: Callable[[], None] | None = None,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        hang_after_s: float = 5.0,
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-m", module, *arguments]
        self._environment = {**os.environ, **(environment or {})}
        self._on_message = on_message
        self._on_up = on_up or (lambda: None)
        self._on_down = on_down or (lambda: None)
        self._hang_after_s = hang_after_s
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"process {name}", daemon=True)
        self._popen: subprocess.Popen[bytes] | None = None
        self._started_at = time.monotonic()
        self._last_beat: float | None = None
        self._restarts = 0
        self._run_folder: RunFolder | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None while the child is down."""
        popen = self._popen
        return popen.pid if popen is not None and popen.poll() is None else None

    def start(self, run_folder: RunFolder) -> None:
        """Start the child and its thread; children are noted in the run's ledger."""
        self._run_folder = run_folder
        self._thread.start()

    def send(self, message: Message) -> bool:
        """Write one message; False when the child is down (`on_up` says when to send everything again)."""
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            popen = self._popen
            if popen is None or popen.stdin is None:
                return False
            try:
                popen.stdin.write(line)
                popen.stdin.flush()
            except (OSError, ValueError):
                return False
        return True

    def health(self) -> ProcessHealth:
        """A snapshot for the status page."""
        now, pid = time.monotonic(), self.pid
        if self._stopping.is_set():
            state = ProcessState.STOPPED
        elif pid is None:
            state = ProcessState.RESTARTING if self._restarts else ProcessState.STARTING
        else:
            state = ProcessState.RUNNING if self._last_beat is not None else ProcessState.STARTING
        beat = None if self._last_beat is None else now - self._last_beat
        return ProcessHealth(self.name, pid, state, now - self._started_at, self._restarts, beat)

    def kill(self) -> None:
        """End the child at once; the supervisor starts it again."""
        popen = self._popen
        if popen is not None:
            with contextlib.suppress(OSError):
                popen.kill()

    def kill_if_hung(self) -> None:
        """Called by the watchdog: no beat for `hang_after_s` (20 s while starting) means hung."""
        pid = self.pid
        if pid is None or self._stopping.is_set():
            return
        limit = self._hang_after_s if self._last_beat is not None else 20.0
        silent = time.monotonic() - (self._last_beat or self._started_at)
        if silent > limit:
            log.warning(
                "%s (pid %s) has not answered for %.1f s: ended and started again",
                self.name,
                pid,
                silent,
            )
            self.kill()

    def ask_to_stop(self) -> None:
        """Close the pipe: the child sees the end of its input and leaves."""
        self._stopping.set()
        with self._lock:
            if self._popen is not None and self._popen.stdin is not None:
                with contextlib.suppress(OSError):
                    self._popen.stdin.close()

    def wait_stopped(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then end the child by force."""
        popen = self._popen
        if popen is not None:
            try:
                popen.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait(5)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(max(0.5, deadline - time.monotonic()))

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            popen = self._spawn()
            if popen is not None:
                self._serve(popen)
            if self._stopping.is_set():
                break
            lived = time.monotonic() - self._started_at
            pause = FIRST_PAUSE_S if lived > STEADY_AFTER_S else min(pause * 2, LONGEST_PAUSE_S)
            self._restarts += 1
            self._stopping.wait(pause if self._restarts > 1 else FIRST_PAUSE_S)

    def _spawn(self) -> "subprocess.Popen[bytes] | None":
        self._started_at, self._last_beat = time.monotonic(), None
        pipe = subprocess.PIPE
        try:
            popen = subprocess.Popen(
                self._command,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                env=self._environment,
            )
        except OSError as error:
            log.error("%s could not be started: %s", self.name, error)
            return None
        with self._lock:
            self._popen = popen
            if self._stopping.is_set() and popen.stdin is not None:
                popen.stdin.close()
        if self._run_folder is not None:
            self._run_folder.note_child(popen.pid)
        return popen

    def _serve(self, popen: "subprocess.Popen[bytes]") -> None:
        assert popen.stdout is not None and popen.stderr is not None
        errors = threading.Thread(target=self._log_errors, args=(popen.stderr,), daemon=True)
        errors.start()
        self._call(self._on_up)
        for line in popen.stdout:
            self._take(line)
        code = popen.wait()
        errors.join(1)
        for stream in (popen.stdout, popen.stderr):
            stream.close()
        with self._lock:
            self._popen = None
            if popen.stdin is not None:
                with contextlib.suppress(OSError):
                    popen.stdin.close()
        if self._run_folder is not None:
            self._run_folder.forget_child(popen.pid)
        if not self._stopping.is_set():
            log.warning("%s (pid %s) ended with code %s", self.name, popen.pid, code)
            self._call(self._on_down)

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            log.warning(
                "%s sent something that is not a message: %s",
                self.name,
                redact(repr(line[:120])),
            )
            return
        self._last_beat = time.monotonic()
        if "beat" not in message:
            self._call(lambda: self._on_message(message))

    def _call(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception:  # a fault in one listener must not end the child's thread
            log.exception("listening to %s failed", self.name)

    def _log_errors(self, stream: IO[bytes]) -> None:
        for line in stream:
            log.info("%s: %s", self.name, redact(line.decode(errors="replace").rstrip()))


class Supervisor:
    """All children of one desk, with the watchdog over them."""

    def __init__(self, run_folder: RunFolder) -> None:
        self.run_folder = run_folder
        self._children: list[SupervisedProcess] = []
        self._closing = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def add(self, child: SupervisedProcess) -> SupervisedProcess:
        """Take over a child and start it."""
        self._children.append(child)
        child.start(self.run_folder)
        if not self._watchdog.is_alive() and not self._closing.is_set():
            self._watchdog.start()
        return child

    def health(self) -> list[ProcessHealth]:
        """Every child's line for the status page."""
        return [child.health() for child in self._children]

    def close(self, timeout_s: float = 3.0) -> None:
        """Ask every child to leave, wait `timeout_s` together, end what is left by force."""
        self._closing.set()
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + timeout_s
        for child in self._children:
            child.wait_stopped(deadline)

    def _watch(self) -> None:
        while not self._closing.wait(WATCH_EVERY_S):
            for child in list(self._children):
                child.kill_if_hung()
