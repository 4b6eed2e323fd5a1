"""A quiet line in an open form: somebody else changed the record meanwhile."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import MIDDLE, at, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label


class NewsLine(QWidget):
    """Hidden until `tell`. `kept`: go on from what is new with what was typed; `reloaded`: begin again from it."""

    kept = Signal()
    reloaded = Signal()

    def __init__(self, *, reload: bool = False) -> None:
        super().__init__()
        self._words = label("", 13, wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.keep_button = KeyButton("Go on with mine", press=lambda: self._answer(self.kept))
        self.reload_button = KeyButton("Reload", press=lambda: self._answer(self.reloaded))
        self.reload_button.setVisible(reload)
        self.reload_button.setToolTip("Begin again from what is new; what was typed here is given up")
        parts = (at(MIDDLE, Mark("warn", 8)), grow(self._words), self.keep_button, self.reload_button)
        row(*parts, on=self, spacing=8, margins=(0, 0, 0, 4))
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty while hidden."""
        return self._words.text() if not self.isHidden() else ""

    def tell(self, text: str) -> None:
        """Say it; the focus stays where it is."""
        self._words.setText(text)
        self.setAccessibleName(text)
        self.show()

    def _answer(self, signal: SignalInstance) -> None:
        self.hide()
        signal.emit()
