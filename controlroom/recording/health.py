"""Checks the health of every camera in turn, without flooding the network.

Checks are jittered, only a few run at once, and dead cameras are checked less and less often. A check asks for the
time without a login. Whether the login is accepted is tried at first and then once an hour; a login that was
refused is not tried again before somebody has changed it on the register. A camera of which no stream is known (one
imported, or saved untried) is read once it has answered and taken its login.

`run_once` sends the checks that are due, takes the answers that have arrived, and writes them to the database now
and then; the recorder calls it a few times a second.
"""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import REFUSED_LOGIN, DeviceAddress, DeviceFault, DeviceReport, HealthReport
from controlroom.cameras.learned import learned_at
from controlroom.clock import Clock
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.recording import rules
from controlroom.recording.health_store import Answered, HealthStore
from controlroom.recording.records import CameraHealth, HealthState
from controlroom.recording.rules import HealthCheck
from controlroom.recording.stream_check import StreamChecker
from controlroom.recording.watched_cameras import WatchedCamera
from controlroom.video.records import StreamAddress

log = logging.getLogger(__name__)

CHECKS_AT_ONCE = 4
READS_AT_ONCE = 4
READ_AGAIN_AFTER = timedelta(minutes=1)  # where it was not the camera that failed
FIRST_CHECKS_PER_S = 4.0  # after a start the first checks are spread out like this
REGISTER_EVERY_S = 30.0
WRITE_EVERY_S = 10.0
SAMPLE_EVERY = timedelta(minutes=5)
MOST_CHANGES_WAITING = 5000  # while the database is away


@dataclass
class _Watched:
    camera: WatchedCamera
    health: CameraHealth
    next_check: float
    failures: int = 0
    asked: "Future[HealthReport] | None" = None
    signed: bool = False
    login_tried: datetime | None = None
    login_refused: str = ""
    sampled: datetime | None = None
    reading: "Future[DeviceReport] | None" = None
    read_where: DeviceAddress | None = None
    read_at: datetime | None = None
    """When it was last read, or tried to be."""


@dataclass
class _Unwritten:
    standing: set[int] = field(default_factory=set)
    changes: list[CameraHealth] = field(default_factory=list)
    answered: dict[int, Answered] = field(default_factory=dict)
    """Where cameras answered that were saved untried, or that nobody had seen the certificate of."""
    samples: list[CameraHealth] = field(default_factory=list)


class HealthWatch:
    """Watches the health of every camera in use. `current` may be called from any thread."""

    def __init__(
        self,
        register: Callable[[], list[WatchedCamera]],
        store: HealthStore,
        checker: ControlClient,
        clock: Clock,
        monotonic: Callable[[], float],
        *,
        every_s: float = 60.0,
        chance: random.Random | None = None,
        streams: StreamChecker | None = None,
    ) -> None:
        """`streams` checks the cameras that have no ONVIF."""
        self._register, self._store, self._checker = register, store, checker
        self._clock, self._monotonic, self._every_s = clock, monotonic, every_s
        self._chance = chance or random.Random()
        self._streams = streams or StreamChecker()
        self._lock = threading.Lock()
        self._watched: dict[int, _Watched] = {}
        self._known: dict[int, CameraHealth] | None = None
        self._unwritten = _Unwritten()
        self._register_at = self._write_at = 0.0
        self._urgent = False

    def current(self) -> list[CameraHealth]:
        with self._lock:
            return [each.health for each in self._watched.values()]

    def address(self, camera_id: str) -> DeviceAddress | None:
        """Return how a camera is reached, None when it is not on the register."""
        with self._lock:
            found = next(
                (each for each in self._watched.values() if str(each.camera.camera_id) == camera_id), None
            )
        return found.camera.address if found is not None else None

    def run_once(self) -> None:
        """Do one turn. While the database is away, only the writing is postponed."""
        now = self._monotonic()
        if now >= self._register_at:
            self._register_at = now + REGISTER_EVERY_S
            self._read_register(now)
        for each in list(self._watched.values()):
            if each.asked is not None and each.asked.done():
                self._take(each, each.asked, now)
            if each.reading is not None and each.reading.done():
                self._take_read(each, each.reading)
        self._send(now)
        self._read_unread()
        if now >= self._write_at or self._urgent:
            self._write_at, self._urgent = now + WRITE_EVERY_S, False
            self.write()

    def write(self) -> None:
        """Write what is pending; it stays pending when the database does not answer."""
        waits = self._unwritten
        if not (waits.standing or waits.changes or waits.samples or waits.answered):
            return
        standing = [each.health for each in self._watched.values() if each.camera.camera_id in waits.standing]
        try:
            self._store.save(standing, waits.changes, waits.samples, waits.answered)
        except ControlRoomError as error:
            log.debug("camera health is written down later: %s", error)
            waits.samples.clear()
            del waits.changes[:-MOST_CHANGES_WAITING]
        else:
            self._unwritten = _Unwritten()

    def _read_register(self, now: float) -> None:
        try:
            cameras = self._register()
        except Unavailable as error:
            log.debug("the register cannot be read: %s", error)
            return
        if self._known is None:
            self._known = self._read_known()
        found = {camera.camera_id: camera for camera in cameras}
        with self._lock:
            for camera_id in self._watched.keys() - found.keys():
                del self._watched[camera_id]
            for place, (camera_id, camera) in enumerate(found.items()):
                known = self._watched.get(camera_id)
                if known is None:
                    self._watched[camera_id] = self._begin(camera, now + place / FIRST_CHECKS_PER_S)
                elif known.camera != camera:
                    if _reached(known.camera) != _reached(camera):
                        known.login_tried, known.login_refused, known.next_check = None, "", now
                        known.read_at = None
                    known.camera = camera

    def _read_known(self) -> dict[int, CameraHealth] | None:
        try:
            self._store.note_gap(timedelta(seconds=3 * self._every_s))
            return self._store.load()
        except ControlRoomError:
            return None

    def _begin(self, camera: WatchedCamera, next_check: float) -> _Watched:
        moment = self._clock.now()
        unknown = CameraHealth(camera.camera_id, HealthState.UNKNOWN, moment, moment)
        return _Watched(camera, (self._known or {}).get(camera.camera_id, unknown), next_check)

    def _send(self, now: float) -> None:
        free = CHECKS_AT_ONCE - sum(each.asked is not None for each in self._watched.values())
        due = [each for each in self._watched.values() if each.asked is None and now >= each.next_check]
        for each in sorted(due, key=lambda each: each.next_check)[: max(0, free)]:
            each.signed = self._shall_sign(each)
            each.asked = self._ask(each.camera, sign=each.signed)

    def _ask(self, camera: WatchedCamera, *, sign: bool) -> "Future[HealthReport]":
        address = camera.address
        login = (address.username, address.password) if camera.by_rtsp else ("", "")
        stream = StreamAddress(camera.stream, *login, certificate=camera.stream_certificate)
        if camera.by_rtsp:
            return self._streams.check(stream, sign=sign, name=address.name)
        answer = self._checker.check_health(address, sign=sign)
        return self._streams.compare(answer, stream, address.name) if camera.stream else answer

    def _shall_sign(self, each: _Watched) -> bool:
        if each.login_refused or not each.camera.address.username:
            return False
        tried = each.login_tried
        return tried is None or self._clock.now() - tried >= rules.CHECK_LOGIN_EVERY

    def _read_unread(self) -> None:
        """Read the cameras of which no stream is known, a few at once: each when it answers and takes its login."""
        free = READS_AT_ONCE - sum(each.reading is not None for each in self._watched.values())
        due = [each for each in self._watched.values() if self._may_be_read(each)]
        for each in due[: max(0, free)]:
            each.read_at = self._clock.now()
            each.read_where = each.camera.address
            each.reading = self._checker.probe(each.camera.address)

    def _may_be_read(self, each: _Watched) -> bool:
        address, tried = each.camera.address, each.read_at
        if not each.camera.unread or each.reading is not None or each.health.state is not HealthState.ONLINE:
            return False
        if address.secure and not address.certificate:  # written down first
            return False
        taken = each.login_tried is not None and not each.login_refused
        rested = tried is None or self._clock.now() - tried >= rules.CHECK_LOGIN_EVERY
        return rested and (taken or not address.username)

    def _take_read(self, each: _Watched, reading: "Future[DeviceReport]") -> None:
        address = each.read_where
        each.reading = each.read_where = None
        if address is None or address != each.camera.address:  # it stands elsewhere meanwhile
            return
        try:
            learned = learned_at(address.host, reading.result(0))
            self._store.learn(each.camera.camera_id, Answered(address.host, address.port), learned)
        except DeviceFault as fault:
            log.info("camera %s could not be read: %s", each.camera.number, fault)
            if fault.kind in REFUSED_LOGIN and address.username:
                each.login_refused = str(fault)
        except ControlRoomError as error:  # ours: the control process or the database was away
            log.info("camera %s is read later: %s", each.camera.number, error)
            each.read_at = self._clock.now() - rules.CHECK_LOGIN_EVERY + READ_AGAIN_AFTER

    def _take(self, each: _Watched, asked: "Future[HealthReport]", now: float) -> None:
        each.asked = None
        moment = self._clock.now()
        try:
            report = asked.result(0)
        except DeviceFault as fault:
            check = HealthCheck(moment, rules.state_of_fault(fault.kind), str(fault))
        except ControlRoomError as error:  # our own control process was away: that says nothing of the camera
            log.debug("camera %s could not be looked at: %s", each.camera.number, error)
            each.next_check = now + rules.CHECK_AGAIN_S
            return
        else:
            self._note_login(each, report, moment)
            self._note_first_seen(each.camera, report)
            refused = bool(each.login_refused)
            state = HealthState.REFUSED if refused else HealthState.ONLINE
            check = HealthCheck(moment, state, each.login_refused, report.answer_ms, report.clock_drift_s)
        each.failures = 0 if check.state.answers else each.failures + 1
        each.next_check = now + rules.next_check_s(each.failures, self._every_s, self._chance)
        self._note(each, rules.after_check(each.health, check, each.failures))

    def _note_first_seen(self, camera: WatchedCamera, report: HealthReport) -> None:
        """Have written down that an untried camera answered, and certificates of which none was known."""
        address = camera.address
        own = report.certificate if address.secure and not address.certificate else ""
        of_stream = report.stream_certificate if camera.stream and not camera.stream_certificate else ""
        if camera.untried or own or of_stream:
            seen = Answered(address.host, address.port, own, camera.stream, of_stream)
            self._unwritten.answered[camera.camera_id] = seen
            self._urgent = True

    def _note_login(self, each: _Watched, report: HealthReport, moment: datetime) -> None:
        if report.login is None:
            return
        each.login_tried = moment
        each.login_refused = "" if report.login else report.detail or "The camera refused the login."

    def _note(self, each: _Watched, health: CameraHealth) -> None:
        before, each.health = each.health, health
        if health is before:
            return
        self._unwritten.standing.add(health.camera_id)
        if health.state is not before.state:
            self._unwritten.changes.append(health)
            self._urgent = True
            log.info("camera %s: %s", each.camera.number, health.state.value)
        if each.sampled is None or health.looked_at - each.sampled >= SAMPLE_EVERY:
            each.sampled = health.looked_at
            self._unwritten.samples.append(health)


def _reached(camera: WatchedCamera) -> tuple[object, ...]:
    """What its login is tried with, and where."""
    return camera.address, camera.stream, camera.stream_certificate
