"""Writes entries and addenda inside an open unit of work: rows, their words apart, and the audit entry.

The words are stored once, in `log_texts`. The audit chain holds their salted hash in its detail, so that it proves
them while they are there and still verifies when they have been purged.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from controlroom.audit import service as audit
from controlroom.audit.chain import text_hash
from controlroom.cameras.tables import CameraRow
from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work
from controlroom.errors import NotFound
from controlroom.log import rules, search
from controlroom.log.links import LinkTarget
from controlroom.log.records import NewLogEntry, Snapshot
from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow


@dataclass(frozen=True)
class Spot:
    """Where something is: a camera, or just a place."""

    camera_id: int | None = None
    camera_number: str = ""
    place: str = ""
    ward: str = ""


@dataclass(frozen=True)
class Accepted:
    """How a desk's outbox accepted an entry before it came here: its key, when, and whether it had to wait."""

    key: str
    accepted_at: datetime
    spooled: bool = False


def spot_of(session: Session, camera_id: int | None) -> Spot:
    """The camera's number and place; raises NotFound for a camera that is not on the register."""
    if camera_id is None:
        return Spot()
    camera = session.get(CameraRow, camera_id)
    if camera is None:
        raise NotFound("There is no such camera.")
    return Spot(camera.id, camera.number, camera.street, camera.ward)


def hash_of(salt: str, reason: str, text: str) -> str:
    """The hash that stands for a reason and words together; empty when there are none."""
    return text_hash(salt, f"{reason}\n{text}" if reason else text)


def searchable(*parts: str) -> str:
    """What searching reads of these parts."""
    return search.fold(" ".join(part for part in parts if part))


def write_entry(
    work: Work,
    author: str,
    new: NewLogEntry,
    snapshot: Snapshot | None,
    *,
    target: LinkTarget | None = None,
    spot: Spot | None = None,
    late_after: timedelta = rules.LATE_AFTER,
    accepted: Accepted | None = None,
) -> LogEntryRow:
    """Write an entry, its words, its audit entry, and its link to `target`. The lists were checked by the caller.

    One that waited in an outbox is judged by when it was accepted there: it is not late because the database was away.
    """
    text = rules.check_text(new.text)
    told_at = accepted.accepted_at if accepted is not None else work.now
    at = rules.check_moment(new.occurred_at, told_at) if new.occurred_at is not None else told_at
    where = spot or spot_of(work.session, new.camera_id)
    salt = secrets.token_hex(16)
    row = LogEntryRow(
        occurred_at=at,
        recorded_at=work.now,
        late=rules.is_late(at, told_at, late_after),
        author=author,
        camera_id=where.camera_id,
        camera_number=where.camera_number,
        place=where.place,
        ward=where.ward,
        source=new.source,
        category=new.category,
        cad=search.normal_cad(new.cad, local_date(at)) or search.cad_in(text),
        snapshot_path=snapshot.path if snapshot else "",
        snapshot_sha256=snapshot.sha256 if snapshot else "",
        text_hash=hash_of(salt, "", text),
        entry_key=accepted.key if accepted is not None else None,
        accepted_at=accepted.accepted_at if accepted is not None else None,
        spooled=accepted is not None and accepted.spooled,
    )
    work.session.add(row)
    work.session.flush()
    reference = target.reference if target is not None else ""
    words = words_of_entry(row, text, reference)
    work.session.add(LogTextRow(entry_id=row.id, salt=salt, reason="", text=text, words=words))
    detail = entry_detail(row, reference)
    audit.add(work, audit.PendingEntry(author, "log.written", "log", str(row.id), detail))
    work.announce("log", row.id)
    if target is not None:
        target.add(work, author, row)
    return row


def words_of_entry(row: LogEntryRow, text: str, incident_reference: str) -> str:
    """What searching reads of an entry."""
    return searchable(
        text,
        row.camera_number,
        row.place,
        row.ward,
        row.category,
        row.source,
        row.author,
        row.cad,
        incident_reference,
    )


def entry_detail(row: LogEntryRow, incident_reference: str) -> dict[str, object]:
    """What the audit chain holds of an entry: every fact, and of the words the hash alone."""
    facts = {
        "occurred_at": row.occurred_at.isoformat(),
        "late": row.late,
        "kept_on_desk_since": row.accepted_at.isoformat() if row.spooled and row.accepted_at else "",
        "camera": row.camera_number,
        "category": row.category,
        "source": row.source,
        "cad": row.cad,
        "incident": incident_reference,
        "snapshot": row.snapshot_sha256,
        "text_hash": row.text_hash,
    }
    return {name: value for name, value in facts.items() if value}


def write_addendum(work: Work, author: str, entry: LogEntryRow, reason: str, text: str) -> LogAddendumRow:
    """Add to an entry, saying why."""
    reason, text = rules.check_reason(reason), rules.check_text(text, "addendum")
    salt = secrets.token_hex(16)
    row = LogAddendumRow(
        entry_id=entry.id, written_at=work.now, author=author, text_hash=hash_of(salt, reason, text)
    )
    work.session.add(row)
    work.session.flush()
    words = searchable(text, reason, author)
    work.session.add(
        LogTextRow(entry_id=entry.id, addendum_id=row.id, salt=salt, reason=reason, text=text, words=words)
    )
    audit.record(
        work,
        author,
        "log.addendum",
        "log",
        entry.id,
        addendum=row.id,
        entry=entry.id,
        text_hash=row.text_hash,
    )
    work.announce("log", entry.id)
    return row
