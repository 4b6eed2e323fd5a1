"""Measures many processes that write audited log entries at once: speed, delays, and whether the chain stays whole.

Each process opens the database itself and writes as a desk's outbox does: an entry, its words,
the change for other desks and the audit entry, in one transaction. They start together.
"""

import multiprocessing
import tempfile
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, BrokenBarrierError

from sqlalchemy import func, select

from controlroom.accounts.records import Actor, Role
from controlroom.audit.records import Verification
from controlroom.audit.tables import AuditEntryRow
from controlroom.audit.verification import verify
from controlroom.bench.measure import Figures, percentile
from controlroom.bench.site import add_operator
from controlroom.clock import process_clock
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import NOUNS as NOUNS_HERE
from controlroom.database.unit_of_work import Database
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.outbox.records import ItemKind, OutboxItem
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.tables import LogEntryRow
from controlroom.nouns import NOUNS

STARTS_WITHIN_S = 120.0
PASSWORD = "only for measuring"  # noqa: S105  (of an account in a database made for the measurement)
Outcome = tuple[list[float], list[str]]
"""Of one process: how long each write took, in ms, and the errors."""


@dataclass(frozen=True)
class AuditFigures(Figures):
    """The figures. Latencies are of whole transactions, including the wait for their turn.

    `rows_against_entries`: so many times as long takes verifying records and entries as verifying entries only.
    """

    engine: str
    processes: int
    writes: int
    failed: int
    seconds: float
    writes_per_s: float
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    latency_max_ms: float | None
    entries: int
    missing: int
    rows: int
    verify_s: float
    verify_entries_only_s: float
    rows_against_entries: float
    sound: bool
    faults: tuple[str, ...]
    failures: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.sound and not self.failed and not self.missing


def run(url: str, processes: int, writes: int) -> AuditFigures:
    """Measure on the database at `url`, which must be new: the measurement writes into it. Raises ControlRoomError."""
    with closing(open_database(url, process_clock(), NOUNS)) as database:
        writer = add_operator(database, "writer", PASSWORD)
        before = _counts(database)
        seconds, outcomes = _write_together(url, processes, writes, writer.id)
        after = _counts(database)
        entries_only_s, _chain = _verified(database, rows=False)
        verify_s, chain = _verified(database, rows=True)
    latencies = [each for took_ms, _ in outcomes for each in took_ms]
    failures = [each for _, errors in outcomes for each in errors]
    arrived = after[0] - before[0]
    return AuditFigures(
        engine="SQLite" if url.startswith("sqlite") else "PostgreSQL",
        processes=processes,
        writes=len(latencies),
        failed=len(failures),
        seconds=round(seconds, 2),
        writes_per_s=round(len(latencies) / seconds, 1),
        latency_p50_ms=percentile(latencies, 0.5),
        latency_p95_ms=percentile(latencies, 0.95),
        latency_max_ms=percentile(latencies, 1.0),
        entries=chain.entries,
        missing=processes * writes - arrived + max(0, arrived - (after[1] - before[1])),
        rows=chain.rows,
        verify_s=round(verify_s, 3),
        verify_entries_only_s=round(entries_only_s, 3),
        rows_against_entries=round(verify_s / entries_only_s, 1),
        sound=chain.sound,
        faults=chain.faults,
        failures=tuple(failures[:5]),
    )


def _verified(database: Database, *, rows: bool) -> tuple[float, Verification]:
    """Verify the chain, with the records or without; how long it took, and the outcome."""
    with database.read() as session:
        if not rows:
            session.info.pop(NOUNS_HERE)
        started = time.perf_counter()
        outcome = verify(session)
        return time.perf_counter() - started, outcome


def _counts(database: Database) -> tuple[int, int]:
    """Count the log entries and the links of the chain."""
    with database.read() as session:
        entries = session.scalar(select(func.count()).select_from(LogEntryRow)) or 0
        return entries, session.scalar(select(func.count()).select_from(AuditEntryRow)) or 0


def _write_together(url: str, processes: int, writes: int, user_id: int) -> tuple[float, list[Outcome]]:
    """Let the writers start together; returns the seconds until the last one's end, and what each measured."""
    # Its arguments go through a pipe: the address may hold a password.
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(processes, spawn) as pool:
        together = manager.Barrier(processes + 1)
        writers = [pool.submit(_write, url, writes, user_id, together) for _ in range(processes)]
        try:
            together.wait(STARTS_WITHIN_S)
            started = time.perf_counter()
            outcomes = [writer.result() for writer in writers]
        except (BrokenBarrierError, BrokenProcessPool) as error:
            raise Unavailable("A writing process did not start, or ended.") from error
        return time.perf_counter() - started, outcomes


def _write(url: str, writes: int, user_id: int, together: Barrier) -> Outcome:
    """Write in a process of its own."""
    actor = Actor(user_id, "Bench writer", frozenset({Role.OPERATOR}))
    latencies, failures = [], []
    with closing(open_database(url, process_clock(), NOUNS)) as database:
        store = SnapshotStore(Path(tempfile.gettempdir()))
        service = LogService(database, vocabulary.load(), store, IncidentLinks())
        writer = OutboxWriter(service)
        service.authors(actor)  # the connection is there before the clock starts
        together.wait(STARTS_WITHIN_S)
        for number in range(writes):
            words = f"Entry {number}: two people by the station entrance, walking north"
            now = service.now()
            item = OutboxItem(
                str(uuid.uuid4()), ItemKind.ENTRY, actor, now, now, away=False, entry=NewLogEntry(words)
            )
            started = time.perf_counter()
            try:
                writer.write(item)
            except ControlRoomError as error:
                failures.append(str(error))
            else:
                latencies.append(round((time.perf_counter() - started) * 1000, 2))
    return latencies, failures
