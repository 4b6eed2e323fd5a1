"""What the log line is made of: the camera's chip, the typing, and the box around them."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from controlroom.ui import theme


class CameraChip(QWidget):
    """The number of the camera the entry is about."""

    def __init__(self) -> None:
        super().__init__()
        self.number = ""
        self.setFont(theme.font(theme.BODY, theme.NUMBER))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_number(self, number: str) -> None:
        """Show another number; an empty one hides the chip."""
        self.number = number
        self.setVisible(bool(number))
        self.setAccessibleName(f"Camera {number}" if number else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.number) + 18, metrics.height() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.fill("accent"))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        painter.setPen(theme.on_fill("accent"))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.number)
        painter.end()


class LogField(QFrame):
    """The box around chip, typing and what became of it; its ring is the typing's focus."""

    def __init__(self, edit: QLineEdit) -> None:
        super().__init__()
        self._edit = edit
        self.setFixedHeight(theme.px(34))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self._edit.hasFocus()
        inset = 1.0 if focused else 0.5
        painter.setBrush(theme.color("ground"))
        painter.setPen(QPen(theme.color("accent") if focused else theme.color("planned", 0.7), 2 * inset))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 8, 8)
        painter.end()


class Typing(QLineEdit):
    """The line itself; tells when the focus comes and goes."""

    focus_changed = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()
