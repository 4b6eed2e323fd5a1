"""Shows the units tab: every unit, where it is, since when, and what can be done with it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from controlroom.accounts.permissions import Permission
from controlroom.clock import local_date, show_day
from controlroom.deployments.units.records import NewUnit, Unit, UnitState
from controlroom.ui import theme
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormCard
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.forms import form
from controlroom.ui.pages.deployments.tab import Context, RecordTab, day_column, state_column
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.marks import Pill

COLUMNS: list[Column[Unit]] = [
    Column("Unit", lambda unit: unit.asset, width=92, weight=theme.STRONG),
    state_column(words.UNIT_STATES, 120),
    Column("Where", lambda unit: unit.where or unit.note, width=220, stretch=True),
    Column("Deployment", lambda unit: unit.deployment, width=140, role="text_dim"),
    Column("Make", lambda unit: f"{unit.make} {unit.model}", width=190, role="text_dim"),
    day_column("Since", lambda unit: local_date(unit.since), role="text_dim"),
    Column("SIM card", lambda unit: unit.sim, width=140, role="text_dim"),
    Column("Address", lambda unit: unit.address, width=120, role="text_dim"),
    Column("Camera", lambda unit: unit.camera_number, width=90, role="text_dim"),
]


class UnitsTab(RecordTab[Unit]):
    """`deployment_requested` goes to the deployment a unit stands at."""

    deployment_requested = Signal(int)
    part, noun = "Units", "unit"

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "units",
            COLUMNS,
            context.services.units.units,
            empty=EmptyState(
                "No unit yet",
                "Press N to add the first deployable camera.",
                "video-camera",
                may=lambda: context.session.may(Permission.MANAGE_DEPLOYMENTS),
            ),
            search_hint="Unit, make or place",
            sort_by="Unit",
        )
        self._pill = Pill()
        self.panel = self.lay_out(self._declare(), self._pill, self.facts, width=380)

    def name_of(self, record: Unit) -> str:
        return record.asset

    def update_view(self, record: Unit) -> None:
        super().update_view(record)
        self._pill.set(record.state.value, words.UNIT_STATES[record.state])

    def facts_of(self, record: Unit) -> list[tuple[str, str]]:
        return [
            ("Make and model", f"{record.make} {record.model}"),
            ("Where", f"{record.where} · {record.deployment}" if record.where else ""),
            ("Since", show_day(local_date(record.since))),
            ("Note", record.note),
            ("SIM card", record.sim),
            ("Address", record.address),
            ("Camera", record.camera_number),
        ]

    def _declare(self) -> list[Action]:
        """The tab's actions; those about the unit shown are returned."""
        units = self.desk.services.units
        manage: dict[str, Any] = {"permission": Permission.MANAGE_DEPLOYMENTS}
        self.bar = [self.action("N", "Add a unit", self._add, short="Add unit", kind="primary", **manage)]
        return [
            self.about(
                "O",
                "Open the unit's deployment",
                lambda unit: self.deployment_requested.emit(unit.deployment_id),
                short="Open deployment",
                when=lambda unit: unit.deployment_id is not None,
                kind="primary",
            ),
            self.about(
                "U",
                "Report a fault of the unit",
                self._asking(
                    "Report a fault",
                    units.report_fault,
                    Field("what", "What is wrong", needed=True, in_words=True),
                    confirm="Mark faulty",
                    told="is marked faulty",
                ),
                short="Report fault",
                when=lambda unit: unit.state in {UnitState.IN_STORE, UnitState.SCHEDULED},
                **manage,
            ),
            self.about(
                "R",
                "Report the unit's repair",
                self._asking(
                    "It works again",
                    units.report_repair,
                    confirm="Report repair",
                    text="It goes back to store, or to what it was promised to.",
                    told="works again",
                ),
                short="Report repair",
                when=lambda unit: unit.state is UnitState.FAULTY,
                **manage,
            ),
            self.about(
                "X",
                "Take the unit out of use",
                self._asking(
                    "Take out of use",
                    units.retire,
                    Field("why", "Why", "text", needed=True, in_words=True),
                    confirm="Take out of use",
                    kind="danger",
                    told="is out of use",
                ),
                short="Take out of use",
                when=lambda unit: not unit.deployment,
                **manage,
            ),
        ]

    def _add(self) -> FormCard:
        add, actor = self.desk.services.units.add, self.session.actor
        assets = [unit.asset for unit in self.table.model.records]
        numbers = [int(asset.rpartition("-")[2]) for asset in assets if asset[-2:].isdigit()]
        return self.ask(
            form(
                "Add a unit",
                lambda asset, **more: add(actor, NewUnit(asset.upper(), **more)),
                Field("asset", "Asset number", value=f"RDC-{max(numbers, default=0) + 1:02d}", needed=True),
                Field("make", "Make", needed=True),
                Field("model", "Model", needed=True),
                Field("sim", "SIM card"),
                Field("address", "Network address"),
                Field(
                    "camera_number",
                    "Camera in the register",
                    help="Its number there, if it is registered already.",
                ),
                confirm="Add unit",
                said=lambda unit: f"{unit.asset} is in store",
            )
        )

    def _asking(
        self, title: str, use_case: Callable[..., None], *fields: Field, told: str, **more: Any
    ) -> Callable[[Unit], FormCard]:
        """What opens the form of a use case about a unit; `told` follows the unit's number when it is done."""

        def ask(unit: Unit) -> FormCard:
            run = partial(use_case, self.session.actor, unit.id)
            return self.ask(form(title, run, *fields, said=f"{unit.asset} {told}", **more), unit)

        return ask
