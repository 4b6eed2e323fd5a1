"""The line at the window's foot: each part of the system in a few words behind its mark."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import ElidedLabel

HEIGHT = 28


class _Item(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._mark = Mark("idle", 8)
        self._words = ElidedLabel("", 12.5, role="text_dim")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self._words, 1)

    def set(self, text: str, state: str, tip: str) -> None:
        self._mark.set_state(state)
        self._words.set_text(text, "text" if state in ("warn", "alarm") else "text_dim")
        if tip:
            self._words.setToolTip(tip)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        return self._words.text

    @property
    def state(self) -> str:
        return self._mark.state


class StatusLine(QFrame):
    """Named items in the order they first appear; too long a line shortens its items, never the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "status")
        self.setFixedHeight(theme.px(HEIGHT))
        self.setAccessibleName("Status")
        self._items: dict[str, _Item] = {}
        self._right = ElidedLabel("", 12.5, role="text_dim")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 0, 18, 0)
        self._row.setSpacing(24)
        self._row.addStretch(1)
        self._row.addWidget(self._right)

    def set_item(self, name: str, text: str, state: str = "live", tip: str = "") -> None:
        """Say `text` about `name` ("cameras", "16 of 16 cameras live", "live"); adds the item when it is new."""
        item = self._items.get(name)
        if item is None:
            item = self._items[name] = _Item()
            self._row.insertWidget(len(self._items) - 1, item)
        item.set(text, state, tip)

    def remove_item(self, name: str) -> None:
        """Take an item away."""
        item = self._items.pop(name, None)
        if item is not None:
            self._row.removeWidget(item)
            item.deleteLater()

    def set_right(self, text: str) -> None:
        """The words at the right end."""
        self._right.set_text(text)

    def texts(self) -> dict[str, str]:
        """What each item says."""
        return {name: item.text for name, item in self._items.items()}

    def states(self) -> dict[str, str]:
        """The state each item shows."""
        return {name: item.state for name, item in self._items.items()}
