"""Deployments from rows to records: the queries services share."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from controlroom.deployments import dates, rules
from controlroom.deployments.allowed import actions
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.meetings.loading import load_decisions, load_meetings, next_meeting
from controlroom.deployments.meetings.records import Decision, Meeting, Outcome, Subject
from controlroom.deployments.meetings.rules import in_force
from controlroom.deployments.policy import Policy
from controlroom.deployments.records import Deployment, DeploymentState, Dpia, Period
from controlroom.deployments.tables import DeploymentRow
from controlroom.deployments.units.tables import UnitRow
from controlroom.errors import NotFound


def deployments_query() -> Select[DeploymentRow]:
    """All deployments, oldest first; callers narrow it."""
    return select(DeploymentRow).order_by(DeploymentRow.id)


def get_row(session: Session, deployment_id: int, *, lock: bool = False) -> DeploymentRow:
    """The deployment's row; raises NotFound."""
    query = select(DeploymentRow).filter_by(id=deployment_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("There is no such deployment.")
    return row


def load(session: Session, rows: Iterable[DeploymentRow], policy: Policy, today: date) -> list[Deployment]:
    """The rows as the pages see them, with how each stands today."""
    rows = list(rows)
    meetings = load_meetings(session)
    bids = {
        row.id: row
        for row in session.scalars(select(BidRow).where(BidRow.id.in_({row.bid_id for row in rows})))
    }
    assets = {unit.id: unit.asset for unit in session.scalars(select(UnitRow))}
    decisions = load_decisions(session, bid_ids=list(bids))
    records = []
    for row in rows:
        about = [record for _, record in decisions.get(row.bid_id, [])]
        asset = assets.get(row.unit_id, "") if row.unit_id is not None else ""
        plain = _record(row, bids[row.bid_id], asset, approval(about, today))
        records.append(_standing_today(plain, meetings, policy, today, row.tabled_meeting_id))
    return records


def load_one(session: Session, row: DeploymentRow, policy: Policy, today: date) -> Deployment:
    """One row as the pages see it."""
    return load(session, [row], policy, today)[0]


def approval(decisions: Iterable[Decision], today: date) -> Decision | None:
    """The newest decision in force that lets a unit be installed for the bid."""
    found = [each for each in decisions if each.subject is Subject.BID and in_force(each, today)]
    return found[-1] if found else None


def approval_id(session: Session, bid_id: int, today: date) -> int | None:
    """The id of that decision, None while there is none in force."""
    found = [
        row.id
        for row, record in load_decisions(session, bid_ids=[bid_id]).get(bid_id, [])
        if record.subject is Subject.BID and record.outcome is Outcome.APPROVED and in_force(record, today)
    ]
    return found[-1] if found else None


def review_due_on(
    periods: tuple[Period, ...] | list[Period], meetings: Iterable[Meeting], policy: Policy
) -> date | None:
    """The day the newest period's review is due, None before the deployment was live."""
    if not periods:
        return None
    return dates.review_due(
        periods[-1].starts_on,
        periods[-1].ends_on,
        [meeting.day for meeting in meetings],
        review_day=policy.review_day,
        notice_days=policy.review_notice_days,
    )


def periods_of(row: DeploymentRow) -> tuple[Period, ...]:
    """The row's periods as records."""
    return tuple(Period(each.number, each.starts_on, each.ends_on) for each in row.periods)


def _standing_today(
    plain: Deployment, meetings: list[Meeting], policy: Policy, today: date, tabled_meeting_id: int | None
) -> Deployment:
    due = review_due_on(plain.periods, meetings, policy) if plain.state in rules.RUNNING else None
    ends = plain.ends_on
    tabled = next((meeting.day for meeting in meetings if meeting.id == tabled_meeting_id), None)
    running = plain.state in rules.RUNNING or plain.state is DeploymentState.ENDING
    known = replace(
        plain,
        review_due_on=due,
        tabled_for=tabled,
        standing=rules.standing(plain.state, ends, due, today),
        days_left=dates.days_left(ends, today) if ends is not None and running else None,
        steps=rules.steps(plain),
    )
    upcoming = next_meeting(meetings, today)
    offered = actions(
        known,
        today,
        next_meeting=upcoming.day if upcoming else None,
        evaluation_months=policy.evaluation_months,
    )
    return replace(known, actions=offered)


def _record(row: DeploymentRow, bid: BidRow, asset: str, decided: Decision | None) -> Deployment:
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
