"""Checks cameras that have no ONVIF by their stream: whether it is there, and whether the login is accepted."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from controlroom.cameras.devices import DeviceFault, FaultKind, HealthReport
from controlroom.errors import InvalidInput
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, checked
from controlroom.video.sources.certificates import KnownCertificates
from controlroom.video.sources.logins import LoginAttempts
from controlroom.video.sources.probe import ANSWER_WITHIN_S, probe

CHECKS_AT_ONCE = 4
_IS_THERE = frozenset({StreamFault.REFUSED_PASSWORD, StreamFault.BUSY})  # whoever asks for a login is there


class StreamChecker:
    """Asks for a stream's description, as a player does, and opens nothing. Futures fail with DeviceFault."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(CHECKS_AT_ONCE, thread_name_prefix="stream check")

    def check(self, stream: StreamAddress, *, sign: bool) -> "Future[HealthReport]":
        """Check one stream; with `sign`, also try its login, once.

        Over an encrypted line no login is sent: whose certificate is right is known to the desks, not here.
        """
        encrypted = urlsplit(stream.url).scheme.lower() == "rtsps"
        return self._threads.submit(_check, stream, sign=sign and not encrypted)

    def close(self) -> None:
        """Wait for nothing; checks under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Anybody(KnownCertificates):
    """Takes every certificate, since nothing that matters is sent."""

    def check(self, address: StreamAddress, certificate: bytes) -> None:
        del address, certificate


def _check(stream: StreamAddress, *, sign: bool) -> HealthReport:
    began = time.monotonic()
    login: bool | None = True if sign else None
    detail = ""
    try:
        address = checked(stream)
        address = address if sign else replace(address, username="", password="")
        probe(address, ANSWER_WITHIN_S, LoginAttempts(), _Anybody(Path()))
    except StreamError as error:
        if error.fault not in _IS_THERE:
            kind = FaultKind.UNREACHABLE if error.fault is StreamFault.UNREACHABLE else FaultKind.TIMED_OUT
            raise DeviceFault(kind, error.what, error.meaning, error.remedy) from error
        login, detail = None, ""
        if sign and error.fault is StreamFault.REFUSED_PASSWORD:
            login, detail = False, str(error)
    except InvalidInput as error:
        raise DeviceFault(FaultKind.UNREACHABLE, error.what, error.meaning, error.remedy) from error
    return HealthReport(round((time.monotonic() - began) * 1000, 1), login=login, detail=detail)
