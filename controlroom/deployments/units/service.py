"""Use cases of the RDC units."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.cameras.tables import CameraRow
from controlroom.database.unit_of_work import Database, Work
from controlroom.deployments import moves
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.records import DeploymentState
from controlroom.deployments.rules import UP
from controlroom.deployments.tables import DeploymentRow
from controlroom.deployments.units.records import NewUnit, Unit, UnitState
from controlroom.deployments.units.tables import UnitRow
from controlroom.errors import InvalidInput, NotFound, RuleBroken

_ASSET = re.compile(r"[A-Z]{2,5}-\d{2,3}")
_HOLDING = sorted({*UP, DeploymentState.SCHEDULED})


class UnitService:
    """The units: adding, faults and repairs, taking out of use. Deployments move them otherwise."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def units(self, actor: Actor) -> list[Unit]:
        """Every unit in use, by asset number, with the place it stands at or is promised to."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return load_units(session)

    def add(self, actor: Actor, unit: NewUnit) -> Unit:
        """Add a unit, in store."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            _check(work.session, unit)
            row = UnitRow(
                asset=unit.asset,
                make=unit.make.strip(),
                model=unit.model.strip(),
                sim=unit.sim.strip(),
                address=unit.address.strip(),
                state=UnitState.IN_STORE.value,
                note="",
                since=work.now,
                camera_id=_camera_id(work.session, unit.camera_number),
            )
            work.session.add(row)
            work.session.flush()
            audit.record(work, actor.handle, "unit.added", "unit", row.asset, make=row.make, model=row.model)
            work.announce("unit", row.id)
            return _record(row, unit.camera_number, None)

    def report_fault(self, actor: Actor, unit_id: int, what: str) -> None:
        """Note that a unit in store or scheduled is faulty; one on its column is suspended at its deployment."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row = lock_unit(work, unit_id)
            if not what.strip():
                raise InvalidInput("What is wrong with the unit?", remedy="Say it in a few words.")
            if row.state not in {UnitState.IN_STORE, UnitState.SCHEDULED, UnitState.FAULTY}:
                raise RuleBroken(
                    f"{row.asset} is {row.state}.", remedy="Suspend its deployment; that marks the unit too."
                )
            moves.move_unit(work, actor.handle, row, UnitState.FAULTY, what.strip())

    def report_repair(self, actor: Actor, unit_id: int) -> None:
        """Note that a faulty unit in store works again."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row = lock_unit(work, unit_id)
            if row.state != UnitState.FAULTY:
                raise RuleBroken(f"{row.asset} is not faulty: it is {row.state}.")
            holder = _holders(work.session).get(row.id)
            if holder is not None and holder[0].state != DeploymentState.SCHEDULED:
                raise RuleBroken(
                    f"{row.asset} is on its column.", remedy="Resume its deployment; that marks the unit too."
                )
            moves.move_unit(work, actor.handle, row, resting_state(work.session, row.id))

    def retire(self, actor: Actor, unit_id: int, why: str) -> None:
        """Take a unit out of use; its records stay."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_DEPLOYMENTS)
            row = lock_unit(work, unit_id)
            if not why.strip():
                raise InvalidInput("Why is the unit taken out of use?", remedy="Say it in a few words.")
            if (holder := _holders(work.session).get(row.id)) is not None:
                raise RuleBroken(
                    f"{holder[0].reference} holds {row.asset}.",
                    remedy="Remove or abort that deployment first.",
                )
            moves.move_unit(work, actor.handle, row, UnitState.RETIRED, why.strip())


def lock_unit(work: Work, unit_id: int) -> UnitRow:
    """The unit's row, locked until the transaction ends: two desks cannot give it away at once."""
    row = work.session.scalars(select(UnitRow).filter_by(id=unit_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("There is no such unit.")
    return row


def resting_state(session: Session, unit_id: int) -> UnitState:
    """The state of a working unit that hangs nowhere: scheduled when a deployment holds it, else in store."""
    held = session.scalars(
        select(DeploymentRow.id).filter_by(unit_id=unit_id, state=DeploymentState.SCHEDULED.value)
    ).first()
    return UnitState.SCHEDULED if held is not None else UnitState.IN_STORE


def rest_unit(work: Work, who: str, unit_id: int) -> None:
    """Give back a unit a deployment no longer holds; one that hangs elsewhere, is faulty or out of use stays so."""
    row = lock_unit(work, unit_id)
    work.session.flush()
    hangs = work.session.scalars(
        select(DeploymentRow.id).filter_by(unit_id=unit_id).where(DeploymentRow.state.in_(sorted(UP)))
    ).first()
    if hangs is None and row.state not in {UnitState.FAULTY, UnitState.RETIRED}:
        moves.move_unit(work, who, row, resting_state(work.session, unit_id))


def load_units(session: Session) -> list[Unit]:
    """Every unit in use, by asset number."""
    rows = session.execute(
        select(UnitRow, CameraRow.number)
        .outerjoin(CameraRow, CameraRow.id == UnitRow.camera_id)
        .where(UnitRow.state != UnitState.RETIRED.value)
        .order_by(UnitRow.asset)
    ).all()
    holders = _holders(session)
    return [_record(row, number or "", holders.get(row.id)) for row, number in rows]


def _holders(session: Session) -> dict[int, tuple[DeploymentRow, str]]:
    """By unit: the deployment it stands at, else the next one it is promised to, with the place."""
    rows = session.execute(
        select(DeploymentRow, BidRow.place)
        .join(BidRow, BidRow.id == DeploymentRow.bid_id)
        .where(DeploymentRow.state.in_(_HOLDING), DeploymentRow.unit_id.is_not(None))
        .order_by(DeploymentRow.install_on.desc())
    ).all()
    found: dict[int, tuple[DeploymentRow, str]] = {}
    for row, place in sorted(((row, place) for row, place in rows), key=lambda each: each[0].state in UP):
        if row.unit_id is not None:
            found[row.unit_id] = (row, place)
    return found


def _record(row: UnitRow, camera_number: str, holder: tuple[DeploymentRow, str] | None) -> Unit:
    return Unit(
        id=row.id,
        asset=row.asset,
        make=row.make,
        model=row.model,
        sim=row.sim,
        address=row.address,
        state=UnitState(row.state),
        note=row.note,
        since=row.since,
        camera_number=camera_number,
        where=holder[1] if holder else "",
        deployment=holder[0].reference if holder else "",
    )


def _check(session: Session, unit: NewUnit) -> None:
    if not _ASSET.fullmatch(unit.asset):
        raise InvalidInput(f"'{unit.asset}' is not an asset number.", remedy="Write it as RDC-11.")
    if not unit.make.strip() or not unit.model.strip():
        raise InvalidInput("The unit needs a make and a model.")
    if session.scalars(select(UnitRow).filter_by(asset=unit.asset)).first():
        raise InvalidInput(f"There is a unit {unit.asset} already.", remedy="Choose the next number.")


def _camera_id(session: Session, number: str) -> int | None:
    if not number:
        return None
    found = session.scalars(select(CameraRow.id).filter_by(number=number)).one_or_none()
    if found is None:
        raise InvalidInput(
            f"There is no camera {number} in the register.", remedy="Add it there first, or leave it empty."
        )
    return found
