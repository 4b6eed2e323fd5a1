"""Writes to the audit chain inside a unit of work; also re-exports how it is read and verified."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from controlroom.audit.chain import FIRST_HASH, HEAD_ID, link_hash, text_hash
from controlroom.audit.queries import entries_about, newest
from controlroom.audit.row_lists import ROWS, insert_rows, rows_written
from controlroom.audit.tables import AuditEntryRow, AuditHeadRow, AuditTextRow
from controlroom.audit.verification import verify
from controlroom.database.digests import RowDigest, list_digest
from controlroom.database.unit_of_work import Work

_APPEND = text("SELECT controlroom_append(CAST(:entries AS jsonb))")
__all__ = ["PendingEntry", "add", "append", "entries_about", "newest", "record", "verify"]


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
    append(work.session, pending, work.now, rows_written(work.session))


def append(
    session: Session, pending: Sequence[PendingEntry], now: datetime, rows: Sequence[RowDigest] = ()
) -> None:
    """Write entries behind the newest one, at `now` where they name no moment; the last vouches for the `rows`."""
    contents = [_content(entry, now) for entry in pending[:-1]]
    contents += [_content(entry, now, rows) for entry in pending[-1:]]
    if session.get_bind().dialect.name == "postgresql":
        _append_on_server(session, contents)
    else:
        _append(session, contents)


def _content(entry: PendingEntry, now: datetime, rows: Sequence[RowDigest] = ()) -> dict[str, Any]:
    """What an entry says, before it has its place in the chain; `salt`, `words` and `rows` stand apart from it."""
    detail = {**entry.detail, ROWS: list_digest(rows)} if rows else entry.detail
    return {
        **{name: getattr(entry, name) for name in ("actor", "action", "subject_kind", "subject")},
        "at": entry.at or now,
        "detail": json.dumps(detail, sort_keys=True, default=str, ensure_ascii=False),
        "rows": [dict(vars(each)) for each in rows],
        "salt": secrets.token_hex(16) if entry.text else "",
        "words": entry.text,
    }


def _append_on_server(session: Session, contents: list[dict[str, Any]]) -> None:
    """On PostgreSQL nobody writes to the chain but a function, which makes the links: `database/audit_functions.py`."""
    session.execute(_APPEND, {"entries": json.dumps(contents, default=datetime.isoformat)})


def _append(session: Session, contents: list[dict[str, Any]]) -> None:
    head = session.scalars(select(AuditHeadRow).filter_by(id=HEAD_ID)).one_or_none()
    if head is None:
        head = AuditHeadRow(id=HEAD_ID, sequence=0, hash=FIRST_HASH)
        session.add(head)
    links, texts = [], []
    sequence, previous = head.sequence, head.hash
    for content in contents:
        sequence += 1
        salt, words = content.pop("salt"), content.pop("words")
        insert_rows(session, sequence, content.pop("rows"))
        columns = {
            **content,
            "sequence": sequence,
            "text_hash": text_hash(salt, words),
            "previous_hash": previous,
        }
        previous = link_hash(**columns)
        links.append({**columns, "hash": previous})
        if words:
            texts.append({"sequence": sequence, "salt": salt, "text": words})
    session.execute(insert(AuditEntryRow), links)
    if texts:
        session.execute(insert(AuditTextRow), texts)
    head.sequence, head.hash = sequence, previous
