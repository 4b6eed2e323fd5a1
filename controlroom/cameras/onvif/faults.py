"""Turns every failure of a camera into a DeviceFault whose plain words name the camera."""

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from urllib3.exceptions import ReadTimeoutError

from controlroom.cameras.devices import PASSING, DeviceAddress, DeviceFault, FaultKind
from controlroom.cameras.onvif.limited_http import (
    CertificateChangedError,
    HostUnknownError,
    NotEncryptedError,
    SilentError,
    TooLargeError,
    UnwantedError,
)
from controlroom.cameras.onvif.safe_xml import Node, text_of, tidy

SUSPECT_DRIFT_S = 5.0  # Hikvision and Axis refuse logins whose time is 5 to 20 s off
_BUSY = re.compile(r"(?i)\b(busy|too many|exhaust|maxsessions|resource)")
_REFUSED = re.compile(
    r"(?i)(not ?authori[sz]ed|authenticat|authority failure|unauthori[sz]ed|password|credential|user ?name|log ?in)"
)
_UNSUPPORTED = re.compile(r"(?i)(notsupported|not supported|not implemented|not recognized|unknownaction)")
_NAME_IN_USE = re.compile(r"(?i)(PresetExist|name[^.]{0,20} (already )?exist)")
_SPOKEN = {
    "GetSystemDateAndTime": "telling the time",
    "GetDeviceInformation": "telling its make and model",
    "GetProfiles": "listing its pictures",
    "GetStreamUri": "a stream address",
    "GetSnapshotUri": "a snapshot address",
    "ContinuousMove": "moving",
    "GetPresets": "listing presets",
    "GotoPreset": "going to a preset",
    "SetPreset": "storing a preset",
    "GetStatus": "telling where it points",
    "RemovePreset": "removing a preset",
    "GotoHomePosition": "going home",
    "SetHomePosition": "storing its home",
    "SendAuxiliaryCommand": "an auxiliary command",
    "RelativeMove": "moving by a distance",
    "AbsoluteMove": "moving to a place",
    "Move": "moving the focus",
    "Stop": "stopping",
    "SetImagingSettings": "setting focus or iris",
}


@dataclass(frozen=True)
class SoapFault:
    """A SOAP fault as far as it could be read: codes from general to special, and the camera's own words."""

    codes: tuple[str, ...]
    reason: str

    @classmethod
    def read(cls, node: Node) -> "SoapFault":
        """Read a SOAP 1.1 or 1.2 fault, however incomplete."""
        codes = [_local(text) for text in node.itertext("{*}Value", "{*}faultcode") if text and text.strip()]
        paths = (".//{*}Reason/{*}Text", ".//{*}Text", ".//{*}faultstring")
        reason = next((text for path in paths if (text := text_of(node, path))), "")
        return cls(tuple(codes), tidy(reason, 160))

    @property
    def kind(self) -> FaultKind:
        """Classify the fault by its codes."""
        text = " ".join((*self.codes, self.reason))
        if _REFUSED.search(text):
            return FaultKind.NOT_AUTHORISED
        if _NAME_IN_USE.search(text):
            return FaultKind.NAME_IN_USE
        if _UNSUPPORTED.search(text):
            return FaultKind.NOT_SUPPORTED
        if _BUSY.search(text):
            return FaultKind.BUSY
        if self.codes and self.codes[0] in ("Receiver", "Server"):
            return FaultKind.FAILED
        return FaultKind.BAD_ARGUMENT


class FaultWriter:
    """Writes the faults of one camera."""

    def __init__(self, address: DeviceAddress) -> None:
        self._title = address.title

    def from_transport(self, error: BaseException) -> DeviceFault:
        """Describe a failure of the connection, as `limited_http` raises it."""
        causes = tuple(_causes(error))
        for cause in causes:
            if (known := self._from_cause(cause)) is not None:
                return known
        if isinstance(error, requests.ConnectTimeout):
            return self.unreachable("no answer")
        if _any(causes, requests.Timeout, ReadTimeoutError, TimeoutError):
            return self.timed_out()
        if isinstance(error, TooLargeError):
            return self.not_onvif("its answer is far too large")
        if isinstance(error, UnwantedError):
            return self.not_onvif(str(error))
        if _any(causes, http.client.BadStatusLine) and not _any(causes, ConnectionError):
            return self.not_onvif("something other than a web service answers")
        if _any(causes, ConnectionRefusedError):
            return self.unreachable("nothing is listening there")
        if _any(causes, ConnectionError, http.client.HTTPException):
            return self.unreachable("it closed the connection")
        return self.unreachable("no way there")

    def _from_cause(self, cause: BaseException) -> DeviceFault | None:
        """Describe what `limited_http` found out by itself."""
        match cause:
            case HostUnknownError():
                return self.unreachable(str(cause))
            case CertificateChangedError():
                return self.certificate_changed()
            case NotEncryptedError():
                return self.not_encrypted()
            case SilentError():
                return self.timed_out()
            case _:
                return None

    def unreachable(self, reason: str) -> DeviceFault:
        """Describe a camera that does not answer."""
        return DeviceFault(
            FaultKind.UNREACHABLE,
            f"{self._title} cannot be reached: {reason}.",
            "It may be off, unplugged, or at another address or port.",
            "Check its power and network, then the address and port.",
        )

    def https_only(self, port: int) -> DeviceFault:
        """Describe a camera that refuses HTTP, where HTTPS answers."""
        return DeviceFault(
            FaultKind.HTTPS_ONLY,
            f"{self._title} answers by HTTPS only, at port {port}.",
            "Nothing was sent to it yet. Its certificate is its own, and is remembered from the first time on.",
            "Ask it over HTTPS.",
        )

    def not_encrypted(self) -> DeviceFault:
        """Describe a device that does not speak HTTPS."""
        return DeviceFault(
            FaultKind.NOT_ONVIF,
            f"{self._title} does not speak HTTPS.",
            "Nothing was sent to it.",
            "Check the port, or ask it without HTTPS.",
        )

    def certificate_changed(self) -> DeviceFault:
        """Describe a device that is not the one it was, as far as its certificate says."""
        return DeviceFault(
            FaultKind.CERTIFICATE_CHANGED,
            f"{self._title} shows another certificate than before.",
            "It was reset or replaced, or something else answers in its place; nothing was sent to it.",
            "Find out which, then trust the new one on the Cameras page (C).",
        )

    def timed_out(self) -> DeviceFault:
        """Describe a camera that connected and then sent nothing, or too slowly."""
        return DeviceFault(
            FaultKind.TIMED_OUT,
            f"{self._title} accepts the connection but does not answer in time.",
            "It may be starting up, overloaded or hung.",
            "Try again in a minute; if it stays silent, restart the camera.",
        )

    def not_onvif(self, reason: str) -> DeviceFault:
        """Describe something that answers but is no ONVIF device."""
        return DeviceFault(
            FaultKind.NOT_ONVIF,
            f"{self._title} does not speak ONVIF: {reason}.",
            "It may be another device, or ONVIF may be switched off in the camera.",
            "Check the port, and that ONVIF is enabled in the camera's own settings.",
        )

    def refused(
        self, drift_s: float | None, said: str = "", *, in_doubt: bool = False, looks_again: bool = False
    ) -> DeviceFault:
        """Describe a refused login, with what the camera said; a clock that is far off is named as the likely cause.

        `in_doubt`: it may have meant something else, but it never let us in before; `looks_again`: most likely so.
        """
        words = f" It said: “{said}”." if said and not in_doubt else ""
        if drift_s is not None and abs(drift_s) > SUSPECT_DRIFT_S:
            way = "ahead" if drift_s > 0 else "behind"
            return DeviceFault(
                FaultKind.CLOCK_SKEW,
                f"{self._title} refused the login, and its clock is {spoken(abs(drift_s))} {way}.{words}",
                "Cameras refuse logins when clocks disagree; it will not be tried again by itself.",
                "Set the camera's clock, check user name and password, then try again.",
            )
        if in_doubt:
            again = "It will not be tried again by itself."
            if looks_again:
                again = "Lest the account be locked, it is not tried again soon."
            return DeviceFault(
                FaultKind.NOT_AUTHORISED,
                said,
                f"It has never accepted this login, so that may be the reason. {again}",
                "Check user name and password (some cameras keep a separate ONVIF user), then try again.",
            )
        return DeviceFault(
            FaultKind.NOT_AUTHORISED,
            f"{self._title} refused the user name or password.{words}",
            "It will not be tried again by itself: cameras lock an account after a few wrong attempts.",
            "Check user name and password (some cameras keep a separate ONVIF user), then try again.",
        )

    def login_missing(self) -> DeviceFault:
        """Describe a camera that wants a login where none was given."""
        return DeviceFault(
            FaultKind.NOT_AUTHORISED,
            f"{self._title} wants a login, and no user name is set for it.",
            "",
            "Enter the user name and password of an ONVIF user of the camera.",
        )

    def failed(self, operation: str, status: int) -> DeviceFault:
        """Describe an answer that is an HTTP error and nothing else: 4xx is what we asked, 5xx the camera itself."""
        ours = status < 500
        return DeviceFault(
            FaultKind.BAD_ARGUMENT if ours else FaultKind.FAILED,
            f"{self._title} {'did not accept' if ours else 'failed at'} {in_words(operation)} (HTTP {status}).",
            "" if ours else "The fault is in the camera: its other functions may work.",
            "" if ours else "Try again in a moment; if it stays, restart the camera.",
        )

    def not_permitted(self, operation: str, said: str = "") -> DeviceFault:
        """Describe a login that was accepted before, but not for this (Dahua also says 401 when out of connections)."""
        words = f" It said: “{said}”." if said else ""
        return DeviceFault(
            FaultKind.NOT_AUTHORISED,
            f"{self._title} refused {in_words(operation)} to this user, whom it had let in before.{words}",
            "The account may lack the right, have a new password, or the camera is out of connections.",
            "Check the account's rights in the camera, then connect again.",
        )

    def from_soap(self, fault: SoapFault, operation: str) -> DeviceFault:
        """Describe a request the camera understood and rejected (for logins see `refused`)."""
        spoken_of = in_words(operation)
        said = f" It said: “{fault.reason}”." if fault.reason else ""
        if fault.kind is FaultKind.NOT_SUPPORTED:
            return self.not_supported(operation)
        if fault.kind in PASSING:
            what = f"{self._title} could not do this now: {spoken_of}.{said}"
            return DeviceFault(fault.kind, what, remedy="Try again in a moment.")
        if fault.kind is FaultKind.NAME_IN_USE:
            return self.name_in_use()
        return DeviceFault(fault.kind, f"{self._title} did not accept this: {spoken_of}.{said}")

    def name_in_use(self) -> DeviceFault:
        """Describe a preset name that is stored already (ONVIF: PresetExist)."""
        return DeviceFault(
            FaultKind.NAME_IN_USE,
            f"{self._title} has a preset of that name already.",
            "Nothing was changed.",
            "Choose another name.",
        )

    def stored_another(self, name: str) -> DeviceFault:
        """Describe a preset that was to be renamed, where the camera stored a second one instead."""
        return DeviceFault(
            FaultKind.NOT_SUPPORTED,
            f"{self._title} does not rename presets: it stored “{name}” as another preset.",
            "It lists both now, at the same place.",
            "Remove the one that is not wanted.",
        )

    def preset_gone(self) -> DeviceFault:
        """Describe a preset that somebody else removed meanwhile."""
        return DeviceFault(
            FaultKind.BAD_ARGUMENT,
            f"{self._title} does not list that preset any more.",
            "Somebody may have removed it.",
        )

    def busy(self, operation: str) -> DeviceFault:
        """Describe a busy camera (HTTP 429 or 503)."""
        return DeviceFault(
            FaultKind.BUSY,
            f"{self._title} is too busy for {in_words(operation)}.",
            "It may have too many viewers, or be starting up.",
            "Try again in a moment.",
        )

    def not_now(self, operation: str) -> DeviceFault:
        """Describe what the camera did before and now has no service for: its web server is up, the rest not yet."""
        return DeviceFault(
            FaultKind.BUSY,
            f"{self._title} does not answer to {in_words(operation)} now, as it did before.",
            "It is probably starting up.",
            "Try again in a moment.",
        )

    def not_supported(self, operation: str) -> DeviceFault:
        """Describe a function the camera does not have."""
        return DeviceFault(FaultKind.NOT_SUPPORTED, f"{self._title} does not offer {in_words(operation)}.")


def in_words(operation: str) -> str:
    """Name what an operation is for, where there is a plain word for it."""
    return _SPOKEN.get(operation, operation)


def spoken(seconds: float) -> str:
    """Write a clock difference in words: `12 s`, `4 min`, `3 h`, `5 days`."""
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield `error`, the errors wrapped in its arguments, and those it was raised from."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]


def _any(causes: tuple[BaseException, ...], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _local(text: str) -> str:
    return text.strip().rsplit(":", 1)[-1]
