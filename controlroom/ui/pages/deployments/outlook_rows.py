"""The pieces of the page's right column: figures, rows that open records, the line of free units, what is overdue."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.deployments.deployments.records import Deployment, DeploymentAction
from controlroom.deployments.meetings.records import RankedBid
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.flow import Flow
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.score_bar import ScoreBar
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import ElidedLabel, label, note

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


class _Row(QFrame):
    """A row of the column that opens a record by a click or Enter."""

    clicked = Signal(int)

    def __init__(self, record_id: int) -> None:
        super().__init__()
        self._id = record_id
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            painter.fillRect(self.rect(), theme.color("hover", 0.6))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()
        super().paintEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self._id)
            return
        super().keyPressEvent(event)


class PreparingRow(_Row):
    """A deployment on the way to a live camera: where, and the step that comes next."""

    def __init__(self, each: Deployment) -> None:
        super().__init__(each.id)
        done = sum(step.done for step in each.steps)
        upcoming = next((step.name for step in each.steps if not step.done), "")
        when = (
            f", {words.day_and_month(each.install_on)}" if upcoming == "Installed" and each.install_on else ""
        )
        self.setAccessibleName(f"{each.title}, {done} of {len(each.steps)} steps done, next: {upcoming}")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 14, 9)
        row.setSpacing(12)
        middle = QVBoxLayout()
        middle.setSpacing(2)
        middle.addWidget(ElidedLabel(each.title, 14, theme.MEDIUM))
        middle.addWidget(
            ElidedLabel(f"next: {upcoming.lower().replace('dpia', 'DPIA')}{when}", 12.5, role="text_dim")
        )
        row.addLayout(middle, 1)
        row.addWidget(label(f"{done} of {len(each.steps)}", 13, theme.STRONG, "text_dim"))


class RankRow(_Row):
    """A bid in the ranking: its rank, place, case in a line, score, and the score's parts."""

    def __init__(self, bid: RankedBid, parts: Sequence[tuple[str, float]]) -> None:
        super().__init__(bid.bid_id)
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


NEXT_STEPS = {
    DeploymentAction.TAKE_TO_JAG: Permission.WRITE_BIDS,
    DeploymentAction.ORDER_REMOVAL: Permission.MANAGE_DEPLOYMENTS,
}


def steps_now(each: Deployment, context: Context) -> list[DeploymentAction]:
    """What may be done now with a deployment past its end, by the person at the desk."""
    ready = {action.action for action in each.actions if action.ready}
    return [step for step, needs in NEXT_STEPS.items() if step in ready and context.session.may(needs)]


class OverdueCard(Card):
    """A deployment past its end: what its paper says, and what to do about it.

    The first one's buttons are those of the page's `actions` (and `show`); the others have no keys.
    """

    action_taken = Signal(int, str)
    opened = Signal(int)

    def __init__(
        self,
        each: Deployment,
        context: Context,
        actions: Mapping[DeploymentAction, Action] | None = None,
        show: Action | None = None,
    ) -> None:
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
        first = True
        for action in steps_now(each, context):
            kind = "primary" if first else "secondary"
            if actions is not None:
                row.add(ActionButton(actions[action], kind))
            else:
                button = KeyButton(action.value, kind=kind)
                button.clicked.connect(
                    lambda _checked, what=action: self.action_taken.emit(each.id, what.value)
                )
                row.add(button)
            first = False
        if show is not None:
            row.add(ActionButton(show))
        else:
            button = KeyButton("Open")
            button.clicked.connect(lambda _checked: self.opened.emit(each.id))
            row.add(button)
        self.add(row)
