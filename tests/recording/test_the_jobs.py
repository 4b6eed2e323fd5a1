"""The recorder's own jobs over a real room: each does its work and says so in a few words."""

from pathlib import Path

from controlroom.app.recorder import the_jobs
from controlroom.audit.signing import newest_signed
from controlroom.recording.jobs import JobRunner, JobStore
from controlroom.recording.records import RunOutcome
from tests.builders import make_room


def test_every_job_is_done_and_the_audit_head_is_signed(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    room.add_camera()
    jobs = the_jobs(room.database, tmp_path)
    runner = JobRunner(jobs, JobStore(room.database), room.clock)
    runner.run_once()
    states = {state.name: state for state in runner.states()}
    assert states["signing"].outcome is RunOutcome.DONE, states["signing"].words
    assert states["alerts"].words == "nothing past its end"
    assert states["nightly"].outcome is RunOutcome.NEVER
    with room.database.read() as session:
        assert newest_signed(session) is not None


def test_the_night_is_done_when_its_hour_comes(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    room.add_camera()
    runner = JobRunner(the_jobs(room.database, tmp_path), JobStore(room.database), room.clock)
    runner.run_once()
    due = {state.name: state.next_due for state in runner.states()}["nightly"]
    assert due is not None
    room.clock.at = due
    runner.run_once()
    state = {state.name: state for state in runner.states()}["nightly"]
    assert state.outcome is RunOutcome.DONE, state.words
    assert "backup" in state.words
