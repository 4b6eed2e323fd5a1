"""Which texts and pictures of the log a purge may take: the condition that the database's own triggers hold to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow


def due_texts(cutoff: datetime, spared: Sequence[Select]) -> list[Select]:
    """Ids of the texts of entries, and of addenda, from before the cutoff; not of entries that `spared` names."""
    text = LogTextRow
    left = [text.entry_id.not_in(each) for each in spared]
    entries = (
        select(text.id)
        .join(LogEntryRow, LogEntryRow.id == text.entry_id)
        .where(text.addendum_id.is_(None), LogEntryRow.recorded_at < cutoff, *left)
    )
    addenda = (
        select(text.id)
        .join(LogAddendumRow, LogAddendumRow.id == text.addendum_id)
        .where(LogAddendumRow.written_at < cutoff, *left)
    )
    return [entries, addenda]


def due_pictures(cutoff: datetime, spared: Sequence[Select]) -> Select:
    """Paths of pictures whose every entry is covered (one picture may belong to several)."""
    entry, other = LogEntryRow, aliased(LogEntryRow)
    staying: list[ColumnElement[bool]] = [
        other.recorded_at >= cutoff,
        *(other.id.in_(each) for each in spared),
    ]
    kept = select(other.snapshot_path).where(other.snapshot_path != "", or_(*staying))
    return (
        select(entry.snapshot_path)
        .where(entry.snapshot_path != "", entry.recorded_at < cutoff)
        .where(entry.snapshot_path.not_in(kept))
        .distinct()
    )
