"""Shows the picture of a log entry: reads it in the background, enlarges it by a click."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.widgets.painting import inside, paint_icon, painting, rounded

SMALL_WIDTH, LARGE_WIDTH = 300, 860
READ_WIDTH = 1280


class Picture(QWidget):
    """Shows the file `find()` names. A missing one says so; a click or Enter changes between small and large."""

    def __init__(
        self,
        find: Callable[[], Path],
        background: Background,
        *,
        width: int = SMALL_WIDTH,
        enlarges: bool = True,
    ) -> None:
        super().__init__()
        self._image = QImage()
        self._said = "reading the picture…"
        self._small, self._large = theme.px(width), False
        self._enlarges = enlarges
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Snapshot")
        if enlarges:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setToolTip("Enlarge or shrink the snapshot")
        background.run(lambda: _read(find()), self._take, self._take_error, owner=self)

    @property
    def is_loaded(self) -> bool:
        """True when the picture is there."""
        return not self._image.isNull()

    def sizeHint(self) -> QSize:
        width = self._small
        around = self.parentWidget()
        if self._large and around is not None:
            width = min(theme.px(LARGE_WIDTH), around.width())
        if self._image.isNull():
            return QSize(width, round(width * 9 / 16))
        return QSize(width, round(width * self._image.height() / self._image.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 68)

    def paintEvent(self, _event: QPaintEvent) -> None:
        box, focused = inside(self), self.hasFocus()
        path = QPainterPath()
        path.addRoundedRect(box, theme.RADIUS, theme.RADIUS)
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(path)
            if self._image.isNull():
                self._paint_words(painter, box)
            else:
                painter.drawImage(box, self._image)
            painter.setClipping(False)
            rounded(painter, box, None, "accent" if focused else "line", width=2 if focused else 1)

    def _paint_words(self, painter: QPainter, box: QRectF) -> None:
        """What stands in the picture's place: that it is being read, or why there is none."""
        size = theme.px(22)
        painter.fillRect(box, theme.color("wall_gap"))
        paint_icon(
            painter, "image", "text_faint", box.center().x() - size / 2, box.center().y() - size / 2, size
        )
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.color("text_dim"))
        below = box.adjusted(8, box.height() / 2 + 6, -8, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self._said)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._toggle()
        else:
            super().keyPressEvent(event)

    def _toggle(self) -> None:
        if self._enlarges and not self._image.isNull():
            self._large = not self._large
            self.updateGeometry()

    def _take(self, image: QImage) -> None:
        self._image = image
        self.updateGeometry()
        self.update()

    def _take_error(self, error: Exception) -> None:
        self._said = str(error)
        self.setToolTip(self._said)
        self.update()


def _read(path: Path) -> QImage:
    """The picture, no wider than shown; raises OSError when it cannot be read as one."""
    reader = QImageReader(str(path))
    size = reader.size()
    if size.width() > READ_WIDTH:
        reader.setScaledSize(size.scaled(READ_WIDTH, 10_000, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise OSError("The picture cannot be read.")
    return image
