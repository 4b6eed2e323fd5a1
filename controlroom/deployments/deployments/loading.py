"""Reads deployments from rows to records: the queries that services share."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.deployments import dates
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import rules
from controlroom.deployments.deployments.allowed import actions
from controlroom.deployments.deployments.records import Deployment, DeploymentState, Dpia, Period
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.jag import Approval, Calendar, Jag
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.tables import UnitRow
from controlroom.errors import NotFound


def get_row(session: Session, deployment_id: int, *, lock: bool = False) -> DeploymentRow:
    """The deployment's row; raises NotFound."""
    query = select(DeploymentRow).filter_by(id=deployment_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("There is no such deployment.")
    return row


def load(
    session: Session, rows: Iterable[DeploymentRow], policy: Policy, jag: Jag, today: date
) -> list[Deployment]:
    """The rows as the pages see them, with how each stands today."""
    rows = list(rows)
    calendar = jag.calendar(session)
    bids = {
        row.id: row
        for row in session.scalars(select(BidRow).where(BidRow.id.in_({row.bid_id for row in rows})))
    }
    assets = {unit.id: unit.asset for unit in session.scalars(select(UnitRow))}
    approvals = jag.approvals(session, list(bids), today)
    records = []
    for row in rows:
        asset = assets.get(row.unit_id, "") if row.unit_id is not None else ""
        plain = _record(row, bids[row.bid_id], asset, approvals.get(row.bid_id))
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
    return tuple(Period(each.number, each.starts_on, each.ends_on) for each in row.periods)


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
    offered = actions(
        known,
        today,
        next_meeting=calendar.next(today),
        evaluation_months=policy.evaluation_months,
    )
    return replace(known, actions=offered)


def _record(row: DeploymentRow, bid: BidRow, asset: str, decided: Approval | None) -> Deployment:
    return Deployment(
        id=row.id,
        reference=row.reference,
        state=DeploymentState(row.state),
        bid_id=row.bid_id,
        bid_reference=bid.reference,
        partner=bid.partner,
        place=bid.place,
        ward=bid.ward,
        created_at=row.created_at,
        column=row.column,
        unit_id=row.unit_id,
        asset=asset,
        approval=decided,
        survey_on=row.survey_on,
        survey_note=row.survey_note,
        dpia=Dpia(row.dpia),
        dpia_on=row.dpia_on,
        dpia_reference=row.dpia_reference,
        install_on=row.install_on,
        installed_on=row.installed_on,
        signs_up_on=row.signs_up_on,
        test_image=row.test_image,
        test_image_at=row.test_image_at,
        live_on=row.live_on,
        periods=periods_of(row),
        paper=row.paper,
        removed_on=row.removed_on,
        evaluated_on=row.evaluated_on,
        evaluation=row.evaluation,
        reports_before=row.reports_before,
        reports_during=row.reports_during,
        reports_after=row.reports_after,
        reason=row.reason,
    )
