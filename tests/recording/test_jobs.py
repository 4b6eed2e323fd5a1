"""Jobs run when they are due, are caught up once, and keep their last outcome over restarts and lost databases."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from controlroom.clock import london
from controlroom.errors import Unavailable
from controlroom.recording.jobs import Job, JobRunner, JobStore
from controlroom.recording.records import JobState, RunOutcome
from controlroom.recording.rules import Daily, Every, Schedule
from tests.builders import make_room
from tests.clock import SetClock

START = datetime(2026, 11, 20, 22, 41, tzinfo=UTC)
HOURLY, NIGHTLY = Every(timedelta(hours=1)), Daily(time(3, 20))


class Memory(JobStore):
    """A store that can be away."""

    def __init__(self) -> None:
        self.kept: dict[str, JobState] = {}
        self.away = False

    def load(self) -> dict[str, JobState]:
        if self.away:
            raise Unavailable("The database does not answer.")
        return dict(self.kept)

    def save(self, state: JobState) -> None:
        if self.away:
            raise Unavailable("The database does not answer.")
        self.kept[state.name] = state


class Work:
    """Counts its runs and fails on request."""

    def __init__(self) -> None:
        self.runs = 0
        self.failure: Exception | None = None

    def __call__(self) -> str:
        self.runs += 1
        if self.failure is not None:
            raise self.failure
        return f"run {self.runs}"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def work() -> Work:
    return Work()


def runner(work: Work, clock: SetClock, schedule: Schedule, store: Memory | None = None) -> JobRunner:
    return JobRunner([Job("it", "It", schedule, work)], store or Memory(), clock)


def test_an_hourly_job_runs_at_once_and_then_every_hour(clock: SetClock, work: Work) -> None:
    jobs = runner(work, clock, HOURLY)
    for _ in range(180):
        jobs.run_once()
        clock.advance(timedelta(minutes=1))
    assert work.runs == 3


def test_a_nightly_job_waits_for_its_hour_in_london(clock: SetClock, work: Work) -> None:
    jobs = runner(work, clock, NIGHTLY)
    jobs.run_once()
    clock.at = london(date(2026, 11, 21), 3, 19)
    jobs.run_once()
    assert work.runs == 0
    clock.advance(timedelta(minutes=1))
    jobs.run_once()
    jobs.run_once()
    assert work.runs == 1
    assert jobs.states()[0].next_due == london(date(2026, 11, 22), 3, 20)


def test_missed_nights_are_caught_up_once_even_by_a_computer_that_is_never_on_at_night(
    clock: SetClock, work: Work
) -> None:
    store = Memory()
    runner(work, clock, NIGHTLY, store).run_once()  # first seen on a Friday evening
    clock.advance(timedelta(days=4))
    jobs = runner(work, clock, NIGHTLY, store)
    jobs.run_once()
    jobs.run_once()
    assert work.runs == 1


def test_a_failed_run_is_told_and_tried_again_ever_less_often(clock: SetClock, work: Work) -> None:
    jobs = runner(work, clock, Every(timedelta(hours=6)))
    work.failure = Unavailable("The disk is full.", remedy="Make room.")
    jobs.run_once()
    state = jobs.states()[0]
    assert (state.outcome, state.words) == (RunOutcome.FAILED, "The disk is full. Make room.")
    assert state.last_done is None
    ran = [work.runs]
    for minutes in (0, 1, 1):
        clock.advance(timedelta(minutes=minutes))
        jobs.run_once()
        ran.append(work.runs)
    assert ran == [1, 1, 2, 2]
    work.failure = None
    clock.advance(timedelta(minutes=1))
    jobs.run_once()
    assert jobs.states()[0].outcome is RunOutcome.DONE
    assert work.runs == 3


def test_a_job_that_breaks_does_not_keep_the_next_from_running(clock: SetClock) -> None:
    broken, sound = Work(), Work()
    broken.failure = RuntimeError("a bug")
    jobs = JobRunner([Job("a", "A", HOURLY, broken), Job("b", "B", HOURLY, sound)], Memory(), clock)
    assert jobs.run_once() == 2
    assert [state.outcome for state in jobs.states()] == [RunOutcome.FAILED, RunOutcome.DONE]


@pytest.mark.parametrize("schedule", [HOURLY, NIGHTLY])
def test_a_clock_set_back_by_years_does_not_silence_a_job(
    clock: SetClock, work: Work, schedule: Schedule
) -> None:
    jobs = runner(work, clock, schedule)
    jobs.run_once()
    clock.advance(timedelta(days=1))
    jobs.run_once()
    ran = work.runs
    clock.advance(timedelta(days=-3 * 365))
    for _ in range(26):
        clock.advance(timedelta(hours=1))
        jobs.run_once()
    assert work.runs > ran


def test_a_clock_set_forward_runs_a_job_once(clock: SetClock, work: Work) -> None:
    jobs = runner(work, clock, HOURLY)
    jobs.run_once()
    clock.advance(timedelta(days=365))
    jobs.run_once()
    jobs.run_once()
    assert work.runs == 2


def test_nothing_runs_twice_because_the_database_was_away_at_the_start(clock: SetClock, work: Work) -> None:
    store = Memory()
    runner(work, clock, HOURLY, store).run_once()
    store.away = True
    jobs = runner(work, clock, HOURLY, store)
    assert jobs.run_once() == 0
    store.away = False
    assert jobs.run_once() == 0
    assert work.runs == 1


def test_an_outcome_that_could_not_be_kept_is_kept_later(clock: SetClock, work: Work) -> None:
    store = Memory()
    jobs = runner(work, clock, HOURLY, store)
    jobs.run_once()
    store.away = True
    clock.advance(timedelta(hours=1))
    jobs.run_once()
    assert store.kept["it"].words == "run 1"
    store.away = False
    jobs.run_once()
    assert store.kept["it"].words == "run 2"


def test_installations_are_put_apart_but_each_keeps_its_minute(clock: SetClock, work: Work) -> None:
    job = Job("nightly", "Nightly", NIGHTLY, work, timedelta(minutes=30))
    dues = set()
    for salt in ("a", "b", "c", "a"):
        jobs = JobRunner([job], Memory(), clock, salt=salt)
        jobs.run_once()
        dues.add(jobs.states()[0].next_due)
    assert len(dues) == 3


@pytest.mark.both_engines
def test_outcomes_are_kept_in_the_database(tmp_path: Path, work: Work) -> None:
    room = make_room(tmp_path)
    store = JobStore(room.database)
    jobs = JobRunner([Job("it", "It", HOURLY, work)], store, room.clock)
    jobs.run_once()
    again = JobRunner([Job("it", "It", HOURLY, work)], store, room.clock)
    assert again.run_once() == 0
    state = again.states()[0]
    assert (state.outcome, state.words, state.last_run) == (RunOutcome.DONE, "run 1", room.clock.now())
