"""Enters the digests of rows that were written before the audit carried any, when a database is upgraded.

What was changed before that moment cannot be told any more: the verification says since when rows are covered.
"""

from datetime import datetime
from itertools import islice

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from controlroom.audit.act import SYSTEM
from controlroom.audit.row_lists import rows_there
from controlroom.audit.service import PendingEntry, append
from controlroom.audit.tables import AuditEntryRow, AuditRowRow
from controlroom.database.digests import DigestedTable, digested_tables
from controlroom.declaration import Nouns

ENTERED = "audit.rows-entered"
BY_ONE_ENTRY = 20_000  # rows: a long log is not held in memory whole


def enter_earlier_rows(session: Session, nouns: Nouns, now: datetime) -> None:
    """Vouch for every row of each table that has rows and no digest yet: an entry for every 20,000 of them."""
    if session.scalar(select(~exists().where(AuditEntryRow.sequence > 0))):
        return  # the first entry of a new room vouches for what is there
    due = [each for each in digested_tables(nouns).values() if _is_due(session, each)]
    if due:
        names = sorted(each.name for each in due)
        entry = PendingEntry(SYSTEM, ENTERED, "audit", "rows", {"tables": names}, at=now)
        rows = rows_there(session, due)
        while some := list(islice(rows, BY_ONE_ENTRY)):
            append(session, [entry], now, some)


def _is_due(session: Session, table: DigestedTable) -> bool:
    entered = exists().where(AuditRowRow.table_name == table.name)
    return bool(session.scalar(select(exists(select(table.key_columns[0])) & ~entered)))
