"""Declares the units (RDC), and where each of them is in its working life."""

from controlroom.declaration import WORKED_ON, Noun, Table
from controlroom.deployments.units.records import UnitState
from controlroom.deployments.units.tables import UnitRow

UNIT = Noun(
    kind="unit",
    words="units",
    tables=(Table(UnitRow, WORKED_ON),),
    changes=("unit",),
    audit_group="Rapid deployment",
    actions={
        "unit.added": "Unit added",
        **{f"unit.{state.replace(' ', '-')}": f"Unit: {state}" for state in UnitState},
    },
)
