"""A quiet line in an open form: somebody else changed the record meanwhile."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label


class NewsLine(QWidget):
    """Hidden until `tell`. `kept`: go on from what is new with what was typed; `reloaded`: begin again from it."""

    kept = Signal()
    reloaded = Signal()

    def __init__(self, *, reload: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label("", 13, wrap=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.keep_button = KeyButton("Go on with mine", compact=True)
        self.reload_button = KeyButton("Reload", compact=True)
        self.reload_button.setVisible(reload)
        self.reload_button.setToolTip("Begin again from what is new; what was typed here is given up")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(8)
        row.addWidget(Mark("warn", 8), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self.keep_button)
        row.addWidget(self.reload_button)
        self.keep_button.clicked.connect(lambda _checked: self._answer(self.kept))
        self.reload_button.clicked.connect(lambda _checked: self._answer(self.reloaded))
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

    def _answer(self, signal: object) -> None:
        self.hide()
        signal.emit()  # type: ignore[attr-defined]
