"""Video arrives: over TCP and UDP, from a key frame on, for many at once, and only while somebody watches."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import psutil
import pytest

from controlroom.simulator.fleet import Fleet, SimulatedCamera
from tests.simulator.rtsp_client import RtspClient, is_key_start, rtp_header
from tests.waiting import LIMIT_S, wait_until


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(2, discovery=False) as running:
        yield running


@pytest.fixture
def connect(fleet: Fleet) -> Iterator[Callable[..., RtspClient]]:
    made: list[RtspClient] = []

    def to(stream: str = "sub", place: int = 1) -> RtspClient:
        camera = fleet.cameras[place - 1]
        client = RtspClient(
            camera.host, camera.rtsp_port, f"/{place}/{stream}", camera.username, camera.password
        )
        made.append(client)
        return client

    yield to
    for client in made:
        client.socket.close()
    wait_until(lambda: not any(state["watchers"]["sub"] for state in fleet.state()["cameras"]))


def pictures(client: RtspClient, count: int) -> list[list[bytes]]:
    """The next whole pictures' packets."""
    whole: list[list[bytes]] = []
    running: list[bytes] = []
    for channel, packet in client.packets():
        if channel == 0:
            running.append(packet)
            if rtp_header(packet)[0]:
                whole.append(running)
                running = []
                if len(whole) == count:
                    break
    return whole


def test_the_first_packet_over_tcp_begins_a_key_frame(connect: Callable[..., RtspClient]) -> None:
    client = connect()
    client.play()
    _, first = next(client.packets())
    assert is_key_start(first)


def test_a_second_client_is_sent_a_key_frame_without_waiting_for_the_next_one(
    connect: Callable[..., RtspClient],
) -> None:
    first = connect()
    first.play()
    pictures(first, 3)
    late = connect()
    late.play()
    packets = pictures(late, 1)[0]
    assert is_key_start(packets[0])
    since = [rtp_header(picture[0])[2] for picture in pictures(first, 1)]
    assert abs(rtp_header(packets[0])[2] - since[0]) < 90_000 * 0.8


def test_packets_are_numbered_and_dated_in_order(connect: Callable[..., RtspClient]) -> None:
    client = connect()
    client.play()
    got = pictures(client, 20)
    headers = [rtp_header(packet) for picture in got for packet in picture]
    assert all(two[1] == (one[1] + 1) & 0xFFFF for one, two in pairwise(headers))
    assert len({header[3] for header in headers}) == 1
    times = [rtp_header(picture[0])[2] for picture in got]
    gaps = [(two - one) & 0xFFFFFFFF for one, two in pairwise(times)]
    assert min(gaps) > 0
    assert sorted(gaps)[len(gaps) // 2] > 6000 * 0.9  # 15 a second, fewer on a busy machine


def test_sender_reports_tie_timestamps_to_the_clock(connect: Callable[..., RtspClient]) -> None:
    client = connect()
    client.play()
    report = next(packet for channel, packet in client.packets() if channel == 1)
    assert report[1] == 200
    ssrc, seconds = struct.unpack_from("!II", report, 4)
    _, packet = next(item for item in client.packets() if item[0] == 0)
    assert ssrc == rtp_header(packet)[3]
    assert abs(seconds - 2_208_988_800 - time.time()) < LIMIT_S


def test_udp_brings_pictures_and_reports_from_the_announced_ports(connect: Callable[..., RtspClient]) -> None:
    client = connect()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtcp,
    ):
        for each in (rtp, rtcp):
            each.bind(("127.0.0.1", 0))
            each.settimeout(LIMIT_S)
        ports = f"{rtp.getsockname()[1]}-{rtcp.getsockname()[1]}"
        set_up = client.play(f"RTP/AVP;unicast;client_port={ports}")
        packet, sender = rtp.recvfrom(2048)
        report, reporter = rtcp.recvfrom(2048)
        assert is_key_start(packet) and report[1] == 200
        assert f"server_port={sender[1]}-{reporter[1]}" in set_up.headers["transport"]
        numbers = [rtp_header(packet)[1] for packet in [packet, *(rtp.recv(2048) for _ in range(60))]]
        assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(61)]


def test_pause_stops_the_packets_and_play_goes_on(fleet: Fleet, connect: Callable[..., RtspClient]) -> None:
    client = connect()
    client.play()
    pictures(client, 2)
    assert client.ask("PAUSE").status == 200
    wait_until(lambda: fleet.camera_state()["watchers"]["sub"] == 0)
    assert client.ask("PLAY").status == 200
    assert len(pictures(client, 2)) == 2
    assert client.ask("TEARDOWN").status == 200


@pytest.mark.parametrize("leave", ["TEARDOWN", "hang up"])
def test_nothing_is_drawn_or_encoded_once_the_last_client_has_gone(
    fleet: Fleet, connect: Callable[..., RtspClient], leave: str
) -> None:
    client = connect("sub", 2)
    client.play()
    pictures(client, 3)
    assert fleet.camera_state(2)["pictures"]["main"] == 0  # the other stream was never looked at
    if leave == "TEARDOWN":
        client.ask("TEARDOWN")
    else:
        client.socket.close()
    wait_until(lambda: fleet.camera_state(2)["watchers"]["sub"] == 0)
    made = fleet.camera_state(2)["pictures"]["sub"]
    other = connect("sub", 1)
    other.play()
    pictures(other, 10)  # time passes, another camera works
    assert fleet.camera_state(2)["pictures"]["sub"] == made


def test_an_unwatched_fleet_uses_no_processor(fleet: Fleet) -> None:
    wait_until(lambda: not any(sum(each["watchers"].values()) for each in fleet.state()["cameras"]))
    process = psutil.Process(fleet.pid)
    process.cpu_percent()
    assert min(process.cpu_percent(0.4) for _ in range(3)) < 3.0


def test_clients_that_take_nothing_hold_nobody_up(connect: Callable[..., RtspClient]) -> None:
    quick = connect("main")
    quick.play()
    pictures(quick, 5)
    stuck = [connect("main") for _ in range(4)]
    for client in stuck:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.play()
    got = pictures(quick, 75)
    assert len(got) == 75
    headers = [rtp_header(packet)[1] for picture in got for packet in picture]
    assert all(two == (one + 1) & 0xFFFF for one, two in pairwise(headers))


def test_a_hundred_clients_coming_and_going_leave_nothing(fleet: Fleet) -> None:
    camera: SimulatedCamera = fleet.cameras[0]
    for _ in range(100):
        with RtspClient(camera.host, camera.rtsp_port, "/1/sub", camera.username, camera.password) as client:
            client.play()
    wait_until(lambda: fleet.state()["connections"] == 0)
    assert fleet.camera_state()["watchers"] == {"main": 0, "sub": 0}
