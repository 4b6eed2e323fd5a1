"""Tells the log which incident an entry belongs to, and joins new entries to theirs."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from controlroom.database.rows import get_row
from controlroom.incidents import queries, rules
from controlroom.incidents.tables import IncidentEntryRow, IncidentRow
from controlroom.incidents.work import IncidentRows
from controlroom.log.links import Link


class IncidentLinks:
    """Implements `EntryLinks` of `log/links.py`, which says what each method answers."""

    def target(self, session: Session, incident_id: int) -> IncidentRows:
        row = get_row(session, IncidentRow, incident_id, "incident", lock=True)
        rules.check_writable(queries.to_incident(session, row))
        return IncidentRows.of(session, row)

    def of_entries(self, session: Session, entry_ids: Sequence[int]) -> Mapping[int, Link]:
        query = (
            select(IncidentEntryRow.entry_id, IncidentRow.id, IncidentRow.reference)
            .join(IncidentRow, IncidentRow.id == IncidentEntryRow.incident_id)
            .where(IncidentEntryRow.entry_id.in_(entry_ids))
        )
        return {entry_id: Link(key, reference) for entry_id, key, reference in session.execute(query)}

    def entries_of(self, incident_id: int) -> Select[int]:
        return select(IncidentEntryRow.entry_id).where(IncidentEntryRow.incident_id == incident_id)

    def entries_with_cad(self, cad: str) -> Select[int]:
        return _entries_where(IncidentRow.cad == cad)

    def entries_with_reference(self, pattern: str) -> Select[int]:
        return _entries_where(queries.of_reference(pattern))


def _entries_where(condition: ColumnElement[bool]) -> Select[int]:
    join = IncidentRow.id == IncidentEntryRow.incident_id
    return select(IncidentEntryRow.entry_id).join(IncidentRow, join).where(condition)
