"""A fleet is found on the network it is on: loopback, and nowhere else."""

import asyncio
import socket
import struct
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from controlroom.cameras.onvif.discovery import GROUP, discover
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.onvif import discovery as simulated
from controlroom.simulator.settings import CameraSettings, PtzQuirks
from tests.simulator.onvif.calling import SOAP, read_xml
from tests.waiting import LIMIT_S

LOOPBACK = "127.0.0.1"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
ROOT = "onvif://www.onvif.org"
Match = tuple[str, str, Any]
"""What one answer relates to, the action it is, and its match."""


def multicast_works() -> bool:
    """Whether a datagram to the group comes back on loopback here."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        try:
            member = struct.pack("4s4s", socket.inet_aton(GROUP[0]), socket.inet_aton(LOOPBACK))
            asker.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
            asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
            asker.bind(("", 0))
            asker.settimeout(1)
            asker.sendto(b"hello", (GROUP[0], asker.getsockname()[1]))
            return asker.recv(100) == b"hello"
        except OSError:
            return False


pytestmark = pytest.mark.skipif(not multicast_works(), reason="no multicast on loopback here")


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    settings = [
        CameraSettings("041", "North End & Whitgift", seed=1),
        CameraSettings("042", "Park Lane", seed=2, ptz=PtzQuirks(fitted=False)),
    ]
    with Fleet(settings) as fleet:
        yield fleet


@pytest.fixture
def asker(fleet: Fleet) -> Iterator["Asker"]:
    asker = Asker({camera.onvif_port for camera in fleet.cameras})
    yield asker
    asker.close()


class Asker:
    """Sends discovery messages to the group on loopback and collects what this fleet answers."""

    def __init__(self, ports: set[int]) -> None:
        self._ports = ports
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        self._socket.bind((LOOPBACK, 0))
        self._socket.settimeout(0.1)

    def close(self) -> None:
        self._socket.close()

    def send(self, content: bytes) -> None:
        self._socket.sendto(content, GROUP)

    def probe(self, inner: str = "<d:Types>dn:NetworkVideoTransmitter</d:Types>") -> str:
        return self.say("Probe", f"<d:Probe>{inner}</d:Probe>")

    def say(self, action: str, body: str) -> str:
        number = f"urn:uuid:{uuid.uuid4()}"
        self.send(
            f'<e:Envelope xmlns:e="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:d="{WSD}"'
            ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
            f"<e:Header><a:Action>{WSD}/{action}</a:Action><a:MessageID>{number}</a:MessageID>"
            f"<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></e:Header><e:Body>{body}</e:Body>"
            "</e:Envelope>".encode()
        )
        return number

    def until(self, number: str, count: int = 2) -> list[Match]:
        """Everything this fleet answers until `count` answers to message `number` are there."""
        found: list[Match] = []
        deadline = time.monotonic() + LIMIT_S
        while sum(match[0] == number for match in found) < count:
            assert time.monotonic() < deadline, f"{found} is not enough"
            try:
                content = self._socket.recv(65_535)
            except TimeoutError:
                continue
            found += self._read(content)
        return found

    def _read(self, content: bytes) -> list[Match]:
        root = read_xml(content)
        relates_to = root.findtext(f".//{{{ADDRESSING}}}RelatesTo")
        action = root.findtext(f".//{{{ADDRESSING}}}Action").rpartition("/")[2]
        matches = [*root.iter(f"{{{WSD}}}ProbeMatch"), *root.iter(f"{{{WSD}}}ResolveMatch")]
        ours = [each for each in matches if any(f":{port}/" in _text(each, "XAddrs") for port in self._ports)]
        return [(relates_to, action, each) for each in ours]


def _text(node: Any, name: str) -> str:
    return node.findtext(f".//{{*}}{name}") or ""


def test_our_client_finds_the_fleet_by_number_and_name(fleet: Fleet) -> None:
    found = {device.port: device for device in discover(0.3, [LOOPBACK])}
    for camera in fleet.cameras:
        device = found[camera.onvif_port]
        assert (device.host, device.name) == (LOOPBACK, f"{camera.number} {camera.name}")
        assert device.hardware == "SP-720 PTZ"
    endpoints = {found[camera.onvif_port].endpoint for camera in fleet.cameras}
    assert len(endpoints) == 2 and all(each.startswith("urn:uuid:") for each in endpoints)


@pytest.mark.parametrize(
    "inner",
    [
        "<d:Types>dn:NetworkVideoTransmitter</d:Types>",
        "<d:Types>tds:Device</d:Types>",
        "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>",
        "",
        "<d:Types/><d:Scopes/>",
        f"<d:Scopes>{ROOT}/hardware</d:Scopes>",
        f'<d:Scopes MatchBy="{WSD}/strcmp0">{ROOT}/type/video_encoder</d:Scopes>',
        f"<d:Scopes>ONVIF://WWW.onvif.org/type/video_encoder {ROOT}/Profile/Streaming</d:Scopes>",
    ],
)
def test_every_camera_that_matches_answers_alone(asker: Asker, inner: str) -> None:
    number = asker.probe(inner)
    matches = asker.until(number)
    assert len({_text(match, "Address") for _, _, match in matches}) == 2
    assert {action for _, action, _ in matches} == {"ProbeMatches"}
    for _, _, match in matches:
        assert _text(match, "MetadataVersion")
        prefix, _, name = _text(match, "Types").split()[0].partition(":")
        assert (match.nsmap[prefix], name) == (
            "http://www.onvif.org/ver10/network/wsdl",
            "NetworkVideoTransmitter",
        )


@pytest.mark.parametrize(
    "inner",
    [
        "<d:Types>dn:NetworkVideoDisplay</d:Types>",
        "<d:Types>dn:NetworkVideoTransmitter dn:NetworkVideoStorage</d:Types>",
        f"<d:Scopes>{ROOT}/hardware/Other</d:Scopes>",
        f"<d:Scopes>{ROOT}/hard</d:Scopes>",
        f'<d:Scopes MatchBy="{WSD}/strcmp0">{ROOT}/hardware</d:Scopes>',
        f'<d:Scopes MatchBy="{WSD}/ldap">{ROOT}/hardware</d:Scopes>',
        f"<d:Scopes>{ROOT}/hardware {ROOT}/name/Nobody</d:Scopes>",
    ],
)
def test_who_does_not_match_says_nothing(asker: Asker, inner: str) -> None:
    asker.probe(inner)
    last = asker.probe()
    assert {relates_to for relates_to, _, _ in asker.until(last)} == {last}


def test_a_scope_finds_one_camera(asker: Asker) -> None:
    number = asker.probe(f"<d:Scopes>{ROOT}/type/ptz</d:Scopes>")
    last = asker.probe()
    matches = [match for relates_to, _, match in asker.until(last) if relates_to == number]
    assert [_text(match, "Scopes").count("name/041") for match in matches] == [1]


def test_a_known_camera_can_be_resolved(asker: Asker) -> None:
    known = asker.until(asker.probe())[0][2]
    endpoint = _text(known, "Address")
    reference = f"<a:EndpointReference><a:Address>{endpoint}</a:Address></a:EndpointReference>"
    number = asker.say("Resolve", f"<d:Resolve>{reference}</d:Resolve>")
    ((_, action, match),) = asker.until(number, 1)
    assert action == "ResolveMatches"
    assert (_text(match, "Address"), _text(match, "XAddrs")) == (endpoint, _text(known, "XAddrs"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 500,
        b"<a",
        b"<a>" * 5000,
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        f'<e:Envelope xmlns:e="{SOAP}"/>'.encode(),
        f'<e:Envelope xmlns:e="{SOAP}" xmlns:d="{WSD}"><e:Body><d:Probe/></e:Body></e:Envelope>'.encode(),
        b"x" * 60_000,
    ],
)
def test_noise_on_the_group_is_passed_over(asker: Asker, content: bytes) -> None:
    asker.send(content)
    last = asker.probe()
    assert {relates_to for relates_to, _, _ in asker.until(last)} == {last}


def test_a_whole_borough_is_found() -> None:
    with Fleet(104) as borough:
        found = {device.port for device in discover(1.0, [LOOPBACK])}
        missing = {camera.onvif_port for camera in borough.cameras} - found
    assert not missing, "answers were lost"


def test_a_fleet_that_cannot_join_the_group_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("", 0))  # shares its port with nobody
        monkeypatch.setattr(simulated, "PORT", holder.getsockname()[1])
        assert asyncio.run(simulated.Discovery([], LOOPBACK).start()) is False
    assert "WS-Discovery is not available here" in caplog.text


def test_two_fleets_share_the_group(fleet: Fleet) -> None:
    with Fleet(1) as other:
        found = {device.port for device in discover(0.3, [LOOPBACK])}
        assert {camera.onvif_port for camera in (*fleet.cameras, *other.cameras)} <= found
