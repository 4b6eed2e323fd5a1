"""The record of one bid: what can be done now, its score part by part, its case, its decisions and history."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.audit.records import AuditEntry
from controlroom.clock import show_day
from controlroom.deployments.bids.records import Assessment, Bid, BidAction
from controlroom.deployments.bids.rules import TESTS
from controlroom.deployments.meetings.records import Decision, Meeting
from controlroom.ui import icons, theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.form import FormCard
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.assess_form import AssessForm
from controlroom.ui.pages.deployments.bid_prompts import BidPrompts
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.nearest import NearestView
from controlroom.ui.pages.deployments.parts import ActionBar, DecisionList, HistoryList, clear
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.pages.deployments.tab import Declare
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import ElidedLabel, Facts, label, note

_A = BidAction
KEYS: dict[BidAction, str] = {
    _A.EDIT: "E",
    _A.SUBMIT: "S",
    _A.ASK: "Q",
    _A.ASSESS: "A",
    _A.TABLE: "T",
    _A.CHAIR: "H",
    _A.PLAN: "P",
    _A.LAPSE: "L",
    _A.WITHDRAW: "W",
}
PERMISSIONS = {_A.CHAIR: Permission.RECORD_DECISIONS, _A.PLAN: Permission.MANAGE_DEPLOYMENTS}


@dataclass(frozen=True)
class BidFile:
    """Everything the record shows, read in one go."""

    bid: Bid
    decisions: list[Decision]
    history: list[AuditEntry]
    meetings: list[Meeting]
    proposed: dict[str, int]


class ScoreTable(QWidget):
    """Each part of a score: its name, what was given, its weight, the points, as a bar of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)

    def set_bid(self, bid: Bid) -> None:
        """Show a bid's parts."""
        clear(self._grid)
        whole = sum(line.weight for line in bid.lines) or 1
        for row, line in enumerate(bid.lines):
            bar = ScoreBar(
                [("", 0.0)] * row + [(line.title, 100 * line.points / (100 * line.weight / whole or 1))]
            )
            given = label(f"{line.given} of 10", 12.5, role="text_dim")
            worth = label(f"{line.points:.0f} of {100 * line.weight / whole:.0f}", 12.5, theme.MEDIUM)
            worth.setAlignment(Qt.AlignmentFlag.AlignRight)
            for column, widget in enumerate((label(line.title, 13), bar, given, worth)):
                self._grid.addWidget(widget, row * 2, column, Qt.AlignmentFlag.AlignVCenter)
            if line.note:
                self._grid.addWidget(note(line.note), row * 2 + 1, 1, 1, 3)


class BidRecord(QWidget):
    """Shows one bid. `edit_requested(Bid)` opens the form, `deployment_requested` goes to the timeline."""

    edit_requested = Signal(object)
    deployment_requested = Signal(int)
    actions_changed = Signal()  # others are offered now

    def __init__(self, context: Context, declare: Declare) -> None:
        super().__init__()
        self._context, self._declare = context, declare
        self._file: BidFile | None = None
        self._wanted: int | None = None
        self._lay_out()

    @property
    def bid(self) -> Bid | None:
        """What is shown."""
        return self._file.bid if self._file is not None else None

    def show_bid(self, bid_id: int) -> None:
        """Read a bid and show it."""
        if bid_id != self._wanted:
            self.slot.clear()
            self._close_assessing()
        self._wanted = bid_id
        self.refresh()

    def refresh(self) -> None:
        """Read what is shown afresh."""
        wanted = self._wanted
        if wanted is None or not self._context.may_read:
            return
        services, actor = self._context.services, self._context.actor

        def read() -> BidFile:
            return BidFile(
                services.bids.bid(actor, wanted),
                services.meetings.decisions(actor, wanted),
                services.bids.history(actor, wanted),
                services.meetings.meetings(actor),
                services.bids.proposed(actor, wanted),
            )

        self._context.load(read, self._take_file, self)

    def take(self, action: StrEnum) -> FormCard | None:
        """Do an action, or open what it asks."""
        if self._file is None:
            return None
        bid = self._file.bid
        if action is _A.EDIT:
            self.edit_requested.emit(bid)
        elif action is _A.ASSESS:
            self._begin_assessing()
        elif action is _A.SUBMIT:
            services, actor = self._context.services, self._context.actor
            self._context.load(lambda: services.bids.submit(actor, bid.id), self._done, self)
        else:
            prompts = BidPrompts(self._context, bid, self._file.meetings)
            return self.slot.open(prompts.prompt(BidAction(action)))
        return None

    # -- actions ---------------------------------------------------------------------------------------------

    def _begin_assessing(self) -> None:
        if self._file is None:
            return
        self.slot.close_form()
        self.assess.begin(self._file.bid, self._file.proposed)
        self.assess.show()
        self._score_card.hide()
        self.actions_changed.emit()

    def _close_assessing(self) -> None:
        self.assess.hide()
        self.actions_changed.emit()
        self._score_card.setVisible(self._file is not None and self._file.bid.score is not None)

    def _save_score(self, assessment: Assessment) -> None:
        if self._file is None:
            return
        services, actor, bid = self._context.services, self._context.actor, self._file.bid
        self._context.background.run(
            lambda: services.bids.assess(actor, bid.id, assessment),
            self._scored,
            lambda error: self.assess.show_error(str(error)),
            owner=self,
        )

    def _scored(self, bid: Bid) -> None:
        self._close_assessing()
        self._done(bid)

    def _done(self, result: Any) -> None:
        if isinstance(result, Bid):
            self._context.said(f"{result.reference} · {result.content.place}: {result.state.value}")
        elif isinstance(result, Decision):
            self._context.said(f"{result.bid_reference}: {result.outcome.value} by {result.taken_by}")
        elif hasattr(result, "reference"):
            self._context.said(f"{result.reference} is planned: survey and DPIA come next")
            self.deployment_requested.emit(result.id)
        self.refresh()

    # -- what is shown ---------------------------------------------------------------------------------------

    def _take_file(self, file: BidFile) -> None:
        if file.bid.id != self._wanted:
            return
        self._file = file
        bid, content = file.bid, file.bid.content
        self._title.set_text(f"{content.place}, {content.ward}" if content.ward else content.place)
        self._pill.set(bid.state.value, words.BID_STATES[bid.state])
        made = f"{bid.reference} · {content.partner} · {', '.join(content.objectives)}".rstrip(" ·")
        meeting = f" · for the meeting of {show_day(bid.meeting_day)}" if bid.meeting_day else ""
        self._sub.setText(made + meeting)
        self._question.setText(f"Asked: {bid.question}")
        self._question.setVisible(bool(bid.question))
        self.action_bar.set_actions(bid.actions)
        self._deployment.action_shown.changed.emit()
        scored = bid.score is not None
        self._score_card.setVisible(scored and self.assess.isHidden())
        self._score_card.set_note(f"{bid.score:.1f} of 100" if bid.score is not None else "")
        self._scores.set_bid(bid)
        self.nearest.set_nearest(bid.nearest, known=content.latitude is not None)
        self._show_tests(bid)
        self._facts.set_facts(_facts(bid))
        self._decided.setVisible(bool(file.decisions))
        self._decisions.set_decisions(file.decisions)
        self._history.set_entries(file.history)

    def _show_tests(self, bid: Bid) -> None:
        clear(self._tests)
        for row, (name, text) in enumerate(TESTS):
            passed = getattr(bid.content, name)
            mark = label("")
            icon = "check-circle" if passed else "warning-circle"
            picture = icons.pixmap(icon, "live" if passed else "warn", theme.px(16), self.devicePixelRatioF())
            mark.setPixmap(picture)
            mark.setAccessibleName("passed" if passed else "not passed")
            self._tests.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            self._tests.addWidget(label(text, 13, role="text" if passed else "text_dim", wrap=True), row, 1)
        self._tests.setColumnStretch(1, 1)

    @property
    def _in_view(self) -> bool:
        return not self.isHidden() and self._file is not None

    @property
    def _is_free(self) -> bool:
        """True while no form is open about the bid."""
        return self._in_view and self.slot.form is None and self.assess.isHidden()

    def _open_deployment(self) -> None:
        if self._file is not None and self._file.bid.deployment_id is not None:
            self.deployment_requested.emit(self._file.bid.deployment_id)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        outer.addLayout(self._make_head())
        self._sub = note("")
        outer.addWidget(self._sub)
        self._question = label("", 13, role="warn", wrap=True)
        outer.addWidget(self._question)
        self.action_bar = ActionBar(
            self._declare,
            KEYS,
            self.take,
            part="Bid",
            shown=lambda: self._is_free,
            permission=lambda each: PERMISSIONS.get(each, Permission.WRITE_BIDS),
            danger=frozenset({_A.WITHDRAW, _A.LAPSE}),
        )
        outer.addWidget(self.action_bar)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(12)
        self.slot = FormPlace(self._context.background)
        self.slot.done.connect(self._done)
        self.slot.changed.connect(self.actions_changed)
        for widget in (self.slot, *self._make_cards()):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)

    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(10)
        self._title = ElidedLabel("", 18, theme.STRONG)
        self._pill = Pill()
        show = self._declare(
            "G",
            "Show its deployment",
            self._open_deployment,
            short=lambda: (self.bid and self.bid.deployment) or "Deployment",
            part="Bid",
            when=lambda: self._in_view and self.bid is not None and self.bid.deployment_id is not None,
            needs="a bid with a deployment is shown",
        )
        self._deployment = ActionButton(show, parent=self)
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        head.addWidget(self._deployment)
        return head

    def _make_cards(self) -> list[QWidget]:
        self.assess = AssessForm(self._context.services.policy)
        self.assess.assessed.connect(self._save_score)
        self.assess.cancelled.connect(self._close_assessing)
        self.assess.hide()
        self._score_card = Card("Score")
        self._scores = ScoreTable()
        self._score_card.add(self._scores)
        self.nearest = NearestView(self._context.services.policy.ranges.full_gap_m)
        tests = Card("The three tests")
        self._tests = QGridLayout()
        self._tests.setHorizontalSpacing(10)
        tests.body.addLayout(self._tests)
        case = Card("The case")
        self._facts = Facts()
        case.add(self._facts)
        self._decided = Card("Decisions")
        self._decisions = DecisionList()
        self._decided.add(self._decisions)
        history = Card("History")
        self._history = HistoryList()
        history.add(self._history)
        return [self.assess, self._score_card, self.nearest, tests, case, self._decided, history]


def _facts(bid: Bid) -> list[tuple[str, str]]:
    each = bid.content
    reports = (
        f"{each.reports_3_months} in 3 months, {each.reports_12_months} in 12"
        if each.reports_3_months is not None and each.reports_12_months is not None
        else ""
    )
    position = f"{each.latitude}, {each.longitude}" if each.latitude is not None else ""
    facts = [
        ("Reports", reports),
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
        ("Position", position),
    ]
    if bid.reason:
        facts.append(("Last reason", bid.reason))
    return facts
