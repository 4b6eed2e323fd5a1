"""Use cases of the RDC units."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, writing
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.tables import CameraRow
from controlroom.database.rows import to_record
from controlroom.database.unit_of_work import Database
from controlroom.deployments.input_checks import needed
from controlroom.deployments.units import rules
from controlroom.deployments.units.records import Holder, NewUnit, Unit, UnitState
from controlroom.deployments.units.tables import UnitRow
from controlroom.deployments.units.work import add_unit, lock_unit, move_unit
from controlroom.errors import InvalidInput

_MANAGE = Permission.MANAGE_DEPLOYMENTS
Holders = Callable[[Session], Mapping[int, Holder]]


class UnitService:
    """The units: adding, faults and repairs, taking out of use. Deployments move them otherwise."""

    def __init__(self, database: Database, holders: Holders) -> None:
        """`holders` says by unit id which deployment holds it."""
        self._database, self._holders = database, holders

    def units(self, actor: Actor) -> list[Unit]:
        """Every unit in use, by asset number, with the place it stands at or is promised to."""
        with reading(self._database, actor, Permission.READ_DEPLOYMENTS) as session:
            return load_units(session, self._holders(session))

    def add(self, actor: Actor, unit: NewUnit) -> Unit:
        """Add a unit, in store."""
        with writing(self._database, actor, _MANAGE) as act:
            rules.check_new(unit)
            if act.session.scalars(select(UnitRow).filter_by(asset=unit.asset)).first():
                raise InvalidInput(f"There is a unit {unit.asset} already.", remedy="Choose the next number.")
            row = add_unit(act, unit, _camera_id(act.session, unit.camera_number))
            return to_record(Unit, row, camera_number=unit.camera_number)

    def report_fault(self, actor: Actor, unit_id: int, what: str) -> None:
        """Note that a unit in store or scheduled is faulty; one on its column is suspended at its deployment."""
        with writing(self._database, actor, _MANAGE) as act:
            row = lock_unit(act.session, unit_id)
            why = needed(what, "What is wrong with the unit?")
            rules.check_fault(row.asset, UnitState(row.state))
            move_unit(act, row, UnitState.FAULTY, why)

    def report_repair(self, actor: Actor, unit_id: int) -> None:
        """Note that a faulty unit in store works again."""
        with writing(self._database, actor, _MANAGE) as act:
            row = lock_unit(act.session, unit_id)
            holder = self._holders(act.session).get(row.id)
            rules.check_repair(row.asset, UnitState(row.state), holder)
            move_unit(act, row, rules.resting_state(promised=holder is not None))

    def retire(self, actor: Actor, unit_id: int, why: str) -> None:
        """Take a unit out of use; its records stay."""
        with writing(self._database, actor, _MANAGE) as act:
            row = lock_unit(act.session, unit_id)
            reason = needed(why, "Why is the unit taken out of use?")
            rules.check_retire(row.asset, self._holders(act.session).get(row.id))
            move_unit(act, row, UnitState.RETIRED, reason)


def load_units(session: Session, holders: Mapping[int, Holder]) -> list[Unit]:
    """Every unit in use, by asset number."""
    rows = session.execute(
        select(UnitRow, CameraRow.number)
        .outerjoin(CameraRow, CameraRow.id == UnitRow.camera_id)
        .where(UnitRow.state != UnitState.RETIRED.value)
        .order_by(UnitRow.asset)
    ).all()
    return [_record(row, number or "", holders.get(row.id)) for row, number in rows]


def _record(row: UnitRow, camera_number: str, holder: Holder | None) -> Unit:
    where, deployment = (holder.place, holder.deployment) if holder else ("", "")
    return to_record(Unit, row, camera_number=camera_number, where=where, deployment=deployment)


def _camera_id(session: Session, number: str) -> int | None:
    if not number:
        return None
    found = session.scalars(select(CameraRow.id).filter_by(number=number)).one_or_none()
    if found is None:
        raise InvalidInput(
            f"There is no camera {number} in the register.", remedy="Add it there first, or leave it empty."
        )
    return found
