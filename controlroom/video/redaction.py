"""Removes passwords from everything a media worker prints to stderr, FFmpeg's own lines included.

FFmpeg writes straight to descriptor 2, past Python; therefore the descriptor is replaced by a pipe that is read,
redacted and forwarded. A broken stream can print thousands of lines a second; beyond a few they are only counted.
"""

import os
import threading
import time
from collections.abc import Callable
from urllib.parse import quote

from controlroom.logs import redact

LINES_A_SECOND = 20


class StderrRedactor:
    """Filters what is written to descriptor 2. Make one as early as possible, and tell it the passwords.

    `clock` is monotonic, in seconds; it is asked once a line.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._secrets: set[str] = set()
        self._out = os.dup(2)
        reading, writing = os.pipe()
        os.dup2(writing, 2)
        os.close(writing)
        threading.Thread(target=self._pass_on, args=(reading,), name="errors", daemon=True).start()

    def hide(self, secret: str) -> None:
        """Remove `secret` from now on, plain or as an address encodes it.

        Very short ones stay: they would hide ordinary words.
        """
        if len(secret) >= 3:
            self._secrets |= {secret, quote(secret, safe="")}

    def clean(self, line: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            line = line.replace(secret, "***")
        return redact(line)

    def _pass_on(self, reading: int) -> None:
        began, passed, held = self._clock(), 0, 0
        with os.fdopen(reading, "rb") as lines:
            for line in lines:
                now = self._clock()
                if now - began > 1.0:
                    if held:
                        self._write(f"({held} more lines like these)\n")
                    began, passed, held = now, 0, 0
                if passed < LINES_A_SECOND:
                    passed += 1
                    self._write(self.clean(line.decode(errors="replace")))
                else:
                    held += 1

    def _write(self, text: str) -> None:
        try:
            os.write(self._out, text.encode())
        except OSError:
            pass  # the desk is gone: nobody to tell
