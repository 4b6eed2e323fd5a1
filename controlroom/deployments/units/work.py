"""Row operations on units in an open unit of work; the service, deployments and the demonstration borough use them."""

from sqlalchemy.orm import Session

from controlroom.audit.act import Act
from controlroom.database.rows import get_row
from controlroom.deployments.units.records import NewUnit, UnitState
from controlroom.deployments.units.tables import UnitRow


def add_unit(act: Act, unit: NewUnit, camera_id: int | None) -> UnitRow:
    """Add a unit, in store; `camera_id` is its entry in the camera register."""
    row = UnitRow(
        asset=unit.asset,
        make=unit.make.strip(),
        model=unit.model.strip(),
        sim=unit.sim.strip(),
        address=unit.address.strip(),
        state=UnitState.IN_STORE.value,
        since=act.at,
        camera_id=camera_id,
    )
    act.session.add(row)
    act.session.flush()
    act.note("unit", "added", row.asset, row.id, make=row.make, model=row.model)
    if camera_id is not None:
        act.work.announce("camera", camera_id)  # from now on its place is that of the unit
    return row


def lock_unit(session: Session, unit_id: int | None) -> UnitRow:
    """The unit's row, locked until the transaction ends: two desks cannot give it away at once."""
    return get_row(session, UnitRow, unit_id, "unit", lock=True)


def rest_unit(act: Act, row: UnitRow, *, promised: bool) -> None:
    """Set a working unit that is on no column to scheduled when a deployment holds it, else to in store."""
    move_unit(act, row, UnitState.SCHEDULED if promised else UnitState.IN_STORE)


def move_unit(act: Act, row: UnitRow, to: UnitState, note: str = "") -> None:
    """Give a unit a new state, with its audit entry; the one place where a unit changes state."""
    if row.state == to.value and row.note == note:
        return
    was = row.state
    row.state, row.note, row.since = to.value, note[:255], act.at
    act.session.flush()  # step by step, as the database wants them
    act.note("unit", to.value.replace(" ", "-"), row.asset, row.id, text=note, was=was)
