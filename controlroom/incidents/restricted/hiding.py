"""Keeping restricted incidents out of every query made for somebody who is not named.

`accounts.access.require` says for whom a session reads. From then on each ORM query of that session, in whatever
package it stands, is narrowed here: the incident, its steps, cameras, entries, addenda, words and audit texts are not
there for it, nor in its counts. On PostgreSQL row security does the same once more, whoever asks (migration 0008).
A session nobody reads for (a backup, the purge, verification) sees everything.
"""

from dataclasses import dataclass

from sqlalchemy import String, cast, event, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from controlroom.accounts.access import VIEWER
from controlroom.audit.tables import AuditEntryRow, AuditTextRow
from controlroom.audit.withheld import WITHHELD
from controlroom.incidents.restricted.tables import ReaderRow, RestrictionRow
from controlroom.incidents.tables import (
    IncidentCameraRow,
    IncidentEntryRow,
    IncidentRow,
    IncidentStepRow,
    LogAddendumRow,
    LogEntryRow,
    LogTextRow,
)

HIDDEN = "hidden incidents"  # in a session's info: what its viewer may not see
# Plain tables under names of their own: the narrowing below reaches ORM entities only and must not narrow itself,
# and a sub-query of it must not be taken for part of the query it narrows.
_RESTRICTIONS = RestrictionRow.__table__.alias("hidden_restrictions")
_READERS = ReaderRow.__table__.alias("hidden_readers")
_INCIDENTS = IncidentRow.__table__.alias("hidden_incidents")
_LINKS = IncidentEntryRow.__table__.alias("hidden_links")
_STEPS = IncidentStepRow.__table__.alias("hidden_steps")
_AUDIT = AuditEntryRow.__table__.alias("hidden_audit")


@dataclass(frozen=True)
class Hidden:
    """What one person may not see: incidents by id and reference, entries by id."""

    viewer: int
    incidents: frozenset[int] = frozenset()
    references: frozenset[str] = frozenset()
    entries: frozenset[int] = frozenset()

    def withholds(self, kind: str, subject: str) -> bool:
        """True when an audit entry about this record says nothing to the viewer."""
        if kind == "log":
            return subject.isdigit() and int(subject) in self.entries
        return kind == "incident" and subject in self.references


def hidden_from(session: Session, viewer: int) -> Hidden:
    """What this person may not see; asked once a session."""
    known: Hidden | None = session.info.get(HIDDEN)
    if known is not None and known.viewer == viewer:
        return known
    named = select(_READERS.c.incident_id).where(_READERS.c.user_id == viewer)
    query = (
        select(_INCIDENTS.c.id, _INCIDENTS.c.reference)
        .join(_RESTRICTIONS, _RESTRICTIONS.c.incident_id == _INCIDENTS.c.id)
        .where(_INCIDENTS.c.id.not_in(named))
    )
    connection = session.connection()
    rows = connection.execute(query).all()
    ids = frozenset(row.id for row in rows)
    linked = select(_LINKS.c.entry_id).where(_LINKS.c.incident_id.in_(ids))
    entries = frozenset(connection.scalars(linked)) if ids else frozenset()
    hidden = Hidden(viewer, ids, frozenset(row.reference for row in rows), entries)
    session.info[HIDDEN] = hidden
    session.info[WITHHELD] = hidden.withholds
    return hidden


def forget_hidden(session: Session) -> None:
    """Ask again at the next query: this session has changed a restriction."""
    session.info.pop(HIDDEN, None)
    session.info.pop(WITHHELD, None)


def install() -> None:
    """Narrow every session of this process from now on; a second call changes nothing."""
    if not event.contains(Session, "do_orm_execute", _narrow):
        event.listen(Session, "do_orm_execute", _narrow)


def _narrow(state: ORMExecuteState) -> None:
    viewer: int | None = state.session.info.get(VIEWER)
    if viewer is None or not state.is_select or state.is_column_load:
        return
    hidden = hidden_from(state.session, viewer)
    if hidden.incidents:
        state.statement = state.statement.options(*_criteria(hidden))


def _criteria(hidden: Hidden) -> list[LoaderCriteriaOption]:
    ids = sorted(hidden.incidents)
    entries = select(_LINKS.c.entry_id).where(_LINKS.c.incident_id.in_(ids))
    steps = select(_STEPS.c.id).where(_STEPS.c.incident_id.in_(ids))
    about = select(_AUDIT.c.sequence).where(
        or_(
            (_AUDIT.c.subject_kind == "incident") & _AUDIT.c.subject.in_(sorted(hidden.references)),
            (_AUDIT.c.subject_kind == "log")
            & _AUDIT.c.subject.in_(
                select(cast(_LINKS.c.entry_id, String)).where(_LINKS.c.incident_id.in_(ids))
            ),
        )
    )
    text = LogTextRow
    conditions = (
        (IncidentRow, IncidentRow.id.not_in(ids)),
        (IncidentCameraRow, IncidentCameraRow.incident_id.not_in(ids)),
        (IncidentEntryRow, IncidentEntryRow.incident_id.not_in(ids)),
        (IncidentStepRow, IncidentStepRow.incident_id.not_in(ids)),
        (LogEntryRow, LogEntryRow.id.not_in(entries)),
        (LogAddendumRow, LogAddendumRow.entry_id.not_in(entries)),
        (text, or_(text.entry_id.is_(None), text.entry_id.not_in(entries))),
        (text, or_(text.step_id.is_(None), text.step_id.not_in(steps))),
        (AuditTextRow, AuditTextRow.sequence.not_in(about)),
    )
    return [with_loader_criteria(table, condition, include_aliases=True) for table, condition in conditions]
