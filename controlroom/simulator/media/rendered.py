"""The rendered street as a video source: drawn and encoded only between `start` and `stop`."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from controlroom.simulator.arrays import Image
from controlroom.simulator.condition import Condition
from controlroom.simulator.counter import MODULUS
from controlroom.simulator.media import h264
from controlroom.simulator.media.encoder import RATE, Encoder, parameter_sets
from controlroom.simulator.media.hub import AccessUnit, access_unit
from controlroom.simulator.settings import StreamShape

log = logging.getLogger(__name__)

Draw = Callable[[int], Image | None]
"""The picture of this moment as NV12 with this counter burnt in; None while there is nothing to show yet."""
_SECOND_KEY_AFTER_S = 0.2
_LATEST = 2  # periods; a stream later than this skips ahead rather than hurrying after


class RenderedSource:
    """Draws, encodes and cuts one stream's pictures on a thread of its own; hands them over on the event loop.

    `at_once` limits how many streams are at it at the same time.
    """

    can_reshape = True
    keeps_keys = False

    def __init__(
        self,
        shape: StreamShape,
        make_view: Callable[[StreamShape], Draw],
        at_once: threading.Semaphore,
        loop: asyncio.AbstractEventLoop,
        condition: Condition | None = None,
    ) -> None:
        self.shape = shape
        self.make_view = make_view
        self.at_once = at_once
        self.loop = loop
        self.condition = condition or Condition()
        self._run: _Run | None = None
        self.counter = 0
        """Of the last picture; goes on across watchers coming and going."""

    def parameters(self) -> str:
        """Known without encoding a picture."""
        return h264.sdp_parameters(parameter_sets(self.shape))

    def start(self, deliver: Callable[[AccessUnit], None]) -> None:
        """Begin to draw."""
        self._run = _Run(self, deliver)
        threading.Thread(target=self._run.draw_until_ended, name="render", daemon=True).start()

    def stop(self) -> None:
        """Cease to draw."""
        if self._run is not None:
            self._run.ended.set()
            self._run = None

    def want_key(self) -> None:
        """Make the next picture a key frame, and one soon after.

        FFmpeg throws away what it probes when told not to buffer (`fflags;nobuffer`): without a second key frame such
        a client would see nothing for a whole second.
        """
        if self._run is not None:
            self._run.newcomer = True

    def reshape(self, shape: StreamShape) -> None:
        """The next picture has this size; its key frame brings the new parameter sets."""
        self.shape = shape


class _Run:
    """From one first watcher to the last one's leaving."""

    def __init__(self, source: RenderedSource, deliver: Callable[[AccessUnit], None]) -> None:
        self._source = source
        self._deliver = deliver
        self._shape: StreamShape | None = None
        self._view: Draw | None = None
        self._encoder: Encoder | None = None
        self._last: Image | None = None
        self.newcomer = False
        """Somebody waits for a key frame."""
        self._second_key_at: float | None = None
        self.ended = threading.Event()

    def draw_until_ended(self) -> None:
        """Pictures at the stream's rate; those that cannot be made in time are left out."""
        due = time.monotonic()
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            with self._source.at_once:
                try:
                    self._draw()
                except Exception:  # one picture is lost; the stream goes on
                    log.exception("a picture could not be made")
            period = 1 / self._source.shape.fps
            due = max(due + period, time.monotonic() - _LATEST * period)

    def _draw(self) -> None:
        if self._view is None or self._encoder is None or self._shape is not self._source.shape:
            self._shape, self._last = self._source.shape, None
            self._view = self._source.make_view(self._shape)
            self._encoder = Encoder(self._shape)
        taken_at = time.monotonic()
        second = self._second_key_at is not None and taken_at >= self._second_key_at
        picture, counter = self._picture(self._view)
        if picture is None:
            return
        self._source.counter = counter
        data = self._encoder.encode(picture, int(taken_at * RATE), key=self.newcomer or second)
        unit = access_unit(data, taken_at, counter)
        if unit.key:
            self._second_key_at = taken_at + _SECOND_KEY_AFTER_S if self.newcomer else None
            self.newcomer = False
        if not self.ended.is_set():
            try:
                self._source.loop.call_soon_threadsafe(self._hand_over, unit)
            except RuntimeError:  # the loop has closed: the simulator is ending
                self.ended.set()

    def _picture(self, view: Draw) -> tuple[Image | None, int]:
        """A new picture and its counter; the last one again while the camera is frozen."""
        if self._source.condition.frozen and self._last is not None:
            return self._last, self._source.counter
        counter = (self._source.counter + 1) % MODULUS
        self._last = view(counter)
        return self._last, counter

    def _hand_over(self, unit: AccessUnit) -> None:
        if not self.ended.is_set():
            self._deliver(unit)
