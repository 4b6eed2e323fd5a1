"""Runs periodic jobs when they are due, catches a missed run up once, and stores the last outcome of each.

`run_once` does what is due at the clock's time and returns; the recorder calls it every second on a thread of its
own.
"""

import logging
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from controlroom.clock import Clock
from controlroom.database.rows import readable, to_record
from controlroom.database.unit_of_work import Database
from controlroom.errors import ControlRoomError
from controlroom.recording.records import JobState, RunOutcome
from controlroom.recording.rules import Schedule, retry_after
from controlroom.recording.tables import RecorderJobRow

log = logging.getLogger(__name__)

LONGEST_WORDS = 500


@dataclass(frozen=True)
class Job:
    """A periodic job. `work` returns in a few words what it did; it raises when it could not do it.

    `spread` separates the runs of several installations: a fixed share of it, derived from `name` and the
    storage's id, is added to every due moment.
    """

    name: str
    title: str
    schedule: Schedule
    work: Callable[[], str]
    spread: timedelta = timedelta()


class JobStore:
    """Stores last outcomes between runs of the recorder. Each method is one transaction; raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> dict[str, JobState]:
        with self._database.read() as session:
            rows = readable(session.scalars(select(RecorderJobRow)))
            return {row.name: to_record(JobState, row, title=row.name) for row in rows}

    def save(self, state: JobState) -> None:
        if state.last_run is None:
            return
        row = RecorderJobRow(
            name=state.name,
            outcome=state.outcome.value,
            words=state.words,
            last_run=state.last_run,
            last_done=state.last_done,
        )
        with self._database.write() as work:
            work.session.merge(row)


class JobRunner:
    """Runs jobs one after another. `states` may be called from any thread."""

    def __init__(self, jobs: Iterable[Job], store: JobStore, clock: Clock, *, salt: str = "") -> None:
        self._jobs = list(jobs)
        self._store, self._clock, self._salt = store, clock, salt
        self._lock = threading.Lock()
        self._states = {job.name: JobState(job.name, job.title) for job in self._jobs}
        self._failures: dict[str, int] = {}
        self._loaded = False
        self._unsaved: set[str] = set()

    def states(self) -> list[JobState]:
        """List every job's state, in the order they were given."""
        now = self._clock.now()
        with self._lock:
            states = dict(self._states)
        return [replace(states[job.name], next_due=self._due(job, now)) for job in self._jobs]

    def run_once(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Run every job that is due; returns how many ran. Nothing runs before the last outcomes could be read."""
        if not self._load():
            return 0
        self._save_what_waits()
        self._follow_a_clock_set_back()
        ran = 0
        for job in self._jobs:
            if not stopping() and self._due(job, self._clock.now()) <= self._clock.now():
                self._run(job)
                ran += 1
        return ran

    def _run(self, job: Job) -> None:
        began = self._clock.now()
        self._set(replace(self._state(job), outcome=RunOutcome.RUNNING, last_run=began))
        try:
            words, outcome = job.work(), RunOutcome.DONE
        except ControlRoomError as error:
            words, outcome = str(error), RunOutcome.FAILED
            log.warning("%s failed: %s", job.title, error)
        except Exception as error:  # a fault in one job must not end the others
            words, outcome = f"{type(error).__name__}: {error}", RunOutcome.FAILED
            log.exception("%s failed", job.title)
        failed = outcome is RunOutcome.FAILED
        self._failures[job.name] = self._failures.get(job.name, 0) + 1 if failed else 0
        state = replace(self._state(job), outcome=outcome, words=words[:LONGEST_WORDS])
        self._set(state if failed else replace(state, last_done=began))
        self._unsaved.add(job.name)
        self._save_what_waits()

    def _due(self, job: Job, now: datetime) -> datetime:
        state = self._state(job)
        failures = self._failures.get(job.name, 0)
        if state.outcome is RunOutcome.FAILED and state.last_run is not None and failures:
            return min(state.last_run, now) + retry_after(failures)
        # A run that failed before a restart is tried again at once.
        last = state.last_done if state.outcome is RunOutcome.FAILED else state.last_run
        return job.schedule.due(last, now) + self._share(job)

    def _follow_a_clock_set_back(self) -> None:
        """Treat a last run in the future as being now, lest its job wait until then after the clock was set back."""
        now = self._clock.now()
        for job in self._jobs:
            state = self._state(job)
            if state.last_run is not None and state.last_run > now:
                done = min(state.last_done, now) if state.last_done is not None else None
                self._set(replace(state, last_run=now, last_done=done))

    def _share(self, job: Job) -> timedelta:
        return job.spread * ((zlib.crc32(f"{self._salt}{job.name}".encode()) % 1000) / 1000)

    def _load(self) -> bool:
        if self._loaded:
            return True
        try:
            known = self._store.load()
        except ControlRoomError:
            return False
        for job in self._jobs:
            if job.name in known:
                self._set(replace(known[job.name], title=job.title))
            elif not job.schedule.at_once:
                # Written down, so that a computer that is never on at that hour catches up the next morning.
                self._set(replace(self._state(job), last_run=self._clock.now()))
                self._unsaved.add(job.name)
        self._loaded = True
        return True

    def _save_what_waits(self) -> None:
        for name in list(self._unsaved):
            try:
                self._store.save(self._states[name])
            except ControlRoomError as error:
                log.warning("the outcome of %s could not be kept yet: %s", name, error)
                return
            self._unsaved.discard(name)

    def _state(self, job: Job) -> JobState:
        with self._lock:
            return self._states[job.name]

    def _set(self, state: JobState) -> None:
        with self._lock:
            self._states[state.name] = state
