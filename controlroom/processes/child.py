"""Serves as the child's end of the pipe to its parent: JSON lines in on stdin, out on stdout.

A child lives exactly as long as its parent holds the pipe: `messages()` ends when it closes.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from controlroom.platform import ignore_interrupts

BEAT_EVERY_S = 1.0


class ChildPipe:
    """Owns the two ends of the pipe.

    Descriptor 1 is moved away first, so that a library's stray print lands on stderr and cannot corrupt a message.
    """

    def __init__(self, *, manual_beat: bool = False) -> None:
        ignore_interrupts()
        self._out = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        if not manual_beat:
            threading.Thread(target=self._beat_for_ever, name="beat", daemon=True).start()

    @property
    def closed(self) -> bool:
        """True once the parent has exited or closed the pipe."""
        return self._closed.is_set()

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; it is silently dropped when the parent has gone (the reader notices that too)."""
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        try:
            with self._lock:
                view = memoryview(line)
                while view:
                    view = view[self._out.write(view) or 0 :]
        except (OSError, ValueError):
            self._closed.set()

    def beat(self) -> None:
        """Tell the parent that this process is still working."""
        self.send({"beat": 1})

    def end_at_sigterm(self) -> None:
        """Let SIGTERM end `messages()` as if the parent had closed the pipe, so that it interrupts nothing half-way.

        Main thread only.
        """
        nothing = os.open(os.devnull, os.O_RDONLY)
        signal.signal(signal.SIGTERM, lambda *_: os.dup2(nothing, 0))

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield the parent's messages until it closes the pipe."""
        for line in sys.stdin.buffer:
            if line.strip():
                yield json.loads(line)
        self._closed.set()

    def _beat_for_ever(self) -> None:
        self.beat()
        while not self._closed.wait(BEAT_EVERY_S):
            self.beat()
