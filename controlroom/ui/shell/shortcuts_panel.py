"""Shows the list of every key (F1) over the window; nothing stops while it is open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.kit.action import Action
from controlroom.ui.widgets.layout import LEFT, SPRING, TOP, box, column, discard, grid, grow, row, scrolling
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.painting import inside, painting, rounded
from controlroom.ui.widgets.search_field import SearchField
from controlroom.ui.widgets.text import caption, label

WIDTH = 920
Groups = Callable[[], Sequence[tuple[str, Sequence[Action]]]]


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
        with painting(self) as painter:
            rounded(painter, inside(self), "raised", theme.color("text_faint", 0.5), radius=4)
            painter.setPen(theme.color("text"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._keys)


class ShortcutsPanel(Overlay):
    """Lists the actions in two columns, narrowed down by what is typed above them."""

    def __init__(self, ground: QWidget) -> None:
        super().__init__("Every key", ground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._groups: Groups = list
        self._why_not: Callable[[Action], str] = lambda _action: ""
        self._boxes: list[QWidget] = []
        self.search = SearchField("Find a key or what it does")
        self.search.setMinimumWidth(theme.px(240))
        self.search.searched.connect(self._fill)
        self._nothing = label("Nothing here is called that. Take a word away.", 13, role="text_dim")
        self._nothing.hide()
        self._columns = (column(SPRING, spacing=18), column(SPRING, spacing=18))
        groups = row(*map(grow, self._columns), spacing=40, margins=(0, 8, 12, 8))
        head = self.head("Every key", self.search)
        column(head, self._nothing, grow(scrolling(groups)), on=self, spacing=-1, margins=(24, 16, 12, 16))
        self._heights = [0, 0]

    def set_source(self, groups: Groups, why_not: Callable[[Action], str]) -> None:
        """Where the list comes from each time it is opened, and why an action cannot be done just then."""
        self._groups, self._why_not = groups, why_not

    def texts(self) -> list[str]:
        """What is listed now, each line's key, words and reason in one."""
        return [line.accessibleName() for box in self._boxes for line in box.findChildren(ActionLine)]

    def _fill(self) -> None:
        for group in self._boxes:
            discard(group)
        self._boxes, self._heights = [], [0, 0]
        words = self.search.text().casefold().split()
        for title, actions in self._groups():
            shown = [each for each in actions if _fits(each, words)]
            if not shown:
                continue
            side = 0 if self._heights[0] <= self._heights[1] else 1
            self._heights[side] += len(shown) + 2
            group = _group(title, shown, self._why_not)
            self._boxes.append(group)
            self._columns[side].insertWidget(self._columns[side].count() - 1, group)
        self._nothing.setVisible(not self._boxes)
        self.place()

    def open_panel(self) -> None:
        """Open with every action there is now."""
        self.search.clear()
        self._fill()
        self.come_up(self.search)

    def place(self) -> None:
        width = min(theme.px(WIDTH), self.ground.width() - 48)
        rows = max(self._heights)
        height = min(theme.px(rows * 34 + 110), self.ground.height() - 24)
        self.setGeometry((self.ground.width() - width) // 2, 12, width, height)


class ActionLine(QWidget):
    """One action: its key, what it does, and, while it cannot be done, why."""

    def __init__(self, action: Action, why_not: str) -> None:
        super().__init__()
        cells = grid(on=self, across=14, down=1)
        cells.setColumnMinimumWidth(0, theme.px(104))
        cells.addWidget(KeyChip(action.keys), 0, 0, LEFT | TOP)
        words = f"{action.part}: {action.text}" if action.part else action.text
        cells.addWidget(label(words, 13.5, role="text_dim" if why_not else "text", wrap=True), 0, 1)
        if why_not:
            cells.addWidget(label(why_not, 12, role="text_faint", wrap=True), 1, 1)
        self.setAccessibleName(f"{action.keys}: {words}{f'. Not now: {why_not}' if why_not else ''}")


def _fits(action: Action, words: Sequence[str]) -> bool:
    text = f"{action.keys} {action.text} {action.place} {action.also}".casefold()
    return all(word in text for word in words)


def _group(title: str, actions: Sequence[Action], why_not: Callable[[Action], str]) -> QWidget:
    lines = [ActionLine(action, why_not(action)) for action in actions]
    return box(column(caption(title), *lines, spacing=8))
