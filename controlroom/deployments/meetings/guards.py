"""Checks, before a row is changed, what only the database can tell: free days and units, what runs, what has begun.

The database refuses most of it too, but cannot say with whom or what to do.
"""

from datetime import date, timedelta

from sqlalchemy import select

from controlroom.audit.act import Act
from controlroom.clock import show_day
from controlroom.database.rows import get_row
from controlroom.deployments import dates
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import ends
from controlroom.deployments.deployments import queries as deployments
from controlroom.deployments.deployments import rules as deployment_rules
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.meetings import rules
from controlroom.deployments.meetings.queries import load_meetings, next_meeting, open_chairs_actions
from controlroom.deployments.meetings.records import MeetingState
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.work import lock_unit
from controlroom.errors import InvalidInput, RuleBroken


def meeting_on(act: Act, day: date) -> MeetingRow | None:
    """The meeting of a day that was not cancelled."""
    query = select(MeetingRow).filter_by(day=day).where(MeetingRow.state != MeetingState.CANCELLED.value)
    return act.session.scalars(query).first()


def check_day_free(act: Act, day: date, *, but_for: int | None = None) -> None:
    """Raise InvalidInput where another meeting (`but_for` one) has the day."""
    other = meeting_on(act, day)
    if other is not None and other.id != but_for:
        raise InvalidInput(
            f"There is a meeting on {show_day(day)} already.", remedy="Choose another day.", field="day"
        )


def has_begun(act: Act, row: MeetingRow) -> bool:
    """True once a meeting has taken a decision."""
    taken = select(DecisionRow.id).filter_by(meeting_id=row.id).limit(1)
    return act.session.scalars(taken).first() is not None


def ratifying_meeting(act: Act) -> MeetingRow:
    """The meeting planned next, which answers a chair's action. Raises RuleBroken when none is planned."""
    found = next_meeting(load_meetings(act.session), act.today)
    if found is None:
        raise RuleBroken(
            "The chair's action has to be ratified at the next meeting, and none is planned.",
            remedy="Plan the next meeting first.",
        )
    return get_row(act.session, MeetingRow, found.id, "meeting")


def running(act: Act, deployment_id: int) -> tuple[DeploymentRow, BidRow]:
    """The locked rows of a deployment and its bid. Raises RuleBroken unless there is something to decide."""
    row = get_row(act.session, DeploymentRow, deployment_id, "deployment", lock=True)
    if DeploymentState(row.state) not in deployment_rules.RUNNING:
        raise RuleBroken(f"{row.reference} is {row.state}: there is nothing to decide.")
    return row, get_row(act.session, BidRow, row.bid_id, "bid", lock=True)


def check_extension(act: Act, row: DeploymentRow, policy: Policy) -> None:
    """Raise RuleBroken unless one more period can be given: no chair's action is open, the unit is free for it."""
    open_now = open_chairs_actions(act.session, policy.chair_action_days)
    rules.check_unanswered(next((each for _, each in open_now if each.bid_id == row.bid_id), None))
    periods = deployments.periods_of(row)
    _check_stay(act, row, deployment_rules.next_period(periods, policy.months, act.today).ends_on)


def check_end(act: Act, row: DeploymentRow, by: date | None, policy: Policy) -> None:
    """Raise InvalidInput for a removal later than an extension would end: so long the meeting may let it stand."""
    latest = dates.last_day(row.periods[-1].ends_on + timedelta(days=1), policy.months)
    ends.check_removal_day(by, max(latest, act.today), act.today, "Extend it instead, period by period.")
    if by is not None:
        _check_stay(act, row, by)


def _check_stay(act: Act, row: DeploymentRow, until: date) -> None:
    unit, first = lock_unit(act.session, row.unit_id), row.stays_from or act.today
    deployments.check_stays(act.session, unit, row.id, (first, max(first, until)))
