"""The RTSP server's manners: what it offers, whom it refuses, and how it takes nonsense."""

import base64
import re
import socket
from collections.abc import Iterator

import pytest

from controlroom.simulator.fleet import Fleet, SimulatedCamera
from tests.simulator.rtsp_client import RtspClient
from tests.waiting import LIMIT_S

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(2, discovery=False) as running:
        yield running


@pytest.fixture
def camera(fleet: Fleet) -> SimulatedCamera:
    return fleet.cameras[0]


@pytest.fixture
def client(camera: SimulatedCamera) -> Iterator[RtspClient]:
    with to(camera) as made:
        yield made


def to(camera: SimulatedCamera, path: str = "", password: str = "") -> RtspClient:
    path = path or f"/{camera.place}/sub"
    return RtspClient(camera.host, camera.rtsp_port, path, camera.username, password or camera.password)


def exchange(camera: SimulatedCamera, sent: bytes) -> bytes:
    """What comes back until the server hangs up or has answered once."""
    with socket.create_connection((camera.host, camera.rtsp_port), timeout=LIMIT_S) as plain:
        plain.sendall(sent)
        received = b""
        while b"\r\n\r\n" not in received:
            data = plain.recv(4096)
            if not data:
                break
            received += data
        return received


def test_options_name_every_method_and_need_no_login(client: RtspClient) -> None:
    answer = client.ask("OPTIONS", login=False)
    assert answer.status == 200
    for method in ("DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER"):
        assert method in answer.headers["public"]


def test_a_stream_is_described_only_after_a_digest_login(client: RtspClient) -> None:
    refused = client.ask("DESCRIBE", login=False)
    assert refused.status == 401
    assert refused.headers["www-authenticate"].startswith("Digest ")
    assert client.ask("DESCRIBE").status == 200


def test_the_description_lets_a_client_decode_before_the_first_key_frame(camera: SimulatedCamera) -> None:
    for stream, width in (("main", 1280), ("sub", 640)):
        with to(camera, f"/1/{stream}") as client:
            answer = client.ask("DESCRIBE")
        text = answer.body.decode()
        assert answer.headers["content-type"] == "application/sdp"
        assert answer.headers["content-base"].endswith(f"/1/{stream}/")
        assert "a=rtpmap:96 H264/90000" in text and f"a=x-dimensions:{width}," in text
        sets = re.search(r"sprop-parameter-sets=([^,]+),(\S+)", text)
        assert sets is not None
        assert [base64.b64decode(each)[0] & 0x1F for each in sets.groups()] == [7, 8]


def test_a_wrong_password_is_refused_and_counted(fleet: Fleet, camera: SimulatedCamera) -> None:
    before = fleet.camera_state()["logins_refused"]
    with to(camera, password="guess") as client:
        assert client.ask("DESCRIBE").status == 401
    assert fleet.camera_state()["logins_refused"] == before + 1


def test_a_login_to_one_camera_does_not_open_another(fleet: Fleet, client: RtspClient) -> None:
    assert client.ask("DESCRIBE").status == 200
    other = client.url.replace("/1/", "/2/")
    assert client.ask("DESCRIBE", other, login=False).status == 401


def test_basic_login_is_refused(client: RtspClient) -> None:
    basic = base64.b64encode(b"operator:simulated").decode()
    assert client.ask("DESCRIBE", login=False, Authorization=f"Basic {basic}").status == 401


@pytest.mark.parametrize(
    "path", ["/3/sub", "/0/main", "/1/third", "/", "/1", "/1/sub/trackID=9", "/../1/sub"]
)
def test_what_is_not_there_is_not_found(camera: SimulatedCamera, path: str) -> None:
    with to(camera, path) as client:
        assert client.ask("DESCRIBE").status == 404


@pytest.mark.parametrize(
    "transport",
    [
        "RTP/AVP;multicast",
        "RAW/RAW/UDP;unicast",
        "RTP/AVP;unicast",
        "",
        "RTP/AVP;unicast;client_port=0-1",
        "x" * 200,
    ],
)
def test_a_transport_that_cannot_be_given_is_refused(client: RtspClient, transport: str) -> None:
    assert client.ask("DESCRIBE").status == 200
    assert client.ask("SETUP", client.url + "/trackID=0", Transport=transport).status == 461
    assert client.ask("SETUP", client.url + "/trackID=0", Transport=f"{transport},{TCP}").status == 200


def test_playing_needs_a_session(client: RtspClient) -> None:
    assert client.ask("DESCRIBE").status == 200
    assert client.ask("PLAY").status == 454
    client.session = "somebody-elses"
    assert client.ask("PLAY").status == 454
    assert client.ask("TEARDOWN").status == 454


def test_a_session_announces_its_timeout_and_is_kept_alive(client: RtspClient) -> None:
    client.ask("DESCRIBE")
    answer = client.ask("SETUP", client.url + "/trackID=0", Transport=TCP)
    assert answer.headers["session"].endswith(";timeout=60")
    assert "interleaved=0-1" in answer.headers["transport"]
    assert client.ask("GET_PARAMETER").status == 200
    assert client.ask("SET_PARAMETER").status == 200


def test_a_method_nobody_knows_is_not_implemented(client: RtspClient) -> None:
    assert client.ask("RECORD").status == 501


def test_a_version_nobody_speaks_is_refused(camera: SimulatedCamera) -> None:
    answer = exchange(camera, b"OPTIONS rtsp://127.0.0.1/1/sub RTSP/2.0\r\nCSeq: 1\r\n\r\n")
    assert answer.startswith(b"RTSP/1.0 505 ")


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00\xff\x00\xff\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 999999999\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: -5\r\n\r\n",
        b"A" * 20_000,
    ],
    ids=["http", "bytes", "huge body", "negative body", "endless header"],
)
def test_nonsense_is_answered_once_and_hung_up_on(camera: SimulatedCamera, nonsense: bytes) -> None:
    assert exchange(camera, nonsense).startswith(b"RTSP/1.0 400 ")
    with to(camera) as client:  # and the server goes on
        assert client.ask("OPTIONS").status == 200


def test_requests_may_come_in_pieces_and_several_at_once(camera: SimulatedCamera) -> None:
    one = b"OPTIONS rtsp://127.0.0.1/1/sub RTSP/1.0\r\nCSeq: %d\r\n\r\n"
    with socket.create_connection((camera.host, camera.rtsp_port), timeout=LIMIT_S) as plain:
        whole = one % 1 + one % 2 + one % 3
        for place in range(0, len(whole), 17):
            plain.sendall(whole[place : place + 17])
        received = b""
        while received.count(b"RTSP/1.0 200") < 3:
            received += plain.recv(4096)
    assert [f"CSeq: {number}".encode() in received for number in (1, 2, 3)] == [True] * 3


def test_no_password_leaves_the_server(client: RtspClient) -> None:
    answer = client.ask("DESCRIBE")
    assert b"simulated" not in answer.body and "simulated" not in " ".join(answer.headers.values())
