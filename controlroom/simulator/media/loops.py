"""Makes the counter loops: a few seconds of street with a running counter, encoded once for all cameras."""

from collections.abc import Callable

from controlroom.simulator.arrays import Image
from controlroom.simulator.media import h264
from controlroom.simulator.media.clip import Clip, ClipFrame
from controlroom.simulator.media.encoder import RATE, Encoder
from controlroom.simulator.settings import StreamShape

SECONDS = 10
_KEYS_A_SECOND = 2
"""A key frame cannot be made on demand here, and FFmpeg without buffering throws away the first one it is sent."""


def make_loop(shape: StreamShape, draw: Callable[[int], Image], seconds: int = SECONDS) -> Clip:
    """Draw and encode `seconds` of a stream; `draw(counter)` gives each NV12 picture. Counters run from 0."""
    encoder = Encoder(shape)
    frames = []
    for number in range(seconds * shape.fps):
        moment = number / shape.fps
        data = encoder.encode(
            draw(number), int(moment * RATE), key=number % (shape.fps // _KEYS_A_SECOND) == 0
        )
        frames.append(ClipFrame(h264.payloads(data), h264.is_key(data), moment, moment))
    return Clip(frames, float(seconds))
