"""Shows one bid: its head, its score part by part, its case, its decisions and history."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from controlroom.audit.records import AuditEntry
from controlroom.clock import show_day
from controlroom.deployments.bids.records import Bid
from controlroom.deployments.bids.rules import TESTS
from controlroom.deployments.meetings.records import Decision, Meeting
from controlroom.deployments.policy import Policy
from controlroom.ui import icons, theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.assess_form import AssessForm
from controlroom.ui.pages.deployments.nearest import NearestView
from controlroom.ui.pages.deployments.parts import DecisionList, HistoryList
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import MIDDLE, SPRING, TOP, column, empty, grid, grow, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import ElidedLabel, Facts, label, note


@dataclass(frozen=True)
class BidFile:
    """What is read about a bid besides the bid itself; `meetings` are those it could be tabled at."""

    bid_id: int
    decisions: Sequence[Decision]
    history: Sequence[AuditEntry]
    meetings: Sequence[Meeting]
    proposed: dict[str, int]


class BidHead(QWidget):
    """Where and what a bid is, the question that is open, and below them `actions`."""

    def __init__(self, show_deployment: Action, actions: QWidget) -> None:
        super().__init__()
        self._title, self._pill = ElidedLabel("", 18, theme.STRONG), Pill()
        self._sub, self._question = note(""), label("", 13, role="warn", wrap=True)
        deployment = ActionButton(show_deployment, parent=self)
        first = row(grow(self._title), self._pill, deployment, spacing=10)
        column(first, self._sub, self._question, actions, on=self, spacing=10, margins=(0, 0, 24, 0))

    def show_bid(self, bid: Bid) -> None:
        """Show a bid."""
        content = bid.content
        self._title.set_text(f"{content.place}, {content.ward}" if content.ward else content.place)
        self._pill.set(bid.state.value, words.BID_STATES[bid.state])
        made = f"{bid.reference} · {content.partner} · {', '.join(content.objectives)}".rstrip(" ·")
        meeting = f" · for the meeting of {show_day(bid.meeting_day)}" if bid.meeting_day else ""
        self._sub.setText(made + meeting)
        self._question.setText(f"Asked: {bid.question}")
        self._question.setVisible(bool(bid.question))


class BidView(QWidget):
    """The cards of a bid; the form that scores it stands in the place of its score."""

    def __init__(self, policy: Policy, question: PasswordQuestion) -> None:
        super().__init__()
        self.assess = AssessForm(policy, question)
        self.assess.hide()
        self._score, tests, case = Card("Score"), Card("The three tests"), Card("The case")
        self._decided, history = Card("Decisions"), Card("History")
        self._scores, self._tests, self._facts = QWidget(), QWidget(), Facts()
        self._decisions, self._history = DecisionList(), HistoryList()
        self._score_cells = grid(on=self._scores, across=14, down=7)
        self._test_cells = grid(on=self._tests, across=10, down=6)
        for card, inside in (
            (self._score, self._scores),
            (tests, self._tests),
            (case, self._facts),
            (self._decided, self._decisions),
            (history, self._history),
        ):
            card.add(inside)
        self.nearest = NearestView(policy.ranges.full_gap_m)
        cards = (self.assess, self._score, self.nearest, tests, case, self._decided, history)
        column(*cards, SPRING, on=self, spacing=12, margins=(0, 0, 14, 0))

    def show_bid(self, bid: Bid) -> None:
        """Show a bid; its decisions and history follow when they have been read."""
        self._score.setVisible(bid.score is not None and self.assess.isHidden())
        self._score.set_note(f"{bid.score:.1f} of 100" if bid.score is not None else "")
        self._show_score(bid)
        self.nearest.set_nearest(bid.nearest, known=bid.content.latitude is not None)
        self._show_tests(bid)
        self._facts.set_facts(_facts(bid))

    def show_file(self, file: BidFile) -> None:
        """Show what was read about it."""
        self._decided.setVisible(bool(file.decisions))
        self._decisions.set_decisions(file.decisions)
        self._history.set_entries(file.history)

    def begin_assessing(self, bid: Bid, proposed: dict[str, int]) -> None:
        """Open the form that scores it."""
        self._score.hide()
        self.assess.show()
        self.assess.begin(bid, proposed)

    def _show_score(self, bid: Bid) -> None:
        """Each part: its name, a bar, what was given, its points of its weight."""
        empty(self._score_cells)
        whole = sum(line.weight for line in bid.lines) or 1
        for place, line in enumerate(bid.lines):
            most = 100 * line.weight / whole
            bar = ScoreBar([("", 0.0)] * place + [(line.title, 100 * line.points / (most or 1))])
            given = label(f"{line.given} of 10", 12.5, role="text_dim")
            worth = label(f"{line.points:.0f} of {most:.0f}", 12.5, theme.MEDIUM)
            worth.setAlignment(Qt.AlignmentFlag.AlignRight)
            for across, widget in enumerate((label(line.title, 13), bar, given, worth)):
                self._score_cells.addWidget(widget, place * 2, across, MIDDLE)
            if line.note:
                self._score_cells.addWidget(note(line.note), place * 2 + 1, 1, 1, 3)

    def _show_tests(self, bid: Bid) -> None:
        empty(self._test_cells)
        for place, (name, text) in enumerate(TESTS):
            passed = getattr(bid.content, name)
            mark = label("")
            icon, role = ("check-circle", "live") if passed else ("warning-circle", "warn")
            mark.setPixmap(icons.pixmap(icon, role, theme.px(16), self.devicePixelRatioF()))
            mark.setAccessibleName("passed" if passed else "not passed")
            self._test_cells.addWidget(mark, place, 0, TOP)
            told = label(text, 13, role="text" if passed else "text_dim", wrap=True)
            self._test_cells.addWidget(told, place, 1)


def _facts(bid: Bid) -> list[tuple[str, str]]:
    each = bid.content
    counted = each.reports_3_months is not None and each.reports_12_months is not None
    facts = [
        (
            "Reports",
            f"{each.reports_3_months} in 3 months, {each.reports_12_months} in 12" if counted else "",
        ),
        ("Evidence", each.evidence),
        ("Causes", each.causes),
        ("What was tried", each.tried),
        ("Why less intrusive means fall short", each.less_intrusive),
        ("Overlooked homes", each.overlooked_homes),
        ("Times of concern", each.times_of_concern),
        ("Plan", each.plan),
        ("Success measures", each.success_measures),
        ("Agencies committed", ", ".join(each.agencies)),
        ("Contact", each.contact),
        ("Position", f"{each.latitude}, {each.longitude}" if each.latitude is not None else ""),
    ]
    return [*facts, ("Last reason", bid.reason)] if bid.reason else facts
