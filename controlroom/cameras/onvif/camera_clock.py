"""Tracks a camera's clock: what time it is there, and how far that is from this computer's time."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from controlroom.cameras.onvif.safe_xml import Node, text_of
from controlroom.clock import Clock, process_clock

HALF_A_SECOND = timedelta(seconds=0.5)  # cameras report whole seconds, cut off: the truth is half a second on
QUARTER_HOUR_S = 900
ZONE_SLIP_S = 60  # so far a camera's clock may be off beside its zone
# A camera whose battery is flat begins in 1970 or 2000 and compares logins with that; beyond these nothing can be true.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
# POSIX zones as cameras write them: CST6CDT,M3.2.0/2 · CST5:00:00 · EST+5:00:00EDT04:00:00 · <+03>-3
_ZONE = re.compile(
    r"^\s*(?:<[^>]+>|[A-Za-z]+)(?P<standard>[+-]?\d{1,2}(?::\d{2}){0,2})"
    r"(?:(?:<[^>]+>|[A-Za-z]+)(?P<summer>[+-]?\d{1,2}(?::\d{2}){0,2})?)?"
)


class CameraClock:
    """The camera's time: what it said once, plus what the monotonic clock has counted since."""

    def __init__(self, clock: Clock | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock or process_clock()
        self._monotonic = monotonic
        self._base: tuple[datetime, float] | None = None
        self.drift_s: float | None = None
        self.tells_local_time = False
        """It tells its local time as UTC, which its login does not go by."""

    def learn(self, camera_time: datetime, *, exact: bool = True) -> None:
        """Take over the time the camera gives now; without `exact` (an HTTP Date header) the drift stays unknown.

        A time that cannot be true is not believed: what was known before stays.
        """
        if not EARLIEST <= camera_time <= LATEST:
            return
        self._base = (camera_time, self._monotonic())
        if exact:
            self.drift_s = (camera_time - self._clock.now()).total_seconds()

    def now(self) -> datetime:
        """Return the camera's present time in UTC; this computer's time while the camera's is unknown."""
        if self._base is None or self.tells_local_time:
            return self._clock.now()
        said, at = self._base
        return said + timedelta(seconds=self._monotonic() - at)

    def take_for_local(self) -> bool:
        """Take what the camera tells for local time, if it differs from ours by whole quarter hours; only once."""
        if self.tells_local_time or self.drift_s is None:
            return False
        zone_s = QUARTER_HOUR_S * round(self.drift_s / QUARTER_HOUR_S)
        self.tells_local_time = zone_s != 0 and abs(self.drift_s - zone_s) <= ZONE_SLIP_S
        return self.tells_local_time

    def learn_from_header(self, header: str) -> None:
        """Take the time from an HTTP Date header, for cameras that tell the time only after login.

        A difference of whole quarter hours means a header in local time, which is ignored.
        """
        try:
            moment = parsedate_to_datetime(header)
        except (TypeError, ValueError, OverflowError):
            return
        if moment.tzinfo is None or not EARLIEST <= moment <= LATEST:
            return
        difference = (moment.astimezone(UTC) - self._clock.now()).total_seconds()
        beyond = abs(difference - QUARTER_HOUR_S * round(difference / QUARTER_HOUR_S))
        if abs(difference) < QUARTER_HOUR_S / 2 or beyond > ZONE_SLIP_S:
            self.learn(moment.astimezone(UTC), exact=False)


def read_moment(reply: Node) -> datetime | None:
    """Read the UTC time in a GetSystemDateAndTime reply: UTCDateTime, else LocalDateTime and zone.

    None where it says neither, or a time that cannot be true.
    """
    moment = _date_time(reply, "UTCDateTime")
    if moment is not None:
        return moment + HALF_A_SECOND
    moment = _date_time(reply, "LocalDateTime")
    summer = text_of(reply, ".//{*}DaylightSavings").lower() in ("true", "1")
    offset = zone_offset(text_of(reply, ".//{*}TZ"), summer=summer)
    return None if moment is None or offset is None else moment - offset + HALF_A_SECOND


def zone_offset(zone: str, *, summer: bool) -> timedelta | None:
    """Return how far a POSIX zone (`CST6CDT`: six hours behind) is ahead of UTC; None if it cannot be read."""
    if zone.strip().upper() in ("UTC", "GMT", "Z"):
        return timedelta(0)
    match = _ZONE.match(zone)
    if match is None:
        return None
    standard = -_hours(match["standard"])
    if not summer:
        return standard
    return -_hours(match["summer"]) if match["summer"] else standard + timedelta(hours=1)


def _hours(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    hours, minutes, seconds = (*parts, 0, 0)[:3]
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _date_time(reply: Node, name: str) -> datetime | None:
    node = reply.find(f".//{{*}}{name}")
    if node is None:
        return None
    parts = ("Year", "Month", "Day", "Hour", "Minute", "Second")
    try:
        year, month, day, hour, minute, second = (int(text_of(node, f".//{{*}}{part}")) for part in parts)
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= LATEST else None
