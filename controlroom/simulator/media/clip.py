"""Encoded pictures kept in memory and played round and round: the counter loops, and footage from a file.

Made once and shared by every camera; playing one costs little more than the sockets.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

import av

from controlroom.simulator.condition import Condition
from controlroom.simulator.media import h264
from controlroom.simulator.media.encoder import RATE, Encoder
from controlroom.simulator.media.hub import AccessUnit
from controlroom.simulator.settings import StreamShape

_LATE_S = 1.0  # later than this (the machine slept) the loop goes on from now instead of hurrying after


@dataclass(frozen=True)
class ClipFrame:
    """One picture: when it is sent and when it is shown, in seconds from the clip's start."""

    payloads: list[bytes]
    key: bool
    sent_at: float
    shown_at: float


@dataclass(frozen=True)
class Clip:
    """Pictures in sending order. The first is a key frame."""

    frames: list[ClipFrame]
    duration: float


def encode_clip(shape: StreamShape, pictures: Iterable[av.VideoFrame], key_every: int) -> Clip:
    """Encode NV12 pictures as a clip with a key frame every so many."""
    encoder = Encoder(shape)
    frames = []
    for number, picture in enumerate(pictures):
        moment = number / shape.fps
        data = encoder.encode(picture, int(moment * RATE), key=number % key_every == 0)
        frames.append(ClipFrame(h264.payloads(data), h264.is_key(data), moment, moment))
    return Clip(frames, len(frames) / shape.fps)


class ClipSource:
    """Plays a clip for one stream while somebody watches, from the next key frame on."""

    can_reshape = False
    keeps_keys = True

    def __init__(
        self,
        clip: "Future[Clip]",
        sets: tuple[bytes, ...],
        loop: asyncio.AbstractEventLoop,
        phase: float = 0.0,
        condition: Condition | None = None,
    ) -> None:
        self._clip = clip
        self._sets = sets
        self._loop = loop
        self._phase = phase
        self._condition = condition or Condition()
        self._key_place = 0
        self._deliver: Callable[[AccessUnit], None] | None = None
        self._timer: asyncio.Handle | None = None
        self._place = 0
        self._began = 0.0

    def parameters(self) -> str:
        """Known before the clip is ready."""
        return h264.sdp_parameters(self._sets)

    def start(self, deliver: Callable[[AccessUnit], None]) -> None:
        """Play on; waits for the clip when it is still being made."""
        self._deliver = deliver
        self._clip.add_done_callback(self._ready)

    def stop(self) -> None:
        """Pause."""
        self._deliver = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def want_key(self) -> None:
        """Newcomers are served from the running group of pictures."""

    def reshape(self, shape: StreamShape) -> None:
        """A clip is what it is."""

    def _ready(self, clip: "Future[Clip]") -> None:
        if clip.cancelled() or clip.exception() is not None:
            return
        self._loop.call_soon_threadsafe(self._play)

    def _play(self) -> None:
        if self._deliver is None or self._timer is not None:
            return
        frames = self._clip.result().frames
        if not self._place and self._phase:  # the first time, cameras begin at different places
            self._place = int(self._phase * len(frames)) % len(frames)
        while not frames[self._place].key:
            self._place = (self._place + 1) % len(frames)
        self._began = self._loop.time() - frames[self._place].sent_at
        self._next()

    def _next(self) -> None:
        """Send what is due and come back for the next."""
        clip = self._clip.result()
        shown = self._shown(clip)
        frame = clip.frames[self._place]
        shown_at = self._began + frame.shown_at
        counter = shown
        self._place += 1
        if self._place == len(clip.frames):
            self._place = 0
            self._began += clip.duration
        due = self._began + clip.frames[self._place].sent_at
        if self._loop.time() - due > _LATE_S:
            self._began = self._loop.time() - clip.frames[self._place].sent_at
            due = self._loop.time()
        self._timer = self._loop.call_at(due, self._next)
        if self._deliver is not None:
            sent = clip.frames[shown]
            self._deliver(AccessUnit(sent.payloads, sent.key, shown_at, counter))

    def _shown(self, clip: Clip) -> int:
        """The place of the picture to send; the last key frame again and again while the camera is frozen."""
        if not self._condition.frozen:
            if clip.frames[self._place].key:
                self._key_place = self._place
            return self._place
        return self._key_place
