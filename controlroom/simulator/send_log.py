"""Records when each frame was sent in a memory-mapped table, so that a bench can measure from sending to painting.

Slot `(camera_index * 2 + (0 main | 1 sub)) * 4096 + counter % 4096` is a little-endian int64: the nanoseconds of
CLOCK_MONOTONIC (`time.monotonic_ns` on Linux) at which that frame was handed to the first socket; 0 is never.
"""

import time
from pathlib import Path
from typing import Self

import numpy as np

from controlroom.errors import InvalidInput

SLOTS = 4096


class SendLog:
    """The table, written by the simulator and read by whoever measures."""

    def __init__(self, path: Path, cameras: int, mode: str) -> None:
        self._table = np.memmap(path, dtype="<i8", mode=mode, shape=(cameras * 2, SLOTS))  # type: ignore[call-overload]

    @classmethod
    def create(cls, path: Path, cameras: int) -> Self:
        """Make (or empty) the table for so many cameras."""
        return cls(path, cameras, "w+")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing table for reading; raises InvalidInput when it is not one."""
        size = path.stat().st_size
        cameras, rest = divmod(size, 2 * SLOTS * 8)
        if rest or not cameras:
            raise InvalidInput(f"{path} is not a send log of the simulator.")
        return cls(path, cameras, "r")

    def note(self, camera_index: int, stream: int, counter: int) -> None:
        """Record that this frame is handed to its first socket now. `stream` is 0 for main, 1 for sub."""
        self._table[camera_index * 2 + stream, counter % SLOTS] = time.monotonic_ns()

    def sent_at(self, camera_index: int, stream: int, counter: int) -> int | None:
        """Monotonic nanoseconds at which the newest frame with this counter was sent, or None."""
        moment = int(self._table[camera_index * 2 + stream, counter % SLOTS])
        return moment or None
