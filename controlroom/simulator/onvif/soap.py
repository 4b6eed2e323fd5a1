"""Reads SOAP 1.2 requests without trusting them, and builds replies and faults."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]
from lxml.builder import ElementMaker

if TYPE_CHECKING:
    from controlroom.simulator.camera import VirtualCamera

Node = Any
"""An element: lxml's classes are unknown to the type checker."""
Make = Callable[..., Node]
"""Makes an element of one name from its children, text and attributes."""
MOST_REQUEST = 262_144
"""Bytes of the largest request taken."""

ENV = "http://www.w3.org/2003/05/soap-envelope"
TER = "http://www.onvif.org/ver10/error"
SCHEMA = "http://www.onvif.org/ver10/schema"
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
IMAGING = "http://www.onvif.org/ver20/imaging/wsdl"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_UNDERSTOOD = frozenset(
    {_WSSE, "http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing"}
)
_PREFIXES = {"env": ENV, "ter": TER, "tt": SCHEMA, "tds": DEVICE, "trt": MEDIA, "tptz": PTZ, "timg": IMAGING}
_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)

tt: Any = ElementMaker(namespace=SCHEMA, nsmap=_PREFIXES)
tds: Any = ElementMaker(namespace=DEVICE, nsmap=_PREFIXES)
trt: Any = ElementMaker(namespace=MEDIA, nsmap=_PREFIXES)
tptz: Any = ElementMaker(namespace=PTZ, nsmap=_PREFIXES)
timg: Any = ElementMaker(namespace=IMAGING, nsmap=_PREFIXES)


class SoapFaultReply(Exception):
    """A fault for the client: `subcodes` from the outer to the inner, without their prefix `ter:`."""

    def __init__(self, reason: str, *subcodes: str, sender: bool = True, code: str = "") -> None:
        self.reason = reason
        self.subcodes = subcodes
        self.code = code or ("Sender" if sender else "Receiver")
        self.status = 400 if self.code == "Sender" else 500
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

    camera: "VirtualCamera"
    node: Node
    host: str
    """The host the client called us by: real cameras hand the same back in their addresses."""

    @property
    def address(self) -> str:
        """The root of the camera's own HTTP addresses, as the client sees it."""
        return f"http://{self.host}:{self.camera.onvif_port}"

    def text(self, *path: str) -> str | None:
        """The text of a descendant found by local names, or None."""
        found = self.find(*path)
        return None if found is None else (found.text or "").strip()

    def find(self, *path: str) -> Node | None:
        """A descendant found step by step by local names, whatever their namespace."""
        here = self.node
        for name in path:
            here = next((each for each in here if local_name(each) == name), None)
            if here is None:
                return None
        return here


Answer = Callable[[Call], Node]


@dataclass(frozen=True)
class SoapRequest:
    """What a client sent: the operation and its login."""

    namespace: str
    operation: str
    node: Node
    token: UsernameToken | None


def parse(body: bytes) -> SoapRequest:
    """Read a request. Raises SoapFaultReply for what is not one SOAP 1.2 call this camera understands."""
    try:
        root = document(body)
    except ValueError as error:
        raise SoapFaultReply(str(error), "WellFormed") from error
    if root.tag != f"{{{ENV}}}Envelope":
        raise SoapFaultReply("Not a SOAP 1.2 envelope", "WellFormed")
    for block in root.iterfind(f"{{{ENV}}}Header/*"):
        must = block.get(f"{{{ENV}}}mustUnderstand", "").strip() in {"1", "true"}
        if must and etree.QName(block).namespace not in _UNDERSTOOD:
            raise SoapFaultReply(f"The header {local_name(block)} is not understood", code="MustUnderstand")
    content = root.find(f"{{{ENV}}}Body")
    node = None if content is None else next((each for each in content if isinstance(each.tag, str)), None)
    if node is None:
        raise SoapFaultReply("The body is empty", "WellFormed")
    name = etree.QName(node)
    return SoapRequest(name.namespace or "", name.localname, node, _token(root))


def document(content: bytes) -> Node:
    """The root of an XML document; raises ValueError. Nothing is expanded or fetched, no document type accepted."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("The message is not well formed") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("A document type is not accepted")
    return root


def envelope(content: Node, *headers: Node) -> bytes:
    """A whole message."""
    root = etree.Element(f"{{{ENV}}}Envelope", nsmap=_PREFIXES)
    if headers:
        etree.SubElement(root, f"{{{ENV}}}Header").extend(headers)
    etree.SubElement(root, f"{{{ENV}}}Body").append(content)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def fault(error: SoapFaultReply) -> bytes:
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


def local_name(node: Node) -> str:
    """A node's name without its namespace; comments have none."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def seconds(duration: str) -> float:
    """Read the seconds of an xs:duration such as PT1.5S; raises SoapFaultReply when it is none."""
    found = _DURATION.fullmatch(duration.strip())
    if found is None or not any(found.groups()[1:]):
        raise SoapFaultReply(f"{duration!r} is not a duration", "InvalidArgVal")
    years, months, days, hours, minutes, secs = (float(each or 0) for each in found.groups()[1:])
    total = (((years * 365 + months * 30 + days) * 24 + hours) * 60 + minutes) * 60 + secs
    return -total if found[1] else total


def duration(value: float) -> str:
    """An xs:duration."""
    return f"PT{value:g}S"


def flag(value: object) -> str:
    """An xs:boolean."""
    return "true" if value else "false"


def _token(root: Node) -> UsernameToken | None:
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
