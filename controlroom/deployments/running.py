"""Use cases from live to closed: review, extension or removal, faults, evaluation."""

from datetime import date

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import local_date, show_day
from controlroom.database.unit_of_work import Work
from controlroom.deployments import dates, moves, rules
from controlroom.deployments.base import DeploymentBase, day_done, needed
from controlroom.deployments.loading import periods_of, review_due_on
from controlroom.deployments.meetings.loading import get_meeting, load_meetings
from controlroom.deployments.meetings.records import MeetingState
from controlroom.deployments.policy import Policy
from controlroom.deployments.records import Deployment, DeploymentState
from controlroom.deployments.tables import DeploymentRow, PeriodRow
from controlroom.deployments.units.records import UnitState
from controlroom.deployments.units.service import lock_unit, rest_unit
from controlroom.errors import InvalidInput, RuleBroken

_S = DeploymentState


class Running(DeploymentBase):
    """What happens to a live camera until its record is closed."""

    def start_review(self, actor: Actor, deployment_id: int, reason: str = "") -> Deployment:
        """Begin the review; before its day only with a reason."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            rules.check_move(row.reference, here.state, _S.REVIEW_DUE)
            today = local_date(work.now)
            if here.review_due_on is not None and today < here.review_due_on and not reason.strip():
                raise RuleBroken(
                    f"The review is due on {show_day(here.review_due_on)}.",
                    remedy="Give a reason for reviewing earlier.",
                )
            moves.move_deployment(work, actor.handle, row, _S.REVIEW_DUE, reason=reason)
            return self._again(work, row)

    def take_to_jag(self, actor: Actor, deployment_id: int, meeting_id: int, paper: str = "") -> Deployment:
        """Put a running deployment on a meeting's agenda, with the extension paper's summary."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            row, here = self._load(work, deployment_id)
            if here.state not in rules.RUNNING:
                raise RuleBroken(
                    f"{here.reference} is {here.state}: there is nothing for the meeting to decide."
                )
            meeting = get_meeting(work.session, meeting_id)
            if meeting.state != MeetingState.PLANNED:
                raise RuleBroken(
                    f"The meeting of {show_day(meeting.day)} is {meeting.state}.",
                    remedy="Choose the next one.",
                )
            row.tabled_meeting_id = meeting.id
            row.paper = paper.strip() or row.paper
            moves.note_deployment(
                work, actor.handle, row, "taken-to-jag", text=row.paper, meeting=str(meeting.day)
            )
            work.announce("meeting", meeting.id)
            return self._again(work, row)

    def order_removal(
        self, actor: Actor, deployment_id: int, reason: str, *, by: date | None = None
    ) -> Deployment:
        """Decide to end it: the unit comes down by `by` (default: its last day). Needs no meeting, but a reason."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            if here.state not in rules.RUNNING:
                raise RuleBroken(f"{here.reference} is {here.state}: there is nothing to end.")
            why = needed(reason, "Why does the deployment end?")
            if by is not None and by < local_date(work.now):
                raise InvalidInput(f"{show_day(by)} is past.", remedy="Choose today or a later day.")
            if by is not None and here.ends_on is not None and by > here.ends_on >= local_date(work.now):
                raise InvalidInput(
                    f"It may stand until {show_day(here.ends_on)}.",
                    remedy="Choose that day or an earlier one.",
                )
            end_row(work, actor.handle, row, why, by=by)
            return self._again(work, row)

    def suspend(self, actor: Actor, deployment_id: int, fault: str) -> Deployment:
        """Note that the camera does not work; the clock runs on, the end stays where it is."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, _ = self._load(work, deployment_id)
            what = needed(fault, "What is wrong with the camera?")
            moves.move_deployment(work, actor.handle, row, _S.SUSPENDED, reason=what)
            moves.move_unit(work, actor.handle, lock_unit(work, row.unit_id or 0), UnitState.FAULTY, what)
            return self._again(work, row)

    def resume(self, actor: Actor, deployment_id: int) -> Deployment:
        """Note that the camera works again; its end has not moved."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            if here.state is not _S.SUSPENDED:
                raise RuleBroken(f"{here.reference} is {here.state}: there is nothing to resume.")
            back = calendar_state(work, row, self._policy)
            moves.move_deployment(work, actor.handle, row, back)
            moves.move_unit(work, actor.handle, lock_unit(work, row.unit_id or 0), UnitState.LIVE)
            return self._again(work, row)

    def remove(
        self, actor: Actor, deployment_id: int, *, signs_down: bool, on: date | None = None
    ) -> Deployment:
        """Record that the unit and its signs are down."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            rules.check_move(row.reference, here.state, _S.REMOVED)
            if not signs_down:
                raise RuleBroken(
                    "The signs are still up.",
                    "They promise a camera that is not there.",
                    "Have them taken down as well.",
                )
            day = day_done(on, work.now, not_before=row.live_on, what="The removal")
            row.removed_on = day
            # The day of removal is free again: a unit may come down in the morning and go up elsewhere after noon.
            row.stays_to = max(row.stays_from or day, dates.day_of_period(day, 0))
            moves.move_deployment(work, actor.handle, row, _S.REMOVED, on=str(day), keep_reason=True)
            rest_unit(work, actor.handle, row.unit_id or 0)
            return self._again(work, row)

    def evaluate(
        self, actor: Actor, deployment_id: int, text: str, *, before: int, during: int, after: int
    ) -> Deployment:
        """Record what the camera changed, two months after its removal: reports per period before, during, after."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            rules.check_move(row.reference, here.state, _S.EVALUATED)
            due = dates.add_months(here.removed_on or local_date(work.now), self._policy.evaluation_months)
            if local_date(work.now) < due:
                raise RuleBroken(f"The evaluation is due on {show_day(due)}, not earlier.")
            if min(before, during, after) < 0:
                raise InvalidInput("A count of reports cannot be below nought.")
            row.evaluation = needed(text, "What did the camera change?")
            row.reports_before, row.reports_during, row.reports_after = before, during, after
            row.evaluated_on = local_date(work.now)
            moves.move_deployment(
                work,
                actor.handle,
                row,
                _S.EVALUATED,
                reason=row.evaluation,
                keep_reason=True,
                before=before,
                during=during,
                after=after,
            )
            return self._again(work, row)

    def close(self, actor: Actor, deployment_id: int) -> Deployment:
        """Close the record: nothing is changed in it afterwards."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, _ = self._load(work, deployment_id)
            moves.move_deployment(work, actor.handle, row, _S.CLOSED, keep_reason=True)
            return self._again(work, row)


def end_row(work: Work, who: str, row: DeploymentRow, reason: str, *, by: date | None = None) -> None:
    """Take a running deployment to its end, along the road through its review."""
    if row.state != _S.SUSPENDED:
        bring_to_review(work, who, row, reason)
    moves.move_deployment(work, who, row, _S.ENDING, reason=reason, by=str(by or row.stays_to))
    row.tabled_meeting_id = None
    if by is not None:
        row.stays_to = max(by, row.stays_from or by)


def extend_row(
    work: Work, who: str, row: DeploymentRow, decision_id: int, policy: Policy, reason: str
) -> date:
    """Give a running deployment a further period by a JAG decision; returns its new last day."""
    today = local_date(work.now)
    period = rules.next_period(periods_of(row), policy.months, today)
    suspended = row.state == _S.SUSPENDED
    if not suspended:
        bring_to_review(work, who, row, reason)
        moves.move_deployment(work, who, row, _S.EXTENDED, reason=reason, ends_on=str(period.ends_on))
    else:
        moves.note_deployment(
            work, who, row, "extended", text=reason, ends_on=str(period.ends_on), was=row.state
        )
    row.periods.append(
        PeriodRow(
            number=period.number, starts_on=period.starts_on, ends_on=period.ends_on, decision_id=decision_id
        )
    )
    row.stays_to, row.tabled_meeting_id = period.ends_on, None
    if not suspended and today >= period.starts_on:
        moves.move_deployment(work, who, row, _S.LIVE)
    return period.ends_on


def bring_to_review(work: Work, who: str, row: DeploymentRow, reason: str) -> None:
    """Walk a running deployment to its review, whatever the calendar says, so that it can be decided."""
    if row.state == _S.EXTENDED:
        moves.move_deployment(work, who, row, _S.LIVE)
    if row.state == _S.LIVE:
        moves.move_deployment(work, who, row, _S.REVIEW_DUE, reason=reason)


def calendar_state(work: Work, row: DeploymentRow, policy: Policy) -> DeploymentState:
    """The state the calendar gives a deployment that runs."""
    due = review_due_on(periods_of(row), load_meetings(work.session), policy)
    return rules.running_state(periods_of(row), due, local_date(work.now))
