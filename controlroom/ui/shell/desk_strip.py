"""Lines under the top bar for what holds for the whole desk for a while: quiet, lasting, never over a picture."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import ElidedLabel


class _Line(QWidget):
    def __init__(self, text: str, state: str, *, closable: bool) -> None:
        super().__init__()
        self.setMinimumHeight(theme.px(30))
        self._mark = Mark(state, 8)
        self._words = ElidedLabel(text, 13, role="text")
        self.close_button = bare_button("x", "Close")
        self.close_button.setVisible(closable)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 10, 0)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self.close_button)
        self.set(text, state)

    def set(self, text: str, state: str) -> None:
        self._mark.set_state(state)
        self._words.set_text(text, "text")
        self._words.setToolTip(text)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        return self._words.text


class DeskStrip(QFrame):
    """Named lines ("database", "second desk"); takes no room while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "status")
        self.setAccessibleName("Notices of this desk")
        self._lines: dict[str, _Line] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def say(self, name: str, text: str, state: str = "warn", *, closable: bool = False) -> None:
        """Say `text` in the line called `name`, until `unsay`; a closable one may be taken away by hand."""
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = _Line(text, state, closable=closable)
            line.close_button.clicked.connect(lambda _checked: self.unsay(name))
            self._column.addWidget(line)
        line.set(text, state)
        self.show()

    def unsay(self, name: str) -> None:
        """Take a line away."""
        line = self._lines.pop(name, None)
        if line is not None:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.setVisible(bool(self._lines))

    def texts(self) -> dict[str, str]:
        """What each line says."""
        return {name: line.text for name, line in self._lines.items()}
