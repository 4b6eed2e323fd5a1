"""Answers what bids and deployments ask about the JAG (`deployments/jag.py`), from the database."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from controlroom.database.rows import to_record
from controlroom.deployments.jag import Approval, Calendar, Jag, MeetingDay
from controlroom.deployments.meetings.chairs_action import anything_over, end_what_is_over
from controlroom.deployments.meetings.queries import load_decisions, load_meetings
from controlroom.deployments.meetings.records import Subject
from controlroom.deployments.meetings.rules import in_force


def _calendar(session: Session) -> Calendar:
    """Every meeting not cancelled, by day."""
    meetings = load_meetings(session)
    return Calendar(tuple(MeetingDay(each.id, each.day, each.planned) for each in meetings))


def _approvals(
    session: Session, bid_ids: Collection[int], today: date, chair_days: int
) -> dict[int, Approval]:
    """By bid: the newest decision in force today that lets a unit be installed for it."""
    found: dict[int, Approval] = {}
    for bid_id, about in load_decisions(session, chair_days, bid_ids=bid_ids).items():
        for _, each in about:
            if each.subject is Subject.BID and in_force(each, today):
                found[bid_id] = to_record(Approval, each)
    return found


JAG = Jag(_calendar, _approvals, anything_over, end_what_is_over)
