"""Stores camera health in the database: the recorder writes it in batches, the desks read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.audit.act import SYSTEM
from controlroom.cameras.learned import Learned
from controlroom.cameras.tables import CameraRow
from controlroom.database.rows import readable, to_record
from controlroom.database.unit_of_work import Database, Work
from controlroom.recording import rules
from controlroom.recording.records import CameraAvailability, CameraHealth, HealthChange, HealthState
from controlroom.recording.tables import CameraHealthRow, HealthChangeRow, HealthSampleRow
from controlroom.texts import takes_texts

LONGEST_DETAIL = 300
SAMPLES_WHOLE = timedelta(days=2)  # afterwards one an hour
SAMPLE_RETENTION = timedelta(days=90)
CHANGE_RETENTION = timedelta(days=400)
MOST_CHANGES = 5000


@dataclass(frozen=True)
class Answered:
    """Where a camera answered that was saved untried, or showed a certificate while none was known."""

    host: str
    port: int
    certificate: str = ""
    stream: str = ""
    stream_certificate: str = ""


class HealthStore:
    """The recorder's side. Every method is one transaction; raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> dict[int, CameraHealth]:
        with self._database.read() as session:
            return _all(session)

    def save(
        self,
        now: Sequence[CameraHealth],
        changed: Iterable[CameraHealth],
        samples: Iterable[CameraHealth],
        answered: Mapping[int, Answered],
    ) -> None:
        """Write cameras' present health, their changes of state, and the measured samples.

        Those that `answered` where the register has them are no longer untried, and are known by the certificates they
        showed first.
        """
        with self._database.write() as work:
            for camera_id, seen in answered.items():
                _note_answered(work, camera_id, seen)
            for health in now:
                work.session.merge(_row(health))
            for health in changed:
                work.session.add(_change(health.camera_id, health.since, health.state, health.detail))
                work.announce("camera_health", health.camera_id)
            for health in samples:
                work.session.merge(
                    HealthSampleRow(
                        camera_id=health.camera_id,
                        at=health.looked_at,
                        state=health.state.value,
                        answer_ms=health.answer_ms,
                        clock_drift_s=health.clock_drift_s,
                    )
                )

    def learn(self, camera_id: int, at: Answered, learned: Learned) -> None:
        """Write what a camera said of itself of which no stream was known, where the register still has it.

        A make and model that somebody typed stay. A camera that says nothing new but its clock is not written again:
        one that names no stream of its own is read every hour.
        """
        with self._database.write() as work:
            unread = (CameraRow.main_stream == "", CameraRow.sub_stream == "")
            place = (CameraRow.id == camera_id, CameraRow.host == at.host, CameraRow.port == at.port)
            row = work.session.scalars(select(CameraRow).where(*place, *unread)).first()
            if row is None:
                return
            values = {
                "main_stream": learned.main_stream,
                "sub_stream": learned.sub_stream,
                "has_ptz": learned.has_ptz,
                "abilities": ",".join(learned.abilities),
                "clock_drift_s": learned.clock_drift_s,
            }
            if not row.make and not row.model:
                values |= {"make": learned.make, "model": learned.model}
            if all(getattr(row, name) == value for name, value in values.items() if name != "clock_drift_s"):
                return
            work.session.execute(update(CameraRow).where(*place, *unread).values(**values))
            audit.record(work, SYSTEM, "camera.read", "camera", row.number, **values)
            work.announce("camera", camera_id)

    def note_gap(self, silent_for: timedelta) -> int:
        """Mark cameras that nobody checked for longer than that as unknown since their last check. Returns how many."""
        with self._database.write() as work:
            before = work.now - silent_for
            rows = list(
                work.session.scalars(select(CameraHealthRow).where(CameraHealthRow.looked_at < before))
            )
            gone = [row for row in rows if row.state != HealthState.UNKNOWN.value]
            for row in gone:
                row.state, row.since, row.detail = HealthState.UNKNOWN.value, row.looked_at, ""
                work.session.add(_change(row.camera_id, row.since, HealthState.UNKNOWN, ""))
            return len(gone)

    def prune(self) -> str:
        """Thin old samples to one an hour and delete what is too old; returns what was done, in words."""
        with self._database.write() as work:
            dropped = _drop(work, HealthSampleRow, work.now - SAMPLE_RETENTION)
            dropped += _drop(work, HealthChangeRow, work.now - CHANGE_RETENTION)
            thinned = _thin(work)
        return f"{thinned} samples thinned, {dropped} old rows dropped"


@takes_texts
class HealthService:
    """The desks' side: reading only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, actor: Actor) -> dict[int, CameraHealth]:
        with self._database.read() as session:
            require(session, actor, Permission.READ_CAMERAS)
            return _all(session)

    def changes(self, actor: Actor, camera_id: int, since: datetime) -> list[HealthChange]:
        """List a camera's changes of state, oldest first."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_CAMERAS)
            return _changes(session, camera_id, since)

    def availability(
        self, actor: Actor, camera_id: int, start: datetime, end: datetime
    ) -> CameraAvailability:
        """Return for how long the camera answered between two moments."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_CAMERAS)
            earlier = (
                select(HealthChangeRow)
                .where(HealthChangeRow.camera_id == camera_id, HealthChangeRow.at < start)
                .order_by(HealthChangeRow.at.desc(), HealthChangeRow.id.desc())
                .limit(1)
            )
            before = session.scalars(earlier).first()
            state = HealthState(before.state) if before is not None else HealthState.UNKNOWN
            return rules.availability(_changes(session, camera_id, start), start, end, state)


def _note_answered(work: Work, camera_id: int, seen: Answered) -> None:
    at = (CameraRow.id == camera_id, CameraRow.host == seen.host, CameraRow.port == seen.port)
    row = work.session.scalars(select(CameraRow).where(*at).with_for_update()).first()
    if row is not None and (first := _first_seen(row, seen)):
        # By a statement, since the version stays: a form that is open meanwhile can be saved.
        work.session.execute(update(CameraRow).where(CameraRow.id == camera_id).values(**first))
        audit.record(work, SYSTEM, "camera.answered", "camera", row.number, **first)
    work.announce("camera", camera_id)


def _first_seen(row: CameraRow, seen: Answered) -> dict[str, Any]:
    """The columns of a camera that change: what was not known of it before."""
    first: dict[str, Any] = {"untried": False} if row.untried else {}
    if seen.certificate and not row.certificate:
        first["certificate"] = seen.certificate
    if (
        seen.stream_certificate
        and seen.stream in (row.main_stream, row.sub_stream)
        and not row.stream_certificate
    ):
        first["stream_certificate"] = seen.stream_certificate
    return first


def _changes(session: Session, camera_id: int, since: datetime) -> list[HealthChange]:
    query = (
        select(HealthChangeRow)
        .where(HealthChangeRow.camera_id == camera_id, HealthChangeRow.at >= since)
        .order_by(HealthChangeRow.at, HealthChangeRow.id)
        .limit(MOST_CHANGES)
    )
    return [to_record(HealthChange, row) for row in readable(session.scalars(query))]


def _drop(work: Work, table: type[HealthSampleRow] | type[HealthChangeRow], before: datetime) -> int:
    count = work.session.scalar(select(func.count()).select_from(table).where(table.at < before)) or 0
    work.session.execute(delete(table).where(table.at < before))
    return count


def _thin(work: Work) -> int:
    """Delete all but the first sample of each hour and camera among those older than `SAMPLES_WHOLE`."""
    query = (
        select(HealthSampleRow.camera_id, HealthSampleRow.at)
        .where(HealthSampleRow.at < work.now - SAMPLES_WHOLE)
        .order_by(HealthSampleRow.camera_id, HealthSampleRow.at)
    )
    seen: set[tuple[int, datetime]] = set()
    thinned = 0
    for camera_id, at in work.session.execute(query).all():
        hour = (camera_id, at.replace(minute=0, second=0, microsecond=0))
        if hour in seen:
            work.session.execute(delete(HealthSampleRow).filter_by(camera_id=camera_id, at=at))
            thinned += 1
        seen.add(hour)
    return thinned


def _change(camera_id: int, at: datetime, state: HealthState, detail: str) -> HealthChangeRow:
    return HealthChangeRow(camera_id=camera_id, at=at, state=state.value, detail=detail[:LONGEST_DETAIL])


def _row(health: CameraHealth) -> CameraHealthRow:
    return CameraHealthRow(
        camera_id=health.camera_id,
        state=health.state.value,
        since=health.since,
        looked_at=health.looked_at,
        detail=health.detail[:LONGEST_DETAIL],
        answer_ms=health.answer_ms,
        clock_drift_s=health.clock_drift_s,
    )


def _all(session: Session) -> dict[int, CameraHealth]:
    rows = readable(session.scalars(select(CameraHealthRow)))
    return {row.camera_id: to_record(CameraHealth, row) for row in rows}
