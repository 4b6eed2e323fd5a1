"""The navigation rail at the left edge: the pages in groups, each an icon, a word, and a badge where something waits.

The rail takes the largest look in which every page offered fits the window's height: full, smaller, with lines instead
of the groups' names, then with the word beside the icon. Only when even the smallest does not fit does it scroll.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.kit.page import Page
from controlroom.ui.shell.rail_entries import FULL, LOOKS, GroupMark, RailButton, RailLook
from controlroom.ui.widgets.emblem import Emblem

SHORT_WINDOW = 800  # below this height the rail is never drawn in full
EMBLEM, FOOT = 54, 8


class Rail(QFrame):
    """All pages in their groups, one of them in front."""

    chosen = Signal(object)  # Page

    def __init__(
        self, pages: Sequence[Page], groups: Mapping[Page, str] | None = None, parent: QWidget | None = None
    ) -> None:
        """Pages of one group stand together already; without groups they stand in one column."""
        super().__init__(parent)
        self.setProperty("bar", "rail")
        self.setAccessibleName("Pages")
        self.look = FULL
        self.buttons: dict[Page, RailButton] = {}
        self._groups = dict(groups or {})
        self._marks: dict[str, GroupMark] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._emblem = Emblem()
        self._column = QWidget()
        self._scroll = QScrollArea()
        self._lay_out(pages)
        # Never within a resize: a width set there leaves what is inside at the width before.
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
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
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 1, FOOT)
        down.setSpacing(0)
        self._emblem.setFixedHeight(theme.px(EMBLEM))
        down.addWidget(self._emblem)
        entries = QVBoxLayout(self._column)
        entries.setContentsMargins(0, 0, 0, 0)
        entries.setSpacing(0)
        for page in pages:
            group = self._groups.get(page, "")
            if group and group not in self._marks:
                self._marks[group] = GroupMark(group)
                entries.addWidget(self._marks[group])
            entries.addWidget(self._make_button(page))
        entries.addStretch(1)
        self._scroll.setWidget(self._column)
        self._scroll.setWidgetResizable(True)
        self._scroll.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._column.setAutoFillBackground(False)
        down.addWidget(self._scroll, 1)

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
