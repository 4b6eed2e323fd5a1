"""Reads meetings and decisions from the database as records, and answers what bids and deployments ask of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.clock import show_day
from controlroom.database.rows import to_record
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.jag import Approval, Calendar, Jag, MeetingDay
from controlroom.deployments.meetings.records import Decision, Meeting, MeetingState, Outcome, Subject
from controlroom.deployments.meetings.rules import in_force
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow


def to_meeting(row: MeetingRow) -> Meeting:
    """A row as the pages see it."""
    return to_record(Meeting, row)


def load_meetings(session: Session) -> list[Meeting]:
    """Every meeting not cancelled, by day."""
    query = select(MeetingRow).where(MeetingRow.state != MeetingState.CANCELLED.value)
    return [to_meeting(row) for row in session.scalars(query.order_by(MeetingRow.day, MeetingRow.id))]


def next_meeting(meetings: Iterable[Meeting], today: date) -> Meeting | None:
    """The first planned meeting today or later."""
    return next((each for each in meetings if each.planned and each.day >= today), None)


def load_decisions(
    session: Session, *, bid_ids: Iterable[int] | None = None, meeting_id: int | None = None
) -> dict[int, list[tuple[DecisionRow, Decision]]]:
    """Decisions by bid id, oldest first, ratifications folded into the chair's action they are about.

    `meeting_id` selects those the meeting took itself or has to ratify.
    """
    query = select(DecisionRow, BidRow.reference, BidRow.place).join(BidRow, BidRow.id == DecisionRow.bid_id)
    if bid_ids is not None:
        query = query.where(DecisionRow.bid_id.in_(list(bid_ids)))
    rows = session.execute(query.order_by(DecisionRow.id)).all()
    ratified = {row.about_id: Outcome(row.outcome) for row, _, _ in rows if row.about_id is not None}
    days = {row.id: row.day for row in session.scalars(select(MeetingRow))}
    found: dict[int, list[tuple[DecisionRow, Decision]]] = defaultdict(list)
    for row, reference, place in rows:
        if meeting_id is not None and meeting_id not in (row.meeting_id, row.ratify_meeting_id):
            continue
        record = _record(row, reference, place, days, ratified.get(row.id))
        found[row.bid_id].append((row, record))
    return found


def _record(
    row: DecisionRow, reference: str, place: str, days: dict[int, date], ratification: Outcome | None
) -> Decision:
    meeting_day = days.get(row.meeting_id or 0)
    chair = f"chair's action {show_day(row.decided_on)}"
    return to_record(
        Decision,
        row,
        bid_reference=reference,
        place=place,
        taken_by=f"meeting of {show_day(meeting_day)}" if meeting_day else chair,
        ratify_day=days.get(row.ratify_meeting_id or 0),
        ratification=ratification,
    )


def _calendar(session: Session) -> Calendar:
    """Every meeting not cancelled, by day."""
    meetings = load_meetings(session)
    return Calendar(tuple(MeetingDay(each.id, each.day, each.planned) for each in meetings))


def _approvals(session: Session, bid_ids: Collection[int], today: date) -> dict[int, Approval]:
    """By bid: the newest decision in force today that lets a unit be installed for it."""
    found: dict[int, Approval] = {}
    for bid_id, about in load_decisions(session, bid_ids=bid_ids).items():
        for _, each in about:
            if each.subject is Subject.BID and in_force(each, today):
                found[bid_id] = to_record(Approval, each)
    return found


JAG = Jag(_calendar, _approvals)
"""What bids and deployments ask about meetings and decisions, answered from the database."""
