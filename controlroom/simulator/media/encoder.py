"""Encodes rendered pictures as H.264, fast and without delay."""

from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from controlroom.simulator.arrays import Image
from controlroom.simulator.media import h264
from controlroom.simulator.settings import StreamShape

RATE = 90_000
"""Ticks a second of RTP video timestamps."""


class Encoder:
    """One stream's encoder: a key frame a second, more when asked."""

    def __init__(self, shape: StreamShape) -> None:
        self._context = _context(shape)
        self._context.open()

    def encode(self, picture: Image, timestamp: int, *, key: bool = False) -> bytes:
        """One NV12 picture (height × 3/2 rows) to one access unit; `timestamp` in 1/90,000 s must grow."""
        frame = av.VideoFrame.from_ndarray(picture, format="nv12")
        frame.pts = timestamp
        frame.time_base = Fraction(1, RATE)
        if key:
            frame.pict_type = PictureType.I
        return b"".join(bytes(packet) for packet in self._context.encode(frame))


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
    x264 = {
        "keyint": shape.fps,
        "min-keyint": 1,
        "scenecut": 0,
        "repeat-headers": 1,
        "vbv-maxrate": shape.kilobits,
        "vbv-bufsize": shape.kilobits,
    }
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf": "23",
        "forced-idr": "1",
        "x264-params": ":".join(f"{name}={value}" for name, value in x264.items()),
    }
    return context
