"""Camera health: looked at in turn and gently, believed after two failures, kept, thinned and told as availability."""

import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from controlroom.audit import service as audit
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import (
    DeviceAddress,
    DeviceFault,
    DeviceReport,
    FaultKind,
    HealthReport,
    PtzAbilities,
    StreamProfile,
)
from controlroom.cameras.learned import learned_at
from controlroom.cameras.records import NewCamera, Place, Protocol
from controlroom.database.unit_of_work import Database
from controlroom.device_tls import shown_at
from controlroom.errors import ControlRoomError, PermissionRefused, Unavailable
from controlroom.recording.health import CHECKS_AT_ONCE, HealthWatch
from controlroom.recording.health_store import Answered, HealthService, HealthStore
from controlroom.recording.records import CameraHealth, HealthState
from controlroom.recording.rules import FAILURES_TO_BELIEVE, LONGEST_CHECK_S, next_check_s
from controlroom.recording.tables import HealthSampleRow
from controlroom.recording.watched_cameras import WatchedCameras
from controlroom.simulator.fleet import Fleet
from tests.builders import Room, make_room
from tests.video.loop_camera import LoopCamera
from tests.video.tls_front import TlsFront
from tests.waiting import wait_until

GONE = DeviceFault(FaultKind.UNREACHABLE, "Camera 014 (10.0.0.5:80) cannot be reached: no answer.")


class FakeChecker(ControlClient):
    """Cameras that answer as they are told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.waiting: list[Future[HealthReport]] = []
        self.answer: HealthReport | ControlRoomError | None = HealthReport(12.0, 0.4)
        self.login_taken = True
        self.read: list[str] = []
        self.report: DeviceReport | ControlRoomError = DeviceReport()

    def check_health(self, address: DeviceAddress, *, sign: bool) -> "Future[HealthReport]":
        self.asked.append((address.host, sign))
        future: Future[HealthReport] = Future()
        if isinstance(self.answer, ControlRoomError):
            future.set_exception(self.answer)
        elif self.answer is None:
            self.waiting.append(future)
        else:
            login = self.login_taken if sign else None
            future.set_result(replace(self.answer, login=login))
        return future

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]":
        self.read.append(address.host)
        future: Future[DeviceReport] = Future()
        if isinstance(self.report, ControlRoomError):
            future.set_exception(self.report)
        else:
            future.set_result(self.report)
        return future


class Watched:
    """A room whose clock and the recorder's monotonic time go together."""

    def __init__(self, folder: Path, cameras: int = 1) -> None:
        self.room: Room = make_room(folder)
        self.monotonic = 0.0
        self.checker = FakeChecker()
        self.folder = folder
        for number in range(1, cameras + 1):
            self.add(number)
        self.watch = self.begin()

    def add(self, number: int) -> int:
        place = Place("George Street", "Town centre", "Fairfield")
        host = f"10.0.0.{number}"
        new = NewCamera(f"{number:03}", "George Street", place, host, 80, "viewer", "open sesame")
        return self.room.cameras.add(self.room.supervisor, new).id

    def change(self, **facts: Any) -> None:
        """Change camera 1 on the register."""
        (camera, *_) = self.room.cameras.cameras(self.room.supervisor)
        new = NewCamera(camera.number, camera.name, camera.place, **{"password": "open sesame", **facts})
        self.room.cameras.change(
            self.room.supervisor, camera.id, new, seen=camera.version, password_stays=False
        )

    @property
    def untried(self) -> bool:
        """What the register says of camera 1."""
        return self.room.cameras.cameras(self.room.supervisor)[0].untried

    def begin(self, store: HealthStore | None = None) -> HealthWatch:
        database = self.room.database
        register = WatchedCameras(database, lambda: self.room.site_key, self.folder / "cameras.json")
        return HealthWatch(
            register.cameras,
            store or HealthStore(database),
            self.checker,
            self.room.clock,
            lambda: self.monotonic,
            chance=random.Random(1),
        )

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.watch.run_once()
            self.monotonic += 1
            self.room.clock.advance(timedelta(seconds=1))

    @property
    def state(self) -> HealthState:
        return self.watch.current()[0].state


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_camera_is_looked_at_about_once_a_minute(watched: Watched) -> None:
    watched.run(600)
    assert 8 <= len(watched.checker.asked) <= 14
    assert watched.state is HealthState.ONLINE
    assert watched.watch.current()[0].clock_drift_s == 0.4


def test_first_looks_are_spread_and_few_are_under_way_at_once(tmp_path: Path) -> None:
    watched = Watched(tmp_path, cameras=30)
    watched.checker.answer = None
    watched.run(60)
    assert len(watched.checker.waiting) == CHECKS_AT_ONCE


def test_one_lost_packet_is_no_outage_and_a_real_one_began_when_it_last_answered(watched: Watched) -> None:
    watched.run(5)
    answered = watched.watch.current()[0].looked_at
    watched.checker.answer = GONE
    while len(watched.checker.asked) < 2:
        watched.run(1)
    watched.run(2)
    assert watched.state is HealthState.ONLINE
    watched.run(15)
    health = watched.watch.current()[0]
    assert health.state is HealthState.OFFLINE
    assert health.since == answered
    assert "no answer" in health.detail
    watched.checker.answer = HealthReport(9.0)
    watched.run(LONGEST_CHECK_S * 1.2)
    assert watched.state is HealthState.ONLINE


def test_a_dead_camera_is_looked_at_ever_less_often() -> None:
    chance = random.Random(1)
    pauses = [next_check_s(failures, 60, chance) for failures in range(12)]
    assert pauses[1] < pauses[0]  # a first failure is looked into soon
    assert max(pauses) <= LONGEST_CHECK_S * 1.2
    assert min(pauses[6:]) >= LONGEST_CHECK_S * 0.8
    assert FAILURES_TO_BELIEVE > 1


def test_the_login_is_tried_once_an_hour_and_never_again_once_refused(watched: Watched) -> None:
    watched.run(7300)
    assert [sign for _, sign in watched.checker.asked].count(True) == 3
    watched.checker.login_taken = False
    watched.run(200)
    watched.room.clock.advance(timedelta(hours=2))
    watched.run(100)
    assert watched.state is HealthState.REFUSED
    tried = [sign for _, sign in watched.checker.asked].count(True)
    watched.run(8000)
    assert [sign for _, sign in watched.checker.asked].count(True) == tried
    assert watched.state is HealthState.REFUSED


def test_our_own_process_being_away_says_nothing_of_the_camera(watched: Watched) -> None:
    watched.run(5)
    watched.checker.answer = Unavailable("The process that talks to cameras ended.")
    watched.run(300)
    assert watched.state is HealthState.ONLINE


def test_cameras_come_and_go_with_the_register(watched: Watched) -> None:
    watched.run(5)
    camera_id = watched.add(2)
    watched.run(60)
    assert len(watched.watch.current()) == 2
    watched.room.cameras.retire(watched.room.supervisor, camera_id)
    watched.run(60)
    assert len(watched.watch.current()) == 1


def test_without_a_database_the_recorder_knows_its_cameras_from_its_copy(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.run(5)
    assert "open sesame" not in (watched.folder / "cameras.json").read_text()
    away = Unavailable("The database does not answer.")

    def fail(_: object) -> object:
        raise away

    monkeypatch.setattr(Database, "read", fail)
    monkeypatch.setattr(Database, "write", fail)
    watched.watch = watched.begin()
    watched.run(30)
    assert watched.state is HealthState.ONLINE
    assert watched.watch.address(str(watched.watch.current()[0].camera_id)) is not None
    monkeypatch.undo()
    watched.run(30)
    current = HealthService(watched.room.database).current(watched.room.operator)
    assert [each.state for each in current.values()] == [HealthState.ONLINE]


def written(watched: Watched) -> CameraHealth:
    (health,) = HealthService(watched.room.database).current(watched.room.operator).values()
    return health


@pytest.mark.both_engines
def test_what_happened_is_written_down_and_told_as_availability(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    start = watched.room.clock.now()
    watched.run(1800)
    watched.checker.answer = GONE
    watched.run(1800)
    watched.checker.answer = HealthReport(9.0)
    watched.run(1800)
    end = watched.room.clock.now()
    service, camera_id = HealthService(watched.room.database), written(watched).camera_id
    states = [change.state for change in service.changes(watched.room.operator, camera_id, start)]
    assert states == [HealthState.ONLINE, HealthState.OFFLINE, HealthState.ONLINE]
    told = service.availability(watched.room.operator, camera_id, start, end)
    assert told.answered_s + told.missing_s + told.unknown_s == pytest.approx(5400)
    assert told.share is not None
    assert 0.6 < told.share < 0.72
    earlier = service.availability(watched.room.operator, camera_id, start - timedelta(days=1), start)
    assert earlier.share is None


def test_the_time_nobody_looked_is_not_called_available(watched: Watched) -> None:
    watched.run(600)
    before = watched.room.clock.now()
    watched.room.clock.advance(timedelta(hours=5))
    watched.watch = watched.begin()
    watched.run(600)
    now = watched.room.clock.now()
    service, camera_id = HealthService(watched.room.database), written(watched).camera_id
    told = service.availability(watched.room.operator, camera_id, before, now)
    assert told.unknown_s == pytest.approx(5 * 3600, abs=120)
    assert told.share == 1


@pytest.mark.both_engines
def test_samples_are_thinned_and_dropped(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.run(7200)
    store = HealthStore(watched.room.database)
    count = select(func.count()).select_from(HealthSampleRow)
    with watched.room.database.read() as session:
        assert (session.scalar(count) or 0) > 20
    watched.room.clock.advance(timedelta(days=3))
    assert "thinned" in store.prune()
    with watched.room.database.read() as session:
        assert (session.scalar(count) or 0) <= 4
    watched.room.clock.advance(timedelta(days=100))
    store.prune()
    with watched.room.database.read() as session:
        assert session.scalar(count) == 0


def test_health_is_for_those_who_may_read_the_register(watched: Watched) -> None:
    service = HealthService(watched.room.database)
    nobody = type(watched.room.operator)(999, "Nobody", frozenset())
    for ask in _asks(service):
        with pytest.raises(PermissionRefused):
            ask(nobody, watched)


def _asks(service: HealthService) -> list[Callable[..., object]]:
    return [
        lambda actor, _: service.current(actor),
        lambda actor, w: service.changes(actor, 1, w.room.clock.now()),
        lambda actor, w: service.availability(actor, 1, w.room.clock.now(), w.room.clock.now()),
    ]


def test_a_camera_saved_untried_is_tried_once_it_answers_where_the_register_has_it(watched: Watched) -> None:
    watched.change(host="10.0.0.77", username="viewer", untried=True)
    watched.checker.answer = GONE
    watched.run(40)
    assert watched.untried
    heard: list[str] = []
    watched.room.changes.listen(lambda change: heard.append(change.kind))
    watched.checker.answer = HealthReport(12.0)
    watched.run(LONGEST_CHECK_S * 1.2)
    assert not watched.untried
    assert "camera" in heard, "desks read the register again"
    store = HealthStore(watched.room.database)
    watched.change(host="10.0.0.78", username="viewer", untried=True)
    (camera,) = watched.room.cameras.cameras(watched.room.supervisor)
    store.save((), (), (), {camera.id: Answered("10.0.0.77", 80)})
    assert watched.untried, "that was the answer of another address"


@pytest.mark.both_engines
def test_what_the_recorder_writes_of_a_camera_is_in_the_audit_once_and_named_when_somebody_else_does(
    tmp_path: Path,
) -> None:
    watched = Watched(tmp_path)
    watched.change(
        host="10.0.0.77",
        username="viewer",
        untried=True,
        protocol=Protocol.ONVIF_HTTPS,
        port=443,
        certificate="",
    )
    room, store = watched.room, HealthStore(watched.room.database)
    (camera,) = room.cameras.cameras(room.supervisor)
    for _ in range(2):
        store.save((), (), (), {camera.id: Answered("10.0.0.77", 443, "a" * 64)})
    (after,) = room.cameras.cameras(room.supervisor)
    assert (after.untried, after.certificate, after.version) == (False, "a" * 64, camera.version)
    with room.database.read() as session:
        outcome, entries = audit.verify(session), audit.newest(session, 1)
    assert outcome.faults == ()
    (entry,) = entries
    assert (entry.action, entry.subject) == ("camera.answered", camera.number)
    assert entry.detail == {"untried": False, "certificate": "a" * 64}
    with room.database.write() as work:  # somebody else, with the recorder's own rights
        work.session.execute(text("UPDATE cameras SET untried = true"))
    with room.database.read() as session:
        (fault,) = audit.verify(session).faults
    assert "camera 001 (row 1): 'untried' was changed past the program" in fault


def test_a_form_that_was_open_meanwhile_does_not_make_a_camera_untried_again(watched: Watched) -> None:
    watched.change(host="10.0.0.77", username="viewer", untried=True)
    watched.run(5)
    assert not watched.untried
    watched.change(host="10.0.0.77", username="viewer", untried=True, retention_days=7)
    assert not watched.untried


class Encoder:
    """A camera by RTSP only, as the simulator serves it."""

    def __init__(self, watched: Watched, fleet: Fleet) -> None:
        self.watched, self.camera = watched, fleet.cameras[0]

    def put(self, **more: Any) -> None:
        """Put it on the register as camera 1."""
        facts = {"username": self.camera.username, "password": self.camera.password, **more}
        stream = self.camera.stream_url("main", with_login=False)
        self.watched.change(protocol=Protocol.RTSP, **{"main_stream": stream, **facts})

    def becomes(self, state: HealthState) -> None:
        def seen() -> bool:
            self.watched.run(5)
            return self.watched.state is state

        wait_until(seen)


def test_a_camera_by_rtsp_only_is_checked_by_its_stream(watched: Watched) -> None:
    with Fleet(1, loops=True, discovery=False, prepare=False) as fleet:
        encoder = Encoder(watched, fleet)
        encoder.put()
        encoder.becomes(HealthState.ONLINE)
        assert watched.checker.asked == [], "it speaks no ONVIF"
        encoder.put(password="wrong")
        encoder.becomes(HealthState.REFUSED)
        watched.run(300)
        assert fleet.camera_state()["logins_refused"] == 1, "a wrong password is sent once"
        stream = encoder.camera.stream_url("main", with_login=False)
        encoder.put(main_stream=stream.replace("/1/", "/77/"))
        encoder.becomes(HealthState.SILENT)
        encoder.put()
        encoder.becomes(HealthState.ONLINE)
    encoder.becomes(HealthState.OFFLINE)


def test_the_first_certificate_of_a_camera_saved_untried_is_the_one_it_is_known_by(watched: Watched) -> None:
    def certificate() -> str:
        return watched.room.cameras.cameras(watched.room.supervisor)[0].certificate

    watched.change(host="10.0.0.77", protocol=Protocol.ONVIF_HTTPS, untried=True)
    watched.checker.answer = HealthReport(12.0, certificate="a" * 64)
    watched.run(40)
    assert (certificate(), watched.untried) == ("a" * 64, False)
    watched.checker.answer = HealthReport(12.0, certificate="b" * 64)
    watched.run(200)
    assert certificate() == "a" * 64, "only a person trusts another"
    watched.checker.answer = DeviceFault(FaultKind.CERTIFICATE_CHANGED, "It shows another certificate.")
    watched.run(200)
    assert watched.state is HealthState.CERTIFICATE_CHANGED
    assert "another certificate" in watched.watch.current()[0].detail


def test_over_rtsps_the_login_is_sent_to_the_known_certificate_alone(
    watched: Watched, tmp_path: Path
) -> None:
    """Never before one is known, and never to another; the first is pinned, and a person trusts the next."""
    room = watched.room
    with LoopCamera("viewer", "right") as camera, TlsFront(camera.port, tmp_path) as front:
        stream = f"rtsps://127.0.0.1:{front.port}/main"
        watched.change(protocol=Protocol.RTSP, main_stream=stream, username="viewer", password="wrong")

        def becomes(state: HealthState) -> None:
            def seen() -> bool:
                watched.run(5)
                return watched.state is state

            wait_until(seen)

        becomes(HealthState.ONLINE)
        wait_until(lambda: room.cameras.cameras(room.supervisor)[0].stream_certificate)
        assert camera.refusals == 0, "none was known yet"
        becomes(HealthState.REFUSED)
        assert camera.refusals == 1
        front.change_certificate()
        watched.change(protocol=Protocol.RTSP, main_stream=stream, username="viewer", password="again")
        becomes(HealthState.CERTIFICATE_CHANGED)
        assert camera.refusals == 1, "it is sent nothing"
        assert "another certificate with its stream" in watched.watch.current()[0].detail
        (known,) = room.cameras.cameras(room.supervisor)
        shown = shown_at("127.0.0.1", front.port).certificate
        assert shown not in ("", known.stream_certificate)
        room.cameras.trust_certificate(room.supervisor, known.id, stream_certificate=shown)
        becomes(HealthState.REFUSED)
        # One with ONVIF is compared by its stream as well, and answers for itself first.
        watched.change(host="10.0.0.77", main_stream=stream, stream_certificate="c" * 64)
        becomes(HealthState.CERTIFICATE_CHANGED)
        assert camera.refusals == 2


def report_at(host: str) -> DeviceReport:
    """What a camera with a head says of itself."""
    streams = (("rtsp://{}/main", 1920), ("rtsp://{}/sub", 640))
    profiles = tuple(
        StreamProfile(url, "", "H264", width, width // 2, 25, url.format(host)) for url, width in streams
    )
    return DeviceReport("Acme", "Dome", profiles=profiles, ptz=PtzAbilities(pan_tilt=True), clock_drift_s=3.0)


def test_a_camera_of_which_no_stream_is_known_is_read_once_it_answers(watched: Watched) -> None:
    watched.checker.report = report_at("10.0.0.1")
    watched.run(200)
    (camera,) = watched.room.cameras.cameras(watched.room.supervisor)
    assert (camera.main_stream, camera.sub_stream) == ("rtsp://10.0.0.1/main", "rtsp://10.0.0.1/sub")
    assert (camera.make, camera.model, camera.has_ptz, camera.clock_drift_s) == ("Acme", "Dome", True, 3.0)
    assert "pan_tilt" in camera.abilities and camera.has_address
    assert watched.checker.read == ["10.0.0.1"], "once"


def test_a_report_that_was_lost_on_our_side_is_asked_for_again_after_a_minute(watched: Watched) -> None:
    watched.checker.report = Unavailable("The control process is being started again.")
    watched.run(50)
    assert watched.checker.read == ["10.0.0.1"]
    watched.checker.report = report_at("10.0.0.1")
    watched.run(70)
    (camera,) = watched.room.cameras.cameras(watched.room.supervisor)
    assert camera.main_stream == "rtsp://10.0.0.1/main"


def test_streams_that_would_send_the_login_elsewhere_are_not_written_by_themselves(watched: Watched) -> None:
    watched.checker.report = report_at("203.0.113.9")
    watched.run(200)
    (camera,) = watched.room.cameras.cameras(watched.room.supervisor)
    assert (camera.main_stream, camera.sub_stream, camera.make) == ("", "", "Acme")


def test_a_camera_that_refuses_its_login_is_not_read(watched: Watched) -> None:
    watched.checker.login_taken = False
    watched.run(200)
    assert watched.checker.read == []
    watched.checker.login_taken = True
    watched.change(host="10.0.0.1", username="viewer", password="another")
    watched.checker.report = DeviceFault(FaultKind.NOT_AUTHORISED, "The camera refused the login.")
    watched.run(4000)
    assert watched.checker.read == ["10.0.0.1"], "a login that was refused is not sent again"


def test_what_is_read_is_written_only_where_the_register_still_has_it(watched: Watched) -> None:
    (camera,) = watched.room.cameras.cameras(watched.room.supervisor)
    learned = learned_at("10.0.0.1", report_at("10.0.0.1"))
    store = HealthStore(watched.room.database)
    store.learn(camera.id, Answered("10.0.0.2", 80), learned)
    assert watched.room.cameras.cameras(watched.room.supervisor) == [camera]
    watched.change(host="10.0.0.1", username="viewer", make="Typed", main_stream="rtsp://10.0.0.1/typed")
    store.learn(camera.id, Answered("10.0.0.1", 80), learned)
    assert watched.room.cameras.cameras(watched.room.supervisor)[0].main_stream == "rtsp://10.0.0.1/typed"
    watched.change(host="10.0.0.1", username="viewer", main_stream="", sub_stream="")
    store.learn(camera.id, Answered("10.0.0.1", 80), learned)
    with watched.room.database.read() as session:
        assert audit.newest(session, 1)[0].action == "camera.read"
        assert audit.verify(session).faults == (), "the register is as its digests say"


def test_a_camera_that_names_no_stream_of_its_own_is_entered_once(watched: Watched) -> None:
    (camera,) = watched.room.cameras.cameras(watched.room.supervisor)
    learned = learned_at("10.0.0.1", report_at("203.0.113.9"))
    store = HealthStore(watched.room.database)
    for drift in (0.1, 0.4):  # hours apart, its clock is never the same
        store.learn(camera.id, Answered("10.0.0.1", 80), replace(learned, clock_drift_s=drift))
    with watched.room.database.read() as session:
        assert [each.action for each in audit.newest(session, 5)].count("camera.read") == 1
