"""Lists: filter as you type, sort, remember, export."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from controlroom.errors import Unavailable
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.record_delegate import SIDE
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import CELL_SIZE, Column, RecordTableModel
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.window_state import WindowState
from tests.ui.helpers import show


@dataclass(frozen=True)
class Unit:
    """A record to list."""

    number: str
    street: str
    days: int | None = None


UNITS = [
    Unit("RDC-10", "Lansdowne Road", 41),
    Unit("RDC-2", "Milton Road", -3),
    Unit("RDC-1", "Brook Road", None),
    Unit("RDC-7", "=cmd()", 9),
]


def columns() -> list[Column[Unit]]:
    return [
        Column("Unit", lambda unit: unit.number, sort_key=lambda unit: int(unit.number[4:]), width=90),
        Column("Street", lambda unit: unit.street, stretch=True, width=200),
        Column(
            "Days left",
            lambda unit: "" if unit.days is None else str(unit.days),
            sort_key=lambda unit: unit.days,
            state=lambda unit: "alarm" if (unit.days or 0) < 0 else "live",
            align="right",
        ),
    ]


def make_table(qtbot: QtBot, state: WindowState | None = None, **more) -> RecordTable[Unit]:
    table = RecordTable("units", columns(), lambda unit: unit.number, state=state, sort_by="Unit", **more)
    table.resize(800, 400)
    qtbot.addWidget(table)
    table.set_records(UNITS)
    show(qtbot, table)
    return table


@pytest.fixture
def table(qtbot: QtBot) -> RecordTable[Unit]:
    return make_table(qtbot)


def numbers(table: RecordTable[Unit]) -> list[str]:
    return [unit.number for unit in table.shown_records()]


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester, table: RecordTable[Unit]):
    qtmodeltester.check(table.model, force_py=True)
    qtmodeltester.check(table.proxy, force_py=True)
    assert table.proxy.rowCount() == table.model.rowCount() > 0


def test_rows_sort_by_what_they_mean_and_not_by_their_text(table: RecordTable[Unit]):
    assert numbers(table) == ["RDC-1", "RDC-2", "RDC-7", "RDC-10"]


def test_a_value_that_is_missing_sorts_first(table: RecordTable[Unit]):
    table.sort("Days left")
    assert numbers(table) == ["RDC-1", "RDC-2", "RDC-7", "RDC-10"]
    table.sort("Days left", descending=True)
    assert numbers(table) == ["RDC-10", "RDC-7", "RDC-2", "RDC-1"]


def test_typing_filters_by_every_word_in_any_column(table: RecordTable[Unit], qtbot: QtBot):
    qtbot.keyClicks(table.search, "road rdc-1")
    qtbot.waitUntil(lambda: numbers(table) == ["RDC-1", "RDC-10"])
    qtbot.keyClick(table.search, Qt.Key.Key_Escape)
    assert table.search.text() == "road rdc-1", "Esc leaves the field and takes nothing away"
    table.search.begin()
    qtbot.keyClick(table.search, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(numbers(table)) == 4)


def test_the_pages_own_test_and_the_typed_words_both_hold(table: RecordTable[Unit], qtbot: QtBot):
    table.set_predicate(lambda unit: (unit.days or 0) > 0)
    qtbot.keyClicks(table.search, "road")
    qtbot.waitUntil(lambda: numbers(table) == ["RDC-10"])


def test_a_letter_pressed_in_the_list_is_a_key_of_the_page_and_neither_searches_nor_selects(
    table: RecordTable[Unit], qtbot: QtBot
):
    table.view.selectRow(2)
    before = table.selected_record()
    table.view.setFocus()
    qtbot.keyClicks(table.view, "mr")
    assert table.search.text() == ""
    assert table.view.hasFocus()
    assert table.selected_record() == before


def test_down_in_the_search_field_enters_the_list(table: RecordTable[Unit], qtbot: QtBot):
    table.search.setFocus()
    qtbot.keyClick(table.search, Qt.Key.Key_Down)
    assert table.view.hasFocus()
    record = table.selected_record()
    assert record is not None
    assert record.number == "RDC-1"


def test_enter_opens_the_selected_record(table: RecordTable[Unit], qtbot: QtBot):
    table.select("RDC-7")
    with qtbot.waitSignal(table.activated) as opened:
        qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert opened.args is not None
    assert opened.args[0].number == "RDC-7"


def test_new_records_keep_the_selection(table: RecordTable[Unit]):
    table.select("RDC-7")
    table.set_records([UNITS[3], Unit("RDC-3", "Broom Road")])
    record = table.selected_record()
    assert record is not None
    assert record.number == "RDC-7"


def test_a_changed_record_is_refreshed_where_it_stands(table: RecordTable[Unit], qtbot: QtBot):
    table.select("RDC-7")
    with qtbot.assertNotEmitted(table.model.modelReset):
        with qtbot.waitSignal(table.model.dataChanged):
            table.set_records([*UNITS[:3], replace(UNITS[3], street="Oakfield Road")])
    record = table.selected_record()
    assert record is not None
    assert record.street == "Oakfield Road"


def test_a_selected_record_that_went_is_told(table: RecordTable[Unit], qtbot: QtBot):
    table.select("RDC-7")
    with qtbot.waitSignal(table.selected) as told:
        table.set_records(UNITS[:2])
    assert told.args == [None]


def test_columns_and_their_order_are_remembered(qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "window.json"
    state = WindowState(path)
    first = make_table(qtbot, state)
    first.show_column("Days left", False)
    first.view.horizontalHeader().moveSection(1, 0)
    first.view.setColumnWidth(0, 133)
    first.sort("Street", descending=True)
    qtbot.waitUntil(lambda: state.get("table.units", {}).get("sort", {}).get("title") == "Street")
    qtbot.waitUntil(lambda: state.get("table.units")["columns"]["Unit"]["width"] == 133)
    state.save()
    second = make_table(qtbot, WindowState(path))
    header = second.view.horizontalHeader()
    assert second.view.isColumnHidden(2)
    assert header.visualIndex(1) == 0
    assert second.view.columnWidth(0) == 133
    assert numbers(second)[0] == "RDC-2"


def test_the_last_column_cannot_be_hidden(table: RecordTable[Unit]):
    for title in ("Unit", "Street", "Days left"):
        table.show_column(title, False)
    assert [table.view.isColumnHidden(n) for n in range(3)] == [True, True, False]


def test_the_csv_holds_what_is_shown_in_the_order_shown(
    table: RecordTable[Unit], tmp_path: Path, qtbot: QtBot
):
    table.show_column("Days left", False)
    table.sort("Unit", descending=True)
    table.set_predicate(lambda unit: unit.number != "RDC-2")
    path = tmp_path / "units.csv"
    with qtbot.waitSignal(table.exported):
        table.export_csv(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["Unit", "Street"],
        ["RDC-10", "Lansdowne Road"],
        ["RDC-7", "'=cmd()"],
        ["RDC-1", "Brook Road"],
    ]


def test_the_csv_is_written_in_the_background(qtbot: QtBot, background: Background, tmp_path: Path):
    table = make_table(qtbot, background=background)
    with qtbot.waitSignal(table.exported):
        table.export_csv(tmp_path / "units.csv")
    assert (tmp_path / "units.csv").exists()


def test_a_list_that_cannot_be_written_says_why(qtbot: QtBot, tmp_path: Path):
    shown: list[Exception] = []
    background = Background(show_error=shown.append)
    table = make_table(qtbot, background=background)
    table.export_csv(tmp_path / "no such folder" / "units.csv")
    qtbot.waitUntil(lambda: bool(shown))
    assert isinstance(shown[0], Unavailable)
    assert "Nothing was exported." in str(shown[0])
    assert background.close()


def test_the_list_takes_the_keyboard_as_soon_as_it_has_rows(qtbot: QtBot):
    table = RecordTable("units", columns(), lambda unit: unit.number)
    qtbot.addWidget(table)
    show(qtbot, table)
    table.take_focus()
    table.set_records(UNITS)
    assert table.view.hasFocus()


def test_who_may_not_export_is_not_offered_it(qtbot: QtBot):
    assert not make_table(qtbot, may_export=lambda: False)._export_button.isVisible()
    assert make_table(qtbot)._export_button.isVisible()


def test_an_empty_list_says_what_to_do_next(qtbot: QtBot):
    empty = EmptyState("No units yet", "Press N to enter the first.")
    table = make_table(qtbot, empty=empty)
    assert not empty.isVisible()
    table.set_records([])
    assert empty.isVisible()
    assert not table.view.isVisible()


def test_a_filter_that_finds_nothing_says_so(table: RecordTable[Unit]):
    table.set_predicate(lambda _unit: False)
    assert table.states.state == "none found"


def test_the_stretching_column_fills_the_list_and_never_vanishes(table: RecordTable[Unit], qtbot: QtBot):
    header = table.view.horizontalHeader()
    qtbot.waitUntil(lambda: header.length() == table.view.viewport().width())
    table.resize(300, 400)
    qtbot.waitUntil(lambda: table.view.columnWidth(1) == 200)


def test_screen_readers_hear_the_column_with_the_value():
    model = RecordTableModel(columns(), lambda unit: unit.number)
    model.set_records(UNITS)
    assert model.data(model.index(1, 1), Qt.ItemDataRole.AccessibleTextRole) == "Street: Milton Road"
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


@pytest.fixture
def text_scale(qapp: QApplication) -> Iterator[Callable[[float], None]]:
    """Sets the size of text; afterwards it is the usual one again."""
    yield lambda scale: theme.apply(qapp, text_scale=scale)
    theme.apply(qapp)


def test_no_time_is_cut_at_any_size_of_text_and_what_a_hand_set_stays(
    qtbot: QtBot, text_scale: Callable[[float], None]
):
    when = Column[Unit]("When", lambda unit: f"30 Nov 2026  12:58:57 GMT{unit.number}", width=150)
    table = RecordTable("times", [when, *columns()], lambda unit: unit.number)
    qtbot.addWidget(table)
    table.set_records(UNITS)
    show(qtbot, table)

    def room() -> int:
        """What the column is wider than its longest words are as painted."""
        metrics = QFontMetrics(theme.font(CELL_SIZE))
        words = max(metrics.horizontalAdvance(when.text(unit)) for unit in UNITS)
        return table.view.columnWidth(0) - 2 * SIDE - words

    for scale in (1.0, 1.5):
        text_scale(scale)
        qtbot.waitUntil(lambda: 0 <= room() < 60)
    table.view.setColumnWidth(0, 90)
    text_scale(1.0)
    qtbot.waitUntil(lambda: table.view.columnWidth(0) == 60)


def test_columns_that_need_less_than_was_declared_give_way_before_a_narrow_table_is_cut(qtbot: QtBot):
    roomy = Column[Unit]("Partner", lambda unit: "ASB team", width=300)
    last = Column[Unit]("Meeting", lambda unit: "17 Dec 2026", width=60)
    table = RecordTable("narrow", [roomy, last], lambda unit: unit.number)
    qtbot.addWidget(table)
    table.resize(800, 300)
    table.set_records(UNITS)
    show(qtbot, table)
    assert table.view.columnWidth(0) == 300
    table.resize(260, 300)
    qtbot.waitUntil(lambda: table.view.columnWidth(0) < 200)
    words = QFontMetrics(theme.font(CELL_SIZE)).horizontalAdvance
    assert table.view.columnWidth(0) >= words("ASB team") + 2 * SIDE
    assert table.view.columnWidth(1) >= words("17 Dec 2026") + 2 * SIDE
