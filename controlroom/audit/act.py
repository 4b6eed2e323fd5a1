"""Says who does something, when, and in which unit of work; row operations (`work.py` of each noun) take it first."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from controlroom.audit.records import SYSTEM
from controlroom.audit.service import PendingEntry, add
from controlroom.clock import local_date
from controlroom.database.bulk import BulkRows
from controlroom.database.tables import Base
from controlroom.database.unit_of_work import Work

__all__ = ["SYSTEM", "Act"]


@dataclass(frozen=True)
class Act:
    """What one person does in an open unit of work.

    A service acts now (`Act.now`); the demonstration borough writes a history, each act at its own moment, and where
    there are thousands of them in `bulk`: its rows are collected, and nobody is told of them.
    """

    work: Work
    who: str  # a handle
    at: datetime
    bulk: BulkRows | None = None

    @classmethod
    def now(cls, work: Work, who: str) -> "Act":
        """An act of this moment."""
        return cls(work, who, work.now)

    @property
    def session(self) -> Session:
        return self.work.session

    @property
    def today(self) -> date:
        """The day of the act in London."""
        return local_date(self.at)

    @property
    def own(self) -> "Act":
        """The act of who is connected: this one, unless somebody brings in what another wrote."""
        return self

    def add(self, row: Base) -> None:
        """Write a new row, some time before the unit of work ends."""
        if self.bulk is not None:
            self.bulk.put(row)
        else:
            self.session.add(row)

    def put(self, row: Base) -> None:
        """Write a new row, and every change made before, at once: the row has its number afterwards."""
        self.add(row)
        if self.bulk is None:
            self.session.flush()

    def next_reference(self, prefix: str) -> str:
        """Issue the next human reference of the act's year (`INC-2026-00412`)."""
        if self.bulk is not None:
            return self.bulk.next_reference(prefix, self.today.year)
        return self.work.next_reference(prefix, at=self.at)

    def announce(self, kind: str, key: int) -> None:
        """Tell pages and other desks after commit that the record `key` changed."""
        if self.bulk is None:
            self.work.announce(kind, key)

    def note(
        self, kind: str, verb: str, subject: str, key: int, /, *, text: str = "", **detail: object
    ) -> None:
        """Enter the act in the audit trail, and announce after commit that the record `key` changed."""
        add(self.work, PendingEntry(self.who, f"{kind}.{verb}", kind, subject, detail, text, self.at))
        self.announce(kind, key)
