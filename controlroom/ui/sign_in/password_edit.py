"""A field for a password that notices a Caps Lock somebody forgot."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit

from controlroom.ui.widgets.text import label

CAPS_WORDS = "Caps Lock is on."
LONGEST = 512  # characters; more than any password has


class PasswordEdit(QLineEdit):
    """Shows dots. No toolkit tells the lock's state on every system, so it is read off the letters that arrive."""

    caps_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST)
        self._caps = False

    @property
    def caps(self) -> bool:
        """True when the last letter came with Caps Lock on."""
        return self._caps

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text()
        if len(letter) == 1 and letter.isalpha() and letter.upper() != letter.lower():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._set_caps(letter.isupper() != shifted)
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._set_caps(False)
        super().focusOutEvent(event)

    def _set_caps(self, on: bool) -> None:
        if on != self._caps:
            self._caps = on
            self.caps_changed.emit(on)


def caps_warning(fields: Sequence[PasswordEdit], resized: Callable[[], object]) -> QLabel:
    """A line that warns while Caps Lock is on in one of `fields`; `resized` is called as it comes and goes."""
    warning = label(CAPS_WORDS, 13, role="warn")
    warning.hide()

    def follow() -> None:
        on = any(each.caps for each in fields)
        warning.setVisible(on)
        for each in fields:
            each.setAccessibleDescription(CAPS_WORDS if on else each.placeholderText())
        resized()

    for each in fields:
        each.caps_changed.connect(follow)
    return warning
