"""Shows in place of a list's rows that it is being read, is empty, holds nothing that fits, or could not be read."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from controlroom.errors import ControlRoomError
from controlroom.ui.widgets.card import EmptyState


class ListStates(QStackedWidget):
    """Holds the list's view, and what stands in its place while it has no rows. `again` asks to read once more."""

    again = Signal()

    def __init__(self, view: QWidget, empty: EmptyState, narrowed_hint: str) -> None:
        super().__init__()
        self._view, self._empty, self._hint = view, empty, narrowed_hint
        self._none_found = EmptyState("Nothing matches", narrowed_hint, "magnifying-glass")
        self._reading = EmptyState("Reading the list", "", "clock")
        self._failed = EmptyState("The list could not be read", "", "warning", "Try again", self.again.emit)
        for each in (view, empty, self._none_found, self._reading, self._failed):
            self.addWidget(each)

    @property
    def state(self) -> str:
        """What is shown: rows, empty, none found, reading or failed."""
        names = ("rows", "empty", "none found", "reading", "failed")
        return names[self.currentIndex()]

    def show_rows(self, shown: int, *, narrowed: bool, by_words: bool = True) -> None:
        """Show the rows there are; without any, say whether a filter hides them or there are none."""
        self._none_found.set_text(
            "Nothing matches", self._hint if by_words else "Choose another filter above."
        )
        nothing = self._none_found if narrowed else self._empty
        nothing.follow_person()
        self.setCurrentWidget(self._view if shown else nothing)

    def show_reading(self) -> None:
        """Say that the list is being read for the first time."""
        self.setCurrentWidget(self._reading)

    def show_failed(self, error: Exception) -> None:
        """Say why there is nothing to show."""
        known = isinstance(error, ControlRoomError)
        self._failed.set_text("The list could not be read", str(error) if known else "")
        self.setCurrentWidget(self._failed)
