"""The right column of the page: what the next meeting can give, bids by score, and what is past its end."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea

from controlroom.accounts.records import Actor
from controlroom.deployments.deployments.records import Deployment, DeploymentAction
from controlroom.deployments.meetings.records import Agenda
from controlroom.deployments.overview.records import Attention
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.outlook_rows import (
    NEXT_STEPS,
    BigNumber,
    OverdueCard,
    PreparingRow,
    RankRow,
    UnitLine,
    steps_now,
)
from controlroom.ui.pages.deployments.parts import clear
from controlroom.ui.pages.deployments.tab import Declare
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import SPRING, box, column, gap, grow, row, scroll_upright
from controlroom.ui.widgets.text import Rule, caption, note


class OutlookPanel(QScrollArea):
    """Shows the next agenda and what is overdue."""

    bid_requested = Signal(int)
    deployment_requested = Signal(int)
    action_requested = Signal(int, str)

    def __init__(self, context: Context, declare: Declare) -> None:
        super().__init__()
        self._context = context
        self._first: Deployment | None = None  # past its end: the keys are about it
        self._declare(declare)
        self._shown: tuple[Agenda | None, Attention, date, Actor] | None = None
        scroll_upright(self)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.slot = FormPlace(context.background)
        self._title = caption("Next meeting")
        self._ranking_title = caption("Bids by score")
        self._preparing_title = caption("On the way to a live camera")
        self.ranking, self.preparing = Card(flush=True), Card(flush=True)
        for card in (self.ranking, self.preparing):
            card.body.setContentsMargins(0, 0, 0, 0)
        self._overdue = column(spacing=10)
        self._overdue_box = box(self._overdue)
        meeting = (self.slot, self._title, self._make_numbers(), gap(6))
        ranking = (self._ranking_title, self.ranking, gap(6))
        preparing = (self._preparing_title, self.preparing, gap(6))
        parts = (*meeting, *ranking, *preparing, self._overdue_box, SPRING)
        self._column = column(*parts, spacing=10, margins=(18, 18, 14, 14))
        self.setWidget(box(self._column))

    def set_outlook(self, agenda: Agenda | None, attention: Attention, today: date) -> None:
        """Show the next meeting's business (None: no meeting is planned), what is past its end, what is under way."""
        seen = (agenda, attention, today, self._context.actor)
        if seen == self._shown:
            return
        self._shown = seen
        past_end = attention.past_end
        self._show_numbers(agenda, today)
        self._show_ranking(agenda)
        self._show_preparing(attention.preparing)
        self._first = past_end[0] if past_end else None
        for action in (*self._steps.values(), self._show):
            action.changed.emit()
        clear(self._overdue)
        for number, each in enumerate(past_end):
            card = (
                OverdueCard(each, self._context)
                if number
                else OverdueCard(each, self._context, self._steps, self._show)
            )
            card.action_taken.connect(self.action_requested)
            card.opened.connect(self.deployment_requested)
            self._overdue.addWidget(card)
        self._overdue_box.setVisible(bool(past_end))
        self._place_overdue()

    def _declare(self, declare: Declare) -> None:
        def may_take(step: DeploymentAction) -> bool:
            return self._in_view and self._first is not None and step in steps_now(self._first, self._context)

        shared = {"part": "Past its end", "needs": "a deployment is past its end"}
        self._steps = {
            step: declare(
                key,
                step.value,
                lambda step=step: self._first and self.action_requested.emit(self._first.id, step.value),
                when=lambda step=step: may_take(step),
                permission=NEXT_STEPS[step],
                **shared,
            )
            for step, key in ((DeploymentAction.TAKE_TO_JAG, "J"), (DeploymentAction.ORDER_REMOVAL, "R"))
        }
        self._show = declare(
            "O",
            "Open the deployment",
            lambda: self._first and self.deployment_requested.emit(self._first.id),
            short="Open",
            when=lambda: self._in_view and self._first is not None,
            **shared,
        )

    @property
    def _in_view(self) -> bool:
        return not self.isHidden() and self.slot.form is None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_overdue()

    def _place_overdue(self) -> None:
        """What is past its end stands below the ranking where that leaves it in view, and above it where not."""
        inner = self.widget()
        if inner is None:
            return
        wanted = inner.sizeHint().height()
        if inner.hasHeightForWidth():
            wanted = inner.heightForWidth(self.viewport().width())
        fits = wanted <= self.viewport().height()
        before = self._column.indexOf(self._overdue_box)
        ranking = self._column.indexOf(self._ranking_title)
        if fits and before < ranking:
            self._column.removeWidget(self._overdue_box)
            self._column.insertWidget(self._column.indexOf(self.ranking) + 1, self._overdue_box)
        elif not fits and before > ranking:
            self._column.removeWidget(self._overdue_box)
            self._column.insertWidget(ranking, self._overdue_box)

    def _show_preparing(self, preparing: Sequence[Deployment]) -> None:
        clear(self.preparing.body)
        self._preparing_title.setVisible(bool(preparing))
        self.preparing.setVisible(bool(preparing))
        for number, each in enumerate(preparing):
            if number:
                self.preparing.body.addWidget(Rule())
            made = PreparingRow(each)
            made.clicked.connect(self.deployment_requested)
            self.preparing.body.addWidget(made)

    def _make_numbers(self) -> Card:
        card = Card()
        self.free = BigNumber("units free or returning")
        self.extensions = BigNumber("extensions to decide first", "warn")
        self.tabled = BigNumber("bids tabled")
        numbers = (grow(each) for each in (self.free, self.extensions, self.tabled))
        card.body.addLayout(row(*numbers, spacing=18))
        return card

    def _show_numbers(self, agenda: Agenda | None, today: date) -> None:
        if agenda is None:
            self._title.setText("No meeting is planned")
            for each in (self.free, self.extensions, self.tabled):
                each.set_number(0, "text_dim")
            return
        when = f", {words.in_days(agenda.meeting.day, today)}" if agenda.meeting.day == today else ""
        self._title.setText(f"Free for the meeting of {words.long_day(agenda.meeting.day)}{when}")
        undecided = sum(item.decision is None for item in agenda.deployments)
        undecided += sum(item.ratification is None for item in agenda.chair)
        self.free.set_number(agenda.free, "text")
        self.extensions.set_number(undecided, "warn" if undecided else "text")
        self.tabled.set_number(len(agenda.bids), "text")

    def _show_ranking(self, agenda: Agenda | None) -> None:
        clear(self.ranking.body)
        bids = agenda.bids if agenda is not None else ()
        titles = {part.key: part.title for part in self._context.services.policy.score_parts}
        drawn = False
        for number, bid in enumerate(bids):
            if not bid.above_line and not drawn:
                self.ranking.body.addWidget(UnitLine(number))
                drawn = True
            elif number:
                self.ranking.body.addWidget(Rule())
            made = RankRow(bid, [(titles.get(part, part), points) for part, points in bid.parts])
            made.clicked.connect(self.bid_requested)
            self.ranking.body.addWidget(made)
        if not bids:
            empty: QLabel = note("No bid is tabled yet. Assess one, then table it at the meeting.")
            empty.setContentsMargins(16, 14, 16, 14)
            self.ranking.body.addWidget(empty)
        if agenda is not None and agenda.needs_information:
            more = note(f"{words.count(agenda.needs_information, 'bid')} more needs information.")
            more.setContentsMargins(16, 8, 16, 10)
            self.ranking.body.addWidget(Rule())
            self.ranking.body.addWidget(more)
