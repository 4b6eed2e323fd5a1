"""The field of a moment: day and time, typed or stepped, by London's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from controlroom.ui.kit.moment_edit import MomentEdit
from tests.ui.helpers import show


def shown(qtbot, now):
    edit = MomentEdit(lambda: now)
    qtbot.addWidget(edit)
    show(qtbot, edit)
    return edit


@pytest.fixture
def moment(qtbot):
    return shown(qtbot, datetime(2026, 11, 30, 12, 0, tzinfo=UTC))


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


TWO_OH_FOUR = datetime(2026, 10, 25, 2, 4, tzinfo=UTC)  # GMT, when 01:50 was twice already


def type_time(qtbot, edit, typed):
    edit.time.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClicks(edit.time, typed)


@pytest.mark.parametrize(
    ("now", "fold", "said"),
    [
        (TWO_OH_FOUR, 1, "01:50 GMT: the second of two that night, after the clocks go back."),
        (
            datetime(2026, 10, 25, 0, 55, tzinfo=UTC),
            0,
            "01:50 BST: the first of two that night, before the clocks go back.",
        ),
    ],
)
def test_of_an_hour_that_happens_twice_the_latest_that_is_past_is_proposed_while_typing(
    qtbot, now, fold, said
):
    moment = shown(qtbot, now)
    moment.set_moment(now)
    type_time(qtbot, moment, "0150")
    assert (moment.fold.isVisible(), moment.fold.index, moment.remark) == (True, fold, said)
    assert moment.moment == datetime(2026, 10, 25, fold, 50, tzinfo=UTC)


def test_the_choice_somebody_made_of_the_two_stays_while_they_type_on(qtbot):
    moment = shown(qtbot, TWO_OH_FOUR)
    moment.set_moment(TWO_OH_FOUR)
    type_time(qtbot, moment, "0150")
    moment.fold.choose(0)
    moment.time.selectAll()
    qtbot.keyClicks(moment.time, "0140")
    assert moment.moment == datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    moment.time.selectAll()
    qtbot.keyClicks(moment.time, "0030")
    qtbot.keyClick(moment.time, Qt.Key.Key_Return)
    qtbot.keyClicks(moment.time, "0140")
    assert moment.moment == datetime(2026, 10, 25, 1, 40, tzinfo=UTC), "another hour was meant meanwhile"


def test_stepping_goes_through_both_hours_and_over_none(qtbot):
    moment = shown(qtbot, TWO_OH_FOUR)
    moment.set_moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    moment.time.setFocus()
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(moment.time, key)
        seen.append((moment.moment, moment.fold.isVisible()))
    assert seen == [
        (datetime(2026, 10, 25, hour, 30, tzinfo=UTC), twice)
        for hour, twice in ((1, True), (2, False), (1, True), (0, True))
    ] + [(datetime(2026, 10, 24, 23, 30, tzinfo=UTC), False)]
    assert moment.touched


@pytest.mark.parametrize("part", ["day", "time"])
@pytest.mark.parametrize("reason", [Qt.FocusReason.OtherFocusReason, Qt.FocusReason.ShortcutFocusReason])
def test_the_line_with_the_fault_gets_the_keyboard_all_selected(moment, qtbot, part, reason):
    moment.set_moment(TWO_OH_FOUR)
    line = getattr(moment, part)
    line.setText("25:61")
    line.clearFocus()
    moment.setFocus(reason)
    assert QApplication.focusWidget() is line
    assert line.selectedText() == "25:61"


def test_tab_goes_through_the_lines_in_their_order_also_after_a_fault(moment, qtbot):
    moment.set_moment(TWO_OH_FOUR)
    moment.time.setText("25:61")
    moment.day.setFocus()
    qtbot.keyClick(moment.day, Qt.Key.Key_Tab)
    assert (moment.time.hasFocus(), moment.time.selectedText()) == (True, "25:61")
    moment.time.setText("01:00:00")
    qtbot.keyClick(moment.time, Qt.Key.Key_Backtab)
    assert (moment.day.hasFocus(), moment.day.selectedText()) == (True, "25 Oct 2026")


def test_what_is_proposed_anew_in_the_line_with_the_keyboard_is_selected_too(moment, qtbot):
    moment.set_moment(TWO_OH_FOUR)
    moment.time.setFocus()
    moment.propose(TWO_OH_FOUR + timedelta(minutes=1))
    qtbot.keyClicks(moment.time, "2115")
    assert moment.time.text() == "2115"


def test_a_click_places_the_cursor(moment, qtbot):
    moment.set_moment(TWO_OH_FOUR)
    moment.day.setFocus()
    qtbot.mouseClick(moment.time, Qt.MouseButton.LeftButton, pos=QPoint(12, moment.time.height() // 2))
    assert (moment.time.hasFocus(), moment.time.selectedText()) == (True, "")
