"""The line at the window's foot: each part of the system in a few words behind its mark."""

from PySide6.QtWidgets import QFrame, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.layout import SPRING, discard, row
from controlroom.ui.widgets.marked_line import MarkedLine

HEIGHT = 28


class StatusLine(QFrame):
    """Named items in the order they first appear; too long a line shortens its items, never the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "status")
        self.setFixedHeight(theme.px(HEIGHT))
        self.setAccessibleName("Status")
        self._items: dict[str, MarkedLine] = {}
        self._row = row(SPRING, on=self, spacing=24, margins=(16, 0, 18, 0))

    def set_item(self, name: str, text: str, state: str = "live", tip: str = "") -> None:
        """Say `text` about `name` ("cameras", "16 of 16 cameras live", "live"); adds the item when it is new."""
        item = self._items.get(name)
        if item is None:
            item = self._items[name] = MarkedLine()
            self._row.insertWidget(len(self._items) - 1, item)
        item.say(text, state, tip, "text" if state in ("warn", "alarm") else "text_dim")

    def remove_item(self, name: str) -> None:
        """Take an item away."""
        item = self._items.pop(name, None)
        if item is not None:
            self._row.removeWidget(item)
            discard(item)

    def texts(self) -> dict[str, str]:
        """What each item says."""
        return {name: item.text for name, item in self._items.items()}

    def states(self) -> dict[str, str]:
        """The state each item shows."""
        return {name: item.state for name, item in self._items.items()}
