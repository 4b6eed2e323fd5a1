"""Encodes rendered pictures as H.264 or H.265, fast and without delay.

The quality is constant (`qp`): what stands still costs next to nothing, and no effort goes into filling a bit rate.
"""

from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from controlroom.simulator.media.encodings import ENCODINGS
from controlroom.simulator.settings import StreamShape

RATE = 90_000
"""Ticks a second of RTP video timestamps."""
# By encoding: the encoder, its picture format, and what else its parameters say.
_ENCODERS = {
    "H264": ("libx264", "nv12", ""),
    "H265": ("libx265", "yuv420p", ":log-level=none:pools=none:frame-threads=1"),
}
_QP = 26  # without visible loss of text and counter; 23 takes twice the bits


class Encoder:
    """One stream's encoder: a key frame a second, more when asked."""

    def __init__(self, shape: StreamShape) -> None:
        self._context = _context(shape)
        self._context.open()

    def encode(self, picture: av.VideoFrame, timestamp: int, *, key: bool = False) -> bytes:
        """One NV12 picture to one access unit; `timestamp` in 1/90,000 s must grow."""
        if self._context.pix_fmt != picture.format.name:
            picture = picture.reformat(format=self._context.pix_fmt)
        picture.time_base = Fraction(1, RATE)
        picture.pts = timestamp
        picture.pict_type = PictureType.I if key else PictureType.NONE
        return b"".join(bytes(packet) for packet in self._context.encode(picture))


@lru_cache(maxsize=16)
def parameter_sets(shape: StreamShape) -> tuple[bytes, ...]:
    """What every encoder of this shape announces, known without encoding a picture."""
    context = _context(shape)
    context.flags |= Flags.global_header
    context.open()
    sets = ENCODINGS[shape.encoding].parameter_sets(bytes(context.extradata or b""))
    if sets is None:
        raise RuntimeError("the encoder gave no parameter sets")
    return sets


def _context(shape: StreamShape) -> VideoCodecContext:
    name, pixels, more = _ENCODERS[shape.encoding]
    context = cast("VideoCodecContext", av.CodecContext.create(name, "w"))
    context.width, context.height, context.pix_fmt = shape.width, shape.height, pixels
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(shape.fps, 1)
    context.thread_count = 1
    wishes = f"keyint={shape.fps}:min-keyint=1:scenecut=0:repeat-headers=1{more}"
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "qp": str(_QP),
        "forced-idr": "1",
        f"{name.removeprefix('lib')}-params": wishes,
    }
    return context
