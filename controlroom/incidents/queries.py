"""Reading incidents: from rows to records, a page at a time along (occurred_at, id)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from controlroom.errors import NotFound
from controlroom.incidents.records import (
    Incident,
    IncidentFilter,
    IncidentPart,
    IncidentState,
    IncidentStep,
    Origin,
    Result,
    StepKind,
    Theme,
)
from controlroom.incidents.restricted.tables import RestrictionRow
from controlroom.incidents.tables import IncidentCameraRow, IncidentEntryRow, IncidentRow, IncidentStepRow
from controlroom.log import search
from controlroom.log.queries import own_texts, texts_with
from controlroom.log.records import TEXT_REMOVED, Position
from controlroom.log.tables import LogEntryRow, LogTextRow


def get_row(session: Session, incident_id: int, *, lock: bool = False) -> IncidentRow:
    """The incident's row; raises NotFound."""
    query = select(IncidentRow).filter_by(id=incident_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("There is no such incident.")
    return row


def row_of_reference(session: Session, reference: str) -> IncidentRow:
    """The row of `INC-2026-00412`; raises NotFound."""
    row = session.scalars(select(IncidentRow).filter_by(reference=reference.strip().upper())).one_or_none()
    if row is None:
        raise NotFound(f"There is no incident {reference}.")
    return row


def list_incidents(
    session: Session, wanted: IncidentFilter, limit: int, after: Position | None
) -> IncidentPart:
    """At most `limit` incidents beyond `after`, newest first unless asked otherwise."""
    query = narrow(select(IncidentRow), wanted)
    key = (IncidentRow.occurred_at, IncidentRow.id)
    if after is not None:
        here = (after.at, after.id)
        query = query.where(tuple_(*key) > here if wanted.oldest_first else tuple_(*key) < here)
    query = query.order_by(*(column if wanted.oldest_first else column.desc() for column in key))
    rows = session.scalars(query.limit(limit + 1)).all()
    found = to_incidents(session, rows[:limit])
    last = found[-1] if len(rows) > limit else None
    return IncidentPart(tuple(found), Position(last.occurred_at, last.id) if last else None)


def of_reference(pattern: str) -> ColumnElement[bool]:
    """The condition on incidents for a reference, whole or with % for the year."""
    return IncidentRow.reference.like(pattern) if "%" in pattern else IncidentRow.reference == pattern


def narrow(query: Select[IncidentRow], wanted: IncidentFilter) -> Select[IncidentRow]:
    """The query with the filter's conditions."""
    row, cameras = IncidentRow, IncidentCameraRow
    if wanted.since is not None:
        query = query.where(row.occurred_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(row.occurred_at < wanted.until)
    if number := wanted.camera_number.strip().upper():
        query = query.where(row.id.in_(select(cameras.incident_id).where(cameras.camera_number == number)))
    if wanted.states:
        query = query.where(row.state.in_(sorted(each.value for each in wanted.states)))
    for column, value in (
        (row.category, wanted.category),
        (row.opened_by, wanted.author),
        (row.ward, wanted.ward),
        (row.origin, wanted.origin),
        (row.result, wanted.result),
    ):
        if value:
            query = query.where(column == str(value))
    asked = search.take_apart(wanted.words)
    for cad in asked.cads:
        query = query.where(or_(row.cad == cad, row.id.in_(_with_entry_of_cad(cad))))
    for reference in asked.references:
        query = query.where(of_reference(reference))
    if asked.words:
        query = query.where(_words_condition(asked.words))
    return query


def _with_entry_of_cad(cad: str) -> Select[int]:
    return (
        select(IncidentEntryRow.incident_id)
        .join(LogEntryRow, LogEntryRow.id == IncidentEntryRow.entry_id)
        .where(LogEntryRow.cad == cad)
    )


def _words_condition(words: Sequence[str]) -> ColumnElement[bool]:
    """Every word stands in one of the incident's texts; or the words are its crime reference."""
    text, entry, step = LogTextRow, IncidentEntryRow, IncidentStepRow
    found = (
        select(func.coalesce(entry.incident_id, step.incident_id))
        .select_from(text)
        .outerjoin(entry, entry.entry_id == text.entry_id)
        .outerjoin(step, step.id == text.step_id)
        .where(texts_with(words), or_(entry.incident_id.is_not(None), step.incident_id.is_not(None)))
    )
    crime_reference = "".join(words).upper()
    return or_(IncidentRow.id.in_(found), IncidentRow.crime_reference == crime_reference)


def steps_of(session: Session, incident_id: int) -> list[IncidentStep]:
    """An incident's steps in the order they were written."""
    query = (
        select(IncidentStepRow, LogTextRow.reason, LogTextRow.text)
        .outerjoin(LogTextRow, LogTextRow.step_id == IncidentStepRow.id)
        .where(IncidentStepRow.incident_id == incident_id)
        .order_by(IncidentStepRow.id)
    )
    return [_step(row, reason, text) for row, reason, text in session.execute(query)]


def counts_by_state(session: Session) -> Mapping[IncidentState, int]:
    """How many incidents are in each state."""
    query = select(IncidentRow.state, func.count()).group_by(IncidentRow.state)
    return {IncidentState(state): count for state, count in session.execute(query)}


def to_incident(session: Session, row: IncidentRow) -> Incident:
    """One row as the pages see it."""
    return to_incidents(session, [row])[0]


def to_incidents(session: Session, rows: Sequence[IncidentRow]) -> list[Incident]:
    """Rows as the pages see them."""
    ids = [row.id for row in rows]
    cameras, headlines, restricted = (
        _cameras(session, ids),
        _headlines(session, ids),
        _restricted(session, ids),
    )
    return [
        _record(row, tuple(cameras.get(row.id, ())), headlines.get(row.id, ""), row.id in restricted)
        for row in rows
    ]


def _restricted(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of these incidents that only named people see."""
    query = select(RestrictionRow.incident_id).where(RestrictionRow.incident_id.in_(ids))
    return set(session.scalars(query))


def _cameras(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(IncidentCameraRow.incident_id, IncidentCameraRow.camera_number)
        .where(IncidentCameraRow.incident_id.in_(ids))
        .order_by(IncidentCameraRow.incident_id, IncidentCameraRow.place_in_order)
    )
    found: dict[int, list[str]] = {}
    for incident_id, number in session.execute(query):
        found.setdefault(incident_id, []).append(number)
    return found


def _headlines(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The text of each incident's first entry."""
    query = (
        select(IncidentEntryRow.incident_id, func.min(IncidentEntryRow.entry_id))
        .where(IncidentEntryRow.incident_id.in_(ids))
        .group_by(IncidentEntryRow.incident_id)
    )
    first = {row[0]: row[1] for row in session.execute(query)}
    texts = own_texts(session, list(first.values()))
    return {incident_id: texts.get(entry_id, TEXT_REMOVED) for incident_id, entry_id in first.items()}


def _record(row: IncidentRow, cameras: tuple[str, ...], headline: str, restricted: bool) -> Incident:
    return Incident(
        id=row.id,
        reference=row.reference,
        state=IncidentState(row.state),
        category=row.category,
        source=row.source,
        origin=Origin(row.origin),
        place=row.place,
        ward=row.ward,
        cameras=cameras,
        cad=row.cad,
        crime_reference=row.crime_reference,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        occurred_at=row.occurred_at,
        changed_at=row.changed_at,
        version=row.version,
        headline=headline,
        result=Result(row.result) if row.result else None,
        outcome=row.outcome,
        theme=Theme(row.theme) if row.theme else None,
        submitted_by=row.submitted_by,
        restricted=restricted,
    )


def _step(row: IncidentStepRow, reason: str | None, text: str | None) -> IncidentStep:
    removed = bool(row.text_hash) and text is None
    return IncidentStep(
        id=row.id,
        kind=StepKind(row.kind),
        at=row.at,
        recorded_at=row.recorded_at,
        author=row.author,
        action=row.action,
        from_state=row.from_state,
        to_state=row.to_state,
        agency=row.agency,
        result=row.result,
        outcome=row.outcome,
        detail=row.detail,
        reason=reason or "",
        text=TEXT_REMOVED if removed else text or "",
    )
