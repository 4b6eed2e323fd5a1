"""What the rail consists of: an entry for each page, a mark over each group, and the looks they are drawn in."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from controlroom.ui import icons, theme
from controlroom.ui.kit.page import Page


@dataclass(frozen=True)
class RailLook:
    """How large the rail draws itself, in pixels of usual text."""

    entry: int  # height of a page's entry
    group: int  # height of a group's name, or of the line in its place
    width: int
    icon: int
    words: float  # size of the entries' text
    named: bool  # groups have their names over them; otherwise a line stands between two
    beside: bool = False  # the word stands beside the icon, not under it


FULL = RailLook(57, 22, 76, 22, 12, named=True)
SMALLER = RailLook(44, 18, 60, 18, 10.5, named=True)
LOOKS = (
    FULL,
    SMALLER,
    RailLook(44, 9, 60, 18, 10.5, named=False),
    RailLook(30, 18, 126, 17, 11.5, named=True, beside=True),
    RailLook(25, 9, 126, 16, 11.5, named=False, beside=True),
)


class RailButton(QAbstractButton):
    """One page in the rail. Up and Down ask for the entry before or after it."""

    step_wanted = Signal(int)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.badge = 0
        self.look = FULL
        self._word = page.word or page.title
        icons.icon(page.icon_name)  # a name that is none raises here; while painting it would end the program
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

    def set_look(self, look: RailLook) -> None:
        """Draw in another size."""
        if look != self.look:
            self.look = look
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self.look.width), theme.px(self.look.entry))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.step_wanted.emit(step)

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
        if self.look.beside:
            self._paint_beside(painter)
        else:
            self._paint_below(painter)
        painter.end()

    def _paint_below(self, painter: QPainter) -> None:
        """The icon, and the word under it."""
        size = theme.px(self.look.icon)
        painter.setFont(theme.font(self.look.words, theme.MEDIUM))
        line = painter.fontMetrics().height()
        top = (self.height() - size - line - (4 if self.look is FULL else 1)) / 2
        left = (self.width() - size) / 2
        self._paint_icon(painter, left, top, size)
        words = QRectF(1, self.height() - top - line, self.width() - 2, line)
        self._paint_word(painter, words, Qt.AlignmentFlag.AlignCenter)
        if self.badge:
            self._paint_badge(painter, left + size - (6 if self.look is FULL else 4), top - 6)

    def _paint_beside(self, painter: QPainter) -> None:
        """The icon, the word beside it, and the badge at the right end."""
        size = theme.px(self.look.icon)
        painter.setFont(theme.font(self.look.words, theme.MEDIUM))
        left, top = theme.px(12), (self.height() - size) / 2
        self._paint_icon(painter, left, top, size)
        after = left + size + theme.px(8)
        words = QRectF(after, 0, self.width() - after - 6, self.height())
        badge = self._badge_width(painter) + 4 if self.badge else 0
        self._paint_word(
            painter,
            words.adjusted(0, 0, -badge, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
        )
        if self.badge:
            self._paint_badge(painter, words.right() - badge + 2, (self.height() - theme.px(16)) / 2)

    def _paint_icon(self, painter: QPainter, left: float, top: float, size: int) -> None:
        role = "text" if self.isChecked() else "text_dim"
        picture = icons.pixmap(self.page.icon_name, role, size, self.devicePixelRatioF())
        painter.drawPixmap(round(left), round(top), size, size, picture)

    def _paint_word(self, painter: QPainter, box: QRectF, align: Qt.AlignmentFlag) -> None:
        painter.setPen(theme.color("text" if self.isChecked() else "text_dim"))
        shown = painter.fontMetrics().elidedText(self._word, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, align, shown)

    def _badge_text(self) -> str:
        return str(self.badge) if self.badge < 100 else "99+"

    def _badge_width(self, painter: QPainter) -> float:
        painter.save()
        painter.setFont(theme.font(10.5, theme.NUMBER))
        width = max(theme.px(16), painter.fontMetrics().horizontalAdvance(self._badge_text()) + 9)
        painter.restore()
        return width

    def _paint_badge(self, painter: QPainter, left: float, top: float) -> None:
        height, width = theme.px(16), self._badge_width(painter)
        painter.setFont(theme.font(10.5, theme.NUMBER))
        box = QRectF(left, top, width, height)
        painter.setPen(QPen(theme.color("rail"), 2))
        painter.setBrush(theme.color("badge"))
        painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), height / 2 + 1, height / 2 + 1)
        painter.setPen(theme.color("on_accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._badge_text())


class GroupMark(QWidget):
    """What stands over the entries of a group: its name, or a line where the names do not fit."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.look = name, FULL
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_look(self, look: RailLook) -> None:
        """Draw in another size."""
        self.look = look
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self.look.width), theme.px(self.look.group))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.look.named:
            painter.setFont(theme.font(9.5, theme.MEDIUM))
            painter.setPen(theme.color("text_faint"))
            left = theme.px(12) if self.look.beside else 0
            box = QRectF(left, 0, self.width() - left, self.height() - 1)
            side = Qt.AlignmentFlag.AlignLeft if self.look.beside else Qt.AlignmentFlag.AlignHCenter
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom | side, self.name.upper())
        else:
            painter.setPen(QPen(theme.color("line"), 1))
            middle = self.height() // 2
            painter.drawLine(10, middle, self.width() - 10, middle)
        painter.end()
