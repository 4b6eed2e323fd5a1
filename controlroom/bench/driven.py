"""Starts a driven desk and hears what it tells: the parent's side of `controlroom.bench.driven_desk`."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from controlroom.errors import Unavailable

MODULE = "controlroom.bench.driven_desk"
LOGIN, PASSWORD, DATABASE = (f"CONTROLROOM_DRIVEN_{name}" for name in ("LOGIN", "PASSWORD", "DATABASE"))
READY_WITHIN_S = LIVE_WITHIN_S = 300.0  # a machine that is busy with other things takes its time
Event = dict[str, Any]


class DrivenDesk:
    """One desk process, at which the owner of `login` (name and password) sits.

    Everything it told stays in `events`, in order.
    """

    def __init__(
        self,
        folder: Path,
        login: tuple[str, str],
        url: str | None,
        *,
        arguments: Sequence[str],
        environment: Mapping[str, str],
    ) -> None:
        secrets = {LOGIN: login[0], PASSWORD: login[1]}
        if url is not None:
            secrets[DATABASE] = url
        self.events: list[Event] = []
        self._arrived = threading.Condition()
        self.started_at = time.time()
        self._errors = (folder / "driven-desk.err").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(folder), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={"QT_QPA_PLATFORM": "offscreen", **os.environ, **secrets, **environment},
        )
        self._reader = threading.Thread(target=self._read, name="driven desk", daemon=True)
        self._reader.start()

    def told(self, event: str) -> list[Event]:
        """Everything told under that name so far."""
        with self._arrived:
            return [each for each in self.events if each["event"] == event]

    def wait(self, holds: Callable[[], object], timeout_s: float, what: str) -> None:
        """Wait until `holds`; raises Unavailable when the desk ended or it took too long."""
        until = time.monotonic() + timeout_s
        while not holds():
            if self.process.poll() is not None and not self._reader.is_alive():
                raise Unavailable(f"The desk ended (code {self.process.returncode}) before {what}.")
            if time.monotonic() > until:
                raise Unavailable(f"Waited {timeout_s:.0f} s in vain for {what}.")
            with self._arrived:
                self._arrived.wait(0.05)

    def wait_ready(self) -> None:
        """Wait until its window is there and it begins to type."""
        self.wait(lambda: self.told("ready"), READY_WITHIN_S, "its window was there")

    def wait_live(self, cameras: int, when: str = "") -> None:
        self.wait(
            lambda: any(each["live"] == cameras for each in self.told("live")),
            LIVE_WITHIN_S,
            f"every camera was live{when}",
        )

    def kill(self) -> None:
        """Kill -9, then hear out what it had told already."""
        self.process.kill()
        self._finish()

    def end(self, timeout_s: float = 30.0) -> int:
        """Ask it to end in order; its exit code."""
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._finish()
        return self.process.returncode

    def _finish(self) -> None:
        self.process.wait()
        self._reader.join(10)
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue  # the kill cut it
            with self._arrived:
                self.events.append(event)
                self._arrived.notify_all()
