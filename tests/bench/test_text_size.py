"""What a step of text size costs: the command's figures, over a desk of the test's own."""

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from controlroom.app.desk import Desk
from controlroom.app.room import open_room
from controlroom.bench.text_size import measure
from controlroom.ui import theme
from tests.ui.conftest import _themed

__all__ = ["_themed"]


def test_every_page_takes_a_step_up_and_one_down_and_ends_in_its_usual_size(
    tmp_path: Path, qtbot: QtBot, qapp: QApplication
):
    with open_room(tmp_path / "room") as room:
        root = room.services.accounts.add_first("root", "Administrator", "three random words")
        desk = Desk(room, actor=root)
        qtbot.addWidget(desk.window)
        desk.show(restore=False)
        figures = measure(desk, qapp)
        offered = len(desk.window.offered())
        desk.close()
    assert figures.steps == 2 * offered
    assert figures.step_ms_max >= figures.step_ms > 0
    assert "step_ms" in figures.LIMITS
    assert theme.current().text_scale == 1.0
