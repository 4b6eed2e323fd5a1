"""A camera's health, as the recorder sees it, in a few words."""

from datetime import datetime

from controlroom.clock import local_date, show_moment, show_time
from controlroom.recording.records import CameraHealth, HealthState

_MARKS = {
    HealthState.ONLINE: "live",
    HealthState.UNKNOWN: "idle",
    HealthState.REFUSED: "warn",
    HealthState.NOT_ONVIF: "warn",
    HealthState.OFFLINE: "alarm",
    HealthState.SILENT: "alarm",
}


def health_mark(health: CameraHealth) -> str:
    """The theme's state for its mark."""
    return _MARKS[health.state]


def health_words(health: CameraHealth, now: datetime) -> str:
    """`offline since 03:12`, with the day where it was not today."""
    if health.state in (HealthState.ONLINE, HealthState.UNKNOWN):
        return health.state.value
    today = local_date(health.since) == local_date(now)
    return f"{health.state.value} since {show_time(health.since) if today else show_moment(health.since)}"
