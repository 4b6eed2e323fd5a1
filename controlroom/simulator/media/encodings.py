"""The encodings a simulated stream can have, by the names that session descriptions give them."""

from collections.abc import Mapping
from typing import Protocol

from controlroom.simulator.media import h264, h265


class Encoding(Protocol):
    """What the modules `h264` and `h265` offer."""

    def is_key(self, data: bytes, /) -> bool:
        """True when decoding can begin with this access unit."""
        ...

    def parameter_sets(self, data: bytes, /) -> tuple[bytes, ...] | None:
        """The parameter sets found in a byte stream."""
        ...

    def sdp_parameters(self, sets: tuple[bytes, ...], /) -> str:
        """The `fmtp` parameters of a session description."""
        ...

    def payloads(self, data: bytes, /) -> list[bytes]:
        """RTP payloads of one access unit."""
        ...


ENCODINGS: Mapping[str, Encoding] = {"H264": h264, "H265": h265}
