"""Measures a running window: the event loop's lag, new pictures painted, and the delay until a frame is painted."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from controlroom.simulator import counter
from controlroom.simulator.send_log import SendLog

LAG_EVERY_MS = 10
SAMPLE_EVERY_S = (
    0.05  # painted pixels are looked at 20 times a second: often enough to know, too seldom to disturb
)


interrupted = threading.Event()
"""Set by whoever is told to stop (Ctrl+C, SIGTERM): the next `wait` ends with KeyboardInterrupt, and all is cleared."""


def wait(seconds: float) -> None:
    """Run the event loop for that long. Raises KeyboardInterrupt soon after `interrupted` was set."""
    loop = QEventLoop()
    look = QTimer()
    look.timeout.connect(lambda: loop.quit() if interrupted.is_set() else None)
    look.start(100)
    QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
    loop.exec()
    look.stop()
    if interrupted.is_set():
        raise KeyboardInterrupt


def wait_for(predicate: Callable[[], object], timeout_s: float) -> bool:
    """Run the event loop until `predicate` holds; False when it never did."""
    deadline = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > deadline:
            return False
        wait(0.02)
    return True


class LagMeter(QObject):
    """Measures how late a 10 ms timer of the GUI thread fires, in milliseconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self.samples: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LAG_EVERY_MS)
        self._timer.timeout.connect(self._fired)

    def start(self) -> None:
        self._due = self._monotonic() + LAG_EVERY_MS / 1000
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _fired(self) -> None:
        now = self._monotonic()
        self.samples.append(max(0.0, (now - self._due) * 1000))
        self._due = now + LAG_EVERY_MS / 1000


@dataclass
class PaintCounter:
    """Counts new pictures for each tile, as reported at the end of the paint event that showed them."""

    tiles: int
    first_at: dict[int, float] = field(default_factory=dict)
    last_at: dict[int, float] = field(default_factory=dict)
    counted: int = 0
    counting: bool = False

    def painted(self, place: int, now: float) -> None:
        """Note that tile `place` has painted a picture it had not painted before."""
        self.first_at.setdefault(place, now)
        self.last_at[place] = now
        self.counted += self.counting


class LatencySampler:
    """Looks at painted pixels from time to time and reads the frame counter in them.

    Only the corner with the counter is copied, from the window's backing store: what is there is what was painted.
    It is read at once (0.2 ms), since a loop's counters repeat, and their send times with them.
    """

    def __init__(self, send_log: SendLog | None, stream: int) -> None:
        self._send_log, self._stream = send_log, stream
        self._whole: dict[tuple[int, int], np.ndarray] = {}
        self._last = 0.0
        self.active = False
        self.taken = 0
        self.latencies_ms: list[float] = []

    def painted(self, place: int, tile: QWidget, picture: QRect, now: float) -> None:
        """Take a sample of `picture` (in the tile's own pixels), painted until `now`, if one is due."""
        if not self.active or self._send_log is None or now - self._last < SAMPLE_EVERY_S:
            return
        area = counter.area(picture.width(), picture.height())
        strip = _painted(tile, picture, *area)
        if strip is None:
            return
        self._last = now
        self.taken += 1
        value = self._read(strip, area, (picture.height(), picture.width()))
        sent_ns = None if value is None else self._send_log.sent_at(place, self._stream, value)
        if sent_ns is not None and 0 < now - sent_ns / 1e9 < 60:
            self.latencies_ms.append((now - sent_ns / 1e9) * 1000)

    def _read(self, strip: np.ndarray, area: tuple[int, int, int, int], size: tuple[int, int]) -> int | None:
        """Read the counter. Its place is a share of the whole picture, so the strip is put where it was."""
        whole = self._whole.setdefault(size, np.zeros((*size, 4), np.uint8))
        left, top, right, bottom = area
        if strip.shape[:2] != (bottom - top, right - left):
            return None
        whole[top:bottom, left:right] = strip
        return counter.read(whole)


def _painted(
    tile: QWidget, picture: QRect, left: int, top: int, right: int, bottom: int
) -> np.ndarray | None:
    """Return the painted pixels of a part of `picture`, height by width by 4."""
    window = tile.window()
    store = window.backingStore()
    device = store.paintDevice() if store is not None else None
    if not isinstance(device, QImage):
        return None  # a platform that does not paint into memory
    ratio = device.devicePixelRatio()
    corner = tile.mapTo(window, picture.topLeft())
    width, height = right - left, bottom - top
    part = QRect(*(round(each * ratio) for each in (corner.x() + left, corner.y() + top, width, height)))
    image = device.copy(part).scaled(width, height).convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(cast("memoryview", image.constBits()), np.uint8)
    rows = lines.reshape(height, image.bytesPerLine())
    return rows[:, : width * 4].reshape(height, width, 4).copy()
