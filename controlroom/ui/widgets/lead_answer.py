"""An answer in two parts: what happened, with its mark, and under it what that means and what to do."""

from PySide6.QtWidgets import QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.layout import TOP, at, column, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label, show_text


class LeadAnswer(QWidget):
    """Hidden until it has something to say."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = Mark("live", 10)
        self._line = label("", theme.BODY, theme.STRONG, wrap=True)
        self._rest = label("", 13, role="text_dim", wrap=True)
        self._mark.setFixedHeight(self._line.fontMetrics().height())
        column(row(at(TOP, self._mark), grow(self._line), spacing=10), self._rest, on=self, spacing=4)
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
        """Say what happened (`line`) and what that means or asks for (`rest`)."""
        self._mark.set_state(state)
        self._line.setText(line)
        show_text(self._rest, rest)
        self.setAccessibleName(f"{line} {rest}".strip())
        self.show()
