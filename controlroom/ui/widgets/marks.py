"""State marks: a shape for every state, so that nothing is told by colour alone."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.painting import painting

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
