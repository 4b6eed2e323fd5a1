"""A row of the log's list: time and author at the left, camera, place and category above the words."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from controlroom.clock import show_time
from controlroom.log.records import LogEntry
from controlroom.ui import theme
from controlroom.ui.kit.entry_words import capital
from controlroom.ui.kit.painting import RowDelegate, paint_pill_before
from controlroom.ui.widgets.painting import paint_icon, words


class EntryDelegate(RowDelegate[LogEntry]):
    """Paints log entries."""

    def lead_of(self, record: LogEntry) -> tuple[str, str]:
        return show_time(record.occurred_at), record.author

    def text_of(self, record: LogEntry) -> str:
        return record.text

    def paint_head(self, painter: QPainter, box: QRectF, record: LogEntry) -> None:
        self._paint_tags(painter, box, record)
        if record.camera_number:
            used = words(painter, box, record.camera_number, "text", theme.BODY, theme.NUMBER)
            box.setLeft(box.left() + used + 8)
        about = " · ".join(part for part in (record.place, capital(record.category)) if part)
        words(painter, box, about, "text_dim", 13)

    def _paint_tags(self, painter: QPainter, box: QRectF, entry: LogEntry) -> None:
        """What else there is, from the right: incident, late, addenda, a picture. What is left of `box` is free."""
        if entry.incident_reference:
            painter.setFont(theme.font(theme.SMALL, theme.STRONG))
            width = painter.fontMetrics().horizontalAdvance(entry.incident_reference) + 1
            place = QRectF(box.right() - width, box.top(), width, box.height())
            words(painter, place, entry.incident_reference, "accent", theme.SMALL, theme.STRONG)
            box.setRight(place.left() - 10)
        pills = ((bool(entry.unsaved), entry.unsaved, "warn"), (entry.late, "late", "warn"))
        for shown, text, state in (*pills, (entry.spooled, "saved later", "idle")):
            if shown:
                paint_pill_before(painter, box, text, state)
        for shown, name in ((entry.snapshot is not None, "image"), (bool(entry.addenda), "note-pencil")):
            if shown:
                size = theme.px(15)
                paint_icon(painter, name, "text_dim", box.right() - size, box.center().y(), size)
                box.setRight(box.right() - size - 8)
