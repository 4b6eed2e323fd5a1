"""Where a record's forms stand: one at a time; one that is left open comes back with what was typed."""

from collections.abc import Hashable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from controlroom.ui.kit.ask import Ask

NEW = None  # the key of a form about something that does not exist yet


class AskPlace(QWidget):
    """Holds the form of each record that has one open, by the record's id, and shows that of the one in view."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open: dict[Hashable, Ask] = {}
        self._key: Hashable = NEW
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 24, 0)
        self.hide()

    @property
    def ask(self) -> Ask | None:
        """The form in view."""
        return self._open.get(self._key)

    @property
    def is_new(self) -> bool:
        """True while the form in view is about something new: the record behind it is hidden."""
        return self._key is NEW and self.ask is not None

    def of(self, key: Hashable) -> Ask | None:
        """The form a record has open, in view or not."""
        return self._open.get(key)

    def put(self, ask: Ask, key: Hashable) -> None:
        """Show a form for the record `key` (NEW for none), instead of one it may have had."""
        self._drop(key)
        self._open[key] = ask
        self._column.addWidget(ask)
        ask.closed.connect(lambda: self._closed(key, ask))
        self.look_at(key)
        ask.begin()

    def look_at(self, key: Hashable) -> bool:
        """Show the form of another record, or none; False when it has none."""
        self._key = key
        for each, ask in self._open.items():
            ask.setVisible(each == key)
        self.setVisible(self.ask is not None)
        self.changed.emit()
        return self.ask is not None

    def clear(self) -> None:
        """Close every form."""
        for key in list(self._open):
            self._drop(key)
        self.look_at(self._key)

    def _closed(self, key: Hashable, ask: Ask) -> None:
        if self._open.get(key) is ask:
            self._drop(key)
            self.look_at(self._key)

    def _drop(self, key: Hashable) -> None:
        ask = self._open.pop(key, None)
        if ask is not None:
            self._column.removeWidget(ask)
            ask.hide()
            ask.deleteLater()
