"""Cameras that are off, silent, slow, hostile or something else: one plain message each, and an end to the waiting.

What is held here is that they end at all: the limits themselves stand in `controlroom/cameras/onvif`.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from controlroom.cameras.devices import DeviceAddress, DeviceFault, FaultKind
from controlroom.cameras.onvif.limited_http import LARGEST_REPLY
from controlroom.cameras.onvif.probe import probe
from tests.cameras.onvif.loopback import (
    PASSWORD,
    USER,
    HandMadeCamera,
    LoopbackServer,
    Reply,
    Request,
    envelope,
    raw_server,
    without_declarations,
)
from tests.waiting import LIMIT_S


def at(port: int, name: str = "") -> DeviceAddress:
    return DeviceAddress("127.0.0.1", port, USER, PASSWORD, name)


@contextmanager
def told(kind: FaultKind, *words: str) -> Iterator[None]:
    with pytest.raises(DeviceFault) as caught:
        yield
    assert caught.value.kind is kind
    for word in ("127.0.0.1", *words):
        assert word in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_port_nobody_listens_on_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with told(FaultKind.UNREACHABLE, "cannot be reached"):
            probe(at(unused.getsockname()[1]))


def test_a_camera_that_never_accepts_is_unreachable() -> None:
    with socket.socket() as full:  # a listener whose queue is full drops further attempts
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        try:
            with told(FaultKind.UNREACHABLE, "no answer"):
                probe(at(full.getsockname()[1]))
        finally:
            for filler in fillers:
                filler.close()


def test_a_camera_that_accepts_and_says_nothing_times_out() -> None:
    def silent(connection: socket.socket, over: threading.Event) -> None:
        over.wait()

    with raw_server(silent) as port, told(FaultKind.TIMED_OUT, "does not answer in time"):
        probe(at(port))


@pytest.mark.parametrize(
    "beginning", [b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_a_camera_that_drips_is_cut_off_like_a_silent_one(beginning: bytes) -> None:
    def drip(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(beginning)
        while not over.wait(0.2):
            connection.sendall(b"<")

    with raw_server(drip) as port, told(FaultKind.TIMED_OUT):
        probe(at(port))


def test_a_camera_that_hangs_after_the_first_answers_is_given_up_too() -> None:
    with HandMadeCamera() as camera:
        release = threading.Event()

        def late(request: object) -> str:
            release.wait(LIMIT_S)
            return ""

        camera.answers["GetProfiles"] = late
        with told(FaultKind.TIMED_OUT):
            probe(camera.address)
        release.set()


def test_a_web_page_is_not_a_camera() -> None:
    page = Reply(b"<!DOCTYPE html><html><body>Router</body></html>", headers={"Content-Type": "text/html"})
    with LoopbackServer(lambda _: page) as server:
        with told(FaultKind.NOT_ONVIF, "web page"):
            probe(server.address)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x00\xff\xfe" * 50, b"<a/>", envelope(""), b"<" * 10_000]
)
def test_an_answer_that_is_no_soap_is_not_onvif(content: bytes) -> None:
    with LoopbackServer(lambda _: Reply(content)) as server:
        with told(FaultKind.NOT_ONVIF):
            probe(server.address)


def test_a_server_that_speaks_rtsp_is_not_onvif() -> None:
    def rtsp(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(b"RTSP/1.0 400 Bad Request\r\n\r\n")

    with raw_server(rtsp) as port, told(FaultKind.NOT_ONVIF):
        probe(at(port))


def test_a_reply_without_end_is_refused_before_it_fills_the_memory() -> None:
    sent = 0

    def flood(connection: socket.socket, over: threading.Event) -> None:
        nonlocal sent
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not over.is_set():
            connection.sendall(b"<a>" * 10_000)
            sent += 30_000

    with raw_server(flood) as port, told(FaultKind.NOT_ONVIF, "too large"):
        probe(at(port))
    assert sent < 20 * LARGEST_REPLY


def test_entities_are_never_expanded() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "' + b"lol" * 1000 + b'"><!ENTITY c "&a;&a;&a;">]>'
    bomb += envelope("<tds:GetSystemDateAndTimeResponse>&c;</tds:GetSystemDateAndTimeResponse>").split(
        b"?>", 1
    )[1]
    with LoopbackServer(lambda _: Reply(bomb)) as server:
        with told(FaultKind.NOT_ONVIF):
            probe(server.address)


def test_an_external_reference_is_never_fetched() -> None:
    fetched: list[str] = []

    def curious(connection: socket.socket, over: threading.Event) -> None:
        fetched.append("fetched")

    with raw_server(curious) as port:
        document = f'<?xml version="1.0"?><!DOCTYPE b SYSTEM "http://127.0.0.1:{port}/x.dtd">'.encode()
        document += envelope("<tds:GetSystemDateAndTimeResponse/>").split(b"?>", 1)[1]
        with LoopbackServer(lambda _: Reply(document)) as server:
            with told(FaultKind.NOT_ONVIF):
                probe(server.address)
    assert not fetched


def test_a_redirect_is_not_followed() -> None:
    with HandMadeCamera() as elsewhere:
        target = f"http://127.0.0.1:{elsewhere.address.port}/onvif/device_service"
        with LoopbackServer(lambda _: Reply(b"", 307, {"Location": target})) as server:
            with told(FaultKind.NOT_ONVIF, "another address"):
                probe(server.address)
        assert elsewhere.server.requests == []


def test_a_compressed_reply_is_refused_unopened() -> None:
    with LoopbackServer(
        lambda _: Reply(b"\x1f\x8b" + b"x" * 100, headers={"Content-Encoding": "gzip"})
    ) as server:
        with told(FaultKind.NOT_ONVIF, "compressed"):
            probe(server.address)


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    with HandMadeCamera() as camera:
        assert probe(camera.address).model == "Made"


def test_an_unknown_name_is_unreachable() -> None:
    with pytest.raises(DeviceFault) as caught:
        probe(DeviceAddress("no-such-camera.invalid", 80))
    assert caught.value.kind is FaultKind.UNREACHABLE


def test_a_camera_out_of_sessions_is_busy() -> None:
    with LoopbackServer(lambda _: Reply(b"", 503)) as server:
        with told(FaultKind.BUSY, "busy"):
            probe(server.address)


def test_the_camera_is_named_as_the_room_calls_it() -> None:
    with LoopbackServer(lambda _: Reply(b"", 404)) as server:
        with told(FaultKind.NOT_ONVIF, "Camera 041"):
            probe(at(server.port, "Camera 041"))


def test_a_stream_address_that_is_no_stream_is_refused_and_told() -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetStreamUri"] = lambda _: camera.stream_reply("file:///etc/passwd")
        report = probe(camera.address)
    assert [profile.stream_url for profile in report.profiles] == ["", ""]
    assert any("file" in warning and "Only rtsp" in warning for warning in report.warnings)


def test_a_kept_connection_the_camera_dropped_is_replaced_without_a_word() -> None:
    with HandMadeCamera() as camera:
        usual = camera.usual

        def hang_up(request: object) -> Reply:
            return Reply(usual(request), headers={"Connection": "close"})  # type: ignore[arg-type]

        camera.answers["GetDeviceInformation"] = hang_up
        assert probe(camera.address).model == "Made"
    assert camera.server.connections == 2


@pytest.mark.parametrize(
    "operation",
    ["GetSystemDateAndTime", "GetDeviceInformation", "GetServices", "GetProfiles", "GetConfigurationOptions"],
)
def test_a_prefix_declared_nowhere_costs_nothing_of_the_answer(operation: str) -> None:
    with HandMadeCamera() as camera:
        healthy = probe(camera.address)

        def undeclared(request: Request) -> Reply:
            usual = camera.usual(request)
            return Reply(without_declarations(usual)) if isinstance(usual, str) else usual

        camera.answers[operation] = undeclared
        found = probe(camera.address)
    assert (found.make, found.profiles, found.ptz) == (healthy.make, healthy.profiles, healthy.ptz)
    assert found.services == healthy.services
