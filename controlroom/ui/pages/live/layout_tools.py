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
        self._list_shown = self._panel_shown = True
        self.choices = Choices([grid_words(size) for size in sizes])
        for place, button in enumerate(self.choices.findChildren(QAbstractButton), 1):
            button.setToolTip(f"A wall of {button.text()} (Ctrl+{place})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list = _toggle("List", "F7", "Show or hide the list of cameras")
        self.panel = _toggle("Panel", "F9", "Show or hide the panel of the selected camera")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.choices)
        row.addWidget(self.list)
        row.addWidget(self.panel)
        self.choices.chosen.connect(lambda place: self.size_chosen.emit(self._sizes[place]))
        self.list.clicked.connect(lambda: self.list_toggled.emit(not self._list_shown))
        self.panel.clicked.connect(lambda: self.panel_toggled.emit(not self._panel_shown))

    def show_size(self, size: int) -> None:
        """Mark the wall's size, without choosing it."""
        if size in self._sizes:
            self.choices.blockSignals(True)
            self.choices.choose(self._sizes.index(size))
            self.choices.blockSignals(False)

    def show_panels(self, *, list_shown: bool, panel_shown: bool) -> None:
        """Say what is open."""
        self._list_shown, self._panel_shown = list_shown, panel_shown
        for button, shown in ((self.list, list_shown), (self.panel, panel_shown)):
            button.setAccessibleDescription("shown" if shown else "hidden")


def grid_words(size: int) -> str:
    """`3 × 3`."""
    side = round(size**0.5)
    return f"{side} × {side}"


def _toggle(text: str, key: str, tip: str) -> KeyButton:
    button = KeyButton(text, key, "quiet", bind=False)
    button.setToolTip(f"{tip} ({key})")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
