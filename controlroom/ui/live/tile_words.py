"""What a tile says about its picture: pure, from the stream's status and the monotonic clock.

A tile never lies: a picture older than `STALLED_S` is veiled and dated whatever the stream claims.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from controlroom.clock import show_time
from controlroom.video.records import StreamState, StreamStatus

STALLED_S = 2.0
OFFLINE_S = 10.0


@dataclass(frozen=True)
class TileWords:
    """One tile's text. `state` is a theme state; `headline` and `detail` stand where no picture is."""

    state: str
    right: str = ""
    foot: str = ""
    headline: str = ""
    detail: str = ""
    veiled: bool = False
    has_picture: bool = True

    @property
    def live(self) -> bool:
        """True when the picture is live."""
        return self.state == "live"


def words(number: str, status: StreamStatus, now: float, wall_time: datetime) -> TileWords:
    """The words of camera `number`'s tile; `now` in monotonic seconds, `wall_time` the same moment, aware."""
    age = None if status.last_picture_at is None else max(0.0, now - status.last_picture_at)
    if status.state is StreamState.REFUSED:
        return TileWords(
            "alarm",
            foot="login refused, not tried again",
            headline=f"Camera {number} refused the login",
            detail=status.detail,
            has_picture=False,
        )
    if age is not None and age < STALLED_S and status.state in (StreamState.LIVE, StreamState.CONNECTING):
        return TileWords("live", right=f"{age:.1f} s")
    if age is not None and age < OFFLINE_S:
        seen = show_time(wall_time - timedelta(seconds=age), seconds=True)
        return TileWords("warn", foot=f"stalled {age:.0f} s, last picture {seen}", veiled=True)
    if status.state is StreamState.CONNECTING and age is None:
        return TileWords("idle", headline=f"Connecting to {number}", detail=status.detail, has_picture=False)
    retry = "" if status.retry_in_s is None else f", retry in {max(0, round(status.retry_in_s))} s"
    since = "offline" if age is None else f"offline {duration(age)}"
    return TileWords(
        "alarm",
        foot=f"{since}{retry}",
        headline=f"No picture from camera {number}",
        detail=status.detail,
        has_picture=False,
    )


def duration(seconds: float) -> str:
    """`45 s`, `4 min`, `3 h`, `2 d`: as coarse as it is long."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"
