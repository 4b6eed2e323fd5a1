"""Runs the recorder: locks its storage, starts its server and its loops. `app/recorder.py` passes in the parts.

In order: the storage folder is locked; the server is started and announced to the desks; then leases, health and
jobs start their loops. Closing goes in reverse order.
"""

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from controlroom import __version__
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import STOP_REFUSALS
from controlroom.cameras.holds.rules import HoldRules
from controlroom.clock import Clock
from controlroom.database.unit_of_work import Database
from controlroom.errors import ControlRoomError
from controlroom.processes.run_folder import RunFolder, sweep
from controlroom.processes.supervisor import Supervisor
from controlroom.recording.health import HealthWatch
from controlroom.recording.health_store import HealthStore
from controlroom.recording.hold_counting import HoldCounting
from controlroom.recording.hold_people import HoldPeople
from controlroom.recording.hold_requests import HoldRequests
from controlroom.recording.hold_store import HoldStore
from controlroom.recording.holds import HoldBook, Permit
from controlroom.recording.jobs import Job, JobRunner, JobStore
from controlroom.recording.leases import LeaseBook, LeaseWatch
from controlroom.recording.owed_stops import OwedStops
from controlroom.recording.records import HealthState, RecorderState
from controlroom.recording.server import RecorderServer, RequestHandlers
from controlroom.recording.storage_folder import RecorderContact, RecorderStorage
from controlroom.recording.watched_cameras import WatchedCameras
from controlroom.site_key import SiteKey

log = logging.getLogger(__name__)

LEASES_EVERY_S, HEALTH_EVERY_S, JOBS_EVERY_S, WATCH_EVERY_S = 0.1, 0.25, 1.0, 1.0
PEOPLE_EVERY_S = 5.0  # how soon a role taken away, or a setting of holds, is known here
STUCK_AFTER_S = 30.0  # leases that nobody watches for this long: better to start afresh
MOST_TROUBLED = 500
DATABASE_ANSWERS = "answers"


@dataclass(frozen=True)
class RecorderParts:
    """What a recorder works with."""

    storage: RecorderStorage
    database: Database
    site_key: Callable[[], SiteKey]
    clock: Clock
    jobs: tuple[Job, ...] = ()
    check_every_s: float = 60.0
    stop_refusals: int = STOP_REFUSALS
    host: str = "127.0.0.1"
    port: int = 0
    hold_rules: Callable[[], HoldRules] = HoldRules
    permit: Permit = lambda _camera, _who: ""
    """Why a person may not steer that camera now; asked wherever a hold is given."""
    unready: Callable[[], str] = lambda: ""
    """Why the database cannot be used yet ("" when it can); may wait for it a few seconds."""


class Loop:
    """Calls `turn` every `every_s` seconds until stopped. A turn that fails is logged once and tried again."""

    def __init__(self, name: str, turn: Callable[[], object], every_s: float) -> None:
        self.name = name
        self._turn, self._every_s = turn, every_s
        self._stopping = threading.Event()
        self._failing = ""
        self._turned_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def silent_s(self) -> float:
        return time.monotonic() - self._turned_at

    def stopping(self) -> bool:
        return self._stopping.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 3.0) -> bool:
        """End after the present turn; False when that took longer than `timeout_s`."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self._turn()
            except Exception as error:  # whatever it was: cameras have to be watched on
                if (words := repr(error)) != self._failing:
                    log.exception("%s failed, and goes on", self.name)
                    self._failing = words
            else:
                self._failing = ""
            self._turned_at = time.monotonic()


class Recorder:
    """One recorder process. `start` raises Conflict when another holds the storage."""

    def __init__(self, parts: RecorderParts) -> None:
        self._parts = parts
        self._began = time.monotonic()
        self._loops: list[Loop] = []
        self._closers: list[Callable[[], object]] = []
        self._database_words = "not asked yet"
        self.ended = threading.Event()
        """Set when the recorder was asked to end, or cannot go on."""
        self.reason = ""

    def start(self) -> None:
        parts, folder = self._parts, self._parts.storage.folder
        storage_id = parts.storage.take()
        self._closers.append(parts.storage.release)
        sweep(folder / "run")
        run_folder = RunFolder(folder / "run")
        self._closers.append(run_folder.close)
        self._supervisor = Supervisor(run_folder)
        self._closers.append(self._supervisor.close)
        control = ControlClient(self._supervisor, stop_refusals=parts.stop_refusals)
        store = HealthStore(parts.database)
        register = WatchedCameras(parts.database, parts.site_key, folder / "cameras.json")
        self._leases = LeaseBook(folder / "leases.json", time.monotonic)
        self._health = HealthWatch(
            register.cameras, store, control, parts.clock, time.monotonic, every_s=parts.check_every_s
        )
        owed = OwedStops(folder / "owed_stops.json")
        self._lease_watch = LeaseWatch(self._leases, self._health.address, control, time.monotonic, owed)
        control.on_event = self._lease_watch.take_event
        self._rules = HoldRules()
        self._holds = HoldBook(
            folder / "holds.json",
            time.monotonic,
            lambda: self._rules,
            parts.permit,
            lambda: parts.clock.now().timestamp(),
        )
        self._hold_counting = HoldCounting(self._holds, HoldStore(parts.database), time.monotonic)
        self._jobs = JobRunner(parts.jobs, JobStore(parts.database), parts.clock, salt=storage_id)
        self._serve(storage_id)
        self._start_loops()

    def close(self) -> None:
        """Close everything that was started, in reverse order."""
        while self._closers:
            closer = self._closers.pop()
            try:
                closer()
            except (ControlRoomError, OSError) as error:  # the rest has to be closed all the same
                log.error("closing the recorder: %s", error)

    def end(self, reason: str = "asked to") -> None:
        """Ask the recorder to end; from any thread."""
        self.reason = self.reason or reason
        self.ended.set()

    def _serve(self, storage_id: str) -> None:
        parts = self._parts
        secrets = parts.storage.secrets()
        people = HoldPeople(parts.database, secrets.fingerprint)
        self._hold_requests = HoldRequests(self._holds, people.judge)
        handlers = RequestHandlers(
            self.state,
            self._leases,
            self._hold_requests,
            self._supervisor.restart,
            self.end,
            self._lease_watch.hand_over,
        )
        server = RecorderServer(handlers, secrets)
        server.start(parts.host, parts.port)
        self._closers.append(server.close)
        started = psutil.Process().create_time()
        host = "127.0.0.1" if parts.host in ("", "0.0.0.0") else parts.host  # noqa: S104
        parts.storage.announce(
            RecorderContact(
                host, server.port, secrets.fingerprint, secrets.token, os.getpid(), started, storage_id
            )
        )
        log.info("the recorder listens at %s:%s", parts.host, server.port)

    def _start_loops(self) -> None:
        leases = Loop("leases", self._watch_leases, LEASES_EVERY_S)
        people = Loop("people", self._look_at_people, PEOPLE_EVERY_S)
        counting = Loop("counting holds", self._hold_counting.run_once, JOBS_EVERY_S)
        jobs = Loop("jobs", lambda: self._run_jobs(jobs), JOBS_EVERY_S)
        health = Loop("health", self._health.run_once, HEALTH_EVERY_S)
        watch = Loop("watch", lambda: self._watch(leases), WATCH_EVERY_S)
        self._closers.append(self._hold_counting.finish)
        self._loops = [leases, health, jobs, watch, people, counting]
        for loop in self._loops:
            loop.start()
            self._closers.append(loop.stop)

    def _watch_leases(self) -> None:
        """Stop what nobody steers any more, then end the holds that are over, and let the cameras' tours go on."""
        self._lease_watch.run_once()
        self._holds.tick(self._lease_watch.stopping)
        for camera_id, tours in self._holds.take_tours_due().items():
            if not self._lease_watch.start_tours(camera_id, tours):
                self._holds.put_back_tours(camera_id, tours)

    def _look_at_people(self) -> None:
        self._rules = self._parts.hold_rules()
        self._hold_requests.look_at_people()

    def _watch(self, leases: Loop) -> None:
        """Check the recorder's own condition, and end it when it cannot go on."""
        if not self._parts.storage.intact:
            self.end("its storage folder was taken away")
        if leases.silent_s > STUCK_AFTER_S:
            self.end("its leases are not watched any more")
        self._database_words = self._parts.unready() or DATABASE_ANSWERS

    def _run_jobs(self, loop: Loop) -> None:
        if self._database_words == DATABASE_ANSWERS:
            self._jobs.run_once(loop.stopping)

    def _leased(self, now: float) -> tuple[tuple[str, str, float], ...]:
        """The leases, and after them the cameras whose Stop the recorder owes: those stay until it is acknowledged."""
        current = self._leases.current()
        kept = {(lease.camera_id, lease.desk) for lease in current}
        owed = [each for each in self._lease_watch.owed.items() if each not in kept]
        run = [(lease.camera_id, lease.desk, round(lease.until - now, 2)) for lease in current]
        return (*run, *((camera_id, desk, 0.0) for camera_id, desk in owed))

    def state(self) -> RecorderState:
        """Return what the recorder reports about itself; from any thread."""
        health = self._health.current()
        troubled = [each for each in health if each.state not in (HealthState.ONLINE, HealthState.UNKNOWN)]
        now = time.monotonic()
        return RecorderState(
            version=__version__,
            pid=os.getpid(),
            age_s=now - self._began,
            memory_bytes=psutil.Process().memory_info().rss,
            database=self._database_words,
            processes=tuple(self._supervisor.health()),
            jobs=tuple(self._jobs.states()),
            leases=self._leased(now),
            holds=tuple(
                (each.camera_id, each.name, each.desk, each.number) for each in self._holds.current()
            ),
            counts=Counter(each.state.value for each in health),
            troubled=tuple(sorted(troubled, key=lambda each: each.since)[:MOST_TROUBLED]),
            online=tuple(each.camera_id for each in health if each.state is HealthState.ONLINE),
            stops=self._lease_watch.stops,
            trouble=self._holds.trouble,
        )
