"""Asking a camera everything the program wants to know about it."""

from dataclasses import dataclass

from controlroom.cameras.devices import (
    DRIFT_WARNING_S,
    DeviceAddress,
    DeviceFault,
    DeviceReport,
    FaultKind,
    StreamProfile,
)
from controlroom.cameras.onvif.faults import spoken
from controlroom.cameras.onvif.head_facts import HeadFacts, learn_head
from controlroom.cameras.onvif.markup import text_of, tidy
from controlroom.cameras.onvif.media import GONE, MediaProfile, read_profiles, with_addresses
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service
from controlroom.clock import Clock

CONTACT_S = 4.8  # what must succeed, in all: a failure is told within five seconds
DETAIL_S = 12.0  # what may be missing, in all: fails into a warning
EVENTS = "http://www.onvif.org/ver10/events/wsdl"


@dataclass(frozen=True)
class Contact:
    """What the first five seconds tell: who it is and its profiles, not yet their addresses."""

    make: str
    model: str
    firmware: str
    serial: str
    media: Service
    profiles: list[MediaProfile]


def probe(address: DeviceAddress, *, clock: Clock | None = None) -> DeviceReport:
    """Everything about the camera at `address`; raises DeviceFault within five seconds.

    What is missing beyond the essential (clock, login, profiles) becomes a warning of the report.
    """
    session = CameraSession(address, clock=clock)
    try:
        contact = make_contact(session)
        return _report(session, contact)
    finally:
        session.close()


def make_contact(session: CameraSession) -> Contact:
    """Clock, login, services and profiles, within `CONTACT_S`; raises DeviceFault."""
    with session.within(CONTACT_S):
        session.read_clock()
        make, model, firmware, serial = _information(session)
        session.find_services()
        media, profiles = read_profiles(session)
    return Contact(make, model, firmware, serial, media, profiles)


def _information(session: CameraSession) -> tuple[str, str, str, str]:
    try:
        answer = session.call(Service.DEVICE, "GetDeviceInformation")
    except DeviceFault as fault:
        if fault.kind not in (FaultKind.NOT_SUPPORTED, FaultKind.BAD_ARGUMENT, FaultKind.BUSY):
            raise
        return "", "", "", ""
    make, model, firmware, serial = (
        tidy(text_of(answer, f"{{*}}{name}"), 80)
        for name in ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
    )
    return make, model, firmware, serial


def _report(session: CameraSession, contact: Contact) -> DeviceReport:
    warnings = _clock_warnings(session)
    profiles = [profile.record for profile in contact.profiles]
    facts: HeadFacts | None = None
    focus = iris = False
    try:
        with session.within(DETAIL_S):
            _find_streams(session, contact, profiles, warnings)
            facts = learn_head(session, contact.profiles, contact.make)
            focus, iris = _lens(session, contact.profiles)
    except DeviceFault as fault:
        if session.login.refused:
            raise
        warnings.append(f"Not everything could be asked. {fault.what}")
    else:
        if facts is None and session.offers(Service.PTZ):
            warnings.append("The camera offers PTZ, but none of its profiles can be steered.")
    return DeviceReport(
        make=contact.make,
        model=contact.model,
        firmware=contact.firmware,
        serial=contact.serial,
        services={_short(name): address for name, address in session.offered.items()},
        profiles=tuple(profiles),
        ptz=facts.abilities if facts is not None else None,
        clock_drift_s=session.login.clock.drift_s,
        warnings=tuple(warnings),
        focus=focus,
        iris=iris,
        snapshot=any(profile.snapshot_url for profile in profiles),
        events=EVENTS in session.offered,
    )


def _clock_warnings(session: CameraSession) -> list[str]:
    drift = session.login.clock.drift_s
    if drift is None:
        return ["The camera does not tell the time, so its clock cannot be checked."]
    if abs(drift) <= DRIFT_WARNING_S:
        return []
    way = "ahead" if drift > 0 else "behind"
    return [f"The camera's clock is {spoken(abs(drift))} {way}. Set it, or its pictures are dated wrongly."]


def _find_streams(
    session: CameraSession, contact: Contact, profiles: list[StreamProfile], warnings: list[str]
) -> None:
    if not profiles:
        warnings.append("The camera lists no media profiles, so it has no pictures to show.")
    for index, profile in enumerate(contact.profiles):
        complete, warning = with_addresses(session, contact.media, profile)
        profiles[index] = complete.record
        if warning:
            warnings.append(warning)


def _lens(session: CameraSession, profiles: list[MediaProfile]) -> tuple[bool, bool]:
    """Whether focus and iris can be set; unknown counts as no."""
    source = next((profile.source_token for profile in profiles if profile.source_token), "")
    if not source or not session.offers(Service.IMAGING):
        return False, False
    found = []
    for operation, path in (("GetMoveOptions", ".//{*}Continuous"), ("GetOptions", ".//{*}Exposure/{*}Iris")):
        try:
            answer = session.call(Service.IMAGING, operation, VideoSourceToken=source)
        except DeviceFault as fault:
            if fault.kind in GONE:
                raise
            found.append(False)
        else:
            found.append(answer.find(path) is not None)
    return found[0], found[1]


def _short(namespace: str) -> str:
    """`http://www.onvif.org/ver20/media/wsdl` → `media2`; a maker's own service keeps its whole name."""
    parts = namespace.rstrip("/").split("/")
    if len(parts) < 5 or parts[2] != "www.onvif.org":
        return tidy(namespace, 120)
    return "media2" if parts[3:5] == ["ver20", "media"] else tidy(parts[4], 40)
