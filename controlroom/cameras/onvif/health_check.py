"""Checks a camera's health: does it answer, what does its clock say, and (rarely) does it accept the login?"""

import time

from controlroom.cameras.devices import REFUSED_LOGIN, DeviceAddress, DeviceFault, HealthReport
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service
from controlroom.clock import Clock

CHECK_S = 4.5


def check_health(address: DeviceAddress, *, sign: bool, clock: Clock | None = None) -> HealthReport:
    """Ask the camera for the time, anonymously; with `sign`, also try the login once.

    A camera that wants a login even for the time is there too: its refusal counts as an answer. Raises DeviceFault
    when it does not answer.
    """
    session = CameraSession(address, clock=clock)
    if not sign:
        session.login.hold()
    try:
        with session.within(CHECK_S):
            began = time.monotonic()
            refusal = _read_clock(session)
            answer_ms = round((time.monotonic() - began) * 1000, 1)
            if sign and not refusal:
                refusal = _try_login(session)
        taken = None if not sign else not session.login.refused
        return HealthReport(answer_ms, session.login.clock.drift_s, taken, refusal if sign else "")
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
