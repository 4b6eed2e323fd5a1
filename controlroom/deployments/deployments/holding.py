"""Which deployment holds a unit or answers a bid: the queries behind `UnitService`, `BidService` and the guards."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.deployments import dates
from controlroom.deployments.bids.records import BidDeployment
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import rules
from controlroom.deployments.deployments.loading import periods_of
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.units.records import Holder, UnitState
from controlroom.deployments.units.rules import OUT_OF_WORK
from controlroom.deployments.units.tables import UnitRow
from controlroom.errors import RuleBroken

_S = DeploymentState
_UP = sorted(rules.UP)


def holders(session: Session) -> dict[int, Holder]:
    """By unit id: the deployment it stands at, else the next one it is promised to."""
    rows = session.execute(
        select(DeploymentRow, BidRow.place)
        .join(BidRow, BidRow.id == DeploymentRow.bid_id)
        .where(DeploymentRow.state.in_([*_UP, _S.SCHEDULED]), DeploymentRow.unit_id.is_not(None))
        .order_by(DeploymentRow.install_on.desc())
    ).all()
    found: dict[int, Holder] = {}
    for row, place in sorted(
        ((row, place) for row, place in rows), key=lambda each: each[0].state in rules.UP
    ):
        if row.unit_id is not None:
            found[row.unit_id] = Holder(row.reference, place, hangs=row.state in rules.UP)
    return found


def is_promised(session: Session, unit_id: int) -> bool:
    """True while a scheduled deployment waits for the unit."""
    query = select(DeploymentRow.id).filter_by(unit_id=unit_id, state=_S.SCHEDULED.value)
    return session.scalars(query).first() is not None


def hangs_somewhere(session: Session, unit_id: int) -> bool:
    """True while the unit is on a column."""
    query = select(DeploymentRow.id).filter_by(unit_id=unit_id).where(DeploymentRow.state.in_(_UP))
    return session.scalars(query).first() is not None


def bid_deployments(session: Session, bid_ids: Collection[int]) -> dict[int, BidDeployment]:
    """By bid id: its newest deployment that was not aborted."""
    query = select(DeploymentRow).where(
        DeploymentRow.bid_id.in_(list(bid_ids)), DeploymentRow.state != _S.ABORTED.value
    )
    return {
        row.bid_id: BidDeployment(
            row.id, row.reference, under_way=DeploymentState(row.state) not in rules.OVER
        )
        for row in session.scalars(query.order_by(DeploymentRow.id))
    }


def open_deployment(session: Session, bid_id: int) -> DeploymentRow | None:
    """The deployment under way for a bid, None when there is none or it was aborted."""
    closed = [_S.ABORTED.value, *(state.value for state in rules.OVER)]
    return session.scalars(
        select(DeploymentRow).filter_by(bid_id=bid_id).where(DeploymentRow.state.not_in(closed))
    ).first()


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
    up = session.execute(
        select(DeploymentRow, BidRow.place)
        .join(BidRow, BidRow.id == DeploymentRow.bid_id)
        .where(DeploymentRow.unit_id == unit.id, DeploymentRow.id != row.id, DeploymentRow.state.in_(_UP))
        .order_by(DeploymentRow.id)
    ).first()
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
    rows = session.execute(
        select(DeploymentRow, BidRow.place)
        .join(BidRow, BidRow.id == DeploymentRow.bid_id)
        .where(
            DeploymentRow.unit_id == unit.id,
            DeploymentRow.id != row_id,
            DeploymentRow.stays_from.is_not(None),
        )
    )
    others = [
        (f"{row.reference} ({place})", row.stays_from, row.stays_to)
        for row, place in rows
        if row.stays_from is not None
    ]
    rules.check_stay(stay, others, unit.asset)
