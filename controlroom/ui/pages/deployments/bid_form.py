"""Shows the form of a bid: all that rule 3 (docs/rules.md) asks for, with help, and the nearest camera as one types."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from controlroom.deployments.bids.concerns import PLACE, POSITION
from controlroom.deployments.bids.records import BidContent, NearestCamera
from controlroom.deployments.bids.rules import REQUIRED, TESTS, failed_tests, missing
from controlroom.deployments.policy import Policy
from controlroom.ui import theme
from controlroom.ui.kit import fields
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.off_while_saving import OffWhileSaving
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.pages.deployments.bid_fields import UNKNOWN, WardBox, declared
from controlroom.ui.pages.deployments.fit_scroll import FitScroll
from controlroom.ui.pages.deployments.nearest import NearestView
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.edited import on_edit
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.keyboard import mark_form
from controlroom.ui.widgets.layout import SPRING, column, grow, row
from controlroom.ui.widgets.marks import NewsLine
from controlroom.ui.widgets.text import ElidedLabel, label, note, show_text

_COORDINATES = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
NO_POSITION = "Write latitude, then longitude: 51.3762, -0.0982."
ASK_AFTER_MS = 250


class BidForm(QWidget):
    """Collects a `BidContent`. `saved(content, submit)` when asked for, `cancelled` on Esc."""

    saved = Signal(object, bool)
    cancelled = Signal()
    position_changed = Signal(object, object)  # latitude and longitude, None each when there is none
    content_changed = Signal(object)  # a BidContent, when nothing was typed for a moment

    def __init__(self, policy: Policy, question: PasswordQuestion) -> None:
        super().__init__()
        mark_form(self)
        self._question, self.off = question, OffWhileSaving(self)
        self._title = ElidedLabel("New bid", theme.TITLE, theme.STRONG)
        self._inputs: dict[str, QWidget] = {}
        self._position, self.ward = QLineEdit(), WardBox()
        self.nearest = NearestView(policy.ranges.full_gap_m)
        self.news = NewsLine(reload=True)
        self._error = label("", 13, role="alarm", wrap=True)
        self._form = Form()
        self._asked_for: frozenset[str] = (
            frozenset()
        )  # what was missing when the bid was last handed in, in words
        self._tests = label("", theme.SMALL, role="warn", wrap=True)
        self._foot = label("", 13, role="warn", wrap=True)
        self._fill_form(policy)
        self._lay_out()
        show_text(self._error, "")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self._tell_position)
        self._timer.timeout.connect(self._tell_content)
        for name in ("partner", "place", "ward", "position"):
            on_edit(self._inputs[name], self._timer.start)

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
        self.show_concerns({})
        self._tell_tests()
        self._tell_position()
        self._tell_content()
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
        found = _COORDINATES.fullmatch(self._position.text())
        return (float(found.group(1)), float(found.group(2))) if found else (None, None)

    def set_nearest(self, nearest: NearestCamera | None) -> None:
        """Show the camera nearest to the position."""
        self.nearest.set_nearest(nearest, known=self.coordinates() != (None, None))

    def mark_missing(self, lacking: Sequence[str]) -> None:
        """Mark each field in `lacking` (named in the words of rule 3, docs/rules.md) as needed for submitting."""
        by_words: Mapping[str, str] = {words: name for name, words in REQUIRED}
        self._asked_for = frozenset(lacking)
        marked = [(self.input(by_words[words]), words) for words in lacking]
        for widget, words in marked:
            self._form.set_error(widget, _needed(words))
        if marked:
            first = marked[0][0]
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(first, 0, theme.px(80))

    def show_concerns(self, found: Mapping[str, str]) -> None:
        """Say at the place and at the position what deserves a second look; the bid can be saved all the same."""
        for name in (PLACE, POSITION):
            self._form.tell(self._inputs[name], found.get(name, ""))

    def before_saving(self, save: Callable[[], object], *, submit: bool) -> None:
        """Call `save`, after a question where something typed looks like a password; the form is off until it ends."""
        texts = [each for each in self.typed().values() if isinstance(each, str)]
        self.off.begin()
        self._question.before_saving(texts, save, again=lambda: self._save(submit=submit), held=self.off.end)

    def told(self, name: str) -> str:
        """What is said about a field without calling it wrong."""
        return self._form.told_of(self.input(name))

    @property
    def tests_told(self) -> str:
        """Which of the three tests the bid does not pass as it stands."""
        return self._tests.text()

    def show_error(self, text: str) -> None:
        """Say what was refused, at the foot."""
        show_text(self._error, text)

    def clear_errors(self) -> None:
        """Remove every error message."""
        self._form.clear_errors()
        self._asked_for = frozenset()
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
        if self.off.running:
            return
        self.clear_errors()
        if self._position.text().strip() and self.coordinates() == (None, None):
            self._form.set_error(self._position, NO_POSITION)
            return
        self.saved.emit(self.content(), submit)

    def _tell_position(self) -> None:
        self.position_changed.emit(*self.coordinates())

    def _tell_content(self) -> None:
        self.content_changed.emit(self.content())

    def _tell_tests(self) -> None:
        """Name the tests not passed yet, below their boxes; at the button too, once nothing else is missing."""
        content = self.content()
        failed = failed_tests(content)
        show_text(self._tests, f"Not passed yet: {' '.join(failed)}" if failed else "")
        ready = bool(failed) and not missing(content)
        show_text(self._foot, f"It would not be scored as it stands. {' '.join(failed)}" if ready else "")

    def _still_wrong(self, name: str) -> str:
        """What is still wrong with a field that has an error, now that it was changed."""
        if name == "position" and self._position.text().strip() and self.coordinates() == (None, None):
            return NO_POSITION
        lacking = self._asked_for.intersection(missing(self.content()))
        mine = (words for each, words in REQUIRED if self.input(each) is self._inputs[name])
        return next((_needed(words) for words in mine if words in lacking), "")

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
        for name, widget in self._inputs.items():
            self._form.check_with(widget, partial(self._still_wrong, name))
            on_edit(widget, self._tell_tests)
        self._form.add_wide(label("The three tests", 13, theme.STRONG))
        for name, text in TESTS:
            self._inputs[name] = tick = QCheckBox(text)
            self._form.add_wide(tick)
            on_edit(tick, self._tell_tests)
        self._form.add_wide(self._tests)
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
            self._question,
            self._error,
            self._foot,
            foot,
            on=self,
            spacing=10,
            margins=(16, 0, 0, 18),
        )


def _needed(words: str) -> str:
    return f"Needed for submitting: {words}."
