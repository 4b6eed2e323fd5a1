"""Runs one camera's stream inside a media worker: a thread opens, reads and shows it for as long as it is wanted.

`run` makes attempts with pauses between them; an attempt probes, opens, and reads until the stream ends. Every tile
that shows the same address is fed from the one decoder.
"""

import logging
import random
import threading
import time
from collections.abc import Callable

import numpy as np

from controlroom.video import rules
from controlroom.video.frames import FrameWriter
from controlroom.video.records import StreamAddress, StreamFault, StreamState, StreamStatus
from controlroom.video.rules import BEHIND_AFTER_S, LATE_AFTER_S, BackOff, Lateness, StreamError
from controlroom.video.sources import opencv
from controlroom.video.sources.opencv import OPEN_WITHIN_S, READ_WITHIN_S, OpenedStream, OpenGate

log = logging.getLogger(__name__)

SHOW_AT_LEAST_EVERY_S = (
    0.15  # even a stream that is always late keeps moving: showing costs a fifth of decoding
)
FRESH_S = 1.0  # a snapshot shows the moment it was asked for: an older picture waits for the next one
HUNG_AFTER_S = 6.0  # beyond its own time limit: the decoder does not come back, and only a new process helps


class TileWriter:
    """Writes one tile's pictures.

    Thread-safe: the decoder writes while the command loop exchanges and closes the segment.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writer: FrameWriter | None = None
        self._size = (0, 0)
        self.shown = True

    def aim(self, segment: str, size: tuple[int, int], shown: bool) -> None:
        """Write into `segment` from now on, pictures up to `size` (width, height). Raises FileNotFoundError."""
        with self._lock:
            if self._writer is None or self._writer.name.lstrip("/") != segment.lstrip("/"):
                writer = FrameWriter(segment)
                self._close_writer()
                self._writer = writer
            self._size, self.shown = size, shown

    def saw(self, at: float) -> None:
        """Note that the stream gave a picture, whether it is shown or not."""
        with self._lock:
            if self._writer is not None:
                self._writer.saw(at)

    def show(self, picture: np.ndarray, aspect: float, at: float) -> None:
        with self._lock:
            if self._writer is None:
                return
            source_height, source_width = picture.shape[:2]
            shape = rules.fit_within(round(source_width * aspect), source_height, *self._size)
            with self._writer.begin(*shape) as buffer:
                target = np.frombuffer(buffer, np.uint8).reshape(shape[1], shape[0], 4)
                opencv.scale_into(picture, target)
                del target  # the buffer cannot be released while an array looks at it
            self._writer.commit(at)

    def close(self) -> None:
        with self._lock:
            self._close_writer()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Stream:
    """One address, decoded once. `check` raises StreamError when opening is no use; a process has one gate."""

    def __init__(
        self,
        address: StreamAddress,
        gate: OpenGate,
        check: Callable[[StreamAddress], None],
        on_change: Callable[[], None],
    ) -> None:
        self.address = address
        self.targets: dict[str, TileWriter] = {}
        self._gate, self._check, self._on_change = gate, check, on_change
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._back_off = BackOff()
        self._thorough = False
        self._state, self._error, self._retry_at = StreamState.CONNECTING, None, None
        self._busy_until: float | None = None
        self._count = self._dropped = 0
        self._fps, self._counted, self._counted_at = 0.0, 0, time.monotonic()
        self._size = (0, 0)
        self._picture_lock = threading.Lock()
        self._newest: np.ndarray | None = None
        self._newest_at = 0.0
        self._newest_is_current = False
        self._picture_wanted, self._picture_came = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self.run, name="stream", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def retry(self) -> None:
        """Try again now, because someone asked for it."""
        self._back_off = BackOff()
        self._wake.set()

    def stop(self) -> None:
        """Ask the thread to end as soon as the decoder returns (at the next picture, or after its time limit)."""
        self._stopping.set()
        self._wake.set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    @property
    def hung(self) -> bool:
        """True when the decoder has not returned long after its own time limit."""
        until = self._busy_until
        return until is not None and time.monotonic() > until

    def measure(self) -> None:
        """Count the pictures since the last call: about once a second, by one thread."""
        now, count = time.monotonic(), self._count
        self._fps = round((count - self._counted) / max(now - self._counted_at, 0.001), 1)
        self._counted, self._counted_at = count, now

    def report(self) -> StreamStatus:
        error = self._error
        return StreamStatus(
            self._state,
            detail="" if error is None else str(error),
            fps=self._fps,
            source_width=self._size[0],
            source_height=self._size[1],
            dropped=self._dropped,
            fault=None if error is None else error.fault,
            retry_at=self._retry_at,
        )

    def picture(self, within_s: float = 3.0) -> np.ndarray | None:
        """Return a copy of the newest full-size picture (BGR), decoded now; None when none came in time.

        An older picture is never returned: it would be stored as evidence of a moment it does not show.
        """
        with self._picture_lock:
            fresh = time.monotonic() - self._newest_at < FRESH_S
            if self._newest_is_current and self._newest is not None and fresh:
                return self._newest.copy()
        self._picture_came.clear()
        self._picture_wanted.set()
        if not self._picture_came.wait(within_s):
            return None
        with self._picture_lock:
            return None if self._newest is None else self._newest.copy()

    def run(self) -> None:
        """Make attempts with pauses between them, until stopped."""
        while not self._stopping.is_set():
            self._wake.clear()
            began = self._count
            started = time.monotonic()
            try:
                error = self._attempt()
            except Exception:  # a fault of ours: this stream pauses, the others go on
                log.exception("a stream met an unforeseen fault")
                error = StreamError(StreamFault.NOT_A_STREAM, "The picture process met an unforeseen fault.")
            if self._stopping.is_set():
                break
            steady_s = time.monotonic() - started if self._count > began else 0.0
            self._pause(error, steady_s)

    def _pause(self, error: StreamError, steady_s: float) -> None:
        if error.fault.final:
            self._become(StreamState.REFUSED, error, None)
            self._wake.wait()
            return
        pause = self._back_off.after(steady_s, random.random())
        self._become(StreamState.OFFLINE, error, time.monotonic() + pause)
        self._wake.wait(pause)

    def _attempt(self) -> StreamError:
        """Probe, open and read; returns why it ended."""
        self._become(StreamState.CONNECTING, self._error, None)
        try:
            self._check(self.address)
            options = opencv.capture_options(self.address, thorough=self._thorough)
            with self._gate.turn(options):
                if self._stopping.is_set():
                    return StreamError(StreamFault.SILENT, "Stopped.")
                self._busy_until = time.monotonic() + OPEN_WITHIN_S + HUNG_AFTER_S
                camera = OpenedStream.open(self.address)
        except StreamError as error:
            if error.fault is StreamFault.NOT_A_STREAM:
                self._thorough = not self._thorough
            return error
        finally:
            self._busy_until = None
        try:
            return self._read(camera)
        finally:
            self._busy_until = None
            with self._picture_lock:
                self._newest_is_current = False
            camera.close()

    def _read(self, camera: OpenedStream) -> StreamError:
        lateness, shown_at, last_at = Lateness(), 0.0, time.monotonic()
        first = True
        while not self._stopping.is_set():
            self._busy_until = time.monotonic() + READ_WITHIN_S + HUNG_AFTER_S
            good = camera.grab()
            now = time.monotonic()
            # When the wait runs out, FFmpeg hands over the picture it had held back: an old one, not a sign of life.
            if not good or now - last_at > READ_WITHIN_S * 0.9:
                return self._ended(first, now - last_at)
            last_at = now
            self._count += 1
            behind_s = lateness.behind_s(camera.stamp_s, now)
            if behind_s > BEHIND_AFTER_S:
                what = "This computer does not keep up with the stream."
                return StreamError(StreamFault.SILENT, what, "It connects again to be up to date.")
            late = behind_s > LATE_AFTER_S
            taken_at = now - behind_s if late else now  # what the tile's age counts from
            wanted = self._picture_wanted.is_set()
            if late and not wanted and now - shown_at < SHOW_AT_LEAST_EVERY_S:
                self._dropped += 1
                self._saw(taken_at)
            else:
                self._show(camera, taken_at)
                shown_at = now
            if first:
                first = False
                self._become(StreamState.LIVE, None, None)
        return StreamError(StreamFault.SILENT, "Stopped.")

    def _ended(self, first: bool, silent_s: float) -> StreamError:
        if silent_s > READ_WITHIN_S * 0.9:
            return StreamError(StreamFault.SILENT, "The camera has stopped sending pictures.")
        if first:
            self._thorough = not self._thorough
            what = "The camera's stream holds no picture that can be decoded."
            return StreamError(StreamFault.NOT_A_STREAM, what, remedy="Set the camera to H.264 or H.265.")
        what = "The camera has ended the stream."
        return StreamError(StreamFault.SILENT, what, "It may be restarting, or the network was cut.")

    def _saw(self, at: float) -> None:
        """Tell the tiles that the stream gave a picture, which is not shown."""
        with self._picture_lock:
            self._newest_is_current = False
        for target in list(self.targets.values()):
            target.saw(at)

    def _show(self, camera: OpenedStream, at: float) -> None:
        targets = list(self.targets.values())
        if not self._picture_wanted.is_set() and not any(target.shown for target in targets):
            self._saw(at)
            return
        with self._picture_lock:
            picture = camera.retrieve()
            if picture is not None:
                self._newest, self._newest_at, self._newest_is_current = picture, at, True
        if picture is None:
            return
        self._size = (picture.shape[1], picture.shape[0])
        for target in targets:
            if target.shown:
                target.show(picture, camera.aspect, at)
            else:
                target.saw(at)
        if self._picture_wanted.is_set():
            self._picture_wanted.clear()
            self._picture_came.set()

    def _become(self, state: StreamState, error: StreamError | None, retry_at: float | None) -> None:
        changed = (state, error) != (self._state, self._error)
        self._state, self._error, self._retry_at = state, error, retry_at
        if changed:
            self._on_change()
