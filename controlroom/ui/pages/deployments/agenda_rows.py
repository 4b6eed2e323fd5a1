"""A row of an agenda: its rank or unit, what it is about, its score, and the decision or the button to take it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from controlroom.deployments.meetings.records import Decision
from controlroom.ui import theme
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import TOP, Cell, at, column, fill, gap, row
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
        number = label(lead, 18, theme.NUMBER, "accent" if parts else lead_role)
        number.setMinimumWidth(theme.px(28 if parts else 74))
        self._middle = column(
            label(title, 15, theme.MEDIUM, wrap=True),
            note(detail),
            label(paper, 13, wrap=True) if paper else None,
            spacing=3,
        )
        if parts:
            fill(self._middle, gap(3), ScoreBar(parts))
        show = KeyButton("Open", kind="quiet", press=self.opened.emit)
        show.setAccessibleName(f"Open {title}")
        self._right = row(at(TOP, show), spacing=6)
        scored = at(TOP, label(score, 20, theme.NUMBER)) if score else None
        parts_of_row = (at(TOP, number), Cell(self._middle, 1, TOP), scored, self._right)
        row(*parts_of_row, on=self, spacing=14, margins=(16, 11, 14, 11))

    def set_decision(self, decision: Decision | None) -> None:
        """Show what was decided."""
        if decision is None:
            return
        pill = Pill(decision.outcome.value, words.OUTCOME_STATES[decision.outcome])
        self._right.insertWidget(0, pill, 0, TOP)
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
        self._right.addWidget(button, 0, TOP)
        return button
