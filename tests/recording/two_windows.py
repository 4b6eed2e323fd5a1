"""Gives a desk of `test_two_desks.py` its window: the Live page, which hears what that desk's control process says."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.holds.records import HoldNews, HoldsSeen
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import page_context, settle, show
from tests.ui.pages.live.fakes import FakeClock, FakePool

Said = TypeVar("Said", HoldsSeen, HoldNews)


@dataclass
class DeskWindow:
    """One desk's Live page with its one camera, in a window of its own."""

    page: LivePage
    messages: Messages

    @property
    def tile(self) -> str:
        """What the camera's tile says of control."""
        return self.page.wall.tiles[0].note

    @property
    def line(self) -> str:
        """What the panel says of it."""
        return self.page.panel.hold.text()

    @property
    def strip(self) -> str:
        """What is said across the window."""
        return " ".join(each.message.text for each in self.messages.book.newest_first() if not each.over)

    def key(self, qtbot: QtBot, key: Qt.Key) -> None:
        show(qtbot, self.page)
        QTest.keyClick(self.page.wall, key)


def window_of(
    qtbot: QtBot, room: Room, actor: Actor, control: ControlClient, background: Background
) -> DeskWindow:
    """Open it; whoever listened to the control process before still hears everything."""
    session, messages, clock = DeskSession(actor), Messages(), FakeClock()
    log = LogService(
        room.database, vocabulary.load(), SnapshotStore(room.folder / "snapshots"), IncidentLinks()
    )
    page = LivePage(
        page_context(session, background, room, messages=messages),
        room.cameras,
        log,
        FakePool(clock),
        control,
        monotonic=clock,
    )
    control.on_holds = _both(control.on_holds, page.holds_seen.emit)
    control.on_hold_news = _both(control.on_hold_news, page.hold_news.emit)
    page.resize(1366, 768)
    qtbot.addWidget(page)
    show(qtbot, page)
    page.entered()
    settle(qtbot, background)
    page.arranging.show([each.id for each in room.cameras.cameras(actor)])
    page.wall.select(0)
    settle(qtbot, background)
    return DeskWindow(page, messages)


def _both(first: Callable[[Said], object], then: Callable[[Said], object]) -> Callable[[Said], None]:
    def tell(said: Said) -> None:
        first(said)
        then(said)

    return tell
