"""`controlroom camera …` against a simulated camera, from the shell's end to the camera's."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.simulator.settings import CameraSettings
from tests.waiting import LIMIT_S, wait_until

PROGRAM = "import sys; from controlroom.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def cameras() -> Iterator[list[SimulatedCamera]]:
    settings = [
        CameraSettings("001", "North End", seed=1),
        CameraSettings("002", "High Street", seed=2, clock_offset_s=300),
    ]
    with Fleet(settings, discovery=False) as fleet:
        yield fleet.cameras


def controlroom(
    camera: SimulatedCamera, command: str, *options: str, password: str = ""
) -> "subprocess.CompletedProcess[str]":
    where = [camera.host, "--port", str(camera.onvif_port), "--user", camera.username]
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "camera", command, *where, "--password-env", "SECRET", *options],
        env={**os.environ, "SECRET": password or camera.password},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def told(camera: SimulatedCamera, command: str, *options: str) -> Any:
    done = controlroom(camera, command, *options, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_probe_tells_all(cameras: list[SimulatedCamera]) -> None:
    report = told(cameras[0], "probe")
    assert (report["make"], report["model"]) == ("Sandpiper", "SP-720 PTZ")
    assert [each["stream_url"] for each in report["profiles"]] == [cameras[0].main_url, cameras[0].sub_url]
    assert report["ptz"]["presets"] and report["ptz"]["max_presets"] == 64
    assert abs(report["clock_drift_s"]) < 2
    assert report["warnings"] == []


def test_a_probe_in_words_tells_the_wrong_clock_and_no_password(cameras: list[SimulatedCamera]) -> None:
    done = controlroom(cameras[1], "probe")
    assert done.returncode == 0, done.stderr
    assert "5 min ahead" in done.stdout
    assert cameras[1].password not in done.stdout


def test_a_wrong_password_is_one_plain_line(cameras: list[SimulatedCamera]) -> None:
    done = controlroom(cameras[0], "probe", password="wrong")
    assert done.returncode != 0
    assert "refused the user name or password" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_move_turns_the_camera_and_ends(cameras: list[SimulatedCamera]) -> None:
    camera = cameras[0]
    before = told(camera, "ptz", "--status")
    result = told(camera, "ptz", "--move", "-0.5", "0", "0", "--seconds", "0.3")
    assert result["moved_s"] >= 0.3
    after = told(camera, "ptz", "--status")
    assert after["moving"] is False
    assert after["pan"] < before["pan"] - 0.05
    assert told(camera, "ptz", "--status") == after


def test_presets_are_listed_and_driven_to(cameras: list[SimulatedCamera]) -> None:
    camera = cameras[1]
    presets = told(camera, "ptz", "--presets")
    assert presets[0]["name"] == "Station steps"
    told(camera, "ptz", "--goto", presets[2]["token"])

    def has_arrived() -> bool:
        status = told(camera, "ptz", "--status")
        return status["moving"] is False and abs(status["pan"] - presets[2]["pan"]) < 1e-3

    wait_until(has_arrived)
