"""Shows the nearest permanent camera as a line on a scale: the place, the camera's usable range, the gap."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.deployments.bids.records import NearestCamera
from controlroom.ui import theme
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.painting import inside, painting, rounded, words


class NearestView(QWidget):
    """Says which camera is nearest, how far it is and how far it is of use."""

    def __init__(self, full_gap_m: float) -> None:
        super().__init__()
        self._nearest: NearestCamera | None = None
        self._known = False
        self._full = full_gap_m
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_nearest(None, known=False)

    @property
    def text(self) -> str:
        """What it says in words."""
        return ". ".join(self._lines())

    def _lines(self) -> list[str]:
        near = self._nearest
        if not self._known:
            return ["Nearest permanent camera: enter the position first."]
        if near is None:
            return ["No permanent camera of the register has a position."]
        told = "it sees the place already" if near.covers else "it does not reach the place"
        return [
            f"Nearest permanent camera {near.number} · {near.name}",
            f"{_distance(near.distance_m)} away, of use to {near.usable_m:.0f} m: {told}",
        ]

    def set_nearest(self, nearest: NearestCamera | None, *, known: bool) -> None:
        """Show another camera; `known` is False while the place has no position."""
        self._nearest, self._known = nearest, known
        self.setAccessibleName(self.text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, QFontMetrics(theme.font(13)).height() * 2 + theme.px(34))

    def paintEvent(self, _event: QPaintEvent) -> None:
        near = self._nearest if self._known else None
        with painting(self) as painter:
            rounded(painter, inside(self), "ground", "line")
            room = inside(self).adjusted(12, 8, -12, -10)
            painter.setFont(theme.font(13))
            if near is None:
                painter.setPen(theme.color("text_dim"))
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self.text)
                return
            size, line = theme.px(9), painter.fontMetrics().height()
            mark = QRectF(room.left(), room.top() + (line - size) / 2, size, size)
            paint_mark(painter, mark, "warn" if near.covers else "live")
            room.setLeft(room.left() + size + 8)
            first, second = self._lines()
            head = QRectF(room.left(), room.top(), room.width(), line)
            words(painter, head, first, "text", 13, theme.MEDIUM)
            words(painter, head.translated(0, line), second, "text_dim", 13)
            foot = QRectF(room.left(), room.bottom() - theme.px(8), room.width(), theme.px(6))
            self._paint_scale(painter, foot, near)

    def _paint_scale(self, painter: QPainter, box: QRectF, near: NearestCamera) -> None:
        span = max(self._full, near.usable_m * 1.2)
        rounded(painter, box, "line", "line", radius=3, width=0)
        usable = QRectF(box.left(), box.top(), box.width() * near.usable_m / span, box.height())
        rounded(painter, usable, theme.color("idle", 0.7), "line", radius=3, width=0)
        x = box.left() + box.width() * min(1.0, near.distance_m / span)
        place = QRectF(x - 2, box.top() - 4, 4, box.height() + 8)
        rounded(painter, place, "warn" if near.covers else "accent", "line", radius=2, width=0)


def _distance(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"
