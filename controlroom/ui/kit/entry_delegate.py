"""A row of the log's list: time and author at the left, camera, place and category above the words."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from controlroom.clock import show_time
from controlroom.log.records import LogEntry
from controlroom.ui import icons, theme
from controlroom.ui.kit import painting
from controlroom.ui.kit.entry_words import capital
from controlroom.ui.kit.paged_list import GROUP_ROLE
from controlroom.ui.kit.table_model import RECORD_ROLE
from controlroom.ui.widgets.pill import paint_pill, pill_width

Index = QModelIndex | QPersistentModelIndex
SIDE, TIME_WIDTH, LINE = 16, 80, 19
AIR = 18  # above and below a row's lines, together
MOST_LINES = 2
TEXT_SIZE = 13.5


class EntryDelegate(QStyledItemDelegate):
    """Paints log entries."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        heading = painting.HEADING if index.data(GROUP_ROLE) else 0
        width = painting.row_width(option)
        entry: LogEntry = index.data(RECORD_ROLE)
        room = width - 2 * SIDE - theme.px(TIME_WIDTH) - 8
        lines = 1 + len(painting.wrapped(TEXT_SIZE, entry.text, room, MOST_LINES))
        return QSize(width, theme.px(lines * LINE + AIR + heading))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: LogEntry = index.data(RECORD_ROLE)
        painter.save()
        box = QRectF(option.rect)
        if heading := index.data(GROUP_ROLE):
            height = theme.px(painting.HEADING)
            painting.paint_heading(painter, QRectF(box.left(), box.top(), box.width(), height), heading)
            box.setTop(box.top() + height)
        painting.paint_ground(painter, option, box)
        line = theme.px(LINE)
        top = box.top() + theme.px(9)
        left = box.left() + SIDE
        time_box = QRectF(left, top, theme.px(TIME_WIDTH), line)
        painting.words(painter, time_box, show_time(entry.occurred_at), "text", theme.BODY, theme.NUMBER)
        time_box.translate(0, line)
        painting.words(painter, time_box, entry.author, "text_dim", theme.SMALL)
        self._paint_words(
            painter, QRectF(left + theme.px(TIME_WIDTH) + 8, top, 0, line), box.right() - SIDE, entry
        )
        painter.restore()

    def _paint_words(self, painter: QPainter, head: QRectF, right: float, entry: LogEntry) -> None:
        line = head.height()
        left = head.left()
        text_right = right
        right = self._paint_tags(painter, QRectF(head.left(), head.top(), 0, line), right, entry)
        if entry.camera_number:
            head.setWidth(right - head.left())
            used = painting.words(painter, head, entry.camera_number, "text", theme.BODY, theme.NUMBER)
            head.setLeft(head.left() + used + 8)
        about = " · ".join(part for part in (entry.place, capital(entry.category)) if part)
        head.setRight(right)
        painting.words(painter, head, about, "text_dim", 13)
        painter.setFont(theme.font(TEXT_SIZE))
        painter.setPen(theme.color("text"))
        width = text_right - left
        for number, words in enumerate(painting.wrapped(TEXT_SIZE, entry.text, width, MOST_LINES)):
            row = QRectF(left, head.top() + line * (number + 1), width, line)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def _paint_tags(self, painter: QPainter, head: QRectF, right: float, entry: LogEntry) -> float:
        """What else there is, from the right: incident, late, addenda, a picture. Returns where it ends."""
        height = head.height()
        if entry.incident_reference:
            number = entry.incident_reference
            painter.setFont(theme.font(theme.SMALL, theme.STRONG))
            width = painter.fontMetrics().horizontalAdvance(number)
            painter.setPen(theme.color("accent"))
            painter.drawText(
                QRectF(right - width, head.top(), width + 1, height), Qt.AlignmentFlag.AlignVCenter, number
            )
            right -= width + 10
        pills = ((bool(entry.unsaved), entry.unsaved, "warn"), (entry.late, "late", "warn"))
        for shown, text, state in (*pills, (entry.spooled, "saved later", "idle")):
            if shown:
                painter.setFont(theme.font(theme.SMALL, theme.MEDIUM))
                width = pill_width(painter.fontMetrics(), text)
                paint_pill(painter, QRectF(right - width, head.top(), width, height), text, state)
                right -= width + 8
        for shown, name in ((entry.snapshot is not None, "image"), (bool(entry.addenda), "note-pencil")):
            if shown:
                size = theme.px(15)
                device = painter.device()
                ratio = device.devicePixelRatioF() if device is not None else 1.0
                mark = icons.pixmap(name, "text_dim", size, ratio)
                painter.drawPixmap(
                    round(right - size), round(head.top() + (height - size) / 2), size, size, mark
                )
                right -= size + 8
        return right
