"""A row of an agenda: its rank or unit, what it is about, its score, and the decision or the button to take it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from controlroom.deployments.meetings.records import Decision
from controlroom.ui import theme
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import label, note


class AgendaRow(QFrame):
    """`opened` when the person wants to see what the item is about."""

    opened = Signal()

    def __init__(
        self,
        lead: str,
        title: str,
        detail: str,
        score: str = "",
        parts: Sequence[tuple[str, float]] = (),
        lead_role: str = "text",
        paper: str = "",
    ) -> None:
        super().__init__()
        self.setAccessibleName(f"{lead} {title}. {detail}")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 11, 14, 11)
        row.setSpacing(14)
        number = label(lead, 18, theme.NUMBER, "accent" if parts else lead_role)
        number.setMinimumWidth(theme.px(28 if parts else 74))
        row.addWidget(number, 0, Qt.AlignmentFlag.AlignTop)
        self._middle = QVBoxLayout()
        self._middle.setSpacing(3)
        self._middle.addWidget(label(title, 15, theme.MEDIUM, wrap=True))
        self._middle.addWidget(note(detail))
        if paper:
            self._middle.addWidget(label(paper, 13, wrap=True))
        if parts:
            self._middle.addSpacing(3)
            self._middle.addWidget(ScoreBar(parts))
        row.addLayout(self._middle, 1)
        row.setAlignment(self._middle, Qt.AlignmentFlag.AlignTop)
        if score:
            row.addWidget(label(score, 20, theme.NUMBER), 0, Qt.AlignmentFlag.AlignTop)
        self._right = QHBoxLayout()
        self._right.setSpacing(6)
        row.addLayout(self._right)
        show = KeyButton("Open", kind="quiet")
        show.setAccessibleName(f"Open {title}")
        show.clicked.connect(lambda _checked: self.opened.emit())
        self._right.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)

    def set_decision(self, decision: Decision | None) -> None:
        """Show what was decided."""
        if decision is None:
            return
        pill = Pill(decision.outcome.value, words.OUTCOME_STATES[decision.outcome])
        self._right.insertWidget(0, pill, 0, Qt.AlignmentFlag.AlignTop)
        told = [decision.reason]
        if decision.departs:
            told.append("Departs from the ranking.")
        if decision.signed_off_by:
            told.append(f"Signed off by {decision.signed_off_by}.")
        text = " ".join(each for each in told if each)
        if text:
            self._middle.addWidget(label(text, 12.5, role="text_dim", wrap=True))

    def offer(self, text: str) -> KeyButton:
        """Add the button that takes the decision."""
        button = KeyButton(text)
        self._right.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button
