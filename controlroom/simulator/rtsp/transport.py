"""Sends a client its packets: through its RTSP connection, or as UDP datagrams. Neither ever waits."""

import asyncio
import re
import struct
import time
from dataclasses import dataclass
from typing import Protocol

from controlroom.clock import process_clock
from controlroom.simulator.condition import Condition
from controlroom.simulator.media.hub import RtpFrame, framed
from controlroom.simulator.rtsp.outlet import Outlet

MOST_WAITING = 1_500_000
"""Bytes that may wait for a slow TCP client (about four seconds of main stream); past it, frames are dropped."""
_REPORT_EVERY_S = 5.0
_NTP_EPOCH = 2_208_988_800
_CHOICE = re.compile(r"^RTP/AVP(?P<lower>/TCP|/UDP)?(?:;|$)", re.IGNORECASE)


@dataclass(frozen=True)
class RequestedTransport:
    """The transport that a Transport header asks for and that can be given."""

    tcp: bool
    first: int
    """Channel or client port of RTP."""
    second: int
    """Channel or client port of RTCP."""


def choose(header: str) -> RequestedTransport | None:
    """Return the first supported transport of the header, or None; `first` is −1 when no channels are named."""
    for choice in header.split(","):
        found = _CHOICE.match(choice.strip())
        if not found or "multicast" in choice.lower():
            continue
        tcp = (found["lower"] or "").lower() == "/tcp"
        pair = re.search(r"(?:interleaved|client_port)=(\d{1,5})(?:-(\d{1,5}))?", choice)
        if pair:
            first = int(pair[1])
            second = int(pair[2]) if pair[2] else first + 1
            if max(first, second) <= (255 if tcp else 65535) and (tcp or min(first, second) > 0):
                return RequestedTransport(tcp, first, second)
        elif tcp:
            return RequestedTransport(tcp=True, first=-1, second=-1)
    return None


def sender_report(ssrc: int, timestamp: int, packets: int, octets: int) -> bytes:
    """Make an RTCP sender report with the present wall-clock time, and the canonical name (RFC 3550, 6.4.1 and 6.5)."""
    now = process_clock().now().timestamp() + _NTP_EPOCH
    seconds, fraction = int(now) & 0xFFFFFFFF, int(now % 1 * (1 << 32))
    report = struct.pack(
        "!BBHIIIIII",
        0x80,
        200,
        6,
        ssrc,
        seconds,
        fraction,
        timestamp,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    name = b"camera"
    item = struct.pack("!BB", 1, len(name)) + name
    item += b"\0" * (4 - len(item) % 4)
    return report + struct.pack("!BBHI", 0x81, 202, 1 + len(item) // 4, ssrc) + item


class Wire(Protocol):
    """Where packets go."""

    def send(self, frame: RtpFrame) -> bool:
        """Send one picture; False when it cannot be taken now."""
        ...

    def send_report(self, report: bytes) -> None:
        """Send an RTCP packet."""
        ...

    @property
    def stuck_for_s(self) -> float:
        """Seconds for which the client has accepted nothing although something waits."""
        ...


class Client:
    """One playing client, fed by a hub. It drops to the next key frame when its wire is full."""

    def __init__(self, wire: Wire, ssrc: int) -> None:
        self.wire = wire
        self.dropped = 0
        """Pictures not sent because the client was slow."""
        self._ssrc = ssrc
        self._skipping = False
        self._packets = 0
        self._octets = 0
        self._next_report = 0.0

    def take(self, frame: RtpFrame) -> None:
        """Send the picture, or drop it and everything up to the next key frame."""
        if self._skipping and not frame.key:
            self.dropped += 1
            return
        if not self.wire.send(frame):
            self._skipping = True
            self.dropped += 1
            return
        self._skipping = False
        self._packets += len(frame.packets)
        self._octets += frame.octets
        now = time.monotonic()
        if now >= self._next_report:
            self._next_report = now + _REPORT_EVERY_S
            self.wire.send_report(sender_report(self._ssrc, frame.timestamp, self._packets, self._octets))


class TcpWire:
    """Sends packets between the replies of the client's own connection."""

    def __init__(self, outlet: Outlet, channel: int, report_channel: int) -> None:
        self._outlet = outlet
        self._channel = channel
        self._report_channel = report_channel
        self._last_level = 0
        self._moved_at = time.monotonic()

    def send(self, frame: RtpFrame) -> bool:
        """Send; False when too much waits already. The system's own buffer cannot be counted."""
        level = self._outlet.waiting
        if level < self._last_level or level == 0:
            self._moved_at = time.monotonic()
        if level > MOST_WAITING:
            self._last_level = level
            return False
        sent = self._outlet.write(self._block(frame))
        self._last_level = self._outlet.waiting
        return sent

    def send_report(self, report: bytes) -> None:
        """Send a report. Reports are small; one that follows a sent picture always fits."""
        self._outlet.write(framed(report, self._report_channel))

    @property
    def stuck_for_s(self) -> float:
        """Seconds since the waiting bytes last became fewer."""
        level = self._outlet.waiting
        if level == 0 or level < self._last_level:
            self._moved_at = time.monotonic()
        return time.monotonic() - self._moved_at

    def _block(self, frame: RtpFrame) -> bytes:
        condition = self._outlet.condition
        if not condition.loss and not condition.corrupt:
            return frame.block(self._channel)
        kept = (condition.on_the_way(packet) for packet in frame.packets if not condition.loses_one())
        return b"".join(framed(packet, self._channel) for packet in kept)


class UdpWire:
    """Sends datagrams to the two ports the client named, from the server's own pair."""

    def __init__(
        self,
        sockets: tuple[asyncio.DatagramTransport, asyncio.DatagramTransport],
        host: str,
        ports: tuple[int, int],
        condition: Condition,
    ) -> None:
        self._rtp, self._rtcp = sockets
        self._to, self.report_to = (host, ports[0]), (host, ports[1])
        self._condition = condition
        self._allowed_from = 0.0

    def send(self, frame: RtpFrame) -> bool:
        """Send; False when the system's send buffer is full, since asyncio would queue without end."""
        waiting = getattr(
            self._rtp, "get_write_buffer_size", None
        )  # since Python 3.11, but not in the type hints
        if waiting is not None and waiting() > MOST_WAITING:
            return False
        for packet in frame.packets:
            if not self._condition.loses_one() and self._may_send(len(packet)):
                self._rtp.sendto(self._condition.on_the_way(packet), self._to)
        return True

    def send_report(self, report: bytes) -> None:
        """One RTCP datagram."""
        self._rtcp.sendto(report, self.report_to)

    @property
    def stuck_for_s(self) -> float:
        """Return 0: UDP never waits; silence is noticed by the session's time-out."""
        return 0.0

    def _may_send(self, size: int) -> bool:
        """Return True when a slow camera may send its next packet."""
        if not self._condition.drip:
            return True
        now = time.monotonic()
        if now < self._allowed_from:
            return False
        self._allowed_from = now + size / self._condition.drip
        return True
