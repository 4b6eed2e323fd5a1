"""Defines what the program knows of an ONVIF device: its address, report, presets, position, events and faults.

These are plain records without heavy imports, so that every part of the program may use them.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit, urlunsplit

from controlroom.cameras.aiming import AimWay
from controlroom.errors import ControlRoomError, InvalidInput
from controlroom.hosts import read_host

STREAM_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}  # by scheme
VIDEO_ENCODINGS = ("H264", "H265")
DRIFT_WARNING_S = 2.0  # clock drift above which the operator is told
MAX_ADDRESS_LENGTH = 2048
STOP_REFUSALS = 3  # of Stop alone, beside all others: so many before it waits for a hand or longer and longer


class FaultKind(StrEnum):
    """The reason why a device did not do what it was asked."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    NOT_ONVIF = "not_onvif"
    NOT_AUTHORISED = "not_authorised"
    CLOCK_SKEW = "clock_skew"
    NOT_SUPPORTED = "not_supported"
    BAD_ARGUMENT = "bad_argument"
    NAME_IN_USE = "name_in_use"
    BUSY = "busy"
    FAILED = "failed"
    HTTPS_ONLY = "https_only"
    CERTIFICATE_CHANGED = "certificate_changed"


PASSING = frozenset({FaultKind.BUSY, FaultKind.FAILED})
"""Failures that may not happen again when the same call is repeated."""
REFUSED_LOGIN = frozenset({FaultKind.NOT_AUTHORISED, FaultKind.CLOCK_SKEW})
HELD = REFUSED_LOGIN | {FaultKind.CERTIFICATE_CHANGED}
"""Nothing is sent again before a person has acted."""
REFUSALS = frozenset({FaultKind.NOT_SUPPORTED, FaultKind.BAD_ARGUMENT, FaultKind.NAME_IN_USE})
"""Failures in which the device itself said that it does not do that."""
CERTAIN = REFUSALS | HELD | {FaultKind.BUSY}
"""Failures after which the device has certainly not done what it was asked; after any other it may have."""
GONE = frozenset({FaultKind.TIMED_OUT, FaultKind.UNREACHABLE})


class DeviceFault(ControlRoomError):
    """A device failed to answer, or refused; `kind` is the reason, str() puts it in plain words."""

    def __init__(self, kind: FaultKind, what: str, meaning: str = "", remedy: str = "") -> None:
        super().__init__(what, meaning, remedy)
        self.kind = kind


@dataclass(frozen=True)
class DeviceAddress:
    """Where a device is reached and with which login; `name` is what messages call it (`Camera 041`).

    `secure`: over HTTPS, by the `certificate` (SHA-256 in hexadecimal figures) it showed first; empty before that.
    """

    host: str
    port: int = 80
    username: str = ""
    password: str = field(default="", repr=False)
    name: str = ""
    secure: bool = False
    certificate: str = ""

    @property
    def label(self) -> str:
        """`host:port`, with an IPv6 host in brackets."""
        return f"{bracketed(self.host)}:{self.port}"

    @property
    def title(self) -> str:
        """How a message names the device: `Camera 041 (10.0.0.5:80)` or `The camera at 10.0.0.5:80`."""
        return f"{self.name} ({self.label})" if self.name else f"The camera at {self.label}"


@dataclass(frozen=True)
class StreamProfile:
    """One media profile. Sizes in pixels, 0 where the device does not say; no address, no stream."""

    token: str
    name: str = ""
    encoding: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    stream_url: str = ""
    snapshot_url: str = ""
    has_ptz: bool = False


@dataclass(frozen=True)
class PtzAbilities:
    """What a device's pan-tilt-zoom head can do. `max_presets` is None where the device does not say."""

    pan_tilt: bool = False
    zoom: bool = False
    absolute: bool = False
    relative: bool = False
    relative_fov: bool = False
    relative_zoom: bool = False
    absolute_zoom: bool = False
    presets: bool = False
    home: bool = False
    tours: bool = False
    max_presets: int | None = None
    auxiliary: tuple[str, ...] = ()

    @property
    def aims(self) -> AimWay:
        """How it can be aimed at a place in its picture."""
        if not self.pan_tilt:
            return AimWay.NONE
        if self.relative_fov:
            return AimWay.EXACT
        return AimWay.ESTIMATED if self.relative or self.absolute else AimWay.TIMED


@dataclass(frozen=True)
class DeviceReport:
    """What a probe found. `clock_drift_s` is positive when the device is ahead, None when unknown."""

    make: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    services: dict[str, str] = field(default_factory=dict)
    profiles: tuple[StreamProfile, ...] = ()
    ptz: PtzAbilities | None = None
    clock_drift_s: float | None = None
    warnings: tuple[str, ...] = ()
    focus: bool = False
    iris: bool = False
    snapshot: bool = False
    events: bool = False
    certificate: str = ""
    """The one it showed, over HTTPS."""

    @property
    def main_profile(self) -> StreamProfile | None:
        """The largest picture with a stream address; the first listed wins a tie."""
        usable = self._usable()
        return max(usable, key=_pixels) if usable else None

    @property
    def sub_profile(self) -> StreamProfile | None:
        """The smallest picture with a stream address; the main profile where there is only one."""
        usable = self._usable()
        return min(usable, key=_pixels) if usable else None

    def _usable(self) -> list[StreamProfile]:
        usable = [profile for profile in self.profiles if profile.stream_url]
        return [profile for profile in usable if profile.encoding in VIDEO_ENCODINGS] or usable


@dataclass(frozen=True)
class Preset:
    """A stored position. Pan and tilt -1 to 1, zoom 0 to 1, None where the device does not say."""

    token: str
    name: str
    pan: float | None = None
    tilt: float | None = None
    zoom: float | None = None

    @property
    def placeholder(self) -> bool:
        """True for the empty numbered slots that some cameras list ("1" to "127") as if they were set."""
        return self.pan is None and self.name.strip() in ("", self.token) and self.token.isdecimal()


@dataclass(frozen=True)
class PtzStatus:
    """Where the head points (pan and tilt -1 to 1, zoom 0 to 1); None for what the device does not say."""

    pan: float | None = None
    tilt: float | None = None
    zoom: float | None = None
    moving: bool | None = None


@dataclass(frozen=True)
class HealthReport:
    """A health check's result for a device that answers. `login` is True or False if it was tried, None otherwise."""

    answer_ms: float
    clock_drift_s: float | None = None
    login: bool | None = None
    detail: str = ""
    certificate: str = ""
    stream_certificate: str = ""
    """The one its stream showed, where that is encrypted and was compared."""


@dataclass(frozen=True)
class DiscoveredDevice:
    """A device that answered a search on the local network."""

    host: str
    port: int
    name: str = ""
    hardware: str = ""
    endpoint: str = ""
    addresses: tuple[str, ...] = ()
    make: str = ""
    secure: bool = False
    """True for a device that answers over HTTPS and not over HTTP."""


class ControlEventKind(StrEnum):
    """What the control process reports without being asked."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    STOPPED = "stopped"
    STOP_UNCONFIRMED = "stop_unconfirmed"
    STOP_OWED = "stop_owed"
    """Not one of the quick attempts to stop it was acknowledged: it is told again after longer and longer pauses."""
    MOVE_FAILED = "move_failed"
    MOVING_LONG = "moving_long"
    FOCUS_STOPPED = "focus_stopped"
    FOCUS_FAILED = "focus_failed"
    FOCUS_UNCONFIRMED = "focus_unconfirmed"


@dataclass(frozen=True)
class ControlEvent:
    """One event about a camera; `seconds` (STOPPED) counts from the order to the camera's acknowledgement."""

    camera_id: str
    kind: ControlEventKind
    detail: str = ""
    fault: FaultKind | None = None
    seconds: float | None = None
    clock_drift_s: float | None = None


def check_stream_url(url: str) -> str:
    """Return `url` stripped; raises InvalidInput unless it is an rtsp(s) or http(s) address with a host.

    Anything else (`file:`, `concat:`, …) could make a decoder open what it should not.
    """
    text = url.strip()
    if len(text) > MAX_ADDRESS_LENGTH or any(ord(letter) < 33 or ord(letter) == 127 for letter in text):
        raise InvalidInput("The stream address has spaces or control characters in it, or is too long.")
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise InvalidInput("The stream address cannot be read.") from None
    if parts.scheme.lower() not in STREAM_PORTS:
        kind = parts.scheme[:20] or "nothing"
        raise InvalidInput(
            f"The stream address begins with “{kind}”.",
            "Only rtsp, rtsps, http and https are opened.",
            "Check the address, or the camera that gave it.",
        )
    if not host:
        raise InvalidInput("The stream address names no camera.", remedy="Check the address.")
    read_host(unquote(host))
    return text


def split_login(url: str) -> tuple[str, str, str]:
    """Return a stream address without the login that may stand in it, and that user name and password."""
    text = check_stream_url(url)
    parts = urlsplit(text)
    login, at, place = parts.netloc.rpartition("@")
    if not at:
        return text, "", ""
    user, _, password = login.partition(":")
    bare = urlunsplit((parts.scheme, place, parts.path, parts.query, parts.fragment))
    return bare, unquote(user), unquote(password)


def place_of_stream(url: str) -> tuple[str, int]:
    """Return host and port of a stream address; raises InvalidInput."""
    parts = urlsplit(check_stream_url(url))
    try:
        port = parts.port
    except ValueError:
        raise InvalidInput(
            "The port in the stream address is none.", remedy="Ports run from 1 to 65535."
        ) from None
    return read_host(unquote(parts.hostname or "")), port or STREAM_PORTS[parts.scheme.lower()]


def bracketed(host: str) -> str:
    """Return `host` as addresses need it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _pixels(profile: StreamProfile) -> int:
    return profile.width * profile.height
