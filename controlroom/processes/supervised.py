"""Supervises one child process: starts it, listens to it, and restarts it with back-off, all on one thread."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

import psutil

from controlroom.logs import redact
from controlroom.processes.records import ProcessHealth, ProcessState
from controlroom.processes.rules import URGENT_PAUSE_S, RestartHistory, end_in_words
from controlroom.processes.run_folder import RunFolder

log = logging.getLogger(__name__)

Message = dict[str, Any]
START_WITHIN_S = 20.0  # the first beat of a child on a busy machine
LEAVE_WITHIN_S = 3.0  # how long a child that is started again on request may take to leave by itself


class SupervisedProcess:
    """Runs `python -m module` and restarts it when it ends. Callbacks run on the child's reader thread."""

    def __init__(
        self,
        name: str,
        module: str,
        on_message: Callable[[Message], None],
        *,
        on_up: Callable[[], None] = lambda: None,
        on_down: Callable[[], None] = lambda: None,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        hang_after_s: float = 5.0,
        python: str = sys.executable,
        urgent: Callable[[], bool] = lambda: False,
    ) -> None:
        """`urgent()` says whether something waits for the child that must not wait for the back-off."""
        self.name = name
        self._command = [python, "-m", module, *arguments]
        self._environment = {**os.environ, **(environment or {})}
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._hang_after_s = hang_after_s
        self._urgent = urgent
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"process {name}", daemon=True)
        self._popen: subprocess.Popen[bytes] | None = None
        self._started_at = self._patience_from = time.monotonic()
        self._last_beat: float | None = None
        self._leave_by: float | None = None
        self._restarts = 0
        self._history = RestartHistory()
        self._reason = ""
        self._last_words = ""
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
        now, pid = time.monotonic(), self.pid
        beat = None if self._last_beat is None else now - self._last_beat
        return ProcessHealth(
            self.name,
            pid,
            self._state(pid),
            now - self._started_at,
            self._restarts,
            beat,
            memory_of(pid),
            self._reason,
        )

    def kill(self, reason: str = "") -> None:
        """End the child at once; the supervisor starts it again."""
        popen = self._popen
        if popen is not None:
            self._reason = reason or self._reason
            with contextlib.suppress(OSError):
                popen.kill()

    def restart(self) -> None:
        """Let the child exit in order (by force after `LEAVE_WITHIN_S`) and start it at once, because a person
        asked for it.
        """
        self._history.forgive()
        self._reason = "started again on request"
        self._leave_by = time.monotonic() + LEAVE_WITHIN_S
        self._hurry.set()
        self._close_pipe(wait_s=0.5)

    def kill_if_hung(self) -> None:
        """End a child that is silent for too long, stopped (SIGSTOP), or will not exit. The watchdog calls this."""
        pid = self.pid
        if pid is None or self._stopping.is_set():
            return
        now = time.monotonic()
        if self._leave_by is not None and now > self._leave_by:
            self.kill()
            return
        silent = now - max(self._last_beat or self._started_at, self._patience_from)
        if silent > (START_WITHIN_S if self._last_beat is None else self._hang_after_s):
            log.warning("%s (pid %s) has not answered for %.1f s: ended", self.name, pid, silent)
            self.kill(f"did not answer for {silent:.0f} s and was ended")

    def be_patient(self) -> None:
        """Count silence from now, because the watchdog itself was asleep (a suspended computer)."""
        self._patience_from = time.monotonic()

    def ask_to_stop(self) -> None:
        """Close the pipe: the child sees the end of its input and exits."""
        self._stopping.set()
        self._hurry.set()
        self._close_pipe()

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

    def _state(self, pid: int | None) -> ProcessState:
        if self._stopping.is_set():
            return ProcessState.STOPPED
        if pid is not None and self._last_beat is not None:
            return ProcessState.RUNNING
        if self._history.cannot_start:
            return ProcessState.FAILING
        return ProcessState.RESTARTING if self._restarts else ProcessState.STARTING

    def _close_pipe(self, wait_s: float = -1) -> None:
        """Close the pipe.

        A child that no longer reads may hold `_lock` through a full pipe: `wait_s` limits the wait.
        """
        if not self._lock.acquire(timeout=wait_s):
            return
        try:
            if self._popen is not None and self._popen.stdin is not None:
                with contextlib.suppress(OSError):
                    self._popen.stdin.close()
        finally:
            self._lock.release()

    def _run(self) -> None:
        while not self._stopping.is_set():
            popen = self._spawn()
            if popen is not None:
                self._serve(popen)
            if self._stopping.is_set():
                break
            wanted = self._leave_by is not None
            self._leave_by = None
            lived = time.monotonic() - self._started_at
            pause = 0.0 if wanted else self._history.ended(lived, beat=self._last_beat is not None)
            self._restarts += 1
            if self._history.loop_begins and not wanted:
                log.error("%s keeps ending (%s); told again once it stays up", self.name, self._reason)
            if self._urgent():
                pause = min(pause, URGENT_PAUSE_S)
            if pause:
                self._hurry.wait(pause)
            if not self._stopping.is_set():
                self._hurry.clear()

    def _spawn(self) -> "subprocess.Popen[bytes] | None":
        self._started_at, self._last_beat = time.monotonic(), None
        pipe = subprocess.PIPE
        try:
            popen = subprocess.Popen(
                self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=self._environment
            )
        except OSError as error:
            self._reason = f"the system could not start it: {error.strerror or error}"
            log.log(self._level(logging.ERROR), "%s: %s", self.name, self._reason)
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
            self._note_end(popen.pid, code)
            self._call(self._on_down)

    def _note_end(self, pid: int, code: int) -> None:
        words = end_in_words(code)
        if self._leave_by is None and not (code < 0 and "did not answer" in self._reason):
            said = f": {self._last_words}" if self._last_words and code > 0 else ""
            self._reason = f"{words}{said}"
        log.log(self._level(logging.WARNING), "%s (pid %s) %s", self.name, pid, words)

    def _level(self, usual: int) -> int:
        """Return the log level: failures in a loop are reported once, then only at the debug level."""
        return logging.DEBUG if self._history.looping else usual

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            log.warning("%s sent something that is not a message: %s", self.name, redact(repr(line[:120])))
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
        self._last_words = ""
        for line in stream:
            words = redact(line.decode(errors="replace").rstrip())
            self._last_words = words[:200] or self._last_words
            log.log(self._level(logging.INFO), "%s: %s", self.name, words)


def memory_of(pid: int | None) -> int | None:
    """Return a process's resident memory in bytes, None when there is no such process or it may not be looked at."""
    if pid is None:
        return None
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return None
