"""Closing the desk: asked once what becomes of the recorder, never by a signal, not again where it is settled."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.app.leaving import REMEMBERED, Leaving
from controlroom.settings import Settings
from controlroom.ui.window_state import WindowState
from tests.ui.helpers import show


class Window(QWidget):
    """Closes when it may."""

    closed = 0
    may_close: Any = staticmethod(lambda: True)

    def close(self) -> bool:
        if self.may_close():
            self.closed += 1
        return True


class Closing:
    """A desk as far as leaving it goes."""

    def __init__(self, qtbot: QtBot, setting: str = "ask", asks: bool = True, others: int = 0) -> None:
        self.window = Window()
        self.window.resize(1366, 768)
        qtbot.addWidget(self.window)
        show(qtbot, self.window)
        self.keeper = SimpleNamespace(asks=asks, end_with_desk=False)
        settings = replace(Settings(), recorder_after_close=setting)
        services = SimpleNamespace(settings=settings)
        desk = SimpleNamespace(
            window=self.window,
            state=WindowState(),
            neighbours=SimpleNamespace(known=range(others)),
            room=SimpleNamespace(recorder=self.keeper, services=services),
        )
        self.state = desk.state
        self.leaving = Leaving(cast("Any", desk))


def test_the_window_waits_for_the_answer_and_then_closes(qtbot: QtBot) -> None:
    closing = Closing(qtbot)
    closing.window.close()
    assert closing.window.closed == 0
    assert closing.leaving.panel.isVisible()
    qtbot.keyClick(closing.leaving.panel, Qt.Key.Key_Escape)
    assert not closing.leaving.panel.isVisible()
    assert closing.window.closed == 0
    closing.window.close()
    qtbot.mouseClick(closing.leaving.panel.end, Qt.MouseButton.LeftButton)
    assert closing.window.closed == 1
    assert closing.keeper.end_with_desk
    assert closing.state.get(REMEMBERED) is None
    closing.leaving.at_once()  # what takes the desk down afterwards does not decide anew
    assert closing.keeper.end_with_desk


def test_the_answer_is_remembered_when_wanted(qtbot: QtBot) -> None:
    closing = Closing(qtbot)
    closing.window.close()
    closing.leaving.panel.remember.setChecked(True)
    qtbot.mouseClick(closing.leaving.panel.go_on, Qt.MouseButton.LeftButton)
    assert closing.window.closed == 1
    assert not closing.keeper.end_with_desk
    assert closing.state.get(REMEMBERED) == "goes on"


def test_a_signal_is_never_kept_waiting(qtbot: QtBot) -> None:
    closing = Closing(qtbot)
    closing.leaving.at_once()
    assert closing.window.closed == 1
    assert not closing.keeper.end_with_desk


@pytest.mark.parametrize(
    ("setting", "asks", "others", "ends"),
    [("ends", True, 0, True), ("goes on", True, 0, False), ("ask", False, 0, False), ("ask", True, 1, False)],
)
def test_nothing_is_asked_where_it_is_settled_or_others_need_the_recorder(
    qtbot: QtBot, setting: str, asks: bool, others: int, ends: bool
) -> None:
    closing = Closing(qtbot, setting, asks, others)
    closing.window.close()
    assert closing.window.closed == 1
    assert closing.keeper.end_with_desk is ends
