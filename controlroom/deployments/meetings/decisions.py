"""Inserts decisions and answers to the chair, complete: the database refuses any change of one afterwards."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from controlroom.audit.act import Act
from controlroom.codec import from_json
from controlroom.configuration.tables import SiteSettingRow
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.bids.work import note_bid
from controlroom.deployments.meetings.records import Outcome, Subject
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.settings import SETTINGS, Scope, usable


def add_decision(
    act: Act,
    bid: BidRow,
    subject: Subject,
    outcome: Outcome,
    reason: str,
    meeting: MeetingRow | None,
    *,
    chair_days: int | None = None,
    on: date | None = None,
    **columns: object,
) -> DecisionRow:
    """Insert a decision of a meeting, or of the chair while that meeting is the next one.

    `chair_days` is how many days the chair's stands without a meeting; None for a meeting's, or an answer. `on` is the
    day it was taken: today, but for what the calendar decided before anybody looked.
    """
    by_chair, day = chair_days is not None, on or act.today
    until = None
    if chair_days is not None:
        until = day + timedelta(days=min(chair_days, longest_chairs_action(act.session)))
    row = DecisionRow(
        subject=subject.value,
        bid_id=bid.id,
        meeting_id=None if by_chair or meeting is None else meeting.id,
        ratify_meeting_id=meeting.id if by_chair and meeting is not None else None,
        outcome=outcome.value,
        decided_on=day,
        reason=reason.strip(),
        recorded_by=act.who,
        recorded_at=act.at,
        stands_until=until,
        **columns,
    )
    act.session.add(row)
    act.session.flush()
    if meeting is not None:
        act.work.announce("meeting", meeting.id)
    return row


def longest_chairs_action(session: Session) -> int:
    """How many days the room lets a chair's action stand; the database holds to it, whatever a desk's own file says."""
    spec = SETTINGS["chair_action_days"]
    row = session.get(SiteSettingRow, spec.name)
    stored = {} if row is None else {row.name: row.value}
    chosen = usable(stored, Scope.ROOM, "the room's settings", lambda value: from_json(object, value))
    return chosen.get(spec.name, spec.default)


def add_answer(
    act: Act,
    bid: BidRow,
    about: DecisionRow,
    outcome: Outcome,
    reason: str,
    meeting: MeetingRow | None,
    *,
    on: date | None = None,
) -> DecisionRow:
    """Insert the answer to a chair's action: of a meeting, or of the calendar where no meeting was held."""
    row = add_decision(act, bid, Subject(about.subject), outcome, reason, meeting, on=on, about_id=about.id)
    held = {"meeting": str(meeting.day)} if meeting is not None else {}
    verb = "chair-lapsed" if outcome is Outcome.LAPSED else outcome.value.replace(" ", "-")
    note_bid(act, bid, verb, text=row.reason, **held)
    return row
