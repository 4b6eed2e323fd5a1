"""Everything that can befall a camera, on demand: seen from outside, and over again when it ends."""

import contextlib
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import av
import av.error
import pytest

from controlroom.cameras.devices import DeviceAddress, DeviceFault, FaultKind
from controlroom.cameras.onvif.probe import probe
from controlroom.errors import InvalidInput, Unavailable
from controlroom.simulator import counter
from controlroom.simulator.condition import Hostility
from controlroom.simulator.fault_kinds import SimulatedFaultKind as Befalls
from controlroom.simulator.fault_kinds import parse_fault
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from tests.simulator.rtsp_client import RtspClient, is_key_start, rtp_header
from tests.simulator.test_loops import unit_of
from tests.waiting import LIMIT_S, wait_until


@pytest.fixture(scope="module")
def running() -> Iterator[Fleet]:
    with Fleet(2, discovery=False) as fleet:
        yield fleet


@pytest.fixture
def fleet(running: Fleet) -> Iterator[Fleet]:
    """Healthy before and after every test."""
    yield running
    for place in (1, 2):
        running.clear_fault(place)


@pytest.fixture
def camera(fleet: Fleet) -> SimulatedCamera:
    return fleet.cameras[0]


def watch(camera: SimulatedCamera, stream: str = "sub") -> RtspClient:
    client = RtspClient(
        camera.host, camera.rtsp_port, f"/{camera.place}/{stream}", camera.username, camera.password
    )
    try:
        client.play()
    except BaseException:
        client.socket.close()
        raise
    return client


def gets_pictures(camera: SimulatedCamera) -> bool:
    try:
        with watch(camera) as client:
            return next(client.packets(), None) is not None
    except (OSError, AssertionError):
        return False


def look(camera: SimulatedCamera) -> Any:
    return probe(DeviceAddress(camera.host, camera.onvif_port, camera.username, camera.password))


def kind_of_failure(camera: SimulatedCamera) -> FaultKind:
    with pytest.raises(DeviceFault) as caught:
        look(camera)
    return caught.value.kind


def decoded(
    client: RtspClient, enough: Callable[[list[tuple[int | None, int]]], bool]
) -> list[tuple[int | None, int]]:
    """Counter and width of the pictures that come, until there are enough."""
    decoder: Any = av.CodecContext.create("h264", "r")
    seen: list[tuple[int | None, int]] = []
    unit = b""
    for channel, packet in client.packets():
        if channel:
            continue
        unit += unit_of(packet[12:])
        if rtp_header(packet)[0]:
            with contextlib.suppress(
                av.error.InvalidDataError
            ):  # joined in mid-course: up to the next key frame
                for frame in decoder.decode(av.Packet(unit)):
                    seen.append((counter.read(frame.to_ndarray(format="bgr24")), frame.width))
            unit = b""
        if enough(seen):
            break
    return seen


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("freeze", "freeze"),
        ("packet-loss", "packet-loss:0.05"),
        ("packet-loss:0.2", "packet-loss:0.2"),
        ("clock-off:-300", "clock-off:-300"),
        ("hostile", "hostile:bomb"),
        ("hostile:file-uri", "hostile:file-uri"),
        ("rare-keys", "rare-keys:8"),
        ("stamps:16", "stamps:16"),
        ("udp-only", "udp-only"),
    ],
)
def test_a_fault_is_read_as_it_is_written(text: str, written: str) -> None:
    assert str(parse_fault(text)) == written


@pytest.mark.parametrize(
    "text", ["", "fire", "freeze:3", "packet-loss:2", "hostile:rude", "reboot:soon", "clock-off:nan"]
)
def test_what_is_no_fault_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(InvalidInput, match="half-open"):
        parse_fault(text)


def test_a_camera_that_refuses_cannot_be_reached_and_comes_back(
    fleet: Fleet, camera: SimulatedCamera
) -> None:
    with watch(camera) as client:
        fleet.fault(1, "refuse")
        assert list(client.packets(3))[-1:] is not None  # what was under way, then the end
        with pytest.raises((ConnectionError, TimeoutError)):
            client.ask("OPTIONS")
    for port in (camera.onvif_port, camera.rtsp_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((camera.host, port), timeout=LIMIT_S)
    assert kind_of_failure(camera) is FaultKind.UNREACHABLE
    assert gets_pictures(fleet.cameras[1])  # nobody else is touched
    fleet.clear_fault(1)
    assert look(camera).make and gets_pictures(camera)


def test_a_silent_camera_takes_everything_and_says_nothing(fleet: Fleet, camera: SimulatedCamera) -> None:
    with watch(camera) as client:
        fleet.fault(1, "silent")
        while list(client.packets(0.4)):
            pass
        for port in (camera.onvif_port, camera.rtsp_port):
            with socket.create_connection((camera.host, port), timeout=LIMIT_S) as caller:
                caller.sendall(b"OPTIONS rtsp://x/1/sub RTSP/1.0\r\nCSeq: 1\r\n\r\n")
                caller.settimeout(0.4)
                with pytest.raises(TimeoutError):
                    caller.recv(10)
        fleet.clear_fault(1)
        assert next(client.packets(), None) is not None  # the same client is served again
    assert look(camera).make


def test_a_half_open_camera_hangs_on_old_and_new_connections(fleet: Fleet, camera: SimulatedCamera) -> None:
    with watch(camera) as client:
        fleet.fault(1, "half-open")
        while list(client.packets(0.4)):
            pass
        with pytest.raises(TimeoutError):
            socket.create_connection((camera.host, camera.rtsp_port), timeout=0.6)
        fleet.clear_fault(1)
        wait_until(lambda: gets_pictures(camera), "the camera's return")


def test_a_frozen_camera_sends_the_same_picture_again_and_again(
    fleet: Fleet, camera: SimulatedCamera
) -> None:
    with watch(camera) as client:
        decoded(client, lambda seen: len(seen) >= 3)
        fleet.fault(1, "freeze")
        seen = decoded(client, lambda seen: different_of_the_last_ten(seen) == 1)
        assert different_of_the_last_ten(seen) == 1
        fleet.clear_fault(1)
        seen = decoded(client, lambda seen: different_of_the_last_ten(seen) > 5)
        assert different_of_the_last_ten(seen) > 5


def different_of_the_last_ten(seen: list[tuple[int | None, int]]) -> int:
    """How many different counters the last ten pictures show; 0 while there are fewer."""
    return len({value for value, _ in seen[-10:]}) if len(seen) >= 10 else 0


def test_a_camera_that_reboots_is_away_and_returns_home_by_itself(
    fleet: Fleet, camera: SimulatedCamera
) -> None:
    fleet.fault(1, "reboot:600")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((camera.host, camera.onvif_port), timeout=LIMIT_S)
    fleet.clear_fault(1)
    fleet.fault(1, "reboot:0.5")
    wait_until(lambda: fleet.camera_state()["fault"] == "", "the end of the reboot")
    state = fleet.camera_state()
    assert state["orders"][-1]["order"] == "restart" and not state["moving"]
    assert look(camera).make and gets_pictures(camera)


def test_a_clock_that_is_off_is_off_until_it_is_set_right(fleet: Fleet, camera: SimulatedCamera) -> None:
    fleet.fault(1, "clock-off:300")
    assert look(camera).clock_drift_s == pytest.approx(300, abs=LIMIT_S)
    fleet.clear_fault(1)
    assert look(camera).clock_drift_s == pytest.approx(0, abs=LIMIT_S)


def test_a_changed_password_is_refused_everywhere(fleet: Fleet, camera: SimulatedCamera) -> None:
    fleet.fault(1, "wrong-password")
    assert kind_of_failure(camera) is FaultKind.NOT_AUTHORISED
    assert not gets_pictures(camera)
    fleet.clear_fault(1)
    assert look(camera).make and gets_pictures(camera)


def test_a_dripping_camera_answers_and_streams_a_few_bytes_at_a_time(
    fleet: Fleet, camera: SimulatedCamera
) -> None:
    with watch(camera) as client:
        next(client.packets())
        fleet.fault(1, "slow-drip:800")
        connection = http.client.HTTPConnection(camera.host, camera.onvif_port, timeout=LIMIT_S)
        connection.request("GET", "/snapshot/none.jpg")
        assert connection.getresponse().read() is not None
        connection.close()
        client.socket.setblocking(True)
        client.socket.settimeout(LIMIT_S)
        wait_until(lambda: fleet.camera_state()["fault"] == "slow-drip:800")
        began = time.monotonic()
        while len(client.socket.recv(65_536)) > 200:  # what the system had buffered before comes at once
            began = time.monotonic()
        got = 0
        while got < 1600:
            got += len(client.socket.recv(65_536))
        assert time.monotonic() - began >= 1.5, "800 bytes a second, never faster"
        fleet.clear_fault(1)
    assert gets_pictures(camera)


def test_lost_packets_leave_gaps_in_the_numbers(fleet: Fleet, camera: SimulatedCamera) -> None:
    with watch(camera, "main") as client:
        fleet.fault(1, "packet-loss:0.3")
        numbers = []
        for channel, packet in client.packets():
            if channel == 0:
                numbers.append(rtp_header(packet)[1])
            if len(numbers) == 300:
                break
    gaps = sum((two - one) % 65_536 - 1 for one, two in pairwise(numbers))
    assert 30 < gaps < 300


def test_a_flapping_camera_comes_and_goes(fleet: Fleet, camera: SimulatedCamera) -> None:
    def reachable() -> bool:
        with socket.socket() as caller:
            return caller.connect_ex((camera.host, camera.rtsp_port)) == 0

    fleet.fault(1, "flapping:0.3")
    for wanted in (False, True, False, True):
        wait_until(lambda wanted=wanted: reachable() is wanted, f"reachable: {wanted}")
    fleet.clear_fault(1)
    assert gets_pictures(camera)


def test_a_stream_changes_its_size_in_mid_course(fleet: Fleet, camera: SimulatedCamera) -> None:
    with watch(camera) as client:
        assert {width for _, width in decoded(client, lambda seen: len(seen) >= 2)} == {640}
        fleet.fault(1, "format-change")
        seen = decoded(client, lambda seen: sum(width == 480 for _, width in seen) >= 3)
        assert seen[-1][1] == 480
        with RtspClient(camera.host, camera.rtsp_port, "/1/sub") as newcomer:
            assert b"a=x-dimensions:480,272" in newcomer.ask("DESCRIBE").body
        fleet.clear_fault(1)
        seen = decoded(client, lambda seen: bool(seen) and seen[-1][1] == 640)
        assert seen[-1][1] == 640


def test_a_stream_turns_upright(fleet: Fleet, camera: SimulatedCamera) -> None:
    with watch(camera) as client:
        fleet.fault(1, "portrait")
        seen = decoded(client, lambda seen: bool(seen) and seen[-1][1] == 272)
        assert seen[-1][1] == 272


def test_streams_of_h265_are_announced_and_decoded_as_such(fleet: Fleet, camera: SimulatedCamera) -> None:
    with watch(camera) as before:
        fleet.fault(1, "h265")
        assert list(before.packets(LIMIT_S))[-1:] is not None, "who watched is hung up on"
    options = {"rtsp_transport": "tcp", "analyzeduration": "0", "probesize": "32"}
    for stream, width in (("sub", 640), ("main", 1280)):
        with av.open(camera.stream_url(stream), options=options, timeout=LIMIT_S) as container:
            pictures = container.decode(video=0)
            seen = [counter.read(next(pictures).to_ndarray(format="bgr24")) for _ in range(4)]
            assert container.streams.video[0].codec_context.name == "hevc"
            assert container.streams.video[0].codec_context.width == width
        values = [value for value in seen if value is not None]
        assert values == sorted(set(values))
        assert len(values) >= 3


def test_stamps_count_pictures_and_not_time(fleet: Fleet, camera: SimulatedCamera) -> None:
    fleet.fault(1, "stamps:90")
    with watch(camera) as client:
        stamps = []
        for channel, packet in client.packets():
            if channel == 0 and rtp_header(packet)[2] not in stamps:
                stamps.append(rtp_header(packet)[2])
            if len(stamps) == 6:
                break
    assert {(two - one) % 2**32 for one, two in pairwise(stamps)} == {1000}


def test_a_newcomer_gets_other_packets_until_its_key_picture_comes(
    fleet: Fleet, camera: SimulatedCamera
) -> None:
    fleet.fault(1, "rare-keys:0.5")
    with watch(camera) as client:
        kinds = []
        for channel, packet in client.packets():
            if channel == 0:
                kinds.append(is_key_start(packet))
            if kinds and kinds[-1]:
                break
    assert len(kinds) > 3


def test_udp_is_all_it_offers_and_another_path_is_where_it_sends_viewers(
    fleet: Fleet, camera: SimulatedCamera
) -> None:
    fleet.fault(1, "udp-only")
    fleet.fault(2, "moved")
    with RtspClient(camera.host, camera.rtsp_port, "/1/sub", camera.username, camera.password) as client:
        client.ask("DESCRIBE")
        tcp, udp = ("RTP/AVP/TCP;unicast;interleaved=0-1", "RTP/AVP;unicast;client_port=5000-5001")
        assert client.ask("SETUP", "/1/sub/trackID=0", Transport=tcp).status == 461
        assert client.ask("SETUP", "/1/sub/trackID=0", Transport=udp).status == 200
    other = fleet.cameras[1]
    with RtspClient(other.host, other.rtsp_port, "/2/sub", other.username, other.password) as client:
        sent_on = client.ask("DESCRIBE")
        assert (sent_on.status, sent_on.headers["location"].endswith("/2/sub?moved")) == (302, True)
        assert client.ask("DESCRIBE", "/2/sub?moved").status == 200


def test_a_source_that_starts_on_demand_refuses_after_who_did_not_play(
    fleet: Fleet, camera: SimulatedCamera
) -> None:
    fleet.fault(1, "on-demand:30")

    def answer() -> int | None:
        """Of who hangs up after a moment."""
        where = (camera.host, camera.rtsp_port, "/1/sub", camera.username, camera.password)
        with RtspClient(*where) as client, contextlib.suppress(TimeoutError):
            client.socket.settimeout(0.3)
            return client.ask("DESCRIBE").status
        return None

    assert answer() is None
    wait_until(lambda: answer() == 503)


def test_a_busy_camera_hangs_up_and_refuses_the_next(fleet: Fleet, camera: SimulatedCamera) -> None:
    fleet.fault(1, "busy:30")
    with RtspClient(camera.host, camera.rtsp_port, "/1/sub", camera.username, camera.password) as client:
        with pytest.raises((ConnectionError, AssertionError, ValueError, IndexError)):
            client.ask("DESCRIBE")
    with RtspClient(camera.host, camera.rtsp_port, "/1/sub", camera.username, camera.password) as client:
        assert client.ask("DESCRIBE").status == 503


@pytest.mark.parametrize("harm", list(Hostility))
def test_a_hostile_camera_is_answered_with_a_plain_refusal(
    fleet: Fleet, camera: SimulatedCamera, harm: Hostility
) -> None:
    fleet.fault(1, f"hostile:{harm}")
    if harm is Hostility.FILE_URI:
        assert not any(profile.stream_url.startswith("file:") for profile in look(camera).profiles)
    elif harm is Hostility.PREFIX:
        assert look(camera).ptz is not None, "what can be read is read"
    else:
        with pytest.raises(DeviceFault) as caught:
            look(camera)
        assert "Traceback" not in str(caught.value)
    fleet.clear_fault(1)
    assert look(camera).make


@pytest.mark.parametrize("harm", [Hostility.GARBAGE, Hostility.HUGE, Hostility.REDIRECT])
def test_a_hostile_camera_harms_rtsp_clients_too(
    fleet: Fleet, camera: SimulatedCamera, harm: Hostility
) -> None:
    fleet.fault(1, f"hostile:{harm}")
    with socket.create_connection((camera.host, camera.rtsp_port), timeout=LIMIT_S) as caller:
        caller.sendall(b"DESCRIBE rtsp://127.0.0.1/1/sub RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        received = caller.recv(4096)
    assert not received.startswith(b"RTSP/1.0 401")


def test_at_the_port_shared_by_all_a_camera_that_refuses_hangs_up(fleet: Fleet) -> None:
    shared = fleet.rtsp_port
    fleet.fault(1, "refuse")
    with RtspClient("127.0.0.1", shared, "/1/sub") as client:
        with pytest.raises((ConnectionError, OSError)):
            client.ask("DESCRIBE")
    with RtspClient("127.0.0.1", shared, "/2/sub") as client:
        assert client.ask("DESCRIBE").status == 200


def test_one_fault_takes_the_place_of_another(fleet: Fleet, camera: SimulatedCamera) -> None:
    fleet.fault(1, "half-open")
    fleet.fault(1, "freeze")
    assert fleet.camera_state()["fault"] == "freeze"
    assert gets_pictures(camera)


def test_an_unknown_fault_is_refused_by_the_control_api(fleet: Fleet) -> None:
    with pytest.raises(Unavailable, match="'fire' is not a fault"):
        fleet.fault(1, "fire")
    with pytest.raises(Unavailable, match="no such camera"):
        fleet.fault(9, "freeze")


def test_a_fault_may_be_there_from_the_start_and_loops_know_most_of_them() -> None:
    with Fleet(2, loops=True, discovery=False, faults={2: "refuse"}) as fleet:
        assert gets_pictures(fleet.cameras[0]) and not gets_pictures(fleet.cameras[1])
        fleet.fault(2, "freeze")
        assert gets_pictures(fleet.cameras[1])
        with pytest.raises(Unavailable, match="Only rendered streets"):
            fleet.fault(1, "format-change")


def test_every_kind_of_fault_is_written_as_its_name() -> None:
    assert {str(parse_fault(kind)).partition(":")[0] for kind in Befalls} == set(Befalls)
