"""Shows the items of a meeting's agenda in their order: chair's actions, deployments, bids in ranking order."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from controlroom.clock import show_day
from controlroom.deployments.meetings.records import (
    Agenda,
    AgendaItem,
    ChairItem,
    Decision,
    LeftOff,
    RankedBid,
)
from controlroom.ui import theme
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.rows import add_ruled, decision_pill, score_bar, with_unit_line
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import TOP, Cell, at, column, empty, fill, gap, row
from controlroom.ui.widgets.text import label, note


class AgendaRow(QFrame):
    """A row of an agenda: `lead` is a rank or a unit; then what it is about, its score, and what was decided."""

    opened = Signal()
    decide = Signal()

    def __init__(
        self,
        lead: str,
        title: str,
        detail: str,
        decision: Decision | None,
        *,
        role: str = "text",
        paper: str = "",
        score: float | None = None,
        bar: ScoreBar | None = None,
    ) -> None:
        super().__init__()
        self.setAccessibleName(f"{lead} {title}. {detail}")
        first = label(lead, 18, theme.NUMBER, role)
        first.setMinimumWidth(theme.px(74 if bar is None else 28))
        told = _decision_line(decision) if decision is not None else ""
        middle = column(
            label(title, 15, theme.MEDIUM, wrap=True),
            note(detail),
            label(paper, 13, wrap=True) if paper else None,
            gap(3) if bar is not None else None,
            bar,
            label(told, 12.5, role="text_dim", wrap=True) if told else None,
            spacing=3,
        )
        show = KeyButton("Open", kind="quiet", press=self.opened.emit)
        show.setAccessibleName(f"Open {title}")
        pill = at(TOP, decision_pill(decision)) if decision is not None else None
        self._right = row(pill, at(TOP, show), spacing=6)
        total = at(TOP, label(f"{score:.0f}", 20, theme.NUMBER)) if score is not None else None
        cells = (at(TOP, first), Cell(middle, 1, TOP), total, self._right)
        row(*cells, on=self, spacing=14, margins=(16, 11, 14, 11))

    def offer(self, text: str) -> None:
        """Add the button that takes the decision."""
        fill(self._right, at(TOP, KeyButton(text, press=self.decide.emit)))


def _row(item: AgendaItem, titles: Mapping[str, str], *, open_now: bool) -> AgendaRow:
    """An item's row; `titles` name the parts of a score, `open_now` offers what is not decided yet."""
    taken = item.ratification if isinstance(item, ChairItem) else item.decision
    if isinstance(item, ChairItem):
        done = item.decision
        detail = f"{done.bid_reference} · {done.outcome} on {show_day(done.decided_on)}"
        made = AgendaRow("Chair", done.place, detail, taken, role="what_if", paper=done.reason)
    elif isinstance(item, RankedBid):
        detail, bar = f"{item.reference} · {item.summary}", score_bar(item, titles)
        title = f"{item.place}, {item.ward}"
        made = AgendaRow(str(item.rank), title, detail, taken, role="accent", score=item.score, bar=bar)
    else:
        ends = f"ends {show_day(item.ends_on)}, {words.days_left(item.days_left)}"
        detail = f"{item.reference} · {ends if taken is None else item.bid_reference}"
        role = "alarm" if item.days_left < 0 and taken is None else "text"
        made = AgendaRow(item.asset, item.place, detail, taken, role=role, paper=item.paper)
    if open_now and taken is None:
        made.offer("Ratify or end" if isinstance(item, ChairItem) else "Decide")
    return made


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
        better = agenda.better_left_off
        free = f"{words.count(len(agenda.units_free), 'unit')} free: {', '.join(agenda.units_free)}"
        told = free if agenda.meeting.planned and agenda.units_free else ""
        self._section("Bids in ranking order", bids, told)
        self._section("Better bids that are not on the agenda", [self._left_off(each) for each in better])
        if not (agenda.chair or agenda.deployments or agenda.bids):
            self._column.addWidget(
                note("Nothing on the agenda yet. Table a bid (Bids, then T) to put it here.")
            )

    def _rows(self, items: Sequence[AgendaItem], open_now: bool) -> list[QWidget]:
        rows: list[QWidget] = []
        for item in items:
            made = _row(item, self._titles, open_now=open_now)
            made.opened.connect(lambda item=item: self.opened.emit(item))
            made.decide.connect(lambda item=item: self.decide.emit(item))
            rows.append(made)
        return rows

    def _left_off(self, bid: LeftOff) -> AgendaRow:
        made = AgendaRow("–", bid.place, f"{bid.reference} · {bid.why}", None, role="warn", score=bid.score)
        made.opened.connect(lambda: self.opened.emit(bid))
        return made

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
