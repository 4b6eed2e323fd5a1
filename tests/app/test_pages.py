"""Pages are listed once: one more noun and page in the lists are in the window, the palette, the keys and the links."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Role
from controlroom.app.desk import Desk
from controlroom.app.pages import PAGES, PageEntry
from controlroom.app.room import Room, open_room
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.pages.settings.page import SettingsPage
from controlroom.ui.shell.palette_sources import pages as page_source
from controlroom.ui.shell.palette_sources import records as finder
from tests import engines
from tests.builders import PASSWORD
from tests.lost_items.make import WITH_LOST_ITEMS, make_tables
from tests.lost_items.noun import KIND
from tests.lost_items.page import LostItemsPage
from tests.lost_items.service import LostItems
from tests.ui.conftest import _themed

__all__ = ["_themed"]

LOST_ITEMS = PageEntry(
    "Record", lambda context, parts: LostItemsPage(context, LostItems(parts.room.services.database))
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("room")
    make_tables(folder)
    url = engines.database_url(folder)
    with open_room(folder, url, nouns=WITH_LOST_ITEMS) as made:
        accounts = made.services.accounts
        root = accounts.add_first("root", "Administrator", PASSWORD)
        accounts.add(root, "operator", "Operator 07", PASSWORD, {Role.OPERATOR})
        yield made


@pytest.fixture
def desk(room: Room, qtbot: QtBot) -> Iterator[Desk]:
    actor = room.services.sign_in.sign_in("operator", PASSWORD)
    made = Desk(room, actor=actor, pages=(*PAGES[:3], LOST_ITEMS, *PAGES[3:]))
    qtbot.addWidget(made.window)
    made.show(restore=False)
    qtbot.waitUntil(lambda: not made.background.busy)
    yield made
    made.close()


@pytest.fixture
def umbrella(desk: Desk, room: Room) -> int:
    """The id of a lost item."""
    key, _reference = LostItems(room.services.database).hand_in(desk.session.actor, "umbrella", "someone")
    return key


def test_one_more_page_is_in_the_window_and_the_palette(desk: Desk):
    page = desk.window.page(LostItemsPage)
    assert list(desk.window.pages).index(page) == 3
    assert len(desk.window.pages) == len(PAGES) + 1
    assert page in desk.window.offered()
    assert desk.window.rail.buttons[page].isVisible()
    offered = page_source(lambda: desk.window.pages, desk.window.show_page, desk.window.why_closed)("")
    next(each for each in offered if each.title == "Lost items").run()
    assert desk.window.current is page


def test_a_record_of_it_is_opened_from_any_other_page(desk: Desk, umbrella: int):
    desk.window.page(LogPage).record_wanted.emit(KIND, umbrella)
    page = desk.window.page(LostItemsPage)
    assert desk.window.current is page
    assert page.shown.text() == "umbrella"


def test_the_palette_finds_its_records_and_opens_them(desk: Desk, room: Room, umbrella: int):
    work = finder(desk.session, room.services.search, desk.window.links.open)("umbr")
    assert work is not None
    work()[0].run()
    page = desk.window.page(LostItemsPage)
    assert desk.window.current is page
    assert page.shown.text() == "umbrella"


def test_a_setting_is_opened_by_its_name(desk: Desk, qtbot: QtBot):
    desk.window.links.open("setting", "theme")
    page = desk.window.page(SettingsPage)
    assert desk.window.current is page
    qtbot.waitUntil(lambda: not desk.background.busy)
    chosen = page.list.table.selected_record()
    assert chosen is not None
    assert chosen.spec.name == "theme"


def test_pages_of_a_group_stand_together():
    groups = [group for group, _ in groupby(PAGES, lambda entry: entry.group)]
    assert len(groups) == len(set(groups))


def test_the_product_loads_nothing_that_drives_it():
    drivers = ("PySide6.QtTest", "controlroom.tour", "controlroom.bench")
    script = f"import sys, controlroom.app.run; print([name for name in sys.modules if name in {drivers}])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
