"""`controlroom camera …`: one plain line on failure, and no camera left moving, whatever happens."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from controlroom.cameras import commands
from controlroom.cameras.onvif.ptz import HOLD_S
from controlroom.cli import main
from tests.cameras.onvif.loopback import PASSWORD, USER, HandMadeCamera, Reply, fault
from tests.waiting import LIMIT_S, wait_until


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Iterator[HandMadeCamera]:
    monkeypatch.setenv("CAMERA_PASSWORD", PASSWORD)
    with HandMadeCamera() as camera:
        yield camera


def at(camera: HandMadeCamera) -> list[str]:
    return [
        "127.0.0.1",
        "--port",
        str(camera.address.port),
        "--user",
        USER,
        "--password-env",
        "CAMERA_PASSWORD",
    ]


def test_a_probe_prints_what_the_camera_is(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["camera", "probe", *at(camera)]) == 0
    told = capsys.readouterr().out
    for word in ("Hand", "Made", "1280x720", "rtsp://127.0.0.1:554/main", "pan and tilt", "media", "Clock"):
        assert word in told
    assert PASSWORD not in told


def test_a_probe_prints_json(camera: HandMadeCamera, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["camera", "probe", *at(camera), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["model"] == "Made"
    assert [profile["stream_url"] for profile in report["profiles"]] == [
        "rtsp://127.0.0.1:554/main",
        "rtsp://127.0.0.1:554/sub",
    ]
    assert report["ptz"]["pan_tilt"] is True
    assert abs(report["clock_drift_s"]) < LIMIT_S


def test_a_move_ends_in_an_acknowledged_stop(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["camera", "ptz", *at(camera), "--move", "-0.5", "0", "0.25", "--seconds", "0.2", "--json"]
    assert main(command) == 0
    assert camera.log == ["move -0.5 0.0 0.25", "stop"]
    result = json.loads(capsys.readouterr().out)
    assert result["stop_ms"] > 0
    assert result["moved_s"] >= 0.2


class TimeInHand:
    """Stands for the module `time`: goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_long_move_is_repeated_before_its_timeout(
    camera: HandMadeCamera, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "time", TimeInHand())
    command = [
        "camera",
        "ptz",
        *at(camera),
        "--move",
        "1",
        "0",
        "0",
        "--seconds",
        str(1.2 * HOLD_S),
        "--json",
    ]
    assert main(command) == 0
    assert camera.log == [*["move 1.0 0.0 0.0"] * 3, "stop"]
    assert json.loads(capsys.readouterr().out)["moved_s"] == pytest.approx(1.2 * HOLD_S)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (["--stop"], "Stopped"),
        (["--presets"], "North End"),
        (["--goto", "1"], "preset 1"),
        (["--status"], "Pan +0.250, tilt -0.500, zoom +0.750; at rest."),
    ],
)
def test_the_other_actions_say_what_they_did(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str], what: list[str], told: str
) -> None:
    assert main(["camera", "ptz", *at(camera), *what]) == 0
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--goto", "99"], "has no preset 99"),
        (["--move", "2", "0", "0"], "-1 to 1"),
        (["--move", "nan", "0", "0"], "-1 to 1"),
        (["--move", "0", "0", "0"], "--stop"),
        (["--move", "1", "0", "0", "--seconds", "-3"], "out of range"),
        (["--stop", "--password-env", "NOT_THERE"], "NOT_THERE is not set"),
        (["--stop", "--port", "70000"], "not a port"),
    ],
)
def test_bad_input_is_one_plain_line(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    assert main(["camera", "ptz", *at(camera), *more]) == 1
    assert told in capsys.readouterr().err
    assert not camera.moving


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1:99999", "99999 is not a port"),
        ("http://127.0.0.1", "is not a host name or address"),
        ("127.0.0.1/onvif", "is not a host name or address"),
    ],
)
def test_a_host_with_more_than_its_name_and_port_is_refused_unasked(
    capsys: pytest.CaptureFixture[str], host: str, told: str
) -> None:
    assert main(["camera", "probe", host]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert told in said


def test_a_name_that_the_console_has_no_letters_for_is_printed_as_well_as_can_be(
    camera: HandMadeCamera,
) -> None:
    camera.presets = {"1": "Wąska", "2": "Café"}
    done = subprocess.run(
        [sys.executable, "-m", "controlroom.cli", "camera", "ptz", *at(camera), "--presets"],
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "CAMERA_PASSWORD": PASSWORD},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode("cp1252")
    assert "W?ska" in said
    assert "Café" in said


def test_a_wrong_password_is_one_plain_line(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMERA_PASSWORD", "wrong")
    assert main(["camera", "probe", *at(camera)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "refused the user name or password" in said
    assert camera.count("GetDeviceInformation") == 1


def test_a_move_the_camera_refuses_is_told_after_stopping(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str]
) -> None:
    camera.answers["ContinuousMove"] = fault("s:Receiver", "ter:ActionNotSupported", status=500)
    assert main(["camera", "ptz", *at(camera), "--move", "1", "0", "0"]) == 1
    said = capsys.readouterr().err
    assert "does not offer moving" in said
    assert "Stop was acknowledged" in said
    assert camera.log == ["stop"]


def test_a_camera_that_starts_again_in_mid_move_is_stopped_once_its_services_are_there(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([Reply(b"", 404), Reply(b"", 404)])
    moves = iter([None])
    camera.answers["Stop"] = lambda request: next(answers, None) or camera.usual(request)
    camera.answers["ContinuousMove"] = lambda request: next(moves, Reply(b"", 404)) or camera.usual(request)
    assert main(["camera", "ptz", *at(camera), "--move", "1", "0", "0", "--seconds", "0.1"]) == 0
    assert "Stop acknowledged" in capsys.readouterr().out
    assert camera.log == ["move 1.0 0.0 0.0", "stop"]


def test_a_preset_the_camera_does_not_list_is_not_said_to_be_driven_to(
    camera: HandMadeCamera, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some cameras take any token and stay where they are."""
    camera.answers["GotoPreset"] = "<tptz:GotoPresetResponse/>"
    assert main(["camera", "ptz", *at(camera), "--goto", "99"]) == 1
    assert "North End" in capsys.readouterr().err, "those it has are named"
    assert not camera.count("GotoPreset")
    camera.answers["GetPresets"] = fault("s:Receiver", "ter:ActionNotSupported", status=500)
    assert main(["camera", "ptz", *at(camera), "--goto", "99"]) == 0, "where none are listed, it is tried"


def heed_interrupts() -> None:
    """Let Ctrl+C reach the program where these tests run as a background job, in which shells have it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_move_is_stopped(camera: HandMadeCamera, how: signal.Signals) -> None:
    words = ["camera", "ptz", *at(camera), "--move", "1", "0", "0", "--seconds", "60"]
    command = [sys.executable, "-m", "controlroom.cli", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    ) as program:
        wait_until(lambda: camera.moving, "it moves")
        os.kill(program.pid, how)
        wait_until(lambda: not camera.moving, "it was stopped, long before its sixty seconds")
        _, errors = program.communicate(timeout=LIMIT_S)
    assert program.returncode == 130
    assert "Traceback" not in errors


def test_searching_one_interface_lists_devices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["camera", "discover", "--interface", "127.0.0.1", "--seconds", "0.1", "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


def test_searching_a_foreign_interface_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["camera", "discover", "--interface", "203.0.113.9"]) == 1
    assert "not an IPv4 address of this computer" in capsys.readouterr().err
