"""Reads deployments from the database: as records, and which of them holds a unit or answers a bid."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from controlroom.database.rows import readable, to_record
from controlroom.deployments import dates
from controlroom.deployments.bids.records import BidDeployment
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import rules
from controlroom.deployments.deployments.records import Deployment, DeploymentState, Period
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.jag import Calendar, Jag
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.records import OUT_OF_WORK, Holder, UnitState
from controlroom.deployments.units.tables import UnitRow
from controlroom.errors import RuleBroken

_S = DeploymentState
_UP = sorted(rules.UP)


def load(
    session: Session, rows: Iterable[DeploymentRow], policy: Policy, jag: Jag, today: date
) -> list[Deployment]:
    """The rows as the pages see them, with how each stands today."""
    rows = readable(rows)
    calendar = jag.calendar(session)
    bid_ids = {row.bid_id for row in rows}
    bids = {bid.id: bid for bid in session.scalars(select(BidRow).where(BidRow.id.in_(bid_ids)))}
    assets = {unit.id: unit.asset for unit in session.scalars(select(UnitRow))}
    approvals = jag.approvals(session, list(bids), today, policy.chair_action_days)
    records = []
    for row in rows:
        bid = bids[row.bid_id]
        plain = to_record(
            Deployment,
            row,
            bid_reference=bid.reference,
            partner=bid.partner,
            place=bid.place,
            ward=bid.ward,
            asset=assets.get(row.unit_id or 0, ""),
            approval=approvals.get(bid.id),
        )
        tabled = calendar.day_of(row.tabled_meeting_id)
        records.append(_standing_today(plain, calendar, policy, today, tabled))
    return records


def review_due_on(periods: Sequence[Period], calendar: Calendar, policy: Policy) -> date | None:
    """The day the newest period's review is due, None before the deployment was live."""
    if not periods:
        return None
    return dates.review_due(
        periods[-1].starts_on,
        periods[-1].ends_on,
        calendar.days,
        review_day=policy.review_day,
        notice_days=policy.review_notice_days,
    )


def periods_of(row: DeploymentRow) -> tuple[Period, ...]:
    """The row's periods as records."""
    return tuple(to_record(Period, each) for each in row.periods)


def holders(session: Session) -> dict[int, Holder]:
    """By unit id: the deployment it stands at, else the next one it is promised to."""
    holding = DeploymentRow.state.in_([*_UP, _S.SCHEDULED]), DeploymentRow.unit_id.is_not(None)
    rows = session.execute(_with_place().where(*holding).order_by(DeploymentRow.install_on.desc())).all()
    found: dict[int, Holder] = {}
    for row, place in sorted(rows, key=lambda each: each[0].state in rules.UP):
        found[row.unit_id or 0] = Holder(row.reference, row.id, place, hangs=row.state in rules.UP)
    return found


def bid_deployments(session: Session, bid_ids: Collection[int]) -> dict[int, BidDeployment]:
    """By bid id: its newest deployment that was not aborted."""
    query = select(DeploymentRow).where(DeploymentRow.bid_id.in_(bid_ids), DeploymentRow.state != _S.ABORTED)
    return {
        row.bid_id: BidDeployment(row.id, row.reference, under_way=row.state not in rules.OVER)
        for row in session.scalars(query.order_by(DeploymentRow.id))
    }


def open_deployment(session: Session, bid_id: int) -> DeploymentRow | None:
    """The deployment under way for a bid, None when there is none or it was aborted."""
    under_way = DeploymentRow.state.not_in([_S.ABORTED, *rules.OVER])
    return session.scalars(select(DeploymentRow).filter_by(bid_id=bid_id).where(under_way)).first()


def check_unit(
    session: Session,
    unit: UnitRow,
    row: DeploymentRow,
    on: date,
    *,
    months: int,
    today: date,
    hanging: bool = False,
) -> None:
    """Raise RuleBroken unless the unit can be at this deployment's place from `on`; `hanging`: it goes up now."""
    if UnitState(unit.state) in OUT_OF_WORK:
        raise RuleBroken(f"{unit.asset} is {unit.state}: {unit.note}.", remedy="Choose another unit.")
    elsewhere = _others_of(unit, row.id).where(DeploymentRow.state.in_(_UP))
    up = session.execute(elsewhere.order_by(DeploymentRow.id)).first()
    if up is not None:
        other, place = up
        if hanging:
            raise RuleBroken(
                f"{unit.asset} still hangs at {place} ({other.reference}).",
                remedy="Record its removal first.",
            )
        periods = periods_of(other)
        if rules.past_end(DeploymentState(other.state), periods[-1].ends_on if periods else None, today):
            raise RuleBroken(
                f"{unit.asset} stands at {place} past its end, and nobody has decided.",
                remedy=f"Have {other.reference} extended or ended first.",
            )
    check_stays(session, unit, row.id, (on, dates.last_day(on, months)))


def check_stays(session: Session, unit: UnitRow, row_id: int, stay: tuple[date, date | None]) -> None:
    """Refuse a stay that overlaps another one of the unit; the unit's row is locked by the caller."""
    rows = session.execute(_others_of(unit, row_id).where(DeploymentRow.stays_from.is_not(None)))
    others = [
        (f"{row.reference} ({place})", row.stays_from, row.stays_to) for row, place in rows if row.stays_from
    ]
    rules.check_stay(stay, others, unit.asset)


def _with_place() -> Select[DeploymentRow, str]:
    return select(DeploymentRow, BidRow.place).join(BidRow, BidRow.id == DeploymentRow.bid_id)


def _others_of(unit: UnitRow, row_id: int) -> Select[DeploymentRow, str]:
    """The unit's deployments but for this one."""
    return _with_place().where(DeploymentRow.unit_id == unit.id, DeploymentRow.id != row_id)


def _standing_today(
    plain: Deployment, calendar: Calendar, policy: Policy, today: date, tabled: date | None
) -> Deployment:
    due = review_due_on(plain.periods, calendar, policy) if plain.state in rules.RUNNING else None
    ends = plain.ends_on
    running = plain.state in rules.RUNNING or plain.state is DeploymentState.ENDING
    known = replace(
        plain,
        review_due_on=due,
        tabled_for=tabled,
        standing=rules.standing(plain.state, ends, due, today),
        days_left=dates.days_left(ends, today) if ends is not None and running else None,
        steps=rules.steps(plain),
    )
    upcoming, months = calendar.next(today), policy.evaluation_months
    return replace(
        known, actions=rules.actions(known, today, next_meeting=upcoming, evaluation_months=months)
    )
