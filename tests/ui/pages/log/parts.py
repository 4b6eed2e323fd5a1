"""What the log's and the incidents' pages are built from in tests: a real room, and the desk's own helpers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor
from controlroom.incidents.restricted.service import RestrictionService
from controlroom.log.records import LogEntry
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.record_side import ActionBar
from controlroom.ui.messages import Messages
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.session import DeskSession
from tests.incidents.desk import Desk, make_desk
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
    windows: list[QWidget] = field(default_factory=list)

    @property
    def context(self) -> PageContext:
        """What every page takes first."""
        return page_context(
            self.session, self.background, self.desk.room, messages=self.messages, changes=self.changes
        )

    def log_page(self, who: Actor | None = None) -> LogPage:
        """The Log page in front, its list read."""
        self.session.sign_in(who or self.desk.operator)
        page = LogPage(self.context, self.desk.log)
        return self._front(page)

    def incidents_page(self, who: Actor | None = None) -> IncidentsPage:
        """The Incidents page in front, its list read."""
        self.session.sign_in(who or self.desk.operator)
        desk = self.desk
        page = IncidentsPage(
            self.context,
            desk.incidents,
            desk.log,
            desk.room.cameras,
            RestrictionService(desk.room.database),
        )
        return self._front(page)

    def settle(self) -> None:
        """Wait until nothing is under way."""
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
    yield Parts(desk, qtbot, DeskSession(), background, messages, changes, tmp_path)
    changes.close()
    assert background.close()
    desk.room.database.close()
