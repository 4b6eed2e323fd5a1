"""Answers what bids and deployments ask about the JAG: the port of `controlroom.deployments.jag`."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from controlroom.deployments.jag import Approval, Calendar, MeetingDay
from controlroom.deployments.meetings.loading import load_decisions, load_meetings
from controlroom.deployments.meetings.records import MeetingState, Subject
from controlroom.deployments.meetings.rules import in_force


class MeetingFacts:
    """Reads meetings and decisions as plain values."""

    def calendar(self, session: Session) -> Calendar:
        """Every meeting not cancelled, by day."""
        meetings = load_meetings(session)
        return Calendar(
            tuple(MeetingDay(each.id, each.day, each.state is MeetingState.PLANNED) for each in meetings)
        )

    def approvals(self, session: Session, bid_ids: Collection[int], today: date) -> dict[int, Approval]:
        """By bid: the newest decision in force today that lets a unit be installed for it."""
        found: dict[int, Approval] = {}
        for bid_id, about in load_decisions(session, bid_ids=bid_ids).items():
            for _, each in about:
                if each.subject is Subject.BID and in_force(each, today):
                    found[bid_id] = Approval(each.id, each.decided_on, each.taken_by)
        return found
