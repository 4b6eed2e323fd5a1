"""Makes signed calls to one camera over one connection, and turns every failure into a DeviceFault.

Each worker has a session of its own; those with one camera share login, clock and services (`another`).
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
import zeep
import zeep.exceptions
from zeep.proxy import ServiceProxy
from zeep.wsdl.utils import etree_to_string

from controlroom.cameras.devices import (
    GONE,
    PASSING,
    REFUSED_LOGIN,
    DeviceAddress,
    DeviceFault,
    FaultKind,
)
from controlroom.cameras.onvif import replies, wsdl
from controlroom.cameras.onvif.camera_clock import CameraClock, read_moment
from controlroom.cameras.onvif.faults import FaultWriter
from controlroom.cameras.onvif.limited_http import HttpReply, LimitedHttp, Pin, TooLargeError, UnwantedError
from controlroom.cameras.onvif.login import Digest, OnvifLogin, Scheme, best_digest
from controlroom.cameras.onvif.replies import LoginRefusedError
from controlroom.cameras.onvif.safe_xml import Node, local_name
from controlroom.cameras.onvif.wsdl import Service
from controlroom.clock import Clock
from controlroom.hosts import in_url

log = logging.getLogger(__name__)

CALL_S = 4.5  # one call in all, so that its failure is told within five seconds
MOST_SERVICES = 64
PROOF = "GetDeviceInformation"  # what every user of a camera may ask
DEVICE_PATH = "/onvif/device_service"  # fixed by ONVIF Core, 5.1
OTHER_WAY_MAY_WORK = PASSING | {FaultKind.NOT_SUPPORTED, FaultKind.BAD_ARGUMENT, FaultKind.NOT_ONVIF}
_SECURITY = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security"
_HTTP_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
    TooLargeError,
    UnwantedError,
)


class CameraSession:
    """A connection to one camera, for one thread at a time."""

    def __init__(
        self,
        address: DeviceAddress,
        *,
        clock: Clock | None = None,
        login: OnvifLogin | None = None,
        pin: Pin | None = None,
    ) -> None:
        self.address = address
        self.pin = (pin or Pin(address.certificate)) if address.secure else None
        self.login = login or OnvifLogin(address, CameraClock(clock))
        self.write = FaultWriter(address)
        self.services: dict[Service, str] = {Service.DEVICE: self._typed_base() + DEVICE_PATH}
        self.offered: dict[str, str] = {}
        self.inner_port: int | None = None
        self._done: set[tuple[Service, str]] = set()
        self._http = LimitedHttp(self.pin)
        self._transport = _Transport(self._http, self.login)
        self._proxies: dict[tuple[Service, str, bool], ServiceProxy] = {}
        self._until: float | None = None
        self._lock = threading.Lock()

    def another(self) -> "CameraSession":
        """Return a second connection to the same camera, for another thread."""
        other = CameraSession(self.address, login=self.login, pin=self.pin)
        other.services, other.offered, other.inner_port = self.services, self.offered, self.inner_port
        other._done = self._done
        return other

    def close(self) -> None:
        self._http.close()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give all calls inside the block `seconds` together; later ones fail as timed out without being sent."""
        before, self._until = self._until, time.monotonic() + seconds
        try:
            yield
        finally:
            self._until = before

    @property
    def certificate(self) -> str:
        """The certificate the camera showed, over HTTPS."""
        return self.pin.shown if self.pin is not None else ""

    def offers(self, service: Service) -> bool:
        """True when the camera said it has that service."""
        return service in self.services

    def call(
        self,
        service: Service,
        operation: str,
        *,
        signed: bool = True,
        seconds: float = CALL_S,
        stopping: bool = False,
        **parameters: Any,
    ) -> Node:
        """Call one operation of the camera; returns the node of its answer, raises DeviceFault.

        A refused login is remembered and not tried again by this or any other session with the camera. Before the
        camera has ever let us in, whatever else it answers may mean the password too (`OnvifLogin.note_doubt`).
        `stopping`: the call stops something, for which the login has an allowance of its own (`OnvifLogin.may_stop`).
        """
        if service not in self.services:
            raise self.write.not_supported(operation)
        if signed and not (self.login.may_stop if stopping else self.login.may_try(operation)):
            raise self._refusal(operation)
        with self._lock:
            try:
                try:
                    answer = self._ask(service, operation, signed, seconds, parameters)
                except LoginRefusedError:
                    if not (signed and self.login.takes_other_clock()):
                        raise
                    answer = self._ask(service, operation, signed, seconds, parameters)
            except LoginRefusedError as refusal:
                if signed and stopping:
                    self.login.note_stop_refused(refusal.said)
                elif signed:
                    self.login.note_refused(operation, refusal.said)
                    self._prove_login(seconds)
                raise self._refusal(operation) from None
            except DeviceFault as fault:
                if signed and self.login.note_doubt(fault):
                    raise self._refusal(operation) from fault
                raise
        if signed:
            self.login.note_accepted(operation)
        return answer

    def read_clock(self) -> None:
        """Read the camera's time: anonymously, then signed where they insist (Vivotek, Panasonic)."""
        signed = self.login.clock_for_users_only
        try:
            answer = self.call(Service.DEVICE, "GetSystemDateAndTime", signed=signed)
        except DeviceFault as fault:
            if fault.kind is FaultKind.NOT_SUPPORTED:
                return  # it does not tell the time; ours has to do
            if signed or fault.kind not in (*REFUSED_LOGIN, FaultKind.BAD_ARGUMENT):
                raise
            # Digest needs no clock; a token does, and an HTTP Date header is the best guess at the camera's
            if not self._transport.use_last_challenge():
                self.login.clock.learn_from_header(self._transport.last_date)
            answer = self.call(Service.DEVICE, "GetSystemDateAndTime")
            self.login.clock_for_users_only = True
        moment = read_moment(answer)
        if moment is not None:
            self.login.clock.learn(moment)

    def find_services(self) -> None:
        """Read which services there are: GetServices, else GetCapabilities. Host and port stay as typed."""
        try:
            answer = self.call(Service.DEVICE, "GetServices", IncludeCapability=False)
            found = dict(_services_listed(answer))
        except DeviceFault as fault:
            if fault.kind not in OTHER_WAY_MAY_WORK:
                raise
            found = {}
        if not found:
            answer = self.call(Service.DEVICE, "GetCapabilities", Category=["All"])
            found = dict(_capabilities_listed(answer))
        self.offered = {name: self.at_typed_address(address) for name, address in found.items()}
        self.inner_port = _port(found.get(wsdl.namespace(Service.DEVICE), ""))
        for service in Service:
            if service is not Service.DEVICE and wsdl.namespace(service) in self.offered:
                self.services[service] = self.offered[wsdl.namespace(service)]

    def finds(self, service: Service, usual_path: str, *, by: str) -> bool:
        """True when the camera has that service, listed or not.

        Some list it in GetCapabilities alone; others nowhere, and have it at the usual path or at that of the device.
        `by` is a question without parameters that only the service answers. Raises DeviceFault when the camera is gone.
        """
        if self.offers(service):
            return True
        listed: dict[str, str] = {}
        try:
            listed = dict(
                _capabilities_listed(self.call(Service.DEVICE, "GetCapabilities", Category=["All"]))
            )
        except DeviceFault as fault:
            if fault.kind not in OTHER_WAY_MAY_WORK:
                raise
        if (address := listed.get(wsdl.namespace(service))) is not None:
            self.services[service] = self.at_typed_address(address)
            return True
        for path in (usual_path, DEVICE_PATH):
            self.services[service] = self._typed_base() + path
            try:
                self.call(service, by)
            except DeviceFault as fault:
                del self.services[service]
                if fault.kind in GONE or self.login.refused:
                    raise
            else:
                return True
        return False

    def at_typed_address(self, address: str) -> str:
        """Return a service address with the host and port the operator typed, since cameras behind NAT give inner
        ones.
        """
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return self._typed_base() + DEVICE_PATH
        path = parts.path if parts.path.startswith("/") else "/" + parts.path
        return self._typed_base() + path + (f"?{parts.query}" if parts.query else "")

    def _typed_base(self) -> str:
        scheme = "https" if self.address.secure else "http"
        return f"{scheme}://{in_url(self.address.host)}:{self.address.port}"

    def _ask(
        self, service: Service, operation: str, signed: bool, seconds: float, parameters: dict[str, Any]
    ) -> Node:
        try:
            reply = self._send(service, operation, signed, seconds, parameters)
            answer = replies.read(reply, operation, self.write, did_before=(service, operation) in self._done)
        except (DeviceFault, LoginRefusedError):
            raise
        except Exception as error:  # whatever it was, it costs this call and nothing else
            log.exception("%s: a call failed in a way nobody foresaw", self.address.label)
            raise self.write.not_onvif(f"{type(error).__name__} at {operation}") from error
        self._done.add((service, operation))
        return answer

    def _prove_login(self, seconds: float) -> None:
        """Ask what every user may ask, where refusals in a row leave open whether the password was changed meanwhile
        or the account lacks some rights.
        """
        if not (self.login.in_question and self.login.may_try(PROOF)):
            return
        said = self.login.said
        try:
            self._ask(Service.DEVICE, PROOF, True, seconds, {})
        except LoginRefusedError:
            self.login.note_refused(PROOF, said)
        except DeviceFault:
            return  # nothing is proven
        else:
            self.login.note_accepted(PROOF)

    def _send(
        self, service: Service, operation: str, signed: bool, seconds: float, parameters: dict[str, Any]
    ) -> HttpReply:
        if self._until is not None:
            seconds = min(seconds, self._until - time.monotonic())
        if seconds <= 0:
            raise self.write.timed_out()
        self._transport.seconds = seconds
        ask = self._proxy(service, signed)[operation]
        try:
            return ask(**parameters)
        except _HTTP_FAILURES as error:
            raise self.write.from_transport(error) from error
        except (zeep.exceptions.Error, TypeError, ValueError) as error:  # no place for it in the description
            what = f"{operation} cannot be asked like that: {error}"
            raise DeviceFault(FaultKind.BAD_ARGUMENT, what) from error

    def _refusal(self, operation: str) -> DeviceFault:
        if self.login.accepted and not self.login.refused:
            return self.write.not_permitted(operation, self.login.said)
        if not self.login.given:
            return self.write.login_missing()
        login = self.login
        return self.write.refused(
            login.clock.drift_s, login.said, in_doubt=login.in_doubt, looks_again=login.looks_again
        )

    def _proxy(self, service: Service, signed: bool) -> ServiceProxy:
        sign = signed and self.login.given
        key = (service, self.services[service], sign)
        if key not in self._proxies:
            client = zeep.Client(
                wsdl.document(service),
                wsse=_Signature(self.login) if sign else None,
                transport=self._transport,
                settings=wsdl.SETTINGS,
            )
            self._proxies[key] = client.create_service(wsdl.binding(service), self.services[service])
        return self._proxies[key]


class _Signature:
    """Signs each message with a fresh token; it holds nothing that two threads could disturb."""

    def __init__(self, login: OnvifLogin) -> None:
        self._login = login

    def apply(self, envelope: Node, headers: dict[str, str]) -> tuple[Node, dict[str, str]]:
        return self._login.token().apply(envelope, headers)

    def verify(self, envelope: Node) -> None:
        """Do nothing, since cameras do not sign their replies."""


class _Transport(zeep.Transport):
    """Carries zeep's messages over the limited HTTP connection, with HTTP Digest if the camera asks for it."""

    def __init__(self, http: LimitedHttp, login: OnvifLogin) -> None:
        self._close_session = False  # what zeep's own initialiser would set; its session is not wanted
        self._http = http
        self._login = login
        self._digest: Digest | None = None
        self.seconds = CALL_S
        self.last_date = ""
        self._last_challenge = ""

    def use_last_challenge(self) -> bool:
        """Log in by HTTP Digest from now on, if the last call was answered with a challenge."""
        if not self._last_challenge:
            return False
        self._digest = self._login.digest(self._last_challenge)
        self._login.scheme = Scheme.DIGEST
        return True

    def post_xml(self, address: str, envelope: Node, headers: dict[str, str]) -> HttpReply:
        """Send one message. A 401 with a Digest challenge is answered once, without the token."""
        until = time.monotonic() + self.seconds
        token = envelope.find(f"{{*}}Header/{_SECURITY}")
        if token is not None and self._login.scheme is Scheme.DIGEST:
            _remove(token)
            headers = self._with_digest(headers, address)
        reply = self._http.post(address, etree_to_string(envelope), headers, self.seconds)
        challenge = best_digest(reply.challenge)
        self.last_date, self._last_challenge = reply.date, challenge
        if reply.status != 401 or token is None or not challenge:
            return reply
        if self._digest is not None and not self._login.accepted:
            return reply
        _remove(token)
        self._digest = self._login.digest(challenge)
        headers = self._with_digest(headers, address)
        reply = self._http.post(address, etree_to_string(envelope), headers, until - time.monotonic())
        if reply.status == 401:
            self._digest = None
        else:
            self._login.scheme = Scheme.DIGEST
        return reply

    def _with_digest(self, headers: dict[str, str], address: str) -> dict[str, str]:
        header = self._digest.header(address) if self._digest is not None else None
        return {**headers, "Authorization": header} if header else headers


def _port(address: str) -> int | None:
    try:
        parts = urlsplit(address.strip())
        return parts.port or (80 if parts.hostname else None)
    except ValueError:
        return None


def _remove(token: Node) -> None:
    parent = token.getparent()
    if parent is not None:
        parent.remove(token)


def _services_listed(reply: Node) -> Iterator[tuple[str, str]]:
    for service in islice(reply.iter("{*}Service"), MOST_SERVICES):
        name, address = service.findtext("{*}Namespace"), service.findtext("{*}XAddr")
        if name and address:
            yield name.strip(), address


def _capabilities_listed(reply: Node) -> Iterator[tuple[str, str]]:
    """List services by the element that describes them, wherever it stands (`Extension` holds the later ones)."""
    known = {
        "Device": wsdl.namespace(Service.DEVICE),
        "Media": wsdl.namespace(Service.MEDIA),
        "PTZ": wsdl.namespace(Service.PTZ),
        "Imaging": wsdl.namespace(Service.IMAGING),
        "Events": "http://www.onvif.org/ver10/events/wsdl",
        "Analytics": "http://www.onvif.org/ver20/analytics/wsdl",
        "DeviceIO": "http://www.onvif.org/ver10/deviceIO/wsdl",
        "Recording": "http://www.onvif.org/ver10/recording/wsdl",
        "Search": "http://www.onvif.org/ver10/search/wsdl",
        "Replay": "http://www.onvif.org/ver10/replay/wsdl",
    }
    seen: set[str] = set()
    for node in reply.iter("{*}XAddr"):
        parent = node.getparent()
        name = known.get(local_name(parent)) if parent is not None else None
        if name and node.text and name not in seen:
            seen.add(name)
            yield name, node.text
