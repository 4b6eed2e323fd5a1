"""Calling a simulated camera byte by byte, with no client library between the test and the wire."""

import base64
import hashlib
import http.client
import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from controlroom.cameras.devices import DeviceAddress
from controlroom.cameras.onvif.wsdl import folder
from controlroom.simulator.fleet import SimulatedCamera
from tests.waiting import LIMIT_S

SOAP = "http://www.w3.org/2003/05/soap-envelope"
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
IMAGING = "http://www.onvif.org/ver20/imaging/wsdl"
PATHS = {
    DEVICE: "/onvif/device_service",
    MEDIA: "/onvif/media_service",
    PTZ: "/onvif/ptz_service",
    IMAGING: "/onvif/imaging_service",
}
FILES = {DEVICE: "devicemgmt.wsdl", MEDIA: "media.wsdl", PTZ: "ptz.wsdl", IMAGING: "imaging.wsdl"}
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_XS = "http://www.w3.org/2001/XMLSchema"
_ENVELOPE = (
    f'<e:Envelope xmlns:e="{SOAP}" xmlns:t="http://www.onvif.org/ver10/schema">{{header}}'
    "<e:Body>{body}</e:Body></e:Envelope>"
)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def root(self) -> Any:
        """The answer as XML."""
        return read_xml(self.content)

    @property
    def codes(self) -> list[str]:
        """A fault's codes from general to special, without prefixes; empty when it is none."""
        fault = self.root.find(f".//{{{SOAP}}}Fault")
        values = [] if fault is None else fault.iter(f"{{{SOAP}}}Value")
        return [value.text.rpartition(":")[2] for value in values]

    def text(self, name: str) -> str:
        """The text of the first element of that name."""
        return (self.root.findtext(f".//{{*}}{name}") or "").strip()

    def texts(self, name: str) -> list[str]:
        """The texts of all elements of that name."""
        return [(node.text or "").strip() for node in self.root.iter(f"{{*}}{name}")]

    def attribute(self, element: str, name: str) -> str:
        """An attribute of the first element of that name."""
        return self.root.find(f".//{{*}}{element}").get(name, "")


def read_xml(content: bytes) -> Any:
    """The root of a well-formed document."""
    return etree.fromstring(content)


def address(camera: SimulatedCamera, password: str | None = None) -> DeviceAddress:
    """The camera as the project's own client is given it."""
    given = camera.password if password is None else password
    return DeviceAddress(camera.host, camera.onvif_port, camera.username, given)


def post(
    camera: SimulatedCamera, path: str, content: bytes, headers: Mapping[str, str] | None = None
) -> Answer:
    """One POST on a connection of its own."""
    return exchange(camera, "POST", path, content, headers)


def exchange(
    camera: SimulatedCamera,
    method: str,
    path: str,
    content: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request on a connection of its own; `content` may be an iterable (sent in chunks)."""
    line = http.client.HTTPConnection(camera.host, camera.onvif_port, timeout=LIMIT_S)
    try:
        line.request(method, path, content, {"Content-Type": "application/soap+xml", **(headers or {})})
        reply = line.getresponse()
        return Answer(reply.status, {name.lower(): text for name, text in reply.getheaders()}, reply.read())
    finally:
        line.close()


def message(operation: str, inner: str = "", *, service: str = DEVICE, header: str = "") -> bytes:
    """A SOAP 1.2 call; `inner` are its arguments as XML (prefix `t` is ONVIF's schema)."""
    body = f'<{operation} xmlns="{service}">{inner}</{operation}>'
    return _ENVELOPE.format(header=f"<e:Header>{header}</e:Header>" if header else "", body=body).encode()


def token(
    camera: SimulatedCamera,
    *,
    username: str | None = None,
    password: str | None = None,
    off_s: float = 0.0,
    in_clear: bool = False,
) -> str:
    """A UsernameToken; `off_s` puts its Created off from this computer's time."""
    secret = camera.password if password is None else password
    nonce = secrets.token_bytes(16)
    moment = datetime.now(UTC) + timedelta(seconds=off_s)
    created = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    digest = hashlib.sha1(nonce + created.encode() + secret.encode()).digest()
    proof, kind = (secret, "Text") if in_clear else (base64.b64encode(digest).decode(), "Digest")
    return (
        f'<s:Security e:mustUnderstand="1" xmlns:s="{_WSS}-wssecurity-secext-1.0.xsd"'
        f' xmlns:u="{_WSS}-wssecurity-utility-1.0.xsd"><s:UsernameToken>'
        f"<s:Username>{camera.username if username is None else username}</s:Username>"
        f'<s:Password Type="{_WSS}-username-token-profile-1.0#Password{kind}">{proof}</s:Password>'
        f"<s:Nonce>{base64.b64encode(nonce).decode()}</s:Nonce><u:Created>{created}</u:Created>"
        "</s:UsernameToken></s:Security>"
    )


def call(
    camera: SimulatedCamera, operation: str, inner: str = "", *, service: str = DEVICE, **login: Any
) -> Answer:
    """One call signed with a fresh token (`login` as for `token`)."""
    header = token(camera, **login)
    return post(camera, PATHS[service], message(operation, inner, service=service, header=header))


def move(camera: SimulatedCamera, operation: str, inner: str = "", *, profile: str = "main") -> Answer:
    """One signed PTZ call; the namespace of its arguments is the prefix-less one."""
    return call(camera, operation, f"<ProfileToken>{profile}</ProfileToken>{inner}", service=PTZ)


class Digest:
    """HTTP Digest by hand: one challenge, answered as often and as wrongly as a test wants."""

    def __init__(
        self, camera: SimulatedCamera, path: str, method: str = "POST", password: str | None = None
    ) -> None:
        content = message("GetDeviceInformation") if method == "POST" else None
        self.challenge = exchange(camera, method, path, content).headers["www-authenticate"]
        self._camera, self._path, self._method = camera, path, method
        self._password = camera.password if password is None else password
        self._counts = itertools.count(1)
        parts = [each.partition("=") for each in self.challenge.removeprefix("Digest ").split(", ")]
        self.given = {name: value.strip('"') for name, _, value in parts}

    def header(
        self, *, count: int | None = None, path: str | None = None, nonce: str = "", qop: bool = True
    ) -> str:
        """An Authorization header; `count` repeats an earlier request's, None is the next."""
        nonce = nonce or self.given["nonce"]
        target = path or self._path
        numbered = f"{next(self._counts) if count is None else count:08x}"
        account = _md5(f"{self._camera.username}:{self.given['realm']}:{self._password}")
        middle = f"{nonce}:{numbered}:cafe:auth" if qop else nonce
        proof = _md5(f"{account}:{middle}:{_md5(f'{self._method}:{target}')}")
        more = f', qop=auth, nc={numbered}, cnonce="cafe"' if qop else ""
        return (
            f'Digest username="{self._camera.username}", realm="{self.given["realm"]}", nonce="{nonce}", '
            f'uri="{target}", response="{proof}"{more}'
        )


class Schemas:
    """ONVIF's own schemas, for holding an answer against."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def problems(self, answer: Answer, service: str) -> list[str]:
        """What is wrong with the element in the answer's body; none when it fits."""
        if service not in self._known:
            self._known[service] = _schema(service)
        (element,) = answer.root.find(f"{{{SOAP}}}Body")
        schema = self._known[service]
        return [] if schema.validate(element) else [str(error) for error in schema.error_log]


def _schema(service: str) -> Any:
    file = folder() / FILES[service]
    node = etree.parse(str(file)).find(f".//{{{_XS}}}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(node), base_url=str(file)))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
