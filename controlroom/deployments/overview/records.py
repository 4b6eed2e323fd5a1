"""The overview as the pages see it: units by days, and what needs a decision."""

from dataclasses import dataclass
from datetime import date

from controlroom.deployments.deployments.records import Deployment, Standing
from controlroom.deployments.meetings.records import Meeting
from controlroom.deployments.units.records import Unit


@dataclass(frozen=True)
class Bar:
    """One bar of the timeline, days inclusive; `last` is where it ends or is expected to.

    `still_up_until` is today for a unit that stands past `last`.
    """

    deployment_id: int
    reference: str
    place: str
    ward: str
    partner: str
    first: date
    last: date
    standing: Standing
    days_left: int | None = None
    review_due_on: date | None = None
    still_up_until: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Lane:
    """One unit's row of the timeline."""

    unit: Unit
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """Units by weeks between two days, with the meetings that fall between."""

    first: date
    last: date
    today: date
    lanes: tuple[Lane, ...]
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True)
class Attention:
    """What needs a decision, for the badge and the status line; `preparing` are those on the way to a live camera."""

    past_end: tuple[Deployment, ...]
    review_due: tuple[Deployment, ...]
    chair_unratified: int
    units_live: int
    units_total: int
    units_faulty: tuple[Unit, ...]
    next_meeting: Meeting | None
    preparing: tuple[Deployment, ...] = ()

    @property
    def badge(self) -> int:
        """Things past their end or overdue for a decision."""
        return len(self.past_end) + self.chair_unratified
