"""Small things the tests of the desk share."""

from concurrent.futures import Future

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor, Role
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Page
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.window_state import WindowState
from tests.builders import Room


def actor(role: Role = Role.OPERATOR, user_id: int = 1, handle: str = "Operator 07") -> Actor:
    """Somebody with one role."""
    return Actor(user_id, handle, frozenset({role}))


def settle(qtbot: QtBot, background: Background) -> None:
    """Wait until nothing is under way in the background."""
    qtbot.waitUntil(lambda: not background.busy)


def show(qtbot: QtBot, widget: QWidget) -> None:
    """Show a window and give it the keyboard."""
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)


def words_in(widget: QWidget) -> str:
    """Everything the visible labels of a widget say."""
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def done(result: object) -> "Future[object]":
    """A future that is there already."""
    future: Future[object] = Future()
    future.set_result(result)
    return future


def failed(error: Exception) -> "Future[object]":
    """A future that failed already."""
    future: Future[object] = Future()
    future.set_exception(error)
    return future


def page_context(
    session: DeskSession,
    background: Background,
    room: Room,
    *,
    messages: Messages | None = None,
    changes: ChangeBridge | None = None,
    state: WindowState | None = None,
) -> PageContext:
    """What a page takes first, over a test's room."""
    return PageContext(
        session,
        background,
        messages or Messages(),
        changes or ChangeBridge(room.changes),
        room.clock,
        state or WindowState(),
    )


class PlainPage(Page):
    """A page that notes its coming and going."""

    def __init__(self, title: str, shortcut: str = "", permission: Permission | None = None) -> None:
        super().__init__()
        self.title, self.shortcut, self.permission = title, shortcut, permission
        self.seen: list[str] = []

    def entered(self) -> None:
        self.seen.append("entered")

    def left(self) -> None:
        self.seen.append("left")
