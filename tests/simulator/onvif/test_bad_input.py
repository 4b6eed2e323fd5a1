"""What no client in good order sends: refused in a line, nothing expanded, the camera goes on."""

import gzip
import socket
from collections.abc import Iterator

import pytest

from controlroom.simulator.fleet import Fleet, SimulatedCamera
from tests.simulator.onvif.calling import (
    DEVICE,
    MEDIA,
    PATHS,
    PTZ,
    SOAP,
    call,
    exchange,
    message,
    move,
    post,
)
from tests.waiting import LIMIT_S

TOO_MUCH = 256 * 1024 + 1
GOOD = message("GetSystemDateAndTime").decode()
BILLION_LAUGHS = (
    "<!DOCTYPE a [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{place} '{f'&a{place - 1};' * 10}'>" for place in range(1, 10))
    + "]>"
)


@pytest.fixture(scope="module")
def camera() -> Iterator[SimulatedCamera]:
    with Fleet(1, discovery=False) as fleet:
        yield fleet.cameras[0]


@pytest.fixture(autouse=True)
def _it_goes_on(camera: SimulatedCamera) -> Iterator[None]:
    yield
    assert call(camera, "GetDeviceInformation").status == 200


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BILLION_LAUGHS + GOOD.replace("</GetS", "&a9;</GetS"), id="entity bomb"),
        pytest.param(
            BILLION_LAUGHS + GOOD.replace("<GetS", "<GetS x='&a9;' xmlns:y='&a9;' "), id="in attributes"
        ),
        pytest.param(f'<!DOCTYPE a SYSTEM "file:///etc/hostname">{GOOD}', id="outer type"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>' + GOOD.replace("</GetS", "&b;</GetS"),
            id="outer entity",
        ),
        pytest.param(f"<!DOCTYPE a>{GOOD}", id="bare type"),
        pytest.param(f"\ufeff<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a>{GOOD}", id="type in UTF-16"),
        pytest.param(f"<?xml version='1.0' encoding='klingon'?>{GOOD}", id="unknown encoding"),
        pytest.param("", id="nothing"),
        pytest.param("hello", id="no XML"),
        pytest.param(GOOD[:-20], id="cut off"),
        pytest.param("<a/>", id="another document"),
        pytest.param(f'<e:Envelope xmlns:e="{SOAP}"/>', id="no body"),
        pytest.param(f'<e:Envelope xmlns:e="{SOAP}"><e:Body>x</e:Body></e:Envelope>', id="empty body"),
        pytest.param("<a>" * 5000 + "</a>" * 5000, id="deep"),
        pytest.param(GOOD.replace("Body>", "Body >\x01"), id="control character"),
        pytest.param(GOOD.replace(SOAP, "http://schemas.xmlsoap.org/soap/envelope/"), id="SOAP 1.1"),
    ],
)
def test_what_is_no_call_is_refused(camera: SimulatedCamera, content: str) -> None:
    encoding = "utf-16" if "UTF-16" in content else "utf-8"
    answer = post(camera, PATHS[DEVICE], content.encode(encoding))
    assert answer.status in (400, 500)
    assert answer.codes[0] in ("Sender", "VersionMismatch")
    assert b"Traceback" not in answer.content
    assert len(answer.content) < 2000


def test_bytes_that_are_no_text_are_refused(camera: SimulatedCamera) -> None:
    for content in (
        b"\xff\xfe\x00\xd8",
        GOOD.encode().replace(b"Date", b"\xe9\xe9"),
        gzip.compress(GOOD.encode()),
    ):
        assert post(camera, PATHS[DEVICE], content).status == 400


def test_a_compressed_call_is_refused(camera: SimulatedCamera) -> None:
    packed = gzip.compress(b" " * 50_000_000)
    answer = post(camera, PATHS[DEVICE], packed, {"Content-Encoding": "gzip"})
    assert answer.status in (400, 413, 415)


def test_an_oversized_call_is_refused_before_it_is_read(camera: SimulatedCamera) -> None:
    with socket.create_connection((camera.host, camera.onvif_port), timeout=LIMIT_S) as line:
        line.sendall(f"POST {PATHS[DEVICE]} HTTP/1.1\r\nHost: a\r\nContent-Length: {10**12}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_an_oversized_call_in_chunks_is_refused(camera: SimulatedCamera) -> None:
    with socket.create_connection((camera.host, camera.onvif_port), timeout=LIMIT_S) as line:
        line.sendall(
            f"POST {PATHS[DEVICE]} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        line.sendall(f"{TOO_MUCH:x}\r\n".encode() + b" " * TOO_MUCH + b"\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_call_that_never_ends_keeps_nobody_waiting(camera: SimulatedCamera) -> None:
    with socket.create_connection((camera.host, camera.onvif_port), timeout=LIMIT_S) as line:
        line.sendall(f"POST {PATHS[DEVICE]} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n<e".encode())
        assert call(camera, "GetDeviceInformation").status == 200


@pytest.mark.parametrize(
    ("service", "operation", "namespace"),
    [
        (DEVICE, "MakeCoffee", DEVICE),
        (DEVICE, "SystemFactoryDefault", DEVICE),
        (MEDIA, "CreateProfile", MEDIA),
        (PTZ, "GetCompatibleConfigurations", PTZ),
        (DEVICE, "GetProfiles", DEVICE),
        (PTZ, "__class__", PTZ),
        (DEVICE, "GetSystemDateAndTime", "http://example.invalid/"),
    ],
)
def test_an_unknown_operation_is_not_supported(
    camera: SimulatedCamera, service: str, operation: str, namespace: str
) -> None:
    answer = call(camera, operation, service=service)
    if namespace != service:
        answer = post(camera, PATHS[service], message(operation, service=namespace))
    assert (answer.status, answer.codes) == (500, ["Receiver", "ActionNotSupported"])


def test_a_header_that_must_be_understood_and_is_not_is_refused(camera: SimulatedCamera) -> None:
    def header(must: str) -> str:
        return f'<x:Odd xmlns:x="urn:odd" e:mustUnderstand="{must}"/>'

    answer = post(camera, PATHS[DEVICE], message("GetSystemDateAndTime", header=header("1")))
    assert answer.codes == ["MustUnderstand"]
    assert post(camera, PATHS[DEVICE], message("GetSystemDateAndTime", header=header("0"))).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", PATHS[DEVICE], (404, 405)),
        ("POST", "/snapshot/main.jpg", (404, 405)),
        ("GET", "/", (404,)),
        ("GET", "/snapshot/../../etc/hostname", (404,)),
        ("DELETE", PATHS[DEVICE], (405,)),
    ],
)
def test_other_requests_are_turned_away(
    camera: SimulatedCamera, method: str, path: str, status: tuple[int, ...]
) -> None:
    assert exchange(camera, method, path).status in status


def velocity(x: str, y: str = "0") -> str:
    return f'<Velocity><t:PanTilt x="{x}" y="{y}"/></Velocity>'


@pytest.mark.parametrize(
    ("operation", "inner", "code"),
    [
        ("ContinuousMove", velocity("nan"), "InvalidVelocity"),
        ("ContinuousMove", velocity("inf"), "InvalidVelocity"),
        ("ContinuousMove", velocity("1.5"), "InvalidVelocity"),
        ("ContinuousMove", velocity("0", "x"), "InvalidVelocity"),
        ("ContinuousMove", velocity("0.1") + "<Timeout>soon</Timeout>", ""),
        ("ContinuousMove", velocity("0.1") + "<Timeout>PT9999999999999999S</Timeout>", "TimeoutNotSupported"),
        ("ContinuousMove", velocity("0.1") + "<Timeout>-PT1S</Timeout>", "TimeoutNotSupported"),
        ("ContinuousMove", "", ""),
        (
            "ContinuousMove",
            '<Velocity><t:Zoom x="0.1" space="urn:furlongs"/></Velocity>',
            "SpaceNotSupported",
        ),
        ("AbsoluteMove", '<Position><t:PanTilt x="7" y="0"/></Position>', "InvalidPosition"),
        ("AbsoluteMove", "<Position/>", "InvalidPosition"),
        ("RelativeMove", '<Translation><t:Zoom x="-7"/></Translation>', "InvalidTranslation"),
        ("GotoPreset", "<PresetToken>999</PresetToken>", "NoToken"),
        ("RemovePreset", "", ""),
        ("SetPreset", "<PresetName>x</PresetName><PresetToken>999</PresetToken>", "NoToken"),
        ("SetPreset", f"<PresetName>{'x' * 65}</PresetName>", "InvalidPresetName"),
    ],
)
def test_arguments_that_cannot_be_are_refused(
    camera: SimulatedCamera, operation: str, inner: str, code: str
) -> None:
    answer = move(camera, operation, inner)
    assert (answer.status, answer.codes[0]) == (400, "Sender")
    assert not code or answer.codes[-1] == code


def test_tokens_of_nothing_are_refused(camera: SimulatedCamera) -> None:
    for answer in (
        move(camera, "GetStatus", profile="third"),
        call(camera, "GetProfile", "<ProfileToken>third</ProfileToken>", service=MEDIA),
        call(camera, "GetStreamUri", service=MEDIA),
        call(camera, "GetNode", "<NodeToken>x</NodeToken>", service=PTZ),
        call(camera, "GetConfiguration", service=PTZ),
        call(
            camera,
            "GetVideoEncoderConfiguration",
            "<ConfigurationToken>x</ConfigurationToken>",
            service=MEDIA,
        ),
    ):
        assert (answer.status, answer.codes[0]) == (400, "Sender")
