"""Enters in the audit trail what the upgrade to signed purges changed: one that was open was closed by a migration.

Nobody had signed it. The migration changed its row past the audit, which then took it for a change by hand; the digest
that the audit has of the row proves that nothing else was changed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit import signed_steps
from controlroom.audit.act import SYSTEM
from controlroom.audit.service import PendingEntry, append
from controlroom.audit.tables import AuditRowRow, PurgeRow
from controlroom.care.purge_steps import KIND
from controlroom.database.digests import digested_tables
from controlroom.declaration import Nouns

CLOSED = "purge.closed-by-upgrade"
_BEFORE: Mapping[str, tuple[dict[str, object], ...]] = {
    "expired": ({"state": "proposed"}, {"state": "approved"}),
    "done": ({"state": "running", "finished_at": None},),
}
"""State that the migration gave a purge → how it may have been before."""


def vouch_for_closed(session: Session, nouns: Nouns, now: datetime) -> None:
    """Vouch for each purge that the migration closed, as it stands now."""
    table = digested_tables(nouns).get(PurgeRow.__tablename__)
    if table is None:
        return
    for values in _closed(session):
        newest = session.scalars(
            select(AuditRowRow.digest)
            .filter_by(table_name=table.name, row_key=table.key(values))
            .order_by(AuditRowRow.id.desc())
            .limit(1)
        ).first()
        was = [table.digest({**values, **before}) for before in _BEFORE[str(values["state"])]]
        if newest in was:
            entry = PendingEntry(SYSTEM, CLOSED, KIND, str(values["reference"]), at=now)
            append(session, [entry], now, [table.of(values)])


def _closed(session: Session) -> Iterator[dict[str, Any]]:
    """The purges of those states that nobody signed."""
    purges = PurgeRow.__table__
    query = select(purges).where(purges.c.state.in_(_BEFORE)).order_by(purges.c.id)
    for row in session.execute(query).all():
        if not signed_steps.is_noted(session, KIND, row.reference, "proposed"):
            yield row._asdict()
