"""`controlroom db check`: is everything still as it was written? Reads only; each finding says what was looked at."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from controlroom.audit.signing import AuditFiles
from controlroom.audit.tables import PurgeRow
from controlroom.audit.verification import verify
from controlroom.care.records import Finding, Health
from controlroom.care.words import missing_and_changed
from controlroom.clock import show_moment
from controlroom.database import protection
from controlroom.database.opening import revisions
from controlroom.database.tables import ReferenceCounterRow
from controlroom.database.unit_of_work import Database
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.errors import NotFound
from controlroom.incidents.records import Snapshot
from controlroom.incidents.snapshots import SnapshotStore
from controlroom.incidents.tables import IncidentRow, LogEntryRow, LogTextRow

NAMED = 5  # so many of a kind are named one by one
REFERENCES: dict[str, InstrumentedAttribute[str]] = {
    "INC": IncidentRow.reference,
    "BID": BidRow.reference,
    "DEP": DeploymentRow.reference,
    "PUR": PurgeRow.reference,
}


def check(database: Database, folder: Path, files: AuditFiles) -> list[Finding]:
    """Look at everything, in the order of how much hangs on it."""
    findings = list(_engine(database))
    with database.read() as session:
        findings += _chain(session, files)
    for look in (_triggers, _words, _counters):
        with database.read() as session:
            findings += look(session)
    with database.read() as session:
        findings += _pictures(session, SnapshotStore(folder / "snapshots"))
    return findings


def _finding(what: str, faults: list[str], good: str) -> Finding:
    if not faults:
        return Finding(what, Health.GOOD, good)
    more = f", and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    return Finding(what, Health.FAULT, "; ".join(faults[:NAMED]) + more)


def _engine(database: Database) -> Iterator[Finding]:
    current, head = revisions(database.engine)
    health = Health.GOOD if current == head else Health.FAULT
    yield Finding(
        "revision", health, f"{current}, the newest" if current == head else f"{current}, not {head}"
    )
    if database.engine.dialect.name != "sqlite":
        return
    with database.engine.connect() as connection:
        answers = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
        yield _finding("file", [] if answers == ["ok"] else answers, "whole")
        orphans = [f"{row[0]} row {row[1]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        yield _finding("references between rows", orphans, "each points to a row that is there")


def _triggers(session: Session) -> Iterator[Finding]:
    faults = protection.missing(session.connection())
    yield _finding("protection", faults, "every trigger is there and refuses")


def _chain(session: Session, files: AuditFiles) -> Iterator[Finding]:
    trusted, note = files.trusted()
    outcome = verify(session, heads=files.heads, trusted=trusted)
    signed = outcome.signed
    words = f"{outcome.entries:,} entries"
    if signed is not None:
        words += f", verified up to {signed.sequence:,}, signed {show_moment(signed.signed_at)}"
        words += f", {outcome.since_signed:,} since"
    yield _finding("audit chain", list(outcome.faults), words)
    notes = [*outcome.notes, note] if signed is not None and note else outcome.notes
    if signed is None and outcome.entries:
        yield Finding(
            "signed heads", Health.NOTE, "none yet: the recorder signs hourly, or controlroom audit sign"
        )
    for each in notes:
        yield Finding("signed heads", Health.NOTE, each)


def _words(session: Session) -> Iterator[Finding]:
    faults, count, purged = missing_and_changed(session)
    good = f"{count:,} as they were written" + (f", {purged:,} purged" if purged else "")
    yield _finding("words of log and incidents", faults, good)


def _pictures(session: Session, store: SnapshotStore) -> Iterator[Finding]:
    query = (
        select(LogEntryRow.id, LogEntryRow.snapshot_path, LogEntryRow.snapshot_sha256, LogTextRow.id)
        .outerjoin(LogTextRow, (LogTextRow.entry_id == LogEntryRow.id) & LogTextRow.addendum_id.is_(None))
        .where(LogEntryRow.snapshot_path != "")
        .execution_options(yield_per=1000)
    )
    faults: list[str] = []
    count = 0
    with session.execute(query) as rows:
        for entry_id, path, digest, text_id in rows:
            count += 1
            try:
                if not store.is_unchanged(Snapshot(path, digest)):
                    faults.append(f"{path} of entry {entry_id} was changed")
            except NotFound:
                if text_id is not None:  # with its words gone, the picture was purged as well
                    faults.append(f"{path} of entry {entry_id} is missing")
    yield _finding("pictures", faults, f"{count:,} as they were taken")


def _counters(session: Session) -> Iterator[Finding]:
    """A counter behind the numbers that were issued would issue one a second time."""
    faults: list[str] = []
    for row in session.scalars(select(ReferenceCounterRow)):
        column = REFERENCES.get(row.prefix)
        if column is None:
            continue
        start = f"{row.prefix}-{row.year}-"
        newest: ColumnElement[str | None] = func.max(column)
        issued = session.scalar(select(newest).where(column.startswith(start, autoescape=True)))
        if issued is not None and int(issued.removeprefix(start)) > row.last:
            faults.append(f"{issued} was issued, but the counter stands at {row.last}")
    yield _finding("counters", faults, "ahead of every number issued")
