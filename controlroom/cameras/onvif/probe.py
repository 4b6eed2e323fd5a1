"""Asks a camera everything the program wants to know about it, or only whether it is there."""

import time
from dataclasses import dataclass

from controlroom.cameras.devices import (
    DRIFT_WARNING_S,
    PASSING,
    REFUSED_LOGIN,
    DeviceAddress,
    DeviceFault,
    DeviceReport,
    DiscoveredDevice,
    FaultKind,
    HealthReport,
    StreamProfile,
)
from controlroom.cameras.onvif.faults import spoken
from controlroom.cameras.onvif.https_only import at_https, explained, may_be_https_only
from controlroom.cameras.onvif.imaging import read_lens_options
from controlroom.cameras.onvif.media import (
    MOST_PROFILES,
    MediaProfile,
    read_profiles,
    source_of,
    with_addresses,
)
from controlroom.cameras.onvif.ptz_capabilities import PtzCapabilities, read_ptz_capabilities
from controlroom.cameras.onvif.safe_xml import text_of, tidy
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service
from controlroom.clock import Clock

BASICS_S = (
    20.0  # what must succeed, in all: over a mobile network a call may take 1.7 s; one alone has `CALL_S`
)
DETAIL_S = 60.0  # what may be missing, in all: fails into a warning
HEALTH_S = 4.5  # a health check in all
ONCE_S = 3.0  # for the one answer of `ask_once`
EVENTS = "http://www.onvif.org/ver10/events/wsdl"


@dataclass(frozen=True)
class DeviceBasics:
    """What is read first: make, model and profiles, but not yet the streams' addresses."""

    make: str
    model: str
    firmware: str
    serial: str
    media: Service
    profiles: list[MediaProfile]
    profiles_listed: int
    """By the camera; `profiles` are the first `MOST_PROFILES` of them."""


def probe(address: DeviceAddress, *, clock: Clock | None = None) -> DeviceReport:
    """Report everything about the camera at `address`; raises DeviceFault, within five seconds if it is silent.

    Whatever is missing beyond the essentials (clock, login, profiles) becomes a warning in the report.
    """
    session = CameraSession(address, clock=clock)
    try:
        try:
            basics = read_basics(session)
        except DeviceFault as fault:
            raise explained(fault, address) from fault
        return _report(session, basics)
    finally:
        session.close()


def read_basics(session: CameraSession) -> DeviceBasics:
    """Read clock, login, services and profiles within `BASICS_S`; raises DeviceFault."""
    with session.within(BASICS_S):
        session.read_clock()
        make, model, firmware, serial = _information(session)
        session.find_services()
        media, profiles = read_profiles(session)
    return DeviceBasics(make, model, firmware, serial, media, profiles[:MOST_PROFILES], len(profiles))


def _information(session: CameraSession) -> tuple[str, str, str, str]:
    try:
        answer = session.call(Service.DEVICE, "GetDeviceInformation")
    except DeviceFault as fault:
        if fault.kind not in PASSING | {FaultKind.NOT_SUPPORTED, FaultKind.BAD_ARGUMENT}:
            raise
        return "", "", "", ""
    make, model, firmware, serial = (
        tidy(text_of(answer, f"{{*}}{name}"), 80)
        for name in ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
    )
    return make, model, firmware, serial


def _report(session: CameraSession, basics: DeviceBasics) -> DeviceReport:
    warnings = _clock_warnings(session)
    profiles = [profile.record for profile in basics.profiles]
    capabilities: PtzCapabilities | None = None
    focus = iris = False
    try:
        with session.within(DETAIL_S):
            _find_streams(session, basics, profiles, warnings)
            capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
            focus, iris = _lens(session, basics.profiles)
    except DeviceFault as fault:
        if session.login.refused:
            raise
        warnings.append(f"Not everything could be asked. {fault.what}")
    else:
        if capabilities is None and session.offers(Service.PTZ):
            warnings.append("The camera offers PTZ, but none of its profiles can be steered.")
    return DeviceReport(
        make=basics.make,
        model=basics.model,
        firmware=basics.firmware,
        serial=basics.serial,
        services={_short(name): address for name, address in session.offered.items()},
        profiles=tuple(profiles),
        ptz=capabilities.abilities if capabilities is not None else None,
        clock_drift_s=session.login.clock.drift_s,
        warnings=tuple(warnings),
        focus=focus,
        iris=iris,
        snapshot=any(profile.snapshot_url for profile in profiles),
        events=EVENTS in session.offered,
        certificate=session.certificate,
    )


def _clock_warnings(session: CameraSession) -> list[str]:
    drift = session.login.clock.drift_s
    if drift is None:
        return ["The camera does not tell the time, so its clock cannot be checked."]
    if abs(drift) <= DRIFT_WARNING_S:
        return []
    way = "ahead" if drift > 0 else "behind"
    if session.login.clock.tells_local_time:
        return [
            f"The camera tells its local time as UTC, {spoken(abs(drift))} {way}. "
            "Set its time zone, or its pictures are dated wrongly."
        ]
    return [f"The camera's clock is {spoken(abs(drift))} {way}. Set it, or its pictures are dated wrongly."]


def _find_streams(
    session: CameraSession, basics: DeviceBasics, profiles: list[StreamProfile], warnings: list[str]
) -> None:
    if not profiles:
        warnings.append("The camera lists no media profiles, so it has no pictures to show.")
    if basics.profiles_listed > len(profiles):
        warnings.append(
            f"The camera lists {basics.profiles_listed} profiles; the first {len(profiles)} were read."
        )
    for index, profile in enumerate(basics.profiles):
        complete, warning = with_addresses(session, basics.media, profile)
        profiles[index] = complete.record
        if warning:
            warnings.append(warning)


def _lens(session: CameraSession, profiles: list[MediaProfile]) -> tuple[bool, bool]:
    """Return whether focus and iris can be set; unknown counts as no."""
    options = read_lens_options(session, source_of(profiles))
    return options is not None and options.focus_speed is not None, bool(options and options.iris)


def _short(namespace: str) -> str:
    """Shorten a namespace: `http://www.onvif.org/ver20/media/wsdl` → `media2`. A maker's own service remains whole."""
    parts = namespace.rstrip("/").split("/")
    if len(parts) < 5 or parts[2] != "www.onvif.org":
        return tidy(namespace, 120)
    return "media2" if parts[3:5] == ["ver20", "media"] else tidy(parts[4], 40)


def ask_once(host: str, port: int) -> DiscoveredDevice | None:
    """Ask whatever is at an address for make and model, without a login; None when no camera answers.

    It is asked once by HTTP, and once over HTTPS where it speaks nothing else (beside port 80 at 443). A camera that
    wants a login for it is found all the same.
    """
    address = DeviceAddress(host, port)
    try:
        return _make_and_model(address)
    except DeviceFault as fault:
        secure = at_https(address) if may_be_https_only(fault, address) else None
        if secure is None:
            return DiscoveredDevice(host, port) if _is_onvif(fault) else None
    try:
        return _make_and_model(secure)
    except DeviceFault as fault:
        return DiscoveredDevice(host, secure.port, secure=True) if _is_onvif(fault) else None


def _make_and_model(address: DeviceAddress) -> DiscoveredDevice:
    session = CameraSession(address)
    try:
        answer = session.call(Service.DEVICE, "GetDeviceInformation", signed=False, seconds=ONCE_S)
    finally:
        session.close()
    make, model = (tidy(text_of(answer, f"{{*}}{name}"), 80) for name in ("Manufacturer", "Model"))
    name = f"{make} {model}".strip()
    return DiscoveredDevice(address.host, address.port, name, model, make=make, secure=address.secure)


def _is_onvif(fault: DeviceFault) -> bool:
    return fault.kind in REFUSED_LOGIN | {FaultKind.NOT_SUPPORTED, FaultKind.BAD_ARGUMENT}


def check_health(address: DeviceAddress, *, sign: bool) -> HealthReport:
    """Ask the camera for the time, anonymously; with `sign`, also try the login once.

    A camera that wants a login even for the time is there too: its refusal counts as an answer. Raises DeviceFault
    when it does not answer.
    """
    session = CameraSession(address)
    if not sign:
        session.login.hold()
    try:
        with session.within(HEALTH_S):
            began = time.monotonic()
            try:
                refusal = _read_clock(session)
            except DeviceFault as fault:
                raise explained(fault, address) from fault
            answer_ms = round((time.monotonic() - began) * 1000, 1)
            if sign and not refusal:
                refusal = _try_login(session)
        taken = None if not sign else not session.login.refused
        drift_s, detail = session.login.clock.drift_s, refusal if sign else ""
        return HealthReport(answer_ms, drift_s, taken, detail, session.certificate)
    finally:
        session.close()


def _read_clock(session: CameraSession) -> str:
    """Read the clock; returns why the login was refused, "" when it was not."""
    try:
        session.read_clock()
    except DeviceFault as fault:
        if fault.kind not in REFUSED_LOGIN:
            raise
        return str(fault)
    return ""


def _try_login(session: CameraSession) -> str:
    try:
        session.call(Service.DEVICE, "GetDeviceInformation")
    except DeviceFault as fault:
        if session.login.refused:
            return str(fault)
    return ""
