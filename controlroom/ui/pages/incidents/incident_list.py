"""A row of the incidents' list: number and time at the left, what and where, its first words, and its state."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from controlroom.clock import show_time
from controlroom.incidents.records import Incident
from controlroom.ui import theme
from controlroom.ui.kit import painting
from controlroom.ui.kit.paged_list import GROUP_ROLE
from controlroom.ui.kit.table_model import RECORD_ROLE
from controlroom.ui.pages.incidents.words import RESTRICTED, STATES
from controlroom.ui.widgets.pill import paint_pill, pill_width

Index = QModelIndex | QPersistentModelIndex
SIDE, NUMBER_WIDTH, LINE = 16, 72, 19
AIR = 20
MOST_LINES = 2
TEXT_SIZE = 13


class IncidentDelegate(QStyledItemDelegate):
    """Paints incidents."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        heading = painting.HEADING if index.data(GROUP_ROLE) else 0
        width = painting.row_width(option)
        incident: Incident = index.data(RECORD_ROLE)
        room = width - 2 * SIDE - theme.px(NUMBER_WIDTH)
        lines = 1 + len(painting.wrapped(TEXT_SIZE, incident.headline, room, MOST_LINES))
        return QSize(width, theme.px(max(2, lines) * LINE + AIR + heading))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        incident: Incident = index.data(RECORD_ROLE)
        painter.save()
        box = QRectF(option.rect)
        if heading := index.data(GROUP_ROLE):
            height = theme.px(painting.HEADING)
            painting.paint_heading(painter, QRectF(box.left(), box.top(), box.width(), height), heading)
            box.setTop(box.top() + height)
        painting.paint_ground(painter, option, box)
        line, top = theme.px(LINE), box.top() + theme.px(10)
        lead = QRectF(box.left() + SIDE, top, theme.px(NUMBER_WIDTH) - 8, line)
        painting.words(painter, lead, incident.number, "text", 16, theme.NUMBER)
        lead.translate(0, line + 1)
        painting.words(painter, lead, show_time(incident.occurred_at), "text_dim", theme.SMALL)
        self._paint_words(painter, box, top, incident)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, top: float, incident: Incident) -> None:
        left, right, line = box.left() + SIDE + theme.px(NUMBER_WIDTH), box.right() - SIDE, theme.px(LINE)
        painter.setFont(theme.font(theme.SMALL, theme.MEDIUM))
        state = incident.state.value
        width = pill_width(painter.fontMetrics(), state)
        pill = QRectF(right - width, top - 1, width, theme.px(20))
        paint_pill(painter, pill, state, STATES[incident.state])
        if incident.restricted:
            named = pill_width(painter.fontMetrics(), "restricted")
            right_of_it = pill.left() - 6
            pill = QRectF(right_of_it - named, top - 1, named, theme.px(20))
            paint_pill(painter, pill, "restricted", RESTRICTED)
        head = QRectF(left, top, pill.left() - 10 - left, line)
        painting.words(painter, head, incident.title, "text", theme.BODY, theme.MEDIUM)
        painter.setFont(theme.font(TEXT_SIZE))
        painter.setPen(theme.color("text_dim"))
        shown = painting.wrapped(TEXT_SIZE, incident.headline, right - left, MOST_LINES)
        for number, words in enumerate(shown):
            row = QRectF(left, top + line * (number + 1), right - left, line)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
