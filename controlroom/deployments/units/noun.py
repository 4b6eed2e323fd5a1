"""Declares the units (RDC), and where each of them is in its working life."""

from controlroom.declaration import INSERT, UPDATE, Noun, Road, Table, all_but, allow, records
from controlroom.deployments.units.records import ROAD, UnitState
from controlroom.deployments.units.tables import UnitRow

UNIT = Noun(
    kind="unit",
    words="units",
    tables=(
        Table(
            UnitRow,
            (
                *records("supervisors coordinators", INSERT),
                # the recorder, where the calendar ends what a unit hung for
                *allow("supervisors coordinators recorder", UPDATE, columns=all_but(UnitRow, "id", "asset")),
            ),
            digested=True,
            called="unit {asset}",
            road=Road(UnitState.IN_STORE, ROAD),
        ),
    ),
    changes=("unit",),
    audit_group="Rapid deployment",
    actions={
        "unit.added": "Unit added",
        **{f"unit.{state.replace(' ', '-')}": f"Unit: {state}" for state in UnitState},
    },
)
