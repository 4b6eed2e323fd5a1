"""The parts of the log line: the camera's number, the field to type in, and the box around both."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.painting import inside, painting, rounded


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
        with painting(self) as painter:
            rounded(painter, QRectF(self.rect()), theme.fill("accent"), radius=5)
            painter.setPen(theme.on_fill("accent"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.number)


class LogField(QFrame):
    """The box around chip, typing and what became of it; its ring is the typing's focus."""

    def __init__(self, edit: QLineEdit) -> None:
        super().__init__()
        self._edit = edit
        self.setFixedHeight(theme.px(34))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self._edit.hasFocus():
                rounded(painter, inside(self, 1), "ground", "accent", radius=8, width=2)
            else:
                rounded(painter, inside(self), "ground", theme.color("planned", 0.7), radius=8)


class Typing(QLineEdit):
    """The line itself; tells when the focus comes and goes."""

    focus_changed = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()
