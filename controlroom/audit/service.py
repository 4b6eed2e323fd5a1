"""Writing to the audit chain inside a unit of work, reading it, and verifying it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from controlroom.audit.chain import FIRST_HASH, link_hash, text_hash
from controlroom.audit.records import AuditEntry, Verification
from controlroom.audit.tables import AuditEntryRow, AuditHeadRow, AuditTextRow
from controlroom.database.unit_of_work import Work

HEAD = 1


@dataclass(frozen=True)
class PendingEntry:
    """An entry waiting for the end of its transaction. `detail` holds no personal text; `text` may."""

    actor: str
    action: str
    subject_kind: str
    subject: str
    detail: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    at: datetime | None = None


def record(
    work: Work,
    actor: str,
    action: str,
    subject_kind: str,
    subject: object,
    *,
    text: str = "",
    **detail: object,
) -> None:
    """Note that `actor` (a handle) did `action` ("bid.submitted") to a record; written as the transaction's last act.

    `text` is for personal or free text (kept apart, purgeable); keyword arguments go into the chain itself.
    """
    add(work, PendingEntry(actor, action, subject_kind, str(subject), detail, text))


def add(work: Work, *entries: PendingEntry) -> None:
    """Add entries in order to those the transaction will write at its end."""
    pending: list[PendingEntry] = work.session.info.setdefault("audit", [])
    pending.extend(entries)
    work.actor = next((each.actor for each in entries), work.actor)
    work.at_end(_write_pending)


def _write_pending(work: Work) -> None:
    pending: list[PendingEntry] = work.session.info.pop("audit", [])
    session = work.session
    head = session.scalars(select(AuditHeadRow).filter_by(id=HEAD).with_for_update()).one_or_none()
    if head is None:
        head = AuditHeadRow(id=HEAD, sequence=0, hash=FIRST_HASH)
        session.add(head)
    links, texts = [], []
    sequence, previous = head.sequence, head.hash
    for entry in pending:
        sequence += 1
        salt = secrets.token_hex(16) if entry.text else ""
        columns = {
            "sequence": sequence,
            "at": entry.at or work.now,
            "actor": entry.actor,
            "action": entry.action,
            "subject_kind": entry.subject_kind,
            "subject": entry.subject,
            "detail": json.dumps(entry.detail, sort_keys=True, default=str, ensure_ascii=False),
            "text_hash": text_hash(salt, entry.text),
            "previous_hash": previous,
        }
        previous = link_hash(**columns)
        links.append({**columns, "hash": previous})
        if entry.text:
            texts.append({"sequence": sequence, "salt": salt, "text": entry.text})
    session.execute(insert(AuditEntryRow), links)
    if texts:
        session.execute(insert(AuditTextRow), texts)
    head.sequence, head.hash = sequence, previous


def entries_about(session: Session, subject_kind: str, subject: str) -> list[AuditEntry]:
    """Everything the chain says of one record, oldest first."""
    query = _entries().where(AuditEntryRow.subject_kind == subject_kind, AuditEntryRow.subject == subject)
    return [_entry(row, text) for row, text in session.execute(query.order_by(AuditEntryRow.sequence))]


def newest(session: Session, limit: int = 500) -> list[AuditEntry]:
    """The newest `limit` entries, newest first."""
    query = _entries().order_by(AuditEntryRow.sequence.desc()).limit(limit)
    return [_entry(row, text) for row, text in session.execute(query)]


def verify(session: Session) -> Verification:
    """Walk the whole chain from its first link; names the first fault in plain words."""
    head = session.get(AuditHeadRow, HEAD)
    expected, previous, count = 1, FIRST_HASH, 0
    query = select(AuditEntryRow, AuditTextRow).outerjoin(
        AuditTextRow, AuditTextRow.sequence == AuditEntryRow.sequence
    )
    # Closed in any case: on PostgreSQL a cursor stays open on the server until the last row is read.
    with session.execute(query.order_by(AuditEntryRow.sequence).execution_options(yield_per=1000)) as links:
        for row, kept in links:
            count += 1
            if row.sequence != expected:
                return Verification(
                    count,
                    f"entry {expected} is missing: {row.sequence} follows {expected - 1}",
                )
            if row.previous_hash != previous:
                return Verification(count, f"entry {row.sequence} does not follow the entry before it")
            if row.hash != _hash_of(row):
                return Verification(count, f"entry {row.sequence} was changed after it was written")
            if kept is not None and text_hash(kept.salt, kept.text) != row.text_hash:
                return Verification(
                    count,
                    f"the text of entry {row.sequence} was changed after it was written",
                )
            expected, previous = expected + 1, row.hash
    if (head.sequence if head else 0) != count or (head is not None and head.hash != previous):
        recorded = head.sequence if head else 0
        return Verification(
            count,
            f"the chain ends at entry {count}, but its head says {recorded}: a tail was cut",
        )
    return Verification(count)


def _hash_of(row: AuditEntryRow) -> str:
    return link_hash(
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject_kind=row.subject_kind,
        subject=row.subject,
        detail=row.detail,
        text_hash=row.text_hash,
        previous_hash=row.previous_hash,
    )


def _entries():
    text = AuditTextRow.text
    return select(AuditEntryRow, text).outerjoin(
        AuditTextRow, AuditTextRow.sequence == AuditEntryRow.sequence
    )


def _entry(row: AuditEntryRow, text: str | None) -> AuditEntry:
    return AuditEntry(
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject_kind=row.subject_kind,
        subject=row.subject,
        detail=json.loads(row.detail),
        text=text or "",
    )
