"""The rendered street as a video source: drawn and encoded only between `start` and `stop`."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from controlroom.simulator.arrays import Image
from controlroom.simulator.condition import Condition
from controlroom.simulator.counter import MODULUS
from controlroom.simulator.media import h264
from controlroom.simulator.media.encoder import RATE, Encoder, parameter_sets
from controlroom.simulator.media.hub import AccessUnit, access_unit
from controlroom.simulator.media.pace import Beat, Pace
from controlroom.simulator.settings import StreamShape

_SECOND_KEY_AFTER_S = 0.2


class Draws(Protocol):
    """What a rendered source draws with: a camera's view bound to its head and clock."""

    def __call__(self, value: int, /) -> Image | None:
        """The picture of this moment as NV12 with this counter burnt in; None while there is nothing to show yet."""
        ...


class RenderedSource:
    """Draws, encodes and cuts one stream's pictures on the pace's threads; hands them over on the event loop."""

    can_reshape = True
    keeps_keys = False

    def __init__(
        self,
        shape: StreamShape,
        make_view: Callable[[StreamShape], Draws],
        pace: Pace,
        loop: asyncio.AbstractEventLoop,
        condition: Condition | None = None,
    ) -> None:
        self.shape = shape
        self.make_view = make_view
        self.loop = loop
        self.condition = condition or Condition()
        self._pace = pace
        self._beat: Beat | None = None
        self._run: _Run | None = None
        self.counter = 0
        """Of the last picture; goes on across watchers coming and going."""

    def parameters(self) -> str:
        """Known without encoding a picture."""
        return h264.sdp_parameters(parameter_sets(self.shape))

    def start(self, deliver: Callable[[AccessUnit], None]) -> None:
        """Begin to draw."""
        run = _Run(self, deliver)
        self._run = run
        self._beat = self._pace.begin(1 / self.shape.fps, run.draw_next)

    def stop(self) -> None:
        """Cease to draw."""
        if self._beat is not None and self._run is not None:
            self._run.ended = True
            self._pace.cancel(self._beat)
            self._beat = self._run = None

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
        self._view: Draws | None = None
        self._encoder: Encoder | None = None
        self._last: Image | None = None
        self.newcomer = False
        """Somebody waits for a key frame."""
        self._second_key_at: float | None = None
        self.ended = False

    def draw_next(self) -> None:
        """One picture, on a thread of the pace."""
        if self.ended:
            return
        if self._view is None or self._encoder is None or self._shape is not self._source.shape:
            self._shape, self._last = self._source.shape, None
            self._view = self._source.make_view(self._shape)
            self._encoder = Encoder(self._shape)
        taken_at = time.monotonic()
        second = self._second_key_at is not None and taken_at >= self._second_key_at
        key = self.newcomer or second
        picture, counter = self._picture(self._view)
        if picture is None or self.ended:
            return
        self._source.counter = counter
        data = self._encoder.encode(picture, int(taken_at * RATE), key=key)
        if not data:
            return
        unit = access_unit(data, taken_at, counter)
        if unit.key:
            self._second_key_at = taken_at + _SECOND_KEY_AFTER_S if self.newcomer else None
            self.newcomer = False
        if not self.ended:
            try:
                self._source.loop.call_soon_threadsafe(self._hand_over, unit)
            except RuntimeError:  # the loop has closed: the simulator is ending
                self.ended = True

    def _picture(self, view: Draws) -> tuple[Image | None, int]:
        """A new picture and its counter; the last one again while the camera is frozen."""
        if self._source.condition.frozen and self._last is not None:
            return self._last, self._source.counter
        counter = (self._source.counter + 1) % MODULUS
        picture = view(counter)
        self._last = picture
        return picture, counter

    def _hand_over(self, unit: AccessUnit) -> None:
        if not self.ended:
            self._deliver(unit)
