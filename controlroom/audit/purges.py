"""Says what purges have deleted, so that the chain's verification and every reader know why a text is gone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from controlroom.audit.tables import PurgeRow
from controlroom.clock import local_date, show_day

BEGUN = ("running", "done")


@dataclass(frozen=True)
class Removed:
    """What purges deleted: texts of moments before `cutoff` (None: nothing), and how many from the chain's side."""

    cutoff: datetime | None
    audit_texts: int

    def covers(self, at: datetime) -> bool:
        """True when text of that moment may be gone."""
        return self.cutoff is not None and at < self.cutoff


def removed(session: Session) -> Removed:
    """All begun purges together."""
    query = select(func.max(PurgeRow.cutoff), func.coalesce(func.sum(PurgeRow.removed_audit_texts), 0))
    cutoff, texts = session.execute(query.where(PurgeRow.state.in_(BEGUN))).one()
    return Removed(cutoff, int(texts))


class RemovalWords:
    """Says of a missing text which purge took it: `purged on 3 Mar 2030 by A and B (PUR-2030-00001)`."""

    def __init__(self, session: Session) -> None:
        rows = session.scalars(select(PurgeRow).where(PurgeRow.state.in_(BEGUN)).order_by(PurgeRow.id))
        self._purges = [(row.cutoff, _words(row)) for row in rows]

    def of(self, at: datetime) -> str:
        """For text of that moment; the first purge that covered it. Empty when none did."""
        return next((words for cutoff, words in self._purges if at < cutoff), "")


def _words(row: PurgeRow) -> str:
    day = show_day(local_date(row.started_at)) if row.started_at else "?"
    return f"purged on {day} by {row.proposed_by} and {row.decided_by} ({row.reference})"
