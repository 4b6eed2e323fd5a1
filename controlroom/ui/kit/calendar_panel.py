"""Shows a calendar over the window, beside the line whose day is chosen in it.

It lies in the window, as the lists of a `Chooser` do, not in a window of its own, and goes with the keyboard.
"""

from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication, QCalendarWidget, QFrame, QToolButton, QWidget

from controlroom.ui import icons, theme
from controlroom.ui.widgets.keyboard import mark_form
from controlroom.ui.widgets.layout import column


class CalendarPanel(QFrame):
    """A click or Enter chooses a day, Esc none; either way the keyboard goes back to the line."""

    chosen = Signal(object)  # date

    def __init__(self, line: QWidget) -> None:
        super().__init__(line.window())
        mark_form(self)
        self.setProperty("popup", True)
        self._line, self.month = line, QCalendarWidget()
        self.month.setLocale(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
        self.month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.month.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        self.month.setAccessibleName("Calendar")
        self.month.clicked.connect(self._take)
        self.month.activated.connect(self._take)
        self.month.setMinimumWidth(theme.px(310))
        column(self.month, on=self)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def open_at(self, day: date, earliest: date, latest: date) -> None:
        """Show the month of this day, below the line or above it."""
        self._dress()
        self.month.setDateRange(_qt_day(earliest), _qt_day(latest))
        self.month.setSelectedDate(_qt_day(day))
        if self.parent() is not self._line.window():
            self.setParent(self._line.window())
        self.adjustSize()
        self.move(self._place())
        self.show()
        self.raise_()
        self.month.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close it; the line has the keyboard again."""
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()

    def _take(self, chosen: QDate) -> None:
        if self.isVisible():  # a double click tells it twice
            self.leave()
            self.chosen.emit(date(chosen.year(), chosen.month(), chosen.day()))

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and not (now is not None and (now is self or self.isAncestorOf(now))):
            self.hide()

    def _dress(self) -> None:
        """In the theme's colours, of which Qt's calendar does not take all from the style sheet."""
        for name, glyph in (("prev", "caret-left"), ("next", "caret-right")):
            if (button := self.month.findChild(QToolButton, f"qt_calendar_{name}month")) is not None:
                button.setIcon(icons.icon(glyph, "text"))
        plain = QTextCharFormat()
        plain.setForeground(theme.color("text_dim"))
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.month.setWeekdayTextFormat(weekend, plain)

    def _place(self) -> QPoint:
        window, line = self._line.window(), self._line
        below = line.mapTo(window, QPoint(0, line.height() + 3))
        above = line.mapTo(window, QPoint(0, -self.height() - 3))
        place = below if below.y() + self.height() <= window.height() else above
        return QPoint(max(0, min(place.x(), window.width() - self.width())), max(0, place.y()))


def _qt_day(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
