"""The Live page's tools in the top bar: the wall's size, and whether the list and the panel are open."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton


class LayoutTools(QWidget):
    """Says what was chosen; shows what it is told."""

    size_chosen = Signal(int)  # tiles
    list_toggled = Signal(bool)
    panel_toggled = Signal(bool)

    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        self._sizes = list(sizes)
        self.choices = Choices([grid_words(size) for size in sizes])
        for place, button in enumerate(self.choices.findChildren(QAbstractButton), 1):
            button.setToolTip(f"A wall of {button.text()} (Ctrl+{place})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list = _toggle("List", "F7", "Show the list of cameras")
        self.panel = _toggle("Panel", "F9", "Show the panel of the selected camera")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.choices)
        row.addWidget(self.list)
        row.addWidget(self.panel)
        self.choices.chosen.connect(lambda place: self.size_chosen.emit(self._sizes[place]))
        self.list.clicked.connect(self.list_toggled)
        self.panel.clicked.connect(self.panel_toggled)

    def show_size(self, size: int) -> None:
        """Mark the wall's size, without choosing it."""
        if size in self._sizes:
            self.choices.blockSignals(True)
            self.choices.choose(self._sizes.index(size))
            self.choices.blockSignals(False)

    def show_panels(self, *, list_shown: bool, panel_shown: bool) -> None:
        """Mark what is open."""
        self.list.setChecked(list_shown)
        self.panel.setChecked(panel_shown)


def grid_words(size: int) -> str:
    """`3 × 3`."""
    side = round(size**0.5)
    return f"{side} × {side}"


def _toggle(text: str, key: str, tip: str) -> KeyButton:
    button = KeyButton(text, key, bind=False)
    button.setCheckable(True)
    button.setToolTip(f"{tip} ({key})")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
