"""Row operations on incidents in an open unit of work; services and the demonstration borough use them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit.act import Act
from controlroom.clock import local_date
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
    Theme,
)
from controlroom.incidents.tables import IncidentCameraRow, IncidentEntryRow, IncidentRow, IncidentStepRow
from controlroom.log import rules as log_rules
from controlroom.log import search
from controlroom.log.records import LogEntry, NewLogEntry, Snapshot
from controlroom.log.tables import LogEntryRow, LogTextRow
from controlroom.log.vocabulary import Vocabulary
from controlroom.log.work import Spot, hash_of, searchable, spot_of, write_entry

PREFIX = "INC"
# Of a step, as they are.
FACTS = (
    "action",
    "from_state",
    "to_state",
    "agency",
    "result",
    "outcome",
    "detail",
)


@dataclass(frozen=True)
class IncidentRows:
    """An incident in an open unit of work: its row, and by id the cameras it was seen on so far.

    It is what an entry about to be written joins (`log/links.py: LinkTarget`).
    """

    row: IncidentRow
    cameras: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session, row: IncidentRow) -> "IncidentRows":
        """With the cameras that the database knows."""
        table = IncidentCameraRow
        query = select(table.camera_id).where(table.incident_id == row.id).order_by(table.place_in_order)
        return cls(row, list(session.scalars(query)))

    @property
    def reference(self) -> str:
        """What the words and the audit entry of its log entries name."""
        return self.row.reference

    def add(self, act: Act, entry: LogEntryRow) -> None:
        """Make an entry part of it; the entry's camera becomes one of the incident's."""
        act.add(
            IncidentEntryRow(entry_id=entry.id, incident_id=self.row.id, linked_at=act.at, linked_by=act.who)
        )
        self.add_camera(act, entry.camera_id, entry.camera_number)
        act.announce("incident", self.row.id)

    def add_camera(self, act: Act, camera_id: int | None, number: str) -> None:
        """Note that it was seen on a camera, unless that is known already."""
        if camera_id is None or camera_id in self.cameras:
            return
        self.cameras.append(camera_id)
        act.add(
            IncidentCameraRow(
                incident_id=self.row.id,
                place_in_order=len(self.cameras),
                camera_id=camera_id,
                camera_number=number,
            )
        )


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
    act: Act,
    new: NewIncident,
    snapshot: Snapshot | None = None,
    *,
    seen: Spot | None = None,
    late_after: timedelta = log_rules.LATE_AFTER,
) -> IncidentRows:
    """Write an incident that passed `rules.check_new`, its first step and its first entry.

    `seen` is the camera's place where the caller knows it; the incident's own place goes before it.
    """
    seen = seen or spot_of(act.session, new.camera_id, new.occurred_at or act.at)
    spot = Spot(seen.camera_id, seen.camera_number, new.place or seen.place, new.ward or seen.ward)
    incident = _add_row(act, new, spot, late_after)
    entry = NewLogEntry(
        new.text, new.category, new.source, new.camera_id, cad=new.cad, occurred_at=new.occurred_at
    )
    write_entry(act, entry, snapshot, target=incident, spot=spot, late_after=late_after)
    return incident


def open_around(
    act: Act, entry: LogEntry, new: NewIncident, late_after: timedelta = log_rules.LATE_AFTER
) -> IncidentRows:
    """Write an incident that passed `rules.check_new` for an entry that is in the log, and link the two."""
    spot = Spot(entry.camera_id, entry.camera_number, entry.place, entry.ward)
    incident = _add_row(act, new, spot, late_after)
    incident.add(act, act.session.get_one(LogEntryRow, entry.id))
    return incident


def link_entry(act: Act, incident: IncidentRows, entry: LogEntry) -> None:
    """Link an entry that is in the log, with a step that says so."""
    incident.add(act, act.session.get_one(LogEntryRow, entry.id))
    detail = f"log entry {entry.id} added to the timeline"
    _take(act, incident.row, StepDraft(StepKind.AMENDED, "entry linked", detail=detail))


def inform_agency(
    act: Act,
    row: IncidentRow,
    agency: str,
    note: str,
    at: datetime,
    late_after: timedelta = log_rules.LATE_AFTER,
) -> None:
    """Write that an agency was told."""
    mark = rules.late_mark(at, act.at, late_after)
    _take(
        act, row, StepDraft(StepKind.INFORMED, "agency informed", at, agency=agency, detail=mark, text=note)
    )


def add_addendum(act: Act, row: IncidentRow, reason: str, text: str) -> None:
    """Add to the record what passed the log's `check_addendum`. The incident itself stays as it is."""
    _write_step(act, row, StepDraft(StepKind.ADDENDUM, "addendum", reason=reason, text=text))


def move(
    act: Act,
    row: IncidentRow,
    step: Step,
    vocabulary: Vocabulary,
    late_after: timedelta = log_rules.LATE_AFTER,
    *,
    sign: Callable[[IncidentStepRow], object] = lambda _step: None,
) -> None:
    """Write the step of a checked move, marked when it is told late, and where the incident stands after it.

    `sign` signs the step before the incident moves: the database lets it be submitted and approved only then.
    """
    action, target = step.action, rules.ROAD[step.action].target
    at = log_rules.check_moment(step.at or act.at, act.at)
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
        if step.theme is not None:
            row.theme, detail = step.theme.value, f"theme {step.theme}"
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
        detail=", ".join(each for each in (detail, rules.late_mark(at, act.at, late_after)) if each),
        reason=step.reason.strip(),
    )
    changes = {"state": target.value}
    if action is IncidentAction.CONCLUDE:
        changes |= {"result": result, "outcome": outcome}
    elif action is IncidentAction.REOPEN:
        # The result stays readable in the timeline; the incident has none until it is concluded again.
        changes |= {"result": "", "outcome": "", "submitted_by": ""}
    elif action is IncidentAction.SUBMIT:
        changes |= {"submitted_by": act.who}
    _take(act, row, draft, sign, **changes)


def amend(act: Act, row: IncidentRow, changes: Amendment, vocabulary: Vocabulary) -> None:
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
    _take(act, row, StepDraft(StepKind.AMENDED, "amended", detail="; ".join(said)))


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
        "theme": ("theme", changes.theme and Theme(changes.theme).value),
    }
    return {column: (name, value) for column, (name, value) in given.items() if value is not None}


def _add_row(act: Act, new: NewIncident, spot: Spot, late_after: timedelta) -> IncidentRows:
    at, origin = new.occurred_at or act.at, new.origin or Origin.REACTIVE
    row = IncidentRow(
        reference=act.next_reference(PREFIX),
        state=IncidentState.OPEN.value,
        category=new.category,
        source=new.source,
        origin=origin.value,
        place=spot.place,
        ward=spot.ward,
        cad=new.cad,
        crime_reference=new.crime_reference,
        result="",
        outcome="",
        theme="",
        opened_by=act.who,
        opened_at=act.at,
        occurred_at=at,
        changed_at=act.at,
        submitted_by="",
        version=1,
    )
    act.put(row)
    incident = IncidentRows(row)
    incident.add_camera(act, spot.camera_id, spot.camera_number)
    # The first step stands where the incident began, even when it is opened late, and then says so.
    said = (new.category, new.source, str(origin), rules.late_mark(at, act.at, late_after))
    detail = ", ".join(each for each in said if each)
    _write_step(act, row, StepDraft(StepKind.OPENED, "opened", at, to_state=row.state, detail=detail))
    return incident


def _take(
    act: Act,
    row: IncidentRow,
    draft: StepDraft,
    sign: Callable[[IncidentStepRow], object] = lambda _step: None,
    **changes: str,
) -> None:
    """Write a step, then what it changes, and count it in the incident's version."""
    # The step first: the database moves an incident only where its newest step leads.
    sign(_write_step(act, row, draft))
    # All in one UPDATE: the one that approves is the last the database lets through.
    for column, value in changes.items():
        setattr(row, column, value)
    row.version += 1
    row.changed_at = act.at


def _write_step(act: Act, incident: IncidentRow, draft: StepDraft) -> IncidentStepRow:
    """Write a step, its words apart, and its audit entry."""
    salt = secrets.token_hex(16)
    row = IncidentStepRow(
        incident_id=incident.id,
        kind=draft.kind.value,
        at=draft.at or act.at,
        recorded_at=act.at,
        author=act.who,
        text_hash=hash_of(salt, draft.reason, draft.text),
        **{name: getattr(draft, name) for name in FACTS},
    )
    act.put(row)
    if row.text_hash:
        words = searchable(draft.text, draft.reason, draft.agency, act.who, incident.reference)
        act.add(LogTextRow(step_id=row.id, salt=salt, reason=draft.reason, text=draft.text, words=words))
    act.note("incident", draft.kind.value, incident.reference, incident.id, **_step_detail(row))
    return row


def _step_detail(row: IncidentStepRow) -> dict[str, Any]:
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
