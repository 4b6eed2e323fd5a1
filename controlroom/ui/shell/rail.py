"""The navigation rail at the left edge: an icon, a word, and a badge where something needs someone."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from controlroom.ui import icons, theme
from controlroom.ui.kit.page import Page
from controlroom.ui.widgets.emblem import Emblem

WIDTH, NARROW = 76, 60
TALL, SHORT = 57, 44  # heights of one entry, full and at its least
SHORT_WINDOW = 800  # below this height the rail draws itself smaller


class RailButton(QAbstractButton):
    """One page in the rail."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.badge = 0
        self.compact = False
        self._word = page.word or page.title
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{page.title} ({page.shortcut})" if page.shortcut else page.title)
        self.set_badge(0)

    def set_badge(self, count: int) -> None:
        """Show how many things need someone."""
        self.badge = count
        waiting = f", {count} waiting" if count else ""
        self.setAccessibleName(f"{self.page.title}{waiting}")
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Draw smaller, for low windows."""
        if compact != self.compact:
            self.compact = compact
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(NARROW if self.compact else WIDTH, theme.px(SHORT if self.compact else TALL))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(5, 1.5, -5, -1.5)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("raised" if self.isChecked() else "bar"))
            painter.drawRoundedRect(box, theme.CARD_RADIUS, theme.CARD_RADIUS)
        if self.isChecked():
            painter.setBrush(theme.color("accent"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(-2, self.height() * 0.24, 5, self.height() * 0.52), 2, 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), theme.CARD_RADIUS, theme.CARD_RADIUS)
        self._paint_content(painter)
        painter.end()

    def _paint_content(self, painter: QPainter) -> None:
        size = theme.px(18 if self.compact else 22)
        painter.setFont(theme.font(10.5 if self.compact else 12, theme.MEDIUM))
        line = painter.fontMetrics().height()
        top = (self.height() - size - line - (1 if self.compact else 4)) / 2
        left = (self.width() - size) / 2
        role = "text" if self.isChecked() else "text_dim"
        picture = icons.pixmap(self.page.icon_name, role, size, self.devicePixelRatioF())
        painter.drawPixmap(round(left), round(top), size, size, picture)
        painter.setPen(theme.color(role))
        words = QRectF(1, self.height() - top - line, self.width() - 2, line)
        shown = painter.fontMetrics().elidedText(self._word, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shown)
        if self.badge:
            self._paint_badge(painter, left + size, top)

    def _paint_badge(self, painter: QPainter, right: float, top: float) -> None:
        text = str(self.badge) if self.badge < 100 else "99+"
        painter.setFont(theme.font(10.5, theme.NUMBER))
        height = theme.px(16)
        width = max(height, painter.fontMetrics().horizontalAdvance(text) + 9)
        box = QRectF(right - (4 if self.compact else 6), top - 6, width, height)
        painter.setPen(QPen(theme.color("rail"), 2))
        painter.setBrush(theme.color("badge"))
        painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), height / 2 + 1, height / 2 + 1)
        painter.setPen(theme.color("on_accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class Rail(QFrame):
    """All pages, one of them in front. Up and Down move between entries."""

    chosen = Signal(object)  # Page

    def __init__(self, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "rail")
        self.setAccessibleName("Pages")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 8)
        layout.setSpacing(0)
        emblem = Emblem()
        emblem.setFixedHeight(theme.px(54))
        layout.addWidget(emblem)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.buttons: dict[Page, RailButton] = {}
        for page in pages:
            button = RailButton(page)
            self._group.addButton(button)
            self.buttons[page] = button
            layout.addWidget(button)
            button.clicked.connect(lambda _checked, chosen=page: self.chosen.emit(chosen))
            page.badge_changed.connect(button.set_badge)
        layout.addStretch(1)
        self.setFixedWidth(theme.px(WIDTH))

    def show_chosen(self, page: Page) -> None:
        """Mark the page that is in front."""
        self.buttons[page].setChecked(True)

    def offer(self, page: Page, offered: bool) -> None:
        """Show or hide a page's entry."""
        self.buttons[page].setVisible(offered)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shown = [each for each in self.buttons.values() if not each.isHidden()]
        room = self.height() - theme.px(54) - 8
        compact = self.height() < SHORT_WINDOW or len(shown) * theme.px(TALL) > room
        for button in self.buttons.values():
            button.set_compact(compact)
        self.setFixedWidth(theme.px(NARROW if compact else WIDTH))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        shown = [each for each in self.buttons.values() if not each.isHidden()]
        focused = self.focusWidget()
        if step is None or not isinstance(focused, RailButton) or focused not in shown:
            super().keyPressEvent(event)
            return
        wanted = shown[(shown.index(focused) + step) % len(shown)]
        wanted.setFocus(Qt.FocusReason.TabFocusReason)
