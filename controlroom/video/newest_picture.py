"""Keeps a stream's newest picture for snapshots; an old one is never handed out, it waits for the next."""

import threading
import time

from controlroom.video.pictures import Picture

FRESH_S = 1.0  # a snapshot shows the moment it was asked for: an older picture waits for the next one


class NewestPicture:
    """The picture decoded last. The decoder puts it in, any other thread takes it out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._came = threading.Event()
        self._picture: Picture | None = None
        self._at = 0.0

    def put(self, picture: Picture, at: float) -> None:
        """Keep `picture`, which shows the moment `at` (monotonic)."""
        with self._lock:
            self._picture, self._at = picture, at
        self._came.set()

    def drop(self) -> None:
        """Hand out nothing until the next picture: the stream has ended."""
        with self._lock:
            self._picture = None

    def take(self, within_s: float = 3.0) -> Picture | None:
        """Return the newest picture, decoded now; None when none came in time.

        An older picture is never returned: it would be stored as evidence of a moment it does not show.
        """
        self._came.clear()
        if (picture := self._fresh()) is not None:
            return picture
        if not self._came.wait(within_s):
            return None
        with self._lock:
            return self._picture

    def _fresh(self) -> Picture | None:
        with self._lock:
            return self._picture if time.monotonic() - self._at < FRESH_S else None
