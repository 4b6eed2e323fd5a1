"""The nearest permanent camera, shown as a line on a scale: the place, the camera's usable range, the gap."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.deployments.bids.records import NearestCamera
from controlroom.ui import theme
from controlroom.ui.widgets.marks import paint_mark

FULL_SCALE_M = 400.0


class NearestView(QWidget):
    """Says which camera is nearest, how far it is and how far it is of use."""

    def __init__(self, full_gap_m: float = FULL_SCALE_M) -> None:
        super().__init__()
        self._nearest: NearestCamera | None = None
        self._known = False
        self._full = full_gap_m
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_nearest(None, known=False)

    @property
    def text(self) -> str:
        """What it says in words."""
        if not self._known:
            return "Nearest permanent camera: enter the position first."
        near = self._nearest
        if near is None:
            return "No permanent camera of the register has a position."
        told = "sees it" if near.covers else "does not reach it"
        return (
            f"Nearest permanent camera {near.number} {near.name}: {near.distance_m:.0f} m away, "
            f"of use to {near.usable_m:.0f} m, {told}."
        )

    def set_nearest(self, nearest: NearestCamera | None, *, known: bool) -> None:
        """Show another camera; `known` is False while the place has no position."""
        self._nearest, self._known = nearest, known
        self.setAccessibleName(self.text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, QFontMetrics(theme.font(13)).height() * 2 + theme.px(34))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.color("line"))
        painter.setBrush(theme.color("ground"))
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        inner = box.adjusted(12, 8, -12, -10)
        painter.setFont(theme.font(13))
        near = self._nearest if self._known else None
        if near is None:
            painter.setPen(theme.color("text_dim"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self.text)
            painter.end()
            return
        state = "warn" if near.covers else "live"
        size = theme.px(9)
        line = painter.fontMetrics().height()
        paint_mark(painter, QRectF(inner.left(), inner.top() + (line - size) / 2, size, size), state)
        painter.setPen(theme.color("text"))
        first = f"Nearest permanent camera {near.number} · {near.name}"
        second = f"{near.distance_m:.0f} m away, of use to {near.usable_m:.0f} m: " + (
            "it sees the place already" if near.covers else "it does not reach the place"
        )
        left = inner.left() + size + 8
        for number, text in enumerate((first, second)):
            painter.setFont(theme.font(13, theme.MEDIUM if number == 0 else theme.REGULAR))
            painter.setPen(theme.color("text" if number == 0 else "text_dim"))
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, int(inner.right() - left)
            )
            painter.drawText(
                QPointF(left, inner.top() + line * number + painter.fontMetrics().ascent()), shown
            )
        self._paint_scale(
            painter, QRectF(left, inner.bottom() - theme.px(8), inner.right() - left, theme.px(6)), near
        )
        painter.end()

    def _paint_scale(self, painter: QPainter, box: QRectF, near: NearestCamera) -> None:
        span = max(self._full, near.usable_m * 1.2)
        painter.setPen(QPen(theme.color("line"), 0))
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(theme.color("idle", 0.7))
        painter.drawRoundedRect(
            QRectF(box.left(), box.top(), box.width() * near.usable_m / span, box.height()), 3, 3
        )
        x = box.left() + box.width() * min(1.0, near.distance_m / span)
        painter.setBrush(theme.color("warn" if near.covers else "accent"))
        painter.drawRoundedRect(QRectF(x - 2, box.top() - 4, 4, box.height() + 8), 2, 2)
