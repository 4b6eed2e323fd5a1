"""Collects new rows and inserts them table by table, many at a time.

Row by row, thirteen months of a demonstration's log would take minutes. The row operations are those the services
use; they only hand their rows over here (`audit/act.py`) instead of to the session.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import FromClause, func, insert, select, text
from sqlalchemy.orm import Session

from controlroom.database.tables import Base, ReferenceCounterRow, reference
from controlroom.database.written_rows import written

R = TypeVar("R", bound=Base)


class BulkRows:
    """Rows in memory, each numbered as it comes. Until `write`, no query finds them and they may still be changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[str, list[Base]] = {}
        self._next: dict[str, int] = {}
        self._counters: dict[tuple[str, int], ReferenceCounterRow] = {}

    def put(self, row: Base) -> None:
        """Collect a row; when its table counts its rows by `id`, it has its number afterwards."""
        name = row.__tablename__
        if "id" in row.__table__.c and getattr(row, "id", None) is None:
            if name not in self._next:
                self._next[name] = (self._session.scalar(select(func.max(row.__table__.c.id))) or 0) + 1
            setattr(row, "id", self._next[name])  # noqa: B010 - Base has no id, its tables have
            self._next[name] += 1
        self._rows.setdefault(name, []).append(row)

    def next_reference(self, prefix: str, year: int) -> str:
        """As `Work.next_reference`, with the counter read once."""
        row = self._counters.get((prefix, year)) or self._session.get(ReferenceCounterRow, (prefix, year))
        if row is None:
            row = ReferenceCounterRow(prefix=prefix, year=year, last=0)
            self._session.add(row)
        self._counters[prefix, year] = row
        row.last += 1
        return reference(prefix, year, row.last)

    def collected(self, kind: type[R]) -> list[R]:
        """The rows of one table, in the order they came."""
        return [row for row in self._rows.get(kind.__tablename__, []) if isinstance(row, kind)]

    def write(self) -> None:
        """Insert everything, referred tables first."""
        noted = written(self._session)
        for table in Base.metadata.sorted_tables:
            if rows := self._rows.pop(table.name, None):
                names = [column.name for column in table.columns]
                _give_defaults(rows, table)
                self._session.execute(insert(table), [_plain(row, names) for row in rows])
                for row in rows:
                    noted.put(row)
        self._follow_sequences()

    def _follow_sequences(self) -> None:
        """PostgreSQL hands out keys from sequences, which know nothing of rows inserted with theirs."""
        if self._session.get_bind().dialect.name == "postgresql":
            for name in self._next:
                query = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608
                self._session.execute(text(query))


def _give_defaults(rows: Sequence[Base], table: FromClause) -> None:
    """Set what was left out, as a session does when it writes a row."""
    defaults = {
        column.name: column.default.arg
        for column in table.columns
        if column.default is not None and column.default.is_scalar
    }
    for row in rows if defaults else ():
        for name, value in defaults.items():
            if vars(row).get(name) is None:
                setattr(row, name, value)


def _plain(row: Base, names: list[str]) -> dict[str, Any]:
    values = vars(row)  # as set: nothing is to be loaded, and it is several times quicker than asking the row
    return {name: values.get(name) for name in names}
