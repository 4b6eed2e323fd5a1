"""Every test of the desk draws offscreen, in the desk's own theme."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from controlroom.ui import theme
from controlroom.ui.background import Background
from tests.builders import Room, make_room
from tests.waiting import LIMIT_S


@pytest.fixture(scope="session", autouse=True)
def _themed(qapp: QApplication) -> None:
    theme.apply(qapp)


@pytest.fixture(autouse=True)
def _no_button_stays_pressed(qapp: QApplication) -> Iterator[None]:
    """A button that a test leaves pressed would be pressed for every test after it."""
    yield
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        if qapp.mouseButtons() & button:
            QTest.mouseRelease(QWidget(), button)


@pytest.fixture
def background() -> Iterator[Background]:
    """Work in the background, closed at the end."""
    made = Background()
    yield made
    assert made.close(LIMIT_S), "work was still running at the end"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room with a database and one person per role."""
    made = make_room(tmp_path)
    yield made
    made.database.close()
