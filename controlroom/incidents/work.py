"""Writes incidents inside an open unit of work: their rows, their cameras and entries, and each step taken."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from controlroom.audit import service as audit
from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work
from controlroom.errors import InvalidInput
from controlroom.incidents import rules
from controlroom.incidents.records import (
    Amendment,
    IncidentAction,
    IncidentState,
    NewIncident,
    Origin,
    Step,
    StepKind,
)
from controlroom.incidents.tables import IncidentCameraRow, IncidentEntryRow, IncidentRow, IncidentStepRow
from controlroom.log import rules as log_rules
from controlroom.log import search
from controlroom.log import work as log_work
from controlroom.log.records import LogEntry, NewLogEntry, Snapshot
from controlroom.log.tables import LogEntryRow, LogTextRow
from controlroom.log.vocabulary import Vocabulary
from controlroom.log.work import Spot, hash_of, searchable, spot_of

PREFIX = "INC"


@dataclass(frozen=True)
class StepDraft:
    """A step of an incident about to be written."""

    kind: StepKind
    action: str
    at: datetime | None = None
    from_state: str = ""
    to_state: str = ""
    agency: str = ""
    result: str = ""
    outcome: str = ""
    detail: str = ""
    reason: str = ""
    text: str = ""


def open_incident(
    work: Work,
    author: str,
    new: NewIncident,
    snapshot: Snapshot | None,
    vocabulary: Vocabulary,
    *,
    late_after: timedelta = log_rules.LATE_AFTER,
) -> IncidentRow:
    """Write a new incident, its first entry and its first step."""
    log_rules.check_text(new.text, "incident")
    rules.check_place(new.place, new.ward)
    at = log_rules.check_moment(new.occurred_at or work.now, work.now)
    seen = spot_of(work.session, new.camera_id)
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
    log_work.write_entry(
        work, author, entry, snapshot, target=EntryTarget(row), spot=spot, late_after=late_after
    )
    work.session.flush()
    return row


def open_around(
    work: Work, author: str, entry: LogEntry, category: str, vocabulary: Vocabulary
) -> IncidentRow:
    """Write a new incident for an entry already written; the caller links the two."""
    facts = _Facts(category, entry.source, None, entry.cad, "", entry.occurred_at)
    spot = Spot(entry.camera_id, entry.camera_number, entry.place, entry.ward)
    return _write_row(work, author, facts, spot, vocabulary)


def link_entry(work: Work, author: str, entry: LogEntryRow, incident: IncidentRow) -> None:
    """Make an entry part of an incident; its camera becomes one of the incident's."""
    work.session.add(
        IncidentEntryRow(entry_id=entry.id, incident_id=incident.id, linked_at=work.now, linked_by=author)
    )
    add_camera(work, incident, entry.camera_id, entry.camera_number)
    work.announce("incident", incident.id)


@dataclass(frozen=True)
class EntryTarget:
    """The incident that an entry about to be written joins."""

    row: IncidentRow

    @property
    def reference(self) -> str:
        """What the entry's words and audit entry name."""
        return self.row.reference

    def add(self, work: Work, author: str, entry: LogEntryRow) -> None:
        """Link the two."""
        link_entry(work, author, entry, self.row)


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
    link_entry(work, author, work.session.get_one(LogEntryRow, entry.id), row)
    draft = StepDraft(StepKind.AMENDED, "entry linked", detail=f"log entry {entry.id} added to the timeline")
    take(work, author, row, draft)


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
    write_step(work, author, row, draft)
    return row


def take(work: Work, author: str, row: IncidentRow, draft: StepDraft) -> None:
    """Write a step and count it in the incident's version. An addendum is written without this: it changes nothing."""
    # All in one UPDATE: the one that approves is the last the database lets through.
    row.version += 1
    row.changed_at = work.now
    write_step(work, author, row, draft)
    work.session.flush()


def move(work: Work, author: str, row: IncidentRow, step: Step, vocabulary: Vocabulary) -> None:
    """Write the step of a checked move, and where the incident stands after it."""
    action, target = step.action, rules.ROAD[step.action].target
    at = log_rules.check_moment(step.at or work.now, work.now)
    agency = outcome = detail = ""
    if action is IncidentAction.INFORM_POLICE:
        agency = step.agency or vocabulary.police
        vocabulary.check_agency(agency)
        if step.cad.strip():
            row.cad = search.normal_cad(step.cad, local_date(at))
        detail = f"CAD {row.cad}" if row.cad else ""
    if action is IncidentAction.CONCLUDE:
        outcome = step.outcome or "none"
        vocabulary.check_outcome(outcome)
    result = step.result.value if step.result is not None and action is IncidentAction.CONCLUDE else ""
    draft = StepDraft(
        kind=StepKind.MOVED,
        action=action.value,
        at=at,
        from_state=row.state,
        to_state=target.value,
        agency=agency,
        result=result,
        outcome=outcome,
        detail=detail,
        reason=step.reason.strip(),
    )
    row.state = target.value
    if action is IncidentAction.CONCLUDE:
        row.result, row.outcome = result, outcome
    elif action is IncidentAction.REOPEN:
        # The result stays readable in the timeline; the incident has none until it is concluded again.
        row.result = row.outcome = row.submitted_by = ""
    elif action is IncidentAction.SUBMIT:
        row.submitted_by = author
    take(work, author, row, draft)


def amend(work: Work, author: str, row: IncidentRow, changes: Amendment, vocabulary: Vocabulary) -> None:
    """Change the row's facts and write what was changed, from what, to what."""
    wanted = _checked(row, changes, vocabulary)
    said = []
    for column, (name, value) in wanted.items():
        before = getattr(row, column)
        if value != before:
            setattr(row, column, value)
            said.append(f"{name} {before or 'none'} → {value or 'none'}")
    if not said:
        raise InvalidInput("Nothing was changed.", remedy="Change a field, or close the form.")
    take(work, author, row, StepDraft(StepKind.AMENDED, "amended", detail="; ".join(said)))


def _checked(row: IncidentRow, changes: Amendment, vocabulary: Vocabulary) -> dict[str, tuple[str, str]]:
    if changes.category is not None and changes.category != row.category:
        vocabulary.check_category(changes.category, of_incident=True)
    if changes.source is not None and changes.source != row.source:
        vocabulary.check_source(changes.source)
    rules.check_place(changes.place or "", changes.ward or "")
    on = local_date(row.occurred_at)
    given = {
        "category": ("category", changes.category),
        "source": ("source", changes.source),
        "origin": ("found", changes.origin.value if changes.origin is not None else None),
        "place": ("place", changes.place.strip() if changes.place is not None else None),
        "ward": ("ward", changes.ward.strip() if changes.ward is not None else None),
        "cad": ("CAD", search.normal_cad(changes.cad, on) if changes.cad is not None else None),
        "crime_reference": (
            "crime reference",
            search.normal_crime_reference(changes.crime_reference)
            if changes.crime_reference is not None
            else None,
        ),
    }
    return {column: (name, value) for column, (name, value) in given.items() if value is not None}


def write_step(work: Work, author: str, incident: IncidentRow, draft: StepDraft) -> IncidentStepRow:
    """Write a step, its words apart, and its audit entry."""
    salt = secrets.token_hex(16)
    row = IncidentStepRow(
        incident_id=incident.id,
        kind=draft.kind.value,
        at=draft.at or work.now,
        recorded_at=work.now,
        author=author,
        action=draft.action,
        from_state=draft.from_state,
        to_state=draft.to_state,
        agency=draft.agency,
        result=draft.result,
        outcome=draft.outcome,
        detail=draft.detail,
        text_hash=hash_of(salt, draft.reason, draft.text),
    )
    work.session.add(row)
    work.session.flush()
    if row.text_hash:
        words = searchable(draft.text, draft.reason, draft.agency, author, incident.reference)
        work.session.add(
            LogTextRow(step_id=row.id, salt=salt, reason=draft.reason, text=draft.text, words=words)
        )
    action, detail = f"incident.{draft.kind.value}", step_detail(row)
    audit.add(work, audit.PendingEntry(author, action, "incident", incident.reference, detail))
    work.announce("incident", incident.id)
    return row


def step_detail(row: IncidentStepRow) -> Mapping[str, object]:
    """What the audit chain holds of a step: every fact, and of the words the hash alone."""
    facts = {
        "at": row.at.isoformat() if row.at != row.recorded_at else "",
        "step": row.action,
        "from": row.from_state,
        "to": row.to_state,
        "agency": row.agency,
        "result": row.result,
        "outcome": row.outcome,
        "changed": row.detail,
        "text_hash": row.text_hash,
    }
    return {name: value for name, value in facts.items() if value}
