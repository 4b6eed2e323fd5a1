"""Focus, iris and aim through the real control process and a simulated camera: what is held stops with the hand."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from controlroom.cameras.aiming import Aim, AimWay
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEvent, ControlEventKind, DeviceFault, FaultKind
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.settings import LensQuirks, PtzQuirks, numbered_cameras
from tests.simulator.onvif.calling import address
from tests.waiting import LIMIT_S, wait_until

KIND = ControlEventKind
LENS, WITHOUT = "1", "2"


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    usual, plain = numbered_cameras(2)
    plain = replace(plain, ptz=PtzQuirks(fitted=False), lens=LensQuirks(fitted=False))
    with Fleet([usual, plain], discovery=False) as fleet:
        yield fleet


class Desk:
    """A client connected to both cameras, and the events it heard."""

    def __init__(self, folder: Path, fleet: Fleet) -> None:
        self.fleet = fleet
        self.events: list[ControlEvent] = []
        self.supervisor = Supervisor(RunFolder(folder))
        self.client = ControlClient(self.supervisor, self.events.append)
        for camera_id, camera in zip((LENS, WITHOUT), fleet.cameras, strict=True):
            self.client.connect(camera_id, address(camera))
            wait_until(lambda camera_id=camera_id: self.heard(KIND.REACHABLE, camera_id), "it is connected")

    def heard(self, kind: ControlEventKind, camera_id: str = LENS) -> list[ControlEvent]:
        return [event for event in self.events if event.kind is kind and event.camera_id == camera_id]

    def lens(self) -> dict[str, Any]:
        return self.fleet.camera_state(1)["lens"]

    def focuses(self) -> bool:
        """Hold the key until the focus moves."""
        self.client.focus(LENS, 0.2)
        return self.lens()["moving"]


@pytest.fixture
def desk(tmp_path: Path, fleet: Fleet) -> Iterator[Desk]:
    desk = Desk(tmp_path, fleet)
    yield desk
    desk.supervisor.close()


def test_a_held_focus_moves_and_stops_on_release_or_when_the_desk_falls_silent(desk: Desk) -> None:
    wait_until(desk.focuses, "the focus moves")
    desk.client.stop_focus(LENS)
    wait_until(lambda: not desk.lens()["moving"], "it stands")
    wait_until(lambda: desk.heard(KIND.FOCUS_STOPPED), "the desk is told")
    assert not desk.heard(KIND.STOPPED), "that is a word about the head"
    wait_until(desk.focuses, "and again")
    wait_until(lambda: not desk.lens()["moving"], "nobody held the key")
    wait_until(lambda: "no sign" in desk.heard(KIND.FOCUS_STOPPED)[-1].detail, "and the desk is told why")


def test_stopping_the_head_leaves_the_focus_and_the_other_way_round(desk: Desk) -> None:
    wait_until(desk.focuses, "the focus moves")
    desk.client.stop(LENS)
    wait_until(lambda: desk.heard(KIND.STOPPED), "the head is stopped")
    assert desk.focuses()
    desk.client.stop_focus(LENS)
    wait_until(lambda: not desk.lens()["moving"])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killing_control_while_focusing_stops_the_focus(desk: Desk, how: signal.Signals) -> None:
    wait_until(desk.focuses, "the focus moves")
    pid = desk.supervisor.health()[0].pid
    assert pid is not None
    os.kill(pid, how)
    wait_until(lambda: not desk.lens()["moving"], "the one started after it stopped the focus")


def test_killing_the_desk_while_focusing_stops_the_focus(tmp_path: Path, fleet: Fleet) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from controlroom.cameras.control_client import ControlClient\n"
        "from controlroom.cameras.devices import DeviceAddress\n"
        "from controlroom.processes.run_folder import RunFolder\n"
        "from controlroom.processes.supervisor import Supervisor\n"
        "client = ControlClient(Supervisor(RunFolder(Path(sys.argv[1]))))\n"
        "client.connect('1', DeviceAddress('127.0.0.1', int(sys.argv[2]), sys.argv[3], sys.stdin.readline().strip()))\n"
        "while True:\n    client.focus('1', 0.2); time.sleep(0.1)\n"
    )
    camera = fleet.cameras[0]
    command = [sys.executable, "-c", script, str(tmp_path), str(camera.onvif_port), camera.username]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as desk:
        assert desk.stdin is not None
        desk.stdin.write(camera.password + "\n")
        desk.stdin.flush()
        wait_until(lambda: fleet.camera_state(1)["lens"]["moving"], "the focus moves")
        desk.kill()
        wait_until(lambda: not fleet.camera_state(1)["lens"]["moving"], "control saw its pipe close")


def test_iris_autofocus_and_aim_are_answered_with_what_became_of_them(desk: Desk) -> None:
    assert desk.client.lens(LENS).result(LIMIT_S).iris
    assert desk.client.set_autofocus(LENS, False).result(LIMIT_S).focuses_itself is False
    assert desk.client.turn_iris(LENS, 1).result(LIMIT_S).exposes_itself is False
    assert desk.client.set_auto_iris(LENS).result(LIMIT_S).exposes_itself is True
    abilities = desk.client.abilities(LENS).result(LIMIT_S)
    assert abilities.relative_fov and abilities.auxiliary
    assert desk.client.aim(LENS, Aim(0.1, 0.1)).result(LIMIT_S) is AimWay.EXACT
    desk.client.auxiliary(LENS, "tt:Washer|On").result(LIMIT_S)
    assert desk.fleet.camera_state(1)["extras"] == {"tt:Washer": "On"}
    stored = desk.client.set_preset(LENS, "Bus stand").result(LIMIT_S)
    desk.client.remove_preset(LENS, stored.token).result(LIMIT_S)
    assert stored not in desk.client.presets(LENS).result(LIMIT_S)


def test_a_camera_without_lens_says_so_once_for_each_press(desk: Desk) -> None:
    for future in (desk.client.lens(WITHOUT), desk.client.turn_iris(WITHOUT, 1)):
        with pytest.raises(DeviceFault) as caught:
            future.result(LIMIT_S)
        assert caught.value.kind is FaultKind.NOT_SUPPORTED
    for _ in range(3):
        desk.client.focus(WITHOUT, 1.0)
    wait_until(lambda: desk.heard(KIND.FOCUS_FAILED, WITHOUT), "the desk is told")
    with pytest.raises(DeviceFault):
        desk.client.lens(WITHOUT).result(LIMIT_S)  # it answers on
    assert len(desk.heard(KIND.FOCUS_FAILED, WITHOUT)) == 1


def test_a_place_that_is_no_place_reaches_no_camera(desk: Desk) -> None:
    before = len(desk.fleet.camera_state(1)["orders"])
    with pytest.raises(DeviceFault):
        desk.client.aim(LENS, Aim(float("nan"), 0)).result(LIMIT_S)
    assert len(desk.fleet.camera_state(1)["orders"]) == before
    assert desk.client.status(LENS).result(LIMIT_S), "it goes on"
