"""Paints rows of a list: words over two lines, group headings, backgrounds."""

from functools import lru_cache
from typing import Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from controlroom.ui import theme
from controlroom.ui.kit.paged_list import GROUP_ROLE
from controlroom.ui.kit.table_model import RECORD_ROLE
from controlroom.ui.widgets.marks import paint_pill, pill_width
from controlroom.ui.widgets.painting import MIDDLE_LEFT, words

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
# Before the person's text scale: the height of a group's heading, the margin at both sides, the height of a line.
HEADING, SIDE, LINE = 30, 16, 19
MOST_LINES = 2
PILL_GAP = 8


class RowDelegate(QStyledItemDelegate, Generic[R]):
    """Paints a record of a list: two short lines at the left; beside them a head, and under it the record's words.

    A row that begins a group stands below the group's heading.
    """

    lead_width, lead_size = 88, theme.BODY
    air = 18  # above and below a row's lines, together
    text_size, text_role = 13.5, "text"

    def lead_of(self, record: R) -> tuple[str, str]:
        """The two lines at the left."""
        raise NotImplementedError

    def text_of(self, record: R) -> str:
        """The words under the head."""
        raise NotImplementedError

    def paint_head(self, painter: QPainter, box: QRectF, record: R) -> None:
        """The line above the words."""
        raise NotImplementedError

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        heading = HEADING if index.data(GROUP_ROLE) else 0
        width = row_width(option)
        lines = 1 + len(self._lines(index.data(RECORD_ROLE), width - 2 * SIDE - theme.px(self.lead_width)))
        return QSize(width, theme.px(max(2, lines) * LINE + self.air + heading))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        record: R = index.data(RECORD_ROLE)
        painter.save()
        box = QRectF(option.rect)
        if heading := index.data(GROUP_ROLE):
            height = theme.px(HEADING)
            paint_heading(painter, QRectF(box.left(), box.top(), box.width(), height), heading)
            box.setTop(box.top() + height)
        paint_ground(painter, option, box)
        line, lead = theme.px(LINE), theme.px(self.lead_width)
        first = QRectF(box.left() + SIDE, box.top() + theme.px(self.air // 2), box.width() - 2 * SIDE, line)
        over, under = self.lead_of(record)
        place = QRectF(first.left(), first.top(), lead - 8, line)
        words(painter, place, over, "text", self.lead_size, theme.NUMBER)
        words(painter, place.translated(0, line), under, "text_dim", theme.SMALL)
        first.setLeft(first.left() + lead)
        self.paint_head(painter, QRectF(first), record)
        painter.setFont(theme.font(self.text_size))
        painter.setPen(theme.color(self.text_role))
        for number, said in enumerate(self._lines(record, first.width()), 1):
            painter.drawText(first.translated(0, line * number), MIDDLE_LEFT, said)
        painter.restore()

    def _lines(self, record: R, width: float) -> tuple[str, ...]:
        return wrapped(self.text_size, self.text_of(record), width, MOST_LINES)


def paint_pill_before(painter: QPainter, box: QRectF, text: str, state: str) -> None:
    """Draw a pill at the right end of `box`, which is shorter by it afterwards."""
    painter.setFont(theme.font(theme.SMALL, theme.MEDIUM))
    width = pill_width(painter.fontMetrics(), text)
    paint_pill(painter, QRectF(box.right() - width, box.top(), width, box.height()), text, state)
    box.setRight(box.right() - width - PILL_GAP)


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
    """Paint the row's background: selected, under the mouse, or plain; a line below, a bar at a selected row's edge."""
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
