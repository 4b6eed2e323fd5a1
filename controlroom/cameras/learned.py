"""Says what of a camera's own report the register stores."""

from dataclasses import dataclass

from controlroom.cameras.devices import DeviceReport, StreamProfile, check_stream_url
from controlroom.errors import InvalidInput
from controlroom.hosts import in_url

HEAD = ("pan_tilt", "zoom", "absolute", "relative_fov", "presets", "home", "tours", "relative")


@dataclass(frozen=True)
class Learned:
    """What a camera said of itself, as the register stores it."""

    make: str
    model: str
    has_ptz: bool
    abilities: tuple[str, ...]
    clock_drift_s: float | None
    main_stream: str = ""
    sub_stream: str = ""


def ability_names(report: DeviceReport) -> tuple[str, ...]:
    """The names of everything the camera said it can do."""
    names = [name for name in HEAD if report.ptz is not None and getattr(report.ptz, name)]
    names += [name for name in ("focus", "iris", "snapshot", "events") if getattr(report, name)]
    return tuple(names)


def learned_at(host: str, report: DeviceReport) -> Learned:
    """What is stored without a person looking: a stream at another host is left out, which would be sent the login."""
    return Learned(
        report.make,
        report.model,
        report.ptz is not None,
        ability_names(report),
        report.clock_drift_s,
        _own(host, report.main_profile),
        _own(host, report.sub_profile),
    )


def _own(host: str, profile: StreamProfile | None) -> str:
    """The stream, where it is at the camera's own address as the database too compares it: letter by letter."""
    if profile is None:
        return ""
    try:
        url, at = check_stream_url(profile.stream_url), in_url(host).casefold()
    except InvalidInput:
        return ""
    rest = url.partition("://")[2].casefold()
    own = rest.startswith(at) and rest[len(at) : len(at) + 1] in ("", ":", "/", "?", "#")
    return url if own else ""
