"""The round pad: press and hold to steer, farther from the middle is faster."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.cameras.steering import STILL, Velocity, pad_velocity
from controlroom.ui import theme

SIZE, NARROW_SIZE = 136, 116


class Pad(QWidget):
    """Emits `aimed(Velocity)` while held; STILL when let go. Leaves the keyboard's focus where it is."""

    aimed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = STILL
        self._held = False
        self._side = SIZE
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Steer the camera")
        self.setAccessibleDescription("Press and hold; or hold the arrow keys.")
        self.setToolTip("Press and hold to steer, or hold the arrow keys")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._side), theme.px(self._side))

    def set_narrow(self, narrow: bool) -> None:
        self._side = NARROW_SIZE if narrow else SIZE
        self.updateGeometry()

    def let_go(self) -> None:
        """As if the mouse were released."""
        if self._held:
            self._held = False
            self._aim(STILL)

    def show_velocity(self, velocity: Velocity) -> None:
        """Show what the keys ask for."""
        if not self._held:
            self._shown = velocity
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._held = True
            self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.let_go()

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.let_go()
            self.show_velocity(STILL)
        super().changeEvent(event)

    def _follow(self, at: QPointF) -> None:
        radius = self.width() / 2
        self._aim(pad_velocity((at.x() - radius) / radius, (at.y() - radius) / radius))

    def _aim(self, velocity: Velocity) -> None:
        self._shown = velocity
        self.update()
        self.aimed.emit(velocity)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        whole = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(theme.color("line"), 1.5))
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(whole)
        self._paint_arrows(painter, whole)
        knob = whole.width() * 0.17
        reach = whole.width() / 2 - knob - 6
        at = whole.center() + QPointF(self._shown.pan * reach, -self._shown.tilt * reach)
        painter.setPen(QPen(theme.color("rail"), 3))
        painter.setBrush(theme.color("accent_fill" if self.isEnabled() else "line"))
        painter.drawEllipse(at, knob, knob)
        painter.end()

    def _paint_arrows(self, painter: QPainter, whole: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        middle, far = whole.center(), whole.width() / 2 - theme.px(15)
        pan, tilt = self._shown.pan, self._shown.tilt
        arrow = QPolygonF([QPointF(-6, -far + 4), QPointF(6, -far + 4), QPointF(0, -far - 5)])
        for turn, lit in enumerate((tilt > 0, pan > 0, tilt < 0, pan < 0)):
            painter.save()
            painter.setBrush(theme.color("accent" if lit else "text_dim"))
            painter.translate(middle)
            painter.rotate(90 * turn)
            painter.drawPolygon(arrow)
            painter.restore()
