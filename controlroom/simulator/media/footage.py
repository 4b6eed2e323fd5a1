"""Serves a video file: H.264 is passed on as it is where the size fits the stream, anything else encoded once."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer

from controlroom.errors import InvalidInput
from controlroom.simulator.media import h264
from controlroom.simulator.media.clip import Clip, ClipFrame, encode_clip
from controlroom.simulator.media.encoder import RATE, parameter_sets
from controlroom.simulator.settings import StreamShape

MOST_SECONDS = 60.0
"""Longer footage is cut here: it is kept in memory, and encoded when it is not H.264."""


@dataclass(frozen=True)
class Footage:
    """A video file that was opened and found usable."""

    path: Path
    width: int
    height: int
    is_h264: bool
    sets: tuple[bytes, ...] | None

    def shape_for(self, shape: StreamShape) -> StreamShape:
        """The stream's shape with this footage in it: the file's own aspect, never enlarged, or the file's own size."""
        if self.is_passed_on(shape):
            return StreamShape(shape.name, self.width, self.height, shape.fps, shape.kilobits)
        share = min(1.0, shape.width / self.width, shape.height / self.height)
        width, height = (max(16, round(each * share / 2) * 2) for each in (self.width, self.height))
        return StreamShape(shape.name, width, height, shape.fps, shape.kilobits)

    def is_passed_on(self, shape: StreamShape) -> bool:
        """True when the file's own packets serve this stream."""
        fits = self.width <= shape.width and self.height <= shape.height
        return self.is_h264 and self.sets is not None and (fits or shape.name == "main")

    def parameter_sets(self, shape: StreamShape) -> tuple[bytes, ...]:
        """What the stream announces."""
        if self.is_passed_on(shape) and self.sets is not None:
            return self.sets
        return parameter_sets(self.shape_for(shape))

    def clip(self, shape: StreamShape) -> Clip:
        """The footage as a loop for this stream; encoding takes a while."""
        with _opened(self.path) as container:
            if self.is_passed_on(shape):
                return _copied(container)
            return _encoded(container, self.shape_for(shape))

    def first_picture(self, shape: StreamShape) -> av.VideoFrame:
        """The file's first picture in this shape's size, as NV12."""
        with _opened(self.path) as container:
            first = next(container.decode(video=0))
            return first.reformat(shape.width, shape.height, "nv12")


def open_footage(path: Path) -> Footage:
    """Look into a video file; raises InvalidInput when it holds no video that can be read."""
    with _opened(path) as container:
        stream = container.streams.video[0]
        is_h264 = stream.codec_context.name == "h264" and stream.codec_context.pix_fmt in {
            "yuv420p",
            "yuvj420p",
        }
        sets = None
        if is_h264:
            first = next(_annexb_packets(container), None)
            sets = h264.parameter_sets(first[0]) if first else None
        return Footage(path, stream.codec_context.width, stream.codec_context.height, is_h264, sets)


def _opened(path: Path) -> InputContainer:
    try:
        container = av.open(str(path), "r")
    except (av.error.FFmpegError, OSError) as error:
        raise InvalidInput(
            f"{path} cannot be opened as video: {error}.", "", "Use a video file such as MP4, MKV or MOV."
        ) from error
    if not container.streams.video:
        container.close()
        raise InvalidInput(f"{path} holds no video.")
    return container


def _annexb_packets(container: InputContainer) -> Iterator[tuple[bytes, bool, float, float]]:
    """Byte stream, key, decoding and showing time of every packet, parameter sets before every key frame."""
    stream = container.streams.video[0]
    to_bytes = BitStreamFilterContext("h264_mp4toannexb", stream)
    base = float(stream.time_base or Fraction(1, RATE))
    start: float | None = None
    for packet in itertools.chain(container.demux(stream), [None]):
        flush = packet is None or packet.dts is None  # looked at first: the filter empties what it is given
        for out in to_bytes.filter(None if flush else packet):
            sent = float((out.dts if out.dts is not None else 0) * base)
            start = sent if start is None else start
            shown = float((out.pts if out.pts is not None else out.dts or 0) * base)
            yield bytes(out), out.is_keyframe, sent - start, shown - start
        if flush:
            return


def _copied(container: InputContainer) -> Clip:
    frames: list[ClipFrame] = []
    step = 1.0 / float(container.streams.video[0].average_rate or 25)
    for data, key, sent, shown in _annexb_packets(container):
        if sent > MOST_SECONDS:
            break
        if frames or key:
            frames.append(ClipFrame(h264.payloads(data), key, sent, shown))
    if not frames:
        raise InvalidInput("The footage has no key frame to begin with.")
    return Clip(frames, frames[-1].sent_at + step)


def _encoded(container: InputContainer, shape: StreamShape) -> Clip:
    clip = encode_clip(shape, _at_rate(container, shape), shape.fps)
    if not clip.frames:
        raise InvalidInput("The footage holds no picture.")
    return clip


def _at_rate(container: InputContainer, shape: StreamShape) -> Iterator[av.VideoFrame]:
    """NV12 pictures, repeated or left out so that the stream keeps its rate."""
    count = 0
    for picture in container.decode(container.streams.video[0]):
        at = picture.time or 0.0
        if at > MOST_SECONDS:
            return
        while count / shape.fps <= at:
            yield picture.reformat(shape.width, shape.height, "nv12")
            count += 1
