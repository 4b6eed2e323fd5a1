"""The line for a day: it reads what is typed, says what it cannot read, and steps."""

from datetime import date

import pytest
from PySide6.QtCore import QDate, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QCalendarWidget, QLineEdit, QVBoxLayout, QWidget

from controlroom.ui.kit.day_edit import DayEdit
from tests.ui.helpers import show

DAY, NEW_YEAR_1970 = date(2026, 11, 20), date(1970, 1, 1)


@pytest.fixture
def day(qtbot):
    window = QWidget()
    lines = QVBoxLayout(window)
    made = DayEdit(DAY, latest=date(2027, 1, 31), today=lambda: date(2026, 11, 30))
    lines.addWidget(made)
    lines.addWidget(QLineEdit())
    qtbot.addWidget(window)
    window.resize(500, 420)
    show(qtbot, window)
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    yield made
    window.close()


def type_over(qtbot, line, text):
    line.selectAll()
    qtbot.keyClicks(line, text)


def wheel(line, turned=120):
    middle = QPointF(line.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(line.mapToGlobal(line.rect().center())),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(line, event)


def test_the_reading_stands_beside_what_is_typed_and_takes_its_place(day, qtbot):
    type_over(qtbot, day, "1.1.70")
    assert (day.value, day.reading) == (NEW_YEAR_1970, "Thu 1 Jan 1970")
    with qtbot.waitSignal(day.settled):
        qtbot.keyClick(day, Qt.Key.Key_Tab)
    assert (day.text(), day.reading, day.value) == ("Thu 1 Jan 1970", "", NEW_YEAR_1970)


@pytest.mark.parametrize("reason", ["Tab", "Backtab", "Shortcut", "Other", "ActiveWindow"])
def test_what_is_typed_on_entering_the_line_replaces_what_stands_there(day, qtbot, reason):
    day.clearFocus()
    day.setCursorPosition(3)
    day.setFocus(getattr(Qt.FocusReason, f"{reason}FocusReason"))
    qtbot.keyClicks(day, "24.12.2026")
    assert (day.text(), day.value) == ("24.12.2026", date(2026, 12, 24))


def test_a_day_half_typed_when_another_window_came_is_typed_over_afterwards(day, qtbot):
    type_over(qtbot, day, "1.1.70")
    for kind in (QEvent.Type.FocusOut, QEvent.Type.FocusIn):
        QApplication.sendEvent(day, QFocusEvent(kind, Qt.FocusReason.ActiveWindowFocusReason))
    qtbot.keyClicks(day, "24.12.2026")
    assert day.text() == "24.12.2026"


def test_what_cannot_be_read_stays_is_marked_and_is_no_other_day(day, qtbot):
    type_over(qtbot, day, "31.2.26")
    with qtbot.waitSignal(day.settled):
        qtbot.keyClick(day, Qt.Key.Key_Return)
    assert (day.text(), day.value, day.reading) == ("31.2.26", None, "")
    assert day.problem == "There is no day “31.2.26”."
    assert day.property("invalid")
    qtbot.keyClick(day, Qt.Key.Key_Up)
    assert (day.text(), day.value) == ("31.2.26", None)
    type_over(qtbot, day, "28.2.26")
    assert not day.property("invalid")
    assert (day.value, day.problem) == (date(2026, 2, 28), "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1.2.27", "1 Feb 2027 is too late: not after 31 Jan 2027."),
        ("1.1.1600", "1 Jan 1600 is too early: not before 1 Jan 1900."),
        ("", "Type a day, as 24.12.2026."),
    ],
)
def test_a_day_out_of_bounds_and_an_empty_line_have_no_value(day, typed, said):
    day.setText(typed)
    assert (day.value, day.problem) == (None, said)


def test_a_day_typed_without_its_year_shows_it_beside(day, qtbot):
    type_over(qtbot, day, "30/12")
    assert (day.value, day.reading) == (date(2026, 12, 30), "Wed 30 Dec 2026")


def test_the_arrows_step_a_day_and_stop_at_the_bounds(day, qtbot):
    qtbot.keyClick(day, Qt.Key.Key_Up)
    assert day.value == date(2026, 11, 21)
    qtbot.keyClick(day, Qt.Key.Key_Down)
    qtbot.keyClick(day, Qt.Key.Key_Down)
    assert day.value == date(2026, 11, 19)
    day.set_value(date(2027, 1, 31))
    qtbot.keyClick(day, Qt.Key.Key_Up)
    assert day.value == date(2027, 1, 31)


def test_the_wheel_steps_only_in_the_line_that_has_the_keyboard(day):
    wheel(day)
    wheel(day, 60)
    assert day.value == date(2026, 11, 21)
    wheel(day, 60)
    assert day.value == date(2026, 11, 22)
    day.nextInFocusChain().setFocus()
    day.clearFocus()
    wheel(day)
    assert day.value == date(2026, 11, 22)


def test_the_calendar_opens_at_the_day_and_gives_one(day, qtbot):
    qtbot.keyClick(day, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert day.value == DAY, "the arrow opened the calendar alone"
    month = day.window().findChild(QCalendarWidget)
    assert month.isVisible()
    assert month.selectedDate() == QDate(2026, 11, 20)
    assert month.maximumDate() == QDate(2027, 1, 31)
    with qtbot.waitSignal(day.settled):
        month.activated.emit(QDate(2026, 12, 24))
    assert not month.isVisible()
    assert day.hasFocus()
    assert day.value == date(2026, 12, 24)


def test_escape_closes_the_calendar_and_the_day_stays(day, qtbot):
    day.open_calendar()
    month = day.window().findChild(QCalendarWidget)
    qtbot.waitUntil(month.isVisible)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not month.isVisible()
    assert day.hasFocus()
    assert day.value == DAY


def test_the_calendar_goes_with_the_keyboard(day, qtbot):
    day.open_calendar()
    month = day.window().findChild(QCalendarWidget)
    assert month.isVisible()
    day.setFocus()
    assert not month.isVisible()
