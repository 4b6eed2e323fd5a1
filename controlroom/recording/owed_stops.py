"""Remembers which cameras the recorder has to stop until each has acknowledged it, over a restart too."""

import logging
import threading
from collections.abc import Collection
from pathlib import Path

from controlroom.errors import Unavailable
from controlroom.recording.storage_folder import write_private
from controlroom.small_files import read_json

log = logging.getLogger(__name__)

MOST_OWED = 1000


class OwedStops:
    """The Stops owed, by camera, with the desk that moved it. Thread-safe; without a `path` nothing is written."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._desks = self._read()
        self._handed: set[tuple[str, str]] = set()
        self._settled: set[tuple[str, str]] = set()

    @property
    def cameras(self) -> dict[str, str]:
        """The cameras that have not acknowledged Stop, and the desks that moved them."""
        with self._lock:
            return dict(self._desks)

    def add(self, camera_id: str, desk: str, *, handed_over: bool = False) -> bool:
        """Note that a camera has to be stopped; `handed_over`: its desk lives, and wants to know when it was.

        False where that is known already, or too many are owed.
        """
        with self._lock:
            if handed_over:
                self._handed.add((camera_id, desk))
            if camera_id in self._desks or len(self._desks) >= MOST_OWED:
                return False
            self._desks[camera_id] = desk
            self._write()
            return True

    def settle(self, camera_id: str) -> None:
        """The camera has acknowledged Stop."""
        with self._lock:
            told = {each for each in self._handed if each[0] == camera_id}
            self._handed -= told
            self._settled |= told
            if self._desks.pop(camera_id, None) is not None:
                self._write()

    def take_settled(self, camera_id: str, desk: str) -> bool:
        """True, once, where a camera that this desk handed over has acknowledged Stop since."""
        with self._lock:
            known = (camera_id, desk) in self._settled
            self._settled.discard((camera_id, desk))
            return known

    def forget_others(self, desk: str, camera_ids: Collection[str]) -> None:
        """The desk is owed an answer about these cameras alone: the others acknowledged its own Stop meanwhile."""
        with self._lock:
            for pairs in (self._handed, self._settled):
                pairs -= {each for each in pairs if each[1] == desk and each[0] not in camera_ids}

    def _read(self) -> dict[str, str]:
        if self._path is None or not self._path.exists():
            return {}
        try:
            return read_json(self._path, dict[str, str])
        except (OSError, ValueError):
            log.warning("the Stops owed by the last run cannot be read: %s", self._path)
            return {}

    def _write(self) -> None:
        if self._path is None:
            return
        try:
            write_private(self._path, self._desks)
        except Unavailable as error:  # a full disk must not cost the Stops themselves
            log.warning("the Stops owed cannot be written down: %s", error)
