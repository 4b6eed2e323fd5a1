"""Use cases from a plan to a live camera, with every guard of rule 2."""

from datetime import date

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import local_date, show_day
from controlroom.database.unit_of_work import Work
from controlroom.deployments import dates, moves, rules
from controlroom.deployments.base import DeploymentBase, day_done, needed
from controlroom.deployments.bids import rules as bid_rules
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.loading import approval_id, load_one
from controlroom.deployments.records import Deployment, DeploymentState, Dpia
from controlroom.deployments.tables import DeploymentRow, PeriodRow
from controlroom.deployments.units.records import UnitState
from controlroom.deployments.units.service import lock_unit, rest_unit
from controlroom.deployments.units.tables import UnitRow
from controlroom.errors import InvalidInput, NotFound, RuleBroken

_S = DeploymentState


class Installing(DeploymentBase):
    """Plan, survey, assess, schedule, install, sign, look, go live; or abort on the way."""

    def plan(self, actor: Actor, bid_id: int) -> Deployment:
        """Begin a deployment for a bid: survey and DPIA may precede the decision, the installation may not."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            bid = work.session.scalars(select(BidRow).filter_by(id=bid_id).with_for_update()).one_or_none()
            if bid is None:
                raise NotFound("There is no such bid.")
            if BidState(bid.state) not in bid_rules.PLANNABLE:
                raise RuleBroken(
                    f"{bid.reference} is {bid.state}: nothing is planned for it.",
                    remedy="Assess the bid first.",
                )
            if (other := open_deployment(work, bid.id)) is not None:
                raise RuleBroken(
                    f"{other.reference} is under way for {bid.reference}.", remedy="Go on with that one."
                )
            row = _new_row(work, bid)
            work.session.add(row)
            work.session.flush()
            moves.note_deployment(work, actor.handle, row, "planned", bid=bid.reference)
            work.announce("bid", bid.id)
            return self._again(work, row)

    def record_survey(
        self, actor: Actor, deployment_id: int, *, column: str, note: str, on: date | None = None
    ) -> Deployment:
        """Record that the site was surveyed: the lamp column found fit, and what was seen."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            _refuse_unless(here, rules.BEFORE_INSTALLED, "the survey")
            row.column = needed(column, "Which lamp column was surveyed?")
            row.survey_note = needed(note, "What did the survey find: power, signal, view, homes?")
            row.survey_on = day_done(on, work.now, not_before=None, what="The survey")
            moves.note_deployment(work, actor.handle, row, "survey", text=row.survey_note, column=row.column)
            self._surveyed_when_both(work, actor, row)
            return self._again(work, row)

    def record_dpia(
        self,
        actor: Actor,
        deployment_id: int,
        *,
        passed: bool,
        reference: str,
        note: str = "",
        on: date | None = None,
    ) -> Deployment:
        """Record the outcome of the data-protection impact assessment; a later failure takes an earlier pass back."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            _refuse_unless(here, rules.BEFORE_INSTALLED, "the DPIA")
            row.dpia_reference = needed(reference, "Under which reference is the DPIA filed?")
            row.dpia_on = day_done(on, work.now, not_before=None, what="The DPIA")
            row.dpia = (Dpia.PASSED if passed else Dpia.FAILED).value
            verb = "dpia-passed" if passed else "dpia-failed"
            moves.note_deployment(work, actor.handle, row, verb, text=note.strip(), dpia=row.dpia_reference)
            self._surveyed_when_both(work, actor, row)
            return self._again(work, row)

    def schedule(self, actor: Actor, deployment_id: int, unit_id: int, on: date) -> Deployment:
        """Promise a unit for a day, or change both; refused without decision and DPIA, or when the unit is taken."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            _refuse_unless(here, frozenset({_S.PLANNED, _S.SURVEYED, _S.SCHEDULED}), "a unit and a day")
            rules.check_lacking("Scheduling", rules.lacks_for_schedule(here))
            if on < local_date(work.now):
                raise InvalidInput(f"{show_day(on)} is past.", remedy="Choose today or a later day.")
            unit = lock_unit(work, unit_id)
            self._check_unit(work, unit, row, on)
            before = row.unit_id
            row.unit_id, row.install_on = unit.id, on
            row.decision_id = approval_id(work.session, row.bid_id, local_date(work.now))
            row.stays_from, row.stays_to = on, dates.last_day(on, self._policy.months)
            if here.state is _S.SCHEDULED:
                moves.note_deployment(
                    work, actor.handle, row, "rescheduled", unit=unit.asset, install_on=str(on)
                )
            else:
                moves.move_deployment(
                    work, actor.handle, row, _S.SCHEDULED, unit=unit.asset, install_on=str(on)
                )
            work.session.flush()
            if before is not None and before != unit.id:
                rest_unit(work, actor.handle, before)
            if unit.state == UnitState.IN_STORE:
                moves.move_unit(work, actor.handle, unit, UnitState.SCHEDULED)
            return self._again(work, row)

    def install(self, actor: Actor, deployment_id: int, *, on: date | None = None) -> Deployment:
        """Record that the unit hangs on its column; every guard is asked again at this moment."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            if here.state in {_S.PLANNED, _S.SURVEYED, _S.SCHEDULED}:
                rules.check_lacking("Installing", rules.lacks_for_install(here))
            rules.check_move(row.reference, here.state, _S.INSTALLED)
            decided = here.approval.decided_on if here.approval else None
            day = day_done(on, work.now, not_before=decided, what="The installation")
            unit = lock_unit(work, row.unit_id or 0)
            self._check_unit(work, unit, row, day, hanging=True)
            row.decision_id = approval_id(work.session, row.bid_id, local_date(work.now))
            row.installed_on = row.stays_from = day
            row.stays_to = dates.last_day(day, self._policy.months)
            moves.move_deployment(work, actor.handle, row, _S.INSTALLED, unit=unit.asset, on=str(day))
            moves.move_unit(work, actor.handle, unit, UnitState.INSTALLED)
            return self._again(work, row)

    def record_signs(self, actor: Actor, deployment_id: int, *, on: date | None = None) -> Deployment:
        """Record that the signs are up."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            _refuse_unless(here, frozenset({_S.SCHEDULED, _S.INSTALLED}), "the signs")
            row.signs_up_on = day_done(on, work.now, not_before=None, what="Putting up signs")
            moves.note_deployment(work, actor.handle, row, "signs-up", on=str(row.signs_up_on))
            return self._again(work, row)

    def record_test_image(self, actor: Actor, deployment_id: int, image: str) -> Deployment:
        """Record where the picture is kept that shows the view from the column."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            _refuse_unless(here, frozenset({_S.INSTALLED}), "a test image")
            row.test_image = needed(image, "Where is the test image kept?")[:255]
            row.test_image_at = work.now
            moves.note_deployment(work, actor.handle, row, "test-image", text=row.test_image)
            return self._again(work, row)

    def go_live(self, actor: Actor, deployment_id: int) -> Deployment:
        """Put the camera to work: the clock starts today. Refused without signs and a test image."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            if here.state is _S.INSTALLED:
                rules.check_lacking("Going live", rules.lacks_for_live(here))
            rules.check_move(row.reference, here.state, _S.LIVE)
            today = local_date(work.now)
            unit = lock_unit(work, row.unit_id or 0)
            ends = dates.last_day(today, self._policy.months)
            check_stays(work, unit, row.id, (row.stays_from or today, ends))
            row.live_on, row.stays_to = today, ends
            decision = row.decision_id or 0
            row.periods.append(PeriodRow(number=1, starts_on=today, ends_on=ends, decision_id=decision))
            moves.move_deployment(work, actor.handle, row, _S.LIVE, ends_on=str(ends))
            moves.move_unit(work, actor.handle, unit, UnitState.LIVE)
            bid = work.session.get_one(BidRow, row.bid_id)
            if bid.state == BidState.APPROVED:
                moves.move_bid(work, actor, bid, BidState.DEPLOYED, deployment=row.reference)
            return self._again(work, row)

    def abort(self, actor: Actor, deployment_id: int, reason: str, *, unit_down: bool = False) -> Deployment:
        """Give up before the camera was live; one that hangs already has to be taken down first (`unit_down`)."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row, here = self._load(work, deployment_id)
            why = needed(reason, "Why is the deployment aborted?")
            rules.check_move(row.reference, here.state, _S.ABORTED)
            if here.state is _S.INSTALLED and not unit_down:
                raise RuleBroken(
                    f"{here.asset} still hangs on its column.", remedy="Have it and its signs taken down."
                )
            abort_row(work, actor.handle, row, why)
            if row.unit_id is not None:
                rest_unit(work, actor.handle, row.unit_id)
            return self._again(work, row)

    def _check_unit(
        self, work: Work, unit: UnitRow, row: DeploymentRow, on: date, *, hanging: bool = False
    ) -> None:
        if unit.state in {UnitState.FAULTY, UnitState.RETIRED}:
            raise RuleBroken(f"{unit.asset} is {unit.state}: {unit.note}.", remedy="Choose another unit.")
        up = work.session.scalars(
            select(DeploymentRow)
            .filter_by(unit_id=unit.id)
            .where(DeploymentRow.id != row.id, DeploymentRow.state.in_(sorted(rules.UP)))
        ).first()
        if up is not None:
            other = load_one(work.session, up, self._policy, local_date(work.now))
            if hanging:
                raise RuleBroken(
                    f"{unit.asset} still hangs at {other.place} ({other.reference}).",
                    remedy="Record its removal first.",
                )
            if rules.past_end(other.state, other.ends_on, local_date(work.now)):
                raise RuleBroken(
                    f"{unit.asset} stands at {other.place} past its end, and nobody has decided.",
                    remedy=f"Have {other.reference} extended or ended first.",
                )
        check_stays(work, unit, row.id, (on, dates.last_day(on, self._policy.months)))

    def _surveyed_when_both(self, work: Work, actor: Actor, row: DeploymentRow) -> None:
        if row.state == _S.PLANNED and row.survey_on is not None and row.dpia == Dpia.PASSED:
            moves.move_deployment(work, actor.handle, row, _S.SURVEYED)


def check_stays(work: Work, unit: UnitRow, row_id: int, stay: tuple[date, date | None]) -> None:
    """Refuse a stay that overlaps another one of the unit; the unit's row is locked by the caller."""
    rows = work.session.execute(
        select(DeploymentRow, BidRow.place)
        .join(BidRow, BidRow.id == DeploymentRow.bid_id)
        .where(
            DeploymentRow.unit_id == unit.id,
            DeploymentRow.id != row_id,
            DeploymentRow.stays_from.is_not(None),
        )
    )
    others = [
        (f"{row.reference} ({place})", row.stays_from, row.stays_to)
        for row, place in rows
        if row.stays_from is not None
    ]
    rules.check_stay(stay, others, unit.asset)


def abort_row(work: Work, who: str, row: DeploymentRow, reason: str) -> None:
    """Abort, and free the days the deployment held; one that was installed keeps the days it stood."""
    was = DeploymentState(row.state)
    moves.move_deployment(work, who, row, _S.ABORTED, reason=reason)
    today = local_date(work.now)
    if was is _S.INSTALLED and row.stays_from is not None:
        row.removed_on, row.stays_to = today, max(row.stays_from, dates.day_of_period(today, 0))
    else:
        row.stays_from = row.stays_to = None
    work.announce("bid", row.bid_id)


def open_deployment(work: Work, bid_id: int) -> DeploymentRow | None:
    """The deployment under way for a bid, None when there is none or it was aborted."""
    closed = [_S.ABORTED.value, *(state.value for state in rules.OVER)]
    return work.session.scalars(
        select(DeploymentRow).filter_by(bid_id=bid_id).where(DeploymentRow.state.not_in(closed))
    ).first()


def _refuse_unless(here: Deployment, states: frozenset[DeploymentState], what: str) -> None:
    if here.state not in states:
        raise RuleBroken(f"{here.reference} is {here.state}: {what} cannot be recorded now.")


def _new_row(work: Work, bid: BidRow) -> DeploymentRow:
    return DeploymentRow(
        reference=work.next_reference("DEP"),
        state=_S.PLANNED.value,
        bid_id=bid.id,
        created_at=work.now,
        column="",
        survey_note="",
        dpia=Dpia.NONE.value,
        dpia_reference="",
        test_image="",
        evaluation="",
        paper="",
        reason="",
    )
