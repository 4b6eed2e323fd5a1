"""Measures many processes that write audited log entries at once: their speed, delays, and whether the chain stays
whole.

Each process opens the database itself and writes through the log's own service, as a desk does: an entry, its words,
the change for other desks and the audit entry, in one transaction. They start together.
"""

import json
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from controlroom.accounts.records import Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.audit.verification import verify
from controlroom.clock import process_clock
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import Database
from controlroom.errors import RuleBroken, Unavailable
from controlroom.log.tables import LogEntryRow
from controlroom.nouns import NOUNS

ENDS_WITHIN_S = 600
WRITER = "controlroom.bench.audit_writer"
PASSWORD = "only for measuring"  # noqa: S105  (of accounts in a database made for the measurement)


@dataclass(frozen=True)
class AuditFigures:
    """The figures. Latencies are of whole transactions, including the wait for their turn."""

    engine: str
    processes: int
    writes: int
    failed: int
    seconds: float
    writes_per_s: float
    latency_p50_ms: float
    latency_p95_ms: float
    latency_max_ms: float
    entries: int
    missing: int
    sound: bool
    faults: tuple[str, ...]
    failures: tuple[str, ...]

    @property
    def good(self) -> bool:
        """True when every write arrived and the chain is whole."""
        return self.sound and not self.failed and not self.missing

    def to_json(self) -> dict[str, object]:
        """Return plain fields."""
        return asdict(self)

    def in_words(self) -> str:
        """Return the figures as lines."""
        chain = (
            "the chain is sound: no gap, no fork" if self.sound else f"the chain is NOT sound: {self.faults}"
        )
        return (
            f"{self.engine}: {self.processes} processes wrote {self.writes:,} audited entries in {self.seconds:.1f} s, "
            f"{self.writes_per_s:.0f}/s, half within {self.latency_p50_ms:.0f} ms, 95 % within "
            f"{self.latency_p95_ms:.0f} ms, the slowest {self.latency_max_ms:.0f} ms; {self.failed} failed; {chain}."
        )


def run(url: str, processes: int, writes: int) -> AuditFigures:
    """Measure on the database at `url`, which must be new: the measurement writes into it. Raises ControlRoomError."""
    database = open_database(url, process_clock(), NOUNS)
    try:
        accounts = AccountService(database)
        if not SignInService(database).is_empty():
            raise RuleBroken(
                "This database is in use: it has accounts.",
                "The measurement writes thousands of entries into the log, which could not be taken out again.",
                "Name an empty database.",
            )
        boss = accounts.add_first("bench", "Bench", PASSWORD)
        writer = accounts.add(boss, "writer", "Bench writer", PASSWORD, {Role.OPERATOR})
        before = _counts(database)
        seconds, answers = _write(url, processes, writes, writer.id)
        after = _counts(database)
        with database.read() as session:
            outcome = verify(session)
    finally:
        database.close()
    latencies = sorted(each for answer in answers for each in answer["latencies_ms"])
    failures = [each for answer in answers for each in answer["failures"]]
    arrived = after[0] - before[0]
    return AuditFigures(
        engine="SQLite" if url.startswith("sqlite") else "PostgreSQL",
        processes=processes,
        writes=len(latencies),
        failed=len(failures),
        seconds=round(seconds, 2),
        writes_per_s=round(len(latencies) / seconds, 1),
        latency_p50_ms=round(statistics.median(latencies), 1) if latencies else 0.0,
        latency_p95_ms=round(latencies[int(len(latencies) * 0.95) - 1], 1) if latencies else 0.0,
        latency_max_ms=round(latencies[-1], 1) if latencies else 0.0,
        entries=outcome.entries,
        missing=processes * writes - arrived + max(0, arrived - (after[1] - before[1])),
        sound=outcome.sound,
        faults=outcome.faults,
        failures=tuple(failures[:5]),
    )


def _counts(database: Database) -> tuple[int, int]:
    """Count the log entries and the links of the chain."""
    from controlroom.audit.tables import AuditEntryRow

    with database.read() as session:
        entries = session.scalar(select(func.count()).select_from(LogEntryRow)) or 0
        return entries, session.scalar(select(func.count()).select_from(AuditEntryRow)) or 0


def _write(url: str, processes: int, writes: int, user_id: int) -> tuple[float, list[dict[str, list]]]:
    """Let the writers start together; returns the seconds until the last one's end, and what each measured."""
    order = json.dumps({"url": url, "writes": writes, "user_id": user_id}) + "\n"
    children = [_start(order) for _ in range(processes)]
    try:
        for child in children:
            if child.stdout is None or child.stdout.readline().strip() != "ready":
                raise Unavailable("A writing process did not start.", remedy="Look at what it printed above.")
        started = time.perf_counter()
        for child in children:
            _say(child, "go\n")
        answers = [json.loads(child.communicate(timeout=ENDS_WITHIN_S)[0]) for child in children]
        return time.perf_counter() - started, answers
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
            child.communicate()


def _start(order: str) -> "subprocess.Popen[str]":
    # The address may hold a password: it goes through the pipe, never onto a command line.
    command = [sys.executable, "-m", WRITER]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    _say(child, order)
    return child


def _say(child: "subprocess.Popen[str]", words: str) -> None:
    if child.stdin is not None:
        child.stdin.write(words)
        child.stdin.flush()
