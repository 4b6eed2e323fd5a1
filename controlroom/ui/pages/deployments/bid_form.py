"""Shows the form of a bid: all that rule 3 (docs/rules.md) asks for, with help, and the nearest camera as one types."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from controlroom.deployments.bids.records import BidContent, NearestCamera
from controlroom.deployments.bids.rules import REQUIRED, TESTS
from controlroom.deployments.policy import Policy
from controlroom.ui import theme
from controlroom.ui.kit import fields
from controlroom.ui.kit.fields import Field, long_text
from controlroom.ui.kit.flow import Flow
from controlroom.ui.pages.deployments.fit_scroll import FitScroll
from controlroom.ui.pages.deployments.nearest import NearestView
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.keyboard import mark_form
from controlroom.ui.widgets.layout import SPRING, column, grow, row
from controlroom.ui.widgets.marks import NewsLine
from controlroom.ui.widgets.text import ElidedLabel, label, note, show_text

POSITION = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
POSITION_HELP = "Copied from a map: 51.3762, -0.0982. Cameras go where no permanent camera sees well enough."
ASK_AFTER_MS = 250
UNKNOWN = -1  # what a count field holds before a number was entered


class TickBoxes(Flow):
    """Several boxes to tick; its value are the names of those ticked."""

    def __init__(self, names: Sequence[str], *, capital: bool = False) -> None:
        super().__init__(gap=14)
        self.ticks = {name: QCheckBox(name.capitalize() if capital else name) for name in names}
        for tick in self.ticks.values():
            self.add(tick)

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


class BidForm(QWidget):
    """Collects a `BidContent`. `saved(content, submit)` when asked for, `cancelled` on Esc."""

    saved = Signal(object, bool)
    cancelled = Signal()
    position_changed = Signal(object, object)  # latitude and longitude, None each when there is none

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        mark_form(self)
        self._title = ElidedLabel("New bid", theme.TITLE, theme.STRONG)
        self._inputs: dict[str, QWidget] = {}
        self._position, self.ward = QLineEdit(), WardBox()
        self.nearest = NearestView(policy.ranges.full_gap_m)
        self.news = NewsLine(reload=True)
        self._error = label("", 13, role="alarm", wrap=True)
        self._form = Form()
        self._fill_form(policy)
        self._lay_out()
        show_text(self._error, "")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self._tell_position)
        self._position.textChanged.connect(lambda _text: self._timer.start())

    # -- what is in it ---------------------------------------------------------------------------------------

    def input(self, name: str) -> QWidget:
        """The widget of a field of `BidContent`; latitude and longitude are in one, `position`."""
        return self._inputs["position" if name in ("latitude", "longitude") else name]

    def begin(
        self, title: str, content: BidContent | None = None, typed: Mapping[str, Any] | None = None
    ) -> None:
        """Fill the form with a bid's content, or empty it for a new one; then put back what was typed here before."""
        each = content or BidContent()
        self._title.set_text(title)
        self.clear_errors()
        self.news.hide()
        has_position = each.latitude is not None and each.longitude is not None
        values = vars(each) | {"position": f"{each.latitude}, {each.longitude}" if has_position else ""}
        for name, widget in self._inputs.items():
            fields.fill(widget, UNKNOWN if values[name] is None else values[name])
        self._begun = self._values()
        for name, value in (typed or {}).items():
            fields.fill(self._inputs[name], value)
        self.nearest.set_nearest(None, known=False)
        self._tell_position()
        self._scroll.verticalScrollBar().setValue(0)
        self._inputs["partner"].setFocus(Qt.FocusReason.OtherFocusReason)

    def typed(self) -> dict[str, Any]:
        """The answers changed since the form began."""
        return {name: value for name, value in self._values().items() if value != self._begun[name]}

    def content(self) -> BidContent:
        """What was entered."""
        values = self._values()
        del values["position"]
        latitude, longitude = self.coordinates()
        stated: dict[str, Any] = {name: None if value == UNKNOWN else value for name, value in values.items()}
        return BidContent(**stated, latitude=latitude, longitude=longitude)

    def _values(self) -> dict[str, Any]:
        return {name: fields.read(widget) for name, widget in self._inputs.items()}

    def coordinates(self) -> tuple[float | None, float | None]:
        """Latitude and longitude as typed, None each when they are not two numbers."""
        found = POSITION.fullmatch(self._position.text())
        return (float(found.group(1)), float(found.group(2))) if found else (None, None)

    def set_nearest(self, nearest: NearestCamera | None) -> None:
        """Show the camera nearest to the position."""
        self.nearest.set_nearest(nearest, known=self.coordinates() != (None, None))

    def mark_missing(self, missing: Sequence[str]) -> None:
        """Mark each field in `missing` (named in the words of rule 3, docs/rules.md) as needed for submitting."""
        by_words: Mapping[str, str] = {words: name for name, words in REQUIRED}
        lacking = [(self.input(by_words[words]), words) for words in missing]
        for widget, words in lacking:
            self._form.set_error(widget, f"Needed for submitting: {words}.")
        if lacking:
            first = lacking[0][0]
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(first, 0, theme.px(80))

    def show_error(self, text: str) -> None:
        """Say what was refused, at the foot."""
        show_text(self._error, text)

    def clear_errors(self) -> None:
        """Remove every error message."""
        self._form.clear_errors()
        self.show_error("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save(submit=True)
        elif control and event.key() == Qt.Key.Key_S:
            self._save(submit=False)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _save(self, *, submit: bool) -> None:
        self.clear_errors()
        if self._position.text().strip() and self.coordinates() == (None, None):
            self._form.set_error(self._position, "Write latitude, then longitude: 51.3762, -0.0982.")
            return
        self.saved.emit(self.content(), submit)

    def _tell_position(self) -> None:
        self.position_changed.emit(*self.coordinates())

    # -- made once -------------------------------------------------------------------------------------------

    def _fill_form(self, policy: Policy) -> None:
        for asked in declared(policy, self._position, self.ward):
            together = asked if isinstance(asked, tuple) else (asked,)
            made = [(each, fields.make(each)) for each in together]
            self._inputs.update({each.key: widget for each, widget in made})
            if isinstance(asked, Field):
                self._form.add(asked.label, made[0][1], asked.help)
            else:
                self._form.add_row(*((each.label, widget, each.stretch) for each, widget in made))
            if "position" in self._inputs and self.nearest.parent() is None:
                self._form.add_wide(self.nearest)
        self._form.add_wide(label("The three tests", 13, theme.STRONG))
        for name, text in TESTS:
            self._inputs[name] = tick = QCheckBox(text)
            self._form.add_wide(tick)
        self._form.add_wide(
            note("A bid that does not pass all three is not scored: the partner is asked first.")
        )

    def _lay_out(self) -> None:
        card = Card()
        card.add(self.news)
        card.add(self._form)
        card.body.addStretch(1)
        self._scroll = FitScroll()
        self._scroll.set_content(card)
        submit = KeyButton(
            "Submit bid", "Ctrl+Enter", "primary", bind=False, press=lambda: self._save(submit=True)
        )
        draft = KeyButton("Save draft", "Ctrl+S", bind=False, press=lambda: self._save(submit=False))
        cancel = KeyButton("Cancel", "Esc", bind=False, press=self.cancelled.emit)
        foot = row(submit, draft, cancel, SPRING, spacing=8)
        column(
            row(grow(self._title)),
            grow(self._scroll),
            self._error,
            foot,
            on=self,
            spacing=10,
            margins=(16, 0, 0, 18),
        )


def _long(key: str, title: str, help_text: str) -> Field:
    return Field(key, title, help=help_text, make=long_text)


def _count_field() -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(UNKNOWN, fields.MOST)
    spin.setSpecialValueText("not stated")
    return spin
