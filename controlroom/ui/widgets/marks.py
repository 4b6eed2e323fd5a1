"""Provides what shows a state: state marks (a shape for each, so that nothing is told by colour alone), pills,
lines of words behind a mark, and the bar of something under way.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import MIDDLE, TOP, Margins, at, column, grow, row
from controlroom.ui.widgets.painting import MIDDLE_LEFT, painting, rounded
from controlroom.ui.widgets.text import ElidedLabel, label, show_text

DOT, DIAMOND, SQUARE, RING = "dot", "diamond", "square", "ring"
SHAPES = {
    "live": DOT,
    "warn": DIAMOND,
    "alarm": SQUARE,
    "accent": DOT,
    "planned": RING,
    "what_if": RING,
    "idle": RING,
}


def paint_mark(painter: QPainter, box: QRectF, state: str) -> None:
    """Draw the mark of `state` filling `box` (a square of about 8 to 10 px)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = theme.color(state)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    shape = SHAPES.get(state, DOT)
    if shape == DOT:
        painter.drawEllipse(box)
    elif shape == SQUARE:
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    elif shape == DIAMOND:
        half = box.width() / 2 + 0.5
        corners = ((0, -half), (half, 0), (0, half), (-half, 0))
        painter.drawPolygon(QPolygonF([box.center() + QPointF(*corner) for corner in corners]))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.6))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    painter.restore()


class Mark(QWidget):
    """A single state mark."""

    def __init__(self, state: str = "idle", size: int = 9) -> None:
        super().__init__()
        self._state = state
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def state(self) -> str:
        """The state shown."""
        return self._state

    def set_state(self, state: str) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size) + 2, theme.px(self._size) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        size = theme.px(self._size)
        with painting(self) as painter:
            box = QRectF((self.width() - size) / 2, (self.height() - size) / 2, size, size)
            paint_mark(painter, box, self._state)


MARK, GAP, SIDE = 8, 6, 8


def paint_pill(painter: QPainter, box: QRectF, text: str, state: str, *, mark: bool = True) -> None:
    """Draw a pill filling `box` with the painter's font; for delegates and tiles."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rounded(painter, box, theme.fill(state), radius=5)
    left = box.left() + SIDE
    if mark:
        size = theme.px(MARK)
        paint_mark(painter, QRectF(left, box.center().y() - size / 2, size, size), state)
        left += size + GAP
    painter.setPen(theme.on_fill(state))
    inner = QRectF(left, box.top(), box.right() - SIDE - left + 1, box.height())
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()) + 1)
    painter.drawText(inner, MIDDLE_LEFT, shown)
    painter.restore()


def pill_width(metrics: QFontMetrics, text: str, *, mark: bool = True) -> int:
    """How wide a pill for `text` is, in pixels."""
    return metrics.horizontalAdvance(text) + 2 * SIDE + (theme.px(MARK) + GAP if mark else 0) + 1


class Pill(QWidget):
    """A word and its state's shape, e.g. `Pill("stalled 3 s", "warn")`."""

    def __init__(self, text: str = "", state: str = "idle") -> None:
        super().__init__()
        self._text, self._state = text, state
        self.setFont(theme.font(theme.SMALL, theme.MEDIUM))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    @property
    def state(self) -> str:
        """The state shown."""
        return self._state

    def set(self, text: str, state: str) -> None:
        """Show another word and state."""
        if (text, state) != (self._text, self._state):
            self._text, self._state = text, state
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(pill_width(metrics, self._text), max(22, metrics.height() + 6))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_pill(painter, QRectF(self.rect()), self._text, self._state)


class MarkedLine(QWidget):
    """Says one thing about one part of the system; shortened where there is no room."""

    def __init__(
        self, *beside: QWidget, size: float = 12.5, spacing: int = 8, margins: Margins = (0, 0, 0, 0)
    ) -> None:
        super().__init__()
        self._mark = Mark("idle", 8)
        self._words = ElidedLabel("", size, role="text_dim")
        row(at(MIDDLE, self._mark), grow(self._words), *beside, on=self, spacing=spacing, margins=margins)

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text

    @property
    def state(self) -> str:
        """The state of its mark."""
        return self._mark.state

    def say(self, text: str, state: str, tip: str = "", role: str = "text_dim") -> None:
        """Say something else."""
        self._mark.set_state(state)
        self._words.set_text(text, role)
        if tip:
            self._words.setToolTip(tip)
        self.setAccessibleName(text)


class LeadAnswer(QWidget):
    """Hidden until it has something to say."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = Mark("live", 10)
        self._line = label("", theme.BODY, theme.STRONG, wrap=True)
        self._rest = label("", 13, role="text_dim", wrap=True)
        self._mark.setFixedHeight(self._line.fontMetrics().height())
        column(row(at(TOP, self._mark), grow(self._line), spacing=10), self._rest, on=self, spacing=4)
        self.hide()

    @property
    def text(self) -> str:
        """Everything it says."""
        return "\n".join(part for part in (self._line.text(), self._rest.text()) if part)

    @property
    def state(self) -> str:
        """The state of its mark."""
        return self._mark.state

    def say(self, state: str, line: str, rest: str = "") -> None:
        """Say what happened (`line`) and what that means or asks for (`rest`)."""
        self._mark.set_state(state)
        self._line.setText(line)
        show_text(self._rest, rest)
        self.setAccessibleName(f"{line} {rest}".strip())
        self.show()


class NewsLine(QWidget):
    """Hidden until `tell`. `kept`: go on from what is new with what was typed; `reloaded`: begin again from it."""

    kept = Signal()
    reloaded = Signal()

    def __init__(self, *, reload: bool = False) -> None:
        super().__init__()
        self._words = label("", 13, wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.keep_button = KeyButton("Go on with mine", press=lambda: self._answer(self.kept))
        self.reload_button = KeyButton("Reload", press=lambda: self._answer(self.reloaded))
        self.reload_button.setVisible(reload)
        self.reload_button.setToolTip("Begin again from what is new; what was typed here is given up")
        parts = (at(MIDDLE, Mark("warn", 8)), grow(self._words), self.keep_button, self.reload_button)
        row(*parts, on=self, spacing=8, margins=(0, 0, 0, 4))
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty while hidden."""
        return self._words.text() if not self.isHidden() else ""

    def tell(self, text: str) -> None:
        """Say it; the focus stays where it is."""
        self._words.setText(text)
        self.setAccessibleName(text)
        self.show()

    def _answer(self, signal: SignalInstance) -> None:
        self.hide()
        signal.emit()


class BusyBar(QProgressBar):
    """Hidden at first; `name` tells screen readers what is waited for. It may keep its room while it is hidden."""

    def __init__(self, name: str, *, keeps_room: bool = False) -> None:
        super().__init__()
        self.setRange(0, 0)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps_room)
        self.setSizePolicy(policy)
        self.hide()
