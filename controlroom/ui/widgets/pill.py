"""Short words in a rounded box: the state of something, never without its shape."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.painting import MIDDLE_LEFT, painting, rounded

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
