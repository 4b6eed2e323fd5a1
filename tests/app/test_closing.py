"""Closing the desk: asked once what becomes of the recorder, never by a signal, not again where it is settled."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.app.closing import REMEMBERED, Closing
from controlroom.ui.window_state import WindowState
from tests.ui.helpers import show


class Window(QWidget):
    """Closes when it may."""

    closed = 0
    may_close: Any = staticmethod(lambda: True)

    def to_page(self) -> None:
        """Take the keyboard back from a panel that closed."""
        self.setFocus()

    def close(self) -> bool:
        if self.may_close():
            self.closed += 1
        return True


class Left:
    """A desk as far as closing it goes."""

    def __init__(self, qtbot: QtBot, setting: str = "ask", asks: bool = True, others: int = 0) -> None:
        self.window = Window()
        self.window.resize(1366, 768)
        qtbot.addWidget(self.window)
        show(qtbot, self.window)
        self.keeper = SimpleNamespace(asks=asks, end_with_desk=False)
        self.state = WindowState()
        self.closing = Closing(
            cast("Any", self.window),
            cast("Any", self.keeper),
            self.state,
            setting=setting,
            shared=lambda: others > 0,
        )


def test_the_window_waits_for_the_answer_and_then_closes(qtbot: QtBot) -> None:
    left = Left(qtbot)
    left.window.close()
    assert left.window.closed == 0
    assert left.closing.panel.isVisible()
    qtbot.keyClick(left.closing.panel, Qt.Key.Key_Escape)
    assert not left.closing.panel.isVisible()
    assert left.window.closed == 0
    left.window.close()
    qtbot.mouseClick(left.closing.panel.end, Qt.MouseButton.LeftButton)
    assert left.window.closed == 1
    assert left.keeper.end_with_desk
    assert left.state.get(REMEMBERED) is None
    left.closing.at_once()  # what takes the desk down afterwards does not decide anew
    assert left.keeper.end_with_desk


def test_the_answer_is_remembered_when_wanted(qtbot: QtBot) -> None:
    left = Left(qtbot)
    left.window.close()
    left.closing.panel.remember.setChecked(True)
    qtbot.mouseClick(left.closing.panel.go_on, Qt.MouseButton.LeftButton)
    assert left.window.closed == 1
    assert not left.keeper.end_with_desk
    assert left.state.get(REMEMBERED) == "goes on"


def test_a_signal_is_never_kept_waiting(qtbot: QtBot) -> None:
    left = Left(qtbot)
    left.closing.at_once()
    assert left.window.closed == 1
    assert not left.keeper.end_with_desk


@pytest.mark.parametrize(
    ("setting", "asks", "others", "ends"),
    [("ends", True, 0, True), ("goes on", True, 0, False), ("ask", False, 0, False), ("ask", True, 1, False)],
)
def test_nothing_is_asked_where_it_is_settled_or_others_need_the_recorder(
    qtbot: QtBot, setting: str, asks: bool, others: int, ends: bool
) -> None:
    left = Left(qtbot, setting, asks, others)
    left.window.close()
    assert left.window.closed == 1
    assert left.keeper.end_with_desk is ends
