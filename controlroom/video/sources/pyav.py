"""Opens and reads a camera's stream with PyAV (FFmpeg's libraries): one connection and one decoder on one thread.

FFmpeg's own messages stay switched off, as PyAV has them: they name addresses with passwords. For the same reason no
error of PyAV is ever shown as it is; `_reason` puts it into plain words.
"""

import errno
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit

import av
from av import error as av_error
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from controlroom.video.pictures import Picture
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, with_login

OPEN_WITHIN_S = 4.0
READ_WITHIN_S = 6.0
# A stream that claims more is refused before memory is made for it: 8K and a little.
MOST_PIXELS = 8192 * 4608

# One packet is enough to open: opening takes one picture's time. With FFmpeg's defaults it took 1.9 s, most of it
# measuring a frame rate nobody uses. `nobuffer` is left out on purpose: it throws away what was probed, key picture
# included, and the tile would wait for the next one.
_QUICK = {"analyzeduration": "0", "probesize": "32", "fpsprobesize": "0"}
_DECODING = {"threads": "1", "flags": "low_delay", "max_pixels": str(MOST_PIXELS)}


class _TransportRefusedError(StreamError):
    """The camera does not give its stream by that transport (461)."""


def options(address: StreamAddress) -> dict[str, str]:
    """Return FFmpeg's options for one address, whose transport is chosen."""
    if urlsplit(address.url).scheme.startswith("http"):
        # Redirects were followed, or refused, by the probe.
        return {"protocol_whitelist": "http,https,tcp,tls,crypto", "max_redirects": "0", **_DECODING}
    allowed = {"protocol_whitelist": "rtp,rtsp,tcp,udp,tls,crypto", "allowed_media_types": "video"}
    return {**allowed, "rtsp_transport": address.transport, **_QUICK, **_DECODING}


class OpenedStream:
    """One open stream. Every read takes one packet and decodes it; nothing is converted."""

    def __init__(self, container: InputContainer, stream: VideoStream, transport: str) -> None:
        self._container, self._stream = container, stream
        self.transport = transport
        """How the pictures come: tcp or udp."""
        self._packets: Iterator[av.Packet] = container.demux(stream)
        self.waited_s = 0.0
        """How long the last read waited for the camera, beyond what this computer was busy otherwise; below 0 where it
        was busier than the read took."""
        self.spoilt = 0
        """Packets that could not be decoded since the last picture."""

    @classmethod
    def open(cls, address: StreamAddress, within_s: float = OPEN_WITHIN_S) -> "OpenedStream":
        """Open a probed address, automatically by TCP, and by UDP where the camera refuses that.

        Raises StreamError when no packet comes.
        """
        if address.transport != "automatic":
            return cls._open(address, within_s)
        try:
            return cls._open(replace(address, transport="tcp"), within_s)
        except _TransportRefusedError:
            return cls._open(replace(address, transport="udp"), within_s)

    @classmethod
    def _open(cls, address: StreamAddress, within_s: float) -> "OpenedStream":
        started = time.monotonic()
        limits = (within_s, READ_WITHIN_S)
        try:
            container = av.open(with_login(address), options=options(address), timeout=limits)
        except (av_error.FFmpegError, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno in (errno.EPROTONOSUPPORT, errno.EPROTOTYPE):
                raise _refuses(address.transport) from None
            raise _reason(address, error, silent=time.monotonic() - started > within_s * 0.9) from None
        if (
            time.monotonic() - started > within_s * 0.9
        ):  # "open" it also calls a stream of which nothing has come
            container.close()
            raise _mute()
        return cls(container, _video_of(container), address.transport)

    @property
    def codec(self) -> str:
        """What the stream is encoded in, as cameras call it: H264, H265, JPEG."""
        name = self._stream.codec_context.name
        return {"hevc": "H265", "mjpeg": "JPEG"}.get(name, name.upper())

    def read(self) -> list[Picture]:
        """Wait for the next packet and decode it; often one picture, sometimes none.

        Raises StreamError when the stream has ended or sends nothing.
        """
        began, busy = time.monotonic(), time.thread_time()
        try:
            packet = next(self._packets, None)
        except (av_error.FFmpegError, OSError, ValueError) as error:
            raise _ended(silent=isinstance(error, av_error.ExitError)) from None
        if packet is None or (packet.dts is None and packet.size == 0):
            raise _ended(silent=time.monotonic() - began > READ_WITHIN_S * 0.9)
        came, busy_by_then = time.monotonic(), time.thread_time()
        pictures = self._decode(packet)
        # Decoding never waits for anybody: what it took beyond its own work, this computer was busy otherwise. Reading
        # was held up as often as it had its turn among the threads: a few times, and three times a network packet.
        held_up = max(0.0, time.monotonic() - came - (time.thread_time() - busy_by_then))
        turns = 2 + packet.size / 450
        self.waited_s = came - began - (busy_by_then - busy) - turns * held_up
        return pictures

    def _decode(self, packet: av.Packet) -> list[Picture]:
        try:
            frames = cast("list[av.VideoFrame]", packet.decode())
        except (av_error.FFmpegError, ValueError, MemoryError):
            self.spoilt += 1
            return []
        if frames:
            self.spoilt = 0
        return [Picture(frame, self._aspect()) for frame in frames]

    def _aspect(self) -> float:
        """Return the shape of the stream's pixels as it is declared now; square where that cannot be true."""
        declared = cast("VideoCodecContext", self._stream.codec_context).sample_aspect_ratio
        return float(declared) if declared and 1 / 8 <= declared <= 8 else 1.0

    def close(self) -> None:
        """End the camera's session and free the decoder."""
        self._packets = iter(())
        self._container.close()


def _video_of(container: InputContainer) -> VideoStream:
    stream = next(iter(container.streams.video), None)
    if stream is None or stream.codec_context is None:
        container.close()
        what = "The camera sends its pictures in a way this program cannot decode."
        raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Set the camera to H.264, H.265 or MJPEG.")
    stream.codec_context.options = dict(_DECODING)
    stream.codec_context.thread_count = 1
    return stream


def _refuses(transport: str) -> StreamError:
    what = f"The camera does not offer its stream by {transport.upper()}."
    remedy = "Set its transport to automatic on the Cameras page, or switch multicast off at the camera."
    return _TransportRefusedError(StreamFault.NOT_A_STREAM, what, remedy=remedy)


def _mute() -> StreamError:
    what = "The camera announces its stream and then sends nothing."
    return StreamError(StreamFault.SILENT, what, "It may be starting, or has hung.")


def _ended(*, silent: bool) -> StreamError:
    if silent:
        return StreamError(StreamFault.SILENT, "The camera has stopped sending pictures.")
    what = "The camera has ended the stream."
    return StreamError(StreamFault.SILENT, what, "It may be restarting, or the network was cut.")


def _reason(address: StreamAddress, error: Exception, *, silent: bool) -> StreamError:
    """Return why a stream that answered the probe could not be opened."""
    if silent:
        return _mute()
    refused = isinstance(error, av_error.HTTPUnauthorizedError | av_error.HTTPForbiddenError)
    if refused and not address.username:
        what = "The camera tells of its stream to anybody, and asks for a password when it is opened."
        remedy = "Let it ask for one at once (DESCRIBE), by Digest."
        return StreamError(StreamFault.REFUSED_PASSWORD, what, remedy=remedy)
    if refused:
        what = "The camera takes the password and then refuses it when the stream is opened."
        remedy = "Set it to Digest with MD5, or allow this user to watch; then enter the password anew."
        return StreamError(StreamFault.REFUSED_PASSWORD, what, remedy=remedy)
    if isinstance(error, av_error.HTTPNotFoundError):
        what = "The camera announces this stream and then has none."
        return StreamError(StreamFault.NOT_A_STREAM, what, remedy="Read the stream addresses again.")
    if isinstance(error, av_error.HTTPError | av_error.HTTPClientError):
        what = "The camera announces this stream and then refuses to send it."
        return StreamError(StreamFault.BUSY, what, "It may have too many viewers, or be starting.")
    if isinstance(error, OSError):
        what = "The camera answers once and then takes no connection."
        return StreamError(StreamFault.BUSY, what, "It may serve one viewer only, or be restarting.")
    what = "The camera announces this stream and hangs up when it is opened."
    return StreamError(StreamFault.BUSY, what, "It may have too many viewers, or be starting.")
