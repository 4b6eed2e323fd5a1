"""Writes entries and addenda inside an open unit of work: rows, their words apart, and the audit entry.

The words are stored once, in `log_texts`. The audit chain holds their salted hash in its detail, so that it proves
them while they are there and still verifies when they have been purged.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from controlroom.audit.act import Act
from controlroom.audit.chain import text_hash
from controlroom.cameras.places import place_on, stays_of
from controlroom.cameras.records import Place
from controlroom.cameras.tables import CameraRow
from controlroom.clock import local_date
from controlroom.errors import NotFound
from controlroom.folding import fold
from controlroom.log import rules
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


def spot_of(session: Session, camera_id: int | None, at: datetime) -> Spot:
    """The camera's number, and its place at that moment; raises NotFound for a camera that is not on the register."""
    if camera_id is None:
        return Spot()
    camera = session.get(CameraRow, camera_id)
    if camera is None:
        raise NotFound("There is no such camera.")
    registered = Place(camera.street, camera.area, camera.ward)
    place = place_on(registered, stays_of(session, camera.id).get(camera.id), local_date(at))
    return Spot(camera.id, camera.number, place.street, place.ward)


def hash_of(salt: str, reason: str, text: str) -> str:
    """The hash that stands for a reason and words together; empty when there are none."""
    return text_hash(salt, f"{reason}\n{text}" if reason else text)


def searchable(*parts: str) -> str:
    """What searching reads of these parts."""
    return fold(" ".join(part for part in parts if part))


def write_entry(
    act: Act,
    new: NewLogEntry,
    snapshot: Snapshot | None = None,
    *,
    target: LinkTarget | None = None,
    spot: Spot | None = None,
    late_after: timedelta = rules.LATE_AFTER,
    accepted: Accepted | None = None,
) -> LogEntryRow:
    """Write an entry that passed `rules.check_entry`: its row, its words, its audit entry, its link to `target`.

    One that waited in an outbox is judged by when it was accepted there: it is not late because the database was away.
    """
    told_at = accepted.accepted_at if accepted is not None else act.at
    at = new.occurred_at or told_at
    where = spot or spot_of(act.session, new.camera_id, at)
    salt = secrets.token_hex(16)
    row = LogEntryRow(
        occurred_at=at,
        recorded_at=act.at,
        late=rules.is_late(at, told_at, late_after),
        author=act.who,
        camera_id=where.camera_id,
        camera_number=where.camera_number,
        place=where.place,
        ward=where.ward,
        source=new.source,
        category=new.category,
        cad=new.cad,
        snapshot_path=snapshot.path if snapshot else "",
        snapshot_sha256=snapshot.sha256 if snapshot else "",
        text_hash=hash_of(salt, "", new.text),
        entry_key=accepted.key if accepted is not None else None,
        accepted_at=accepted.accepted_at if accepted is not None else None,
        spooled=accepted is not None and accepted.spooled,
        brought_in_by="",
    )
    act.put(row)
    reference = target.reference if target is not None else ""
    words = _words_of_entry(row, new.text, reference)
    act.add(LogTextRow(entry_id=row.id, salt=salt, reason="", text=new.text, words=words))
    act.note("log", "written", str(row.id), row.id, **_entry_detail(row, reference))
    if target is not None:
        target.add(act.own, row)
    return row


def _words_of_entry(row: LogEntryRow, text: str, incident_reference: str) -> str:
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


def _entry_detail(row: LogEntryRow, incident_reference: str) -> dict[str, Any]:
    """What the audit chain holds of an entry: every fact, and of the words the hash alone."""
    facts = {
        "occurred_at": row.occurred_at.isoformat(),
        "late": row.late,
        "kept_on_desk_since": row.accepted_at.isoformat() if row.spooled and row.accepted_at else "",
        "brought_in_by": row.brought_in_by,
        "camera": row.camera_number,
        "category": row.category,
        "source": row.source,
        "cad": row.cad,
        "incident": incident_reference,
        "snapshot": row.snapshot_sha256,
        "text_hash": row.text_hash,
    }
    return {name: value for name, value in facts.items() if value}


def write_addendum(
    act: Act, entry: LogEntryRow, reason: str, text: str, accepted: Accepted | None = None
) -> LogAddendumRow:
    """Add to an entry what passed `rules.check_addendum`. It was written when an outbox accepted it, if one did."""
    salt = secrets.token_hex(16)
    row = LogAddendumRow(
        entry_id=entry.id,
        written_at=accepted.accepted_at if accepted is not None else act.at,
        author=act.who,
        text_hash=hash_of(salt, reason, text),
        brought_in_by="",
    )
    act.put(row)
    words = searchable(text, reason, act.who)
    act.add(
        LogTextRow(entry_id=entry.id, addendum_id=row.id, salt=salt, reason=reason, text=text, words=words)
    )
    detail = {"addendum": row.id, "entry": entry.id, "text_hash": row.text_hash}
    if accepted is not None:
        detail |= {"key": accepted.key}
    if accepted is not None and accepted.spooled:
        detail |= {"kept_on_desk_since": accepted.accepted_at.isoformat()}
    if row.brought_in_by:
        detail |= {"brought_in_by": row.brought_in_by}
    act.note("log", "addendum", str(entry.id), entry.id, **detail)
    return row
