"""One person in the list of those who may take the desk."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from controlroom.accounts.records import User
from controlroom.ui import theme
from controlroom.ui.widgets.marks import paint_mark


class UserRow(QAbstractButton):
    """Handle and roles; the person at the desk now is marked and cannot be chosen."""

    def __init__(self, user: User, *, here: bool) -> None:
        super().__init__()
        self.user = user
        self._here, self._next = here, False
        self._roles = ", ".join(sorted(user.roles))
        self.setEnabled(not here)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{user.handle}, {self._roles}{', at the desk' if here else ''}")

    def set_next(self, following: bool) -> None:
        """Mark the one Enter would choose."""
        if following != self._next:
            self._next = following
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, theme.px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self._here or self._next or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if self._here else "hover"))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        half = box.height() / 2
        words = box.adjusted(12, 4, -12, 0)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font(theme.BODY, theme.STRONG))
        painter.drawText(
            QRectF(words.left(), words.top(), words.width(), half - 2),
            Qt.AlignmentFlag.AlignVCenter,
            self.user.handle,
        )
        painter.setPen(theme.color("text_dim"))
        painter.setFont(theme.font(12.5))
        roles = QRectF(words.left(), box.top() + half, words.width(), half - 4)
        painter.drawText(roles, Qt.AlignmentFlag.AlignVCenter, self._roles)
        if self._here or self._next:
            text = "at the desk" if self._here else "Enter"
            width = painter.fontMetrics().horizontalAdvance(text)
            side = QRectF(words.right() - width, box.top(), width + 1, box.height())
            painter.setPen(theme.color("accent_text"))
            painter.drawText(side, Qt.AlignmentFlag.AlignVCenter, text)
            if self._here:
                paint_mark(painter, QRectF(side.left() - 17, box.center().y() - 4.5, 9, 9), "accent")
        painter.end()
