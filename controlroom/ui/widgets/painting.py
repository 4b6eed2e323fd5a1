"""Provides what widgets that paint themselves share: smooth edges, rounded boxes, the ring of the focus, words."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from controlroom.ui import icons, theme

MIDDLE_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
CENTRED = Qt.AlignmentFlag.AlignCenter


@contextmanager
def painting(widget: QWidget) -> Iterator[QPainter]:
    """A painter on a widget, with smooth edges and the widget's own font; ended even when the block fails."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()


def inside(widget: QWidget, by: float = 0.5) -> QRectF:
    """The widget's own rectangle, smaller by so many pixels on each side; half of one lets a thin line be sharp."""
    return QRectF(widget.rect()).adjusted(by, by, -by, -by)


def rounded(
    painter: QPainter,
    box: QRectF,
    fill: QColor | str | None,
    edge: QColor | str | None = None,
    *,
    radius: float = theme.RADIUS,
    width: float = 1,
) -> None:
    """Draw a box with round corners, filled and edged in colours or the theme's roles."""
    painter.setBrush(_colour(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_colour(edge), width) if edge is not None else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box, radius, radius)


def focus_ring(painter: QPainter, box: QRectF, role: str = "accent", radius: float = theme.RADIUS) -> None:
    """Show that the keyboard is here."""
    rounded(painter, box, None, role, radius=radius, width=2)


def words(
    painter: QPainter,
    box: QRectF,
    text: str,
    role: QColor | str,
    size: float,
    weight: int = theme.REGULAR,
    align: Qt.AlignmentFlag = MIDDLE_LEFT,
) -> float:
    """One line of text in `box`, shortened with … where there is no room; returns its width."""
    painter.setFont(theme.font(size, weight))
    painter.setPen(_colour(role))
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(box.width())))
    painter.drawText(box, align, shown)
    return float(min(metrics.horizontalAdvance(shown), int(box.width())))


def name_that_fits(name: str, metrics: QFontMetricsF, room: float) -> str:
    """A camera's name where there is little room: the end that tells it from its neighbours stays ("Geo…, station")."""
    if metrics.horizontalAdvance(name) <= room:
        return name
    street, comma, view = name.partition(", ")
    if not comma:
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
    left = room - metrics.horizontalAdvance(f", {view}")
    start = metrics.elidedText(street, Qt.TextElideMode.ElideRight, left) if left > 0 else ""
    if len(start) > 2:
        return f"{start}, {view}"
    return metrics.elidedText(view, Qt.TextElideMode.ElideMiddle, room)


def paint_icon(painter: QPainter, name: str, role: str, left: float, middle: float, size: int) -> None:
    """Draw an icon `size` pixels large, its left edge and its middle line at these places."""
    picture = icons.pixmap(name, role, size, painter.device().devicePixelRatio())
    painter.drawPixmap(round(left), round(middle - size / 2), size, size, picture)


def _colour(given: QColor | str) -> QColor:
    return theme.color(given) if isinstance(given, str) else given
