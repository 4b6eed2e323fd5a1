"""A row of the incidents' list: number and time at the left, what and where, its first words, and its state."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from controlroom.clock import show_time
from controlroom.incidents.records import Incident
from controlroom.ui import theme
from controlroom.ui.kit.painting import RowDelegate, paint_pill_before
from controlroom.ui.pages.incidents.words import RESTRICTED, STATES
from controlroom.ui.widgets.painting import words


class IncidentDelegate(RowDelegate[Incident]):
    """Paints incidents."""

    lead_width, lead_size, air = 72, 16, 20
    text_size, text_role = 13, "text_dim"

    def lead_of(self, record: Incident) -> tuple[str, str]:
        return record.number, show_time(record.occurred_at)

    def text_of(self, record: Incident) -> str:
        return record.headline

    def paint_head(self, painter: QPainter, box: QRectF, record: Incident) -> None:
        paint_pill_before(painter, box, record.state.value, STATES[record.state])
        if record.restricted:
            paint_pill_before(painter, box, "restricted", RESTRICTED)
        words(painter, box, record.title, "text", theme.BODY, theme.MEDIUM)
