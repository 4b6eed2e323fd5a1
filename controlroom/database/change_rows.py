"""News between desks: written with the change itself, read by position, forgotten after a day."""

import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, literal, select, text
from sqlalchemy.orm import Session

from controlroom.changes import Change
from controlroom.database.tables import ChangeRow

CHANNEL = "controlroom_changes"
KEPT_FOR = timedelta(days=1)
_HORIZON = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_OWN_ID = text("pg_current_xact_id()::text::bigint")


def desk_name() -> str:
    """A name for one opening of the database, in words and unlike any other: `host:pid:5f3a`."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def write_news(session: Session, changes: Iterable[Change], *, at: datetime, desk: str, actor: str) -> None:
    """Write what the others are to hear, inside the transaction that changes it; they hear at its commit."""
    server = session.get_bind().dialect.name == "postgresql"
    rows = [
        {"at": at, "desk": desk, "kind": each.kind, "key": each.key, "actor": actor, "transaction_id": 0}
        for each in changes
    ]
    if not rows:
        return
    if not server:
        session.execute(insert(ChangeRow), rows)
        return
    own_id = session.scalar(select(_OWN_ID))
    session.execute(insert(ChangeRow), [{**row, "transaction_id": own_id} for row in rows])
    session.execute(select(func.pg_notify(CHANNEL, literal(""))))


class Position:
    """How far one desk has read. On SQLite that is a sequence; on PostgreSQL sequences become visible out of order,

    so it is the oldest transaction that was still under way, and which rows were seen beyond it.
    """

    def __init__(self) -> None:
        self._sequence = 0
        self._horizon: int | None = None
        self._seen: set[int] = set()
        self._begun = False

    def begin(self, connection: Connection) -> None:
        """From here on: what was told before is not news. Does nothing the second time."""
        if not self._begun:
            self.read(connection)
            self._begun = True

    def read(self, connection: Connection) -> Sequence[ChangeRow]:
        """Rows not read before, in order."""
        if connection.dialect.name == "postgresql":
            return self._read_server(connection)
        table = ChangeRow.__table__
        if not self._begun:
            self._sequence = connection.scalar(select(func.max(table.c.sequence))) or 0
            return ()
        query = select(table).where(table.c.sequence > self._sequence).order_by(table.c.sequence)
        rows = connection.execute(query).all()
        if rows:
            self._sequence = rows[-1].sequence
        return rows  # type: ignore[return-value]

    def _read_server(self, connection: Connection) -> Sequence[ChangeRow]:
        # The horizon is taken first: whatever it leaves behind is visible to the query that follows.
        horizon = connection.scalar(_HORIZON) or 0
        table = ChangeRow.__table__
        low = horizon if self._horizon is None else self._horizon
        query = select(table).where(table.c.transaction_id >= low).order_by(table.c.sequence)
        rows = connection.execute(query).all()
        fresh = [row for row in rows if row.sequence not in self._seen]
        self._horizon = horizon
        self._seen = {row.sequence for row in rows if row.transaction_id >= horizon}
        return fresh  # type: ignore[return-value]


def forget_old(connection: Connection, now: datetime) -> None:
    """Take away news older than a day."""
    connection.execute(delete(ChangeRow).where(ChangeRow.at < now - KEPT_FOR))
