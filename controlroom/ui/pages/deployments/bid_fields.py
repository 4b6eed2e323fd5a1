"""Declares the fields of the form of a bid, and the widgets that only it has: boxes to tick, and the ward."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox

from controlroom.deployments.policy import Policy
from controlroom.ui.kit import fields
from controlroom.ui.kit.fields import Field, long_text
from controlroom.ui.kit.flow import Flow

POSITION_HELP = "Copied from a map: 51.3762, -0.0982. Cameras go where no permanent camera sees well enough."
UNKNOWN = -1  # what a count field holds before a number was entered


class TickBoxes(Flow):
    """Several boxes to tick; its value are the names of those ticked. `changed` after each tick."""

    changed = Signal()

    def __init__(self, names: Sequence[str], *, capital: bool = False) -> None:
        super().__init__(gap=14)
        self.ticks = {name: QCheckBox(name.capitalize() if capital else name) for name in names}
        for tick in self.ticks.values():
            self.add(tick)
            tick.toggled.connect(self.changed)

    @property
    def value(self) -> tuple[str, ...]:
        """The names ticked, in their order."""
        return tuple(name for name, tick in self.ticks.items() if tick.isChecked())

    def set_value(self, names: Sequence[str]) -> None:
        """Tick these and no others."""
        for name, tick in self.ticks.items():
            tick.setChecked(name in names)


class WardBox(QComboBox):
    """The wards of the camera register to choose from; any other can be typed."""

    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)

    @property
    def value(self) -> str:
        """The ward as it stands."""
        return self.currentText().strip()

    def set_value(self, ward: str) -> None:
        """Show a ward."""
        self.setCurrentText(ward)

    def offer(self, wards: Sequence[str]) -> None:
        """Offer these; what stands in the field stays."""
        shown = self.currentText()
        self.clear()
        self.addItems(["", *wards])
        self.setCurrentText(shown)


def declared(policy: Policy, position: QLineEdit, ward: WardBox) -> list[Field | tuple[Field, ...]]:
    """The form's fields by the names of `BidContent`, but for the tests; a tuple stands side by side."""
    partners = [("Choose…", ""), *((name, name) for name in policy.partners)]
    return [
        (
            Field("partner", "Partner", make=lambda: fields.choices(partners), stretch=3),
            Field("contact", "Contact, by role", stretch=2),
        ),
        (
            Field("place", "Place", hint="Street, and where in it", stretch=3),
            Field("ward", "Ward", make=lambda: ward, stretch=2),
        ),
        Field("position", "Position: latitude, longitude", help=POSITION_HELP, make=lambda: position),
        Field(
            "objectives",
            "Objective",
            help="One or more.",
            make=lambda: TickBoxes(policy.objectives, capital=True),
        ),
        (
            Field("reports_3_months", "Reports, last 3 months", make=_count_field),
            Field("reports_12_months", "Reports, last 12 months", make=_count_field),
        ),
        _long("evidence", "Evidence", "What the reports say, and whom it harms."),
        _long("causes", "Causes", "Why here, why now."),
        _long("tried", "What was tried", "Measures so far, and what they changed."),
        _long(
            "less_intrusive",
            "Why less intrusive means fall short",
            "Lighting, patrols, design, wardens: why not enough.",
        ),
        Field(
            "overlooked_homes",
            "Overlooked homes",
            help="How many, and how their windows are masked; 'none' is an answer.",
        ),
        Field(
            "times_of_concern", "Times of concern", help="Days and hours, e.g. Fri and Sat 22:00 to 03:00."
        ),
        _long(
            "plan",
            "Problem-solving plan",
            "What else is done in the next six months, and the camera's part in it.",
        ),
        _long("success_measures", "Success measures", "What will be counted to say that it worked."),
        Field(
            "agencies",
            "Agencies committed",
            help="Those that promised to act, two at least.",
            make=lambda: TickBoxes(policy.partners),
        ),
    ]


def _long(key: str, title: str, help_text: str) -> Field:
    return Field(key, title, help=help_text, make=long_text)


def _count_field() -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(UNKNOWN, fields.MOST)
    spin.setSpecialValueText("not stated")
    return spin
