"""The row of one person in the list of those who may take over the desk."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from controlroom.accounts.records import User
from controlroom.ui import theme
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.painting import focus_ring, inside, painting, rounded, words


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
        row = inside(self, 1)
        half, left, width = row.height() / 2, row.left() + 12, row.width() - 24
        with painting(self) as painter:
            if self._here or self._next or self.underMouse():
                rounded(painter, row, "selected" if self._here else "hover")
            if self.hasFocus():
                focus_ring(painter, row)
            name = QRectF(left, row.top() + 4, width, half - 2)
            words(painter, name, self.user.handle, "text", theme.BODY, theme.STRONG)
            words(painter, QRectF(left, row.top() + half, width, half - 4), self._roles, "text_dim", 12.5)
            if self._here or self._next:
                text = "at the desk" if self._here else "Enter"
                wide = painter.fontMetrics().horizontalAdvance(text)
                side = QRectF(left + width - wide, row.top(), wide + 1, row.height())
                words(painter, side, text, "accent_text", 12.5)
                if self._here:
                    paint_mark(painter, QRectF(side.left() - 17, row.center().y() - 4.5, 9, 9), "accent")
