"""Finding things with one line."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.cameras.records import Camera, Place
from controlroom.ui.palette import Entry, Palette, rank
from controlroom.ui.palette_sources import cameras
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
