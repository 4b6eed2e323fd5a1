"""Ends chair's actions (rule 2, docs/rules.md): what no meeting ratified in time, and all that stands on it.

A chair's action stands until the next meeting that is held. A meeting that closes without ratifying it ends it that
day, and days without any meeting (a setting) end it too. Each end is an answer in the table of decisions; what stands
on the action is ended with it, or by the next look of the calendar where that was missed.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from controlroom.audit.act import SYSTEM, Act
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.bids.work import move_bid
from controlroom.deployments.deployments import rules as deployment_rules
from controlroom.deployments.deployments.tables import DeploymentRow, PeriodRow
from controlroom.deployments.deployments.work import abort, end_with_chair
from controlroom.deployments.meetings.decisions import add_answer
from controlroom.deployments.meetings.queries import DecisionPair, open_chairs_actions
from controlroom.deployments.meetings.records import Decision, Outcome, Subject
from controlroom.deployments.meetings.rules import is_over
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow

NOT_ANSWERED = "The meeting closed without ratifying it."
_OVER = (Outcome.NOT_RATIFIED.value, Outcome.LAPSED.value)


def anything_over(session: Session, today: date, chair_days: int) -> bool:
    """True when a chair's action is over and something still stands on it."""
    return bool(_past_their_days(session, today, chair_days)) or any(_standing(session))


def end_what_is_over(act: Act, chair_days: int) -> None:
    """Answer the chair's actions that are past their days, and end all that stands on one that is over."""
    for row, action in _past_their_days(act.session, act.today, chair_days):
        ended = _ended_on(action, act.today)
        said = f"No meeting was held within {(ended - action.decided_on).days - 1} days."
        by_calendar = Act(act.work, SYSTEM, act.at, act.bulk)
        bid = act.session.get_one(BidRow, row.bid_id)
        end_standing(act, add_answer(by_calendar, bid, row, Outcome.LAPSED, said, None, on=ended), ended)
    for answer in list(_standing(act.session)):
        end_standing(act, answer, answer.decided_on)


def end_unanswered(act: Act, meeting: MeetingRow, open_now: Sequence[DecisionPair]) -> None:
    """End the chair's actions that a meeting closes without an answer to."""
    for row, action in open_now:
        bid = act.session.get_one(BidRow, row.bid_id)
        answer = add_answer(act, bid, row, Outcome.NOT_RATIFIED, NOT_ANSWERED, meeting)
        end_standing(act, answer, _ended_on(action, act.today))


def end_standing(act: Act, answer: DecisionRow, on: date) -> None:
    """End what stands on the chair's action that `answer` ended `on` a day: all of a bid's, or the period it gave."""
    session, reason = act.session, answer.reason
    if answer.subject == Subject.DEPLOYMENT:
        period = session.scalars(select(PeriodRow).filter_by(decision_id=answer.about_id)).one_or_none()
        row = session.get_one(DeploymentRow, period.deployment_id) if period is not None else None
        if row is not None and row.state in deployment_rules.UP:
            end_with_chair(act, row, answer.id, reason, on, period=period)
        return
    for row in session.scalars(_under_way(answer.bid_id)).all():
        if row.state in deployment_rules.BEFORE_INSTALLED:
            abort(act, row, reason)
        else:
            end_with_chair(act, row, answer.id, reason, on)
    bid = session.get_one(BidRow, answer.bid_id)
    if bid.state == BidState.APPROVED:
        move_bid(act, bid, BidState.LAPSED, reason=reason)


def _ended_on(action: Decision, today: date) -> date:
    """The day on which it ended, however late somebody looks: the day after its last one, or today."""
    return min(action.stands_until + timedelta(days=1), today) if action.stands_until else today


def _past_their_days(session: Session, today: date, chair_days: int) -> list[DecisionPair]:
    return [pair for pair in open_chairs_actions(session, chair_days) if is_over(pair[1], today)]


def _standing(session: Session) -> Iterator[DecisionRow]:
    """Answers that ended a chair's action on which something still stands."""
    ended = select(DecisionRow).where(DecisionRow.about_id.is_not(None), DecisionRow.outcome.in_(_OVER))
    for answer in session.scalars(ended.order_by(DecisionRow.id)):
        if answer.subject == Subject.DEPLOYMENT:
            held = (
                select(PeriodRow.number)
                .join(DeploymentRow, DeploymentRow.id == PeriodRow.deployment_id)
                .where(PeriodRow.decision_id == answer.about_id)
                .where(DeploymentRow.state.in_(sorted(deployment_rules.UP)))
            )
        else:
            held = _under_way(answer.bid_id).with_only_columns(DeploymentRow.id)
        if session.execute(held).first() is not None:
            yield answer


def _under_way(bid_id: int) -> Select[DeploymentRow]:
    """The deployments of a bid that are planned or hang, and have not ended with their chair's action."""
    states = sorted(deployment_rules.BEFORE_INSTALLED | deployment_rules.UP)
    return select(DeploymentRow).where(
        DeploymentRow.bid_id == bid_id,
        DeploymentRow.state.in_(states),
        or_(DeploymentRow.chair_ended_on.is_(None), DeploymentRow.state.not_in(sorted(deployment_rules.UP))),
    )
