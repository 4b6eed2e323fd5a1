"""The rail: groups, looks that fit the window, keys from entry to entry."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Role
from controlroom.ui import theme
from controlroom.ui.kit.page import Page
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.main_window import SMALLEST, MainWindow
from controlroom.ui.shell.rail import GroupMark, RailButton
from tests.clock import SetClock
from tests.ui.helpers import PlainPage, actor, show

NIGHT = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)
GROUPS = {"Watch": 3, "Record": 6, "Deploy": 3, "Estate": 2, "Room": 6}


def pages_in_groups() -> dict[Page, str]:
    """Twenty pages; those of the last group are for auditors."""
    return {
        PlainPage(f"{group} {number}", "", Permission.READ_AUDIT if group == "Room" else None): group
        for group, count in GROUPS.items()
        for number in range(1, count + 1)
    }


@pytest.fixture
def session() -> DeskSession:
    return DeskSession(actor(Role.AUDITOR, 1, "Auditor 01"))


@pytest.fixture
def groups() -> dict[Page, str]:
    return pages_in_groups()


@pytest.fixture
def window(qtbot: QtBot, session: DeskSession, groups: dict[Page, str]) -> MainWindow:
    made = MainWindow(session, Messages(), list(groups), groups=groups, clock=SetClock(NIGHT))
    qtbot.addWidget(made)
    made.resize(*SMALLEST)
    show(qtbot, made)
    return made


def marks(window: MainWindow) -> list[str]:
    return [each.name for each in window.rail.findChildren(GroupMark) if each.isVisible()]


def fully_seen(window: MainWindow, page: Page) -> bool:
    button = window.rail.buttons[page]
    return button.visibleRegion().boundingRect() == button.rect()


def test_twenty_pages_are_all_seen_in_the_smallest_window(
    window: MainWindow, groups: dict[Page, str], qtbot: QtBot
):
    assert (window.width(), window.height()) == SMALLEST
    assert len(groups) == 20
    qtbot.waitUntil(lambda: all(fully_seen(window, page) for page in groups))


def test_a_high_window_names_the_groups(window: MainWindow, qtbot: QtBot):
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: window.rail.look.named)
    assert marks(window) == list(GROUPS)


def test_a_group_nobody_here_may_open_is_not_named(
    window: MainWindow, session: DeskSession, groups: dict[Page, str], qtbot: QtBot
):
    before = window.rail.look
    session.change_roles(actor(Role.OPERATOR, 1, "Auditor 01"))
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: marks(window) == ["Watch", "Record", "Deploy", "Estate"])
    window.resize(*SMALLEST)
    qtbot.waitUntil(lambda: window.height() == SMALLEST[1])
    assert window.rail.look != before, "fewer pages, and drawn no larger"


def test_what_fits_in_no_look_is_scrolled_to(
    window: MainWindow, groups: dict[Page, str], qtbot: QtBot, qapp: QApplication
):
    first, *_, last = groups
    try:
        theme.apply(qapp, text_scale=1.5)
        qtbot.waitUntil(lambda: not fully_seen(window, last))
        window.show_page(last)
        qtbot.waitUntil(lambda: fully_seen(window, last) and not fully_seen(window, first))
    finally:
        theme.apply(qapp)
    qtbot.waitUntil(lambda: all(fully_seen(window, page) for page in groups))


def test_up_and_down_go_from_entry_to_entry_and_round(
    window: MainWindow, groups: dict[Page, str], qtbot: QtBot
):
    first, second, *_, last = (window.rail.buttons[page] for page in groups)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    qtbot.keyClick(second, Qt.Key.Key_Up)
    qtbot.keyClick(first, Qt.Key.Key_Up)
    assert last.hasFocus()
    assert window.current is next(iter(groups)), "moving along the rail opens nothing"
    qtbot.keyClick(last, Qt.Key.Key_Space)
    assert window.current is list(groups)[-1]


def test_an_icon_that_does_not_exist_is_refused_before_anything_is_painted(qtbot: QtBot):
    page = PlainPage("Live")
    page.icon_name = "no-such-icon"
    with pytest.raises(Exception, match="no-such-icon"):
        RailButton(page)
