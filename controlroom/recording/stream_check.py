"""Checks cameras by their stream: those without ONVIF whether it is there and lets us in, encrypted ones by their
certificate.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from controlroom.cameras.devices import DeviceFault, FaultKind, HealthReport, place_of_stream
from controlroom.cameras.rules import encrypted_one
from controlroom.device_tls import shown_at
from controlroom.errors import InvalidInput
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, checked
from controlroom.video.sources.logins import LoginAttempts
from controlroom.video.sources.probe import ANSWER_WITHIN_S, probe

CHECKS_AT_ONCE = 4
_WITHOUT_US = frozenset({StreamFault.REFUSED_PASSWORD, StreamFault.PASSWORD_IN_CLEAR})
_IS_THERE = _WITHOUT_US | {StreamFault.BUSY}  # whoever asks for a login is there


class StreamChecker:
    """Asks for a stream's description, as a player does, and opens nothing. Futures fail with DeviceFault."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(CHECKS_AT_ONCE, thread_name_prefix="stream check")
        self._logins = LoginAttempts()

    def check(self, stream: StreamAddress, *, sign: bool, name: str = "The camera") -> "Future[HealthReport]":
        """Check one stream; with `sign`, also try its login, once.

        Over an encrypted line the login is sent once the certificate is the one the camera is known by: not while none
        is known yet, and never to another.
        """
        unknown = encrypted_one(stream.url) and not stream.certificate
        return self._threads.submit(_check, _Asked(stream, name), self._logins, sign=sign and not unknown)

    def compare(
        self, answer: "Future[HealthReport]", stream: StreamAddress, name: str
    ) -> "Future[HealthReport]":
        """Wait for a camera's own answer, and then look at the certificate of its encrypted stream."""
        return self._threads.submit(_compare, answer, _Asked(stream, name))

    def close(self) -> None:
        """Wait for nothing; checks under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class _Asked:
    stream: StreamAddress
    name: str

    def changed(self) -> DeviceFault:
        return DeviceFault(
            FaultKind.CERTIFICATE_CHANGED,
            f"{self.name} shows another certificate with its stream than before.",
            "It was reset or replaced, or something else answers in its place; no password was sent to it.",
            "Find out which, then look at the new one on the Cameras page (C).",
        )


def _check(asked: _Asked, logins: LoginAttempts, *, sign: bool) -> HealthReport:
    began = time.monotonic()
    login: bool | None = True if sign else None
    detail = certificate = ""
    try:
        address = checked(asked.stream)
        address = address if sign else replace(address, username="", password="")
        certificate = probe(address, ANSWER_WITHIN_S, logins).certificate
    except StreamError as error:
        if error.fault is StreamFault.CERTIFICATE_CHANGED:
            raise asked.changed() from error
        if error.fault not in _IS_THERE:
            kind = FaultKind.UNREACHABLE if error.fault is StreamFault.UNREACHABLE else FaultKind.TIMED_OUT
            raise DeviceFault(kind, error.what, error.meaning, error.remedy) from error
        login, detail, certificate = None, "", error.certificate
        if sign and error.fault in _WITHOUT_US:
            login, detail = False, str(error)
    except InvalidInput as error:
        raise DeviceFault(FaultKind.UNREACHABLE, error.what, error.meaning, error.remedy) from error
    answer_ms = round((time.monotonic() - began) * 1000, 1)
    return HealthReport(answer_ms, login=login, detail=detail, stream_certificate=certificate)


def _compare(answer: "Future[HealthReport]", asked: _Asked) -> HealthReport:
    report = answer.result()
    try:
        shown = _shown(checked(asked.stream))
    except (InvalidInput, StreamError):  # of an old register: the desks say what is wrong with it
        shown = ""
    if shown and asked.stream.certificate not in ("", shown):
        raise asked.changed()
    return replace(report, stream_certificate=shown)


def _shown(address: StreamAddress) -> str:
    """Return the certificate shown at a checked address; "" where none is."""
    host, port = place_of_stream(address.url)
    return shown_at(host, port).certificate
