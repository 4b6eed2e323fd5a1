"""Answers WS-Discovery's Probe and Resolve messages to the multicast group, on the loopback interface only."""

import asyncio
import logging
import socket
import struct
import uuid
from dataclasses import dataclass
from typing import Any

from lxml.builder import ElementMaker

from controlroom.platform import WINDOWS
from controlroom.simulator.camera import VirtualCamera
from controlroom.simulator.onvif.soap import Node, document, envelope

log = logging.getLogger(__name__)

_SPACING_S = 0.002
GROUP, PORT = "239.255.255.250", 3702
_ENV = "http://www.w3.org/2003/05/soap-envelope"
_WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_DN = "http://www.onvif.org/ver10/network/wsdl"
_TDS = "http://www.onvif.org/ver10/device/wsdl"
_TYPES = frozenset({(_DN, "NetworkVideoTransmitter"), (_TDS, "Device")})
_BY_RFC3986, _BY_LETTER = f"{_WSD}/rfc3986", f"{_WSD}/strcmp0"
_MOST = 16_384
_PREFIXES = {"a": _WSA, "d": _WSD, "dn": _DN, "tds": _TDS}
_a: Any = ElementMaker(namespace=_WSA, nsmap=_PREFIXES)
_d: Any = ElementMaker(namespace=_WSD, nsmap=_PREFIXES)


class Discovery(asyncio.DatagramProtocol):
    """Answers for every camera of the fleet."""

    def __init__(self, cameras: list[VirtualCamera], host: str) -> None:
        self._cameras = cameras
        self._host = host
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> bool:
        """Join the group; False (and a line in the log) where the system does not allow it."""
        try:
            listener = _listener()
        except OSError as error:
            log.warning("WS-Discovery is not available here: %s", error)
            return False
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=listener)
        self._transport = transport
        return True

    def close(self) -> None:
        """Leave the group."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer for each camera that is meant."""
        question = read_request(data)
        if question is None or self._transport is None or not addr[0].startswith("127."):
            return
        meant = [each for each in self._cameras if each.answers_discovery and question.means(each)]
        loop = asyncio.get_running_loop()
        for turn, camera in enumerate(meant):  # one by one, as cameras do: a flood would overflow the asker
            loop.call_later(turn * _SPACING_S, self._answer, match(camera, self._host, question), addr)

    def _answer(self, answer: bytes, to: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, to)


@dataclass(frozen=True)
class DiscoveryRequest:
    """A Probe (with the matches it wants) or a Resolve (with the endpoint it looks for)."""

    message_id: str
    kind: str
    types: frozenset[tuple[str, str]] = frozenset()
    scopes: tuple[str, ...] = ()
    exact: bool = False
    endpoint: str = ""

    def means(self, camera: VirtualCamera) -> bool:
        """Return True when this camera should answer."""
        if self.kind == "Resolve":
            return self.endpoint == camera.endpoint
        if self.exact:
            return self.types <= _TYPES and set(self.scopes) <= set(camera.scopes)
        return self.types <= _TYPES and all(_matches(scope, camera.scopes) for scope in self.scopes)


def read_request(data: bytes) -> DiscoveryRequest | None:
    """Read a datagram; None when it is something else, or wants scopes compared in an unknown way."""
    if len(data) > _MOST:
        return None
    try:
        root = document(data)
    except ValueError:
        return None
    message_id = (root.findtext(f"{{{_ENV}}}Header/{{{_WSA}}}MessageID") or "").strip()
    probe = root.find(f"{{{_ENV}}}Body/{{{_WSD}}}Probe")
    resolve = root.find(f"{{{_ENV}}}Body/{{{_WSD}}}Resolve")
    if not message_id or (probe is None and resolve is None):
        return None
    if probe is None:
        endpoint = resolve.findtext(f"{{{_WSA}}}EndpointReference/{{{_WSA}}}Address") or ""
        return DiscoveryRequest(message_id, "Resolve", endpoint=endpoint.strip())
    scopes = probe.find(f"{{{_WSD}}}Scopes")
    rule = "" if scopes is None else scopes.get("MatchBy", "").strip()
    if rule not in {"", _BY_RFC3986, _BY_LETTER}:
        return None
    wanted = () if scopes is None else tuple((scopes.text or "").split())
    return DiscoveryRequest(
        message_id, "Probe", _types(probe.find(f"{{{_WSD}}}Types")), wanted, rule == _BY_LETTER
    )


def match(camera: VirtualCamera, host: str, question: DiscoveryRequest) -> bytes:
    """Make the answer of one camera."""
    kind = question.kind
    node = getattr(_d, f"{kind}Matches")(
        getattr(_d, f"{kind}Match")(
            _a.EndpointReference(_a.Address(camera.endpoint)),
            _d.Types("dn:NetworkVideoTransmitter tds:Device"),
            _d.Scopes(" ".join(camera.scopes)),
            _d.XAddrs(f"http://{host}:{camera.onvif_port}/onvif/device_service"),
            _d.MetadataVersion("1"),
        )
    )
    return envelope(
        node,
        _a.MessageID(f"urn:uuid:{uuid.uuid4()}"),
        _a.RelatesTo(question.message_id),
        _a.To(f"{_WSA}/role/anonymous"),
        _a.Action(f"{_WSD}/{kind}Matches"),
    )


def _types(node: Node | None) -> frozenset[tuple[str, str]]:
    """Return the qualified names a Probe asks for."""
    if node is None:
        return frozenset()
    split = [name.rpartition(":") for name in (node.text or "").split()]
    return frozenset((node.nsmap.get(prefix or None, ""), local) for prefix, _, local in split)


def _matches(scope: str, own: list[str]) -> bool:
    """Match by RFC 3986: the scope asked for is a prefix of one of the camera's, whole path segments only."""
    wanted = scope.rstrip("/").lower()
    return any(each.lower() == wanted or each.lower().startswith(wanted + "/") for each in own)


def _listener() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    try:
        for option in ("SO_REUSEADDR", "SO_REUSEPORT"):  # several simulators share the one discovery port
            if hasattr(socket, option):
                made.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
        made.bind(("" if WINDOWS else GROUP, PORT))
        membership = struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton("127.0.0.1"))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
