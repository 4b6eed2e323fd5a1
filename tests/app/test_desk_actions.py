"""The actions of a whole desk, as the palette and the list of keys find them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from controlroom.app.desk import Desk
from controlroom.app.room import open_room
from controlroom.ui.kit.page import Page
from controlroom.ui.widgets.key_button import KeyButton
from tests.ui.conftest import _themed
from tests.ui.kit.key_clashes import clashes

__all__ = ["_themed"]


@pytest.fixture
def pages(tmp_path: Path, qtbot: QtBot) -> Iterator[list[Page]]:
    with open_room(tmp_path / "room") as room:
        desk = Desk(room)
        qtbot.addWidget(desk.window)
        yield [page for page in desk.window.findChildren(Page) if not page.part]
        desk.close()


def test_no_key_does_two_things_on_any_page_and_every_button_has_its_action(pages: list[Page]):
    assert len(pages) >= 7
    assert clashes(pages) == []
    for page in pages:
        declared = {action.keys for action in page.declared_actions()}
        if declared:
            shown = {each.key for each in page.findChildren(KeyButton)} - {""}
            assert shown <= declared, page.title
