"""Provides rows that open records, and what they share: figures, the line of free units, what is overdue."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.deployments.deployments.records import Deployment, DeploymentAction, Standing
from controlroom.deployments.meetings.records import Agenda, Decision, RankedBid
from controlroom.ui import theme
from controlroom.ui.kit.flow import Flow
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.pages.deployments.tab import Context
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, TOP, Cell, at, column, gap, grow, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.painting import MIDDLE_LEFT, focus_ring, inside, painting
from controlroom.ui.widgets.text import ElidedLabel, Rule, label, note

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class BigNumber(QWidget):
    """A large figure over what it counts."""

    def __init__(self, counted: str, role: str = "text") -> None:
        super().__init__()
        self.figure = label("–", 26, theme.NUMBER, role)
        self._words = label(counted, 12.5, role="text_dim", wrap=True)
        column(self.figure, self._words, SPRING, on=self, spacing=4)

    def set_number(self, number: int, role: str) -> None:
        """Show another figure, perhaps in another role."""
        self.figure.setText(str(number))
        theme.tint(self.figure, role)
        self.setAccessibleName(f"{number} {self._words.text()}")


class _Row(QFrame):
    """A row that opens a record by a click or Enter."""

    def __init__(self, press: Callable[[], None]) -> None:
        super().__init__()
        self._press = press
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self.underMouse() or self.hasFocus():
                painter.fillRect(self.rect(), theme.color("hover", 0.6))
            if self.hasFocus():
                focus_ring(painter, inside(self, 1), radius=0)
        super().paintEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._press()
            return
        super().keyPressEvent(event)


class PreparingRow(_Row):
    """A deployment on the way to a live camera: where, and the step that comes next."""

    def __init__(self, each: Deployment, press: Callable[[], None]) -> None:
        super().__init__(press)
        done, steps = sum(step.done for step in each.steps), len(each.steps)
        upcoming = next((step.name for step in each.steps if not step.done), "")
        fixed = upcoming == "Installed" and each.install_on
        when = f", {words.day_and_month(each.install_on)}" if fixed and each.install_on else ""
        self.setAccessibleName(f"{each.title}, {done} of {steps} steps done, next: {upcoming}")
        following = f"next: {upcoming.lower().replace('dpia', 'DPIA')}{when}"
        middle = column(
            ElidedLabel(each.title, 14, theme.MEDIUM),
            ElidedLabel(following, 12.5, role="text_dim"),
            spacing=2,
        )
        told = label(f"{done} of {steps}", 13, theme.STRONG, "text_dim")
        row(grow(middle), told, on=self, spacing=12, margins=(14, 9, 14, 9))


class RankRow(_Row):
    """A bid in the ranking: its rank, place, case in a line, score, and the score's parts."""

    def __init__(self, bid: RankedBid, titles: Mapping[str, str], press: Callable[[], None]) -> None:
        super().__init__(press)
        self.setAccessibleName(f"Rank {bid.rank}, {bid.place}, score {bid.score:.0f}. {bid.summary}")
        rank = label(str(bid.rank), 18, theme.NUMBER, "accent")
        rank.setFixedWidth(theme.px(22))
        place = bid.place if bid.ward in bid.place else f"{bid.place}, {bid.ward}"
        middle = column(
            ElidedLabel(place, 14, theme.MEDIUM),
            label(bid.summary, 12.5, role="text_dim", wrap=True),
            decision_pill(bid.decision) if bid.decision is not None else None,
            gap(3),
            score_bar(bid, titles),
            spacing=3,
        )
        score = label(f"{bid.score:.0f}", 18, theme.NUMBER)
        parts = (at(TOP, rank), Cell(middle, 1), at(TOP, score))
        row(*parts, on=self, spacing=12, margins=(14, 9, 14, 10))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class UnitLine(QWidget):
    """The line of the ranking where the free units run out."""

    def __init__(self, free: int) -> None:
        super().__init__()
        number = NUMBER_WORDS[free] if free < len(NUMBER_WORDS) else str(free)
        self.text = f"{number} {'unit' if free == 1 else 'units'} free: the line falls here"
        self.setFont(theme.font(12, theme.MEDIUM))
        self.setAccessibleName(self.text)

    def sizeHint(self) -> QSize:
        return QSize(100, QFontMetrics(self.font()).height() + theme.px(8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(QRectF(0, 0, self.width(), 2), theme.color("accent"))
            painter.setPen(theme.color("accent_text"))
            painter.drawText(QRectF(14, 2, self.width() - 20, self.height() - 2), MIDDLE_LEFT, self.text)
            painter.setPen(theme.color("line"))
            painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))


def with_unit_line(agenda: Agenda, rows: Sequence[QWidget]) -> list[QWidget]:
    """The rows of an agenda's bids; before it is held, with the line below which no unit is free."""
    line = next((number for number, bid in enumerate(agenda.bids) if not bid.above_line), None)
    if line is None or not agenda.meeting.planned:
        return list(rows)
    return [*rows[:line], UnitLine(line), *rows[line:]]


def add_ruled(body: QVBoxLayout, rows: Sequence[QWidget]) -> None:
    """Append rows with a thin line between any two; a unit line is one itself."""
    before: QWidget | None = None
    for each in rows:
        if before is not None and not isinstance(each, UnitLine) and not isinstance(before, UnitLine):
            body.addWidget(Rule())
        body.addWidget(each)
        before = each


def score_bar(bid: RankedBid, titles: Mapping[str, str]) -> ScoreBar:
    """A ranked bid's score; `titles` name its parts."""
    return ScoreBar([(titles.get(part, part), points) for part, points in bid.parts])


def decision_pill(decision: Decision) -> Pill:
    """What was decided, in the colour of the outcome."""
    return Pill(decision.outcome.value, words.OUTCOME_STATES[decision.outcome])


NEXT_STEPS = {  # by action: its key and what it needs
    DeploymentAction.TAKE_TO_JAG: ("J", Permission.WRITE_BIDS),
    DeploymentAction.ORDER_REMOVAL: ("R", Permission.MANAGE_DEPLOYMENTS),
}


def steps_now(each: Deployment, context: Context) -> list[DeploymentAction]:
    """What may be done now with a deployment past its end, by the person at the desk."""
    ready = {action.action for action in each.actions if action.ready}
    return [step for step, (_, needs) in NEXT_STEPS.items() if step in ready and context.session.may(needs)]


class OverdueCard(Card):
    """A deployment past its end: what its paper says, and the buttons of what to do about it."""

    def __init__(self, each: Deployment, today: date, buttons: Sequence[KeyButton]) -> None:
        super().__init__()
        self.told = f"{each.title} · {words.past_line(each, today)}"
        self.add(label(self.told, 13, theme.STRONG, "alarm", wrap=True))
        if each.standing is Standing.PAST_END:
            ready = f"Extension paper: {each.paper}"
            self.add(
                label(ready if each.paper else "No paper yet: say what the camera changed.", 13.5, wrap=True)
            )
        if each.tabled_for is not None and each.tabled_for >= today:
            self.add(note(f"On the agenda of {words.long_day(each.tabled_for)}."))
        flow = Flow()
        for button in buttons:
            flow.add(button)
        self.add(flow)
