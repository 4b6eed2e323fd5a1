"""Row operations on deployments in an open unit of work; the services and the demonstration borough use them.

Each sets the columns of its step, moves the deployment on, and moves the unit and the bid with it. What
needs the whole record (approval, DPIA, checklist) is checked by the service before.
"""

from datetime import date

from sqlalchemy import select

from controlroom.audit.act import Act
from controlroom.deployments import dates
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.bids.work import move_bid
from controlroom.deployments.deployments import rules
from controlroom.deployments.deployments.queries import periods_of
from controlroom.deployments.deployments.records import Alert, DeploymentState, Dpia
from controlroom.deployments.deployments.tables import AlertRow, DeploymentRow, PeriodRow
from controlroom.deployments.units.records import OUT_OF_WORK, UnitState
from controlroom.deployments.units.tables import UnitRow
from controlroom.deployments.units.work import lock_unit, move_unit, rest_unit

_S = DeploymentState


def plan_deployment(act: Act, bid: BidRow, *, paper: str = "") -> DeploymentRow:
    """Begin a deployment for a bid; `paper` sums up what a meeting will be told of it."""
    row = DeploymentRow(
        reference=act.next_reference("DEP"),
        state=_S.PLANNED.value,
        bid_id=bid.id,
        created_at=act.at,
        dpia=Dpia.NONE.value,
        paper=paper,
    )
    act.session.add(row)
    act.session.flush()
    note_deployment(act, row, "planned", bid=bid.reference)
    act.work.announce("bid", bid.id)
    return row


def schedule(
    act: Act, row: DeploymentRow, unit: UnitRow, on: date, decision_id: int | None, months: int
) -> None:
    """Promise a unit for a day, or change both; the unit promised before is given back."""
    before = row.unit_id
    row.unit_id, row.install_on, row.decision_id = unit.id, on, decision_id
    row.stays_from, row.stays_to = on, dates.last_day(on, months)
    if row.state == _S.SCHEDULED:
        note_deployment(act, row, "rescheduled", unit=unit.asset, install_on=str(on))
    else:
        move_deployment(act, row, _S.SCHEDULED, unit=unit.asset, install_on=str(on))
    act.session.flush()
    if before is not None and before != unit.id:
        give_back_unit(act, before)
    if unit.state == UnitState.IN_STORE:
        move_unit(act, unit, UnitState.SCHEDULED)


def install(
    act: Act, row: DeploymentRow, unit: UnitRow, on: date, decision_id: int | None, months: int
) -> None:
    """Record that the unit hangs on its column."""
    row.decision_id = decision_id
    row.installed_on = row.stays_from = on
    row.stays_to = dates.last_day(on, months)
    move_deployment(act, row, _S.INSTALLED, unit=unit.asset, on=str(on))
    move_unit(act, unit, UnitState.INSTALLED)


def go_live(act: Act, row: DeploymentRow, unit: UnitRow, months: int) -> None:
    """Put the camera to work: its first period begins today, and its bid is deployed."""
    today, ends = act.today, dates.last_day(act.today, months)
    decision_id = row.decision_id or 0
    row.periods.append(PeriodRow(number=1, starts_on=today, ends_on=ends, decision_id=decision_id))
    act.session.flush()  # the database lets nothing go live without its period
    row.live_on, row.stays_to = today, ends
    move_deployment(act, row, _S.LIVE, ends_on=str(ends))
    move_unit(act, unit, UnitState.LIVE)
    bid = act.session.get_one(BidRow, row.bid_id)
    if bid.state == BidState.APPROVED:
        move_bid(act, bid, BidState.DEPLOYED, deployment=row.reference)


def abort(act: Act, row: DeploymentRow, reason: str) -> None:
    """Abort, and free the unit and the days it was held; one that was installed retains the days it stood."""
    was = DeploymentState(row.state)
    move_deployment(act, row, _S.ABORTED, reason=reason)
    if was is _S.INSTALLED and row.stays_from is not None:
        row.removed_on = act.today
        row.stays_to = max(row.stays_from, dates.day_of_period(act.today, 0))
    else:
        row.stays_from = row.stays_to = None
    act.work.announce("bid", row.bid_id)
    if row.unit_id is not None:
        give_back_unit(act, row.unit_id)


def extend(act: Act, row: DeploymentRow, decision_id: int, months: int, reason: str) -> None:
    """Give a running deployment a further period by a JAG decision."""
    period = rules.next_period(periods_of(row), months, act.today)
    suspended = row.state == _S.SUSPENDED
    if suspended:
        note_deployment(act, row, "extended", text=reason, ends_on=str(period.ends_on), was=row.state)
    else:
        _bring_to_review(act, row, reason)
        move_deployment(act, row, _S.EXTENDED, reason=reason, ends_on=str(period.ends_on))
    row.periods.append(
        PeriodRow(
            number=period.number, starts_on=period.starts_on, ends_on=period.ends_on, decision_id=decision_id
        )
    )
    row.stays_to, row.tabled_meeting_id = period.ends_on, None
    if not suspended and act.today >= period.starts_on:
        move_deployment(act, row, _S.LIVE)


def end(
    act: Act,
    row: DeploymentRow,
    reason: str,
    *,
    by: date | None = None,
    decision_id: int | None = None,
) -> None:
    """End a running deployment, taking it through its review first; the unit comes down by `by`, or its last day.

    `decision_id` is the meeting's decision where one ended it; a day after the last period needs it.
    """
    if row.state != _S.SUSPENDED:
        _bring_to_review(act, row, reason)
    last = by or row.periods[-1].ends_on
    row.tabled_meeting_id, row.remove_by, row.removal_decision_id = None, last, decision_id
    row.stays_to = max(last, row.stays_from or last)
    move_deployment(act, row, _S.ENDING, reason=reason, by=str(max(last, act.today)))


def end_with_chair(
    act: Act,
    row: DeploymentRow,
    answer_id: int,
    reason: str,
    on: date,
    *,
    period: PeriodRow | None = None,
) -> None:
    """End a deployment that hangs because a chair's action it stands on was over `on` a day.

    The `period` that the action gave is taken back whole, and the unit may stand until the last day of the one before;
    without one the whole deployment stood on it, and the unit was to come down that day.
    """
    by = on
    if period is not None:
        row.periods.remove(period)
        act.session.flush()
        by = max(row.periods[-1].ends_on, on)
    if row.remove_by is not None:
        by = min(by, max(row.remove_by, on))
    row.remove_by, row.removal_decision_id, row.tabled_meeting_id = by, answer_id, None
    row.stays_to, row.chair_ended_on = max(by, row.stays_from or by), on
    if row.state == _S.ENDING:
        note_deployment(act, row, "decision-ended", text=reason, by=str(by))
    else:
        move_deployment(act, row, _S.ENDING, reason=reason, by=str(by))


def suspend(act: Act, row: DeploymentRow, fault: str) -> None:
    """Note that the camera does not work; its end stays where it is."""
    move_deployment(act, row, _S.SUSPENDED, reason=fault)
    move_unit(act, lock_unit(act.session, row.unit_id), UnitState.FAULTY, fault)


def resume(act: Act, row: DeploymentRow, to: DeploymentState) -> None:
    """Note that the camera works again, back in the state the calendar gives it."""
    move_deployment(act, row, to)
    move_unit(act, lock_unit(act.session, row.unit_id), UnitState.LIVE)


def remove(act: Act, row: DeploymentRow, on: date) -> None:
    """Record that the unit and its signs are down."""
    row.removed_on = on
    # The day of removal is free again: a unit may come down in the morning and go up elsewhere after noon.
    row.stays_to = max(row.stays_from or on, dates.day_of_period(on, 0))
    move_deployment(act, row, _S.REMOVED, on=str(on), keep_reason=True)
    if row.unit_id is not None:
        give_back_unit(act, row.unit_id)


def evaluate(act: Act, row: DeploymentRow, text: str, before: int, during: int, after: int) -> None:
    """Record what the camera changed: reports per period before, during and after it."""
    row.evaluation, row.evaluated_on = text, act.today
    row.reports_before, row.reports_during, row.reports_after = before, during, after
    counts = {"before": before, "during": during, "after": after}
    move_deployment(act, row, _S.EVALUATED, reason=text, keep_reason=True, **counts)


def follow_calendar(act: Act, row: DeploymentRow, due: date | None) -> None:
    """Make the moves the calendar makes by itself: extended to live, live to review due on `due`."""
    if row.state == _S.SUSPENDED:
        return
    there = rules.running_state(periods_of(row), due, act.today)
    if row.state == _S.EXTENDED and there is not _S.EXTENDED:
        move_deployment(act, row, _S.LIVE)
    if row.state == _S.LIVE and there is _S.REVIEW_DUE:
        move_deployment(act, row, _S.REVIEW_DUE)


def raise_alert(act: Act, row: DeploymentRow, alert: Alert) -> None:
    """Write the day's alert for a unit that is up past its last day."""
    act.session.add(
        AlertRow(deployment_id=row.id, day=alert.day, days_past=alert.days_past, raised_at=act.at)
    )
    note_deployment(act, row, "alert", text=alert.why, day=str(alert.day), days_past=alert.days_past)


def move_deployment(
    act: Act,
    row: DeploymentRow,
    to: DeploymentState,
    *,
    reason: str = "",
    keep_reason: bool = False,
    **detail: object,
) -> None:
    """Move a deployment to another state, with its audit entry; the one place where a deployment changes state.

    The record stores its last reason; `keep_reason` leaves the one it has (why it ended) in place. Raises RuleBroken
    when that state cannot follow.
    """
    here = DeploymentState(row.state)
    rules.check_move(row.reference, here, to)
    row.state = to.value
    if not keep_reason:
        row.reason = reason.strip()
    act.session.flush()  # step by step, as the database wants them
    note_deployment(act, row, to.value.replace(" ", "-"), text=reason.strip(), was=here.value, **detail)
    if (here in rules.UP) != (to in rules.UP):
        _announce_camera(act, row)


def note_deployment(act: Act, row: DeploymentRow, verb: str, *, text: str = "", **detail: object) -> None:
    """Audit and announce something done to a deployment."""
    act.note("deployment", verb, row.reference, row.id, text=text, **detail)


def give_back_unit(act: Act, unit_id: int) -> None:
    """Give back a unit a deployment no longer holds; one that hangs elsewhere, is faulty or out of use stays so."""
    unit = lock_unit(act.session, unit_id)
    act.session.flush()
    held = set(act.session.scalars(select(DeploymentRow.state).filter_by(unit_id=unit_id)))
    if not held & rules.UP and unit.state not in OUT_OF_WORK:
        rest_unit(act, unit, promised=_S.SCHEDULED in held)


def _announce_camera(act: Act, row: DeploymentRow) -> None:
    """Tell the camera register that the unit's camera hangs elsewhere now (`cameras/places.py`)."""
    camera_id = act.session.scalar(select(UnitRow.camera_id).filter_by(id=row.unit_id))
    if camera_id is not None:
        act.work.announce("camera", camera_id)


def _bring_to_review(act: Act, row: DeploymentRow, reason: str) -> None:
    """Walk a running deployment to its review, whatever the calendar says, so that it can be decided."""
    if row.state == _S.EXTENDED:
        move_deployment(act, row, _S.LIVE)
    if row.state == _S.LIVE:
        move_deployment(act, row, _S.REVIEW_DUE, reason=reason)
