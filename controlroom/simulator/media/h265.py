"""H.265 byte streams: their units, and cutting them into RTP payloads (RFC 7798)."""

import base64
from collections.abc import Iterator

from controlroom.simulator.media.h264 import MOST_PAYLOAD, units

VPS, SPS, PPS, DELIMITER = 32, 33, 34, 35
_KEYS = range(16, 22)  # broken link access, instantaneous refresh and clean random access
_FRAGMENT = 49


def kind(unit: bytes) -> int:
    """The type of a NAL unit."""
    return unit[0] >> 1 & 0x3F


def is_key(data: bytes) -> bool:
    """True when decoding can begin with this access unit."""
    return any(kind(unit) in _KEYS for unit in units(data))


def parameter_sets(data: bytes) -> tuple[bytes, ...] | None:
    """The video, sequence and picture parameter sets found in a byte stream."""
    found = {kind(unit): unit for unit in units(data) if kind(unit) in {VPS, SPS, PPS}}
    return (found[VPS], found[SPS], found[PPS]) if len(found) == 3 else None


def sdp_parameters(sets: tuple[bytes, ...]) -> str:
    """The `fmtp` parameters that let a client decode before the first key frame."""
    named = zip(("vps", "sps", "pps"), sets, strict=True)
    return ";".join(f"sprop-{name}={base64.b64encode(each).decode()}" for name, each in named)


def payloads(data: bytes) -> list[bytes]:
    """RTP payloads of one access unit, in order; the last one carries the marker bit."""
    cut: list[bytes] = []
    for unit in units(data):
        if kind(unit) == DELIMITER:
            continue
        cut.extend([unit] if len(unit) <= MOST_PAYLOAD else _fragments(unit))
    return cut


def _fragments(unit: bytes) -> Iterator[bytes]:
    """Fragmentation units of a NAL unit too large for one packet; its header of two bytes is not repeated in them."""
    header = bytes(((unit[0] & 0x81) | _FRAGMENT << 1, unit[1]))
    room = MOST_PAYLOAD - 3
    for start in range(2, len(unit), room):
        first, last = start == 2, start + room >= len(unit)
        yield header + bytes((first << 7 | last << 6 | kind(unit),)) + unit[start : start + room]
