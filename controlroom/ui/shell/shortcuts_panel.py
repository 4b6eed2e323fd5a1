"""The list of every key (F1), laid over the window; nothing stops while it is open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.kit.action import Action
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.search_field import SearchField
from controlroom.ui.widgets.text import caption, heading, label

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
        self._groups: Groups = list
        self._why_not: Callable[[Action], str] = lambda _action: ""
        self._boxes: list[QWidget] = []
        self.search = SearchField("Find a key or what it does")
        self.search.setMinimumWidth(theme.px(240))
        self.search.searched.connect(lambda _words: self._fill())
        self._nothing = label("Nothing here is called that. Take a word away.", 13, role="text_dim")
        self._nothing.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 12, 16)
        head = QHBoxLayout()
        close = bare_button("x", "Close (Esc)")
        close.clicked.connect(lambda _checked: self.close_panel())
        head.addWidget(heading("Every key"))
        head.addStretch(1)
        head.addWidget(self.search)
        head.addWidget(close)
        outer.addLayout(head)
        outer.addWidget(self._nothing)
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
            column.addStretch(1)
            columns.addLayout(column, 1)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        self._heights = [0, 0]
        self.hide()
        ground.installEventFilter(self)

    def set_source(self, groups: Groups, why_not: Callable[[Action], str]) -> None:
        """Where the list comes from each time it is opened, and why an action cannot be done just then."""
        self._groups, self._why_not = groups, why_not

    def texts(self) -> list[str]:
        """What is listed now, each line's key, words and reason in one."""
        return [line.accessibleName() for box in self._boxes for line in box.findChildren(ActionLine)]

    def _fill(self) -> None:
        for box in self._boxes:
            box.hide()
            box.deleteLater()
        self._boxes, self._heights = [], [0, 0]
        words = self.search.text().casefold().split()
        for title, actions in self._groups():
            shown = [each for each in actions if _fits(each, words)]
            if not shown:
                continue
            side = 0 if self._heights[0] <= self._heights[1] else 1
            self._heights[side] += len(shown) + 2
            box = _group(title, shown, self._why_not)
            self._boxes.append(box)
            self._columns[side].insertWidget(self._columns[side].count() - 1, box)
        self._nothing.setVisible(not self._boxes)
        self._place()

    def toggle(self) -> None:
        """Open, or close when open."""
        if self.isVisible():
            self.close_panel()
            return
        self._before = self.window().focusWidget()
        self.search.clear()
        self._fill()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

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


class ActionLine(QWidget):
    """One action: its key, what it does, and, while it cannot be done, why."""

    def __init__(self, action: Action, why_not: str) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, theme.px(104))
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(KeyChip(action.keys), 0, 0, Qt.AlignmentFlag.AlignLeft | top)
        words = f"{action.part}: {action.text}" if action.part else action.text
        grid.addWidget(label(words, 13.5, role="text_dim" if why_not else "text", wrap=True), 0, 1)
        if why_not:
            grid.addWidget(label(why_not, 12, role="text_faint", wrap=True), 1, 1)
        self.setAccessibleName(f"{action.keys}: {words}{f'. Not now: {why_not}' if why_not else ''}")


def _fits(action: Action, words: Sequence[str]) -> bool:
    text = f"{action.keys} {action.text} {action.place} {action.also}".casefold()
    return all(word in text for word in words)


def _group(title: str, actions: Sequence[Action], why_not: Callable[[Action], str]) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(caption(title))
    for action in actions:
        column.addWidget(ActionLine(action, why_not(action)))
    return box
