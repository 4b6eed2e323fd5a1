"""What the log's and the incidents' pages are built from in tests: a real room, and the desk's own helpers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor
from controlroom.incidents.restrictions import RestrictionService
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.sender import Sender
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import LogEntry
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.pending import PendingEntries
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.record_side import ActionBar
from controlroom.ui.messages import Messages
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.session import DeskSession
from tests.incidents.desk import Desk, make_desk
from tests.step_keys import open_keys
from tests.ui.helpers import page_context, settle, show


@dataclass
class Parts:
    """The room, and what every page takes."""

    desk: Desk
    qtbot: QtBot
    session: DeskSession
    background: Background
    messages: Messages
    changes: ChangeBridge
    folder: Path
    outbox: Outbox
    sender: Sender
    away: list[bool]
    windows: list[QWidget] = field(default_factory=list)

    @property
    def context(self) -> PageContext:
        """What every page takes first."""
        return page_context(
            self.session, self.background, self.desk.room, messages=self.messages, changes=self.changes
        )

    @property
    def pending(self) -> PendingEntries:
        """What the outbox holds, for a page."""
        return PendingEntries(self.outbox, self.session, self.background)

    def lose_database(self) -> None:
        """From now on the database does not answer."""
        self.away[:] = [True]

    def bring_database_back(self) -> None:
        """It answers again: what was accepted meanwhile is saved."""
        self.away.clear()
        self.settle()

    def log_page(self, who: Actor | None = None) -> LogPage:
        """The Log page in front, its list read."""
        self.session.sign_in(who or self.desk.operator)
        page = LogPage(self.context, self.desk.log, self.pending)
        return self._front(page)

    def incidents_page(self, who: Actor | None = None) -> IncidentsPage:
        """The Incidents page in front, its list read."""
        desk, who = self.desk, who or self.desk.operator
        open_keys(desk.keys, desk.room.database, who)
        self.session.sign_in(who)
        page = IncidentsPage(
            self.context,
            desk.incidents,
            desk.log,
            desk.room.cameras,
            RestrictionService(desk.room.database),
            self.pending,
        )
        return self._front(page)

    def settle(self) -> None:
        """Wait until nothing is under way; what is accepted is saved, while the database is here."""
        settle(self.qtbot, self.background)
        if not self.away and self.sender.run_once():
            while self.sender.run_once():
                pass
            settle(self.qtbot, self.background)

    def picture(self) -> Path:
        """A picture file as a tile would have kept it."""
        image = QImage(320, 180, QImage.Format.Format_RGB32)
        image.fill(QColor("#334455"))
        path = self.folder / "tile.jpg"
        assert image.save(str(path))
        return path

    def write_many(self, count: int) -> list[LogEntry]:
        """Entries one after the other."""
        return [self.desk.write(f"entry number {number}") for number in range(count)]

    def _front(self, page):
        # As in the main window: the page's own buttons stand in the top bar, above it.
        window = QWidget()
        column = QVBoxLayout(window)
        for widget in page.tools_of_bar():
            column.addWidget(widget)
        column.addWidget(page, 1)
        self.qtbot.addWidget(window)
        self.windows.append(window)
        window.resize(1280, 800)
        show(self.qtbot, window)
        page.entered()
        self.settle()
        return page


def offered(page: RecordPage) -> list[str]:
    """The words of the actions about the record shown, in their order, the filled one marked."""
    buttons = [each for each in page.findChildren(ActionBar)[0].buttons.values() if each.isVisibleTo(page)]
    return [f"{each.text()}{'*' if each.kind == 'primary' else ''}" for each in buttons]


def click(page: RecordPage, words: str) -> None:
    """Press the button that says `words`."""
    (button,) = [
        each for each in page.findChildren(ActionButton) if each.text() == words and each.isVisibleTo(page)
    ]
    button.click()


@pytest.fixture
def parts(qtbot: QtBot, tmp_path: Path) -> Iterator[Parts]:
    """A room and a desk, nobody signed in yet."""
    desk = make_desk(tmp_path)
    messages = Messages()
    background = Background(show_error=messages.error)
    changes = ChangeBridge(desk.room.changes)
    away: list[bool] = []
    outbox = Outbox(
        tmp_path / "spool",
        desk.room.site_key,
        desk.room.clock,
        desk.log.vocabulary,
        desk.log.snapshots,
        away=lambda: bool(away),
    )
    sender = Sender(outbox, OutboxWriter(desk.log).write, here=lambda: not away)
    yield Parts(desk, qtbot, DeskSession(), background, messages, changes, tmp_path, outbox, sender, away)
    changes.close()
    assert background.close()
    outbox.close()
    desk.room.database.close()
