"""One stream and everyone who watches it: frames come in once, are made into RTP once, and go to every client.

Lives on the event loop. A client is never waited for: it takes a frame or loses it, until the next key frame.
"""

import random
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from controlroom.simulator.condition import Condition
from controlroom.simulator.media import h264
from controlroom.simulator.media.encoder import RATE
from controlroom.simulator.media.encodings import ENCODINGS
from controlroom.simulator.settings import StreamShape

PAYLOAD_TYPE = 96


@dataclass(frozen=True)
class AccessUnit:
    """One encoded picture, cut for RTP by whoever made it."""

    payloads: list[bytes]
    key: bool
    taken_at: float
    """Monotonic seconds."""
    counter: int


@dataclass
class RtpFrame:
    """One picture as finished RTP packets; the same bytes for every client."""

    packets: list[bytes]
    key: bool
    timestamp: int
    first_sequence: int
    octets: int
    _blocks: dict[int, bytes] = field(default_factory=dict)

    def block(self, channel: int) -> bytes:
        """All packets framed for RTSP's own connection on this channel."""
        if channel not in self._blocks:
            self._blocks[channel] = b"".join(framed(packet, channel) for packet in self.packets)
        return self._blocks[channel]


def framed(packet: bytes, channel: int) -> bytes:
    """A packet as it travels on RTSP's own connection (RFC 2326, 10.12)."""
    return struct.pack("!cBH", b"$", channel, len(packet)) + packet


class Sink(Protocol):
    """A client's end: takes frames, drops what it cannot take."""

    def take(self, frame: RtpFrame) -> None:
        """One frame, now."""
        ...


class PictureSource(Protocol):
    """What makes a stream's pictures."""

    can_reshape: bool
    """True when `reshape` works."""
    keeps_keys: bool
    """True when a key frame cannot be had on demand, so that the running group of pictures is kept for newcomers."""

    def parameters(self) -> str:
        """The `fmtp` parameters for the session description."""
        ...

    def start(self, deliver: Callable[[AccessUnit], None]) -> None:
        """Begin: somebody watches. `deliver` is called on the event loop."""
        ...

    def stop(self) -> None:
        """Nobody watches any more."""
        ...

    def want_key(self) -> None:
        """Somebody new is waiting for a picture."""
        ...

    def reshape(self, shape: StreamShape) -> None:
        """Go on in another size from the next picture on."""
        ...


class Hub:
    """One stream of one camera."""

    def __init__(
        self,
        shape: StreamShape,
        source: PictureSource,
        note_sent: Callable[[int], None] | None = None,
        condition: Condition | None = None,
    ) -> None:
        self.shape = shape
        self.source = source
        self.condition = condition or Condition()
        self.pictures = 0
        """Pictures delivered since the start: stands still while nobody watches."""
        self.ssrc = random.getrandbits(32)
        self._note_sent = note_sent
        self._sinks: dict[Sink, bool] = {}
        self._key_from: dict[Sink, float] = {}
        self._group: list[RtpFrame] = []
        self._sequence = random.getrandbits(15)
        self._time_base = random.getrandbits(31)

    @property
    def watchers(self) -> int:
        """How many clients watch."""
        return len(self._sinks)

    @property
    def next_sequence(self) -> int:
        """Sequence number of the first packet a client that joins now would be sent."""
        if self.source.keeps_keys and self._group:
            return self._group[0].first_sequence
        return self._sequence & 0xFFFF

    def timestamp(self, moment: float) -> int:
        """RTP time of a monotonic moment."""
        return (self._time_base + int(moment * RATE)) & 0xFFFFFFFF

    def now(self) -> int:
        """RTP time of this moment."""
        return self.timestamp(time.monotonic())

    def join(self, sink: Sink) -> None:
        """Begin sending to a client, from a key frame on."""
        first = not self._sinks
        self._sinks[sink] = False
        if self.condition.keys_after_s:
            self._key_from[sink] = time.monotonic() + self.condition.keys_after_s
        if first:
            self._group.clear()
            self.source.start(self.deliver)
        elif self.source.keeps_keys and sink not in self._key_from:
            for frame in self._group:
                self._hand(sink, frame)
        if self._sinks.get(sink) is False:
            self.source.want_key()

    def leave(self, sink: Sink) -> None:
        """Stop sending to a client."""
        self._key_from.pop(sink, None)
        if self._sinks.pop(sink, None) is not None and not self._sinks:
            self.source.stop()
            self._group.clear()

    def deliver(self, unit: AccessUnit) -> None:
        """Send one picture to everybody."""
        if not self._sinks or self.condition.mute:
            return
        frame = self._packed(unit)
        self.pictures += 1
        if self.source.keeps_keys:
            if frame.key:
                self._group = []
            if frame.key or self._group:
                self._group.append(frame)
        if self._note_sent:
            self._note_sent(unit.counter)
        for sink in list(self._sinks):
            self._hand(sink, frame)

    def restart(self) -> None:
        """Begin again with a key frame for everybody."""
        self._group.clear()
        self._sinks = dict.fromkeys(self._sinks, False)
        if self._sinks:
            self.source.want_key()

    def _hand(self, sink: Sink, frame: RtpFrame) -> None:
        if sink not in self._sinks:  # left while this frame was being handed out
            return
        if frame.key and self._key_is_due(sink):
            self._sinks[sink] = True
        if self._sinks[sink] or (sink in self._key_from and not frame.key):
            sink.take(frame)

    def _key_is_due(self, sink: Sink) -> bool:
        """Return False while a client that joined between two key pictures far apart still waits for the next."""
        due = time.monotonic() >= self._key_from.get(sink, 0.0) or not self.condition.keys_after_s
        if due:
            self._key_from.pop(sink, None)
        return due

    def _stamp(self, unit: AccessUnit) -> int:
        """RTP time of a picture: of the moment it was taken, or as a camera stamps that counts pictures."""
        fps = self.condition.stamps_fps
        if fps is None:
            return self.timestamp(unit.taken_at)
        return (self._time_base + (int(self.pictures * RATE / fps) if fps else 0)) & 0xFFFFFFFF

    def _packed(self, unit: AccessUnit) -> RtpFrame:
        timestamp, first = self._stamp(unit), self._sequence & 0xFFFF
        packets = []
        last = len(unit.payloads) - 1
        for place, payload in enumerate(unit.payloads):
            marker = 0x80 if place == last else 0
            header = struct.pack(
                "!BBHII", 0x80, marker | PAYLOAD_TYPE, self._sequence & 0xFFFF, timestamp, self.ssrc
            )
            if self.condition.absurd and h264.kind(payload) == h264.SPS:
                payload = h264.ABSURD_SPS
            packets.append(header + payload)
            self._sequence += 1
        return RtpFrame(packets, unit.key, timestamp, first, sum(map(len, unit.payloads)))


def access_unit(data: bytes, taken_at: float, counter: int, encoding: str = "H264") -> AccessUnit:
    """Cut an encoded picture for RTP."""
    codec = ENCODINGS[encoding]
    return AccessUnit(codec.payloads(data), codec.is_key(data), taken_at, counter)
