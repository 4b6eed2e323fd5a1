"""Enters the digests of the rows that a unit of work wrote beside the chain, under an entry that vouches for them.

The list stands in `audit_rows`; the entry's detail, and with it the hash of its link, has one digest over the list. On
a server the function that appends entries enters it (`database/audit_functions.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from controlroom.audit import details
from controlroom.audit.chain import head_of
from controlroom.audit.tables import AuditHeadRow, AuditRowRow
from controlroom.database.audit_functions import ROWS_WRITTEN
from controlroom.database.digests import DigestedTable, RowDigest, key_part
from controlroom.database.tables import Base
from controlroom.database.written_rows import written

ROWS = ROWS_WRITTEN  # in an entry's detail: the digest over its list
AT_ONCE = 2000
_BEGUN = "the audit has entries"  # what a connection remembers (`Connection.info`)


def rows_written(session: Session) -> list[RowDigest]:
    """What this session wrote; in a new room, whose first entry vouches for all of it, every row that is there."""
    rows = written(session)
    if rows.tables and _is_first(session, rows.tables):
        return list(rows_there(session, rows.tables.values()))
    return rows.take()


def _is_first(session: Session, tables: Iterable[str]) -> bool:
    """True when the chain has no entry yet, and this session may read what the first one vouches for."""
    info = session.connection().info
    if not info.get(_BEGUN):
        may = may_read(session, [AuditHeadRow.__tablename__, *tables])
        info[_BEGUN] = not may or head_of(session)[0] > 0
    return not info[_BEGUN]


def insert_rows(session: Session, sequence: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert a list of digests, in its order, under the entry numbered `sequence`."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        session.execute(insert(AuditRowRow), [{"sequence": sequence, **each} for each in some])


def rows_there(session: Session, tables: Iterable[DigestedTable]) -> Iterator[RowDigest]:
    """The digest of every row of these tables, as it stands now."""
    for table in tables:
        query = select(table.table).order_by(*table.key_columns).execution_options(yield_per=AT_ONCE)
        with session.execute(query) as rows:
            for row in rows:
                yield table.of(row._asdict())


def first_entries(session: Session, row: type[Base], keys: Sequence[int]) -> dict[int, int]:
    """By number of a row of this table: the first audit entry that vouches for it."""
    found: dict[int, int] = {}
    for start in range(0, len(keys), AT_ONCE):
        named = {key_part(each): each for each in keys[start : start + AT_ONCE]}
        query = select(AuditRowRow.row_key, func.min(AuditRowRow.sequence)).group_by(AuditRowRow.row_key)
        of_table = query.where(AuditRowRow.table_name == row.__tablename__, AuditRowRow.row_key.in_(named))
        found |= {named[key]: sequence for key, sequence in session.execute(of_table)}
    return found


def may_read(session: Session, tables: Iterable[str]) -> bool:
    """True when this session may read all of these tables: on a server not every role may."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    privileges = [func.has_table_privilege(name, "SELECT") for name in tables]
    return all(session.execute(select(*privileges)).one())


def list_of(detail: str) -> str:
    """The digest that an entry's detail (JSON) has over its list of rows; empty for an entry without one."""
    return str(details.said(detail).get(ROWS, "")) if ROWS in str(detail) else ""


def without_list(detail: dict[str, object]) -> dict[str, object]:
    """An entry's detail as people read it."""
    return {name: value for name, value in detail.items() if name != ROWS}
