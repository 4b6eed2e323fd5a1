"""Writes to the audit chain inside a unit of work; also re-exports how it is read and verified."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select

from controlroom.audit.chain import FIRST_HASH, HEAD_ID, link_hash, text_hash
from controlroom.audit.queries import entries_about, newest
from controlroom.audit.tables import AuditEntryRow, AuditHeadRow, AuditTextRow
from controlroom.audit.verification import verify
from controlroom.database.unit_of_work import Work

__all__ = ["PendingEntry", "add", "entries_about", "newest", "record", "verify"]


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

    `text` is for personal or free text (stored apart, purgeable); keyword arguments go into the chain itself.
    """
    add(work, PendingEntry(actor, action, subject_kind, str(subject), detail, text))


def add(work: Work, *entries: PendingEntry) -> None:
    """Add entries in order to those the transaction will write at its end."""
    pending: list[PendingEntry] = work.session.info.setdefault("audit", [])
    pending.extend(entries)
    work.actor = next((each.actor for each in entries), work.actor)
    work.at_end(_write_pending)


def put_in_time_order(work: Work) -> None:
    """Sort what this transaction will write by its moments: a demonstration's history is not written in order."""
    pending: list[PendingEntry] = work.session.info.get("audit", [])
    pending.sort(key=lambda entry: entry.at or work.now)


def _write_pending(work: Work) -> None:
    pending: list[PendingEntry] = work.session.info.pop("audit", [])
    session = work.session
    head = session.scalars(select(AuditHeadRow).filter_by(id=HEAD_ID).with_for_update()).one_or_none()
    if head is None:
        head = AuditHeadRow(id=HEAD_ID, sequence=0, hash=FIRST_HASH)
        session.add(head)
    links, texts = [], []
    sequence, previous = head.sequence, head.hash
    for entry in pending:
        sequence += 1
        salt = secrets.token_hex(16) if entry.text else ""
        columns = {
            **{name: getattr(entry, name) for name in ("actor", "action", "subject_kind", "subject")},
            "sequence": sequence,
            "at": entry.at or work.now,
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
