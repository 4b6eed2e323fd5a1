"""The units tab: every unit, where it is, since when, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.clock import local_date, show_day
from controlroom.deployments.units.records import NewUnit, Unit, UnitState
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormCard, FormSpec, Values
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.kit.record_side import ActionBar
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.tab import Tab
from controlroom.ui.widgets.card import Card, EmptyState, SidePanel
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts
from controlroom.ui.window_state import WindowState


@dataclass(frozen=True)
class _Saved:
    """What was done to a unit, in words."""

    text: str


class UnitsTab(Tab):
    """`place_requested(reference)` goes to the deployment a unit stands at."""

    place_requested = Signal(str)
    part = "Units"

    def __init__(self, context: Context, state: WindowState | None = None) -> None:
        super().__init__(context)
        self._shown: Unit | None = None
        self._units: list[Unit] = []
        self.table: RecordTable[Unit] = RecordTable(
            "units",
            self._columns(),
            lambda unit: unit.id,
            empty=EmptyState("No unit yet", "Press N to add the first deployable camera.", "video-camera"),
            state=state,
            background=context.background,
            search_hint="Unit, make or place",
            may_export=lambda: context.session.may(Permission.EXPORT),
            sort_by="Unit",
        )
        self.table.selected.connect(self._selected)
        self.panel = SidePanel("", 380)
        self._pill = Pill()
        self._facts = Facts()
        self._bar = ActionBar(self._declare())
        self.slot = FormPlace(context.background)
        self.slot.done.connect(self._done)
        self.slot.home = self.table.view
        self.slot.changed.connect(self.refresh_actions)
        self.panel.closed.connect(lambda: self._show_actions(None))
        self._lay_out()

    def refresh(self) -> None:
        if not self._context.may_read:
            return
        services, actor = self._context.services, self._context.actor
        self._context.load(lambda: services.units.units(actor), self._take, self)

    def add_unit(self) -> FormCard | None:
        """Ask for a new unit."""
        if not self._may:
            return None
        services, actor = self._context.services, self._context.actor
        numbers = [int(unit.asset.rpartition("-")[2]) for unit in self._units if unit.asset[-2:].isdigit()]
        self.panel.set_title("New unit")
        self._pill.hide()
        self._facts.set_facts([])
        self._show_actions(None)
        self.panel.show()
        return self.slot.open(
            FormSpec(
                "Add a unit",
                "Add unit",
                lambda v: services.units.add(
                    actor,
                    NewUnit(v["asset"].upper(), v["make"], v["model"], v["sim"], v["address"], v["camera"]),
                ),
                (
                    Field(
                        "asset", "Asset number", value=f"RDC-{max(numbers, default=0) + 1:02d}", needed=True
                    ),
                    Field("make", "Make", needed=True),
                    Field("model", "Model", needed=True),
                    Field("sim", "SIM card"),
                    Field("address", "Network address"),
                    Field(
                        "camera",
                        "Camera in the register",
                        help="Its number there, if it is registered already.",
                    ),
                ),
            )
        )

    def take_focus(self) -> None:
        self.table.view.setFocus()

    @property
    def _may(self) -> bool:
        return self._context.session.may(Permission.MANAGE_DEPLOYMENTS)

    def _take(self, units: list[Unit]) -> None:
        self._units = units
        self.table.set_records(units)
        chosen = self.table.selected_record()
        if chosen is not None and self.slot.form is None and self.panel.isVisible():
            self._selected(chosen)

    def _selected(self, unit: Unit | None) -> None:
        if unit is None:
            self.panel.hide()
            self._show_actions(None)
            return
        self.slot.clear()
        self.panel.set_title(unit.asset)
        self._pill.show()
        self._pill.set(unit.state.value, words.UNIT_STATES[unit.state])
        self._facts.set_facts(
            [
                ("Make and model", f"{unit.make} {unit.model}"),
                ("Where", f"{unit.where} · {unit.deployment}" if unit.where else ""),
                ("Since", show_day(local_date(unit.since))),
                ("Note", unit.note),
                ("SIM card", unit.sim),
                ("Address", unit.address),
                ("Camera", unit.camera_number),
            ]
        )
        self._show_actions(unit)
        self.panel.show()

    def _show_actions(self, unit: Unit | None) -> None:
        self._shown = unit
        self.refresh_actions()

    def _declare(self) -> list[Action]:
        """The tab's actions; those about the unit shown are returned."""
        manage: dict[str, Any] = {"permission": Permission.MANAGE_DEPLOYMENTS}
        new = self.action("N", "Add a unit", self.add_unit, short="Add unit", kind="primary", **manage)
        self.header_buttons = [ActionButton(new)]
        self.action("Ctrl+F", "Filter the list", self.table.search.begin, bound=False)
        return [
            self._about(
                "O",
                "Open the unit's deployment",
                "Open deployment",
                lambda unit: self.place_requested.emit(unit.deployment),
                lambda unit: bool(unit.deployment),
                kind="primary",
            ),
            self._about(
                "U",
                "Report a fault of the unit",
                "Report fault",
                lambda unit: self.slot.open(self._fault(unit)),
                lambda unit: unit.state in {UnitState.IN_STORE, UnitState.SCHEDULED},
                either="fault",
                **manage,
            ),
            self._about(
                "U",
                "Report the unit's repair",
                "Report repair",
                lambda unit: self.slot.open(self._repair(unit)),
                lambda unit: unit.state is UnitState.FAULTY,
                either="fault",
                **manage,
            ),
            self._about(
                "X",
                "Take the unit out of use",
                "Take out of use",
                lambda unit: self.slot.open(self._retire(unit)),
                lambda unit: not unit.deployment,
                **manage,
            ),
        ]

    def _about(
        self,
        keys: str,
        text: str,
        short: str,
        run: Callable[[Unit], object],
        fits: Callable[[Unit], bool],
        **more: Any,
    ) -> Action:
        """Declare an action about the unit shown."""
        return self.action(
            keys,
            text,
            lambda: self._shown and run(self._shown),
            short=short,
            when=lambda: self._shown is not None and self.slot.form is None and fits(self._shown),
            needs="a unit is shown that it fits",
            **more,
        )

    def _fault(self, unit: Unit) -> FormSpec:
        units, actor = self._context.services.units, self._context.actor

        def run(values: Values) -> _Saved:
            units.report_fault(actor, unit.id, values["what"])
            return _Saved(f"{unit.asset} is marked faulty")

        return FormSpec("Report a fault", "Mark faulty", run, (Field("what", "What is wrong", needed=True),))

    def _repair(self, unit: Unit) -> FormSpec:
        units, actor = self._context.services.units, self._context.actor

        def run(_values: Values) -> _Saved:
            units.report_repair(actor, unit.id)
            return _Saved(f"{unit.asset} works again")

        return FormSpec(
            "It works again",
            "Report repair",
            run,
            text="It goes back to store, or to what it was promised to.",
        )

    def _retire(self, unit: Unit) -> FormSpec:
        units, actor = self._context.services.units, self._context.actor

        def run(values: Values) -> _Saved:
            units.retire(actor, unit.id, values["why"])
            return _Saved(f"{unit.asset} is out of use")

        return FormSpec(
            "Take out of use",
            "Take out of use",
            run,
            (Field("why", "Why", "text", needed=True),),
            kind="danger",
        )

    def _done(self, result: object) -> None:
        if isinstance(result, _Saved):
            self._context.said(result.text)
        elif isinstance(result, Unit):
            self._context.said(f"{result.asset} is in store")
        self.refresh()

    def _columns(self) -> list[Column[Unit]]:
        return [
            Column("Unit", lambda unit: unit.asset, width=92, weight=theme.STRONG),
            Column(
                "State",
                lambda unit: unit.state.value,
                state=lambda unit: words.UNIT_STATES[unit.state],
                pill=True,
                width=120,
            ),
            Column("Where", lambda unit: unit.where or unit.note, width=220, stretch=True),
            Column("Deployment", lambda unit: unit.deployment, width=140, role="text_dim"),
            Column("Make", lambda unit: f"{unit.make} {unit.model}", width=190, role="text_dim"),
            Column(
                "Since",
                lambda unit: show_day(local_date(unit.since)),
                lambda unit: unit.since,
                width=110,
                role="text_dim",
            ),
            Column("SIM card", lambda unit: unit.sim, width=140, role="text_dim"),
            Column("Address", lambda unit: unit.address, width=120, role="text_dim"),
            Column("Camera", lambda unit: unit.camera_number, width=90, role="text_dim"),
        ]

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 18, 18)
        card = Card(flush=True)
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table)
        column.addWidget(card, 1)
        outer.addWidget(left, 1)
        self.panel.add(self._pill)
        self.panel.add(self._bar)
        self.panel.add(self.slot)
        self.panel.add(self._facts)
        self.panel.body.addStretch(1)
        self.panel.hide()
        outer.addWidget(self.panel)
