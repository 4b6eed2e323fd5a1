"""Defines what the desk knows of a stream: its address, state, reason of failure, and one picture."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class StreamState(StrEnum):
    """The state of one tile's stream. Stalled after 2 s without a picture, offline after 10 s."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    OFFLINE = "offline"
    REFUSED = (
        "refused"  # the password, the address or the certificate: nothing is tried again until someone acts
    )
    STOPPED = "stopped"


class StreamFault(StrEnum):
    """The reason why there is no picture."""

    UNREACHABLE = "unreachable"  # no connection at all
    REFUSED_PASSWORD = "refused password"  # noqa: S105 - the name of a fault
    PASSWORD_IN_CLEAR = "password in clear"  # noqa: S105 - it asks for the password itself, which is not sent
    SILENT = "silent"  # takes the connection and says nothing, or stopped sending
    NOT_A_STREAM = "not a stream"  # answers, but not with pictures we can read
    BUSY = "busy"  # has the stream and does not give it now: too many viewers, starting, serving another
    AWAITING_KEY = "awaiting key"  # packets come; the key picture that decoding begins with does not yet
    UNSUPPORTED_SCHEME = "unsupported scheme"
    CERTIFICATE_CHANGED = "certificate changed"  # encrypted, and not by the certificate it showed first
    WORKER_LOST = "worker lost"  # our own decoding process ended; it is being started again

    @property
    def final(self) -> bool:
        """True when trying again automatically would be wrong: someone has to act first."""
        return self in (
            StreamFault.REFUSED_PASSWORD,
            StreamFault.PASSWORD_IN_CLEAR,
            StreamFault.UNSUPPORTED_SCHEME,
            StreamFault.CERTIFICATE_CHANGED,
        )


@dataclass(frozen=True)
class StreamAddress:
    """Where a stream is reached; the password never shows in a repr.

    `transport` is 'tcp', 'udp', or 'automatic': TCP, and UDP where the camera refuses it. `certificate` is the one it
    has to show (SHA-256) where the stream is encrypted; empty where none is known yet.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    transport: str = "automatic"
    certificate: str = ""


@dataclass(frozen=True)
class StreamStatus:
    """What is known of a stream: as its worker reports it, then as the desk judges it by the picture's age.

    `detail` is plain words for the tile; `last_picture_at` and `retry_at` are on the monotonic clock, None before
    the first picture and without a next attempt; `retry_in_s` counts down to that; `fps` are pictures decoded a
    second; sizes are the camera's own, in pixels; `dropped` counts pictures too late to be shown.
    """

    state: StreamState
    detail: str = ""
    last_picture_at: float | None = None
    fps: float = 0.0
    source_width: int = 0
    source_height: int = 0
    retry_in_s: float | None = None
    dropped: int = 0
    fault: StreamFault | None = None
    retry_at: float | None = None
    codec: str = ""  # H264, H265, JPEG; empty before the first picture
    transport: str = ""  # how the pictures come: tcp, udp; empty while there are none
    certificate: str = ""  # what it showed last, also where that is another than it is known by


@dataclass(frozen=True)
class Look:
    """A test picture of a camera and what its stream is: its own size in pixels, its codec, pictures a second."""

    path: Path
    width: int
    height: int
    codec: str
    fps: float
    certificate: str = ""


@dataclass(frozen=True)
class Frame:
    """One decoded picture at tile size.

    `pixels` are rows of `stride` bytes, 32 bits a pixel, B G R X (Qt's Format_RGB32 on little-endian
    machines); a copy that nothing writes to again. `decoded_at` is on the monotonic clock.
    """

    sequence: int
    decoded_at: float
    width: int
    height: int
    stride: int
    pixels: bytearray | memoryview = field(repr=False)
