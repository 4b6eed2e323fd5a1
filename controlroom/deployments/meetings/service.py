"""Plans meetings, fills their agenda, saves minutes, and records decisions one by one and the chair's action."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, writing
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.act import Act
from controlroom.audit.queries import check_unchanged
from controlroom.clock import local_date, show_day
from controlroom.database.rows import get_row
from controlroom.database.unit_of_work import Database
from controlroom.deployments.bids import queries as bids
from controlroom.deployments.bids.records import Bid
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import queries as deployments
from controlroom.deployments.deployments import rules as deployment_rules
from controlroom.deployments.deployments.records import Deployment, DeploymentState
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.input_checks import check_near
from controlroom.deployments.jag import Jag
from controlroom.deployments.meetings import agenda as agendas
from controlroom.deployments.meetings import guards, proposals, ranking, rules
from controlroom.deployments.meetings import work as operations
from controlroom.deployments.meetings.queries import (
    load_decisions,
    load_meetings,
    next_meeting,
    to_meeting,
)
from controlroom.deployments.meetings.records import Agenda, Decision, Meeting, Outcome, Subject
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.deployments.policy import Policy
from controlroom.errors import RuleBroken
from controlroom.texts import Minutes, required, takes_texts

_WHY_NOW = "Why can it not wait for the meeting?"


@takes_texts
class MeetingService:
    """Meetings and what they decide. A coordinator records, the meeting decides (rule 5, docs/rules.md)."""

    def __init__(self, database: Database, policy: Policy, jag: Jag) -> None:
        self._database, self._policy, self._jag = database, policy, jag

    def meetings(self, actor: Actor) -> list[Meeting]:
        """Every meeting not cancelled, by day."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return load_meetings(session)

    def agenda(self, actor: Actor, meeting_id: int) -> Agenda:
        """A meeting's business, in its order."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return self._agenda(session, get_row(session, MeetingRow, meeting_id, "meeting"))

    def next_agenda(self, actor: Actor) -> Agenda | None:
        """The business of the next planned meeting, None when none is planned."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            meeting = next_meeting(load_meetings(session), local_date(self._database.clock.now()))
            row = session.get(MeetingRow, meeting.id) if meeting is not None else None
            return self._agenda(session, row) if row is not None else None

    def decisions(self, actor: Actor, bid_id: int) -> list[Decision]:
        """Every decision about a bid and its deployment, oldest first."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            found = load_decisions(session, self._policy.chair_action_days, bid_ids=[bid_id])
            return [record for _, record in found.get(bid_id, [])]

    # -- the calendar and the agenda -----------------------------------------------------------------------------

    def plan(self, actor: Actor, day: date, time: str, place: str) -> Meeting:
        """Plan a meeting; one a day."""
        with writing(self._database, actor, Permission.RECORD_DECISIONS) as act:
            rules.check_new_meeting(day, time, place, act.today)
            guards.check_day_free(act, day)
            return to_meeting(operations.plan_meeting(act, day, time, place))

    def plan_ahead(
        self, actor: Actor, until: date, time: str, place: str, *, week: int, weekday: int
    ) -> list[Meeting]:
        """Plan the monthly meetings until a day: every `week`th `weekday` (Monday 0), or that weekday of another week.

        Months that have a meeting are left alone, and so are days few would come to (`proposals.py`).
        """
        with writing(self._database, actor, Permission.RECORD_DECISIONS) as act:
            rules.check_new_meeting(act.today, time, place, act.today)
            check_near(until, act.today, field="until")
            taken = [meeting.day for meeting in load_meetings(act.session)]
            found = proposals.monthly_proposals(act.today, until, taken, week=week, weekday=weekday)
            days = [day for day in found.values() if day is not None]
            return [to_meeting(operations.plan_meeting(act, day, time, place)) for day in days]

    def cancel(self, actor: Actor, meeting_id: int, reason: str) -> None:
        """Cancel a planned meeting with an empty agenda."""
        with self._meeting(actor, meeting_id) as (act, row):
            why = required(reason, "Why is the meeting cancelled?", field="reason")
            rules.check_not_begun(to_meeting(row), begun=guards.has_begun(act, row))
            rules.check_cancel(self._agenda(act.session, row))
            operations.cancel_meeting(act, row, why)

    def move(self, actor: Actor, meeting_id: int, day: date, time: str, place: str) -> Meeting:
        """Move a planned meeting to another day, hour or place; its agenda goes with it."""
        with self._meeting(actor, meeting_id) as (act, row):
            rules.check_planned(to_meeting(row))
            rules.check_new_meeting(day, time, place, act.today)
            if day != row.day:
                rules.check_not_begun(to_meeting(row), begun=guards.has_begun(act, row))
            guards.check_day_free(act, day, but_for=row.id)
            operations.move_meeting(act, row, day, time, place)
            return to_meeting(row)

    def table_bid(self, actor: Actor, bid_id: int, meeting_id: int) -> Bid:
        """Put an assessed (or waitlisted, or deferred) bid on a meeting's agenda."""
        with writing(self._database, actor, Permission.WRITE_BIDS) as act:
            bid = get_row(act.session, BidRow, bid_id, "bid", lock=True)
            meeting = get_row(act.session, MeetingRow, meeting_id, "meeting")
            rules.check_planned(to_meeting(meeting), "Choose the next one.")
            operations.put_bid_on_agenda(act, bid, meeting)
            calendar = self._jag.calendar(act.session)
            found = deployments.bid_deployments(act.session, [bid.id])
            return bids.load(act.session, [bid], self._policy, calendar, found, act.today)[0]

    def table_deployment(
        self, actor: Actor, deployment_id: int, meeting_id: int, paper: str = ""
    ) -> Deployment:
        """Put a running deployment on a meeting's agenda, with the extension paper's summary."""
        with writing(self._database, actor, Permission.WRITE_BIDS) as act:
            row = get_row(act.session, DeploymentRow, deployment_id, "deployment", lock=True)
            if DeploymentState(row.state) not in deployment_rules.RUNNING:
                raise RuleBroken(
                    f"{row.reference} is {row.state}: there is nothing for the meeting to decide."
                )
            meeting = get_row(act.session, MeetingRow, meeting_id, "meeting")
            rules.check_planned(to_meeting(meeting), "Choose the next one.")
            operations.put_deployment_on_agenda(act, row, meeting, paper)
            return deployments.load(act.session, [row], self._policy, self._jag, act.today)[0]

    def save_minutes(
        self, actor: Actor, meeting_id: int, minutes: Minutes, seen_version: int | None = None
    ) -> Meeting:
        """Save the minutes as they grow during the meeting. Raises Conflict when somebody else wrote meanwhile."""
        with self._meeting(actor, meeting_id, taking_decisions=True) as (act, row):
            name, subject = f"The meeting of {show_day(row.day)}", str(row.day)
            check_unchanged(
                act.session, seen_version, row.version, name=name, kind="meeting", subject=subject
            )
            operations.save_minutes(act, row, minutes)
            act.session.flush()
            return to_meeting(row)

    def close(self, actor: Actor, meeting_id: int, minutes: Minutes, reason: str = "") -> Meeting:
        """Close a meeting that has decided its bids and deployments; its record does not change any more.

        A chair's action it did not answer ends with it. A better bid left off the agenda, or weights changed since the
        scoring, are said in the minutes with the reason: a decision's own, else `reason`.
        """
        with self._meeting(actor, meeting_id, taking_decisions=True) as (act, row):
            agenda = self._agenda(act.session, row)
            rules.check_close(agenda, minutes, reason)
            unanswered = agendas.unanswered(act.session, row, self._policy, act.today)
            said = ranking.minutes_with_ranking(minutes, agenda, reason)
            operations.hold_meeting(act, row, said, unanswered)
            return to_meeting(row)

    # -- decisions -----------------------------------------------------------------------------------------------

    def record_decision(
        self,
        actor: Actor,
        meeting_id: int,
        bid_id: int,
        outcome: Outcome,
        *,
        reason: str = "",
        signed_off_by: str = "",
    ) -> Decision:
        """Record what the meeting decided about a tabled bid; a departure from the ranking needs a reason."""
        with self._meeting(actor, meeting_id, taking_decisions=True) as (act, meeting):
            agenda = self._agenda(act.session, meeting)
            item = rules.undecided_bid(agenda.bids, bid_id)
            departs = ranking.departure(item, outcome, agenda.bids, agenda.left_off)
            said = {"reason": reason, "departs": departs, "signed_off_by": signed_off_by}
            rules.check_decision(Subject.BID, outcome, recorder=actor.handle, **said)
            bid = get_row(act.session, BidRow, bid_id, "bid", lock=True)
            decided = act, bid, meeting, outcome, reason, item.rank, item.score
            signed = {"departs": bool(departs), "signed_off_by": signed_off_by}
            return self._decision(act, operations.decide_bid(*decided, **signed))

    def record_extension(
        self,
        actor: Actor,
        meeting_id: int,
        deployment_id: int,
        outcome: Outcome,
        *,
        reason: str = "",
        by: date | None = None,
    ) -> Decision:
        """Record what the meeting decided about a running deployment: extended by a period, or ended.

        One that is ended comes down `by` a day, which may lie after its end: at most where one more period would end.
        """
        with self._meeting(actor, meeting_id, taking_decisions=True) as (act, meeting):
            rules.check_decision(Subject.DEPLOYMENT, outcome, recorder=actor.handle, reason=reason)
            deployment, bid = guards.running(act, deployment_id)
            on_agenda = self._agenda(act.session, meeting).deployments
            if any(item.decision for item in on_agenda if item.deployment_id == deployment_id):
                raise RuleBroken(f"The deployment at {bid.place} was decided at this meeting already.")
            if outcome is Outcome.EXTENDED:
                guards.check_extension(act, deployment, self._policy)
            else:
                guards.check_end(act, deployment, by, self._policy)
            decided = act, bid, deployment, meeting, outcome, reason, self._policy.months
            return self._decision(act, operations.decide_deployment(*decided, by=by))

    def chair_approves(self, actor: Actor, bid_id: int, reason: str) -> Decision:
        """Record the chair's urgent approval of an assessed bid; the next meeting ratifies or ends it."""
        with writing(self._database, actor, Permission.RECORD_DECISIONS) as act:
            why = required(reason, _WHY_NOW, field="reason")
            meeting = guards.ratifying_meeting(act)
            bid = get_row(act.session, BidRow, bid_id, "bid", lock=True)
            days = self._policy.chair_action_days
            return self._decision(act, operations.approve_by_chair(act, bid, meeting, why, days))

    def chair_extends(self, actor: Actor, deployment_id: int, reason: str) -> Decision:
        """Record the chair's urgent extension of a running deployment; the next meeting ratifies or ends it."""
        with writing(self._database, actor, Permission.RECORD_DECISIONS) as act:
            why = required(reason, _WHY_NOW, field="reason")
            meeting = guards.ratifying_meeting(act)
            deployment, bid = guards.running(act, deployment_id)
            guards.check_extension(act, deployment, self._policy)
            decided = act, bid, deployment, meeting, Outcome.EXTENDED, why, self._policy.months
            days = self._policy.chair_action_days
            return self._decision(act, operations.decide_deployment(*decided, chair_days=days))

    def ratify(
        self, actor: Actor, meeting_id: int, decision_id: int, *, ratified: bool, reason: str = ""
    ) -> Decision:
        """Record that the meeting ratified the chair's action, or ended it: what stands on it then ends too."""
        with self._meeting(actor, meeting_id, taking_decisions=True) as (act, meeting):
            about = get_row(act.session, DecisionRow, decision_id, "chair's action")
            rules.check_answer(self._as_decided(act, about), self._agenda(act.session, meeting), act.today)
            why = reason if ratified else required(reason, "Why is the chair's action ended?", field="reason")
            bid = get_row(act.session, BidRow, about.bid_id, "bid", lock=True)
            return self._decision(act, operations.ratify(act, bid, about, meeting, why, ratified=ratified))

    # -- the parts -----------------------------------------------------------------------------------------------

    @contextmanager
    def _meeting(
        self, actor: Actor, meeting_id: int, *, taking_decisions: bool = False
    ) -> Iterator[tuple[Act, MeetingRow]]:
        """An act of somebody who may record what the JAG decides, and the meeting's locked row.

        Raises RuleBroken where `taking_decisions` is asked of a meeting that cannot take them now.
        """
        with writing(self._database, actor, Permission.RECORD_DECISIONS) as act:
            row = get_row(act.session, MeetingRow, meeting_id, "meeting", lock=True)
            if taking_decisions:
                rules.check_open(to_meeting(row), act.today, "JAG")
            yield act, row

    def _agenda(self, session: Session, row: MeetingRow) -> Agenda:
        today = local_date(self._database.clock.now())
        return agendas.build(session, row, self._policy, self._jag, today)

    def _as_decided(self, act: Act, row: DecisionRow) -> Decision:
        found = load_decisions(act.session, self._policy.chair_action_days, bid_ids=[row.bid_id])
        return next(record for each, record in found[row.bid_id] if each.id == row.id)

    def _decision(self, act: Act, row: DecisionRow) -> Decision:
        """The decision as the pages see it, after a change."""
        act.session.flush()
        return self._as_decided(act, row)
