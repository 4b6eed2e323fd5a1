"""The long list: begun afresh, read again, read on."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStyledItemDelegate

from controlroom.log.records import Part, Position
from controlroom.ui.background import Background
from controlroom.ui.kit.paged_list import PagedList, PagedModel, list_view
from controlroom.ui.kit.painting import RowDelegate
from controlroom.ui.widgets.card import EmptyState
from tests.builders import FRIDAY_NIGHT
from tests.ui.helpers import settle, show


@dataclass(frozen=True)
class Row:
    id: int


class Source:
    """Rows with the newest first, as the database gives them."""

    def __init__(self, count):
        self.rows = [Row(number) for number in range(count, 0, -1)]
        self.fails = False

    def fetch(self, limit, after):
        if self.fails:
            raise OSError("the disk is gone")
        rest = [row for row in self.rows if after is None or row.id < after.id]
        part = rest[:limit]
        more = Position(FRIDAY_NIGHT + timedelta(0), part[-1].id) if len(rest) > limit else None
        return Part(tuple(part), more)


@pytest.fixture
def background(errors):
    made = Background(show_error=errors.append)
    yield made
    assert made.close()


@pytest.fixture
def errors():
    return []


@pytest.fixture
def records(qtbot, background, errors):
    made = PagedList(
        QStyledItemDelegate(),
        background,
        group=lambda _row: "",
        spoken=str,
        identity=lambda row: row.id,
        empty=EmptyState("Nothing"),
        name="Rows",
    )
    qtbot.addWidget(made)
    made.resize(300, 400)
    show(qtbot, made)
    return made


def test_news_during_the_first_reading_does_not_lose_its_selection(records, background, qtbot):
    source = Source(5)
    records.show_from(source.fetch, narrowed=False)
    records.reload()
    settle(qtbot, background)
    assert records.selected_record() == Row(5)


def test_reading_again_keeps_what_is_selected_and_what_was_read(records, background, qtbot):
    source = Source(250)
    records.show_from(source.fetch, narrowed=False)
    settle(qtbot, background)
    records.view.scrollToBottom()
    settle(qtbot, background)
    read = records.model.rowCount()
    assert read > 100
    records.select(200)
    source.rows.insert(0, Row(251))
    records.reload()
    settle(qtbot, background)
    assert records.selected_record() == Row(200)
    assert records.model.records[0] == Row(251)
    assert records.model.rowCount() == read


def test_a_row_that_left_the_list_leaves_nothing_selected(records, background, qtbot):
    source = Source(5)
    records.show_from(source.fetch, narrowed=False)
    settle(qtbot, background)
    records.select(3)
    source.rows.remove(Row(3))
    records.reload()
    settle(qtbot, background)
    assert records.selected_record() is None


def test_a_row_wanted_before_it_was_read_is_selected_when_it_arrives(records, background, qtbot):
    source = Source(5)
    records.show_from(source.fetch, narrowed=False)
    settle(qtbot, background)
    assert not records.select(6)
    source.rows.insert(0, Row(6))
    records.reload()
    settle(qtbot, background)
    assert records.selected_record() == Row(6)


def test_a_failed_reading_is_told_and_the_list_can_be_read_again(records, background, qtbot, errors):
    source = Source(5)
    source.fails = True
    records.show_from(source.fetch, narrowed=False)
    settle(qtbot, background)
    assert [str(error) for error in errors] == ["the disk is gone"]
    source.fails = False
    records.reload()
    settle(qtbot, background)
    assert records.selected_record() == Row(5)


def test_a_list_over_parts_is_a_list_of_records_for_a_page(qtbot, background, records):
    chosen, arrived = [], []
    records.chosen.connect(chosen.append)
    records.arrived.connect(arrived.append)
    source = Source(3)
    records.show_from(source.fetch, narrowed=False)
    settle(qtbot, background)
    assert (records.selected_record(), records.began_afresh, len(arrived[-1])) == (Row(3), True, 3)
    records.select(2)
    assert chosen == [Row(2)]
    del source.rows[1]
    records.go_on()
    records.reload()
    settle(qtbot, background)
    assert (records.selected_record(), records.began_afresh) == (Row(1), False)
    records.unselect()
    assert (records.selected_record(), chosen[-1]) == (None, None)


def test_news_told_while_the_list_is_read_is_read_once_at_its_end(qtbot, background, records):
    source = Source(3)
    readings = []

    def fetch(limit, after):
        readings.append(limit)
        return source.fetch(limit, after)

    records.show_from(fetch, narrowed=False)
    settle(qtbot, background)
    del readings[:]
    records.select(2)
    source.rows.insert(0, Row(4))
    records.select(4)
    for _ in range(5):
        records.reload()
    settle(qtbot, background)
    assert len(readings) == 2
    assert records.selected_record() == Row(4)


def test_the_next_record_is_selected_though_news_made_the_list_be_read_twice(qtbot, background, records):
    source = Source(3)
    records.show_from(source.fetch, narrowed=False)
    settle(qtbot, background)
    records.select(2)
    records.reload()
    records.go_on()
    del source.rows[1]
    records.reload()
    settle(qtbot, background)
    assert records.selected_record() == Row(1)


class Said(RowDelegate[Row]):
    """Rows of words that need two lines where there is less room."""

    def lead_of(self, record):
        return str(record.id), ""

    def text_of(self, record):
        return "two males running towards the arcade"

    def paint_head(self, painter, box, record):
        del painter, box, record


def test_rows_are_as_high_as_their_words_need_when_only_the_width_changes(qtbot):
    owner = QObject()
    model = PagedModel(lambda row: row.id, lambda _row: "", str, owner)
    model.set_records([Row(1), Row(2)])
    view = list_view(model, Said(), "Rows")
    qtbot.addWidget(view)
    view.resize(700, 300)
    show(qtbot, view)

    def heights():
        rects = [view.visualRect(model.index(row, 0)) for row in (0, 1)]
        assert rects[1].top() == rects[0].bottom() + 1
        return {rect.height() for rect in rects}

    (high,) = heights()
    view.resize(260, 300)
    qtbot.waitUntil(lambda: heights() != {high})
    (higher,) = heights()
    assert higher > high
