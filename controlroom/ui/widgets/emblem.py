"""Draws the program's mark: a lens, and the arc it sweeps."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.painting import painting


def paint_emblem(painter: QPainter, box: QRectF) -> None:
    """Draw the mark filling `box` (a square)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    blend = QLinearGradient(box.topLeft(), box.bottomRight())
    blend.setColorAt(0, theme.color("accent"))
    blend.setColorAt(1, theme.color("accent_fill"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(blend)
    side = box.width()
    painter.drawRoundedRect(box, side * 0.26, side * 0.26)
    centre, outer, inner = box.center(), side * 0.27, side * 0.1
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("on_accent"), side * 0.075, c=Qt.PenCapStyle.RoundCap))
    painter.drawArc(QRectF(centre.x() - outer, centre.y() - outer, 2 * outer, 2 * outer), 40 * 16, 280 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("on_accent"))
    painter.drawEllipse(centre, inner, inner)
    painter.restore()


class Emblem(QWidget):
    """The mark as a widget of `side` pixels."""

    def __init__(self, side: int = 34) -> None:
        super().__init__()
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Control Room")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._side), theme.px(self._side))

    def paintEvent(self, _event: QPaintEvent) -> None:
        side = theme.px(self._side)
        with painting(self) as painter:
            paint_emblem(painter, QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side))
