"""Shows the navigation rail at the left edge: pages in groups, each an icon, a word, a badge where something waits.

The rail takes the largest look in which every page offered fits the window's height: full, smaller, with lines instead
of the groups' names, then with the word beside the icon. Only when even the smallest does not fit does it scroll.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QWidget

from controlroom.ui import icons, theme
from controlroom.ui.kit.page import Page
from controlroom.ui.timers import one_shot
from controlroom.ui.widgets.emblem import Emblem
from controlroom.ui.widgets.layout import SPRING, column, fill, grow, scrolling
from controlroom.ui.widgets.painting import (
    CENTRED,
    MIDDLE_LEFT,
    focus_ring,
    paint_icon,
    painting,
    rounded,
    words,
)

SHORT_WINDOW = 800  # below this height the rail is never drawn in full
EMBLEM, FOOT = 54, 8


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
        box, radius = QRectF(self.rect()).adjusted(5, 1.5, -5, -1.5), theme.CARD_RADIUS
        with painting(self) as painter:
            if self.isChecked() or self.underMouse():
                rounded(painter, box, "raised" if self.isChecked() else "bar", radius=radius)
            if self.isChecked():
                bar = QRectF(-2, self.height() * 0.24, 5, self.height() * 0.52)
                rounded(painter, bar, "accent", radius=2)
            if self.hasFocus():
                focus_ring(painter, box.adjusted(1, 1, -1, -1), radius=radius)
            if self.look.beside:
                self._paint_beside(painter)
            else:
                self._paint_below(painter)

    def _paint_below(self, painter: QPainter) -> None:
        """The icon, and the word under it."""
        size, look, role = theme.px(self.look.icon), self.look, self._role()
        line = QFontMetrics(theme.font(look.words, theme.MEDIUM)).height()
        top = (self.height() - size - line - (4 if look is FULL else 1)) / 2
        left = (self.width() - size) / 2
        paint_icon(painter, self.page.icon_name, role, left, top + size / 2, size)
        under = QRectF(1, self.height() - top - line, self.width() - 2, line)
        words(painter, under, self._word, role, look.words, theme.MEDIUM, CENTRED)
        if self.badge:
            self._paint_badge(painter, left + size - (6 if look is FULL else 4), top - 6)

    def _paint_beside(self, painter: QPainter) -> None:
        """The icon, the word beside it, and the badge at the right end."""
        size, left, role = theme.px(self.look.icon), theme.px(12), self._role()
        paint_icon(painter, self.page.icon_name, role, left, self.height() / 2, size)
        after = left + size + theme.px(8)
        badge = self._badge_width() + 4 if self.badge else 0
        beside = QRectF(after, 0, self.width() - after - 6 - badge, self.height())
        words(painter, beside, self._word, role, self.look.words, theme.MEDIUM, MIDDLE_LEFT)
        if self.badge:
            self._paint_badge(painter, beside.right() + 2, (self.height() - theme.px(16)) / 2)

    def _role(self) -> str:
        return "text" if self.isChecked() else "text_dim"

    def _badge_text(self) -> str:
        return str(self.badge) if self.badge < 100 else "99+"

    def _badge_width(self) -> float:
        metrics = QFontMetrics(theme.font(10.5, theme.NUMBER))
        return max(theme.px(16), metrics.horizontalAdvance(self._badge_text()) + 9)

    def _paint_badge(self, painter: QPainter, left: float, top: float) -> None:
        height = theme.px(16)
        box = QRectF(left, top, self._badge_width(), height)
        rounded(painter, box.adjusted(-1, -1, 1, 1), "badge", "rail", radius=height / 2 + 1, width=2)
        words(painter, box, self._badge_text(), "on_accent", 10.5, theme.NUMBER, CENTRED)


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
        left = theme.px(12) if self.look.beside else 0
        box = QRectF(left, 0, self.width() - left, self.height() - 1)
        side = Qt.AlignmentFlag.AlignLeft if self.look.beside else Qt.AlignmentFlag.AlignHCenter
        with painting(self) as painter:
            if self.look.named:
                name, below = self.name.upper(), Qt.AlignmentFlag.AlignBottom | side
                words(painter, box, name, "text_faint", 9.5, theme.MEDIUM, below)
            else:
                painter.fillRect(10, self.height() // 2, self.width() - 20, 1, theme.color("line"))


class Rail(QFrame):
    """All pages in their groups, one of them in front."""

    chosen = Signal(object)  # Page

    def __init__(self, pages: Sequence[Page], groups: Mapping[Page, str] | None = None) -> None:
        """Pages of one group stand together already; without groups they stand in one column."""
        super().__init__()
        self.setProperty("bar", "rail")
        self.setAccessibleName("Pages")
        self.look = FULL
        self.buttons: dict[Page, RailButton] = {}
        self._groups = dict(groups or {})
        self._marks: dict[str, GroupMark] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._lay_out(pages)
        # Never within a resize: a width set there leaves what is inside at the width before.
        self._fitting = one_shot(self, 0, self._fit)
        theme.current().changed.connect(self._fitting.start)

    def show_chosen(self, page: Page) -> None:
        """Mark the page that is in front."""
        self.buttons[page].setChecked(True)
        self._scroll.ensureWidgetVisible(self.buttons[page])

    def offer(self, page: Page, offered: bool) -> None:
        """Show or hide a page's entry."""
        self.buttons[page].setVisible(offered)
        self._fitting.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fitting.start()

    def _shown(self) -> list[RailButton]:
        return [each for each in self.buttons.values() if not each.isHidden()]

    def _fit(self) -> None:
        """Take the largest look that fits."""
        shown = self._shown()
        groups = list(dict.fromkeys(self._groups.get(each.page, "") for each in shown))
        room = self.height() - theme.px(EMBLEM) - FOOT
        looks = LOOKS if self.height() >= SHORT_WINDOW else LOOKS[1:]
        self.look = next((each for each in looks if _height(each, len(shown), groups) <= room), looks[-1])
        for button in self.buttons.values():
            button.set_look(self.look)
        for name, mark in self._marks.items():
            mark.setVisible(name in groups and (self.look.named or name != groups[0]))
            mark.set_look(self.look)
        crowded = _height(self.look, len(shown), groups) > room
        bar = self._scroll.verticalScrollBar()
        self._scroll.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn if crowded else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setFixedWidth(theme.px(self.look.width) + (bar.sizeHint().width() if crowded else 0))

    def _step(self, button: RailButton, step: int) -> None:
        shown = self._shown()
        wanted = shown[(shown.index(button) + step) % len(shown)]
        wanted.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(wanted)

    def _lay_out(self, pages: Sequence[Page]) -> None:
        emblem, entries = Emblem(), column()
        emblem.setFixedHeight(theme.px(EMBLEM))
        for page in pages:
            group = self._groups.get(page, "")
            if group and group not in self._marks:
                self._marks[group] = GroupMark(group)
                entries.addWidget(self._marks[group])
            entries.addWidget(self._make_button(page))
        self._scroll = scrolling(fill(entries, SPRING))
        self._scroll.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        column(emblem, grow(self._scroll), on=self, margins=(0, 0, 1, FOOT))

    def _make_button(self, page: Page) -> RailButton:
        button = self.buttons[page] = RailButton(page)
        self._group.addButton(button)
        button.clicked.connect(lambda _checked: self.chosen.emit(page))
        button.step_wanted.connect(lambda step: self._step(button, step))
        page.badge_changed.connect(button.set_badge)
        return button


def _height(look: RailLook, entries: int, groups: Sequence[str]) -> int:
    """What so many entries in these groups take, in pixels."""
    marks = [each for each in groups if each]
    over = len(marks) if look.named else max(0, len(marks) - 1)
    return entries * theme.px(look.entry) + over * theme.px(look.group)
