"""A fleet starts, tells where it is, and is gone without a trace, however it ends."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from controlroom.errors import InvalidInput, Unavailable
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.send_log import SendLog
from controlroom.simulator.settings import FleetOptions, PtzQuirks, Spaces, numbered_cameras
from tests.simulator.rtsp_client import RtspClient
from tests.waiting import LIMIT_S, wait_until


def listens(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(LIMIT_S)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def simulate(*options: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    program = "import sys; from controlroom.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", program, "simulate", "--base-port", "0", "--no-discovery", "--json", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )


def ready(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def ended_in_good_order(process: subprocess.Popen[str]) -> None:
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, err
    assert not out.strip() and "Traceback" not in err


def test_every_camera_has_its_own_onvif_port_and_stream_addresses() -> None:
    with Fleet(3, discovery=False) as fleet:
        ports = [camera.onvif_port for camera in fleet.cameras] + [fleet.cameras[0].rtsp_port]
        assert len(set(ports)) == 4 and all(map(listens, ports))
        assert [camera.number for camera in fleet.cameras] == ["001", "002", "003"]
        assert fleet.cameras[2].sub_url == f"rtsp://127.0.0.1:{fleet.cameras[2].rtsp_port}/3/sub"
        assert fleet.cameras[2].stream_url("main").startswith("rtsp://operator:simulated@127.0.0.1:")
        assert "simulated" not in repr(fleet.cameras[0])
        pid = fleet.pid
    assert not psutil.pid_exists(pid)
    assert not any(map(listens, ports))


def test_a_watched_fleet_ends_as_well() -> None:
    with Fleet(1, discovery=False) as fleet:
        camera, pid = fleet.cameras[0], fleet.pid
        client = RtspClient(camera.host, camera.rtsp_port, "/1/main")
        client.play()
        next(client.packets())
    assert not psutil.pid_exists(pid)
    client.socket.close()


def test_a_fleet_whose_parent_is_killed_ends_by_itself() -> None:
    program = (
        "from controlroom.simulator.fleet import Fleet; import sys; f = Fleet(1, discovery=False).start();"
        "print(f.pid, f.cameras[0].rtsp_port, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin is not None and parent.stdout is not None
    pid, port = map(int, parent.stdout.readline().split())
    parent.kill()
    parent.wait()
    wait_until(lambda: not psutil.pid_exists(pid), "the orphan's end")
    assert not listens(port)
    parent.stdin.close()
    parent.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_the_command_ends_on_a_signal(number: signal.Signals) -> None:
    process = simulate("--cameras", "1")
    port = ready(process)["rtsp_port"]
    process.send_signal(number)
    ended_in_good_order(process)
    assert not listens(port)


def test_the_command_ends_when_its_input_closes_if_told_so() -> None:
    process = simulate("--cameras", "2", "--until-stdin-closes")
    told = ready(process)
    assert [camera["place"] for camera in told["cameras"]] == [1, 2]
    assert set(told["cameras"][0]) >= {
        "number",
        "name",
        "host",
        "onvif_port",
        "rtsp_port",
        "main",
        "sub",
        "user",
    }
    ended_in_good_order(process)  # communicate closes its input


def test_user_and_password_come_from_the_options_and_the_environment() -> None:
    process = simulate(
        "--cameras", "1", "--user", "viewer", "--password-env", "CAMERA_SECRET", "--until-stdin-closes",
        environment={"CAMERA_SECRET": "rather secret"},
    )  # fmt: skip
    told = ready(process)
    assert told["cameras"][0]["user"] == "viewer" and "secret" not in json.dumps(told)
    with RtspClient("127.0.0.1", told["rtsp_port"], "/1/sub", "viewer", "rather secret") as client:
        assert client.ask("DESCRIBE").status == 200
    ended_in_good_order(process)


def test_cameras_may_be_listed_in_a_file(tmp_path: Path) -> None:
    listed = [{"number": "014", "name": "George Street", "seed": 3, "ptz": {"fitted": False}}]
    (tmp_path / "cameras.json").write_text(json.dumps(listed))
    process = simulate("--list", str(tmp_path / "cameras.json"), "--until-stdin-closes")
    assert ready(process)["cameras"][0]["number"] == "014"
    ended_in_good_order(process)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cameras", "0"], "--cameras is a number from 1"),
        (["--footage", "no-such-file.mp4"], "There is no video file at no-such-file.mp4."),
        (["--password-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE is empty or not set"),
        (["--list", "nowhere.json"], "nowhere.json cannot be read"),
        (["--base-port", "65535"], "leaves no room"),
        (["--fault", "9=freeze"], "there is no camera '9'"),
        (["--fault", "1=fire"], "'fire' is not a fault"),
    ],
)
def test_what_cannot_be_is_refused_in_one_plain_line(options: list[str], words: str) -> None:
    process = simulate(*options)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 1 and not out
    assert words in err and len(err.strip().splitlines()) == 1 and "Traceback" not in err


def test_a_taken_port_is_a_plain_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Unavailable, match=r"cannot listen.*choose another --base-port"):
            Fleet(1, base_port=taken.getsockname()[1], discovery=False).start()


def free_run(count: int) -> int:
    """The first of `count` ports in a row that nobody has; below those the system hands out by itself."""
    while True:
        base = random.randrange(20_000, 30_000)
        with contextlib.ExitStack() as held:
            try:
                for port in range(base, base + count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return base


def test_a_base_port_decides_every_port() -> None:
    base = free_run(5)
    with Fleet(2, base_port=base, discovery=False) as fleet:
        assert [camera.onvif_port for camera in fleet.cameras] == [base + 1, base + 2]
        assert [camera.rtsp_port for camera in fleet.cameras] == [base + 3, base + 4]
        with RtspClient("127.0.0.1", base, "/2/sub") as client:  # every camera is at the base port too
            assert client.ask("DESCRIBE").status == 200


def test_the_send_log_tells_when_the_frame_was_sent(tmp_path: Path) -> None:
    with Fleet(2, discovery=False, send_log=tmp_path / "sent") as fleet:
        before = time.monotonic_ns()
        camera = fleet.cameras[1]
        with RtspClient(camera.host, camera.rtsp_port, "/2/sub") as client:
            client.play()
            next(client.packets())
            after = time.monotonic_ns()
        sent = SendLog.open(tmp_path / "sent")
        moment = sent.sent_at(1, 1, 1)
        assert moment is not None and before < moment < after
        assert sent.sent_at(0, 1, 1) is None and sent.sent_at(1, 0, 1) is None


def test_knobs_reach_the_camera_through_the_pipe() -> None:
    quirks = PtzQuirks(ignore_timeout=True, spaces=Spaces.DEGREES)
    fleet = Fleet.of_one(quirks, clock_offset_s=90.0, model="Odd One")
    options = FleetOptions.from_json(json.loads(json.dumps(fleet.options.to_json())))
    assert options == fleet.options
    assert options.cameras[0].ptz is not quirks and options.cameras[0].ptz == quirks


def test_an_unknown_option_or_knob_is_refused() -> None:
    values = FleetOptions(numbered_cameras(1)).to_json()
    with pytest.raises(InvalidInput, match="'colour'"):
        FleetOptions.from_json({**values, "colour": "blue"})
    with pytest.raises(InvalidInput, match="cannot be described"):
        FleetOptions.from_json({**values, "cameras": [{"number": "1", "name": "x", "wheels": 4}]})


def test_the_control_api_tells_orders_and_sets_clocks() -> None:
    with Fleet(1, discovery=False) as fleet:
        state = fleet.camera_state()
        assert state["moving"] is False and state["logins_refused"] == 0
        fleet.set_clock(1, 120)
        with pytest.raises(Unavailable, match="no such camera"):
            fleet.camera_state(9)
        with pytest.raises(Unavailable, match="number of seconds"):
            fleet.control("POST", "/cameras/1/clock", {"ahead_s": "soon"})
