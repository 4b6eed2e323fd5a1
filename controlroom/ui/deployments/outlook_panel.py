"""The page's right column: what the next meeting has to give, bids by score, and what is past its end."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.deployments.meetings.records import Agenda, RankedBid
from controlroom.deployments.records import Deployment, DeploymentAction
from controlroom.ui import theme
from controlroom.ui.deployments import words
from controlroom.ui.deployments.context import Context
from controlroom.ui.deployments.flow import Flow
from controlroom.ui.deployments.parts import clear
from controlroom.ui.deployments.prompt import PromptSlot
from controlroom.ui.deployments.score_bar import ScoreBar
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import ElidedLabel, Rule, caption, label, note

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class BigNumber(QWidget):
    """A large figure over what it counts."""

    def __init__(self, words_: str, role: str = "text") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._role = role
        self.figure = label("–", 26, theme.NUMBER, role)
        column.addWidget(self.figure)
        self._words = label(words_, 12.5, role="text_dim", wrap=True)
        column.addWidget(self._words)
        column.addStretch(1)

    def set_number(self, number: int, role: str) -> None:
        """Show another figure, perhaps in another role."""
        self.figure.setText(str(number))
        theme.tint(self.figure, role)
        self.setAccessibleName(f"{number} {self._words.text()}")


class RankRow(QFrame):
    """A bid in the ranking: its rank, place, case in a line, score, and the score's parts."""

    clicked = Signal(int)

    def __init__(self, bid: RankedBid, parts: Sequence[tuple[str, float]]) -> None:
        super().__init__()
        self._bid = bid
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Rank {bid.rank}, {bid.place}, score {bid.score:.0f}. {bid.summary}")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 14, 10)
        row.setSpacing(12)
        rank = label(str(bid.rank), 18, theme.NUMBER, "accent")
        rank.setFixedWidth(theme.px(22))
        row.addWidget(rank, 0, Qt.AlignmentFlag.AlignTop)
        middle = QVBoxLayout()
        middle.setSpacing(3)
        place = ElidedLabel(
            f"{bid.place}, {bid.ward}" if bid.ward not in bid.place else bid.place, 14, theme.MEDIUM
        )
        middle.addWidget(place)
        middle.addWidget(label(bid.summary, 12.5, role="text_dim", wrap=True))
        if bid.decision is not None:
            pill = Pill(bid.decision.outcome.value, words.OUTCOME_STATES[bid.decision.outcome])
            middle.addWidget(pill)
        middle.addSpacing(3)
        middle.addWidget(ScoreBar(parts))
        row.addLayout(middle, 1)
        score = label(f"{bid.score:.0f}", 18, theme.NUMBER)
        row.addWidget(score, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            painter.fillRect(self.rect(), theme.color("hover", 0.6))
        if self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
        super().paintEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._bid.bid_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self._bid.bid_id)
            return
        super().keyPressEvent(event)


class UnitLine(QWidget):
    """The line of the ranking where the free units run out."""

    def __init__(self, free: int) -> None:
        super().__init__()
        number = NUMBER_WORDS[free] if free < len(NUMBER_WORDS) else str(free)
        self._text = f"{number} {'unit' if free == 1 else 'units'} free: the line falls here"
        self.setFont(theme.font(12, theme.MEDIUM))
        self.setAccessibleName(self._text)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(100, QFontMetrics(self.font()).height() + theme.px(8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), 2), theme.color("accent"))
        painter.setPen(theme.color("accent_text"))
        painter.setFont(self.font())
        box = QRectF(14, 2, self.width() - 20, self.height() - 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._text)
        painter.setPen(theme.color("line"))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        painter.end()


class OverdueCard(Card):
    """A deployment past its end: what its paper says, and what to do about it."""

    action_taken = Signal(int, str)
    opened = Signal(int)

    def __init__(self, each: Deployment, context: Context, *, keys: bool) -> None:
        super().__init__()
        past = words.count(-(each.days_left or 0), "day")
        self.add(label(f"{each.title} · past its end by {past}", 13, theme.STRONG, "alarm", wrap=True))
        text = (
            f"Extension paper is ready. {each.paper}"
            if each.paper
            else "No paper yet: say what the camera changed."
        )
        self.add(label(text, 13.5, wrap=True))
        if each.tabled_for is not None and each.tabled_for >= context.today:
            self.add(note(f"On the agenda of {words.long_day(each.tabled_for)}."))
        row = Flow()
        offered = {action.action: action for action in each.actions}
        first = True
        for action, key, needs in (
            (DeploymentAction.TAKE_TO_JAG, "J", Permission.WRITE_BIDS),
            (DeploymentAction.ORDER_REMOVAL, "R", Permission.MANAGE_DEPLOYMENTS),
        ):
            now = offered.get(action)
            if now is None or not now.ready or not context.session.may(needs):
                continue
            button = KeyButton(action.value, key if keys else "", "primary" if first else "secondary")
            button.clicked.connect(lambda _checked, what=action: self.action_taken.emit(each.id, what.value))
            row.add(button)
            first = False
        show = KeyButton("Open", "O" if keys else "")
        show.clicked.connect(lambda _checked: self.opened.emit(each.id))
        row.add(show)
        self.add(row)


class OutlookPanel(QScrollArea):
    """Shows the next agenda and what is overdue."""

    bid_requested = Signal(int)
    deployment_requested = Signal(int)
    action_requested = Signal(int, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(18, 18, 14, 14)
        self._column.setSpacing(10)
        self.slot = PromptSlot(context.background)
        self._column.addWidget(self.slot)
        self._title = caption("Next meeting")
        self._column.addWidget(self._title)
        self._column.addWidget(self._make_numbers())
        self._column.addSpacing(6)
        self._ranking_title = caption("Bids by score")
        self._column.addWidget(self._ranking_title)
        self.ranking = Card(flush=True)
        self.ranking.body.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.ranking)
        self._column.addSpacing(6)
        self._overdue_box = QWidget()
        self._overdue = QVBoxLayout(self._overdue_box)
        self._overdue.setContentsMargins(0, 0, 0, 0)
        self._overdue.setSpacing(10)
        self._column.addWidget(self._overdue_box)
        self._column.addStretch(1)
        self.setWidget(inner)

    def set_outlook(self, agenda: Agenda | None, past_end: Sequence[Deployment], today: date) -> None:
        """Show the next meeting's business (None: no meeting is planned) and what is past its end."""
        self._show_numbers(agenda, today)
        self._show_ranking(agenda)
        clear(self._overdue)
        for number, each in enumerate(past_end):
            card = OverdueCard(each, self._context, keys=number == 0)
            card.action_taken.connect(self.action_requested)
            card.opened.connect(self.deployment_requested)
            self._overdue.addWidget(card)
        self._overdue_box.setVisible(bool(past_end))
        self._place_overdue()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_overdue()

    def _place_overdue(self) -> None:
        """What is past its end stands below the ranking where that leaves it in view, and above it where not."""
        inner = self.widget()
        if inner is None:
            return
        wanted = inner.heightForWidth(self.viewport().width()) if inner.hasHeightForWidth() else inner.sizeHint().height()
        fits = wanted <= self.viewport().height()
        before = self._column.indexOf(self._overdue_box)
        ranking = self._column.indexOf(self._ranking_title)
        if fits and before < ranking:
            self._column.removeWidget(self._overdue_box)
            self._column.insertWidget(self._column.indexOf(self.ranking) + 1, self._overdue_box)
        elif not fits and before > ranking:
            self._column.removeWidget(self._overdue_box)
            self._column.insertWidget(ranking, self._overdue_box)

    def _make_numbers(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(18)
        self.free = BigNumber("units free or returning")
        self.extensions = BigNumber("extensions to decide first", "warn")
        self.tabled = BigNumber("bids tabled")
        for each in (self.free, self.extensions, self.tabled):
            row.addWidget(each, 1)
        card.body.addLayout(row)
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
            row = RankRow(bid, [(titles.get(part, part), points) for part, points in bid.parts])
            row.clicked.connect(self.bid_requested)
            self.ranking.body.addWidget(row)
        if not bids:
            empty: QLabel = note("No bid is tabled yet. Assess one, then table it at the meeting.")
            empty.setContentsMargins(16, 14, 16, 14)
            self.ranking.body.addWidget(empty)
        if agenda is not None and agenda.needs_information:
            more = note(f"{words.count(agenda.needs_information, 'bid')} more needs information.")
            more.setContentsMargins(16, 8, 16, 10)
            self.ranking.body.addWidget(Rule())
            self.ranking.body.addWidget(more)
