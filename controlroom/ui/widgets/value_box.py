"""A list to choose one of several values from.

The values stay on Python's side: Qt's own item data turns a StrEnum into a plain string.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox


class ValueBox(QComboBox):
    """Shows words, holds values."""

    def __init__(self, choices: Sequence[tuple[str, Any]], chosen: Any = None) -> None:
        super().__init__()
        self.set_choices(choices)
        self.value = chosen

    def set_choices(self, choices: Sequence[tuple[str, Any]]) -> None:
        """Offer these instead: words and the value behind each."""
        self._values = [value for _, value in choices]
        self.clear()
        self.addItems([words for words, _ in choices])

    @property
    def value(self) -> Any:
        """The value chosen; None when there is nothing to choose."""
        index = self.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    @value.setter
    def value(self, value: Any) -> None:
        """Choose `value`, the first one when it is not offered."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else 0)
