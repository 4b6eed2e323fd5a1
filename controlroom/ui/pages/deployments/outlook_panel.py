"""Shows the right column of the page: what the next meeting can give, bids by score, and what is past its end."""

from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from controlroom.deployments.deployments.records import Deployment, DeploymentAction
from controlroom.deployments.meetings.records import Agenda
from controlroom.deployments.overview import Attention
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.fit_scroll import FitScroll
from controlroom.ui.pages.deployments.rows import (
    NEXT_STEPS,
    BigNumber,
    OverdueCard,
    PreparingRow,
    RankRow,
    add_ruled,
    steps_now,
    with_unit_line,
)
from controlroom.ui.pages.deployments.tab import Context, Declare
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, box, column, empty, gap, grow, row
from controlroom.ui.widgets.text import caption, note


class OutlookPanel(FitScroll):
    """Shows the next agenda and what is overdue."""

    bid_requested = Signal(int)
    deployment_requested = Signal(int)
    action_requested = Signal(int, str)

    def __init__(self, context: Context, declare: Declare) -> None:
        super().__init__()
        self._context = context
        self._first: Deployment | None = None  # past its end: the keys are about it
        self._declare(declare)
        self._shown: object = None
        self.slot = FormPlace(context.background, context.session, context.holds_password)
        self._title = caption("Next meeting")
        self._ranking_title = caption("Bids by score")
        self._preparing_title = caption("On the way to a live camera")
        self.ranking, self.preparing = Card(flush=True), Card(flush=True)
        for card in (self.ranking, self.preparing):
            card.body.setContentsMargins(0, 0, 0, 0)
        self.free = BigNumber("units free or returning")
        self.extensions = BigNumber("extensions to decide first", "warn")
        self.tabled = BigNumber("bids tabled")
        self._numbers = (self.free, self.extensions, self.tabled)
        figures = Card()
        figures.body.addLayout(row(*(grow(each) for each in self._numbers), spacing=18))
        self._overdue = column(spacing=10)
        self._overdue_box = box(self._overdue)
        meeting = (self.slot, self._title, figures, gap(6))
        ranking = (self._ranking_title, self.ranking, gap(6))
        preparing = (self._preparing_title, self.preparing, gap(6))
        parts = (*meeting, *ranking, *preparing, self._overdue_box, SPRING)
        self._column = column(*parts, spacing=10, margins=(18, 18, 14, 14))
        self.set_content(box(self._column))

    def set_outlook(self, agenda: Agenda | None, attention: Attention, today: date) -> None:
        """Show the next meeting's business (None: no meeting is planned), what is past its end, what is under way."""
        seen = (agenda, attention, today, self._context.session.actor)
        if seen == self._shown:
            return
        self._shown = seen
        self._show_numbers(agenda, today)
        self._show_ranking(agenda)
        empty(self.preparing.body)
        self._preparing_title.setVisible(bool(attention.preparing))
        self.preparing.setVisible(bool(attention.preparing))
        open_deployment = self.deployment_requested.emit
        made = [PreparingRow(each, partial(open_deployment, each.id)) for each in attention.preparing]
        add_ruled(self.preparing.body, made)
        self._show_overdue(attention.past_end, today)

    def _show_numbers(self, agenda: Agenda | None, today: date) -> None:
        if agenda is None:
            self._title.setText("No meeting is planned")
            for each in self._numbers:
                each.set_number(0, "text_dim")
            return
        day = agenda.meeting.day
        when = ", today" if day == today else ""
        self._title.setText(f"Free for the meeting of {words.long_day(day)}{when}")
        undecided = sum(item.decision is None for item in agenda.deployments)
        undecided += sum(item.ratification is None for item in agenda.chair)
        self.free.set_number(agenda.free, "text")
        self.extensions.set_number(undecided, "warn" if undecided else "text")
        self.tabled.set_number(len(agenda.bids), "text")

    def _show_ranking(self, agenda: Agenda | None) -> None:
        empty(self.ranking.body)
        rows: list[QWidget] = []
        if agenda is not None:
            titles, open_bid = self._context.score_titles, self.bid_requested.emit
            ranked = [RankRow(bid, titles, partial(open_bid, bid.bid_id)) for bid in agenda.bids]
            rows = with_unit_line(agenda, ranked)
        if not rows:
            none = note("No bid is tabled yet. Assess one, then table it at the meeting.")
            none.setContentsMargins(16, 14, 16, 14)
            rows.append(none)
        if agenda is not None and agenda.needs_information:
            more = note(f"{words.count(agenda.needs_information, 'bid')} more needs information.")
            more.setContentsMargins(16, 8, 16, 10)
            rows.append(more)
        add_ruled(self.ranking.body, rows)

    # -- what is past its end --------------------------------------------------------------------------------

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
                permission=permission,
                **shared,
            )
            for step, (key, permission) in NEXT_STEPS.items()
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

    def _show_overdue(self, past_end: tuple[Deployment, ...], today: date) -> None:
        self._first = past_end[0] if past_end else None
        for action in (*self._steps.values(), self._show):
            action.changed.emit()
        empty(self._overdue)
        for each in past_end:
            self._overdue.addWidget(OverdueCard(each, today, self._buttons(each)))
        self._overdue_box.setVisible(bool(past_end))
        self._place_overdue()

    def _buttons(self, each: Deployment) -> list[KeyButton]:
        """The first one's are those of the actions; the others' have no keys."""
        steps = steps_now(each, self._context)
        if each is self._first:
            made: list[KeyButton] = [ActionButton(self._steps[step], "secondary") for step in steps]
            made.append(ActionButton(self._show))
        else:
            made = [
                KeyButton(step.value, press=lambda step=step: self.action_requested.emit(each.id, step.value))
                for step in steps
            ]
            made.append(KeyButton("Open", press=lambda: self.deployment_requested.emit(each.id)))
        if steps:
            made[0].set_kind("primary")
        return made

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
        if fits != (before > ranking):
            self._column.removeWidget(self._overdue_box)
            place = self._column.indexOf(self.ranking) + 1 if fits else ranking
            self._column.insertWidget(place, self._overdue_box)
