"""Runs a small function again and again on a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Loop:
    """Calls `turn` every `every_s` seconds until stopped. A turn that fails is logged once and tried again."""

    def __init__(self, name: str, turn: Callable[[], object], every_s: float) -> None:
        self.name = name
        self._turn, self._every_s = turn, every_s
        self._stopping = threading.Event()
        self._failing = ""
        self._turned_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def silent_s(self) -> float:
        """Seconds since the last turn ended."""
        return time.monotonic() - self._turned_at

    def stopping(self) -> bool:
        """Return True once the loop was told to end."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout_s: float = 3.0) -> bool:
        """End after the present turn; False when that took longer than `timeout_s`."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self._turn()
            except Exception as error:  # whatever it was: cameras have to be watched on
                if (words := repr(error)) != self._failing:
                    log.exception("%s failed, and goes on", self.name)
                    self._failing = words
            else:
                self._failing = ""
            self._turned_at = time.monotonic()
