"""Builds a meeting's agenda: what the chair did, deployments to decide, bids in ranking order, units to give."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from controlroom.database.rows import readable, to_record
from controlroom.deployments import dates
from controlroom.deployments.bids.queries import content_of, nearest_of
from controlroom.deployments.bids.records import BidContent, BidState, NearestCamera
from controlroom.deployments.bids.scoring import weighted
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import rules as deployment_rules
from controlroom.deployments.deployments.queries import load
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.jag import Jag
from controlroom.deployments.meetings import rules
from controlroom.deployments.meetings.queries import (
    DecisionPair,
    load_decisions,
    load_meetings,
    next_meeting,
    open_chairs_actions,
    to_meeting,
)
from controlroom.deployments.meetings.records import (
    Agenda,
    ChairItem,
    Decision,
    DeploymentItem,
    LeftOff,
    MeetingState,
    Outcome,
    RankedBid,
    Subject,
)
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.records import OUT_OF_WORK, UnitState
from controlroom.deployments.units.tables import UnitRow
from controlroom.deployments.unusual_days import unusual_day

# Where a scored bid waits that is not on the agenda.
_WAITS = {
    BidState.ASSESSED.value: "scored, and tabled at no meeting",
    BidState.WAITLISTED.value: "waitlisted by an earlier meeting",
    BidState.DEFERRED.value: "deferred by an earlier meeting",
    BidState.TABLED.value: "on another meeting's agenda",
}
Decisions = dict[int, list[DecisionPair]]  # by bid id, as `load_decisions` gives them


def build(session: Session, row: MeetingRow, policy: Policy, jag: Jag, today: date) -> Agenda:
    """The agenda of one meeting, planned or held."""
    decisions = load_decisions(session, policy.chair_action_days, bid_ids=_bids_of(session, row))
    planned = row.state == MeetingState.PLANNED
    free = _units_free(session) if planned else ()
    claims = _claims(session, row.id) if planned else 0
    bids = _bids(session, row, decisions, policy, max(0, len(free) - claims))
    asking = select(BidRow.id).filter_by(state=BidState.NEEDS_INFORMATION.value)
    return Agenda(
        meeting=to_meeting(row),
        chair=_chair(row, decisions, unanswered(session, row, policy, today), today),
        deployments=_deployments(session, row, decisions, policy, jag, today),
        bids=bids,
        units_free=free,
        claims=claims,
        needs_information=len(session.scalars(asking).all()),
        unusual=unusual_day(row.day),
        left_off=_left_off(session, row, decisions, policy) if planned else (),
    )


def summary(content: BidContent, nearest: NearestCamera | None, full_gap_m: float) -> str:
    """A bid in one line: partner, objective, reports, nearest camera."""
    parts = [content.partner, ", ".join(content.objectives)]
    if content.reports_12_months is not None:
        parts.append(f"{content.reports_12_months} reports in 12 months")
    if nearest is None or nearest.distance_m >= full_gap_m:
        parts.append(f"no permanent camera within {full_gap_m:.0f} m")
    elif nearest.covers:
        parts.append(f"camera {nearest.number} sees it from {nearest.distance_m:.0f} m")
    else:
        parts.append(f"nearest camera {nearest.number}, {nearest.distance_m:.0f} m")
    return " · ".join(part for part in parts if part)


def unanswered(session: Session, row: MeetingRow, policy: Policy, today: date) -> list[DecisionPair]:
    """The chair's actions that end when this meeting closes without an answer: it met since, or it meets next.

    Those past their days are among them: it answers them no more, and they end with it if nobody has looked before.
    """
    meeting = to_meeting(row)
    upcoming = next_meeting(load_meetings(session), today)
    day = upcoming.day if upcoming is not None else None
    return [
        pair
        for pair in open_chairs_actions(session, policy.chair_action_days)
        if rules.answers(meeting.day, meeting.planned, pair[1].decided_on, today, day)
    ]


def _chair(
    row: MeetingRow, decisions: Decisions, open_now: Sequence[DecisionPair], today: date
) -> tuple[ChairItem, ...]:
    """What this meeting answered, and what it still has to."""
    by_id = {each.id: record for about in decisions.values() for each, record in about}
    answered = [
        ChairItem(by_id[each.about_id], record)
        for about in decisions.values()
        for each, record in about
        if each.about_id is not None and each.meeting_id == row.id
    ]
    return tuple(answered + [ChairItem(record) for _, record in open_now if not rules.is_over(record, today)])


def _deployments(
    session: Session, row: MeetingRow, decisions: Decisions, policy: Policy, jag: Jag, today: date
) -> tuple[DeploymentItem, ...]:
    """Those tabled, those that end before the following meeting, and those this meeting has decided."""
    taken = _taken(row, decisions, Subject.DEPLOYMENT)
    rows = session.scalars(
        select(DeploymentRow)
        .where(
            or_(
                DeploymentRow.state.in_(sorted(deployment_rules.RUNNING)),
                DeploymentRow.bid_id.in_(list(taken)),
            )
        )
        .order_by(DeploymentRow.id)
    )
    later = (each.day for each in load_meetings(session) if each.day > row.day)
    until = next(later, dates.add_months(row.day, 1))
    tabled = set(session.scalars(select(DeploymentRow.id).filter_by(tabled_meeting_id=row.id)))
    items = []
    for each in load(session, rows, policy, jag, today):
        decision = taken.get(each.bid_id)
        ending = row.state == MeetingState.PLANNED and each.ends_on is not None and each.ends_on <= until
        if decision is None and (
            each.state not in deployment_rules.RUNNING or not (ending or each.id in tabled)
        ):
            continue
        if (last := each.ends_on) is not None:
            more = {"deployment_id": each.id, "days_left": dates.days_left(last, today), "decision": decision}
            items.append(to_record(DeploymentItem, each, **more))
    return tuple(sorted(items, key=lambda item: (item.ends_on, item.reference)))


def _bids_of(session: Session, row: MeetingRow) -> list[int]:
    """The bids this meeting decided about."""
    return list(session.scalars(select(DecisionRow.bid_id).filter_by(meeting_id=row.id)))


def _taken(row: MeetingRow, decisions: Decisions, subject: Subject) -> dict[int, Decision]:
    """By bid id: what this meeting itself has decided, ratifications aside."""
    return {
        bid_id: record
        for bid_id, about in decisions.items()
        for each, record in about
        if each.meeting_id == row.id and record.subject is subject and each.about_id is None
    }


def _bids(
    session: Session, row: MeetingRow, decisions: Decisions, policy: Policy, free: int
) -> tuple[RankedBid, ...]:
    taken = _taken(row, decisions, Subject.BID)
    waiting = BidRow.meeting_id == row.id, BidRow.state == BidState.TABLED.value
    rows = session.scalars(select(BidRow).where(or_(BidRow.id.in_(list(taken)), waiting[0] & waiting[1])))
    ranked = sorted(
        readable(rows), key=lambda each: (-_score(each, taken), each.submitted_on or row.day, each.reference)
    )
    approved = {bid_id for bid_id, record in taken.items() if record.outcome is Outcome.APPROVED}
    line = free + len(approved & _with_unit(session, approved))
    return tuple(
        to_record(
            RankedBid,
            each,
            bid_id=each.id,
            summary=summary(content_of(each), nearest_of(each, (), policy), policy.ranges.full_gap_m),
            rank=rank,
            score=_score(each, taken),
            parts=tuple((part.part, part.points) for part in each.lines),
            above_line=rank <= line if row.state == MeetingState.PLANNED else each.id in approved,
            decision=taken.get(each.id),
            score_today=_score_today(each, policy)
            if row.state == MeetingState.PLANNED
            else _score(each, taken),
        )
        for rank, each in enumerate(ranked, 1)
    )


def _left_off(session: Session, row: MeetingRow, decisions: Decisions, policy: Policy) -> tuple[LeftOff, ...]:
    """The scored bids that wait for a decision and that this meeting neither has on its agenda nor has decided."""
    waiting = [each for each in _WAITS if each != BidState.TABLED]
    elsewhere = (BidRow.state == BidState.TABLED.value) & (BidRow.meeting_id != row.id)
    query = select(BidRow).where(BidRow.score.is_not(None), or_(BidRow.state.in_(waiting), elsewhere))
    taken = _taken(row, decisions, Subject.BID)
    rows = session.scalars(query.where(BidRow.id.not_in(list(taken))))
    found = [
        to_record(
            LeftOff, each, bid_id=each.id, score_today=_score_today(each, policy), why=_WAITS[each.state]
        )
        for each in rows
    ]
    return tuple(sorted(found, key=lambda each: (-each.score, each.reference)))


def _score_today(row: BidRow, policy: Policy) -> float:
    """The score of a bid by the weights in force; as it was given while they are the same."""
    given = {line.part: line.given for line in row.lines}
    if {line.part: line.weight for line in row.lines} == policy.weights:
        return row.score or 0.0
    return weighted(given, policy)


def _score(row: BidRow, taken: dict[int, Decision]) -> float:
    decided = taken.get(row.id)
    recorded = decided.score if decided is not None else None
    return recorded if recorded is not None else (row.score or 0.0)


def _units_free(session: Session) -> tuple[str, ...]:
    """Units in store that nobody was promised, and those coming back from a deployment that was ended."""
    promised = set(session.scalars(select(DeploymentRow.unit_id).filter_by(state=DeploymentState.SCHEDULED)))
    ending = set(session.scalars(select(DeploymentRow.unit_id).filter_by(state=DeploymentState.ENDING)))
    return tuple(
        unit.asset
        for unit in session.scalars(select(UnitRow).order_by(UnitRow.asset))
        if unit.id not in promised
        and (unit.state == UnitState.IN_STORE or (unit.id in ending and unit.state not in OUT_OF_WORK))
    )


def _claims(session: Session, meeting_id: int) -> int:
    """Approved bids of other meetings that still wait for a unit."""
    approved = set(
        session.scalars(
            select(BidRow.id)
            .where(BidRow.state == BidState.APPROVED.value)
            .where(or_(BidRow.meeting_id.is_(None), BidRow.meeting_id != meeting_id))
        )
    )
    return len(approved - _with_unit(session, approved))


def _with_unit(session: Session, bid_ids: set[int]) -> set[int]:
    query = select(DeploymentRow.bid_id).where(
        DeploymentRow.bid_id.in_(list(bid_ids)),
        DeploymentRow.unit_id.is_not(None),
        DeploymentRow.state != DeploymentState.ABORTED.value,
    )
    return set(session.scalars(query))
