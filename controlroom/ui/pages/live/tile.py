"""Shows one tile of the wall: a picture fitted whole, and around it what is known of it.

A new picture costs one blit: only the picture's own place is painted again, and caption and foot are pixmaps that are
drawn anew only when they change. (Measured: 104 such tiles at 15 pictures a second cost less than one widget painting
all of them, whose dirty region grows into a hundred rectangles.)
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from controlroom.cameras.records import Camera
from controlroom.ui import theme
from controlroom.ui.pages.live import tile_paint
from controlroom.ui.pages.live.grid import USUAL_SHAPE, Parts, parts_of
from controlroom.ui.pages.live.tile_words import NOTHING, words
from controlroom.video.records import Frame, StreamState, StreamStatus
from controlroom.video.rules import state_from_age

CAMERA_MIME, TILE_MIME = "application/x-controlroom-camera", "application/x-controlroom-tile"
REVEALED_S = 0.5  # how long a tile that was hidden may wait for its next picture


class Tile(QWidget):
    """Shows the pictures it is given; knows nothing of where they come from."""

    pressed = Signal(int)
    double_clicked = Signal(int)
    menu_wanted = Signal(int, QPoint)
    camera_dropped = Signal(int, int)  # tile, camera id
    tile_dropped = Signal(int, int)  # tile, the tile dragged onto it
    drag_begun = Signal()
    wheel_turned = Signal(int, float)  # tile, notches
    aim_wanted = Signal(int, QPointF)  # tile, where: pressed with Ctrl on the tile that was selected already

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self.camera: Camera | None = None
        self.note, self.note_state = "", "accent"  # "you have control"
        self.pictures_painted = 0
        self.on_painted: Callable[[Tile, Frame], None] | None = None
        self.picture: Frame | None = None  # the newest one handed in
        self._image: QImage | None = None
        self._unpainted = False
        self._oldest_s = 0.0
        self._revealed_at = -REVEALED_S
        self.words = NOTHING  # what it says now
        self._selected = self._in_focus = self._drop_here = False
        self._parts: Parts | None = None
        self._caption: QPixmap | None = None
        self._foot: QPixmap | None = None
        self._foot_drawn = False
        self._press_at: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAcceptDrops(True)
        self._name()

    # -- what it shows ---------------------------------------------------------------------------------------

    def set_camera(self, camera: Camera | None) -> None:
        self.camera, self.note = camera, ""
        self.words = NOTHING
        self.drop_picture()
        self._name()

    def drop_picture(self) -> None:
        """Forget the picture: it belongs to another camera, or to long ago."""
        self._image = self.picture = None
        self._unpainted, self._oldest_s = False, 0.0
        self._forget_drawings()

    def set_picture(self, picture: Frame, now: float) -> None:
        """Show `picture` from `now` (monotonic) on; it is held as long as it is shown."""
        before, self.picture = self.picture, picture
        # The image lies on the picture's own memory, so both are replaced together.
        self._image = QImage(
            picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32
        )
        self._unpainted = True
        # The one left from before the tile was hidden does not count.
        if before is not None and before.decoded_at >= self._revealed_at:
            self._oldest_s = max(self._oldest_s, now - before.decoded_at)
        if before is None or (before.width, before.height) != (picture.width, picture.height):
            self._forget_drawings()
        else:
            self.update(self.picture_rect())

    def still(self, width: int, height: int) -> QImage | None:
        """A small copy of the picture as it is now, in its own proportions; None while there is no live one."""
        if self._image is None or not self.words.live:
            return None
        how = Qt.TransformationMode.SmoothTransformation
        return self._image.scaled(width, height, Qt.AspectRatioMode.KeepAspectRatio, how)

    def overdue(self, now: float) -> bool:
        """True when the tile says live and its picture is too old for that: its words are no longer true."""
        return (
            self.words.live
            and self.picture is not None
            and state_from_age(now - self.picture.decoded_at) is not StreamState.LIVE
            and now - self._revealed_at >= REVEALED_S
        )

    def reveal(self, now: float) -> None:
        """The tile can be seen again: its picture is of the time it was hidden, the next comes in a moment."""
        self._revealed_at = now

    def set_status(self, status: StreamStatus, now: float, wall_time: datetime) -> None:
        """Say what is known of the stream at `now` (monotonic)."""
        if self.camera is None:
            return
        hidden = self.isHidden()
        at = status.last_picture_at
        if self.picture is not None and not hidden and now - self._revealed_at >= REVEALED_S:
            at = self.picture.decoded_at
        new = words(
            self.camera.number,
            status,
            now,
            wall_time,
            at=at,
            has_picture=hidden or self.picture is not None,
            oldest_s=self._oldest_s,
        )
        self._oldest_s = 0.0
        if new == self.words:
            return
        old, self.words = self.words, new
        if old.state == new.state and old.has_picture and new.has_picture:
            self._caption = None
            self._foot_drawn = False
            self.update(self._laid_out().caption.toAlignedRect())
            if old.foot != new.foot:
                self.update(self._laid_out().foot.toAlignedRect())
        else:
            self._forget_drawings()
            self._name()
            self.setToolTip("" if new.has_picture else f"{new.headline}. {new.detail}".strip())

    def set_selected(self, selected: bool, *, in_focus: bool = True) -> None:
        """Draw the border of the selected tile; dimmer while the keys go elsewhere."""
        if (selected, in_focus) != (self._selected, self._in_focus):
            self._selected, self._in_focus = selected, in_focus
            self._forget_drawings()

    def set_note(self, note: str, state: str = "accent") -> None:
        """A word of ours at the picture's foot, while it is live: who has control."""
        if (note, state) != (self.note, self.note_state):
            self.note, self.note_state = note, state
            self._foot_drawn = False
            self.update(self._laid_out().foot.toAlignedRect())

    # -- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.camera is None:
            painter.fillRect(self.rect(), tile_paint.GROUND)
            tile_paint.paint_empty(painter, QRectF(self.rect()), self.devicePixelRatioF())
        else:
            self._paint_camera(painter, event.rect())
        self._paint_border(painter)
        painter.end()
        if self._unpainted and self.picture is not None and self.words.has_picture:
            self._unpainted = False
            self.pictures_painted += 1
            if self.on_painted is not None:
                self.on_painted(self, self.picture)

    def picture_rect(self) -> QRect:
        """Where the picture lies in the tile, in its own proportions, whole."""
        return QRect() if self.picture is None else self._laid_out().picture.toAlignedRect()

    def _paint_camera(self, painter: QPainter, dirty: QRect) -> None:
        parts, only_picture = self._laid_out(), False
        if self.words.has_picture and self._image is not None:
            only_picture = self.picture_rect().contains(dirty)
            if not only_picture:
                painter.fillRect(self.rect(), tile_paint.GROUND)
            self._paint_picture(painter, parts.picture, self._image)
        else:
            painter.fillRect(self.rect(), tile_paint.GROUND)
            tile_paint.paint_absence(painter, parts.middle, self.words)
        if not only_picture or parts.caption_over:
            self._lay_caption(painter, parts)
        if not only_picture or parts.foot_over:
            self._lay_foot(painter, parts)

    def _paint_picture(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        if self.devicePixelRatioF() == 1.0 and place.size() == QSizeF(image.size()):
            painter.drawImage(place.topLeft(), image)
        else:
            painter.drawImage(place, image)
        if self.words.veiled:
            painter.fillRect(place, tile_paint.VEIL)

    def _paint_border(self, painter: QPainter) -> None:
        if self._drop_here:
            painter.fillRect(self.rect(), theme.color("accent", 0.16))
        if self._drop_here or self._selected:
            role = "accent" if self._drop_here or self._in_focus else "planned"
            painter.setPen(QPen(theme.color(role), 2, j=Qt.PenJoinStyle.MiterJoin))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _lay_caption(self, painter: QPainter, parts: Parts) -> None:
        assert self.camera is not None
        if self._caption is None:
            self._caption = tile_paint.draw_caption(
                parts.caption.size(),
                self.devicePixelRatioF(),
                self.camera,
                self.words,
                selected=self._selected,
                over=parts.caption_over and self.words.has_picture,
            )
        painter.drawPixmap(parts.caption.topLeft(), self._caption)

    def _lay_foot(self, painter: QPainter, parts: Parts) -> None:
        if not self._foot_drawn:
            self._foot_drawn = True
            ratio = self.devicePixelRatioF()
            self._foot = tile_paint.draw_foot(
                parts.foot.size(), ratio, self.words, self.note, self.note_state
            )
        if self._foot is not None:
            painter.drawPixmap(parts.foot.topLeft(), self._foot)

    def _laid_out(self) -> Parts:
        if self._parts is None:
            whole = QRectF(self.rect())
            parts = parts_of(whole, self._fitted(), theme.current().text_scale)
            ratio, corner = self.devicePixelRatioF(), parts.picture.topLeft()
            # On whole device pixels, so that nothing is resampled while painting.
            corner = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
            picture = QRectF(corner, parts.picture.size())
            self._parts = Parts(picture, parts.caption, parts.foot)
        return self._parts

    def _fitted(self) -> QSizeF:
        ratio, room = self.devicePixelRatioF(), QSizeF(self.size())
        if self.picture is None:
            return QSizeF(USUAL_SHAPE, 1).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        delivered = QSizeF(self.picture.width / ratio, self.picture.height / ratio)
        fitted = delivered.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        close = (
            abs(fitted.width() - delivered.width()) <= 3 and abs(fitted.height() - delivered.height()) <= 3
        )
        return delivered if close else fitted

    def _forget_drawings(self) -> None:
        self._parts = self._caption = self._foot = None
        self._foot_drawn = False
        self.update()

    def _name(self) -> None:
        if self.camera is None:
            self.setAccessibleName(f"Tile {self.index + 1}, empty")
            return
        said = self.words.foot or self.words.headline or self.words.state
        name = f"camera {self.camera.number} {self.camera.name}"
        self.setAccessibleName(f"Tile {self.index + 1}, {name}, {said}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:  # another theme
            self._forget_drawings()

    # -- the mouse -------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._forget_drawings()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press_at = event.position().toPoint()
        aims = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier) and self._selected
        self.pressed.emit(self.index)
        if aims and event.button() == Qt.MouseButton.LeftButton:
            self._press_at = None
            self.aim_wanted.emit(self.index, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel_turned.emit(self.index, event.angleDelta().y() / 120)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press_at is None or self.camera is None:
            return
        moved = (event.position().toPoint() - self._press_at).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._press_at = None
            self._drag(self.camera)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._press_at = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._press_at = None
        self.double_clicked.emit(self.index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.index, event.globalPos())

    def _drag(self, camera: Camera) -> None:
        self.drag_begun.emit()
        data = QMimeData()
        data.setData(TILE_MIME, str(self.index).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(tile_paint.drag_picture(camera, self.devicePixelRatioF()))
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(CAMERA_MIME) or event.mimeData().hasFormat(TILE_MIME):
            event.acceptProposedAction()
            self._show_drop(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drop(False)
        data = event.mimeData()
        if data.hasFormat(CAMERA_MIME):
            self.camera_dropped.emit(self.index, _number(data, CAMERA_MIME))
        elif data.hasFormat(TILE_MIME):
            self.tile_dropped.emit(self.index, _number(data, TILE_MIME))
        event.acceptProposedAction()

    def _show_drop(self, here: bool) -> None:
        self._drop_here = here
        self.update()


def _number(data: QMimeData, kind: str) -> int:
    return int(bytes(data.data(kind).data()).decode())
