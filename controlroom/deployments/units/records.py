"""Describes RDC units as pages see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UnitState(StrEnum):
    """Where a unit is in its working life; moved by deployments, by a fault, or by taking it out of use."""

    IN_STORE = "in store"
    SCHEDULED = "scheduled"
    INSTALLED = "installed"
    LIVE = "live"
    FAULTY = "faulty"
    RETIRED = "retired"


_S = UnitState
# Back from live to installed: a check failed, and its camera waits until it has passed.
ROAD = {
    _S.IN_STORE: frozenset({_S.SCHEDULED, _S.FAULTY, _S.RETIRED}),
    _S.SCHEDULED: frozenset({_S.IN_STORE, _S.INSTALLED, _S.FAULTY}),
    _S.INSTALLED: frozenset({_S.LIVE, _S.IN_STORE, _S.SCHEDULED}),
    _S.LIVE: frozenset({_S.INSTALLED, _S.IN_STORE, _S.SCHEDULED, _S.FAULTY}),
    _S.FAULTY: frozenset({_S.LIVE, _S.IN_STORE, _S.SCHEDULED, _S.RETIRED}),
    _S.RETIRED: frozenset(),
}
OUT_OF_WORK = frozenset({UnitState.FAULTY, UnitState.RETIRED})


@dataclass(frozen=True)
class Unit:
    """One physical deployable camera. `where` names the place it stands at or is promised to, empty in store."""

    id: int
    asset: str
    make: str
    model: str
    sim: str
    address: str
    state: UnitState
    note: str
    since: datetime
    camera_number: str = ""
    where: str = ""
    deployment: str = ""
    deployment_id: int | None = None


@dataclass(frozen=True)
class Holder:
    """The deployment that holds a unit: `hangs` once the unit is on its column, promised before."""

    deployment: str
    deployment_id: int | None
    place: str
    hangs: bool


@dataclass(frozen=True)
class NewUnit:
    """What someone fills in to add a unit; `camera_number` is its entry in the camera register, if it has one."""

    asset: str
    make: str
    model: str
    sim: str = ""
    address: str = ""
    camera_number: str = ""
