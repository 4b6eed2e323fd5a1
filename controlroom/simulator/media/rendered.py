"""The rendered street as a video source: drawn and encoded only between `start` and `stop`."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor

import av

from controlroom.simulator.condition import Condition
from controlroom.simulator.counter import MODULUS
from controlroom.simulator.media.encoder import RATE, Encoder, parameter_sets
from controlroom.simulator.media.encodings import ENCODINGS
from controlroom.simulator.media.hub import AccessUnit, access_unit
from controlroom.simulator.settings import StreamShape

log = logging.getLogger(__name__)

Draw = Callable[[int], av.VideoFrame | None]
"""The picture of this moment as NV12 with this counter burnt in; None while there is nothing to show yet."""
_SECOND_KEY_AFTER_S = 0.2
_LATEST = 2  # periods; a stream later than this skips ahead rather than hurrying after


class RenderedSource:
    """Has one stream's pictures drawn and encoded on `drawers`, threads shared by all streams.

    Used on the event loop, where the pictures are handed over too.
    """

    can_reshape = True
    keeps_keys = False

    def __init__(
        self,
        shape: StreamShape,
        make_view: Callable[[StreamShape], Draw],
        drawers: Executor,
        condition: Condition | None = None,
    ) -> None:
        self.shape = shape
        self.make_view = make_view
        self.condition = condition or Condition()
        self.counter = 0
        """Of the last picture; goes on across watchers coming and going."""
        self._drawers = drawers
        self._pen: _Pen | None = None
        self._task: asyncio.Task[None] | None = None

    def parameters(self) -> str:
        """Known without encoding a picture."""
        return ENCODINGS[self.shape.encoding].sdp_parameters(parameter_sets(self.shape))

    def start(self, deliver: Callable[[AccessUnit], None]) -> None:
        """Begin to draw."""
        self._pen = _Pen(self)
        self._task = asyncio.get_running_loop().create_task(self._run(self._pen, deliver))

    def stop(self) -> None:
        """Cease to draw."""
        if self._task is not None:
            self._task.cancel()
            self._task = self._pen = None

    def want_key(self) -> None:
        """Make the next picture a key frame, and one soon after.

        FFmpeg throws away what it probes when told not to buffer (`fflags;nobuffer`): without a second key frame such
        a client would see nothing for a whole second.
        """
        if self._pen is not None:
            self._pen.newcomer = True

    def reshape(self, shape: StreamShape) -> None:
        """The next picture has this size; its key frame brings the new parameter sets."""
        self.shape = shape

    async def _run(self, pen: "_Pen", deliver: Callable[[AccessUnit], None]) -> None:
        """Deliver pictures at the stream's rate; those that cannot be made in time are left out."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            try:
                unit = await loop.run_in_executor(self._drawers, pen.draw)
                if unit is not None:
                    deliver(unit)
            except Exception:  # one picture is lost; the stream goes on
                log.exception("a picture could not be made")
            period = 1 / self.shape.fps
            due = max(due + period, loop.time() - _LATEST * period)
            await asyncio.sleep(due - loop.time())


class _Pen:
    """Draws and encodes from one first watcher to the last one's leaving."""

    def __init__(self, source: RenderedSource) -> None:
        self._source = source
        self._shape: StreamShape | None = None
        self._view: Draw | None = None
        self._encoder: Encoder | None = None
        self._last: av.VideoFrame | None = None
        self.newcomer = False
        """Somebody waits for a key frame."""
        self._second_key_at: float | None = None

    def draw(self) -> AccessUnit | None:
        """Make one picture; None while there is nothing to show yet."""
        shape = self._source.shape
        if self._view is None or self._encoder is None or self._shape is not shape:
            self._shape, self._last = shape, None
            self._view = self._source.make_view(shape)
            self._encoder = Encoder(shape)
        taken_at = time.monotonic()
        second = self._second_key_at is not None and taken_at >= self._second_key_at
        if self._last is None or not self._source.condition.frozen:  # else the last picture again
            counter = (self._source.counter + 1) % MODULUS
            self._last = self._view(counter)
            if self._last is None:
                return None
            self._source.counter = counter
        data = self._encoder.encode(self._last, int(taken_at * RATE), key=self.newcomer or second)
        unit = access_unit(data, taken_at, self._source.counter, shape.encoding)
        if unit.key:
            self._second_key_at = taken_at + _SECOND_KEY_AFTER_S if self.newcomer else None
            self.newcomer = False
        return unit
