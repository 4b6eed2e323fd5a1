"""A meeting's agenda: chair's actions, deployments, bids in ranking order; one decision at a time, then the minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.clock import show_day
from controlroom.deployments.meetings.records import (
    Agenda,
    AgendaItem,
    ChairItem,
    Decision,
    DeploymentItem,
    Meeting,
    MeetingState,
    RankedBid,
)
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.form import FormCard, FormSpec
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.agenda_rows import AgendaRow
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.decision_prompts import DecisionPrompts
from controlroom.ui.pages.deployments.outlook_rows import UnitLine
from controlroom.ui.pages.deployments.parts import clear
from controlroom.ui.pages.deployments.tab import Declare
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.news_line import NewsLine
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import ElidedLabel, Rule, label, note


@dataclass(frozen=True)
class _Place:
    """Where an item stands: its key in the agenda."""

    kind: str
    id: int


class AgendaView(QWidget):
    """Shows one meeting. `bid_requested` and `deployment_requested` open what an item is about."""

    bid_requested = Signal(int)
    deployment_requested = Signal(int)
    agenda_shown = Signal(object)
    actions_changed = Signal()  # others are offered now

    def __init__(self, context: Context, declare: Declare) -> None:
        super().__init__()
        self._context = context
        self._wanted: int | None = None
        self._agenda: Agenda | None = None
        self._seen: tuple[Agenda, date, bool] | None = None  # what the rows were made from
        self._rows: dict[_Place, AgendaRow] = {}
        self.slot = FormPlace(context.background)
        self.slot.done.connect(self._decided)
        self.slot.changed.connect(self.actions_changed)
        self._declare(declare)
        self._lay_out()

    @property
    def agenda(self) -> Agenda | None:
        """What is shown."""
        return self._agenda

    def show_meeting(self, meeting_id: int) -> None:
        """Read a meeting's agenda and show it."""
        if meeting_id != self._wanted:
            self.slot.clear()
            self._minutes_of = None
        self._wanted = meeting_id
        self.refresh()

    def refresh(self) -> None:
        """Read what is shown afresh."""
        wanted = self._wanted
        if wanted is None or not self._context.may_read:
            return
        services, actor = self._context.services, self._context.actor
        self._context.load(lambda: services.meetings.agenda(actor, wanted), self._take, self)

    def decide(self, item: AgendaItem) -> FormCard | None:
        """Open the decision of an item below the head; None when nothing can be recorded now."""
        if self._agenda is None or self.why_not():
            return None
        prompts = DecisionPrompts(self._context, self._agenda)
        return self._open(prompts.of(item))

    def decide_next(self) -> FormCard | None:
        """Open the first item nobody has decided yet, in the agenda's order."""
        left = self._agenda.open_items if self._agenda is not None else []
        return self.decide(left[0]) if left else None

    def why_not(self) -> str:
        """Why no decision can be recorded now; empty when one can."""
        if self._agenda is None:
            return "No meeting is shown."
        meeting = self._agenda.meeting
        if not self._context.session.may(Permission.RECORD_DECISIONS):
            return "Decisions are recorded by the coordinator."
        if meeting.state is not MeetingState.PLANNED:
            return ""
        if meeting.day > self._context.today:
            return f"Decisions are recorded when it meets, {words.in_days(meeting.day, self._context.today)}."
        return ""

    # -- what is shown ---------------------------------------------------------------------------------------

    def _take(self, agenda: Agenda) -> None:
        if agenda.meeting.id != self._wanted:
            return
        seen = (agenda, self._context.today, self._context.session.may(Permission.RECORD_DECISIONS))
        if seen == self._seen:
            return
        self._agenda, self._seen = agenda, seen
        meeting, today = agenda.meeting, self._context.today
        self._nothing.hide()
        self._body.show()
        self._title.set_text(f"{words.long_day(meeting.day, weekday=True, year=True)}, {meeting.time}")
        self._pill.set(meeting.state.value, words.MEETING_STATES[meeting.state])
        left = (
            words.count(agenda.undecided, "item") + " undecided"
            if meeting.state is MeetingState.PLANNED
            else ""
        )
        when = words.in_days(meeting.day, today)
        self._sub.setText(" · ".join(part for part in (meeting.place, when, left) if part))
        why = self.why_not() if meeting.state is MeetingState.PLANNED else ""
        self._why.setText(why)
        self._why.setVisible(bool(why))
        open_now = meeting.state is MeetingState.PLANNED and not why
        self._show_items(agenda, open_now=open_now)
        self._show_minutes(meeting, open_now=open_now)
        self.actions_changed.emit()
        self.agenda_shown.emit(agenda)

    def _show_items(self, agenda: Agenda, *, open_now: bool) -> None:
        clear(self._items)
        self._rows.clear()
        if agenda.chair:
            self._section(
                "Chair's actions to ratify", [self._chair_row(item, open_now) for item in agenda.chair]
            )
        if agenda.deployments:
            rows = [self._deployment_row(item, open_now) for item in agenda.deployments]
            self._section("Deployments to extend or end", rows)
        planned = agenda.meeting.state is MeetingState.PLANNED
        rows: list[QWidget] = []
        drawn = not planned
        for number, item in enumerate(agenda.bids):
            if not item.above_line and not drawn:
                rows.append(UnitLine(number))
                drawn = True
            rows.append(self._bid_row(item, open_now))
        if rows:
            free = f"{words.count(len(agenda.units_free), 'unit')} free: {', '.join(agenda.units_free)}"
            self._section("Bids in ranking order", rows, free if planned and agenda.units_free else "")
        if not (agenda.chair or agenda.deployments or agenda.bids):
            self._items.addWidget(
                note("Nothing on the agenda yet. Table a bid (Bids, then T) to put it here.")
            )

    def _section(self, title: str, rows: Sequence[QWidget], told: str = "") -> None:
        card = Card(title, told, flush=True)
        card.body.setContentsMargins(0, 0, 0, 0)
        for number, row in enumerate(rows):
            before = rows[number - 1] if number else None
            if before is not None and not isinstance(row, UnitLine) and not isinstance(before, UnitLine):
                card.body.addWidget(Rule())
            card.body.addWidget(row)
        self._items.addWidget(card)

    def _bid_row(self, item: RankedBid, open_now: bool) -> AgendaRow:
        titles = {part.key: part.title for part in self._context.services.policy.score_parts}
        parts = [(titles.get(part, part), points) for part, points in item.parts]
        row = AgendaRow(
            str(item.rank),
            f"{item.place}, {item.ward}",
            f"{item.reference} · {item.summary}",
            f"{item.score:.0f}",
            parts,
        )
        row.set_decision(item.decision)
        row.opened.connect(lambda: self.bid_requested.emit(item.bid_id))
        if open_now and item.decision is None:
            row.offer("Decide").clicked.connect(lambda _checked: self.decide(item))
        self._rows[_Place("bid", item.bid_id)] = row
        return row

    def _deployment_row(self, item: DeploymentItem, open_now: bool) -> AgendaRow:
        late = item.days_left < 0 and item.decision is None
        detail = f"{item.reference} · ends {show_day(item.ends_on)}, {words.days_left(item.days_left)}"
        if item.decision is not None:
            detail = f"{item.reference} · {item.bid_reference}"
        row = AgendaRow(item.asset, item.place, detail, "", (), "alarm" if late else "text", item.paper)
        row.set_decision(item.decision)
        row.opened.connect(lambda: self.deployment_requested.emit(item.deployment_id))
        if open_now and item.decision is None:
            row.offer("Decide").clicked.connect(lambda _checked: self.decide(item))
        self._rows[_Place("deployment", item.deployment_id)] = row
        return row

    def _chair_row(self, item: ChairItem, open_now: bool) -> AgendaRow:
        done = item.decision
        row = AgendaRow(
            "Chair",
            done.place,
            f"{done.bid_reference} · {done.outcome} on {show_day(done.decided_on)}",
            "",
            (),
            "what_if",
            done.reason,
        )
        row.set_decision(item.ratification)
        row.opened.connect(lambda: self.bid_requested.emit(done.bid_id))
        if open_now and item.ratification is None:
            row.offer("Ratify or end").clicked.connect(lambda _checked: self.decide(item))
        self._rows[_Place("chair", done.id)] = row
        return row

    # -- deciding and minutes --------------------------------------------------------------------------------

    def _open(self, prompt: FormSpec) -> FormCard:
        form = self.slot.open(prompt)
        self._scroll.verticalScrollBar().setValue(0)
        return form

    def _decided(self, result: object) -> None:
        if isinstance(result, Decision):
            self._context.said(f"{result.place}: {result.outcome.value}")
            self._note_in_minutes(result)
        elif isinstance(result, Meeting):
            self._context.said(f"The meeting of {show_day(result.day)} is closed")
        self.refresh()

    def _note_in_minutes(self, decision: Decision) -> None:
        """Minutes grow as decisions are taken; whoever writes them may change the words until the meeting closes."""
        reason = f" {decision.reason}" if decision.reason else ""
        line = f"{decision.bid_reference} {decision.place}: {decision.outcome.value}.{reason}"
        before = self.minutes.toPlainText().rstrip()
        self.minutes.setPlainText(f"{before}\n{line}".strip())

    def _show_minutes(self, meeting: Meeting, *, open_now: bool) -> None:
        if self._minutes_of != meeting.id or not open_now:
            self._take_minutes(meeting)
        elif self._written is not None and meeting.version > self._written.version:
            self._tell_of_other_minutes(meeting)
        self.minutes.setReadOnly(not open_now)
        self._minutes_card.setVisible(open_now or bool(meeting.minutes))

    def _take_minutes(self, meeting: Meeting) -> None:
        self.minutes.setPlainText(meeting.minutes)
        self._minutes_of, self._written = meeting.id, meeting
        self.minutes_news.hide()

    def _tell_of_other_minutes(self, meeting: Meeting) -> None:
        """Others may move the meeting or write its minutes while these are being typed."""
        before, self._newest = self._written, meeting
        if before is None or before.minutes == meeting.minutes:
            self._written = meeting
        else:
            self.minutes_news.tell("Somebody else wrote minutes meanwhile. What you typed is kept.")

    def _keep_minutes(self) -> None:
        self._written = self._newest or self._written

    def _reload_minutes(self) -> None:
        if self._newest is not None:
            self._take_minutes(self._newest)

    def _minutes_saved(self, meeting: Meeting) -> None:
        if meeting.id == self._minutes_of:  # another may be open by now
            self._written = meeting
        self._context.said("Minutes saved")

    def _save_minutes(self) -> None:
        if self._agenda is None:
            return
        services, actor, meeting = self._context.services, self._context.actor, self._agenda.meeting
        text = self.minutes.toPlainText()
        seen = self._written.version if self._written is not None else None
        self._context.load(
            lambda: services.meetings.save_minutes(actor, meeting.id, text, seen),
            self._minutes_saved,
            self,
        )

    def _close_meeting(self) -> None:
        if self._agenda is None:
            return
        services, actor, meeting = self._context.services, self._context.actor, self._agenda.meeting
        text = self.minutes.toPlainText()
        left = self._agenda.undecided
        told = f"{words.count(left, 'item')} still undecided. " if left else ""
        self._open(
            FormSpec(
                "Close the meeting",
                "Close meeting",
                lambda _v: services.meetings.close(actor, meeting.id, text),
                (),
                f"{told}Its record and minutes do not change afterwards.",
            )
        )

    def _is_open(self) -> bool:
        """True while decisions can be recorded and no form is open."""
        agenda = self._agenda
        planned = agenda is not None and agenda.meeting.state is MeetingState.PLANNED
        return planned and not self.why_not() and self.slot.form is None

    def _declare(self, declare: Declare) -> None:
        shown: dict[str, Any] = {"when": self._is_open, "needs": "a meeting is shown, on its day"}
        decide = declare(
            "D",
            "Decide the next item",
            self.decide_next,
            short="Decide next",
            kind="primary",
            when=lambda: self._is_open() and self._agenda is not None and self._agenda.undecided > 0,
            needs="a meeting with open items is shown, on its day",
        )
        save = declare("Ctrl+S", "Save the minutes", self._save_minutes, short="Save minutes", **shown)
        close = declare("C", "Close the meeting", self._close_meeting, short="Close meeting", **shown)
        self.next_button, self.save_button = (
            ActionButton(decide, parent=self),
            ActionButton(save, parent=self),
        )
        self.close_button = ActionButton(close, parent=self)

    # -- made once -------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._nothing = EmptyState("No meeting chosen", "Choose one on the left.", "calendar")
        outer.addWidget(self._nothing)
        self._body = QWidget()
        self._body.hide()
        outer.addWidget(self._body)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(10)
        self._title = ElidedLabel("", 20, theme.STRONG)
        self._pill = Pill()
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        head.addWidget(self.next_button)
        column.addLayout(head)
        self._sub = note("")
        column.addWidget(self._sub)
        self._why = label("", 13, role="accent_text", wrap=True)
        column.addWidget(self._why)
        inner = QWidget()
        body = QVBoxLayout(inner)
        body.setContentsMargins(0, 4, 10, 0)
        body.setSpacing(12)
        body.addWidget(self.slot)
        self._items = QVBoxLayout()
        self._items.setSpacing(12)
        body.addLayout(self._items)
        body.addWidget(self._make_minutes())
        body.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        column.addWidget(self._scroll, 1)

    def _make_minutes(self) -> Card:
        self._minutes_card = Card("Minutes")
        self._minutes_of: int | None = None
        self._written: Meeting | None = None  # as these minutes were read or saved last
        self._newest: Meeting | None = None
        self.minutes_news = NewsLine(reload=True)
        self.minutes_news.kept.connect(self._keep_minutes)
        self.minutes_news.reloaded.connect(self._reload_minutes)
        self._minutes_card.add(self.minutes_news)
        self.minutes = QPlainTextEdit()
        self.minutes.setTabChangesFocus(True)
        self.minutes.setMinimumHeight(theme.px(120))
        self.minutes.setAccessibleName("Minutes")
        self.minutes.setPlaceholderText("Who was there; decisions add themselves as they are recorded.")
        self._minutes_card.add(self.minutes)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.save_button)
        row.addWidget(self.close_button)
        row.addStretch(1)
        self._minutes_card.body.addLayout(row)
        return self._minutes_card
