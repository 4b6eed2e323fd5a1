"""Says what of a camera's own report the register stores."""

from contextlib import suppress
from dataclasses import dataclass

from controlroom.cameras.devices import DeviceReport, StreamProfile, place_of_stream
from controlroom.errors import InvalidInput

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
    if profile is not None:
        with suppress(InvalidInput):
            at = place_of_stream(profile.stream_url)[0]
            return profile.stream_url if at.casefold() == host.casefold() else ""
    return ""
