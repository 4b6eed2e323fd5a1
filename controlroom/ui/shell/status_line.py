"""Tells the desk's state: in the line at the window's foot, and in notices under the top bar while they hold."""

from PySide6.QtWidgets import QBoxLayout, QFrame

from controlroom.ui import theme
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.layout import SPRING, column, discard, row
from controlroom.ui.widgets.marks import MarkedLine

HEIGHT = 28


class NamedLines(QFrame):
    """A bar of named lines, in the order they first appear."""

    def __init__(self, name: str, across: QBoxLayout) -> None:
        super().__init__()
        self.setProperty("bar", "status")
        self.setAccessibleName(name)
        self._lines: dict[str, MarkedLine] = {}
        self._places = across
        self.setLayout(across)

    def texts(self) -> dict[str, str]:
        """What each line says."""
        return {name: line.text for name, line in self._lines.items()}

    def states(self) -> dict[str, str]:
        """The state each line shows."""
        return {name: line.state for name, line in self._lines.items()}

    def _put(self, name: str, line: MarkedLine) -> None:
        self._places.insertWidget(len(self._lines), line)
        self._lines[name] = line

    def _take_away(self, name: str) -> None:
        line = self._lines.pop(name, None)
        if line is not None:
            self._places.removeWidget(line)
            discard(line)


class StatusLine(NamedLines):
    """The line at the window's foot; when it is too long its items are shortened, never the window widened."""

    def __init__(self) -> None:
        super().__init__("Status", row(SPRING, spacing=24, margins=(16, 0, 18, 0)))
        self.setFixedHeight(theme.px(HEIGHT))

    def set_item(self, name: str, text: str, state: str = "live", tip: str = "") -> None:
        """Say `text` about `name` ("cameras", "16 of 16 cameras live", "live"); adds the item when it is new."""
        if name not in self._lines:
            self._put(name, MarkedLine())
        self._lines[name].say(text, state, tip, "text" if state in ("warn", "alarm") else "text_dim")

    def remove_item(self, name: str) -> None:
        """Take an item away."""
        self._take_away(name)


class DeskStrip(NamedLines):
    """Lines under the top bar ("database", "second desk") for what holds for a while; no room is taken without any."""

    def __init__(self) -> None:
        super().__init__("Notices of this desk", column())
        self.hide()

    def say(self, name: str, text: str, state: str = "warn", *, closable: bool = False) -> None:
        """Say `text` in the line called `name`, until `unsay`; a closable one has a button to close it."""
        if name not in self._lines:
            close = [bare_button("x", "Close", lambda: self.unsay(name))] if closable else []
            line = MarkedLine(*close, size=13, spacing=10, margins=(16, 0, 10, 0))
            line.setMinimumHeight(theme.px(30))
            self._put(name, line)
        self._lines[name].say(text, state, text, "text")
        self.show()

    def unsay(self, name: str) -> None:
        """Take a line away."""
        self._take_away(name)
        self.setVisible(bool(self._lines))
