"""Searching the network: tolerant of half answers, deaf to anything else. Loopback only."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from controlroom.cameras.onvif import discovery
from controlroom.cameras.onvif.discovery import discover, read_answer

FULL = """<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body><d:ProbeMatches><d:ProbeMatch>
<a:EndpointReference><a:Address>urn:uuid:0001</a:Address></a:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter</d:Types>
<d:Scopes>onvif://www.onvif.org/name/North%20End onvif://www.onvif.org/hardware/DCS-6511</d:Scopes>
<d:XAddrs>http://169.254.1.1/onvif/device_service http://127.0.0.1:8001/onvif/device_service</d:XAddrs>
{version}</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"""


@contextmanager
def responder(*answers: bytes, only: bytes = b"") -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """A device on a loopback port that answers every search (that holds `only`) with `answers`."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                content, sender = device.recvfrom(65536)
                if content == b"over":
                    return
                heard.append(content)
                for answer in answers if only in content else ():
                    device.sendto(answer, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield device.getsockname(), heard
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"over", device.getsockname())
            thread.join()


@pytest.mark.parametrize("version", ["<d:MetadataVersion>1</d:MetadataVersion>", ""])
def test_a_device_that_answers_is_found_once(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "REPEAT_S", 0.05)
    with responder(FULL.format(version=version).encode()) as (place, heard):
        found = discover(0.3, ["127.0.0.1"], place)
    assert [(device.host, device.port, device.name, device.hardware) for device in found] == [
        ("127.0.0.1", 8001, "North End", "DCS-6511")
    ]
    kinds = [re.findall(rb"<d:Types>o:(\w+)<", each)[0] for each in heard]
    assert kinds == [b"NetworkVideoTransmitter", b"Device"] * 2, "asked twice: a datagram may be lost"
    assert len(set(re.findall(rb"urn:uuid:[0-9a-f-]+", b"".join(heard)))) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 100,
        b"<a",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        FULL.format(version="").replace("http://", "file://").encode(),
        b"<a>" * 5000,
    ],
)
def test_an_answer_that_is_something_else_is_passed_over(content: bytes) -> None:
    assert read_answer(content, "127.0.0.1") == []


def test_nobody_answering_is_an_empty_list() -> None:
    with responder(b"hello") as (place, _):
        assert discover(0.1, ["127.0.0.1"], place) == []


def test_an_interface_that_cannot_be_used_is_passed_over() -> None:
    assert discover(0.05, ["203.0.113.77"], ("127.0.0.1", 9)) == []


def test_every_interface_of_this_computer_is_known() -> None:
    assert "127.0.0.1" in discovery.local_addresses()


@pytest.mark.parametrize(
    ("listed", "place"),
    [
        ("http://0.0.0.0/onvif/device_service", ("10.0.0.7", 80)),
        ("http://169.254.20.7:8000/onvif/device_service", ("10.0.0.7", 8000)),
        ("http://[fe80::7%25eth0]:8080/onvif/device_service", ("10.0.0.7", 8080)),
        ("http://192.168.1.7/onvif/device_service http://10.0.0.7:81/onvif", ("10.0.0.7", 81)),
    ],
)
def test_the_address_an_answer_came_from_goes_before_those_in_it(listed: str, place: tuple[str, int]) -> None:
    answer = re.sub("<d:XAddrs>.*</d:XAddrs>", f"<d:XAddrs>{listed}</d:XAddrs>", FULL.format(version=""))
    (device,) = read_answer(answer.encode(), "10.0.0.7")
    assert (device.host, device.port, device.secure) == (*place, False)


def test_a_device_that_names_https_alone_is_found_as_that() -> None:
    listed = "https://10.0.0.7/onvif/device_service"
    answer = re.sub("<d:XAddrs>.*</d:XAddrs>", f"<d:XAddrs>{listed}</d:XAddrs>", FULL.format(version=""))
    (device,) = read_answer(answer.encode(), "10.0.0.7")
    assert (device.host, device.port, device.secure) == ("10.0.0.7", 443, True)


def test_an_answer_over_ipv6_keeps_its_zone() -> None:
    listed = "http://[fe80::7%25eth0]:8080/onvif/device_service"
    answer = re.sub("<d:XAddrs>.*</d:XAddrs>", f"<d:XAddrs>{listed}</d:XAddrs>", FULL.format(version=""))
    (device,) = read_answer(answer.encode(), "fe80::7%eth0")
    assert (device.host, device.port) == ("fe80::7%eth0", 8080)


def test_a_device_that_answers_only_as_a_device_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "REPEAT_S", 0.05)
    with responder(FULL.format(version="").encode(), only=b"o:Device") as (place, _):
        assert len(discover(0.3, ["127.0.0.1"], place)) == 1
