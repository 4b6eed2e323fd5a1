"""Which texts and pictures a purge covers: the same condition the database's own triggers hold to.

Text written before the cutoff, and not about an incident that is open or was touched since.
"""

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from controlroom.audit.tables import AuditEntryRow, AuditTextRow
from controlroom.care.purge_records import Counts
from controlroom.incidents.tables import (
    IncidentEntryRow,
    IncidentRow,
    IncidentStepRow,
    LogAddendumRow,
    LogEntryRow,
    LogTextRow,
)


def count(session: Session, cutoff: datetime) -> Counts:
    """How much there is to take."""
    texts = sum(_count(session, query) for query in log_texts(cutoff))
    return Counts(texts, _count(session, audit_texts(cutoff)), _count(session, pictures(cutoff)))


def _count(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def log_texts(cutoff: datetime) -> tuple[Select, Select, Select]:
    """Ids of the texts of entries, of addenda, and of incident steps."""
    text = LogTextRow
    entries = (
        select(text.id)
        .join(LogEntryRow, LogEntryRow.id == text.entry_id)
        .where(text.addendum_id.is_(None), LogEntryRow.recorded_at < cutoff)
        .where(text.entry_id.not_in(_lively_entries(cutoff)))
    )
    addenda = (
        select(text.id)
        .join(LogAddendumRow, LogAddendumRow.id == text.addendum_id)
        .where(LogAddendumRow.written_at < cutoff, text.entry_id.not_in(_lively_entries(cutoff)))
    )
    steps = (
        select(text.id)
        .join(IncidentStepRow, IncidentStepRow.id == text.step_id)
        .where(IncidentStepRow.recorded_at < cutoff)
        .where(IncidentStepRow.incident_id.not_in(_lively(cutoff)))
    )
    return entries, addenda, steps


def audit_texts(cutoff: datetime) -> Select:
    """Sequence numbers of texts of the audit trail."""
    entry = AuditEntryRow
    lively = select(IncidentRow.reference).where(IncidentRow.id.in_(_lively(cutoff)))
    return (
        select(AuditTextRow.sequence)
        .join(entry, entry.sequence == AuditTextRow.sequence)
        .where(entry.at < cutoff)
        .where(or_(entry.subject_kind != "incident", entry.subject.not_in(lively)))
    )


def pictures(cutoff: datetime) -> Select:
    """Paths of pictures whose every entry is covered (one picture may belong to several)."""
    entry, other = LogEntryRow, aliased(LogEntryRow)
    kept = select(other.snapshot_path).where(
        other.snapshot_path != "",
        or_(other.recorded_at >= cutoff, other.id.in_(_lively_entries(cutoff))),
    )
    return (
        select(entry.snapshot_path)
        .where(entry.snapshot_path != "", entry.recorded_at < cutoff)
        .where(entry.snapshot_path.not_in(kept))
        .distinct()
    )


def _lively(cutoff: datetime) -> Select:
    return select(IncidentRow.id).where(
        or_(IncidentRow.state != "approved", IncidentRow.changed_at >= cutoff)
    )


def _lively_entries(cutoff: datetime) -> Select:
    return select(IncidentEntryRow.entry_id).where(IncidentEntryRow.incident_id.in_(_lively(cutoff)))
