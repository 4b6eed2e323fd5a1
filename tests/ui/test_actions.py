"""Every action has a key, and no key does two things."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.ui.actions import SPECS, ActionId, Actions, clashes, listing
from controlroom.ui.admin.audit_page import AuditPage
from controlroom.ui.admin.status_page import StatusPage
from controlroom.ui.cameras.page import CamerasPage
from controlroom.ui.page import Key
from tests.ui.helpers import PlainPage


def test_every_action_has_a_text_and_a_key_qt_understands():
    assert set(SPECS) == set(ActionId)
    for spec in SPECS.values():
        assert spec.text
        assert QKeySequence(spec.keys).count() == 1, spec


def test_no_two_actions_share_a_key():
    assert clashes([]) == []


def test_the_shells_own_pages_clash_with_nothing():
    kinds = (CamerasPage, AuditPage, StatusPage)
    keys = [key for kind in kinds for key in kind.keys]
    assert all(key.does for key in keys)
    taken = {spec.keys for spec in SPECS.values()} | {kind.shortcut for kind in kinds}
    assert len({kind.shortcut for kind in kinds}) == 3
    assert not taken & {key.keys for key in keys}


def test_a_page_that_takes_a_key_of_the_desk_is_named(qtbot: QtBot):
    page = PlainPage("Log", "Alt+4")
    page.keys = (Key("Ctrl+K", "Keep"), Key("N", "New entry"), Key("N", "Next"))
    qtbot.addWidget(page)
    found = clashes([page])
    assert len(found) == 2
    assert any("Ctrl+K" in each and "Log" in each for each in found)
    assert any(each.startswith("N:") for each in found)


def test_two_pages_may_use_the_same_key_since_only_one_is_in_front(qtbot: QtBot):
    pages = [PlainPage("Log", "Alt+4"), PlainPage("Incidents", "Alt+5")]
    for page in pages:
        page.keys = (Key("N", "New"),)
        qtbot.addWidget(page)
    assert clashes(pages) == []


def test_the_list_of_keys_holds_the_desks_the_pages_and_each_pages_own(qtbot: QtBot):
    page = PlainPage("Log", "Alt+4")
    page.keys = (Key("N", "New entry"),)
    qtbot.addWidget(page)
    groups = dict(listing([page]))
    assert Key("F1", "Show every key") in groups["Everywhere"]
    assert Key("Alt+4", "Go to Log") in groups["Pages"]
    assert groups["Log"] == [Key("N", "New entry")]


def test_an_action_made_by_the_factory_carries_its_text_and_key(qtbot: QtBot):
    window = QWidget()
    qtbot.addWidget(window)
    done: list[str] = []
    action = Actions(window).make(ActionId.PALETTE, lambda: done.append("opened"))
    assert action.shortcut() == QKeySequence("Ctrl+K")
    action.trigger()
    assert done == ["opened"]
