"""Shows the form of a bid: all that rule 3 (docs/rules.md) asks for, with help, and the nearest camera as one types."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from controlroom.deployments.bids.records import BidContent, NearestCamera
from controlroom.deployments.bids.rules import REQUIRED, TESTS
from controlroom.deployments.policy import Policy
from controlroom.ui import theme
from controlroom.ui.kit.fields import long_text
from controlroom.ui.kit.flow import Flow
from controlroom.ui.pages.deployments.fit_scroll import FitScroll
from controlroom.ui.pages.deployments.nearest import NearestView
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.news_line import NewsLine
from controlroom.ui.widgets.text import ElidedLabel, label, note

POSITION = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
ASK_AFTER_MS = 250
UNKNOWN = -1  # what a count field holds before a number was entered
LONG = (
    ("evidence", "Evidence", "What the reports say, and whom it harms."),
    ("causes", "Causes", "Why here, why now."),
    ("tried", "What was tried", "Measures so far, and what they changed."),
    (
        "less_intrusive",
        "Why less intrusive means fall short",
        "Lighting, patrols, design, wardens: why not enough.",
    ),
    (
        "plan",
        "Problem-solving plan",
        "What else is done in the next six months, and the camera's part in it.",
    ),
    ("success_measures", "Success measures", "What will be counted to say that it worked."),
)


class BidForm(QWidget):
    """Collects a `BidContent`. `saved(content, submit)` when asked for, `cancelled` on Esc."""

    saved = Signal(object, bool)
    cancelled = Signal()
    position_changed = Signal(object, object)  # latitude and longitude, None each when there is none

    def __init__(self, policy: Policy, wards: Sequence[str] = ()) -> None:
        super().__init__()
        self._policy = policy
        self._title = ElidedLabel("New bid", theme.TITLE, theme.STRONG)
        self.partner, self.ward = QComboBox(), QComboBox()
        self.contact, self.place, self.position = QLineEdit(), QLineEdit(), QLineEdit()
        self.three, self.twelve = _count_field(), _count_field()
        self.homes, self.times = QLineEdit(), QLineEdit()
        self.long: dict[str, QPlainTextEdit] = {name: long_text() for name, _, _ in LONG}
        self.objectives = {name: QCheckBox(name.capitalize()) for name in policy.objectives}
        self.agencies = {name: QCheckBox(name) for name in policy.partners}
        self.tests = {name: QCheckBox(words) for name, words in TESTS}
        self.nearest = NearestView()
        self.news = NewsLine(reload=True)
        self._error = label("", 13, role="alarm", wrap=True)
        self._error.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self._tell_position)
        self.partner.addItem("Choose…", "")
        for name in policy.partners:
            self.partner.addItem(name, name)
        self.ward.setEditable(True)
        self.ward.addItems(["", *wards])
        self._form = Form()
        self._lay_out()
        self.position.textChanged.connect(lambda _text: self._timer.start())

    # -- what is in it ---------------------------------------------------------------------------------------

    def begin(self, title: str, content: BidContent | None = None) -> None:
        """Fill the form with a bid's content, or empty it for a new one."""
        each = content or BidContent()
        self._title.set_text(title)
        self.clear_errors()
        self.news.hide()
        self.partner.setCurrentIndex(max(0, self.partner.findData(each.partner)))
        self.ward.setCurrentText(each.ward)
        self.contact.setText(each.contact)
        self.place.setText(each.place)
        has_position = each.latitude is not None and each.longitude is not None
        self.position.setText(f"{each.latitude}, {each.longitude}" if has_position else "")
        self.three.setValue(UNKNOWN if each.reports_3_months is None else each.reports_3_months)
        self.twelve.setValue(UNKNOWN if each.reports_12_months is None else each.reports_12_months)
        self.homes.setText(each.overlooked_homes)
        self.times.setText(each.times_of_concern)
        for name, field in self.long.items():
            field.setPlainText(getattr(each, name))
        for name, tick in self.objectives.items():
            tick.setChecked(name in each.objectives)
        for name, tick in self.agencies.items():
            tick.setChecked(name in each.agencies)
        for name, tick in self.tests.items():
            tick.setChecked(getattr(each, name))
        self.nearest.set_nearest(None, known=False)
        self._tell_position()
        self._scroll.verticalScrollBar().setValue(0)
        self.partner.setFocus(Qt.FocusReason.OtherFocusReason)

    def content(self) -> BidContent:
        """What was entered."""
        latitude, longitude = self.coordinates()
        words: dict[str, Any] = {name: field.toPlainText().strip() for name, field in self.long.items()}
        tests = {name: tick.isChecked() for name, tick in self.tests.items()}
        stated = BidContent(
            partner=self.partner.currentData() or "",
            contact=self.contact.text().strip(),
            place=self.place.text().strip(),
            ward=self.ward.currentText().strip(),
            latitude=latitude,
            longitude=longitude,
            objectives=_ticked(self.objectives),
            reports_3_months=_count(self.three),
            reports_12_months=_count(self.twelve),
            overlooked_homes=self.homes.text().strip(),
            times_of_concern=self.times.text().strip(),
            agencies=_ticked(self.agencies),
            **words,
        )
        return replace(stated, **tests)

    def coordinates(self) -> tuple[float | None, float | None]:
        """Latitude and longitude as typed, None each when they are not two numbers."""
        found = POSITION.fullmatch(self.position.text())
        return (float(found.group(1)), float(found.group(2))) if found else (None, None)

    def set_nearest(self, nearest: NearestCamera | None) -> None:
        """Show the camera nearest to the position."""
        self.nearest.set_nearest(nearest, known=self.coordinates() != (None, None))

    def mark_missing(self, missing: Sequence[str]) -> None:
        """Mark each field in `missing` (named in the words of rule 3, docs/rules.md) as needed for submitting."""
        by_words = {words: name for name, words in reversed(REQUIRED)}
        first: QWidget | None = None
        for words in missing:
            field = self._field_of(by_words.get(words, ""))
            if field is not None:
                self._form.set_error(field, f"Needed for submitting: {words}.")
                first = first or field
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(first, 0, theme.px(80))

    def show_error(self, text: str) -> None:
        """Say what was refused, at the foot."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def clear_errors(self) -> None:
        """Take every complaint away."""
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

    # -- made once -------------------------------------------------------------------------------------------

    def _field_of(self, name: str) -> QWidget | None:
        fields: dict[str, QWidget] = {
            "partner": self.partner,
            "contact": self.contact,
            "place": self.place,
            "ward": self.ward,
            "latitude": self.position,
            "longitude": self.position,
            "reports_3_months": self.three,
            "reports_12_months": self.twelve,
            "overlooked_homes": self.homes,
            "times_of_concern": self.times,
            "objectives": self._objectives_box,
            "agencies": self._agencies_box,
            **self.long,
        }
        return fields.get(name)

    def _save(self, *, submit: bool) -> None:
        self.clear_errors()
        typed = self.position.text().strip()
        if typed and self.coordinates() == (None, None):
            self._form.set_error(self.position, "Write latitude, then longitude: 51.3762, -0.0982.")
            return
        self.saved.emit(self.content(), submit)

    def _tell_position(self) -> None:
        self.position_changed.emit(*self.coordinates())

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        outer.addLayout(head)
        self._scroll = FitScroll()
        card = Card()
        self._fill(card)
        self._scroll.set_content(card)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self._error)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for text, key, kind, act in (
            ("Submit bid", "Ctrl+Enter", "primary", lambda: self._save(submit=True)),
            ("Save draft", "Ctrl+S", "secondary", lambda: self._save(submit=False)),
            ("Cancel", "Esc", "secondary", self.cancelled.emit),
        ):
            foot.addWidget(_button(text, key, kind == "primary", act))
        foot.addStretch(1)
        outer.addLayout(foot)

    def _fill(self, card: Card) -> None:
        form = self._form
        card.add(self.news)
        card.add(form)
        form.add_row(("Partner", self.partner, 3), ("Contact, by role", self.contact, 2))
        form.add_row(("Place", self.place, 3), ("Ward", self.ward, 2))
        self.place.setPlaceholderText("Street, and where in it")
        form.add(
            "Position: latitude, longitude",
            self.position,
            "Copied from a map: 51.3762, -0.0982. Cameras go where no permanent camera sees well enough.",
        )
        form.add_wide(self.nearest)
        self._objectives_box = _boxes(self.objectives)
        form.add("Objective", self._objectives_box, "One or more.")
        form.add_row(("Reports, last 3 months", self.three, 1), ("Reports, last 12 months", self.twelve, 1))
        for name, title, help_text in LONG[:4]:
            form.add(title, self.long[name], help_text)
        form.add(
            "Overlooked homes", self.homes, "How many, and how their windows are masked; 'none' is an answer."
        )
        form.add("Times of concern", self.times, "Days and hours, e.g. Fri and Sat 22:00 to 03:00.")
        for name, title, help_text in LONG[4:]:
            form.add(title, self.long[name], help_text)
        self._agencies_box = _boxes(self.agencies)
        form.add("Agencies committed", self._agencies_box, "Those that promised to act, two at least.")
        form.add_wide(label("The three tests", 13, theme.STRONG))
        for tick in self.tests.values():
            form.add_wide(tick)
        card.body.addStretch(1)
        form.add_wide(note("A bid that does not pass all three is not scored: the partner is asked first."))


def _button(text: str, key: str, filled: bool, act: Callable[[], object]) -> KeyButton:
    button = KeyButton(text, key, "primary" if filled else "secondary", bind=False)
    button.clicked.connect(lambda _checked: act())
    return button


def _count_field() -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(UNKNOWN, 9999)
    spin.setSpecialValueText("not stated")
    spin.setValue(UNKNOWN)
    return spin


def _count(spin: QSpinBox) -> int | None:
    return None if spin.value() == UNKNOWN else spin.value()


def _boxes(ticks: dict[str, QCheckBox]) -> Flow:
    flow = Flow(gap=14)
    for tick in ticks.values():
        flow.add(tick)
    return flow


def _ticked(ticks: dict[str, QCheckBox]) -> tuple[str, ...]:
    return tuple(name for name, tick in ticks.items() if tick.isChecked())
