"""SOAP 1.2 in and out: requests parsed without trusting them, replies and faults built."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree
from lxml.builder import ElementMaker

if TYPE_CHECKING:
    from controlroom.simulator.camera import Camera

MOST_REQUEST = 262_144
"""Bytes of the largest request taken."""

ENV = "http://www.w3.org/2003/05/soap-envelope"
TER = "http://www.onvif.org/ver10/error"
SCHEMA = "http://www.onvif.org/ver10/schema"
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_PREFIXES = {"env": ENV, "ter": TER, "tt": SCHEMA, "tds": DEVICE, "trt": MEDIA, "tptz": PTZ}
_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)

tt = ElementMaker(namespace=SCHEMA, nsmap=_PREFIXES)
tds = ElementMaker(namespace=DEVICE, nsmap=_PREFIXES)
trt = ElementMaker(namespace=MEDIA, nsmap=_PREFIXES)
tptz = ElementMaker(namespace=PTZ, nsmap=_PREFIXES)


class SoapFault(Exception):
    """A fault for the client: `subcodes` from the outer to the inner, without their prefix `ter:`."""

    def __init__(self, reason: str, *subcodes: str, sender: bool = True, status: int | None = None) -> None:
        self.reason = reason
        self.subcodes = subcodes
        self.code = "Sender" if sender else "Receiver"
        self.status = status or (400 if sender else 500)
        super().__init__(reason)


@dataclass(frozen=True)
class UsernameToken:
    """What a WS-Security header carries."""

    username: str
    password: str
    is_digest: bool
    nonce: str
    created: str


@dataclass(frozen=True)
class Call:
    """One request, ready to be answered."""

    camera: "Camera"
    node: etree._Element
    host: str
    """The host the client called us by: real cameras hand the same back in their addresses."""

    @property
    def address(self) -> str:
        """Root of the camera's own HTTP addresses, as the client sees it."""
        return f"http://{self.host}:{self.camera.onvif_port}"

    def text(self, *path: str) -> str | None:
        """The text of a descendant found by local names, or None."""
        found = self.find(*path)
        return None if found is None else (found.text or "").strip()

    def find(self, *path: str) -> etree._Element | None:
        """A descendant found step by step by local names, whatever their namespace."""
        here = self.node
        for name in path:
            here = next((each for each in here if local_name(each) == name), None)
            if here is None:
                return None
        return here


Answer = Callable[[Call], etree._Element]


@dataclass(frozen=True)
class Request:
    """What a client sent: the operation and its login."""

    namespace: str
    operation: str
    node: etree._Element
    token: UsernameToken | None


def parse(body: bytes) -> Request:
    """Read a request. No entity is expanded and no document type accepted. Raises SoapFault."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SoapFault("The message is not well formed", "WellFormed") from error
    if root.getroottree().docinfo.doctype:
        raise SoapFault("A document type is not accepted", "WellFormed")
    if root.tag != f"{{{ENV}}}Envelope":
        raise SoapFault("Not a SOAP 1.2 envelope", "WellFormed")
    content = root.find(f"{{{ENV}}}Body")
    node = next((each for each in content if isinstance(each.tag, str)), None) if content is not None else None
    if node is None:
        raise SoapFault("The body is empty", "WellFormed")
    name = etree.QName(node)
    return Request(name.namespace or "", name.localname, node, _token(root))


def envelope(content: etree._Element) -> bytes:
    """A whole reply."""
    root = etree.Element(f"{{{ENV}}}Envelope", nsmap=_PREFIXES)
    etree.SubElement(root, f"{{{ENV}}}Body").append(content)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def fault(error: SoapFault) -> bytes:
    """A whole reply that carries a fault."""
    node = etree.Element(f"{{{ENV}}}Fault", nsmap=_PREFIXES)
    code = etree.SubElement(node, f"{{{ENV}}}Code")
    etree.SubElement(code, f"{{{ENV}}}Value").text = f"env:{error.code}"
    for each in error.subcodes:
        code = etree.SubElement(code, f"{{{ENV}}}Subcode")
        etree.SubElement(code, f"{{{ENV}}}Value").text = f"ter:{each}"
    reason = etree.SubElement(etree.SubElement(node, f"{{{ENV}}}Reason"), f"{{{ENV}}}Text")
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    reason.text = error.reason
    return envelope(node)


def local_name(node: etree._Element) -> str:
    """A node's name without its namespace; comments have none."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def seconds(duration: str) -> float:
    """Seconds of an xs:duration such as PT1.5S; raises SoapFault when it is none."""
    found = _DURATION.fullmatch(duration.strip())
    if found is None or not any(found.groups()[1:]):
        raise SoapFault(f"{duration!r} is not a duration", "InvalidArgVal")
    years, months, days, hours, minutes, secs = (float(each or 0) for each in found.groups()[1:])
    total = (((years * 365 + months * 30 + days) * 24 + hours) * 60 + minutes) * 60 + secs
    return -total if found[1] else total


def duration(value: float) -> str:
    """An xs:duration."""
    return f"PT{value:g}S"


def flag(value: object) -> str:
    """An xs:boolean."""
    return "true" if value else "false"


def _token(root: etree._Element) -> UsernameToken | None:
    found = root.find(f"{{{ENV}}}Header//{{{_WSSE}}}UsernameToken")
    if found is None:
        return None
    password = found.find(f"{{{_WSSE}}}Password")
    kind = "" if password is None else password.get("Type") or ""
    return UsernameToken(
        username=(found.findtext(f"{{{_WSSE}}}Username") or "").strip(),
        password="" if password is None else (password.text or "").strip(),
        is_digest=kind.endswith("#PasswordDigest"),
        nonce=(found.findtext(f"{{{_WSSE}}}Nonce") or "").strip(),
        created=(found.findtext(f"{{{_WSU}}}Created") or "").strip(),
    )
