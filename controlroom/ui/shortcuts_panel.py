"""The list of every key (F1), laid over the window; nothing stops while it is open."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.page import Key
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.text import caption, heading, label

WIDTH = 860


class KeyChip(QWidget):
    """A key drawn as a key."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self._keys = keys
        self.setFont(theme.font(12, theme.MEDIUM))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(keys)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(max(theme.px(26), metrics.horizontalAdvance(self._keys) + 16), theme.px(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("raised"))
        painter.setPen(QPen(theme.color("text_faint", 0.5), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(theme.color("text"))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._keys)
        painter.end()


class ShortcutsPanel(QFrame):
    """Opens over `ground`; Esc or its button closes it."""

    def __init__(self, ground: QWidget) -> None:
        super().__init__(ground)
        self._ground = ground
        self._before: QWidget | None = None
        self.setProperty("overlay", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Every key")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 12, 16)
        head = QHBoxLayout()
        close = bare_button("x", "Close (Esc)")
        close.clicked.connect(lambda _checked: self.close_panel())
        head.addWidget(heading("Every key"))
        head.addStretch(1)
        head.addWidget(close)
        outer.addLayout(head)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        columns = QHBoxLayout(inner)
        columns.setContentsMargins(0, 8, 12, 8)
        columns.setSpacing(40)
        self._columns = (QVBoxLayout(), QVBoxLayout())
        for column in self._columns:
            column.setSpacing(18)
            columns.addLayout(column, 1)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        self._heights = [0, 0]
        self.hide()
        ground.installEventFilter(self)

    def set_groups(self, groups: Sequence[tuple[str, Sequence[Key]]]) -> None:
        """What to list: each group's name and keys, balanced over two columns."""
        for title, keys in groups:
            side = 0 if self._heights[0] <= self._heights[1] else 1
            self._heights[side] += len(keys) + 2
            self._columns[side].addWidget(_group(title, keys))
        for column in self._columns:
            column.addStretch(1)

    def toggle(self) -> None:
        """Open, or close when open."""
        if self.isVisible():
            self.close_panel()
            return
        self._before = self.window().focusWidget()
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        """Close and give the focus back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._ground and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width = min(theme.px(WIDTH), self._ground.width() - 48)
        rows = max(self._heights)
        height = min(theme.px(rows * 34 + 110), self._ground.height() - 24)
        self.setGeometry((self._ground.width() - width) // 2, 12, width, height)


def _group(title: str, keys: Sequence[Key]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    grid.addWidget(caption(title), 0, 0, 1, 2)
    for row, key in enumerate(keys, 1):
        grid.addWidget(KeyChip(key.keys), row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(key.does, 13.5, wrap=True), row, 1)
    grid.setColumnMinimumWidth(0, theme.px(92))
    return box
