"""Finds ONVIF devices by WS-Discovery on every network of this computer.

Answers come from anyone and are often incomplete (no MetadataVersion, several addresses), so the parser takes what
is there and trusts little of it.
"""

import selectors
import socket
import time
import uuid
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

import psutil

from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.onvif.safe_xml import Node, parse_safely, text_of, tidy

GROUP = ("239.255.255.250", 3702)
WAIT_S = 3.0
REPEAT_S = 0.5  # the datagram may be lost: asked twice (SOAP-over-UDP, Appendix I)
LARGEST_ANSWER = 65_535
MOST_DEVICES = 1000
_PROBE = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:o="{namespace}">
<s:Header><a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>
<a:MessageID>{message}</a:MessageID><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>
<s:Body><d:Probe><d:Types>o:{kind}</d:Types></d:Probe></s:Body></s:Envelope>"""
_KINDS = (  # a camera may answer as either (ONVIF Core, 7.3.1.1), and some only as a Device
    ("NetworkVideoTransmitter", "http://www.onvif.org/ver10/network/wsdl"),
    ("Device", "http://www.onvif.org/ver10/device/wsdl"),
)


def discover(
    seconds: float = WAIT_S, interfaces: Sequence[str] | None = None, group: tuple[str, int] = GROUP
) -> list[DiscoveredDevice]:
    """Return the devices that answer within `seconds`, sorted by host and port.

    `interfaces` are local IPv4 addresses to ask from, every one of this computer when None.
    """
    sockets = [each for address in interfaces or local_addresses() if (each := _open(address)) is not None]
    found: dict[str, DiscoveredDevice] = {}
    messages = [f"urn:uuid:{uuid.uuid4()}" for _ in _KINDS]
    try:
        with selectors.DefaultSelector() as selector:
            for each in sockets:
                selector.register(each, selectors.EVENT_READ)
            end, ask_at = time.monotonic() + seconds, [time.monotonic(), time.monotonic() + REPEAT_S]
            while (now := time.monotonic()) < end and len(found) < MOST_DEVICES:
                if ask_at and now >= ask_at[0]:
                    ask_at.pop(0)
                    _ask(sockets, messages, group)
                _collect(selector, min(end, *ask_at) - now if ask_at else end - now, found)
    finally:
        for each in sockets:
            each.close()
    return sorted(found.values(), key=lambda device: (device.host, device.port))


def local_addresses() -> list[str]:
    """List the IPv4 addresses of this computer's interfaces that are up."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    return [
        address.address
        for name, addresses in psutil.net_if_addrs().items()
        if name in up
        for address in addresses
        if address.family == socket.AF_INET
    ]


def read_answer(content: bytes, sender: str) -> list[DiscoveredDevice]:
    """Read the devices in one ProbeMatches datagram; none when it is something else."""
    root = parse_safely(content)
    if root is None:
        return []
    return [device for match in root.iter("{*}ProbeMatch") if (device := _device(match, sender)) is not None]


def _device(match: Node, sender: str) -> DiscoveredDevice | None:
    addresses = [url for url in text_of(match, ".//{*}XAddrs").split()[:8] if _place(url) is not None]
    if not addresses:
        return None
    places = [place for url in addresses if (place := _place(url)) is not None]
    # The answer came from an address that can be reached; those in it may be 0.0.0.0 or of another network.
    host, port, secure = next((each for each in places if each[0] == sender), (sender, *places[0][1:]))
    scopes = text_of(match, ".//{*}Scopes").split()
    return DiscoveredDevice(
        host=host,
        port=port,
        name=_scope(scopes, "name"),
        hardware=_scope(scopes, "hardware"),
        endpoint=tidy(text_of(match, ".//{*}EndpointReference/{*}Address"), 120),
        addresses=tuple(tidy(url, 200) for url in addresses),
        secure=secure,
    )


def _place(url: str) -> tuple[str, int, bool] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    host = unquote(parts.hostname or "")  # the zone of an IPv6 address is written %25eth0 (RFC 6874)
    return (host, port, parts.scheme == "https") if parts.scheme in ("http", "https") and host else None


def _scope(scopes: Iterable[str], kind: str) -> str:
    start = f"onvif://www.onvif.org/{kind}/"
    return next((tidy(unquote(scope[len(start) :]), 80) for scope in scopes if scope.startswith(start)), "")


def _open(address: str) -> socket.socket | None:
    """Open a socket that asks from one interface; None where the system does not allow it."""
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        asker.setblocking(False)
        asker.bind((address, 0))
        asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    except OSError:
        asker.close()
        return None
    return asker


def _ask(sockets: Iterable[socket.socket], messages: Sequence[str], group: tuple[str, int]) -> None:
    for each in sockets:
        try:
            for message, (kind, namespace) in zip(messages, _KINDS, strict=True):
                each.sendto(_PROBE.format(message=message, kind=kind, namespace=namespace).encode(), group)
        except OSError:
            continue  # an interface without a way to the group


def _collect(selector: selectors.BaseSelector, seconds: float, found: dict[str, DiscoveredDevice]) -> None:
    for key, _ in selector.select(max(0.0, seconds)):
        assert isinstance(key.fileobj, socket.socket)
        try:
            content, sender = key.fileobj.recvfrom(LARGEST_ANSWER)
        except OSError:
            continue
        for device in read_answer(content, sender[0]):
            found.setdefault(f"{device.host}:{device.port}", device)
