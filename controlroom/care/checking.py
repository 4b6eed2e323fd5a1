"""Implements `controlroom db check`: is everything still as it was written? It only reads."""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit.signing import AuditFiles
from controlroom.audit.verification import verify
from controlroom.care.contents import looked
from controlroom.care.records import Finding, Health
from controlroom.clock import show_moment
from controlroom.database import readable_columns, triggers, unique_keys
from controlroom.database.opening import revisions
from controlroom.database.tables import ReferenceCounterRow
from controlroom.database.unit_of_work import Database
from controlroom.declaration import Nouns

_NUMBER = re.compile("[0-9]{1,18}")  # of a reference, behind its kind and year
NAMED = 5  # so many of a kind are named one by one


def check(database: Database, folder: Path, files: AuditFiles) -> list[Finding]:
    """Check everything, the most important first."""
    findings = list(_engine(database))
    with database.read() as session:
        findings += _chain(session, files)
    with database.read() as session:
        findings += _triggers(session, database.nouns)
    with database.read() as session:
        findings += _values(session, database.nouns)
    for noun in database.nouns:
        for each in noun.checks:
            with database.read() as session:
                faults, good = looked(each, session, folder)
            findings.append(_finding(each.what, faults, good))
    with database.read() as session:
        findings += _counters(session, database.nouns)
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


def _triggers(session: Session, nouns: Nouns) -> Iterator[Finding]:
    connection = session.connection()
    faults = triggers.missing(connection, nouns) + unique_keys.missing(connection, nouns)
    yield _finding("protection", faults, "every trigger is there and refuses, and every unique key")


def _values(session: Session, nouns: Nouns) -> Iterator[Finding]:
    faults = list(readable_columns.unreadable(session, nouns))
    yield _finding("values", faults, "every word, number and list is one that the program knows")


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


def _counters(session: Session, nouns: Nouns) -> Iterator[Finding]:
    """Check the counters of references: one behind the numbers issued would issue one a second time.

    One is drawn in the transaction that writes its record, so numbers that belong to none were drawn past the program.
    """
    columns = {each.prefix: getattr(each.row, each.column) for noun in nouns for each in noun.references}
    faults: list[str] = []
    drawn: list[str] = []
    for row in session.scalars(select(ReferenceCounterRow)):
        column = columns.get(row.prefix)
        if column is None:
            continue
        start = f"{row.prefix}-{row.year}-"
        issued = session.scalars(select(column).where(column.startswith(start, autoescape=True)))
        numbers = {each.removeprefix(start): each for each in issued}
        odd = sorted(each for number, each in numbers.items() if not _NUMBER.fullmatch(number))
        faults += [f"{each[:40]} is no reference that the program issues" for each in odd]
        newest = max((int(each) for each in numbers if _NUMBER.fullmatch(each)), default=0)
        if newest > row.last:
            faults.append(f"{start}{newest:05} was issued, but the counter stands at {row.last}")
        elif missing := row.last - len(numbers) + len(odd):
            drawn.append(
                f"{missing:,} {'number' if missing == 1 else 'numbers'} of {start[:-1]} up to {row.last:05} "
                "were drawn and belong to no record"
            )
    yield _finding("counters", faults, "ahead of every number issued")
    if drawn:
        yield Finding("references", Health.NOTE, "; ".join(drawn))
