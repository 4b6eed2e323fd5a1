"""Runs one camera's stream inside a media worker: a thread opens, reads and shows it for as long as it is wanted.

`run` makes attempts with pauses between them; an attempt probes, opens, and reads until the stream ends. Every tile
that shows the same address is fed from the one decoder.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from controlroom.video.newest_picture import NewestPicture
from controlroom.video.pictures import Picture
from controlroom.video.records import StreamAddress, StreamFault, StreamState, StreamStatus
from controlroom.video.rules import (
    BEHIND_AFTER_S,
    LATE_AFTER_S,
    BackOff,
    Lateness,
    StreamError,
    without_picture,
)
from controlroom.video.sources.probe import ANSWER_WITHIN_S
from controlroom.video.sources.pyav import OPEN_WITHIN_S, READ_WITHIN_S, OpenedStream
from controlroom.video.tile_writer import TileWriter

log = logging.getLogger(__name__)

OPENS_AT_ONCE = 8  # after a site-wide power return the cameras are asked a few at a time
# A server that starts its camera when somebody asks takes so long to answer; one that was silent may be such a one.
SLOW_ANSWER_WITHIN_S = 12.0
# A camera that answers and then refuses is asked so often again, without another question before it: some serve one
# conversation at a time, some close their source when the first one ends.
PATIENT_PAUSES_S = (0.5, 1.5, 3.0)
SHOW_AT_LEAST_EVERY_S = (
    0.15  # even a stream that is always late keeps moving: showing costs a fifth of decoding
)
HUNG_AFTER_S = 6.0  # beyond its own time limit: the decoder does not come back, and only a new process helps
_STOPPED = StreamError(StreamFault.SILENT, "Stopped.")

Check = Callable[[StreamAddress, float], StreamAddress]
"""Returns the address to open, within so many seconds; raises StreamError when opening is no use."""


class Stream:
    """One address, decoded once. `gate` limits how many of a process's streams open at once."""

    def __init__(
        self,
        address: StreamAddress,
        gate: threading.Semaphore,
        check: Check,
        on_change: Callable[[], None],
    ) -> None:
        self.address = address
        self.targets: dict[str, TileWriter] = {}
        self.newest = NewestPicture()
        self._gate, self._check, self._on_change = gate, check, on_change
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._back_off = BackOff()
        self._slow = False  # it answers late, or not at all
        self._answered: StreamAddress | None = None  # where it said it has the stream, before it refused it
        self._state, self._error, self._retry_at = StreamState.CONNECTING, None, None
        self._busy_until: float | None = None
        self._count = self._dropped = 0
        self._fps, self._counted, self._counted_at = 0.0, 0, time.monotonic()
        self._size, self._codec, self._transport = (0, 0), "", ""
        self._shown = ""  # the certificate it showed last
        self._known = (
            address.certificate
        )  # the one it has to show: the register's, else the first it showed here
        self._thread = threading.Thread(target=self.run, name="stream", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def retry(self) -> None:
        """Try again now, because someone asked for it."""
        self._back_off = BackOff()
        self._wake.set()

    def stop(self) -> None:
        """Ask the thread to end as soon as the decoder returns (at the next packet, or after its time limit)."""
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
            codec=self._codec,
            transport=self._transport,
            certificate=self._shown,
        )

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
            camera = self._opened()
        except StreamError as error:
            if error.fault is not StreamFault.BUSY:
                self._slow, self._answered = error.fault is StreamFault.SILENT, None
            return error
        self._answered = None
        try:
            return self._read(camera)
        except StreamError as error:
            return error
        finally:
            self._busy_until = None
            self.newest.drop()
            camera.close()

    def _opened(self) -> OpenedStream:
        """Probe and open, with patience for a camera that is busy: what it has answered once is not asked again.

        Raises StreamError.
        """
        for pause in (*PATIENT_PAUSES_S, None):
            try:
                if self._answered is None:
                    within_s = SLOW_ANSWER_WITHIN_S if self._slow else ANSWER_WITHIN_S
                    self._answered = self._check(replace(self.address, certificate=self._known), within_s)
                    self._known = self._shown = self._answered.certificate
                return self._open(self._answered)
            except StreamError as error:
                self._shown = error.certificate or self._shown
                if error.fault is not StreamFault.BUSY or pause is None:
                    raise
                self._become(StreamState.CONNECTING, error, None)
            self._wake.wait(pause)
        raise AssertionError("the last try either returns or raises")

    def _open(self, address: StreamAddress) -> OpenedStream:
        within_s = SLOW_ANSWER_WITHIN_S if self._slow else OPEN_WITHIN_S
        with self._gate:
            if self._stopping.is_set():
                raise _STOPPED
            self._busy_until = time.monotonic() + within_s + HUNG_AFTER_S
            try:
                return OpenedStream.open(address, within_s)
            finally:
                self._busy_until = None

    def _read(self, camera: OpenedStream) -> StreamError:
        """Read and show until the stream ends; returns or raises why."""
        lateness, shown_at, picture_at = Lateness(), 0.0, time.monotonic()
        self._codec, self._transport = camera.codec, camera.transport
        while not self._stopping.is_set():
            self._busy_until = time.monotonic() + READ_WITHIN_S + HUNG_AFTER_S
            pictures = camera.read()
            now = time.monotonic()
            if not pictures and (why := without_picture(now - picture_at, self._state, camera.spoilt)):
                if why.fault is not StreamFault.AWAITING_KEY:
                    return why
                self._become(StreamState.CONNECTING, why, None)
            for picture in pictures:
                picture_at = now
                self._count += 1
                self._size = picture.size
                behind_s = lateness.behind_s(picture.stamp_s, now, camera.waited_s)
                if behind_s > BEHIND_AFTER_S:
                    what = "This computer does not keep up with the stream."
                    return StreamError(StreamFault.SILENT, what, "It connects again to be up to date.")
                late = behind_s > LATE_AFTER_S
                taken_at = now - behind_s if late else now  # what the tile's age counts from
                self.newest.put(picture, taken_at)
                if late and now - shown_at < SHOW_AT_LEAST_EVERY_S:
                    self._dropped += 1
                    self._saw(taken_at)
                else:
                    self._show(picture, taken_at)
                    shown_at = now
                self._become(StreamState.LIVE, None, None)
        return _STOPPED

    def _saw(self, at: float) -> None:
        """Tell the tiles that the stream gave a picture, which is not shown."""
        for target in list(self.targets.values()):
            target.saw(at)

    def _show(self, picture: Picture, at: float) -> None:
        for target in list(self.targets.values()):
            if target.shown:
                target.show(picture, at)
            else:
                target.saw(at)

    def _become(self, state: StreamState, error: StreamError | None, retry_at: float | None) -> None:
        changed = (state, error) != (self._state, self._error)
        self._state, self._error, self._retry_at = state, error, retry_at
        if changed:
            self._on_change()
