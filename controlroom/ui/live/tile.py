"""One tile of the wall: a picture fitted whole, and over its edges what is known of it.

A new picture costs one blit. Caption and foot are drawn into pixmaps of their own, and anew only when they change.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFontMetrics,
    QImage,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from controlroom.cameras.records import Camera
from controlroom.ui import theme
from controlroom.ui.live.tile_words import TileWords, words
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.pill import paint_pill, pill_width
from controlroom.video.records import Picture, StreamState, StreamStatus

CAMERA_MIME, TILE_MIME = "application/x-controlroom-camera", "application/x-controlroom-tile"
CAPTION_HEIGHT, FOOT_HEIGHT = 30, 28
EMPTY_HINT = "Drop a camera here, or type its number"
STOPPED = StreamStatus(StreamState.STOPPED)


class Tile(QWidget):
    """Shows the pictures it is given; knows nothing of where they come from."""

    pressed = Signal(int)
    double_clicked = Signal(int)
    menu_wanted = Signal(int, QPoint)
    camera_dropped = Signal(int, int)  # tile, camera id
    tile_dropped = Signal(int, int)  # tile, the tile dragged onto it
    resized = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self.camera: Camera | None = None
        self.note = ""  # "you have control"
        self.pictures_painted = 0
        self.on_painted: Callable[[Tile, Picture], None] | None = None
        self._picture: Picture | None = None
        self._image: QImage | None = None
        self._unpainted = False
        self._words = TileWords("idle", has_picture=False)
        self._selected = self._drop_here = False
        self._caption: QPixmap | None = None
        self._foot: QPixmap | None = None
        self._press_at: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAcceptDrops(True)
        self._name()

    # -- what it shows ---------------------------------------------------------------------------------------

    @property
    def words(self) -> TileWords:
        """What the tile says now."""
        return self._words

    @property
    def picture(self) -> Picture | None:
        """The newest picture handed in."""
        return self._picture

    def set_camera(self, camera: Camera | None) -> None:
        """Show another camera, or nothing."""
        self.camera = camera
        self._picture = self._image = None
        self._words = TileWords("idle", has_picture=False)
        self._forget_drawings()
        self._name()
        self.update()

    def set_picture(self, picture: Picture) -> None:
        """Show `picture`; it is kept as long as it is shown."""
        # The image lies on the picture's own memory, so both are replaced together.
        self._image = QImage(
            picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32
        )
        self._picture = picture
        self._unpainted = True
        self.update()

    def set_status(self, status: StreamStatus, now: float, wall_time: datetime) -> bool:
        """Say what is known of the stream; True when live or not live changed by it."""
        if self.camera is None:
            return False
        new = words(self.camera.number, status, now, wall_time)
        if new == self._words:
            return False
        was_live, self._words = self._words.live, new
        self._forget_drawings()
        self._name()
        self.update()
        return was_live != new.live

    def set_selected(self, selected: bool) -> None:
        """Draw the border of the selected tile."""
        if selected != self._selected:
            self._selected = selected
            self._forget_drawings()
            self.update()

    def set_note(self, note: str) -> None:
        """A word of ours over the picture's foot, while it is live: who has control."""
        if note != self.note:
            self.note = note
            self._foot = None
            self.update()

    def picture_size(self) -> QSize:
        """How large a picture this tile can use, in device pixels."""
        return self.size() * self.devicePixelRatioF()

    # -- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("wall_gap"))
        if self.camera is None:
            self._paint_empty(painter)
        else:
            self._paint_camera(painter)
        self._paint_border(painter)
        painter.end()
        if self._unpainted and self._picture is not None:
            self._unpainted = False
            self.pictures_painted += 1
            if self.on_painted is not None:
                self.on_painted(self, self._picture)

    def picture_rect(self) -> QRect:
        """Where the picture lies in the tile, in its own proportions, whole."""
        if self._picture is None:
            return QRect()
        size = QSize(self._picture.width, self._picture.height)
        fitted = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        if abs(fitted.width() - size.width() / self.devicePixelRatioF()) <= 2:
            fitted = size / self.devicePixelRatioF()  # as delivered: no scaling while painting
        place = QRect(QPoint(0, 0), fitted)
        place.moveCenter(self.rect().center())
        return place

    def _paint_camera(self, painter: QPainter) -> None:
        place = self.picture_rect()
        if self._words.has_picture and self._image is not None:
            painter.drawImage(place, self._image)
            if self._words.veiled:
                painter.fillRect(place, QColor(96, 104, 116, 150))
        else:
            self._paint_absence(painter)
        if self._caption is None:
            self._caption = self._draw_caption(place)
        painter.drawPixmap(0, 0, self._caption)
        if self._foot is None:
            self._foot = self._draw_foot()
        painter.drawPixmap(0, self.height() - theme.px(FOOT_HEIGHT), self._foot)

    def _paint_empty(self, painter: QPainter) -> None:
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), theme.color("rail"))
        painter.setPen(theme.color("text_faint"))
        painter.setFont(theme.font(12.5))
        hint = self.rect().adjusted(12, 0, -12, 0)
        painter.drawText(hint, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, EMPTY_HINT)

    def _paint_absence(self, painter: QPainter) -> None:
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), theme.color("rail"))
        middle = self.rect().adjusted(14, theme.px(CAPTION_HEIGHT), -14, -theme.px(FOOT_HEIGHT))
        headline, detail = theme.font(15, theme.STRONG), theme.font(12)
        text_height = QFontMetrics(headline).height()
        below = QFontMetrics(detail).boundingRect(
            QRect(0, 0, middle.width(), middle.height()), Qt.TextFlag.TextWordWrap, self._words.detail
        )
        top = middle.center().y() - (text_height + 6 + below.height()) // 2
        painter.setFont(headline)
        painter.setPen(theme.color("text_dim"))
        line = QFontMetrics(headline).elidedText(
            self._words.headline, Qt.TextElideMode.ElideRight, middle.width()
        )
        painter.drawText(
            QRect(middle.left(), top, middle.width(), text_height), Qt.AlignmentFlag.AlignCenter, line
        )
        painter.setFont(detail)
        painter.setPen(theme.color("text_faint"))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        room = QRect(
            middle.left(), top + text_height + 6, middle.width(), middle.bottom() - top - text_height
        )
        painter.drawText(room, flags, self._words.detail)

    def _paint_border(self, painter: QPainter) -> None:
        role = "accent" if self._selected else "live" if self._drop_here else ""
        if role:
            painter.setPen(QPen(theme.color(role), 4))
            painter.drawRect(self.rect().adjusted(0, 0, 0, 0))

    def _draw_caption(self, place: QRect) -> QPixmap:
        assert self.camera is not None
        pixmap = self._blank(CAPTION_HEIGHT)
        height, width = theme.px(CAPTION_HEIGHT), self.width()
        painter = QPainter(pixmap)
        if self._words.has_picture and place.top() < height:
            shade = QLinearGradient(0, 0, 0, height)
            shade.setColorAt(0, QColor(0, 0, 0, 190))
            shade.setColorAt(1, QColor(0, 0, 0, 0))
            painter.fillRect(0, 0, width, height, shade)
        number, name, small = theme.font(13, theme.NUMBER), theme.font(12.5), theme.font(12, theme.MEDIUM)
        middle = Qt.AlignmentFlag.AlignVCenter
        chip = QFontMetrics(number).horizontalAdvance(self.camera.number) + 14
        box = QRectF(6, 5, chip, height - 9)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_fill") if self._selected else QColor(8, 10, 14, 225))
        painter.drawRoundedRect(box, 5, 5)
        painter.setFont(number)
        painter.setPen(theme.color("on_accent") if self._selected else QColor("#ffffff"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.camera.number)
        right = width - 10.0
        paint_mark(painter, QRectF(right - 9, height / 2 - 4, 9, 9), self._words.state)
        right -= 15
        painter.setFont(small)
        said = QFontMetrics(small).horizontalAdvance(self._words.right)
        painter.setPen(QColor("#d5dce5"))
        painter.drawText(QRectF(right - said, 0, said + 1, height), middle, self._words.right)
        painter.setFont(name)
        painter.setPen(QColor("#eef2f6"))
        room = right - said - 8 - (chip + 14)
        shown = QFontMetrics(name).elidedText(
            self.camera.name, Qt.TextElideMode.ElideRight, max(0, int(room))
        )
        painter.drawText(QRectF(chip + 14, 0, max(0.0, room), height), middle, shown)
        painter.end()
        return pixmap

    def _draw_foot(self) -> QPixmap:
        pixmap = self._blank(FOOT_HEIGHT)
        text, state = (self._words.foot, self._words.state) if self._words.foot else (self.note, "accent")
        if text:
            painter = QPainter(pixmap)
            font = theme.font(12, theme.MEDIUM)
            painter.setFont(font)
            width = min(pill_width(QFontMetrics(font), text), self.width() - 12)
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width - 24)
            paint_pill(painter, QRectF(6, 2, width, theme.px(FOOT_HEIGHT) - 6), shown, state)
            painter.end()
        return pixmap

    def _blank(self, height: int) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(theme.px(height) * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _forget_drawings(self) -> None:
        self._caption = self._foot = None

    def _name(self) -> None:
        if self.camera is None:
            self.setAccessibleName(f"Tile {self.index + 1}, empty")
            return
        said = self._words.foot or self._words.headline or self._words.state
        self.setAccessibleName(
            f"Tile {self.index + 1}, camera {self.camera.number} {self.camera.name}, {said}"
        )

    # -- the mouse -------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._forget_drawings()
        super().resizeEvent(event)
        self.resized.emit(self.index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press_at = event.position().toPoint()
        self.pressed.emit(self.index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press_at is None or self.camera is None:
            return
        moved = (event.position().toPoint() - self._press_at).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._press_at = None
            self._drag()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._press_at = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.double_clicked.emit(self.index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.index, event.globalPos())

    def _drag(self) -> None:
        assert self.camera is not None
        data = QMimeData()
        data.setData(TILE_MIME, str(self.index).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
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
