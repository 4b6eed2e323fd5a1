"""Provides the line for a time of day: typed as a British desk types it, or stepped."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QSize

from controlroom.ui import theme
from controlroom.ui.kit.read_line import ReadLine
from controlroom.ui.kit.typed_times import read_time

_PARTS = (timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))


class TimeEdit(ReadLine[time]):
    """A time of day. Up and Down step the part with the cursor; all selected, the hour.

    `go_on` steps in its place, where a day belongs to the time. It is shown to the second, or else to the minute.
    """

    def __init__(self, go_on: Callable[[timedelta], None] | None = None, *, seconds: bool = True) -> None:
        super().__init__("Type a time, as 21:30.")
        self._go_on = go_on or self.go_on
        self._format, self._parts = ("%H:%M:%S", _PARTS) if seconds else ("%H:%M", _PARTS[:2])

    def sizeHint(self) -> QSize:
        return QSize(theme.px(96), super().sizeHint().height())

    def read(self, typed: str) -> time:
        return read_time(typed)

    def shown(self, value: time) -> str:
        return value.strftime(self._format)

    def step(self, steps: int) -> None:
        if self._value is None:
            return
        part = (
            0 if self.selectedText() == self.text() else min(self.cursorPosition() // 3, len(self._parts) - 1)
        )
        self._go_on(steps * self._parts[part])
        self.setSelection(3 * part + 2, -2)  # the cursor at its beginning: the next step is of the same part
        self.tell_settled()

    def go_on(self, by: timedelta) -> None:
        """Show another time, so much later by the clock on the wall."""
        if self._value is not None:
            self.setText(self.shown((datetime.combine(date(2000, 1, 1), self._value) + by).time()))
