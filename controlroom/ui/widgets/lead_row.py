"""A row that leads with a number: what it is, what is known, and the next thing to press."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.text import ElidedLabel, label


class LeadRow(QFrame):
    """A large lead ("9 h", "031", "EV"), two lines of text, and buttons or pills at the right."""

    clicked = Signal()

    def __init__(
        self,
        lead: str,
        title: str,
        detail: str = "",
        lead_role: str = "text",
        *,
        lead_width: int = 64,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 9, 16, 9)
        self.row.setSpacing(12)
        number = label(lead, 18, theme.NUMBER, lead_role)
        number.setMinimumWidth(theme.px(lead_width))
        words = QVBoxLayout()
        words.setSpacing(1)
        self._title = ElidedLabel(title, theme.BODY, theme.MEDIUM)
        self._detail = ElidedLabel(detail, 12.5, role="text_dim")
        words.addWidget(self._title)
        if detail:
            words.addWidget(self._detail)
        self.row.addWidget(number, 0, Qt.AlignmentFlag.AlignVCenter)
        self.row.addLayout(words, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{lead} {title}. {detail}")

    def add(self, widget: QWidget) -> QWidget:
        """Put a button or pill at the right."""
        self.row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        return widget

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.clicked.emit()
