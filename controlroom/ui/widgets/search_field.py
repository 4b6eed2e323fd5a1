"""Provides a search field that tells what was typed a moment after the typing stops."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit

from controlroom.ui import icons, theme
from controlroom.ui.timers import one_shot


class SearchField(QLineEdit):
    """Search as you type. `key` (e.g. "Ctrl+F") brings the focus here, all of it selected; Down goes on to the list.

    Esc is left to what is around it: the keyboard goes back, and what was typed stays.
    """

    searched = Signal(str)  # what to search for, at most every 120 ms
    went_down = Signal()

    def __init__(self, placeholder: str = "Search", key: str = "") -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setFont(theme.font(13.5))
        self.setMinimumHeight(theme.px(34))
        self.setClearButtonEnabled(False)
        self._glass = QAction(icons.icon("magnifying-glass", "text_faint"), "", self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.setTextMargins(-8, 0, 0, 0)  # Qt leaves more room behind the icon than the icon needs
        self._pause = one_shot(self, 120, self._tell)
        self.textChanged.connect(lambda _text: self._pause.start())
        if key:
            self.setToolTip(f"{placeholder} ({key})")
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(self.begin)

    def search_now(self) -> None:
        """Tell at once, without waiting for the typing to stop."""
        self._pause.stop()
        self._tell()

    def search_for(self, words: str) -> None:
        """Search for these words at once."""
        if words != self.text():
            self.setText(words)
            self.search_now()

    def begin(self) -> None:
        """Take the focus, with what was typed before selected."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_glass"):
            self._glass.setIcon(icons.icon("magnifying-glass", "text_faint"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.search_now()
            self.went_down.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.search_now()
        super().keyPressEvent(event)

    def _tell(self) -> None:
        self.searched.emit(self.text().strip())
