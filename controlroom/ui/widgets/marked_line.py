"""One line of words behind a state's mark."""

from PySide6.QtWidgets import QWidget

from controlroom.ui.widgets.layout import MIDDLE, Margins, at, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import ElidedLabel


class MarkedLine(QWidget):
    """Says one thing about one part of the system; shortened where there is no room."""

    def __init__(
        self, *beside: QWidget, size: float = 12.5, spacing: int = 8, margins: Margins = (0, 0, 0, 0)
    ) -> None:
        super().__init__()
        self._mark = Mark("idle", 8)
        self._words = ElidedLabel("", size, role="text_dim")
        row(at(MIDDLE, self._mark), grow(self._words), *beside, on=self, spacing=spacing, margins=margins)

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text

    @property
    def state(self) -> str:
        """The state of its mark."""
        return self._mark.state

    def say(self, text: str, state: str, tip: str = "", role: str = "text_dim") -> None:
        """Say something else."""
        self._mark.set_state(state)
        self._words.set_text(text, role)
        if tip:
            self._words.setToolTip(tip)
        self.setAccessibleName(text)
