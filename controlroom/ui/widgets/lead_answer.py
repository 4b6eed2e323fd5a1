"""An answer in two parts: what happened, with its mark, and under it what that means and what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label


class LeadAnswer(QWidget):
    """Hidden until it has something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = Mark("live", 10)
        self._line = label("", theme.BODY, theme.STRONG, wrap=True)
        self._rest = label("", 13, role="text_dim", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(10)
        self._mark.setFixedHeight(self._line.fontMetrics().height())
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._line, 1)
        layout.addLayout(head)
        layout.addWidget(self._rest)
        self.hide()

    @property
    def text(self) -> str:
        """Everything it says."""
        return "\n".join(part for part in (self._line.text(), self._rest.text()) if part)

    @property
    def state(self) -> str:
        """The state of its mark."""
        return self._mark.state

    def say(self, state: str, line: str, rest: str = "") -> None:
        """Say it."""
        self._mark.set_state(state)
        self._line.setText(line)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self.setAccessibleName(f"{line} {rest}".strip())
        self.show()
