"""Painting rows of a list: words over two lines, group headings, grounds."""

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem

from controlroom.ui import theme
from controlroom.ui.widgets.painting import words

HEADING = 30  # height of a group's heading before the person's text scale


def wrapped(size: float, text: str, width: float, lines: int) -> tuple[str, ...]:
    """The text in the theme's font of `size`, broken into at most `lines` lines of `width` pixels.

    The last line ends in … when there is more. Remembered, since a list asks again at every change.
    """
    return _wrapped(size, theme.current().text_scale, text, int(width), lines)


@lru_cache(maxsize=2000)
def _wrapped(size: float, _text_scale: float, text: str, width: int, lines: int) -> tuple[str, ...]:
    metrics, flat = QFontMetrics(theme.font(size)), " ".join(text.split())
    found: list[str] = []
    start = 0
    while start < len(flat) and len(found) < lines - 1:
        end = _break(metrics, flat, start, width)
        found.append(flat[start:end].rstrip())
        start = end
    if start < len(flat):
        found.append(metrics.elidedText(flat[start:].lstrip(), Qt.TextElideMode.ElideRight, width))
    return tuple(found)


def _break(metrics: QFontMetrics, text: str, start: int, width: float) -> int:
    if metrics.horizontalAdvance(text[start:]) <= width:
        return len(text)
    end = start
    while True:
        space = text.find(" ", end + 1)
        if space < 0 or metrics.horizontalAdvance(text[start:space]) > width:
            break
        end = space
    return end + 1 if end > start else len(text)


def row_width(option: QStyleOptionViewItem) -> int:
    """How wide a row of the list is."""
    view = option.widget
    return view.viewport().width() if isinstance(view, QListView) else option.rect.width()


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, box: QRectF) -> None:
    """The row's ground: selected, under the mouse, or plain; a line below it and a bar at the selected one's edge."""
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(box, theme.color("selected"))
        focused = option.widget is not None and option.widget.hasFocus()
        bar = theme.color("accent" if focused else "text_faint")
        painter.fillRect(QRectF(box.left(), box.top(), 3, box.height() - 1), bar)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(box, theme.color("hover", 0.5))
    painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.color("line"))


def paint_heading(painter: QPainter, box: QRectF, text: str) -> None:
    """A group's heading: the day."""
    painter.fillRect(box, theme.color("bar"))
    painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.color("line"))
    words(painter, box.adjusted(16, 0, -16, 0), text, "text_dim", theme.SMALL, theme.STRONG)
