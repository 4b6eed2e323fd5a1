"""Finding things with one line."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.cameras.records import Camera, Place
from controlroom.errors import Unavailable
from controlroom.ui.background import Background
from controlroom.ui.kit.table_model import Column, FilterProxy, RecordTableModel
from controlroom.ui.shell.palette import Entry, Palette, rank
from controlroom.ui.shell.palette_sources import cameras, settings
from controlroom.ui.window_state import WindowState
from tests.ui.helpers import show

REGISTER = [
    Camera(1, "001", "North End north", Place("North End", "Town centre", "Fairfield")),
    Camera(14, "014", "George Street, station", Place("George Street", "Town centre", "Fairfield")),
    Camera(114, "114", "Brighton Road", Place("Brighton Road", "Purley", "Purley and Woodcote")),
    Camera(204, "RDC-04", "Old Lodge Lane", Place("Old Lodge Lane", "Rapid deployment", "Kenley")),
]


@pytest.fixture
def ground(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(1100, 600)
    layout = QVBoxLayout(window)
    layout.addWidget(QLineEdit())
    qtbot.addWidget(window)
    show(qtbot, window)
    return window


@pytest.fixture
def chosen() -> list[str]:
    return []


@pytest.fixture
def palette(ground: QWidget, chosen: list[str]) -> Palette:
    made = Palette(ground)
    made.add_source(lambda _typed: [Entry("Audit", "page", lambda: chosen.append("Audit"), "Alt+A")])
    made.add_source(cameras(lambda: REGISTER, lambda camera: chosen.append(camera.number)))
    return made


def titles(palette: Palette) -> list[str]:
    return [f"{entry.lead} {entry.title}".strip() for entry in palette.entries()]


def test_a_number_without_its_zeros_finds_the_camera_first(palette: Palette):
    palette.open("14")
    assert titles(palette) == ["014 George Street, station", "114 Brighton Road"]


def test_lists_and_palette_find_what_was_meant():
    entries = [Entry(title, "", str) for title in ("Łukasz's Yard", "Van AB12 CDE", "Zoë Court")]
    rows = RecordTableModel[Entry]([Column("Title", lambda each: each.title)], lambda each: each.title)
    rows.set_records(entries)
    proxy = FilterProxy(rows)
    for typed, title in (("lukasz", 0), ("AB12CDE", 1), ("AB12\N{EN DASH}CDE", 1), ("zoe", 2)):
        proxy.set_words(typed)
        assert rank(entries, typed) == proxy.shown() == [entries[title]]


def test_a_rapid_deployment_camera_is_found_by_its_short_number(palette: Palette):
    palette.open("R4")
    assert titles(palette)[0] == "RDC-04 Old Lodge Lane"


def test_street_area_and_ward_find_cameras(palette: Palette):
    palette.open("fairfield george")
    assert titles(palette) == ["014 George Street, station"]


def test_nothing_typed_offers_pages_and_no_camera(palette: Palette):
    palette.open()
    assert titles(palette) == ["Audit"]


def test_enter_runs_what_is_chosen_and_closes(palette: Palette, chosen: list[str], qtbot: QtBot):
    palette.open()
    qtbot.keyClicks(palette.edit, "14")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Down)
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert chosen == ["114"]
    assert not palette.isVisible()


def test_escape_closes_it_and_gives_the_focus_back(
    palette: Palette, ground: QWidget, chosen: list[str], qtbot: QtBot
):
    field = ground.findChildren(QLineEdit)[0]
    field.setFocus()
    palette.open("14")
    assert palette.edit.hasFocus()
    qtbot.keyClick(palette.edit, Qt.Key.Key_Escape)
    assert field.hasFocus()
    assert chosen == []


def test_it_says_when_nothing_is_found(palette: Palette):
    palette.open("zzz")
    assert palette.entries() == []
    assert "“zzz”" in palette._nothing.text()
    assert palette._nothing.isVisible()


def test_it_is_never_modal(palette: Palette):
    palette.open()
    assert not palette.isModal()
    assert not palette.isWindow()


def test_entries_rank_by_number_then_by_where_the_words_stand():
    entries = [
        Entry("Market of George Street", "", lambda: None),
        Entry("George Street", "", lambda: None),
        Entry("", "", lambda: None, lead="george street"),
    ]
    assert [each.title for each in rank(entries, "george street")] == [
        "",
        "George Street",
        "Market of George Street",
    ]


def test_letters_in_their_order_find_what_no_word_finds(palette: Palette):
    entries = [Entry("Open incident", "", lambda: None), Entry("Operator", "", lambda: None)]
    assert [each.title for each in rank(entries, "opninc")] == ["Open incident"]
    assert rank(entries, "xq") == []
    assert rank(entries, "oent") == [], "too few of the letters"


def test_what_was_chosen_lately_comes_first_and_what_cannot_be_done_last():
    entries = [
        Entry("Go one", "", lambda: None, id="one"),
        Entry("Go two", "", lambda: None, id="two", why_not="Not for your role."),
        Entry("Go six", "", lambda: None, id="six"),
    ]
    assert [each.id for each in rank(entries, "go", ["six"])] == ["six", "one", "two"]
    assert [each.id for each in rank(entries, "", ["six"])] == ["six", "one", "two"]


def test_choices_are_remembered_for_the_next_time(ground: QWidget, chosen: list[str], qtbot: QtBot):
    state = WindowState()
    first, second = Palette(ground, state), Palette(ground, state)
    for palette in (first, second):
        palette.add_source(
            lambda _typed: [
                Entry(name, "", partial(chosen.append, name), id=name) for name in ("First", "Second")
            ]
        )
        palette.open()
        if not chosen:
            qtbot.keyClick(palette.edit, Qt.Key.Key_Down)
            qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert chosen == ["Second"]
    assert titles(second) == ["Second", "First"]


def test_what_cannot_be_done_stays_says_why_and_does_nothing(
    ground: QWidget, chosen: list[str], qtbot: QtBot
):
    palette = Palette(ground)
    palette.add_source(
        lambda _typed: [Entry("Users", "", lambda: chosen.append("x"), why_not="Not for your role.")]
    )
    palette.open("users")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert palette._nothing.text() == "Not for your role."
    assert chosen == []


def test_records_are_asked_for_in_the_background_once_the_typing_pauses(
    palette: Palette, chosen: list[str], background: Background, qtbot: QtBot
):
    asked: list[str] = []

    def finder(typed: str):
        asked.append(typed)
        return lambda: [
            Entry("Fight outside", "incident", partial(chosen.append, typed), lead="INC-2026-00412")
        ]

    palette.add_finder(finder, background)
    palette.open()
    qtbot.keyClicks(palette.edit, "412")
    assert "Searching" in palette._nothing.text()
    qtbot.waitUntil(lambda: titles(palette) == ["INC-2026-00412 Fight outside"])
    assert asked == ["412"], "not once for each letter"
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert chosen == ["412"]


def test_records_that_cannot_be_asked_for_leave_the_rest_findable(
    palette: Palette, background: Background, qtbot: QtBot
):
    def failing() -> list[Entry]:
        raise Unavailable("The database does not answer.")

    palette.add_finder(lambda _typed: failing, background)
    palette.open("14")
    qtbot.waitUntil(lambda: "could not be searched" in palette._nothing.text())
    assert titles(palette)[0] == "014 George Street, station"


def test_settings_are_found_by_name_and_meaning(ground: QWidget, chosen: list[str], qtbot: QtBot):
    palette = Palette(ground)
    palette.add_source(settings(chosen.append, lambda: ""))
    palette.open()
    assert titles(palette) == []
    palette.open("review due day")
    assert titles(palette)[0] == "Review due day"
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert chosen == ["review_due_day"]


def test_nothing_shown_moves_when_records_arrive_so_that_enter_does_what_was_seen(
    palette: Palette, chosen: list[str], background: Background, qtbot: QtBot
):
    found = [Entry("Bid for it", "bid", partial(chosen.append, "bid"), lead="BID-2026-00014")]
    palette.add_finder(lambda _typed: lambda: found, background)
    palette.open()
    qtbot.keyClicks(palette.edit, "14")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Down)
    before, row = titles(palette), palette.view.currentIndex().row()
    assert before[0] == "014 George Street, station"
    qtbot.waitUntil(lambda: "BID-2026-00014 Bid for it" in titles(palette))
    assert titles(palette)[: len(before)] == before
    assert palette.view.currentIndex().row() == row
