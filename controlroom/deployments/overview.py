"""Reads units, bids, meetings and deployments together: for the timeline, and for what needs attention."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import local_date
from controlroom.database.rows import to_record
from controlroom.database.unit_of_work import Database
from controlroom.deployments.dates import last_day
from controlroom.deployments.deployments import ends, rules
from controlroom.deployments.deployments.queries import holders, load
from controlroom.deployments.deployments.records import Deployment, DeploymentState, Standing
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.jag import Jag
from controlroom.deployments.meetings.queries import load_meetings, next_meeting, open_chairs_actions
from controlroom.deployments.meetings.records import Meeting
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.records import Unit, UnitState
from controlroom.deployments.units.service import load_units
from controlroom.texts import takes_texts


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
    """What needs a decision or has to come down, for the badge and the status line.

    `past_end` are up past their last day; `preparing` those on the way to a live camera.
    """

    past_end: tuple[Deployment, ...]
    chair_unratified: int
    units_live: int
    units_total: int
    next_meeting: Meeting | None
    preparing: tuple[Deployment, ...] = ()

    @property
    def badge(self) -> int:
        """Things past their end or overdue for a decision."""
        return len(self.past_end) + self.chair_unratified


@takes_texts
class OverviewService:
    """What there is and how it stands."""

    def __init__(self, database: Database, policy: Policy, jag: Jag) -> None:
        self._database, self._policy, self._jag = database, policy, jag

    def timeline(self, actor: Actor, first: date, last: date) -> Timeline:
        """Units by days from `first` to `last`, inclusive."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            today = local_date(self._database.clock.now())
            bars: dict[int, list[Bar]] = defaultdict(list)
            for each in self._load(session, today):
                bar = _bar(each, today, self._policy.months)
                if bar is not None and each.unit_id is not None and _shown(bar, first, last):
                    bars[each.unit_id].append(bar)
            lanes = tuple(
                Lane(unit, tuple(sorted(bars[unit.id], key=lambda bar: bar.first)))
                for unit in load_units(session, holders(session))
            )
            meetings = tuple(each for each in load_meetings(session) if first <= each.day <= last)
            return Timeline(first, last, today, lanes, meetings)

    def attention(self, actor: Actor) -> Attention:
        """What needs a decision now."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            today = local_date(self._database.clock.now())
            running = self._load(session, today, rules.UP | rules.TO_LIVE)
            units = load_units(session, holders(session))
            met = [each.day for each in load_meetings(session) if each.planned and each.day <= today]
            open_now = open_chairs_actions(session, self._policy.chair_action_days)
            unratified = sum(any(day >= each.decided_on for day in met) for _, each in open_now)
            return Attention(
                past_end=tuple(each for each in running if ends.to_be_told(each, today)),
                chair_unratified=unratified,
                units_live=sum(unit.state is UnitState.LIVE for unit in units),
                units_total=len(units),
                next_meeting=next_meeting(load_meetings(session), today),
                preparing=tuple(each for each in running if each.state in rules.TO_LIVE),
            )

    def _load(
        self, session: Session, today: date, states: Collection[DeploymentState] = tuple(DeploymentState)
    ) -> list[Deployment]:
        query = select(DeploymentRow).where(DeploymentRow.state.in_(sorted(states)))
        rows = session.scalars(query.order_by(DeploymentRow.id))
        return load(session, rows, self._policy, self._jag, today)


def _bar(each: Deployment, today: date, months: int) -> Bar | None:
    first = each.live_on or each.installed_on or each.install_on
    if first is None or (each.standing is Standing.ABORTED and each.installed_on is None):
        return None
    last = each.removed_on or each.remove_by or each.ends_on or first
    if each.removed_on is None and each.remove_by is None and each.live_on is None:
        last = last_day(first, months)
    up = each.standing in {Standing.PAST_END, Standing.ENDING} and last < today
    more = {"deployment_id": each.id, "still_up_until": today if up else None, "note": each.reason}
    return to_record(Bar, each, first=first, last=last, **more)


def _shown(bar: Bar, first: date, last: date) -> bool:
    return bar.first <= last and (bar.still_up_until or bar.last) >= first
