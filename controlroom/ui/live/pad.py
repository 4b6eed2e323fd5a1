"""The round pad: press and hold to steer, farther from the middle is faster."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme

SIZE = 132
DEAD_ZONE = 0.12  # of the radius: a press in the middle steers nowhere


class Pad(QWidget):
    """Emits `aimed(pan, tilt)`, -1 to 1 each (right, up), while held; zeros when let go."""

    aimed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._aim = QPointF(0, 0)
        self._held = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Steer the camera")
        self.setAccessibleDescription("Press and hold; or hold the arrow keys.")
        self.setToolTip("Press and hold to steer, or hold the arrow keys")
        self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(SIZE), theme.px(SIZE))

    def let_go(self) -> None:
        """As if the mouse were released."""
        if self._held:
            self._held = False
            self._set_aim(QPointF(0, 0))

    def show_aim(self, pan: float, tilt: float) -> None:
        """Show what the keys ask for."""
        if not self._held:
            self._aim = QPointF(pan, -tilt)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._held = True
            self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._follow(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.let_go()

    def _follow(self, at: QPointF) -> None:
        radius = self.width() / 2
        away = QPointF((at.x() - radius) / radius, (at.y() - radius) / radius)
        length = math.hypot(away.x(), away.y())
        if length < DEAD_ZONE:
            away = QPointF(0, 0)
        elif length > 1:
            away /= length
        self._set_aim(away)

    def _set_aim(self, aim: QPointF) -> None:
        self._aim = aim
        self.update()
        self.aimed.emit(aim.x(), -aim.y() if aim.y() else 0.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        whole = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(theme.color("line"), 1.5))
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(whole)
        painter.setBrush(theme.color("text_dim"))
        painter.setPen(Qt.PenStyle.NoPen)
        middle, far = whole.center(), whole.width() / 2 - theme.px(15)
        for turn in range(4):
            painter.save()
            painter.translate(middle)
            painter.rotate(90 * turn)
            painter.drawPolygon(
                QPolygonF([QPointF(-5, -far + 4), QPointF(5, -far + 4), QPointF(0, -far - 5)])
            )
            painter.restore()
        knob = whole.width() * 0.17
        reach = whole.width() / 2 - knob - 6
        at = middle + QPointF(self._aim.x() * reach, self._aim.y() * reach)
        painter.setPen(QPen(theme.color("rail"), 3))
        painter.setBrush(theme.color("accent_fill"))
        painter.drawEllipse(at, knob, knob)
        painter.end()
