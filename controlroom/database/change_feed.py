"""Tells this desk what other desks changed: one thread follows the table of changes and announces new rows.

SQLite: `PRAGMA data_version` says that another connection has committed, four times a second; it costs no read.
PostgreSQL: LISTEN wakes us at the commit. Either way rows are read by position, so that nothing is missed while the
connection was away.
"""

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Connection, delete, func, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from controlroom.changes import Change
from controlroom.database.server_engine import WRITE
from controlroom.database.tables import ChangeRow
from controlroom.database.unit_of_work import CHANNEL, Database

log = logging.getLogger(__name__)
POLL_S = 0.25
KEPT_FOR = timedelta(days=1)
_HORIZON = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
READ_ANYWAY_S = 10.0  # the longest delay when a wake-up was lost with its connection
FORGET_EVERY_S = 3600.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0


class ChangeFeed:
    """Announces other desks' changes on `database.changes`, with their desk and actor."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._position = FeedPosition()
        self._stopping = threading.Event()
        self.following = threading.Event()  # set while connected and in step
        self._thread = threading.Thread(target=self._run, name="change feed", daemon=True)
        self._forget_at = time.monotonic() + FORGET_EVERY_S

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout_s: float = 3.0) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                with self._database.engine.connect() as connection:
                    connection.detach()  # held for long: the pool must not count it
                    pause = FIRST_PAUSE_S
                    self._follow(connection)
            except Exception as error:
                # Whatever it is, the room goes on without news and this thread tries again.
                usual = isinstance(error, SQLAlchemyError | psycopg.Error | OSError)
                if self.following.is_set() or not usual:
                    log.log(
                        logging.INFO if usual else logging.WARNING,
                        "news of other desks is interrupted: %s",
                        type(error).__name__,
                        exc_info=None if usual else error,
                    )
            self.following.clear()
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _follow(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            self._listen(connection)
        else:
            self._poll(connection)

    def _poll(self, connection: Connection) -> None:
        raw = _driver(connection)
        before = None
        while not self._stopping.is_set():
            version = raw.execute("PRAGMA data_version").fetchone()[0]
            if version != before:
                before = version
                self._read(connection)
            self._stopping.wait(POLL_S)
            self._perhaps_forget()

    def _listen(self, connection: Connection) -> None:
        raw = _driver(connection)
        raw.autocommit = True  # detached: it is ours alone; a transaction left open would hear nothing
        raw.execute(f"LISTEN {CHANNEL}")
        self._read(connection)
        read_at = time.monotonic()
        while not self._stopping.is_set():
            woken = any(True for _ in raw.notifies(timeout=POLL_S, stop_after=1))
            if woken or time.monotonic() - read_at > READ_ANYWAY_S:
                self._read(connection)
                read_at = time.monotonic()
            self._perhaps_forget()

    def _read(self, connection: Connection) -> None:
        self._position.begin(connection)
        rows = self._position.read(connection)
        connection.rollback()
        self.following.set()
        for row in rows:
            if row.desk != self._database.desk:
                self._database.changes.announce(Change(row.kind, row.key, row.actor, row.desk))

    def _perhaps_forget(self) -> None:
        if time.monotonic() < self._forget_at:
            return
        self._forget_at = time.monotonic() + FORGET_EVERY_S
        engine = self._database.engine.execution_options(**{WRITE: True})
        try:
            with engine.begin() as connection:
                forget_old(connection, self._database.clock.now())
        except SQLAlchemyError as error:  # this role may not; another desk or the nightly care will
            log.info("old news between desks was not taken away: %s", type(error).__name__)


def _driver(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.dbapi_connection


class FeedPosition:
    """How far one desk has read.

    On SQLite that is a sequence number. On PostgreSQL sequence numbers become visible out of order, so it is the
    oldest transaction that was still running, and which rows were seen beyond it.
    """

    def __init__(self) -> None:
        self._sequence = 0
        self._horizon: int | None = None
        self._seen: set[int] = set()
        self._begun = False

    def begin(self, connection: Connection) -> None:
        """Start from here: what was told before is not news. The second call does nothing."""
        if not self._begun:
            self.read(connection)
            self._begun = True

    def read(self, connection: Connection) -> Sequence[ChangeRow]:
        """Return the rows not read before, in order."""
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
    """Delete rows older than a day, and those of a time that is still to come."""
    out_of_date = or_(ChangeRow.at < now - KEPT_FOR, ChangeRow.at > now + KEPT_FOR)
    connection.execute(delete(ChangeRow).where(out_of_date))
