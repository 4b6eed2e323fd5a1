"""Opening an incident inside an open unit of work: its number, its row, its cameras, its first entry and step."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work
from controlroom.incidents import rules, search, stepping, writing
from controlroom.incidents.records import (
    IncidentState,
    LogEntry,
    NewIncident,
    NewLogEntry,
    Origin,
    Snapshot,
    StepKind,
)
from controlroom.incidents.tables import IncidentCameraRow, IncidentRow, LogEntryRow
from controlroom.incidents.vocabulary import Vocabulary
from controlroom.incidents.writing import Spot, StepDraft

PREFIX = "INC"


def open_incident(
    work: Work,
    author: str,
    new: NewIncident,
    snapshot: Snapshot | None,
    vocabulary: Vocabulary,
    *,
    late_after: timedelta = rules.LATE_AFTER,
) -> IncidentRow:
    """Write a new incident, its first entry and its first step."""
    rules.check_text(new.text, "incident")
    rules.check_place(new.place, new.ward)
    at = rules.check_moment(new.occurred_at or work.now, work.now)
    seen = writing.spot_of(work.session, new.camera_id)
    place, ward = new.place.strip() or seen.place, new.ward.strip() or seen.ward
    spot = Spot(seen.camera_id, seen.camera_number, place, ward)
    facts = _Facts(
        category=new.category,
        source=new.source,
        origin=new.origin,
        cad=search.normal_cad(new.cad, local_date(at)) or search.cad_in(new.text),
        crime_reference=search.normal_crime_reference(new.crime_reference),
        at=at,
    )
    row = _write_row(work, author, facts, spot, vocabulary)
    entry = NewLogEntry(
        new.text, new.category, new.source, new.camera_id, cad=row.cad, occurred_at=new.occurred_at
    )
    writing.write_entry(work, author, entry, snapshot, incident=row, spot=spot, late_after=late_after)
    work.session.flush()
    return row


def open_around(
    work: Work, author: str, entry: LogEntry, category: str, vocabulary: Vocabulary
) -> IncidentRow:
    """Write a new incident for an entry already written; the caller links the two."""
    facts = _Facts(category, entry.source, None, entry.cad, "", entry.occurred_at)
    spot = Spot(entry.camera_id, entry.camera_number, entry.place, entry.ward)
    return _write_row(work, author, facts, spot, vocabulary)


def add_camera(work: Work, row: IncidentRow, camera_id: int | None, number: str) -> None:
    """Note that an incident was seen on another camera; nothing when it is known already."""
    if camera_id is None:
        return
    cameras = IncidentCameraRow
    known = select(cameras.camera_id).where(cameras.incident_id == row.id)
    if camera_id in set(work.session.scalars(known)):
        return
    count = work.session.scalar(select(func.count()).select_from(known.subquery())) or 0
    work.session.add(
        IncidentCameraRow(
            incident_id=row.id, place_in_order=count + 1, camera_id=camera_id, camera_number=number
        )
    )


def note_linked(work: Work, author: str, row: IncidentRow, entry: LogEntry) -> None:
    """Link a standing entry, with a step that says so."""
    writing.link_entry(work, author, work.session.get_one(LogEntryRow, entry.id), row)
    add_camera(work, row, entry.camera_id, entry.camera_number)
    draft = StepDraft(StepKind.AMENDED, "entry linked", detail=f"log entry {entry.id} added to the timeline")
    stepping.take(work, author, row, draft)


@dataclass(frozen=True)
class _Facts:
    category: str
    source: str
    origin: Origin | None
    cad: str
    crime_reference: str
    at: datetime


def _write_row(work: Work, author: str, facts: _Facts, spot: Spot, vocabulary: Vocabulary) -> IncidentRow:
    vocabulary.check_category(facts.category, of_incident=True)
    vocabulary.check_source(facts.source)
    origin = facts.origin or (Origin.PROACTIVE if vocabulary.is_proactive(facts.source) else Origin.REACTIVE)
    row = IncidentRow(
        reference=work.next_reference(PREFIX),
        state=IncidentState.OPEN.value,
        category=facts.category,
        source=facts.source,
        origin=origin.value,
        place=spot.place,
        ward=spot.ward,
        cad=facts.cad,
        crime_reference=facts.crime_reference,
        result="",
        outcome="",
        opened_by=author,
        opened_at=work.now,
        occurred_at=facts.at,
        changed_at=work.now,
        submitted_by="",
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    add_camera(work, row, spot.camera_id, spot.camera_number)
    # The first step stands where the incident began, even when it is opened late.
    draft = StepDraft(
        StepKind.OPENED,
        "opened",
        facts.at,
        to_state=row.state,
        detail=f"{facts.category}, {facts.source}, {origin}",
    )
    writing.write_step(work, author, row, draft)
    return row
