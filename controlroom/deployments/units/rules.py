"""Pure rules of units: their asset numbers, and where a unit rests that hangs nowhere."""

import re

from controlroom.deployments.units.records import Holder, NewUnit, UnitState
from controlroom.errors import InvalidInput, RuleBroken

_ASSET = re.compile(r"[A-Z]{2,5}-\d{2,3}")
OUT_OF_WORK = frozenset({UnitState.FAULTY, UnitState.RETIRED})


def check_new(unit: NewUnit) -> None:
    """Raise InvalidInput for a unit that cannot be added."""
    if not _ASSET.fullmatch(unit.asset):
        raise InvalidInput(f"'{unit.asset}' is not an asset number.", remedy="Write it as RDC-11.")
    if not unit.make.strip() or not unit.model.strip():
        raise InvalidInput("The unit needs a make and a model.")


def check_fault(asset: str, state: UnitState) -> None:
    """Raise RuleBroken for a unit on its column: its deployment is suspended instead."""
    if state not in {UnitState.IN_STORE, UnitState.SCHEDULED, UnitState.FAULTY}:
        raise RuleBroken(f"{asset} is {state}.", remedy="Suspend its deployment; that marks the unit too.")


def check_repair(asset: str, state: UnitState, holder: Holder | None) -> None:
    """Raise RuleBroken unless the unit is faulty and hangs nowhere."""
    if state is not UnitState.FAULTY:
        raise RuleBroken(f"{asset} is not faulty: it is {state}.")
    if holder is not None and holder.hangs:
        raise RuleBroken(
            f"{asset} is on its column.", remedy="Resume its deployment; that marks the unit too."
        )


def check_retire(asset: str, holder: Holder | None) -> None:
    """Raise RuleBroken while a deployment holds the unit."""
    if holder is not None:
        raise RuleBroken(
            f"{holder.deployment} holds {asset}.", remedy="Remove or abort that deployment first."
        )


def resting_state(*, promised: bool) -> UnitState:
    """The state of a working unit that hangs nowhere: scheduled when a deployment holds it, else in store."""
    return UnitState.SCHEDULED if promised else UnitState.IN_STORE
