"""The field of a moment: day and time, typed or stepped, by London's clock."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from controlroom.ui.kit.moment_edit import MomentEdit
from tests.ui.helpers import show


@pytest.fixture
def moment(qtbot):
    edit = MomentEdit()
    qtbot.addWidget(edit)
    show(qtbot, edit)
    return edit


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC),
        datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC),  # summer time
        datetime(2026, 10, 25, 0, 30, 0, tzinfo=UTC),  # 01:30 BST
        datetime(2026, 10, 25, 1, 30, 0, tzinfo=UTC),  # 01:30 GMT, an hour later
    ],
)
def test_a_moment_comes_back_as_it_was_put_in(moment, at):
    moment.set_moment(at)
    assert moment.moment == at
    assert not moment.touched


def test_inside_the_repeated_hour_one_says_which(moment):
    moment.set_moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert moment.fold.isVisible()
    moment.fold.choose(1)
    assert moment.moment == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert moment.touched
    moment.set_moment(datetime(2026, 10, 25, 4, 30, tzinfo=UTC))
    assert not moment.fold.isVisible()


def test_a_moment_that_was_changed_is_touched(moment):
    moment.set_moment(datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC))
    moment.time.setText("22:40:07")
    assert moment.touched
    assert moment.moment == datetime(2026, 11, 20, 22, 40, 7, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2130", "21:30", "21.30"])
def test_a_time_typed_is_read(moment, qtbot, typed):
    moment.set_moment(datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC))
    moment.time.setFocus()
    moment.time.selectAll()
    qtbot.keyClicks(moment.time, typed)
    qtbot.keyClick(moment.time, Qt.Key.Key_Return)
    assert moment.moment == datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    assert moment.time.text() == "21:30:00"


def test_stepping_over_midnight_moves_the_day(moment, qtbot):
    moment.set_moment(datetime(2026, 12, 31, 23, 30, 5, tzinfo=UTC))
    moment.time.setFocus()
    moment.time.setCursorPosition(1)
    qtbot.keyClick(moment.time, Qt.Key.Key_Up)
    qtbot.keyClick(moment.time, Qt.Key.Key_Up)
    assert moment.moment == datetime(2027, 1, 1, 1, 30, 5, tzinfo=UTC)
    for _ in range(3):
        qtbot.keyClick(moment.time, Qt.Key.Key_Down)
    assert moment.moment == datetime(2026, 12, 31, 22, 30, 5, tzinfo=UTC)


def test_the_part_with_the_cursor_is_stepped(moment, qtbot):
    moment.set_moment(datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC))
    moment.time.setFocus()
    moment.time.setCursorPosition(4)
    qtbot.keyClick(moment.time, Qt.Key.Key_Up)
    assert moment.moment == datetime(2026, 11, 21, 0, 0, 59, tzinfo=UTC)
    moment.time.setCursorPosition(8)
    qtbot.keyClick(moment.time, Qt.Key.Key_Up)
    assert moment.moment == datetime(2026, 11, 21, 0, 1, 0, tzinfo=UTC)


def test_what_cannot_be_read_is_no_moment(moment):
    moment.set_moment(datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC))
    moment.time.setText("25:00")
    assert moment.moment is None
    assert moment.problem == "There is no time “25:00”."
    moment.time.setText("21:00")
    moment.day.setText("yesterweek")
    assert moment.moment is None
    assert "is not a day" in moment.problem


def test_a_time_the_clocks_leave_out_is_the_same_moment_as_before(moment):
    moment.set_moment(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    moment.time.setText("01:30")
    assert moment.moment == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
