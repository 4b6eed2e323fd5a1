"""Reads meetings and decisions from the database as records."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.clock import show_day
from controlroom.database.rows import readable, to_record
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.meetings.records import Decision, Meeting, MeetingState, Outcome
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow

DecisionPair = tuple[DecisionRow, Decision]


def to_meeting(row: MeetingRow) -> Meeting:
    """A row as the pages see it."""
    return to_record(Meeting, row)


def load_meetings(session: Session) -> list[Meeting]:
    """Every meeting not cancelled, by day."""
    query = select(MeetingRow).where(MeetingRow.state != MeetingState.CANCELLED.value)
    rows = readable(session.scalars(query.order_by(MeetingRow.day, MeetingRow.id)))
    return [to_meeting(row) for row in rows]


def next_meeting(meetings: Iterable[Meeting], today: date) -> Meeting | None:
    """The first planned meeting today or later."""
    return next((each for each in meetings if each.planned and each.day >= today), None)


def load_decisions(
    session: Session, chair_days: int, *, bid_ids: Iterable[int] | None = None
) -> dict[int, list[DecisionPair]]:
    """Decisions by bid id, oldest first; the answer to a chair's action also stands in the action itself.

    `chair_days` is how many days a chair's action stands that does not say so itself.
    """
    query = select(DecisionRow, BidRow.reference, BidRow.place).join(BidRow, BidRow.id == DecisionRow.bid_id)
    if bid_ids is not None:
        query = query.where(DecisionRow.bid_id.in_(list(bid_ids)))
    rows = [each for each in session.execute(query.order_by(DecisionRow.id)) if readable(each[:1])]
    answers = {row.about_id: Outcome(row.outcome) for row, _, _ in rows if row.about_id is not None}
    days = {row.id: row.day for row in session.scalars(select(MeetingRow))}
    found: dict[int, list[DecisionPair]] = defaultdict(list)
    for row, reference, place in rows:
        by_chair, answer = row.meeting_id is None and row.about_id is None, answers.get(row.id)
        last = row.stands_until or row.decided_on + timedelta(days=chair_days)
        until = last if by_chair and answer is None else None
        record = to_record(
            Decision,
            row,
            bid_reference=reference,
            place=place,
            taken_by=_taken_by(row, days.get(row.meeting_id or 0)),
            by_chair=by_chair,
            stands_until=until,
            ratification=answer,
        )
        found[row.bid_id].append((row, record))
    return found


def open_chairs_actions(session: Session, chair_days: int) -> list[DecisionPair]:
    """The chair's actions nobody has answered, oldest first; few at any time, whatever the archive holds."""
    answered = select(DecisionRow.about_id).where(DecisionRow.about_id.is_not(None))
    chairs = select(DecisionRow.bid_id).where(
        DecisionRow.meeting_id.is_(None), DecisionRow.about_id.is_(None), DecisionRow.id.not_in(answered)
    )
    bid_ids = set(session.scalars(chairs))
    if not bid_ids:
        return []
    found = load_decisions(session, chair_days, bid_ids=bid_ids)
    pairs = [pair for about in found.values() for pair in about if pair[1].stands_until is not None]
    return sorted(pairs, key=lambda pair: pair[0].id)


def _taken_by(row: DecisionRow, meeting_day: date | None) -> str:
    if meeting_day is not None:
        return f"meeting of {show_day(meeting_day)}"
    return "the calendar" if row.about_id is not None else f"chair's action {show_day(row.decided_on)}"
