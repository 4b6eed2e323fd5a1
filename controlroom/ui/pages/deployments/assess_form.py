"""Shows the form in which a bid is scored: a slider and a figure for each part, and the total so far."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSlider, QSpinBox, QWidget

from controlroom.deployments.bids.records import Assessment, Bid
from controlroom.deployments.policy import HIGHEST_SCORE, Policy, ScorePart
from controlroom.ui import theme
from controlroom.ui.kit.off_while_saving import OffWhileSaving
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.keyboard import mark_form
from controlroom.ui.widgets.layout import SPRING, column, fill, grid, grow, row
from controlroom.ui.widgets.text import label, note, show_text

COVERAGE = "coverage"
TYPED = 99  # what may be typed: more than counts, so that it is seen and refused instead of cut


class AssessForm(Card):
    """`assessed(Assessment)` when asked to save, and `off` until that has ended; `cancelled` on Esc."""

    assessed = Signal(object)
    cancelled = Signal()

    def __init__(self, policy: Policy, question: PasswordQuestion) -> None:
        super().__init__("Score")
        mark_form(self)
        self._question, self.off = question, OffWhileSaving(self)
        self._policy = policy
        self.spins: dict[str, QSpinBox] = {}
        self._points: dict[str, QLabel] = {}
        self._proposed: dict[str, int] = {}
        self._bid_id, self._begun = 0, Assessment({}, {})
        self._left: dict[int, Assessment] = {}  # bid's id -> what was given in a form left without saving
        self.reason = QLineEdit()
        self._total = label("", 26, theme.NUMBER)
        self._bar = ScoreBar(height=8)
        self._error = label("", 13, role="alarm", wrap=True)
        self._error.hide()
        self._lay_out()

    def begin(self, bid: Bid, proposed: Mapping[str, int]) -> None:
        """Start from the bid's last score, or from what the program proposes, else from the middle.

        What was given here before, and not saved, comes back.
        """
        self._bid_id = bid.id
        self._proposed = dict(proposed)
        given = {line.part: line.given for line in bid.lines}
        notes = {line.part: line.note for line in bid.lines}
        for part in self._policy.score_parts:
            self.spins[part.key].setValue(given.get(part.key, proposed.get(part.key, HIGHEST_SCORE // 2)))
        self.reason.setText(notes.get(COVERAGE, ""))
        self._begun = self.assessment()
        if (left := self._left.get(bid.id)) is not None:
            for key, value in left.given.items():
                self.spins[key].setValue(value)
            self.reason.setText(left.notes.get(COVERAGE, ""))
        self.show_error("")
        self._count()
        first = next(iter(self.spins.values()))
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()  # a typed figure takes the place of the one that stands there

    def assessment(self) -> Assessment:
        """What was given."""
        notes = {COVERAGE: self.reason.text().strip()} if self.reason.text().strip() else {}
        return Assessment({key: spin.value() for key, spin in self.spins.items()}, notes)

    def forget(self, bid_id: int | None = None) -> None:
        """Drop what was given for a bid and not saved: it is saved now, or (None) somebody else sits here."""
        if bid_id is None:
            self._left.clear()
        else:
            self._left.pop(bid_id, None)

    def hideEvent(self, event: QHideEvent) -> None:
        if (given := self.assessment()) != self._begun:
            self._left[self._bid_id] = given
        super().hideEvent(event)

    def total(self) -> float:
        """The total of 100 as it stands."""
        return sum(points for _, points in self._parts())

    def show_error(self, text: str) -> None:
        """Say what was refused."""
        show_text(self._error, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape or (enter and self._cancel.hasFocus()):
            self.cancelled.emit()
        elif enter:
            self._save()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _save(self) -> None:
        if self.off.running:
            return
        said, spin = self._problem()
        if spin is not None:
            self.show_error(said)
            spin.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        notes = self.assessment().notes.values()
        self.off.begin()
        self._question.before_saving(
            notes, lambda: self.assessed.emit(self.assessment()), again=self._save, held=self.off.end
        )

    def _parts(self) -> list[tuple[str, float]]:
        whole = sum(self._policy.weights.values())
        return [
            (part.title, 100 * part.weight * self.spins[part.key].value() / (HIGHEST_SCORE * whole))
            for part in self._policy.score_parts
        ]

    def _take(self, slider: QSlider, value: int) -> None:
        """A figure was typed or stepped; one that is too high stands as it was typed, and is refused."""
        with QSignalBlocker(slider):
            slider.setValue(value)
        self._count()
        self.show_error(self._problem()[0])

    def _problem(self) -> tuple[str, QSpinBox | None]:
        """What is wrong with the figures, and where."""
        for part in self._policy.score_parts:
            if self.spins[part.key].value() > HIGHEST_SCORE:
                return f"{part.title}: a score is 0 to {HIGHEST_SCORE}.", self.spins[part.key]
        return "", None

    def _count(self) -> None:
        parts = self._parts()
        self._bar.set_parts(parts)
        self._total.setText(f"{self.total():.0f}")
        self._total.setAccessibleName(f"Total {self.total():.0f} of 100")
        for part, (_, points) in zip(self._policy.score_parts, parts, strict=True):
            worth = self._points[part.key]
            worth.setText(f"{points:.0f} of {100 * part.weight / sum(self._policy.weights.values()):.0f}")
        differs = COVERAGE in self._proposed and self.spins[COVERAGE].value() != self._proposed[COVERAGE]
        self.reason.setVisible(differs)

    def _lay_out(self) -> None:
        table = QWidget()
        cells = grid(on=table, across=14, down=4)
        for number, part in enumerate(self._policy.score_parts):
            self._add_part(cells, number * 2, part)
        self.reason.setPlaceholderText("Why the coverage gap differs here, e.g. a bridge in the way")
        self.reason.setAccessibleName("Why the coverage gap differs")
        save = KeyButton(
            "Save score",
            "Enter",
            "primary",
            bind=False,
            press=self._save,
        )
        self._cancel = KeyButton("Cancel", "Esc", bind=False, press=self.cancelled.emit)
        fill(
            self.body,
            column(table, self.reason, spacing=-1),
            row(self._total, grow(self._bar), spacing=14),
            self._question,
            self._error,
            row(save, self._cancel, SPRING, spacing=8),
        )

    def _add_part(self, cells: QGridLayout, line: int, part: ScorePart) -> None:
        name = label(part.title, 13, theme.MEDIUM)
        slider, spin = QSlider(Qt.Orientation.Horizontal), QSpinBox()
        slider.setRange(0, HIGHEST_SCORE)
        slider.setPageStep(1)
        slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the figure beside it takes the keys
        spin.setRange(0, TYPED)
        spin.setFixedWidth(theme.px(78))
        spin.setAccessibleName(part.title)
        spin.setAccessibleDescription(part.help)
        name.setBuddy(spin)
        slider.valueChanged.connect(spin.setValue)
        spin.valueChanged.connect(lambda value: self._take(slider, value))
        worth = label("", theme.SMALL, role="text_dim")
        worth.setMinimumWidth(theme.px(56))
        worth.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.spins[part.key], self._points[part.key] = spin, worth
        for place, widget in enumerate((name, slider, spin, worth)):
            cells.addWidget(widget, line, place)
        cells.addWidget(note(part.help), line + 1, 0, 1, 4)
