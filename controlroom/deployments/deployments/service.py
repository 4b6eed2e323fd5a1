"""Takes deployments from the plan to the closed record, checking everything rule 2 (docs/rules.md) asks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, writing
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.act import Act
from controlroom.audit.records import AuditEntry
from controlroom.audit.service import entries_about
from controlroom.clock import local_date, show_day
from controlroom.database.rows import get_row
from controlroom.database.unit_of_work import Database
from controlroom.deployments import dates
from controlroom.deployments.bids import rules as bid_rules
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import ends, queries, rules
from controlroom.deployments.deployments import work as operations
from controlroom.deployments.deployments.checks import (
    RECORDABLE,
    check_day,
    check_none_failed,
    first_installation_day,
    record_check,
)
from controlroom.deployments.deployments.pictures import Decodes, kept_picture
from controlroom.deployments.deployments.records import (
    Check,
    CheckKind,
    Deployment,
    DeploymentAction,
    DeploymentState,
)
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.input_checks import check_near, day_done, needed
from controlroom.deployments.jag import Jag
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.work import lock_unit
from controlroom.errors import InvalidInput, NotFound, RuleBroken
from controlroom.log.snapshots import SnapshotStore
from controlroom.texts import Longest, required, says_something, takes_texts

_S = DeploymentState


@takes_texts
class DeploymentService:
    """Plan, survey, schedule, install, go live; review, end, mend, remove, evaluate, close. Meetings decide."""

    def __init__(
        self, database: Database, policy: Policy, jag: Jag, pictures: SnapshotStore, check_decodes: Decodes
    ) -> None:
        """`pictures` is where test pictures are kept, once `check_decodes` has decoded them."""
        self._database, self._policy, self._jag, self._pictures = database, policy, jag, pictures
        self._check_decodes = check_decodes

    def deployments(self, actor: Actor) -> list[Deployment]:
        """Every deployment, newest first."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            rows = session.scalars(select(DeploymentRow).order_by(DeploymentRow.id.desc()))
            return self._load(session, rows)

    def deployment(self, actor: Actor, deployment_id: int) -> Deployment:
        """One deployment."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return self._load(session, [get_row(session, DeploymentRow, deployment_id, "deployment")])[0]

    def history(self, actor: Actor, deployment_id: int) -> list[AuditEntry]:
        """What was done to it, oldest first."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            row = get_row(session, DeploymentRow, deployment_id, "deployment")
            return entries_about(session, "deployment", row.reference)

    # -- to a live camera --------------------------------------------------------------------------------------

    def plan(self, actor: Actor, bid_id: int) -> Deployment:
        """Begin a deployment for a bid: survey and DPIA may precede the decision, the installation may not."""
        with writing(self._database, actor, Permission.MANAGE_DEPLOYMENTS) as act:
            bid = get_row(act.session, BidRow, bid_id, "bid", lock=True)
            if BidState(bid.state) not in bid_rules.PLANNABLE:
                raise RuleBroken(
                    f"{bid.reference} is {bid.state}: nothing is planned for it.",
                    remedy="Assess the bid first.",
                )
            if (other := queries.open_deployment(act.session, bid.id)) is not None:
                raise RuleBroken(
                    f"{other.reference} is under way for {bid.reference}.", remedy="Go on with that one."
                )
            return self._record(act, operations.plan_deployment(act, bid))

    def record_survey(
        self,
        actor: Actor,
        deployment_id: int,
        *,
        column: Annotated[str, Longest(40)],
        note: str,
        on: date | None = None,
    ) -> Deployment:
        """Record that the site was surveyed: the lamp column found fit, and what was seen."""
        with self._checking(actor, deployment_id, CheckKind.SURVEY, on) as (act, row, day):
            where = needed(column, "Which lamp column was surveyed?")
            seen = required(note, "What did the survey find: power, signal, view, homes?", field="note")
            record_check(act, row, Check(CheckKind.SURVEY, True, day, where, seen))
            return self._record(act, row)

    def record_dpia(
        self,
        actor: Actor,
        deployment_id: int,
        *,
        passed: bool,
        reference: Annotated[str, Longest(40)],
        note: str = "",
        on: date | None = None,
    ) -> Deployment:
        """Record the outcome of the data-protection impact assessment; a failure takes an earlier pass back."""
        with self._checking(actor, deployment_id, CheckKind.DPIA, on) as (act, row, day):
            filed = needed(reference, "Under which reference is the DPIA filed?")
            record_check(act, row, Check(CheckKind.DPIA, passed, day, filed, note))
            return self._record(act, row)

    def schedule(self, actor: Actor, deployment_id: int, unit_id: int, on: date) -> Deployment:
        """Promise a unit for a day, or change both; refused without decision and DPIA, or when the unit is taken."""
        with self._changing(actor, deployment_id) as (act, row, here):
            rules.check_recordable(here, rules.BEFORE_INSTALLED, "a unit and a day")
            rules.check_nothing_lacking("Scheduling", here, DeploymentAction.SCHEDULE)
            check_near(on, act.today, field="on")
            if on < act.today:
                raise InvalidInput(f"{show_day(on)} is past.", remedy="Choose today or a later day.")
            unit, months = lock_unit(act.session, unit_id), self._policy.months
            queries.check_unit(act.session, unit, row, on, months=months, today=act.today)
            operations.schedule(act, row, unit, on, here.approval.id if here.approval else None, months)
            return self._record(act, row)

    def install(self, actor: Actor, deployment_id: int, *, on: date | None = None) -> Deployment:
        """Record that the unit hangs on its column; every condition is checked again at this moment."""
        with self._changing(actor, deployment_id) as (act, row, here):
            if here.state in rules.BEFORE_INSTALLED:
                rules.check_nothing_lacking("Installing", here, DeploymentAction.INSTALL)
            rules.check_move(row.reference, here.state, _S.INSTALLED)
            check_none_failed(here)
            first = first_installation_day(here)
            day = day_done(on, act.today, not_before=first, what="The installation")
            unit, months = lock_unit(act.session, row.unit_id), self._policy.months
            queries.check_unit(act.session, unit, row, day, months=months, today=act.today, hanging=True)
            operations.install(act, row, unit, day, here.approval.id if here.approval else None, months)
            return self._record(act, row)

    def record_signs(self, actor: Actor, deployment_id: int, *, on: date | None = None) -> Deployment:
        """Record that the signs are up."""
        with self._checking(actor, deployment_id, CheckKind.SIGNS, on) as (act, row, day):
            record_check(act, row, Check(CheckKind.SIGNS, True, day))
            return self._record(act, row)

    def record_test_image(
        self, actor: Actor, deployment_id: int, picture: Path, *, on: date | None = None
    ) -> Deployment:
        """Store the picture that shows the view from the column; it is known by its SHA-256 from then on."""
        with self._checking(actor, deployment_id, CheckKind.PICTURE, on) as (act, row, day):
            with kept_picture(self._pictures, picture, act.at, self._check_decodes) as kept:
                check = Check(CheckKind.PICTURE, True, day, picture.name[:255], "", kept.path, kept.sha256)
                record_check(act, row, check)
                return self._record(act, row)

    def record_failed_check(
        self, actor: Actor, deployment_id: int, kind: CheckKind, why: str, *, on: date | None = None
    ) -> Deployment:
        """Record that a check does not hold (any more); a camera that watches is suspended."""
        with self._checking(actor, deployment_id, kind, on) as (act, row, day):
            reason = required(why, "What is wrong?", field="why")
            record_check(act, row, Check(kind, False, day, "", reason))
            return self._record(act, row)

    def picture(self, actor: Actor, deployment_id: int) -> Path:
        """The file of the newest test picture; raises NotFound when there is none, or it is gone."""
        newest = self.deployment(actor, deployment_id).newest(CheckKind.PICTURE)
        if newest is None or newest.picture is None:
            raise NotFound("There is no test picture.", remedy="Take one, or choose a file.")
        return self._pictures.path_of(newest.picture)

    def go_live(self, actor: Actor, deployment_id: int) -> Deployment:
        """Put the camera to work: its period starts today. Refused without signs and a test picture."""
        with self._changing(actor, deployment_id) as (act, row, here):
            if here.state is _S.INSTALLED:
                rules.check_nothing_lacking("Going live", here, DeploymentAction.GO_LIVE)
            rules.check_move(row.reference, here.state, _S.LIVE)
            unit, months = lock_unit(act.session, row.unit_id), self._policy.months
            stay = (row.stays_from or act.today, dates.last_day(act.today, months))
            queries.check_stays(act.session, unit, row.id, stay)
            operations.go_live(act, row, unit, months)
            return self._record(act, row)

    def abort(self, actor: Actor, deployment_id: int, reason: str, *, unit_down: bool = False) -> Deployment:
        """Give up before the camera was live; one that hangs already has to be taken down first (`unit_down`)."""
        with self._changing(actor, deployment_id) as (act, row, here):
            why = required(reason, "Why is the deployment aborted?", field="reason")
            rules.check_move(row.reference, here.state, _S.ABORTED)
            if here.state is _S.INSTALLED and not unit_down:
                raise RuleBroken(
                    f"{here.asset} still hangs on its column.", remedy="Have it and its signs taken down."
                )
            operations.abort(act, row, why)
            return self._record(act, row)

    # -- from live to closed -----------------------------------------------------------------------------------

    def start_review(self, actor: Actor, deployment_id: int, reason: str = "") -> Deployment:
        """Begin the review; before its day only with a reason."""
        with self._changing(actor, deployment_id) as (act, row, here):
            rules.check_move(row.reference, here.state, _S.REVIEW_DUE)
            if (
                here.review_due_on is not None
                and act.today < here.review_due_on
                and not says_something(reason)
            ):
                raise RuleBroken(
                    f"The review is due on {show_day(here.review_due_on)}.",
                    remedy="Give a reason for reviewing earlier.",
                )
            operations.move_deployment(act, row, _S.REVIEW_DUE, reason=reason)
            return self._record(act, row)

    def order_removal(
        self, actor: Actor, deployment_id: int, reason: str, *, by: date | None = None
    ) -> Deployment:
        """Decide to end it, with a reason: the unit comes down by `by`, its last day at most. The JAG may say later."""
        with self._changing(actor, deployment_id) as (act, row, here):
            if here.state not in rules.RUNNING:
                raise RuleBroken(f"{here.reference} is {here.state}: there is nothing to end.")
            why = required(reason, "Why does the deployment end?", field="reason")
            ends.check_removal_day(by, here.ends_on, act.today, "A later day needs the meeting.")
            operations.end(act, row, why, by=by)
            return self._record(act, row)

    def suspend(self, actor: Actor, deployment_id: int, fault: str) -> Deployment:
        """Note that the camera does not work; the period runs on, its end stays where it is."""
        with self._changing(actor, deployment_id) as (act, row, _):
            operations.suspend(act, row, required(fault, "What is wrong with the camera?", field="fault"))
            return self._record(act, row)

    def resume(self, actor: Actor, deployment_id: int) -> Deployment:
        """Note that the camera works again; its end has not moved."""
        with self._changing(actor, deployment_id) as (act, row, here):
            if here.state is not _S.SUSPENDED:
                raise RuleBroken(f"{here.reference} is {here.state}: there is nothing to resume.")
            check_none_failed(here)
            rules.check_nothing_lacking("Resuming", here, DeploymentAction.RESUME)
            periods = queries.periods_of(row)
            due = queries.review_due_on(periods, self._jag.calendar(act.session), self._policy)
            operations.resume(act, row, rules.running_state(periods, due, act.today))
            return self._record(act, row)

    def remove(
        self, actor: Actor, deployment_id: int, *, signs_down: bool, on: date | None = None
    ) -> Deployment:
        """Record that the unit and its signs are down."""
        with self._changing(actor, deployment_id) as (act, row, here):
            rules.check_move(row.reference, here.state, _S.REMOVED)
            if not signs_down:
                raise RuleBroken(
                    "The signs are still up.",
                    "They promise a camera that is not there.",
                    "Have them taken down as well.",
                )
            up_since = row.live_on or row.installed_on
            day = day_done(on, act.today, not_before=up_since, what="The removal")
            operations.remove(act, row, day)
            return self._record(act, row)

    def evaluate(
        self, actor: Actor, deployment_id: int, text: str, *, before: int, during: int, after: int
    ) -> Deployment:
        """Record what the camera changed, two months after its removal: reports per period before, during, after."""
        with self._changing(actor, deployment_id) as (act, row, here):
            rules.check_move(row.reference, here.state, _S.EVALUATED)
            due = dates.add_months(here.removed_on or act.today, self._policy.evaluation_months)
            if act.today < due:
                raise RuleBroken(f"The evaluation is due on {show_day(due)}, not earlier.")
            if min(before, during, after) < 0:
                raise InvalidInput("A count of reports cannot be below nought.")
            found = required(text, "What did the camera change?", field="text")
            operations.evaluate(act, row, found, before, during, after)
            return self._record(act, row)

    def close(self, actor: Actor, deployment_id: int) -> Deployment:
        """Close the record: nothing is changed in it afterwards."""
        with self._changing(actor, deployment_id) as (act, row, _):
            operations.move_deployment(act, row, _S.CLOSED, keep_reason=True)
            return self._record(act, row)

    # -- the parts ---------------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self, actor: Actor, deployment_id: int) -> Iterator[tuple[Act, DeploymentRow, Deployment]]:
        """An act of somebody who may manage deployments, the locked row, and what it says today."""
        with writing(self._database, actor, Permission.MANAGE_DEPLOYMENTS) as act:
            row = get_row(act.session, DeploymentRow, deployment_id, "deployment", lock=True)
            yield act, row, self._load(act.session, [row])[0]

    @contextmanager
    def _checking(
        self, actor: Actor, deployment_id: int, kind: CheckKind, on: date | None
    ) -> Iterator[tuple[Act, DeploymentRow, date]]:
        """An act of somebody who records a check of this kind, the locked row, and the day of the check."""
        with self._changing(actor, deployment_id) as (act, row, here):
            rules.check_recordable(here, RECORDABLE[kind], f"'{kind.words}'")
            yield act, row, check_day(kind, here, on, act.today)

    def _record(self, act: Act, row: DeploymentRow) -> Deployment:
        """The record after a change."""
        act.session.flush()
        return self._load(act.session, [row])[0]

    def _load(self, session: Session, rows: Iterable[DeploymentRow]) -> list[Deployment]:
        today = local_date(self._database.clock.now())
        return queries.load(session, rows, self._policy, self._jag, today)
