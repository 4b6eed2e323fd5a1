"""WS-Discovery: answers Probe messages sent to the multicast group, on the loopback interface only."""

import asyncio
import logging
import socket
import struct
import uuid

from lxml import etree

from controlroom.platform import WINDOWS
from controlroom.simulator.camera import Camera

log = logging.getLogger(__name__)

GROUP, PORT = "239.255.255.250", 3702
_ENV = "http://www.w3.org/2003/05/soap-envelope"
_WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_DN = "http://www.onvif.org/ver10/network/wsdl"
_TDS = "http://www.onvif.org/ver10/device/wsdl"
_TYPES = {(_DN, "NetworkVideoTransmitter"), (_TDS, "Device")}
_MOST = 16_384


class Discovery(asyncio.DatagramProtocol):
    """Speaks for every camera of the fleet."""

    def __init__(self, cameras: list[Camera], host: str) -> None:
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
        """Answer a Probe for each camera that matches."""
        probe = read_probe(data)
        if probe is None or self._transport is None or not addr[0].startswith("127."):
            return
        message_id, types, scopes = probe
        if types and not types & _TYPES:
            return
        for camera in self._cameras:
            if camera.answers_discovery and all(_matches(scope, camera.scopes) for scope in scopes):
                self._transport.sendto(probe_match(camera, self._host, message_id), addr)


def read_probe(data: bytes) -> tuple[str, set[tuple[str, str]], list[str]] | None:
    """Message id, types and scopes of a Probe; None for anything else."""
    if len(data) > _MOST:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    probe = root.find(f"{{{_ENV}}}Body/{{{_WSD}}}Probe")
    message_id = root.findtext(f"{{{_ENV}}}Header/{{{_WSA}}}MessageID")
    if probe is None or not message_id or root.getroottree().docinfo.doctype:
        return None
    found = probe.find(f"{{{_WSD}}}Types")
    types = set()
    if found is not None:
        for name in (found.text or "").split():
            prefix, _, local = name.rpartition(":")
            types.add((found.nsmap.get(prefix or None, ""), local))
    return message_id.strip(), types, (probe.findtext(f"{{{_WSD}}}Scopes") or "").split()


def probe_match(camera: Camera, host: str, relates_to: str) -> bytes:
    """The answer of one camera."""
    names = {"e": _ENV, "a": _WSA, "d": _WSD, "dn": _DN, "tds": _TDS}
    root = etree.Element(f"{{{_ENV}}}Envelope", nsmap=names)
    header = etree.SubElement(root, f"{{{_ENV}}}Header")
    for name, text in (
        ("MessageID", f"urn:uuid:{uuid.uuid4()}"),
        ("RelatesTo", relates_to),
        ("To", f"{_WSA}/role/anonymous"),
        ("Action", f"{_WSD}/ProbeMatches"),
    ):
        etree.SubElement(header, f"{{{_WSA}}}{name}").text = text
    matches = etree.SubElement(etree.SubElement(root, f"{{{_ENV}}}Body"), f"{{{_WSD}}}ProbeMatches")
    match = etree.SubElement(matches, f"{{{_WSD}}}ProbeMatch")
    reference = etree.SubElement(match, f"{{{_WSA}}}EndpointReference")
    etree.SubElement(reference, f"{{{_WSA}}}Address").text = camera.endpoint
    for name, text in (
        ("Types", "dn:NetworkVideoTransmitter tds:Device"),
        ("Scopes", " ".join(camera.scopes)),
        ("XAddrs", f"http://{host}:{camera.onvif_port}/onvif/device_service"),
        ("MetadataVersion", "1"),
    ):
        etree.SubElement(match, f"{{{_WSD}}}{name}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _matches(scope: str, own: list[str]) -> bool:
    """Matching by RFC 3986: the scope asked for is a prefix of one of the camera's, whole path segments only."""
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
