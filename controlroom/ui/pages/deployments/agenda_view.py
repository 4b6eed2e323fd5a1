"""The items of a meeting's agenda in their order: chair's actions, deployments, bids in ranking order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from controlroom.clock import show_day
from controlroom.deployments.meetings.records import (
    Agenda,
    AgendaItem,
    ChairItem,
    Decision,
    RankedBid,
)
from controlroom.ui import theme
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.rows import add_ruled, decision_pill, score_bar, with_unit_line
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import TOP, Cell, at, column, empty, fill, gap, row
from controlroom.ui.widgets.text import label, note


@dataclass(frozen=True)
class _Said:
    """What a row of the agenda says of an item; `lead` is its rank or unit."""

    lead: str
    title: str
    detail: str
    decision: Decision | None
    role: str = "text"
    score: str = ""
    paper: str = ""
    button: str = "Decide"


def _said(item: AgendaItem) -> _Said:
    if isinstance(item, ChairItem):
        done = item.decision
        detail = f"{done.bid_reference} · {done.outcome} on {show_day(done.decided_on)}"
        more = {"paper": done.reason, "button": "Ratify or end"}
        return _Said("Chair", done.place, detail, item.ratification, "what_if", **more)
    if isinstance(item, RankedBid):
        detail, score = f"{item.reference} · {item.summary}", f"{item.score:.0f}"
        return _Said(str(item.rank), f"{item.place}, {item.ward}", detail, item.decision, "accent", score)
    ends = f"ends {show_day(item.ends_on)}, {words.days_left(item.days_left)}"
    detail = f"{item.reference} · {ends if item.decision is None else item.bid_reference}"
    role = "alarm" if item.days_left < 0 and item.decision is None else "text"
    return _Said(item.asset, item.place, detail, item.decision, role, paper=item.paper)


class AgendaRow(QFrame):
    """A row of an agenda: what the item is about, its score, and the decision or the button that takes it."""

    opened = Signal()
    decide = Signal()

    def __init__(self, item: AgendaItem, titles: Mapping[str, str], *, open_now: bool) -> None:
        """`titles` name the parts of a score; `open_now` offers the button while nothing is decided."""
        super().__init__()
        said = _said(item)
        decision = said.decision
        self.setAccessibleName(f"{said.lead} {said.title}. {said.detail}")
        lead = label(said.lead, 18, theme.NUMBER, said.role)
        lead.setMinimumWidth(theme.px(28 if isinstance(item, RankedBid) else 74))
        middle = column(
            label(said.title, 15, theme.MEDIUM, wrap=True),
            note(said.detail),
            label(said.paper, 13, wrap=True) if said.paper else None,
            spacing=3,
        )
        if isinstance(item, RankedBid):
            fill(middle, gap(3), score_bar(item, titles))
        if decision is not None and (text := _decision_line(decision)):
            middle.addWidget(label(text, 12.5, role="text_dim", wrap=True))
        show = KeyButton("Open", kind="quiet", press=self.opened.emit)
        show.setAccessibleName(f"Open {said.title}")
        right = row(
            at(TOP, decision_pill(decision)) if decision is not None else None, at(TOP, show), spacing=6
        )
        if open_now and decision is None:
            fill(right, at(TOP, KeyButton(said.button, press=self.decide.emit)))
        score = at(TOP, label(said.score, 20, theme.NUMBER)) if said.score else None
        row(at(TOP, lead), Cell(middle, 1, TOP), score, right, on=self, spacing=14, margins=(16, 11, 14, 11))


class AgendaView(QWidget):
    """Shows an agenda. `opened(item)` asks for what an item is about, `decide(item)` for the form of its decision."""

    opened = Signal(object)
    decide = Signal(object)

    def __init__(self, titles: Mapping[str, str]) -> None:
        super().__init__()
        self._titles = titles
        self._column = column(on=self, spacing=12)

    def show_agenda(self, agenda: Agenda, *, open_now: bool) -> None:
        """Show the items; `open_now` while decisions can be recorded."""
        empty(self._column)
        self._section("Chair's actions to ratify", self._rows(agenda.chair, open_now))
        self._section("Deployments to extend or end", self._rows(agenda.deployments, open_now))
        bids = with_unit_line(agenda, self._rows(agenda.bids, open_now))
        free = f"{words.count(len(agenda.units_free), 'unit')} free: {', '.join(agenda.units_free)}"
        told = free if agenda.meeting.planned and agenda.units_free else ""
        self._section("Bids in ranking order", bids, told)
        if not (agenda.chair or agenda.deployments or agenda.bids):
            self._column.addWidget(
                note("Nothing on the agenda yet. Table a bid (Bids, then T) to put it here.")
            )

    def _rows(self, items: Sequence[AgendaItem], open_now: bool) -> list[QWidget]:
        rows: list[QWidget] = []
        for item in items:
            made = AgendaRow(item, self._titles, open_now=open_now)
            made.opened.connect(lambda item=item: self.opened.emit(item))
            made.decide.connect(lambda item=item: self.decide.emit(item))
            rows.append(made)
        return rows

    def _section(self, title: str, rows: Sequence[QWidget], told: str = "") -> None:
        if rows:
            card = Card(title, told, flush=True)
            card.body.setContentsMargins(0, 0, 0, 0)
            add_ruled(card.body, rows)
            self._column.addWidget(card)


def _decision_line(decision: Decision) -> str:
    told = [
        decision.reason,
        "Departs from the ranking." if decision.departs else "",
        f"Signed off by {decision.signed_off_by}." if decision.signed_off_by else "",
    ]
    return " ".join(each for each in told if each)
