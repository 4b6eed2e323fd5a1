"""Recording decisions: the meeting's, one by one, and the chair's between meetings."""

from collections.abc import Iterable

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import local_date, show_day
from controlroom.database.unit_of_work import Work
from controlroom.deployments import moves
from controlroom.deployments import rules as deployment_rules
from controlroom.deployments.base import DeploymentBase, needed
from controlroom.deployments.bids import loading as bid_loading
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.scoring import departure
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.installing import abort_row, check_stays, open_deployment
from controlroom.deployments.loading import get_row, load_one, periods_of
from controlroom.deployments.meetings import agenda as agendas
from controlroom.deployments.meetings import rules
from controlroom.deployments.meetings.loading import (
    get_meeting,
    load_decisions,
    load_meetings,
    next_meeting,
    to_meeting,
)
from controlroom.deployments.meetings.records import ChairItem, Decision, Outcome, RankedBid, Subject
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.deployments.records import DeploymentState
from controlroom.deployments.running import end_row, extend_row
from controlroom.deployments.tables import DeploymentRow
from controlroom.deployments.units.service import lock_unit, rest_unit
from controlroom.errors import NotFound, RuleBroken

_BID_STATES = {
    Outcome.APPROVED: BidState.APPROVED,
    Outcome.WAITLISTED: BidState.WAITLISTED,
    Outcome.DEFERRED: BidState.DEFERRED,
    Outcome.REFUSED: BidState.REFUSED,
}


class Recording(DeploymentBase):
    """What a meeting decides, and what the chair decides when it cannot wait."""

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
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            meeting = get_meeting(work.session, meeting_id, lock=True)
            today = local_date(work.now)
            rules.check_open(to_meeting(meeting), today, "JAG")
            agenda = agendas.build(work.session, meeting, self._policy, today)
            item = _on_agenda(agenda.bids, bid_id)
            departs = departure(item, outcome, agenda.bids)
            rules.check_decision(
                Subject.BID,
                outcome,
                reason=reason,
                departs=departs,
                signed_off_by=signed_off_by,
                recorder=actor.handle,
            )
            bid = bid_loading.get_row(work.session, bid_id, lock=True)
            row = _row(work, actor, bid, Subject.BID, outcome, reason, meeting_id=meeting.id)
            row.rank, row.score, row.departs = item.rank, item.score, bool(departs)
            row.signed_off_by = signed_off_by.strip()
            work.session.add(row)
            moves.move_bid(
                work,
                actor,
                bid,
                _BID_STATES[outcome],
                reason=reason,
                meeting=str(meeting.day),
                rank=item.rank,
                departs=bool(departs),
            )
            return _saved(work, row, bid, meeting)

    def record_extension(
        self, actor: Actor, meeting_id: int, deployment_id: int, outcome: Outcome, *, reason: str = ""
    ) -> Decision:
        """Record what the meeting decided about a running deployment: extended by a period, or ended."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            meeting = get_meeting(work.session, meeting_id, lock=True)
            rules.check_open(to_meeting(meeting), local_date(work.now), "JAG")
            rules.check_decision(
                Subject.DEPLOYMENT,
                outcome,
                reason=reason,
                departs="",
                signed_off_by="",
                recorder=actor.handle,
            )
            deployment, bid = self._running(work, deployment_id, extend=outcome is Outcome.EXTENDED)
            _check_undecided(work, bid, meeting)
            row = _row(work, actor, bid, Subject.DEPLOYMENT, outcome, reason, meeting_id=meeting.id)
            work.session.add(row)
            work.session.flush()
            if outcome is Outcome.EXTENDED:
                self._extend(work, actor, deployment, row.id, reason)
            else:
                end_row(work, actor.handle, deployment, reason)
            return _saved(work, row, bid, meeting)

    def chair_approves(self, actor: Actor, bid_id: int, reason: str) -> Decision:
        """Record the chair's urgent approval of an assessed bid; the next meeting ratifies or ends it."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            why = needed(reason, "Why can it not wait for the meeting?")
            meeting = self._ratifying(work)
            bid = bid_loading.get_row(work.session, bid_id, lock=True)
            if bid.state != BidState.TABLED:
                # The chair's action tables the bid too: the meeting that ratifies it has it on its agenda.
                moves.move_bid(work, actor, bid, BidState.TABLED, meeting=str(meeting.day))
            bid.meeting_id = meeting.id
            row = _row(work, actor, bid, Subject.BID, Outcome.APPROVED, why, ratify_meeting_id=meeting.id)
            row.score = bid.score
            work.session.add(row)
            moves.move_bid(work, actor, bid, BidState.APPROVED, reason=why, by="chair's action")
            return _saved(work, row, bid, meeting)

    def chair_extends(self, actor: Actor, deployment_id: int, reason: str) -> Decision:
        """Record the chair's urgent extension of a running deployment; the next meeting ratifies or ends it."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            why = needed(reason, "Why can it not wait for the meeting?")
            meeting = self._ratifying(work)
            deployment, bid = self._running(work, deployment_id, extend=True)
            row = _row(
                work, actor, bid, Subject.DEPLOYMENT, Outcome.EXTENDED, why, ratify_meeting_id=meeting.id
            )
            work.session.add(row)
            work.session.flush()
            self._extend(work, actor, deployment, row.id, why)
            return _saved(work, row, bid, meeting)

    def ratify(
        self, actor: Actor, meeting_id: int, decision_id: int, *, ratified: bool, reason: str = ""
    ) -> Decision:
        """Record that the meeting ratified the chair's action, or ended it: what stands on it then ends too."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            meeting = get_meeting(work.session, meeting_id, lock=True)
            rules.check_open(to_meeting(meeting), local_date(work.now), "JAG")
            about = work.session.get(DecisionRow, decision_id)
            if about is None or about.ratify_meeting_id != meeting.id:
                raise NotFound("That chair's action is not on this meeting's agenda.")
            if any(
                item.ratification
                for item in self._chair_items(work, meeting)
                if item.decision.id == decision_id
            ):
                raise RuleBroken("The meeting has decided that already.")
            why = reason if ratified else needed(reason, "Why is the chair's action ended?")
            bid = bid_loading.get_row(work.session, about.bid_id, lock=True)
            outcome = Outcome.RATIFIED if ratified else Outcome.NOT_RATIFIED
            row = _row(work, actor, bid, Subject(about.subject), outcome, why, meeting_id=meeting.id)
            row.about_id = about.id
            work.session.add(row)
            moves.note_bid(
                work, actor, bid, outcome.value.replace(" ", "-"), text=why.strip(), meeting=str(meeting.day)
            )
            if not ratified:
                self._undo(work, actor, bid, why)
            return _saved(work, row, bid, meeting)

    def _chair_items(self, work: Work, meeting: MeetingRow) -> tuple[ChairItem, ...]:
        return agendas.build(work.session, meeting, self._policy, local_date(work.now)).chair

    def _ratifying(self, work: Work) -> MeetingRow:
        found = next_meeting(load_meetings(work.session), local_date(work.now))
        if found is None:
            raise RuleBroken(
                "The chair's action has to be ratified at the next meeting, and none is planned.",
                remedy="Plan the next meeting first.",
            )
        return get_meeting(work.session, found.id)

    def _running(self, work: Work, deployment_id: int, *, extend: bool) -> tuple[DeploymentRow, BidRow]:
        row = get_row(work.session, deployment_id, lock=True)
        here = load_one(work.session, row, self._policy, local_date(work.now))
        if here.state not in deployment_rules.RUNNING:
            raise RuleBroken(f"{here.reference} is {here.state}: there is nothing to decide.")
        if extend and here.state is DeploymentState.EXTENDED:
            raise RuleBroken(
                f"{here.reference} is extended until {show_day(here.ends_on or self.today())} already."
            )
        return row, bid_loading.get_row(work.session, row.bid_id, lock=True)

    def _extend(self, work: Work, actor: Actor, row: DeploymentRow, decision_id: int, reason: str) -> None:
        unit = lock_unit(work, row.unit_id or 0)
        today = local_date(work.now)
        # Asked before the row is changed: the database refuses an overlap too, but cannot say with whom.
        ends = deployment_rules.next_period(periods_of(row), self._policy.months, today).ends_on
        check_stays(work, unit, row.id, (row.stays_from or today, ends))
        extend_row(work, actor.handle, row, decision_id, self._policy, reason)

    def _undo(self, work: Work, actor: Actor, bid: BidRow, reason: str) -> None:
        """End what stood on a chair's action: abort before it was live, else take it to its end; the bid lapses."""
        deployment = open_deployment(work, bid.id)
        if deployment is not None and deployment.state in deployment_rules.RUNNING:
            end_row(work, actor.handle, deployment, reason)
        elif deployment is not None and deployment.state in deployment_rules.BEFORE_INSTALLED:
            abort_row(work, actor.handle, deployment, reason)
            if deployment.unit_id is not None:
                rest_unit(work, actor.handle, deployment.unit_id)
        elif deployment is not None and deployment.state == DeploymentState.INSTALLED:
            # It hangs, and may not go live any more: the checklist says so, and aborting asks for it to come down.
            moves.note_deployment(work, actor.handle, deployment, "decision-ended", text=reason)
        if bid.state == BidState.APPROVED:
            moves.move_bid(work, actor, bid, BidState.LAPSED, reason=reason)


def _row(
    work: Work,
    actor: Actor,
    bid: BidRow,
    subject: Subject,
    outcome: Outcome,
    reason: str,
    *,
    meeting_id: int | None = None,
    ratify_meeting_id: int | None = None,
) -> DecisionRow:
    return DecisionRow(
        subject=subject.value,
        bid_id=bid.id,
        meeting_id=meeting_id,
        ratify_meeting_id=ratify_meeting_id,
        outcome=outcome.value,
        decided_on=local_date(work.now),
        reason=reason.strip(),
        departs=False,
        signed_off_by="",
        recorded_by=actor.handle,
        recorded_at=work.now,
    )


def _check_undecided(work: Work, bid: BidRow, meeting: MeetingRow) -> None:
    """Raise RuleBroken when this meeting has decided about the bid's deployment already."""
    about = load_decisions(work.session, bid_ids=[bid.id], meeting_id=meeting.id).get(bid.id, [])
    if any(
        row.meeting_id == meeting.id and row.about_id is None
        for row, each in about
        if each.subject is Subject.DEPLOYMENT
    ):
        raise RuleBroken(f"The deployment at {bid.place} was decided at this meeting already.")


def _on_agenda(bids: Iterable[RankedBid], bid_id: int) -> RankedBid:
    for item in bids:
        if item.bid_id == bid_id and item.decision is None:
            return item
        if item.bid_id == bid_id:
            raise RuleBroken(f"{item.reference} was decided at this meeting already.")
    raise NotFound("That bid is not on this meeting's agenda.")


def _saved(work: Work, row: DecisionRow, bid: BidRow, meeting: MeetingRow) -> Decision:
    work.session.flush()
    work.announce("meeting", meeting.id)
    found = load_decisions(work.session, bid_ids=[bid.id])[bid.id]
    return next(record for each, record in found if each.id == row.id)
