"""Who does something, when, and in which unit of work: what every row operation of this package takes first."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from controlroom.audit.service import PendingEntry, add
from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work

SYSTEM = "Control Room"  # who acts when the calendar does


@dataclass(frozen=True)
class Act:
    """Somebody's doing in an open unit of work.

    A service acts now (`Act.now`); the demonstration borough writes a history, each act at its own moment.
    """

    work: Work
    who: str  # a handle
    at: datetime

    @classmethod
    def now(cls, work: Work, who: str) -> "Act":
        """An act of this moment."""
        return cls(work, who, work.now)

    @property
    def session(self) -> Session:
        """The session of the unit of work."""
        return self.work.session

    @property
    def today(self) -> date:
        """The day of the act in London."""
        return local_date(self.at)

    def note(self, kind: str, verb: str, subject: str, key: int, *, text: str = "", **detail: object) -> None:
        """Enter the act in the audit trail, and announce after commit that the record `key` changed."""
        add(self.work, PendingEntry(self.who, f"{kind}.{verb}", kind, subject, detail, text, self.at))
        self.work.announce(kind, key)
