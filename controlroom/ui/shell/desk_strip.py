"""Lines under the top bar for what holds for the whole desk for a while: quiet, lasting, never over a picture."""

from PySide6.QtWidgets import QFrame, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.layout import column, discard
from controlroom.ui.widgets.marked_line import MarkedLine


class DeskStrip(QFrame):
    """Named lines ("database", "second desk"); takes no room while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "status")
        self.setAccessibleName("Notices of this desk")
        self._lines: dict[str, MarkedLine] = {}
        self._column = column(on=self)
        self.hide()

    def say(self, name: str, text: str, state: str = "warn", *, closable: bool = False) -> None:
        """Say `text` in the line called `name`, until `unsay`; a closable one may be taken away by hand."""
        if name not in self._lines:
            close = [bare_button("x", "Close", lambda: self.unsay(name))] if closable else []
            line = self._lines[name] = MarkedLine(*close, size=13, spacing=10, margins=(16, 0, 10, 0))
            line.setMinimumHeight(theme.px(30))
            self._column.addWidget(line)
        self._lines[name].say(text, state, text, "text")
        self.show()

    def unsay(self, name: str) -> None:
        """Take a line away."""
        line = self._lines.pop(name, None)
        if line is not None:
            self._column.removeWidget(line)
            discard(line)
        self.setVisible(bool(self._lines))

    def texts(self) -> dict[str, str]:
        """What each line says."""
        return {name: line.text for name, line in self._lines.items()}
