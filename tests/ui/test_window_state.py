"""Remembered looks: losing them loses nothing else, each person finds their own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from controlroom.ui.background import Background
from controlroom.ui.shell.window_place import KEY, WindowPlace
from controlroom.ui.window_state import WindowState
from tests.waiting import wait_until


def test_values_come_back_after_a_restart(tmp_path: Path):
    path = tmp_path / "deep" / "window.json"
    first = WindowState(path)
    first.set("theme", "light")
    first.save()
    assert WindowState(path).get("theme") == "light"
    assert [each.name for each in path.parent.iterdir()] == ["window.json"], "no draft is left"


@pytest.mark.parametrize("text", ["{not json", "[1, 2]", "", '{"people": 3}', "\x00\xff"])
def test_an_unreadable_file_is_begun_afresh_and_said_in_the_log(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
):
    path = tmp_path / "window.json"
    path.write_bytes(text.encode("latin-1"))
    assert WindowState(path).get("theme", "dark") == "dark"
    assert "begun afresh" in caplog.text


def test_a_folder_that_cannot_be_written_loses_nothing_before_the_end_and_is_said_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    obstacle = tmp_path / "deep"
    obstacle.write_text("in the way", encoding="utf-8")
    state = WindowState(obstacle / "window.json")
    state.set("theme", "light")
    state.save()
    assert "could not be saved" in caplog.text
    assert state.get("theme") == "light"
    obstacle.unlink()
    state.save()
    assert WindowState(obstacle / "window.json").get("theme") == "light", (
        "it is tried again with the next save"
    )


def test_nothing_is_written_when_nothing_changed(tmp_path: Path):
    path = tmp_path / "window.json"
    WindowState(path).save()
    assert not path.exists()


class Table:
    def __init__(self, state: WindowState) -> None:
        self.state, self.widths = state, [0]
        state.follow(self.take)

    @property
    def width(self) -> int:
        return self.widths[-1]

    def take(self) -> None:
        self.widths.append(self.state.get("table.width", 100))


def test_each_person_finds_their_own_and_the_wall_stays_the_desks(tmp_path: Path):
    state = WindowState(tmp_path / "window.json")
    table = Table(state)
    state.sit_down(7)
    state.set("table.width", 300)
    state.set("live.size", 9)
    state.sit_down(8)
    assert table.width == 100
    assert state.get("live.size") == 9
    state.sit_down(7)
    assert table.width == 300
    state.save()
    again = WindowState(tmp_path / "window.json")
    again.sit_down(7)
    assert again.get("table.width") == 300


def test_what_followed_and_is_gone_is_not_called(tmp_path: Path):
    state = WindowState()
    table, other = Table(state), Table(state)
    state.sit_down(7)
    gone = table.widths
    del table
    state.sit_down(8)
    assert (len(gone), len(other.widths)) == (2, 3)


@pytest.mark.parametrize("kept", [["a", 1], [1], 5, None, [1.5, 2], {"a": 1}])
def test_nonsense_where_numbers_belong_counts_as_not_remembered(kept: object):
    state = WindowState()
    state.set("log.split", kept)
    assert state.numbers("log.split", [600, 1200]) == [600, 1200]


# -- the window's place ----------------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    made.setMinimumSize(300, 200)
    qtbot.addWidget(made)
    return made


def test_a_move_is_written_soon_without_closing_anything(
    window: QMainWindow, background: Background, tmp_path: Path, qtbot: QtBot
):
    path = tmp_path / "window.json"
    place = WindowPlace(window, WindowState(path), background)
    place.restore()
    window.show()
    window.setGeometry(40, 30, 500, 400)
    qtbot.waitUntil(lambda: path.exists() and json.loads(path.read_text())[KEY]["w"] == 500)
    assert not window.isHidden()


def test_the_window_comes_back_where_it_was(window: QMainWindow):
    state = WindowState()
    state.set(KEY, {"x": 40, "y": 30, "w": 500, "h": 400, "maximised": False, "full": False})
    WindowPlace(window, state).restore()
    assert window.geometry().getRect() == (40, 30, 500, 400)


@pytest.mark.parametrize(
    "kept",
    [
        {"x": 9000, "y": 100, "w": 800, "h": 600},  # on a monitor that is gone
        {"x": -5000, "y": -4000, "w": 800, "h": 600},
        {"x": 0, "y": 0, "w": 90_000, "h": 70_000},
        {"x": 0, "y": 0, "w": 1, "h": 1},
        {"x": 10, "y": -900, "w": 800, "h": 600},  # its upper edge cannot be reached
    ],
)
def test_a_vanished_monitor_or_an_absurd_size_brings_it_back_onto_a_screen(
    window: QMainWindow, kept: dict[str, int]
):
    state = WindowState()
    state.set(KEY, kept)
    WindowPlace(window, state).restore()
    screen = QGuiApplication.primaryScreen().availableGeometry()
    found = window.geometry()
    assert screen.contains(found.topLeft())
    assert found.width() <= screen.width()
    assert found.height() <= screen.height()
    assert found.width() >= 300


@pytest.mark.parametrize(
    "kept", ["AdnQywAD", {"x": "a"}, {"x": 1, "y": 1, "w": None, "h": 5}, 7, {"w": True}]
)
def test_a_place_that_makes_no_sense_is_the_first_one(window: QMainWindow, kept: object):
    state = WindowState()
    state.set(KEY, kept)
    WindowPlace(window, state).restore()
    assert window.width() >= 300


def test_a_maximised_window_comes_back_maximised(window: QMainWindow):
    state = WindowState()
    state.set(KEY, {"x": 40, "y": 30, "w": 500, "h": 400, "maximised": True})
    WindowPlace(window, state).restore()
    assert window.isMaximized()


SAVING = (
    "import sys; from pathlib import Path; from controlroom.ui.window_state import WindowState\n"
    "state = WindowState(Path(sys.argv[1])); n = 0\n"
    "while True:\n"
    "    n += 1; state.set('table.x', ['long'] * 4000 + [n]); state.save()\n"
)


def test_a_kill_in_the_middle_of_saving_leaves_a_whole_file(tmp_path: Path):
    path = tmp_path / "window.json"
    with subprocess.Popen([sys.executable, "-c", SAVING, str(path)]) as saving:
        wait_until(path.exists, why="the first save")
        for _ in range(3):
            assert len(json.loads(path.read_text())["table.x"]) == 4001
        os.kill(saving.pid, signal.SIGKILL)
        saving.wait()
    assert len(WindowState(path).get("table.x")) == 4001


def test_the_whole_window_is_on_its_screen_with_its_frame_and_title_bar(qtbot: QtBot):
    window = QMainWindow()
    qtbot.addWidget(window)
    place = WindowPlace(window, WindowState())
    room = window.screen().availableGeometry()
    window.resize(room.size())
    window.show()
    assert window.frameGeometry().height() > room.height(), "the desktop puts a frame around it"
    qtbot.waitUntil(lambda: room.contains(window.frameGeometry()))
    inside = window.frameGeometry()
    window.resize(room.width() + 300, room.height())
    place.fit_frame()
    assert window.width() == room.width() + 300, "somebody made it larger than the screen"
    window.resize(inside.size())
    place.fit_frame()
    assert room.contains(window.frameGeometry())
