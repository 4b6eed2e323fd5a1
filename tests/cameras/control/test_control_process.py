"""The control process as the desk has it: a real child, real cameras on loopback."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlroom.cameras.control import camera as camera_module
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import (
    ControlEvent,
    ControlEventKind,
    DeviceAddress,
    DeviceFault,
    FaultKind,
    Preset,
    PtzStatus,
)
from controlroom.errors import Unavailable
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor
from tests.cameras.onvif.loopback import (
    PASSWORD,
    USER,
    HandMadeCamera,
    Reply,
    Request,
    date_and_time,
    fault,
    without_declarations,
)
from tests.waiting import LIMIT_S, wait_until

KIND = ControlEventKind


class Desk:
    """A client with its supervisor, and the events it heard."""

    def __init__(self, folder: Path, stop_refusals: int = 3) -> None:
        self.events: list[ControlEvent] = []
        self.supervisor = Supervisor(RunFolder(folder))
        self.client = ControlClient(self.supervisor, self.events.append, stop_refusals=stop_refusals)

    def pid(self) -> int | None:
        return self.supervisor.health()[0].pid

    def heard(self, kind: ControlEventKind, camera_id: str = "1") -> list[ControlEvent]:
        return [event for event in self.events if event.kind is kind and event.camera_id == camera_id]

    def connect(self, camera: HandMadeCamera, camera_id: str = "1") -> None:
        self.client.connect(camera_id, camera.address)
        wait_until(lambda: self.heard(KIND.REACHABLE, camera_id), "the camera is connected")

    def pan(self, camera: HandMadeCamera, pan: float = 1, tilt: float = 0) -> None:
        """Hold a key until the camera moves; the next order has to follow at once, or the camera is stopped."""

        def held() -> bool:
            self.client.move("1", pan, tilt, 0)
            return has_moved(camera)

        wait_until(held, "the camera moves")


def has_moved(camera: HandMadeCamera) -> bool:
    """Whether it was moved, even where it has been stopped since."""
    return any(line.startswith("move") for line in camera.log)


def stopped_after_move(camera: HandMadeCamera) -> bool:
    """Whether the last move was followed by a Stop."""
    return has_moved(camera) and not camera.moving and camera.log[-1] == "stop"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.supervisor.close()


@pytest.fixture
def camera() -> Iterator[HandMadeCamera]:
    with HandMadeCamera() as camera:
        yield camera


def test_a_camera_is_probed_through_the_process(desk: Desk, camera: HandMadeCamera) -> None:
    report = desk.client.probe(camera.address).result(LIMIT_S)
    assert (report.make, report.model) == ("Hand", "Made")
    assert report.main_profile is not None
    assert report.ptz is not None
    assert report.ptz.presets


def test_failures_arrive_as_what_they_are(desk: Desk) -> None:
    with pytest.raises(DeviceFault) as caught:
        desk.client.probe(DeviceAddress("127.0.0.1", 1)).result(LIMIT_S)
    assert caught.value.kind is FaultKind.UNREACHABLE
    with pytest.raises(DeviceFault, match="not connected"):
        desk.client.presets("77").result(LIMIT_S)


def test_a_camera_moves_while_the_key_is_held_and_stops_on_release(
    desk: Desk, camera: HandMadeCamera
) -> None:
    desk.connect(camera)
    desk.pan(camera, 0.5, -0.25)
    assert camera.log[0] == "move 0.5 -0.25 0.0"
    desk.client.stop("1")
    wait_until(lambda: stopped_after_move(camera), why="the camera stands")
    wait_until(lambda: desk.heard(KIND.STOPPED), why="the stop is told")
    assert desk.heard(KIND.STOPPED)[0].seconds is not None


def test_a_camera_stops_by_itself_when_the_desk_falls_silent(desk: Desk, camera: HandMadeCamera) -> None:
    desk.connect(camera)
    desk.client.move("1", 1, 0, 0)
    wait_until(lambda: stopped_after_move(camera), "nobody held the key")
    wait_until(lambda: desk.heard(KIND.STOPPED))
    assert "no sign" in desk.heard(KIND.STOPPED)[0].detail


def test_stop_does_not_wait_behind_a_slow_move_and_is_repeated_after_it(
    desk: Desk, camera: HandMadeCamera
) -> None:
    release = threading.Event()

    def slow(request: Request) -> "Reply | str":
        release.wait(LIMIT_S)
        return camera.usual(request)

    desk.connect(camera)
    camera.answers["ContinuousMove"] = slow
    desk.client.move("1", 1, 0, 0)
    wait_until(lambda: camera.count("ContinuousMove"), why="the move is under way")
    desk.client.stop("1")
    wait_until(lambda: "stop" in camera.log, "Stop went on its own connection")
    assert not has_moved(camera)
    release.set()
    wait_until(lambda: stopped_after_move(camera), why="Stop after the late move")


def test_stopping_everything_overtakes_a_preset_drive_and_takes_back_what_waits(
    desk: Desk, camera: HandMadeCamera
) -> None:
    release = threading.Event()

    def slow(request: Request) -> "Reply | str":
        release.wait(LIMIT_S)
        return camera.usual(request)

    desk.connect(camera)
    camera.answers["GotoPreset"] = slow
    desk.client.goto_preset("1", "1")
    wait_until(lambda: camera.count("GotoPreset"), why="the drive is under way")
    second, names = desk.client.goto_preset("1", "1"), desk.client.presets("1")
    desk.client.stop_all("1")
    wait_until(lambda: "stop" in camera.log, "Stop does not wait for the camera's answer")
    with pytest.raises(DeviceFault, match="stopped before"):
        second.result(LIMIT_S)
    release.set()
    assert names.result(LIMIT_S), "a question that moves nothing is still answered"
    wait_until(
        lambda: camera.log[-2:] == ["goto 1", "stop"], "and once more after the drive that came back late"
    )


def test_no_answer_on_the_connection_of_stop_keeps_stop_from_going_out(
    desk: Desk, camera: HandMadeCamera
) -> None:
    desk.connect(camera)
    camera.answers["GetSystemDateAndTime"] = Reply(without_declarations(date_and_time(camera.now())))
    for _ in range(2):
        camera.log.clear()
        desk.pan(camera)
        desk.client.stop("1")
        wait_until(lambda: stopped_after_move(camera), "the camera has stopped")
        wait_until(lambda: desk.heard(KIND.STOPPED), "the desk is told")
        desk.events.clear()


def test_stop_is_repeated_until_the_camera_acknowledges(desk: Desk, camera: HandMadeCamera) -> None:
    desk.connect(camera)
    refusals = iter([Reply(b"", 503), fault("s:Receiver", "ter:Action", status=500), Reply(b"", 503)])
    camera.answers["Stop"] = lambda request: next(refusals, None) or camera.usual(request)
    desk.pan(camera)
    desk.client.stop("1")
    wait_until(lambda: stopped_after_move(camera), why="the fourth Stop was taken")
    assert camera.count("Stop") == 3 + camera.log.count("stop")
    assert len(desk.heard(KIND.STOP_UNCONFIRMED)) == 1
    wait_until(lambda: desk.heard(KIND.STOPPED))


def test_killing_the_desk_in_mid_pan_stops_the_camera(tmp_path: Path, camera: HandMadeCamera) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from controlroom.cameras.control_client import ControlClient\n"
        "from controlroom.cameras.devices import DeviceAddress\n"
        "from controlroom.processes.run_folder import RunFolder\n"
        "from controlroom.processes.supervisor import Supervisor\n"
        "client = ControlClient(Supervisor(RunFolder(Path(sys.argv[1]))))\n"
        "client.connect('1', DeviceAddress('127.0.0.1', int(sys.argv[2]), sys.argv[3], sys.stdin.readline().strip()))\n"
        "while True:\n    client.move('1', 1, 0, 0); time.sleep(0.1)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(camera.address.port), USER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as desk:
        assert desk.stdin is not None
        desk.stdin.write(PASSWORD + "\n")
        desk.stdin.flush()
        wait_until(lambda: has_moved(camera), "the camera moves")
        desk.kill()
        wait_until(lambda: not camera.moving, "the control process saw its pipe close")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killing_control_in_mid_pan_stops_the_camera_and_reconnects(
    desk: Desk, camera: HandMadeCamera, how: signal.Signals
) -> None:
    desk.connect(camera)
    desk.pan(camera)
    pid = desk.pid()
    assert pid is not None
    os.kill(pid, how)
    wait_until(lambda: not camera.moving, "stopped by the dying or by the next process")
    wait_until(lambda: len(desk.heard(KIND.REACHABLE)) >= 2, "connected again by itself")
    assert desk.client.status("1").result(LIMIT_S) == PtzStatus(0.25, -0.5, 0.75, False)


def test_a_stop_ordered_while_control_is_down_is_carried_out_by_the_next(
    desk: Desk, camera: HandMadeCamera
) -> None:
    """The recorder's order: its own control never moved the camera, and was dead when the order came."""
    desk.connect(camera)
    pid = desk.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    desk.client.stop("1")
    wait_until(lambda: camera.count("Stop"), "the next process stops it")


def test_what_was_asked_of_a_process_that_dies_fails_clearly(desk: Desk, camera: HandMadeCamera) -> None:
    release = threading.Event()

    def late(request: Request) -> "Reply | str":
        release.wait(LIMIT_S)
        return camera.usual(request)

    desk.connect(camera)
    camera.answers["GetPresets"] = late
    asked = desk.client.presets("1")
    wait_until(lambda: camera.count("GetPresets"))
    pid = desk.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(Unavailable, match="being started again"):
        asked.result(LIMIT_S)
    release.set()


def test_presets_are_listed_stored_and_driven_to(desk: Desk, camera: HandMadeCamera) -> None:
    desk.connect(camera)
    assert desk.client.presets("1").result(LIMIT_S) == [Preset("1", "North End")]
    assert desk.client.set_preset("1", "Surrey Street").result(LIMIT_S) == Preset("2", "Surrey Street")
    desk.client.goto_preset("1", "2").result(LIMIT_S)
    assert "goto 2" in camera.log
    with pytest.raises(DeviceFault, match="no such preset"):
        desk.client.goto_preset("1", "9").result(LIMIT_S)


def test_a_refused_password_is_not_retried_not_even_by_a_new_process(
    desk: Desk, camera: HandMadeCamera
) -> None:
    wrong = DeviceAddress("127.0.0.1", camera.address.port, USER, "wrong")
    desk.client.connect("1", wrong)
    wait_until(lambda: desk.heard(KIND.REFUSED))
    with pytest.raises(DeviceFault) as caught:
        desk.client.presets("1").result(LIMIT_S)
    assert caught.value.kind is FaultKind.NOT_AUTHORISED
    desk.client.move("1", 1, 0, 0)
    wait_until(lambda: desk.heard(KIND.MOVE_FAILED))
    tried = camera.count("GetDeviceInformation")
    pid = desk.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: desk.pid() not in (None, pid), "started again")
    with pytest.raises(DeviceFault):
        desk.client.presets("1").result(LIMIT_S)
    assert tried == camera.count("GetDeviceInformation") == 1
    desk.client.connect("1", wrong)
    wait_until(lambda: camera.count("GetDeviceInformation") == 2, "someone acted: one more attempt")


def test_a_camera_that_comes_back_is_connected_by_itself(desk: Desk, camera: HandMadeCamera) -> None:
    camera.answers["GetSystemDateAndTime"] = Reply(b"", 503)
    desk.client.connect("1", camera.address)
    wait_until(lambda: desk.heard(KIND.UNREACHABLE))
    assert "too busy" in desk.heard(KIND.UNREACHABLE)[0].detail
    del camera.answers["GetSystemDateAndTime"]
    wait_until(lambda: desk.heard(KIND.REACHABLE), "tried again")


def test_a_dead_camera_does_not_hold_up_another(desk: Desk, camera: HandMadeCamera) -> None:
    with HandMadeCamera() as hung:
        release = threading.Event()

        def late(request: Request) -> str:
            release.wait(LIMIT_S)
            return ""

        hung.answers["GetSystemDateAndTime"] = late
        desk.client.connect("2", hung.address)
        desk.connect(camera)
        desk.pan(camera)
        desk.client.stop("1")
        wait_until(lambda: stopped_after_move(camera))
        release.set()


def test_a_camera_without_a_head_says_so(desk: Desk, camera: HandMadeCamera) -> None:
    usual = camera.do_GetProfiles
    camera.answers["GetProfiles"] = lambda request: usual(request).replace("PTZConfiguration", "Other")
    desk.connect(camera)
    desk.client.move("1", 1, 0, 0)
    wait_until(lambda: desk.heard(KIND.MOVE_FAILED))
    assert desk.heard(KIND.MOVE_FAILED)[0].fault is FaultKind.NOT_SUPPORTED
    with pytest.raises(DeviceFault, match="cannot be steered"):
        desk.client.presets("1").result(LIMIT_S)


def test_a_mounting_upside_down_is_turned_round(desk: Desk, camera: HandMadeCamera) -> None:
    desk.client.connect("1", camera.address, reverse_pan=True, reverse_tilt=True)
    wait_until(lambda: desk.heard(KIND.REACHABLE))
    desk.client.move("1", 0.5, -0.25, 0.1)
    wait_until(lambda: "move -0.5 0.25 0.1" in camera.log)


def test_a_forgotten_camera_is_stopped_first(desk: Desk, camera: HandMadeCamera) -> None:
    desk.connect(camera)
    desk.pan(camera)
    desk.client.forget("1")
    wait_until(lambda: not camera.moving)


def test_closing_in_good_order_stops_what_moves(tmp_path: Path, camera: HandMadeCamera) -> None:
    desk = Desk(tmp_path)
    desk.connect(camera)
    desk.pan(camera)
    desk.supervisor.close()
    assert not camera.moving
    assert desk.pid() is None


def test_the_desk_side_imports_nothing_that_speaks_to_cameras() -> None:
    script = (
        "import sys, controlroom.cameras.control_client; "
        "heavy = {'zeep', 'lxml', 'requests', 'onvif', 'psutil', 'cv2', 'av'} & set(sys.modules); "
        "assert not heavy - {'psutil'}, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_camera_lost_in_mid_pan_is_told_and_stopped_when_it_is_back(
    desk: Desk, camera: HandMadeCamera
) -> None:
    desk.connect(camera)
    desk.pan(camera)
    for operation in ("ContinuousMove", "Stop", "GetSystemDateAndTime"):
        camera.answers[operation] = hang_up
    desk.client.stop("1")
    wait_until(lambda: desk.heard(KIND.STOP_UNCONFIRMED), "the room is told")
    wait_until(lambda: camera.count("Stop") >= 3, "it goes on trying")
    camera.answers.clear()
    wait_until(lambda: not camera.moving, "and stops it")


def test_a_stop_is_not_given_up_for_attempts_that_never_arrived(desk: Desk, camera: HandMadeCamera) -> None:
    """A camera that starts again may refuse once before it does as told; while it was away it refused nothing."""
    desk.connect(camera)
    desk.pan(camera)
    replies = iter([hang_up, hang_up, hang_up, lambda _: fault()])

    def stop(request: Request) -> "Reply | str":
        answer = next(replies, camera.usual)
        return answer(request)

    camera.answers.update(Stop=stop, ContinuousMove=fault())
    desk.client.stop("1")
    wait_until(lambda: not camera.moving, "it is stopped at last")
    wait_until(lambda: desk.heard(KIND.STOPPED))


def test_garbage_instead_of_an_answer_is_no_refusal_to_stop_and_no_word_that_nothing_moves(
    desk: Desk, camera: HandMadeCamera
) -> None:
    desk.connect(camera)
    garbage = Reply("\x00\x01 this is no SOAP")

    def moves_and_mumbles(request: Request) -> Reply:
        camera.usual(request)
        return garbage

    replies = iter([garbage] * 6)
    camera.answers.update(
        ContinuousMove=moves_and_mumbles, Stop=lambda request: next(replies, None) or camera.usual(request)
    )
    desk.client.move("1", 1, 0, 0)
    wait_until(lambda: has_moved(camera), "the camera moves, whatever it says")
    wait_until(lambda: stopped_after_move(camera), "nobody knows that it moves, so it is stopped")
    assert camera.count("Stop") > 6


def test_a_stop_that_is_refused_whatever_the_words_goes_on_until_it_is_acknowledged(
    desk: Desk, camera: HandMadeCamera
) -> None:
    """A camera whose profile is being changed, or whose PTZ starts again, is well a moment later."""
    desk.connect(camera)
    desk.pan(camera)
    words = itertools.cycle(("ter:InvalidArgVal", "ter:ActionNotSupported", "ter:ConfigurationConflict"))
    camera.answers.update({name: lambda _: fault(subcode=next(words)) for name in ("Stop", "ContinuousMove")})
    desk.client.stop("1")
    wait_until(lambda: camera.count("Stop") > 3, "it goes on")
    assert desk.heard(KIND.STOP_OWED), "the desk is told that the camera does not acknowledge Stop"
    assert camera.moving
    camera.answers.clear()
    wait_until(lambda: not camera.moving, "and it is stopped by itself")
    wait_until(lambda: desk.heard(KIND.STOPPED))


def test_a_stop_refused_with_401_is_made_again_by_hand_and_brings_the_camera_back(
    tmp_path: Path, camera: HandMadeCamera
) -> None:
    """Dahua answers 401 to everything while it is out of connections."""
    desk = Desk(tmp_path, stop_refusals=1)
    desk.connect(camera)
    desk.pan(camera)
    denied = Reply(b"", 401)
    for operation in ("ContinuousMove", "Stop", "GetDeviceInformation", "GetSystemDateAndTime"):
        camera.answers[operation] = denied
    wait_until(lambda: desk.client.move("1", -1, 0, 0) or desk.heard(KIND.MOVE_FAILED), "refused")
    desk.client.stop("1")
    wait_until(lambda: desk.heard(KIND.STOP_OWED), "its allowance is used up")
    tries = camera.count("Stop")
    assert tries <= 3, "the account is protected from lock-out"
    desk.client.stop("1")
    wait_until(lambda: camera.count("Stop") == tries + 1, "a hand makes one more call each time")
    camera.answers.clear()
    assert camera.moving
    desk.client.stop("1")
    wait_until(lambda: not camera.moving, "and is obeyed once the camera is well")
    wait_until(lambda: desk.heard(KIND.STOPPED))
    desk.pan(camera)
    desk.client.stop("1")
    wait_until(lambda: not camera.moving)
    desk.supervisor.close()


def test_a_login_in_doubt_is_tried_again_after_a_pause_and_a_question_without_it(
    camera: HandMadeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_module, "FIRST_LOOK_S", 0.02)  # a minute, which then doubles
    camera.answers["GetDeviceInformation"] = Reply(b"", 503)
    events: list[ControlEvent] = []
    controlled = camera_module.ControlledCamera("1", camera.address, events.append, threading.Semaphore(1))
    controlled.start()
    wait_until(lambda: camera.count("GetDeviceInformation") >= 3, "it is tried again")
    assert [each.kind for each in events] == [KIND.REFUSED], "and told once"
    asked = [(each.operation, each.has("UsernameToken")) for each in camera.server.requests]
    for place, each in enumerate(asked):
        if each == ("GetDeviceInformation", True):
            assert asked[place - 1] == ("GetSystemDateAndTime", False)
    assert {name for name, signed in asked if signed} == {"GetDeviceInformation"}
    camera.answers.clear()
    wait_until(lambda: events[-1].kind is KIND.REACHABLE, "it is well")
    controlled.close()
    controlled.join(time.monotonic() + LIMIT_S)


def test_only_a_hand_makes_one_more_call_of_a_stop_whose_login_was_refused(camera: HandMadeCamera) -> None:
    """A key held down on a camera that somebody else has asks for Stop again and again."""
    events: list[ControlEvent] = []
    gate = threading.Semaphore(1)
    controlled = camera_module.ControlledCamera("1", camera.address, events.append, gate, stop_refusals=1)
    controlled.start()
    wait_until(lambda: controlled.move(1, 0, 0) or camera.moving, "it moves")
    for operation in ("ContinuousMove", "Stop", "GetDeviceInformation", "GetStatus"):
        camera.answers[operation] = Reply(b"", 401)
    controlled.stop()
    wait_until(lambda: any(each.kind is KIND.STOP_OWED for each in events), "its allowance is used up")
    refused = camera.count("Stop")
    controlled.stop("somebody else has control")
    wait_until(lambda: controlled.owes_stop, "that is seen to")
    assert camera.count("Stop") == refused
    controlled.stop(pressed=True)
    wait_until(lambda: camera.count("Stop") > refused)
    assert camera.count("Stop") == refused + 1
    camera.answers.clear()
    controlled.stop(pressed=True)
    wait_until(lambda: not camera.moving, "obeyed")
    controlled.close()
    controlled.join(time.monotonic() + LIMIT_S)


def hang_up(request: Request) -> Reply:
    raise ConnectionAbortedError


def test_a_lost_camera_is_told_even_while_the_key_is_held(desk: Desk, camera: HandMadeCamera) -> None:
    desk.connect(camera)
    for operation in ("ContinuousMove", "Stop", "GetSystemDateAndTime"):
        camera.answers[operation] = hang_up

    def held_until_told() -> bool:
        desk.client.move("1", 1, 0, 0)
        return bool(desk.heard(KIND.UNREACHABLE) and desk.heard(KIND.MOVE_FAILED))

    wait_until(held_until_told)


@pytest.mark.parametrize(
    ("host", "port"), [("", 80), ("a b", 80), ("[::zz", 80), ("127.0.0.1", 70_000), ("é" * 90, 1)]
)
def test_an_address_that_makes_no_sense_is_a_plain_failure(desk: Desk, host: str, port: int) -> None:
    with pytest.raises(DeviceFault) as caught:
        desk.client.probe(DeviceAddress(host, port)).result(LIMIT_S)
    assert caught.value.kind is FaultKind.UNREACHABLE
    assert "cannot be reached" in str(caught.value)
