"""Runs one transaction as a unit of work: what is written in it, its end steps, and the news told after it.

A service writes inside `with database.write() as work:`; leaving the block runs the end steps (the audit entry is
the last), commits, and announces. An exception rolls everything back and announces nothing.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, event, func, insert, literal, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from controlroom.changes import Change, Changes
from controlroom.clock import Clock, local
from controlroom.database.availability import Availability
from controlroom.database.digests import digested_tables
from controlroom.database.failures import in_plain_words, no_such_number, sqlstate
from controlroom.database.limits import check_values
from controlroom.database.server_engine import TRANSACTION, WRITE, outcome_of, reading_options
from controlroom.database.tables import ChangeRow, ReferenceCounterRow, reference
from controlroom.database.written_rows import WrittenRows
from controlroom.declaration import Nouns
from controlroom.errors import Conflict, DiskRefuses, InvalidInput, OutcomeUnknown, Unavailable

log = logging.getLogger(__name__)
OUTCOME_WITHIN_S = 3.0  # for a server that restarts at the moment of a commit; after that nobody can tell
CLOSE_WAITS_S = 5.0  # for work under way when the database is closed; as long as a writer waits for its turn
CHANNEL = "controlroom_changes"  # on which a PostgreSQL server wakes other desks
_OWN_ID = text("pg_current_xact_id()::text::bigint")
CLOCK = "clock"  # where a session holds the clock of its database (`session.info`)
NOUNS = "nouns"  # and the declarations of what its database holds


class Work:
    """One open transaction. `now` is one moment for everything written in it (aware, UTC)."""

    def __init__(self, session: Session, now: datetime, desk: str = "") -> None:
        self.session = session
        self.now = now
        self.desk = desk
        self.actor = ""  # who does it, for the news to other desks
        self._end_steps: list[Callable[[Work], None]] = []
        self.changes: dict[
            Change, None
        ] = {}  # in their order; an import of thousands names each of its cameras

    def at_end(self, step: Callable[["Work"], None]) -> None:
        """Run `step` once, as one of the transaction's last acts."""
        if step not in self._end_steps:
            self._end_steps.append(step)

    def announce(self, kind: str, key: object) -> None:
        """Tell the room, after commit, that this record changed."""
        self.changes[Change(kind, str(key))] = None

    def next_reference(self, prefix: str, *, at: datetime | None = None) -> str:
        """Issue the next human reference (`INC-2026-00412`) of the London year of `at` (default: now).

        The counter's row is locked until commit, so numbers are never reused, and a rolled-back one is the next.
        """
        year = local(at or self.now).year
        query = select(ReferenceCounterRow).filter_by(prefix=prefix, year=year).with_for_update()
        row = self.session.scalars(query).one_or_none()
        if row is None:
            row = ReferenceCounterRow(prefix=prefix, year=year, last=0)
            self.session.add(row)
        row.last += 1
        self.session.flush()
        return reference(prefix, year, row.last)

    def finish(self) -> None:
        """Flush, then run the end steps; called by `Database.write` just before the commit."""
        self.session.flush()
        write_news(self.session, self.changes, at=self.now, desk=self.desk, actor=self.actor)
        for step in self._end_steps:
            step(self)
        self.session.flush()


def write_news(session: Session, changes: Iterable[Change], *, at: datetime, desk: str, actor: str) -> None:
    """Write what other desks are to hear, inside the transaction of the change; they hear it at the commit."""
    server = session.get_bind().dialect.name == "postgresql"
    rows = [
        {
            "at": at,
            "desk": desk,
            "kind": each.kind,
            "key": each.key,
            "actor": actor if each.key else "",
            "transaction_id": 0,
        }
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


class Database:
    """Opens units of work; the only access to the engine. `nouns` declare what it holds: see `declaration.py`."""

    def __init__(self, engine: Engine, clock: Clock, nouns: Nouns, changes: Changes | None = None) -> None:
        self.engine = engine
        self.nouns = nouns
        self._digested = digested_tables(nouns)
        self.clock = clock
        self.changes = changes or Changes()
        # readable, and unique to this opening of the database: `host:pid:5f3a`
        self.desk = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.availability = Availability(clock)
        self._writing_engine = engine.execution_options(**{WRITE: True})
        server = engine.dialect.name == "postgresql"
        self._reading_engine = engine.execution_options(**reading_options()) if server else engine
        self._under_way, self._closed = 0, False
        self._quiet = threading.Condition()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; whatever it changed is rolled back."""
        self.availability.require()
        session = Session(self._reading_engine, autoflush=False, info={CLOCK: self.clock, NOUNS: self.nouns})
        with self._counted(), _plain_errors(self.availability), session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Work]:
        """A unit of work, committed at the end of the block; raises Conflict or Unavailable in plain words."""
        self.availability.require()
        session = Session(self._writing_engine, info={CLOCK: self.clock, NOUNS: self.nouns})
        event.listen(session, "before_flush", check_values)
        WrittenRows.follow(session, self._digested)
        with self._counted(), _plain_errors(self.availability, saving=True), session:
            work = Work(session, self.clock.now(), self.desk)
            yield work
            work.finish()
            self._commit(session)
            self.availability.saved()
        for change in work.changes:
            self.changes.announce(replace(change, actor=work.actor))

    def close(self) -> None:
        """Take no more work, let what is under way end (5 s at most), then give every connection back.

        A connection still in use would otherwise outlive the engine, and with it the transaction nobody ends.
        """
        with self._quiet:
            self._closed = True
            if not self._quiet.wait_for(lambda: not self._under_way, CLOSE_WAITS_S):
                log.warning("the database is closed with %s transactions still open", self._under_way)
        self.engine.dispose()

    def _commit(self, session: Session) -> None:
        """Commit; when the line breaks before the answer, the server is asked what became of it."""
        transaction = session.connection().info.get(TRANSACTION)
        try:
            session.commit()
        except OperationalError as error:
            if transaction is None or sqlstate(error.orig):
                raise
            log.error("the line broke while transaction %s was committed: %s", transaction, error.orig)
            if not self._was_committed(transaction, error):
                raise

    def _was_committed(self, transaction: str, cause: Exception) -> bool:
        """Whether a transaction is in the database. Raises OutcomeUnknown when the server cannot say."""
        until = time.monotonic() + OUTCOME_WITHIN_S
        answer = ""
        while time.monotonic() < until:
            try:
                answer = outcome_of(self.engine, transaction)
            except DBAPIError as error:
                log.warning("what became of transaction %s cannot be asked yet: %s", transaction, error.orig)
                answer = ""
            if answer in ("committed", "aborted"):
                log.warning("transaction %s was %s", transaction, answer)
                return answer == "committed"
            time.sleep(0.1)
        raise OutcomeUnknown(
            "The line to the database broke at the moment of saving.",
            "It is not known whether it was saved.",
            "Look whether it is there before you do it again.",
        ) from cause

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._quiet:
            if self._closed:
                raise Unavailable("The database is closed.", "Nothing was read or saved.")
            self._under_way += 1
        try:
            yield
        finally:
            with self._quiet:
                self._under_way -= 1
                self._quiet.notify_all()


@contextmanager
def _plain_errors(availability: Availability, *, saving: bool = False) -> Iterator[None]:
    try:
        yield
    except StaleDataError as error:
        raise Conflict(
            "The record was changed by somebody else at the same moment.",
            "Nothing was saved.",
            "Read what is new, then decide again.",
        ) from error
    except UnicodeEncodeError as error:  # a driver was handed half of a character, to look for or to store
        raise InvalidInput(
            "A text holds half of a character, which no database can hold.",
            "Nothing was saved.",
            "Type it again instead of pasting it.",
        ) from error
    except OverflowError as error:  # SQLite's driver takes no number of more than eight bytes
        if "SQLite" not in str(error):
            raise
        raise no_such_number() from error
    except (DBAPIError, NoConnectionFree) as error:
        if isinstance(error, OperationalError | NoConnectionFree):
            availability.suspected.set()
        plain = in_plain_words(error)
        if saving and isinstance(plain, DiskRefuses):
            availability.save_failed(plain.what)
        raise plain from error
