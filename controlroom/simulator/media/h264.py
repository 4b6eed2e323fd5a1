"""H.264 byte streams: finding their units, and cutting them into RTP payloads (RFC 6184, packetisation mode 1)."""

import base64
from collections.abc import Iterator

MOST_PAYLOAD = 1388
"""Bytes after the 12 of the RTP header: 1,400 in all."""
SLICE, IDR, SEI, SPS, PPS, DELIMITER = 1, 5, 6, 7, 8, 9
_FU_A = 28
ABSURD_SPS = bytes.fromhex("6742c033da003e8007d190")
"""A sequence parameter set of a stream that claims to be 16,000 pixels wide and high."""


def units(data: bytes) -> Iterator[bytes]:
    """The NAL units of an Annex B byte stream, without their start codes."""
    start = data.find(b"\x00\x00\x01")
    while start >= 0:
        start += 3
        end = data.find(b"\x00\x00\x01", start)
        unit = data[start:] if end < 0 else data[start:end]
        unit = unit.rstrip(b"\x00") if end >= 0 else unit
        if unit:
            yield unit
        start = end


def kind(unit: bytes) -> int:
    """The type of a NAL unit."""
    return unit[0] & 0x1F


def is_key(data: bytes) -> bool:
    """True when an access unit holds an instantaneous refresh."""
    return any(kind(unit) == IDR for unit in units(data))


def parameter_sets(data: bytes) -> tuple[bytes, ...] | None:
    """The sequence and the picture parameter set found in a byte stream."""
    found = {kind(unit): unit for unit in units(data) if kind(unit) in {SPS, PPS}}
    return (found[SPS], found[PPS]) if len(found) == 2 else None


def sdp_parameters(sets: tuple[bytes, ...]) -> str:
    """The `fmtp` parameters that let a client decode before the first key frame."""
    sps, pps = sets
    sprop = ",".join(base64.b64encode(each).decode() for each in (sps, pps))
    return f"packetization-mode=1;profile-level-id={sps[1:4].hex().upper()};sprop-parameter-sets={sprop}"


def payloads(data: bytes) -> list[bytes]:
    """RTP payloads of one access unit, in order; the last one carries the marker bit."""
    cut: list[bytes] = []
    for unit in units(data):
        if kind(unit) == DELIMITER:
            continue
        if len(unit) <= MOST_PAYLOAD:
            cut.append(unit)
        else:
            cut.extend(_fragments(unit))
    return cut


def _fragments(unit: bytes) -> Iterator[bytes]:
    """FU-A fragments of a unit too large for one packet."""
    indicator = (unit[0] & 0xE0) | _FU_A
    room = MOST_PAYLOAD - 2
    for start in range(1, len(unit), room):
        header = unit[0] & 0x1F
        if start == 1:
            header |= 0x80
        if start + room >= len(unit):
            header |= 0x40
        yield bytes((indicator, header)) + unit[start : start + room]
