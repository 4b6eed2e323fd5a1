"""Reads incidents' rows as records, a page at a time along (occurred_at, id)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from controlroom.database.rows import check_readable, readable, to_record
from controlroom.errors import NotFound
from controlroom.folding import plain
from controlroom.incidents.records import Incident, IncidentFilter, IncidentState, IncidentStep, Result, Theme
from controlroom.incidents.tables import (
    IncidentCameraRow,
    IncidentEntryRow,
    IncidentRow,
    IncidentStepRow,
    RestrictionRow,
)
from controlroom.log import search
from controlroom.log.queries import firsts, own_texts, read_part, texts_with, words_in_place_of
from controlroom.log.records import TEXT_MISSING, Part, Position
from controlroom.log.tables import LogEntryRow, LogTextRow

# Any other word reads as none, so that one bad row does not hide every incident; `db check` names it.
_RESULTS = {each.value: each for each in Result}
_THEMES = {each.value: each for each in Theme}


def row_of_reference(session: Session, reference: str) -> IncidentRow:
    """The row of `INC-2026-00412`; raises NotFound."""
    row = session.scalars(select(IncidentRow).filter_by(reference=reference.strip().upper())).one_or_none()
    if row is None:
        raise NotFound(f"There is no incident {reference}.")
    return check_readable(row)


def list_incidents(
    session: Session, wanted: IncidentFilter, limit: int, after: Position | None
) -> Part[Incident]:
    """At most `limit` incidents beyond `after`, newest first unless asked otherwise."""
    row = IncidentRow
    query = narrow(select(row), wanted)
    return read_part(
        session,
        query,
        (row.occurred_at, row.id),
        lambda rows: to_incidents(session, rows),
        wanted,
        limit,
        after,
    )


def of_reference(pattern: str) -> ColumnElement[bool]:
    """The condition on incidents for a reference, whole or with % for the year."""
    return IncidentRow.reference.like(pattern) if "%" in pattern else IncidentRow.reference == pattern


def narrow(query: Select[IncidentRow], wanted: IncidentFilter) -> Select[IncidentRow]:
    """The query with the filter's conditions, but for its time."""
    row, cameras = IncidentRow, IncidentCameraRow
    if number := plain(wanted.camera_number).upper():
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
        query = query.where(_words_condition(asked.words, asked.whole))
    return query


def _with_entry_of_cad(cad: str) -> Select[int]:
    return (
        select(IncidentEntryRow.incident_id)
        .join(LogEntryRow, LogEntryRow.id == IncidentEntryRow.entry_id)
        .where(LogEntryRow.cad == cad)
    )


def _words_condition(words: Sequence[str], crime_reference: str) -> ColumnElement[bool]:
    """Every word stands in one of the incident's texts; or the words are its crime reference."""
    text, entry, step = LogTextRow, IncidentEntryRow, IncidentStepRow
    found = (
        select(func.coalesce(entry.incident_id, step.incident_id))
        .select_from(text)
        .outerjoin(entry, entry.entry_id == text.entry_id)
        .outerjoin(step, step.id == text.step_id)
        .where(texts_with(words), or_(entry.incident_id.is_not(None), step.incident_id.is_not(None)))
    )
    return or_(IncidentRow.id.in_(found), IncidentRow.crime_reference == crime_reference)


def steps_of(session: Session, incident_id: int) -> list[IncidentStep]:
    """An incident's steps in the order they were written."""
    query = (
        select(IncidentStepRow, LogTextRow.reason, LogTextRow.text)
        .outerjoin(LogTextRow, LogTextRow.step_id == IncidentStepRow.id)
        .where(IncidentStepRow.incident_id == incident_id)
        .order_by(IncidentStepRow.id, LogTextRow.id)
    )
    rows = [each for each in firsts(session.execute(query)) if readable(each[:1])]
    missing = {row.id: row.recorded_at for row, _reason, text in rows if row.text_hash and text is None}
    gone = words_in_place_of(session, missing) if missing else {}
    return [
        to_record(IncidentStep, row, reason=reason or "", text=gone.get(row.id) or text or "")
        for row, reason, text in rows
    ]


def counts_by_state(session: Session) -> Mapping[IncidentState, int]:
    """How many incidents are in each state."""
    query = select(IncidentRow.state, func.count()).group_by(IncidentRow.state)
    known = query.where(IncidentRow.state.in_([each.value for each in IncidentState]))
    return {IncidentState(state): count for state, count in session.execute(known)}


def to_incident(session: Session, row: IncidentRow) -> Incident:
    """One row as the pages see it."""
    return to_incidents(session, [row])[0]


def to_incidents(session: Session, rows: Sequence[IncidentRow]) -> list[Incident]:
    """Rows as the pages see them; those that cannot be read are left out."""
    rows = readable(rows)
    ids = [row.id for row in rows]
    cameras, headlines = _cameras(session, ids), _headlines(session, ids)
    restricted = _restricted(session, ids)
    return [
        to_record(
            Incident,
            row,
            cameras=tuple(cameras.get(row.id, ())),
            headline=headlines.get(row.id, ""),
            result=_RESULTS.get(row.result),
            theme=_THEMES.get(row.theme),
            restricted=row.id in restricted,
        )
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
    if missing := set(first.values()) - texts.keys():
        entries = select(LogEntryRow.id, LogEntryRow.recorded_at).where(LogEntryRow.id.in_(missing))
        texts |= words_in_place_of(session, dict(session.execute(entries).tuples().all()))
    return {incident_id: texts.get(entry_id, TEXT_MISSING) for incident_id, entry_id in first.items()}
