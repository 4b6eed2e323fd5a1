"""Holds the pure rules of streams: allowed addresses, when a picture is too old or too late, and when to try again."""

import ipaddress
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from controlroom.errors import ControlRoomError, InvalidInput
from controlroom.hosts import in_url, read_host
from controlroom.video.records import StreamAddress, StreamFault, StreamState

# A frozen picture must look frozen within 2 s, and a tick of the wall and a paint come after this; after 10 s it says
# nothing about now.
STALLED_AFTER_S = 1.9
OFFLINE_AFTER_S = 10.0

SCHEMES = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
TRANSPORTS = ("tcp", "udp")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 120.0  # pictures for this long without a break: the trouble is over

LATE_AFTER_S = 0.3  # behind its own best: the picture is passed over so that delay cannot build up
BEHIND_AFTER_S = 5.0  # passing over did not help: what queues up is thrown away by connecting again


class StreamError(ControlRoomError):
    """Why a stream gives no picture; `fault` is its kind."""

    def __init__(self, fault: StreamFault, what: str, meaning: str = "", remedy: str = "") -> None:
        super().__init__(what, meaning, remedy)
        self.fault = fault


def state_from_age(age_s: float) -> StreamState:
    """Return live, stalled or offline by the age of the last decoded picture in seconds."""
    if age_s < STALLED_AFTER_S:
        return StreamState.LIVE
    return StreamState.STALLED if age_s < OFFLINE_AFTER_S else StreamState.OFFLINE


def tile_state(reported: StreamState, age_s: float | None) -> StreamState:
    """Return what a tile shows: the worker's state if it is final, else by the age of the picture if there is one."""
    if reported in (StreamState.REFUSED, StreamState.STOPPED):
        return reported
    if age_s is not None:
        return state_from_age(age_s)
    return StreamState.OFFLINE if reported is StreamState.OFFLINE else StreamState.CONNECTING


def checked(address: StreamAddress) -> StreamAddress:
    """Return `address` with its login taken out of the URL; raises StreamError or InvalidInput in plain words.

    Schemes other than RTSP and HTTP are refused because the decoder would follow them: `file:` opens a local file.
    """
    try:
        parts = urlsplit(address.url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInput("The stream address cannot be read.", remedy="Check it for a slip.") from error
    if parts.scheme.lower() not in SCHEMES:
        raise StreamError(
            StreamFault.UNSUPPORTED_SCHEME,
            f"A stream address may not begin with '{parts.scheme or address.url[:12]}'.",
            remedy="Use one that begins with rtsp, rtsps, http or https.",
        )
    if not host:
        raise InvalidInput("The stream address names no camera.", remedy="Write it as rtsp://camera/path.")
    host = read_host(unquote(host))
    if address.transport not in TRANSPORTS:
        raise InvalidInput(f"'{address.transport}' is not a transport.", remedy="Choose tcp or udp.")
    return replace(
        address,
        url=urlunsplit(
            (parts.scheme.lower(), host_and_port(in_url(host), port), parts.path, parts.query, "")
        ),
        username=address.username or unquote(parts.username or ""),
        password=address.password or unquote(parts.password or ""),
    )


def host_and_port(host: str, port: int | None) -> str:
    """Return `host:port` as addresses need it: IPv6 in brackets."""
    try:
        host = f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        pass  # a name, not a number
    return host if port is None else f"{host}:{port}"


def place(address: StreamAddress) -> tuple[str, int]:
    """Return host and port of a checked address."""
    parts = urlsplit(address.url)
    return unquote(parts.hostname or ""), parts.port or SCHEMES[parts.scheme]


def with_login(address: StreamAddress) -> str:
    """Return the URL a decoder opens, with the login inside and special characters escaped.

    It must never be printed.
    """
    parts = urlsplit(address.url)
    if not address.username:
        return address.url
    login = f"{quote(address.username, safe='')}:{quote(address.password, safe='')}@"
    return urlunsplit((parts.scheme, login + parts.netloc, parts.path, parts.query, ""))


def fit_within(source_width: int, source_height: int, width: int, height: int) -> tuple[int, int]:
    """Return the largest size of the source's shape inside `width` by `height` pixels, at least one pixel each way."""
    scale = min(width / source_width, height / source_height)
    return (
        max(1, min(width, round(source_width * scale))),
        max(1, min(height, round(source_height * scale))),
    )


@dataclass
class BackOff:
    """Computes the pauses between attempts: they double, and are spread by `jitter` (0 to 1, drawn by the caller)."""

    failures: int = 0

    def after(self, steady_s: float, jitter: float) -> float:
        """Return the seconds to wait after an attempt that gave pictures for `steady_s` seconds (0 if it gave none)."""
        if steady_s >= STEADY_AFTER_S:
            self.failures = 0
        pause = min(FIRST_PAUSE_S * 2 ** min(self.failures, 16), LONGEST_PAUSE_S)
        self.failures += 1
        return pause * (0.75 + 0.5 * jitter)


@dataclass
class Lateness:
    """Measures how far pictures fall behind, from the camera's own time stamps against our clock.

    The smallest difference seen counts as "on time"; it may creep up by 1 ms a second, since clocks drift apart.
    Time stamps that stand still or jump carry no information and start the measurement afresh.
    """

    floor: float | None = None
    last_stamp: float = 0.0
    last_now: float = 0.0

    def behind_s(self, stamp_s: float, now: float) -> float:
        """Return by how many seconds the picture stamped `stamp_s` is late at `now`."""
        step = stamp_s - self.last_stamp
        elapsed, self.last_now, self.last_stamp = now - self.last_now, now, stamp_s
        difference = now - stamp_s
        if self.floor is None or step <= 0 or step > 5.0:
            self.floor = difference
        else:
            self.floor = min(self.floor + elapsed * 0.001, difference)
        return difference - self.floor
