"""Adds RDC units, notes their faults and repairs, and takes them out of use."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, writing
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.act import Act
from controlroom.cameras.tables import CameraRow
from controlroom.database.rows import readable, to_record
from controlroom.database.unit_of_work import Database
from controlroom.deployments.units import work
from controlroom.deployments.units.records import Holder, NewUnit, Unit, UnitState
from controlroom.deployments.units.tables import UnitRow
from controlroom.errors import InvalidInput, RuleBroken
from controlroom.texts import Line, required, takes_texts

_ASSET = re.compile(r"[A-Z]{2,5}-\d{2,3}")
_MANAGE = Permission.MANAGE_DEPLOYMENTS
Holders = Callable[[Session], Mapping[int, Holder]]


@takes_texts
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
            if not _ASSET.fullmatch(unit.asset):
                raise InvalidInput(f"'{unit.asset}' is not an asset number.", remedy="Write it as RDC-11.")
            if not unit.make.strip() or not unit.model.strip():
                raise InvalidInput("The unit needs a make and a model.")
            if act.session.scalars(select(UnitRow).filter_by(asset=unit.asset)).first():
                raise InvalidInput(f"There is a unit {unit.asset} already.", remedy="Choose the next number.")
            row = work.add_unit(act, unit, _camera_id(act.session, unit.camera_number))
            return to_record(Unit, row, camera_number=unit.camera_number)

    def report_fault(self, actor: Actor, unit_id: int, what: Line) -> None:
        """Note that a unit in store or scheduled is faulty; one on its column is suspended at its deployment."""
        with self._changing(actor, unit_id) as (act, row, _):
            why = required(what, "What is wrong with the unit?", field="what")
            if row.state not in {UnitState.IN_STORE, UnitState.SCHEDULED, UnitState.FAULTY}:
                raise RuleBroken(
                    f"{row.asset} is {row.state}.", remedy="Suspend its deployment; that marks the unit too."
                )
            work.move_unit(act, row, UnitState.FAULTY, why)

    def report_repair(self, actor: Actor, unit_id: int) -> None:
        """Note that a faulty unit in store works again."""
        with self._changing(actor, unit_id) as (act, row, holder):
            if row.state != UnitState.FAULTY:
                raise RuleBroken(f"{row.asset} is not faulty: it is {row.state}.")
            if holder is not None and holder.hangs:
                raise RuleBroken(
                    f"{row.asset} is on its column.", remedy="Resume its deployment; that marks the unit too."
                )
            work.rest_unit(act, row, promised=holder is not None)

    def retire(self, actor: Actor, unit_id: int, why: Line) -> None:
        """Take a unit out of use; its records stay."""
        with self._changing(actor, unit_id) as (act, row, holder):
            reason = required(why, "Why is the unit taken out of use?", field="why")
            if holder is not None:
                raise RuleBroken(
                    f"{holder.deployment} holds {row.asset}.", remedy="Remove or abort that deployment first."
                )
            work.move_unit(act, row, UnitState.RETIRED, reason)

    @contextmanager
    def _changing(self, actor: Actor, unit_id: int) -> Iterator[tuple[Act, UnitRow, Holder | None]]:
        """An act of somebody who may manage deployments, the unit's locked row, and what holds the unit."""
        with writing(self._database, actor, _MANAGE) as act:
            row = work.lock_unit(act.session, unit_id)
            yield act, row, self._holders(act.session).get(row.id)


def load_units(session: Session, holders: Mapping[int, Holder]) -> list[Unit]:
    """Every unit in use, by asset number."""
    rows = session.execute(
        select(UnitRow, CameraRow.number)
        .outerjoin(CameraRow, CameraRow.id == UnitRow.camera_id)
        .where(UnitRow.state != UnitState.RETIRED.value)
        .order_by(UnitRow.asset)
    ).all()
    return [
        to_record(Unit, row, camera_number=number or "", **_place(holders.get(row.id)))
        for row, number in rows
        if readable([row])
    ]


def _place(holder: Holder | None) -> dict[str, object]:
    if holder is None:
        return {}
    return {"where": holder.place, "deployment": holder.deployment, "deployment_id": holder.deployment_id}


def _camera_id(session: Session, number: str) -> int | None:
    if not number:
        return None
    found = session.scalars(select(CameraRow.id).filter_by(number=number)).one_or_none()
    if found is None:
        raise InvalidInput(
            f"There is no camera {number} in the register.", remedy="Add it there first, or leave it empty."
        )
    return found
