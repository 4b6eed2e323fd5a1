"""Encodes rendered pictures as H.264, fast and without delay.

The quality is constant (`qp`): what stands still costs next to nothing, and no effort goes into filling a bit rate.
"""

from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from controlroom.simulator.media import h264
from controlroom.simulator.settings import StreamShape

RATE = 90_000
"""Ticks a second of RTP video timestamps."""
_QP = 26  # without visible loss of text and counter; 23 takes twice the bits


class Encoder:
    """One stream's encoder: a key frame a second, more when asked."""

    def __init__(self, shape: StreamShape) -> None:
        self._context = _context(shape)
        self._context.open()

    def encode(self, picture: av.VideoFrame, timestamp: int, *, key: bool = False) -> bytes:
        """One NV12 picture to one access unit; `timestamp` in 1/90,000 s must grow."""
        picture.time_base = Fraction(1, RATE)
        picture.pts = timestamp
        picture.pict_type = PictureType.I if key else PictureType.NONE
        return b"".join(bytes(packet) for packet in self._context.encode(picture))


@lru_cache(maxsize=16)
def parameter_sets(shape: StreamShape) -> tuple[bytes, bytes]:
    """What every encoder of this shape announces, known without encoding a picture."""
    context = _context(shape)
    context.flags |= Flags.global_header
    context.open()
    sets = h264.parameter_sets(bytes(context.extradata or b""))
    if sets is None:
        raise RuntimeError("the encoder gave no parameter sets")
    return sets


def _context(shape: StreamShape) -> VideoCodecContext:
    context = cast("VideoCodecContext", av.CodecContext.create("libx264", "w"))
    context.width, context.height, context.pix_fmt = shape.width, shape.height, "nv12"
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(shape.fps, 1)
    context.thread_count = 1
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "qp": str(_QP),
        "forced-idr": "1",
        "x264-params": f"keyint={shape.fps}:min-keyint=1:scenecut=0:repeat-headers=1",
    }
    return context
