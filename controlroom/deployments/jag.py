"""Defines what bids and deployments know of the JAG's meetings and decisions, and how they ask for it.

Meetings stand above bids and deployments; `meetings/queries.py` answers, and `service.py` passes it in.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from controlroom.audit.act import Act


@dataclass(frozen=True)
class MeetingDay:
    """A meeting that was not cancelled; `planned` until it is held."""

    id: int
    day: date
    planned: bool


@dataclass(frozen=True)
class Calendar:
    """Every meeting not cancelled, by day."""

    meetings: tuple[MeetingDay, ...] = ()

    @property
    def days(self) -> list[date]:
        """The days of all meetings."""
        return [each.day for each in self.meetings]

    def day_of(self, meeting_id: int | None) -> date | None:
        """The day of a meeting, None for no meeting or a cancelled one."""
        return next((each.day for each in self.meetings if each.id == meeting_id), None)

    def next(self, today: date) -> date | None:
        """The day of the first planned meeting today or later."""
        return next((each.day for each in self.meetings if each.planned and each.day >= today), None)


@dataclass(frozen=True)
class Approval:
    """The decision that lets a unit be installed for a bid; `taken_by` names the meeting or the chair.

    `stands_until` is the last day of a chair's action that no meeting has answered yet, None for a decision that stays.
    """

    id: int
    decided_on: date
    taken_by: str
    stands_until: date | None = None


@dataclass(frozen=True)
class Jag:
    """Answers what bids and deployments ask about the JAG."""

    calendar: Callable[[Session], Calendar]
    approvals: Callable[[Session, Collection[int], date, int], Mapping[int, Approval]]
    """By bid: the newest approval in force on a day, with the days a chair's action stands."""
    chair_ended: Callable[[Session, date, int], bool]
    """True when a chair's action is over and something still stands on it."""
    end_chairs_actions: Callable[[Act, int], None]
    """End what stands on chair's actions that are over."""
