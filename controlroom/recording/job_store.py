"""Stores the last outcomes of the recorder's jobs in the database."""

from sqlalchemy import select

from controlroom.database.unit_of_work import Database
from controlroom.recording.records import JobState, RunOutcome
from controlroom.recording.tables import RecorderJobRow


class DatabaseJobStore:
    """Each method is one transaction; raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> dict[str, JobState]:
        """Read every job's last run."""
        with self._database.read() as session:
            return {row.name: _record(row) for row in session.scalars(select(RecorderJobRow))}

    def save(self, state: JobState) -> None:
        """Store a job's last run."""
        if state.last_run is None:
            return
        with self._database.write() as work:
            work.session.merge(
                RecorderJobRow(
                    name=state.name,
                    outcome=state.outcome.value,
                    words=state.words,
                    last_run=state.last_run,
                    last_done=state.last_done,
                )
            )


def _record(row: RecorderJobRow) -> JobState:
    return JobState(row.name, row.name, RunOutcome(row.outcome), row.words, row.last_run, row.last_done)
