"""Puts into words what a tile says about its picture, from the stream's status and the picture's age. Pure.

A tile never lies: a picture that is too old is veiled and dated whatever the stream claims.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from controlroom.clock import show_time
from controlroom.video.records import StreamFault, StreamState, StreamStatus
from controlroom.video.rules import state_from_age


@dataclass(frozen=True)
class TileWords:
    """One tile's text. `state` is a theme state; `headline` and `detail` stand where no picture is.

    `rate` and `age` stand at the caption's right ("15 fps", by UDP "15 fps UDP", and "70 ms"), `foot` in the pill,
    `short` in the list.
    """

    state: str
    rate: str = ""
    age: str = ""
    foot: str = ""
    headline: str = ""
    detail: str = ""
    short: str = ""
    veiled: bool = False
    has_picture: bool = True

    @property
    def live(self) -> bool:
        return self.state == "live"


WAITING = "waiting for a key picture"
NOTHING = TileWords("idle", has_picture=False)


# What a tile says of a camera nothing is asked of until somebody acts: about the camera, and shortly.
REFUSALS: Mapping[StreamFault | None, tuple[str, str]] = {
    StreamFault.REFUSED_PASSWORD: ("refused the login", "login refused"),
    StreamFault.PASSWORD_IN_CLEAR: ("asks for a readable password", "password not sent"),
    StreamFault.CERTIFICATE_CHANGED: ("shows another certificate", "certificate changed"),
}


def words(
    number: str,
    status: StreamStatus,
    now: float,
    wall_time: datetime,
    *,
    at: float | None,
    has_picture: bool = True,
    oldest_s: float = 0.0,
) -> TileWords:
    """The words of camera `number`'s tile; `now` in monotonic seconds, `wall_time` the same moment, aware.

    `at` is when the picture on the tile was decoded, None where none ever was; `oldest_s` how old pictures became
    before the next one replaced them, since these words were last asked for.
    """
    age = None if at is None else max(0.0, now - at)
    without = partial(TileWords, detail=status.detail, has_picture=False)
    if status.state is StreamState.REFUSED:
        what, why = REFUSALS.get(status.fault, ("cannot be opened", "not opened"))
        headline = f"Camera {number} {what}"
        return without("alarm", foot=f"{why}, not tried again", headline=headline, short="refused")
    state = state_from_age(age) if age is not None else None
    if age is not None and state is StreamState.LIVE and has_picture:
        rate = f"{status.fps:.0f} fps" if status.fps >= 0.5 else ""
        if status.transport == "udp":  # a picture by UDP may have faults that the camera did not make
            rate = f"{rate} UDP".strip()
        return TileWords("live", rate=rate, age=show_age(max(age, oldest_s)))
    nothing = f"No picture from camera {number}"
    if age is not None and state is StreamState.STALLED:
        short = f"stalled {age:.0f} s"
        foot = f"{short}, last picture {show_time(wall_time - timedelta(seconds=age), seconds=True)}"
        shown = without("warn", foot=foot, short=short, headline=nothing)
        return replace(shown, veiled=True, has_picture=has_picture)
    if (status.state is StreamState.CONNECTING and age is None) or state is StreamState.LIVE:
        detail = "" if status.detail == "Connecting." else status.detail
        if status.fault is StreamFault.AWAITING_KEY:
            headline = f"Camera {number} sends, waiting for a key picture"
            return without("idle", headline=headline, detail=_after_first_sentence(detail), short=WAITING)
        return without("idle", headline=f"Connecting to camera {number}", detail=detail, short="connecting")
    if status.state is StreamState.STOPPED:  # nobody tries: it is no fault
        return without("idle", foot="not connected", headline=f"Camera {number} is not connected")
    since = "offline" if age is None else f"offline {duration(age)}"
    if status.fault is StreamFault.AWAITING_KEY:
        return without("alarm", foot=f"{since}, {WAITING}", headline=nothing, short=since)
    return without("alarm", foot=since + _retry(status.retry_in_s), headline=nothing, short=since)


def _after_first_sentence(detail: str) -> str:
    """The headline says the first sentence already."""
    return detail.partition(". ")[2]


def show_age(seconds: float) -> str:
    """`70 ms` below a second, `1.4 s` above it; in steps that can be read."""
    if seconds < 0.995:
        return f"{max(10, round(seconds * 100) * 10)} ms"
    return f"{seconds:.1f} s"


def duration(seconds: float) -> str:
    """`45 s`, `4 min`, `3 h`, `2 d`: as coarse as it is long."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def _retry(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f", retry in {round(seconds)} s" if seconds >= 0.5 else ", trying now"
