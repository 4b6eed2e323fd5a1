"""Provides the line for a day: typed as a British desk types it, stepped, or chosen from a calendar."""

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from controlroom.clock import local_date, process_clock, show_day
from controlroom.ui import icons, theme
from controlroom.ui.kit.calendar_panel import CalendarPanel
from controlroom.ui.kit.read_line import ReadLine
from controlroom.ui.kit.typed_times import (
    FIRST_DAY,
    LAST_DAY,
    Unreadable,
    When,
    read_day,
    show_weekday,
)


class DayEdit(ReadLine[date]):
    """A day, typed or chosen from the calendar (Alt+Down, or the sign at its end), from `earliest` to `latest`.

    Typed without a year it is the last such day in a line about the past, the next in one about the future (`when`). A
    `short` one has no calendar, and shows no day of the week.
    """

    def __init__(
        self,
        value: date | None = None,
        *,
        earliest: date | None = None,
        latest: date | None = None,
        when: When = "any",
        short: bool = False,
        today: Callable[[], date] = lambda: local_date(process_clock().now()),
    ) -> None:
        super().__init__(f"Type a day, as 24.12.{today():%Y}.")
        self.earliest, self.latest = earliest or FIRST_DAY, latest or LAST_DAY
        self._today, self._short, self._sign = today, short, None
        self._when: When = when
        self._calendar: CalendarPanel | None = None
        if not short:
            self._sign = QAction(icons.icon("calendar-blank", "text_dim"), "Calendar (Alt+Down)", self)
            self._sign.triggered.connect(self.open_calendar)
            self.addAction(self._sign, QLineEdit.ActionPosition.TrailingPosition)
        if value is not None:
            self.set_value(value)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(110 if self._short else 170), super().sizeHint().height())

    def read(self, typed: str) -> date:
        day = read_day(typed, self._today(), self._when, self.earliest, self.latest)
        if day < self.earliest:
            raise Unreadable(f"{show_day(day)} is too early: not before {show_day(self.earliest)}.")
        if day > self.latest:
            raise Unreadable(f"{show_day(day)} is too late: not after {show_day(self.latest)}.")
        return day

    def shown(self, value: date) -> str:
        return show_day(value) if self._short else show_weekday(value)

    def step(self, steps: int) -> None:
        if self._value is not None:
            ahead, back = (self.latest - self._value).days, (self.earliest - self._value).days
            self.choose(self._value + timedelta(days=max(back, min(steps, ahead))))

    def choose(self, day: date) -> None:
        """Put in another day for the person, all of it selected."""
        self.setText(self.shown(day))
        self.selectAll()
        self.tell_settled()

    def open_calendar(self) -> None:
        """Show the calendar below, at the day that stands here or else today."""
        if self._calendar is None:
            self._calendar = CalendarPanel(self)
            self._calendar.chosen.connect(self.choose)
            self.destroyed.connect(self._calendar.deleteLater)
        self._calendar.open_at(self._value or self._today(), self.earliest, self.latest)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wanted = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if wanted and self._sign is not None and not self.isReadOnly():
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        sign = getattr(self, "_sign", None)
        if event.type() == QEvent.Type.PaletteChange and sign is not None:
            sign.setIcon(icons.icon("calendar-blank", "text_dim"))
