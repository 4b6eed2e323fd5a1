"""Lets a person show a place in the picture of the camera in hand: a click, a dragged box, or a frame moved by keys.

It lies over one tile while it is wanted, and hands on what was shown as an `Aim`.
"""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from controlroom.cameras.aiming import aim_at
from controlroom.ui import theme
from controlroom.ui.pages.live.tile import Tile
from controlroom.ui.pages.live.tile_paint import CHIP_ON_PICTURE, EDGE_ON_PICTURE, INK

STEP = 0.05  # of the picture that an arrow key moves the frame
SIZES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05)  # of the frame, in shares of the picture
FIRST_SIZE = 2
ARROWS = {
    Qt.Key.Key_Left: (-STEP, 0.0),
    Qt.Key.Key_Right: (STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -STEP),
    Qt.Key.Key_Down: (0.0, STEP),
}
SMALLER = frozenset({Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_PageUp})
LARGER = frozenset({Qt.Key.Key_Minus, Qt.Key.Key_Underscore, Qt.Key.Key_PageDown})
HINT = "Click, or drag a box · arrows and + − move the frame, Enter goes there · Esc"


class AimFrame(QWidget):
    """Hidden until it is laid on a tile. Places are shares of the picture, from its top left corner."""

    chosen = Signal(object)  # Aim
    left = Signal()
    wheel_turned = Signal(float)  # notches

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tile: Tile | None = None
        self._middle, self._size = QPointF(0.5, 0.5), FIRST_SIZE
        self._from: QPointF | None = None
        self._to = QPointF()
        self._once = False
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Where the camera shall look")
        self.setAccessibleDescription(HINT)
        self.hide()

    @property
    def on_tile(self) -> bool:
        """True while it lies on a tile."""
        return self._tile is not None

    @property
    def frame(self) -> QRectF:
        """The box that is dragged, or the frame that keys move."""
        if self._from is not None:
            return QRectF(self._from, self._to).normalized()
        side = SIZES[self._size]
        return QRectF(self._middle.x() - side / 2, self._middle.y() - side / 2, side, side)

    def lie_on(self, tile: Tile, pressed_at: QPointF | None = None) -> None:
        """Lie on a tile; with `pressed_at` (in the tile) for one box or click, whose button is down there already."""
        self.leave()
        self._tile, self._once = tile, pressed_at is not None
        self._middle, self._size, self._from = QPointF(0.5, 0.5), FIRST_SIZE, None
        self.setParent(tile)
        self.setGeometry(tile.rect())
        tile.installEventFilter(self)
        self.show()
        self.raise_()
        if pressed_at is not None:
            self._from = self._to = self._share(pressed_at)

    def leave(self) -> None:
        """Go away; harmless when it lies nowhere."""
        if self._tile is not None:
            self._tile.removeEventFilter(self)
            self._tile, self._from = None, None
            self.hide()
            self.left.emit()

    def press(self, key: Qt.Key) -> bool:
        """A key went down; True when it was meant for the frame."""
        if self._tile is None:
            return False
        if key in ARROWS:
            across, down = ARROWS[key]
            x, y = self._middle.x() + across, self._middle.y() + down
            self._middle = QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))
        elif key in SMALLER or key in LARGER:
            size = self._size + (1 if key in SMALLER else -1)
            self._size = min(len(SIZES) - 1, max(0, size))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.frame)
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            return False
        self.update()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._tile and event.type() == QEvent.Type.Resize and self._tile is not None:
            self.setGeometry(self._tile.rect())
        elif watched is self._tile and event.type() == QEvent.Type.Hide:
            self.leave()
        elif watched is self._tile and self._once and isinstance(event, QMouseEvent):
            return self._go_on(event)
        return super().eventFilter(watched, event)

    def _go_on(self, event: QMouseEvent) -> bool:
        """Take what the tile hears of the button that went down in it: until it is up, the mouse is the tile's."""
        if event.type() == QEvent.Type.MouseMove:
            self.mouseMoveEvent(event)
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self.mouseReleaseEvent(event)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = self._to = self._share(event.position())
            self.update()
        else:
            self.leave()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._to = self._share(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._from is None:
            return
        box = QRectF(self._from, self._share(event.position())).normalized()
        once, self._from = self._once, None
        self._choose(box)
        if once:
            self.leave()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel_turned.emit(event.angleDelta().y() / 120)
        event.accept()

    def _choose(self, box: QRectF) -> None:
        self.chosen.emit(aim_at(box.left(), box.top(), box.right(), box.bottom()))
        self._middle = QPointF(0.5, 0.5)  # what was shown is in the middle afterwards

    def _share(self, at: QPointF) -> QPointF:
        """A place of the widget in shares of the picture, within it."""
        picture = self._picture()
        x = (at.x() - picture.left()) / max(1.0, picture.width())
        y = (at.y() - picture.top()) / max(1.0, picture.height())
        return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    def _picture(self) -> QRectF:
        known = QRectF(self._tile.picture_rect()) if self._tile is not None else QRectF()
        return QRectF(self.rect()) if known.isEmpty() else known

    def paintEvent(self, _event: QPaintEvent) -> None:
        picture, frame = self._picture(), self.frame
        box = QRectF(
            picture.left() + frame.left() * picture.width(),
            picture.top() + frame.top() * picture.height(),
            frame.width() * picture.width(),
            frame.height() * picture.height(),
        )
        painter = QPainter(self)
        painter.setClipRect(picture)
        painter.setPen(QPen(EDGE_ON_PICTURE, 4))
        painter.drawRect(box)
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawRect(box)
        middle, arm = box.center(), theme.px(9)
        painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
        if self._from is None:
            self._paint_hint(painter, picture)
        painter.end()

    def _paint_hint(self, painter: QPainter, picture: QRectF) -> None:
        painter.setFont(theme.font(12, theme.MEDIUM))
        metrics, room = painter.fontMetrics(), round(picture.width()) - theme.px(24)
        words = metrics.elidedText(HINT, Qt.TextElideMode.ElideRight, room)
        pill = QRectF(0, 0, metrics.horizontalAdvance(words) + theme.px(16), theme.px(24))
        pill.moveCenter(QPointF(picture.center().x(), picture.top() + theme.px(44)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CHIP_ON_PICTURE)
        painter.drawRoundedRect(pill, 6, 6)
        painter.setPen(INK)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)
