"""The folded filter of a list: the days of a period between two."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from controlroom.clock import london
from controlroom.ui.kit.filter_box import BETWEEN, FilterBox
from tests.builders import FRIDAY_NIGHT
from tests.ui.helpers import show


@pytest.fixture
def box(qtbot: QtBot) -> FilterBox:
    made = FilterBox(["robbery"], date(2026, 11, 20))
    qtbot.addWidget(made)
    show(qtbot, made)
    made.period.setCurrentIndex(BETWEEN)
    return made


def type_first(box: FilterBox, qtbot: QtBot, text: str) -> None:
    box.first.setFocus()
    box.first.selectAll()
    qtbot.keyClicks(box.first, text)


def test_a_day_typed_narrows_once_it_is_finished(box: FilterBox, qtbot: QtBot):
    told: list[bool] = []
    box.changed.connect(lambda: told.append(True))
    type_first(box, qtbot, "1.2.26")
    assert told == []
    qtbot.keyClick(box.first, Qt.Key.Key_Return)
    assert told == [True]
    wanted = box.filter(FRIDAY_NIGHT)
    assert (wanted.since, wanted.until) == (london(date(2026, 2, 1)), london(date(2026, 11, 21)))


def test_a_day_that_cannot_be_read_leaves_its_side_open_and_is_marked(box: FilterBox, qtbot: QtBot):
    type_first(box, qtbot, "31.2.26")
    qtbot.keyClick(box.first, Qt.Key.Key_Tab)
    wanted = box.filter(FRIDAY_NIGHT)
    assert (wanted.since, wanted.until) == (None, london(date(2026, 11, 21)))
    assert box.first.property("invalid")
    assert box.first.toolTip() == "There is no day “31.2.26”."


def test_a_list_that_was_changed_is_offered_and_what_is_chosen_stays(qtbot):
    box = FilterBox(["robbery", "other"], date(2026, 11, 20))
    qtbot.addWidget(box)
    box.category.setCurrentText("other")
    with qtbot.assertNotEmitted(box.changed):
        box.set_categories(["robbery", "drone", "other"])
    assert box.category.currentText() == "other"
    assert box.category.findText("drone") > 0
