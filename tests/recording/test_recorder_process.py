"""The recorder as a process: one per storage, found by desks, and the one who stops a camera when a desk is gone."""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from controlroom.cameras.control.messages import HoldWord
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEventKind, DeviceAddress
from controlroom.cameras.holds.records import GuardKind
from controlroom.cameras.records import NewCamera, Place
from controlroom.codec import from_plain
from controlroom.errors import Unavailable
from controlroom.platform import open_to_others
from controlroom.processes.pinned_https import PinnedEndpoint, PinnedHttps
from controlroom.processes.records import ProcessState
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor
from controlroom.recording.health_store import HealthService
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.recording.records import (
    HealthState,
    RecorderPresence,
    RecorderState,
    RunOutcome,
)
from controlroom.recording.storage_folder import RecorderStorage
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.settings import PtzQuirks
from tests.builders import make_room
from tests.waiting import LIMIT_S, wait_until


class Site:
    """A data folder with a simulated camera on its register, and a supervisor that looks after its recorder."""

    def __init__(self, folder: Path, fleet: Fleet | None = None) -> None:
        self.folder = folder
        self.room = make_room(folder)
        self.camera_id = 0
        if fleet is not None:
            camera = fleet.cameras[0]
            place = Place("George Street", "Town centre", "Fairfield")
            login = (camera.host, camera.onvif_port, camera.username, camera.password)
            new = NewCamera("001", "George Street", place, *login, has_ptz=True)
            self.camera_id = self.room.cameras.add(self.room.supervisor, new).id
        self.storage = RecorderStorage(folder / "recorder")
        self.supervisor = self.make_supervisor()

    def make_supervisor(self, with_desk: int = 0) -> RecorderSupervisor:
        url = self.room.database.engine.url.render_as_string(hide_password=False)
        return RecorderSupervisor(
            self.folder, self.storage, url=url, ask_every_s=0.2, with_desk=with_desk or os.getpid()
        )

    def open(self) -> RecorderState:
        self.supervisor.open()
        return self.running()

    def running(self) -> RecorderState:
        wait_until(lambda: self.supervisor.link.state is not None, "the recorder answers")
        state = self.supervisor.link.state
        assert state is not None
        return state


def ask(end: PinnedEndpoint, method: str, path: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    line = PinnedHttps(end)
    try:
        return line.ask(method, path, values)
    finally:
        line.close()


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    settings = Fleet.of_one(PtzQuirks(ignore_timeout=True), lock_after_refusals=3)
    with settings as fleet:
        yield fleet


@contextlib.contextmanager
def site_at(folder: Path, fleet: Fleet | None = None) -> Iterator[Site]:
    site = Site(folder, fleet)
    try:
        yield site
    finally:
        site.supervisor.end()
        site.supervisor.close()


def recorders_of(folder: Path) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if str(folder) in (each.info["cmdline"] or [])]


def test_a_recorder_ended_for_good_while_it_is_just_being_started_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlroom.recording.recorder_supervisor.FIRST_START_AFTER_S", 0.0)
    with site_at(tmp_path) as site:
        site.supervisor.open()
        wait_until(lambda: recorders_of(tmp_path) != [], "a recorder was started")
        site.supervisor.end()
        assert recorders_of(tmp_path) == []


def test_a_recorder_that_waits_for_a_database_leaves_with_its_desk(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as desk:
        command = [sys.executable, "-m", "controlroom.app.recorder", "--data", str(tmp_path)]
        with subprocess.Popen([*command, "--with-desk", str(desk.pid)], stdin=subprocess.DEVNULL) as recorder:
            try:
                wait_until(lambda: RecorderStorage(tmp_path / "recorder").held, "it holds its storage")
                desk.communicate(b"\n")
                assert recorder.wait(LIMIT_S) == 0
            finally:
                recorder.kill()


def test_a_desk_starts_the_recorder_another_finds_it_and_it_outlives_both(tmp_path: Path) -> None:
    picture = tmp_path / "snapshots" / "2026" / "a.jpg"
    picture.parent.mkdir(parents=True)
    picture.touch(0o644)
    (tmp_path / "snapshots").chmod(0o755)
    with site_at(tmp_path) as site:
        first = site.open()
        assert not list(open_to_others(tmp_path / "snapshots")), "an earlier version had left it open"
        assert first.memory_bytes and first.age_s >= 0
        wait_until(
            lambda: (
                site.supervisor.link.state and site.supervisor.link.state.jobs[0].outcome is RunOutcome.DONE
            )
        )
        site.supervisor.close()
        assert psutil.pid_exists(first.pid), "closing the desk leaves the recorder running"
        site.supervisor = site.make_supervisor()
        assert site.open().pid == first.pid
        with subprocess.Popen(
            [sys.executable, "-m", "controlroom.app.recorder", "--data", str(tmp_path)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as second:
            assert second.wait(LIMIT_S) == 3, "only one recorder holds a storage"
        for name in ("contact.json", "secret.json", "identity.json"):
            assert (tmp_path / "recorder" / name).stat().st_mode & 0o077 == 0
        site.supervisor.stop()
        wait_until(lambda: not site.storage.held)
        assert not (tmp_path / "recorder" / "contact.json").exists()
        assert list((tmp_path / "recorder" / "run").iterdir()) == []


def test_a_killed_or_stopped_recorder_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung_after = "controlroom.recording.recorder_supervisor.HUNG_AFTER_S"
    monkeypatch.setattr(hung_after, LIMIT_S)
    with site_at(tmp_path) as site:
        before = site.open().pid
        for how in (signal.SIGKILL, signal.SIGSTOP):
            os.kill(before, how)
            with monkeypatch.context() as impatient:
                impatient.setattr(hung_after, 0.5)
                impatient.setattr("controlroom.recording.recorder_supervisor.START_WITHIN_S", 0.0)
                wait_until(lambda pid=before: gone(pid), f"{how.name} ends it, or the supervisor does")
            wait_until(
                lambda pid=before: site.supervisor.link.state and site.running().pid != pid, f"{how.name}"
            )
            before = site.running().pid
        assert site.supervisor.snapshot().presence is RecorderPresence.RUNNING
        assert site.supervisor.snapshot().restarts == 2


def test_the_door_opens_for_the_token_and_the_pinned_certificate_only(tmp_path: Path) -> None:
    with site_at(tmp_path) as site:
        site.open()
        contact = site.storage.contact()
        assert contact is not None
        assert contact.host == "127.0.0.1"
        wait_until(lambda: site.running().database == "answers")
        assert from_plain(RecorderState, ask(contact, "GET", "/state")).pid == contact.pid
        wrong_token = PinnedEndpoint(contact.host, contact.port, contact.fingerprint, "guessed")
        with pytest.raises(Unavailable, match="401"):
            ask(wrong_token, "GET", "/state")
        impostor = PinnedEndpoint(contact.host, contact.port, "0" * 64, contact.token)
        with pytest.raises(Unavailable, match="certificate"):
            ask(impostor, "GET", "/state")
        for path, values in (
            ("/leases", {"desk": 7}),
            ("/leases", {"desk": "d", "cameras": [], "for_s": "x"}),
        ):
            with pytest.raises(Unavailable, match="400"):
                ask(contact, "POST", path, values)
        with pytest.raises(Unavailable, match="413"):
            ask(contact, "POST", "/leases", {"desk": "d" * 100_000})
        with pytest.raises(Unavailable, match="404"):
            ask(contact, "POST", "/restart", {"process": "nobody"})
        with socket.create_connection((contact.host, contact.port), LIMIT_S) as plain:
            plain.sendall(b"GET /state HTTP/1.1\r\nHost: x\r\n\r\n")
            plain.settimeout(LIMIT_S)
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                assert b"200 OK" not in plain.recv(4096)
        assert contact.token not in (tmp_path / "logs" / "recorder.log").read_text()


def test_the_recorder_leaves_when_its_storage_is_taken_away(tmp_path: Path) -> None:
    with site_at(tmp_path) as site:
        pid = site.open().pid
        site.supervisor.close()
        (tmp_path / "recorder" / "recorder.lock").unlink()
        wait_until(lambda: gone(pid))


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def moving(fleet: Fleet) -> bool:
    return bool(fleet.camera_state(1)["moving"])


def steering_desk(folder: Path, fleet: Fleet, end: PinnedEndpoint) -> "subprocess.Popen[str]":
    """A desk's control client in a process of its own, that pans for ever and tells its control's pid."""
    script = (
        "import json, sys, time; from pathlib import Path\n"
        "from controlroom.cameras.control_client import ControlClient\n"
        "from controlroom.cameras.devices import DeviceAddress\n"
        "from controlroom.codec import from_plain\n"
        "from controlroom.processes.run_folder import RunFolder\n"
        "from controlroom.processes.pinned_https import PinnedEndpoint\n"
        "from controlroom.processes.supervisor import Supervisor\n"
        "told = json.loads(sys.stdin.readline())\n"
        "supervisor = Supervisor(RunFolder(Path(told['folder'])))\n"
        "client = ControlClient(supervisor)\n"
        "client.lease_at(from_plain(PinnedEndpoint, told['end']), 'desk under test')\n"
        "client.connect(told['id'], DeviceAddress(**told['address']))\n"
        "while True:\n"
        "    client.move(told['id'], 0.05, 0, 0)\n"
        "    print(supervisor.health()[0].pid, flush=True)\n"
        "    time.sleep(0.2)\n"
    )
    pipe = subprocess.PIPE
    desk = subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe, text=True)
    camera = fleet.cameras[0]
    address = vars(DeviceAddress(camera.host, camera.onvif_port, camera.username, camera.password))
    told = {"folder": str(folder), "end": vars(end), "id": "1", "address": address}
    assert desk.stdin is not None
    desk.stdin.write(json.dumps(told) + "\n")
    desk.stdin.flush()
    return desk


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_camera_whose_desk_and_control_are_gone_is_stopped_by_the_recorder(
    tmp_path: Path, fleet: Fleet, how: signal.Signals
) -> None:
    """The camera ignores its own time-out: without the recorder it would run to the end of its road."""
    with site_at(tmp_path, fleet) as site:
        site.open()
        contact = site.storage.contact()
        assert contact is not None
        assert site.camera_id == 1
        desk = steering_desk(tmp_path / "desk", fleet, contact)
        control = 0
        try:
            assert desk.stdout is not None
            control = int(next(line for line in desk.stdout if line.strip() != "None"))  # none until it is up
            wait_until(lambda: moving(fleet), "the camera pans")
            wait_until(lambda: site.running().leases, "the control process leased it")
            wait_until(lambda: site.running().processes[0].state is ProcessState.RUNNING)
            for pid in (desk.pid, control):
                os.kill(pid, how)
            wait_until(lambda: not moving(fleet), "the recorder stopped it")
            wait_until(lambda: site.running().stops, "and says so")
        finally:
            for pid in filter(None, (control, desk.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            desk.communicate()


def test_a_desk_that_stops_its_camera_itself_gives_the_lease_back(tmp_path: Path, fleet: Fleet) -> None:
    with site_at(tmp_path, fleet) as site:
        site.open()
        contact = site.storage.contact()
        assert contact is not None
        events: list[ControlEventKind] = []
        supervisor = Supervisor(RunFolder(tmp_path / "desk"))
        try:
            client = ControlClient(supervisor, lambda event: events.append(event.kind))
            client.lease_at(contact, "desk 1")
            camera = fleet.cameras[0]
            login = (camera.host, camera.onvif_port, camera.username, camera.password)
            client.connect("1", DeviceAddress(*login))
            wait_until(lambda: ControlEventKind.REACHABLE in events)

            def leased() -> bool:
                client.move("1", 0.05, 0, 0)
                return bool(site.running().leases)

            wait_until(leased, "leased")
            client.stop("1")
            wait_until(lambda: not site.running().leases, "given back")
            assert site.running().stops == 0
        finally:
            supervisor.close()
            supervisor.run_folder.close()


def test_a_recorder_that_hangs_is_steered_past_after_a_warning_and_stop_asks_nobody(
    tmp_path: Path, fleet: Fleet
) -> None:
    events: list[ControlEventKind] = []
    supervisor = Supervisor(RunFolder(tmp_path / "desk"))
    with socket.socket() as hung:  # takes connections and never answers
        hung.bind(("127.0.0.1", 0))
        hung.listen(8)
        try:
            client = ControlClient(supervisor, lambda event: events.append(event.kind))
            client.lease_at(PinnedEndpoint("127.0.0.1", hung.getsockname()[1], "0" * 64, "token"), "desk 1")
            camera = fleet.cameras[0]
            login = (camera.host, camera.onvif_port, camera.username, camera.password)
            client.connect("1", DeviceAddress(*login))
            wait_until(lambda: ControlEventKind.REACHABLE in events)
            warnings: list[GuardKind | None] = []
            client.on_hold_news = lambda news: warnings.append(news.guard)
            client.move("1", 0.05, 0, 0)
            wait_until(lambda: warnings == [GuardKind.UNGUARDED], "it is held back with a warning")
            assert not moving(fleet)
            client.say("1", HoldWord.ANYWAY)
            client.move("1", 0.05, 0, 0)
            wait_until(lambda: moving(fleet), "the order went out beside the lease")
            client.stop("1")
            wait_until(lambda: not moving(fleet))
        finally:
            supervisor.close()
            supervisor.run_folder.close()


def test_health_is_watched_through_a_control_process_of_its_own_and_written_down(
    tmp_path: Path, fleet: Fleet
) -> None:
    (tmp_path / "settings.toml").write_text("camera_look_s = 5.0\n")
    with site_at(tmp_path, fleet) as site:
        site.open()
        health = HealthService(site.room.database)

        def state() -> HealthState | None:
            known = health.current(site.room.operator).get(site.camera_id)
            return known.state if known is not None else None

        wait_until(lambda: state() is HealthState.ONLINE, "seen online")
        fleet.fault(1, "refuse")
        wait_until(lambda: state() is HealthState.OFFLINE, "seen offline")
        wait_until(lambda: [each.state for each in site.running().troubled] == [HealthState.OFFLINE])
        fleet.clear_fault(1)
        wait_until(lambda: state() is HealthState.ONLINE, "seen back")


def test_the_recorder_never_loads_a_window_a_decoder_or_a_camera_library() -> None:
    heavy = "('PySide6', 'cv2', 'av', 'onvif', 'zeep')"
    script = f"import sys, controlroom.app.recorder; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT_S, check=True
    )
    assert done.stdout.strip() == "[]"
