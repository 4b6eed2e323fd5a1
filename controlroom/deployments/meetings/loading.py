"""Meetings and decisions from rows to records: the queries services share."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.clock import show_day
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.meetings.records import Decision, Meeting, MeetingState, Outcome, Subject
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.errors import NotFound


def to_meeting(row: MeetingRow) -> Meeting:
    """A row as the pages see it."""
    return Meeting(row.id, row.day, row.time, row.place, MeetingState(row.state), row.minutes, row.version)


def load_meetings(session: Session) -> list[Meeting]:
    """Every meeting not cancelled, by day."""
    query = select(MeetingRow).where(MeetingRow.state != MeetingState.CANCELLED.value)
    return [to_meeting(row) for row in session.scalars(query.order_by(MeetingRow.day, MeetingRow.id))]


def get_meeting(session: Session, meeting_id: int, *, lock: bool = False) -> MeetingRow:
    """The meeting's row; raises NotFound."""
    query = select(MeetingRow).filter_by(id=meeting_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("There is no such meeting.")
    return row


def next_meeting(meetings: Iterable[Meeting], today: date) -> Meeting | None:
    """The first planned meeting today or later."""
    return next((each for each in meetings if each.state is MeetingState.PLANNED and each.day >= today), None)


def meeting_after(meetings: Iterable[Meeting], day: date) -> Meeting | None:
    """The first meeting later than `day`."""
    return next((each for each in meetings if each.day > day), None)


def load_decisions(
    session: Session, *, bid_ids: Iterable[int] | None = None, meeting_id: int | None = None
) -> dict[int, list[tuple[DecisionRow, Decision]]]:
    """Decisions by bid id, oldest first, ratifications folded into the chair's action they are about.

    `meeting_id` keeps those the meeting took itself or has to ratify.
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
    meeting_day = days[row.meeting_id] if row.meeting_id is not None else None
    return Decision(
        id=row.id,
        subject=Subject(row.subject),
        bid_id=row.bid_id,
        bid_reference=reference,
        place=place,
        outcome=Outcome(row.outcome),
        decided_on=row.decided_on,
        taken_by=f"meeting of {show_day(meeting_day)}"
        if meeting_day
        else f"chair's action {show_day(row.decided_on)}",
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        reason=row.reason,
        rank=row.rank,
        score=row.score,
        departs=row.departs,
        signed_off_by=row.signed_off_by,
        meeting_day=meeting_day,
        ratify_day=days[row.ratify_meeting_id] if row.ratify_meeting_id is not None else None,
        ratification=ratification,
    )
