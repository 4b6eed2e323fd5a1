"""Compares every digested row with the digest that the audit chain vouches for, and names what differs.

Two things have to hold. The list of rows beside an entry is the one whose digest the entry carries: told while the
chain is walked (`take`). And each row of the database is as its newest digest says, none missing and none too many:
told afterwards, table by table (`faults`), with rows and digests read side by side in the order of their keys, so that
a long log needs no more memory than a short one.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Row, String, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from controlroom.audit import details
from controlroom.audit.records import SYSTEM
from controlroom.audit.row_lists import AT_ONCE, list_of, may_read
from controlroom.audit.tables import AuditEntryRow, AuditRowRow
from controlroom.clock import show_moment
from controlroom.database.digests import GONE, DigestedTable, RowDigest, digested_tables, list_digest
from controlroom.database.unit_of_work import NOUNS
from controlroom.declaration import DELETE, UPDATE

_ROWS, _ENTRIES = AuditRowRow.__table__, AuditEntryRow.__table__
_AWAY = timedelta(minutes=5)  # between a row and the entry of its own transaction, which has the same moment
_ENTERED = "audit.rows-entered"
NOT_READ = (
    "what the records say was not compared: this role may not read all of them, the recorder's night does it"
)


class RowCheck:
    """One comparison under way; it reads in the session of the chain's walk, from the same moment."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._postgresql = session.get_bind().dialect.name == "postgresql"
        self._lists = groupby(self._every_list(), key=_entry_of)
        self._next = next(self._lists, None)
        self._first = session.scalar(select(func.min(_ROWS.c.sequence))) or 0
        self._earlier: set[str] = set()
        self.notes: list[str] = []
        self.rows = 0

    @classmethod
    def possible(cls, session: Session) -> bool:
        """True when this session may read every record and every digest: on a server not all roles may."""
        tables = digested_tables(session.info.get(NOUNS, ()))
        return bool(tables) and may_read(session, [AuditRowRow.__tablename__, *tables])

    def take(self, link: Row) -> Iterator[str]:
        """The faults of the list that belongs to the next link of the chain."""
        yield from self._without_entry(before=link.sequence)
        promised, found = list_of(link.detail), ""
        if self._next is not None and self._next[0] == link.sequence:
            found = list_digest(_record(row) for row in self._next[1])
            self._next = next(self._lists, None)
        if found != promised:
            yield _wrong_list(link.sequence, promised, found)
        if link.action == _ENTERED and link.actor == SYSTEM:
            self._note_earlier(link)

    def faults(self) -> Iterator[str]:
        """What differs, in plain words, table by table."""
        yield from self._without_entry(before=None)
        for table in digested_tables(self._session.info[NOUNS]).values():
            try:
                yield from self._differences(table)
            except (ValueError, TypeError, AttributeError, SQLAlchemyError) as error:
                yield f"a row of {table.name} holds what the program never writes ({type(error).__name__})"

    def _without_entry(self, *, before: int | None) -> Iterator[str]:
        while self._next is not None and (before is None or self._next[0] < before):
            yield f"digests of rows stand under entry {self._next[0]}, which is not there"
            self._next = next(self._lists, None)

    def _note_earlier(self, link: Row) -> None:
        tables = ", ".join(details.listed(details.said(link.detail), "tables"))
        if tables not in self._earlier:
            self._earlier.add(tables)
            self.notes.append(
                f"records are covered since entry {link.sequence} of {show_moment(link.at)}; earlier ones "
                f"({tables}) as they stood then"
            )

    def _every_list(self) -> Iterator[Row]:
        query = select(_ROWS).order_by(_ROWS.c.sequence, _ROWS.c.id).execution_options(yield_per=AT_ONCE)
        with self._session.execute(query) as rows:
            yield from rows

    def _differences(self, table: DigestedTable) -> Iterator[str]:
        again: list[str] = []
        rows, digests = self._rows_of(table), self._newest_digests(table, again)
        row, digest = next(rows, None), next(digests, None)
        while row is not None or digest is not None:
            if row is not None and (digest is None or row[0] < digest.row_key):
                yield f"{_name(table, row)} was put in past the program: no audit entry wrote it"
                row = next(rows, None)
            elif digest is not None and (row is None or digest.row_key < row[0]):
                if digest.digest != GONE:
                    yield (
                        f"{_name(table, (digest.row_key, {}))} is gone: audit entry {digest.sequence} wrote it, "
                        "and none removed it"
                    )
                digest = next(digests, None)
            elif row is not None and digest is not None:
                yield from self._compare(table, row, digest)
                row, digest = next(rows, None), next(digests, None)
        yield from again

    def _compare(
        self, table: DigestedTable, row: tuple[str, Mapping[str, Any]], digest: "_Newest"
    ) -> Iterator[str]:
        self.rows += 1
        name = _name(table, row)
        if table.digest(row[1]) == digest.digest:
            yield from _wrong_moment(name, table, row[1], digest)
            return
        if digest.digest == GONE:
            yield f"{name} was put back past the program: audit entry {digest.sequence} removed it"
            return
        columns = " and ".join(f"'{each.replace('_', ' ')}'" for each in table.changed(row[1], digest.marks))
        yield f"{name}: {columns or 'it'} was changed past the program after audit entry {digest.sequence}"

    def _rows_of(self, table: DigestedTable) -> Iterator[tuple[str, Mapping[str, Any]]]:
        order = [self._by_bytes(each) for each in table.key_columns]
        query = select(table.table).order_by(*order).execution_options(yield_per=AT_ONCE)
        with self._session.execute(query) as rows:
            for row in rows:
                values = row._asdict()
                yield table.key(values), values

    def _newest_digests(self, table: DigestedTable, again: list[str]) -> Iterator["_Newest"]:
        """The newest digest of each row; `again` takes what is wrong with those before it."""
        query = (
            select(_ROWS, _ENTRIES.c.at, _ENTRIES.c.actor)
            .outerjoin(_ENTRIES, _ENTRIES.c.sequence == _ROWS.c.sequence)
            .where(_ROWS.c.table_name == table.name)
            .order_by(_ROWS.c.row_key, _ROWS.c.id)
            .execution_options(yield_per=AT_ONCE)
        )
        with self._session.execute(query) as rows:
            for _, same in groupby(rows, key=lambda row: row.row_key):
                *earlier, newest = same
                if earlier or newest.digest == GONE:
                    again += _written_again(table, [*earlier, newest])
                key, digest, marks = map(str, (newest.row_key, newest.digest, newest.marks))
                dated = newest.at if newest.sequence > self._first and newest.actor != SYSTEM else None
                yield _Newest(newest.sequence, key, digest, marks, dated)

    def _by_bytes(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        textual = self._postgresql and isinstance(column.type, String)
        return column.collate("C") if textual else column


@dataclass(frozen=True)
class _Newest:
    """The newest digest of a row, and the entry that vouches for it.

    `at`: the moment of an entry that vouches for its own transaction alone; None where it vouches for earlier rows,
    as the first one does, those of an upgrade, and that at the end of a demonstration's history.
    """

    sequence: int
    row_key: str
    digest: str
    marks: str
    at: datetime | None


def _written_again(table: DigestedTable, digests: Sequence[Row]) -> Iterator[str]:
    """Name a row that no program changes, or removes, and that entries vouch for as changed or removed all the same."""
    name = _name(table, (str(digests[-1].row_key), {}))
    if UPDATE in table.declared.refuses:
        for former, later in pairwise(digests):
            if former.digest != later.digest and GONE not in (former.digest, later.digest):
                yield (
                    f"{name} is never changed, but audit entry {later.sequence} vouches for it otherwise than "
                    f"entry {former.sequence}, which wrote it"
                )
    if not any(DELETE in each.verbs for each in table.declared.grants):
        for each in digests:
            if each.digest == GONE:
                yield f"{name} is never removed, but audit entry {each.sequence} says that it was"


def _record(row: Row) -> RowDigest:
    return RowDigest(*map(str, (row.table_name, row.row_key, row.digest, row.marks)))


def _entry_of(row: Row) -> float:
    """Return the number of the audit entry of a list; for a value that is no number, one greater than all others."""
    return row.sequence if isinstance(row.sequence, int | float) else math.inf


def _wrong_moment(
    name: str, table: DigestedTable, values: Mapping[str, Any], digest: _Newest
) -> Iterator[str]:
    """Name a row that was dated otherwise than the entry that wrote it."""
    said = values[table.declared.written] if table.declared.written else None
    if said is not None and digest.at is not None and abs(said - digest.at) > _AWAY:
        yield (
            f"{name} says that it was written on {show_moment(said)}, but audit entry {digest.sequence}, "
            f"which wrote it, is of {show_moment(digest.at)}"
        )


def _wrong_list(sequence: int, promised: str, found: str) -> str:
    if not found:
        return f"the digests of the rows that entry {sequence} wrote are missing"
    if not promised:
        return f"digests of rows were put under entry {sequence}, which wrote none"
    return f"the digests of the rows that entry {sequence} wrote were changed afterwards"


def _name(table: DigestedTable, row: tuple[str, Mapping[str, Any]]) -> str:
    """One row in plain words: as declared, else its table and key. Of a row that is gone only its key is known."""
    key, values = row
    called = table.declared.called or f"row {key} of {table.name}"
    parts = {
        each.name: part.lstrip("0") if part.isdigit() else part
        for each, part in zip(table.key_columns, key.split("/"), strict=False)
    }
    unknown = "?" if any(f"{{{name}}}" in called for name in parts) else "/".join(parts.values())
    return called.format_map(defaultdict(lambda: unknown, {**parts, **values}))
