"""Holds the pure rules of streams: allowed addresses, when a picture is too old or too late, and when to try again."""

import ipaddress
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from controlroom.errors import ControlRoomError, InvalidInput
from controlroom.hosts import in_url, read_host
from controlroom.video.records import StreamAddress, StreamFault, StreamState

# A frozen picture must look frozen within 2 s, and a tick of the wall and a paint come after this; after 10 s it says
# nothing about now.
STALLED_AFTER_S = 1.9
OFFLINE_AFTER_S = 10.0

SCHEMES = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
TRANSPORTS = ("automatic", "tcp", "udp")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 120.0  # pictures for this long without a break: the trouble is over

LATE_AFTER_S = 0.3  # behind its own best: the picture is passed over so that delay cannot build up
BEHIND_AFTER_S = 5.0  # passing over did not help: what queues up is thrown away by connecting again
WAITED_OVER_S = 1.0  # arrival is judged over about so long
WAITED_SHARE = 0.5  # of that time, and for that long again: a busy computer waits for itself now and then
WAITED_FOR_ITSELF = 0.25  # of the time since the picture before it
WAITED_STEP_S = 1.5  # a longer wait is a gap, and no sign that nothing queues up

KEY_AWAITED_AFTER_S = 0.5  # packets without a picture for so long: the tile says what is awaited
KEY_WITHIN_S = 60.0  # cameras that save bandwidth send a key picture every 10 s, some every 40 s


class StreamError(ControlRoomError):
    """Why a stream gives no picture; `fault` is its kind, `certificate` the one shown instead of the one known."""

    def __init__(
        self, fault: StreamFault, what: str, meaning: str = "", remedy: str = "", certificate: str = ""
    ) -> None:
        super().__init__(what, meaning, remedy)
        self.fault, self.certificate = fault, certificate


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
        raise InvalidInput(
            f"'{address.transport}' is not a transport.", remedy="Choose automatic, tcp or udp."
        )
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


def redirected(address: StreamAddress, location: str) -> StreamAddress:
    """Return the address a camera at the checked `address` sends its viewers on to. Raises StreamError.

    Only the same device is followed: another one would be given the password.
    """
    parts = urlsplit(address.url)
    try:
        target = checked(StreamAddress(urljoin(address.url, location), transport=address.transport))
    except (ControlRoomError, ValueError) as error:
        what = "The camera sends its viewers on to an address that cannot be read."
        raise StreamError(
            StreamFault.NOT_A_STREAM, what, remedy="Read the stream addresses again."
        ) from error
    scheme = urlsplit(target.url).scheme
    if place(target)[0].lower() != place(address)[0].lower():
        what = f"The camera sends its viewers on to another device, {host_and_port(*place(target))}."
        meaning = "It was not followed, and no password was sent there."
        remedy = "If it is right, enter that address for this camera."
        raise StreamError(StreamFault.NOT_A_STREAM, what, meaning, remedy)
    if parts.scheme in ("rtsps", "https") and scheme != parts.scheme:
        what = "The camera sends its viewers on to a stream that is not encrypted."
        meaning = "It was not followed, and no password was sent there."
        raise StreamError(StreamFault.NOT_A_STREAM, what, meaning, "Enter that address if it is right.")
    return replace(
        target, username=address.username, password=address.password, certificate=address.certificate
    )


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


AWAITING_KEY = StreamError(
    StreamFault.AWAITING_KEY,
    "Waiting for a key picture.",
    "The camera sends. Some send a key picture every few seconds only; it appears by itself.",
)
DAMAGED = StreamError(
    StreamFault.AWAITING_KEY,
    "Waiting for a key picture.",
    "The camera sends, and what arrives is damaged.",
    "Look at its network if this lasts.",
)
NO_KEY = StreamError(
    StreamFault.NOT_A_STREAM,
    f"The camera sends, and no key picture came within {KEY_WITHIN_S:.0f} s.",
    "Decoding begins with a key picture (I-frame).",
    "Set one every second to every four seconds at the camera, and H.264, H.265 or MJPEG.",
)


def without_picture(waited_s: float, state: StreamState, spoilt: int) -> StreamError | None:
    """Return what to say of a stream whose packets came for `waited_s` without a picture; None for nothing yet.

    `spoilt` of those packets could not be decoded. The stream is left alone as long as the reason is AWAITING_KEY.
    """
    if waited_s > KEY_WITHIN_S:
        return NO_KEY
    if waited_s < (STALLED_AFTER_S if state is StreamState.LIVE else KEY_AWAITED_AFTER_S):
        return None
    return DAMAGED if spoilt else AWAITING_KEY


@dataclass
class Lateness:
    """Measures how far pictures queue up unread: by the camera's time stamps, as long as their arrival agrees.

    By stamps, the smallest difference to our clock counts as "on time"; it may creep up by 1 ms a second, since clocks
    drift apart. Stamps that stand still or jump carry no information and start the measurement afresh.
    Arrival decides: whoever waits for each next picture has none queued up, whatever the stamps say. Some cameras
    stamp pictures for another rate than they send.
    """

    floor: float | None = None
    last_stamp: float = 0.0
    last_now: float = 0.0
    waited: float = 0.0
    passed: float = 0.0
    waiting_for: float = 0.0

    def behind_s(self, stamp_s: float | None, now: float, waited_s: float) -> float:
        """Return by how many seconds the picture stamped `stamp_s` is late at `now`; it was waited for so long."""
        elapsed, self.last_now = now - self.last_now, now
        up_to_date = self._waits(elapsed, waited_s)
        if stamp_s is None:
            return 0.0
        step, self.last_stamp = stamp_s - self.last_stamp, stamp_s
        difference = now - stamp_s
        if self.floor is None or step <= 0 or step > 5.0:
            self.floor = difference
        else:
            # Stamps that run too fast lose a second in a second at most, so twice that catches up with any of them,
            # and one wrong judgement hides little of a real queue.
            creep = 2.0 if up_to_date else 0.001
            self.floor = min(self.floor + elapsed * creep, difference)
        return difference - self.floor

    def _waits(self, elapsed: float, waited_s: float) -> bool:
        """Return True when for some time most of it went by in waiting, and in steps too short to hide a queue."""
        if (
            elapsed > WAITED_STEP_S
        ):  # the first picture, or a gap: what comes now may have queued up behind it
            self.waited = self.passed = self.waiting_for = 0.0
            return False
        keep = max(0.0, 1 - elapsed / WAITED_OVER_S)
        self.waited = self.waited * keep + max(-elapsed, min(waited_s, elapsed))
        self.passed = self.passed * keep + elapsed
        waits = self.waited > self.passed * WAITED_SHARE
        self.waiting_for = self.waiting_for + elapsed if waits else 0.0
        return self.waiting_for > WAITED_OVER_S and waited_s > elapsed * WAITED_FOR_ITSELF
