"""A room's first day: 116 cameras from a sheet with twelve faulty rows, corrected and imported again, in the window."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from controlroom.app.desk import Desk
from controlroom.app.room import Room, open_room
from controlroom.cameras.register_file.records import RowState
from controlroom.ui.pages.cameras.page import CamerasPage
from tests.builders import PASSWORD
from tests.cameras.register_file.files import xlsx_file
from tests.ui.conftest import _themed

__all__ = ["_themed"]

HEADINGS = [
    "Camera",
    "Name",
    "Ward",
    "Owner",
    "Transport",
    "IP address",
    "Port",
    "Lat",
    "Lon",
    "Kept",
    "Stream",
]
COLUMN = {name: place for place, name in enumerate(HEADINGS)}
FAULTS = {  # line of the sheet -> heading, what somebody typed there
    5: ("Owner", "concil"),
    11: ("IP address", "10.020.000.011"),
    17: ("Lat", "51,3762"),
    23: ("Kept", "a month"),
    31: ("Camera", ""),
    43: ("Camera", "040"),
    48: ("Port", 99999),
    59: ("Transport", "pigeon"),
    66: ("Stream", "file:///etc/passwd"),
    77: ("Name", "=1/0"),
    101: ("Camera", "one hundred"),
}


def rows(*, faulty: bool) -> list[list[object]]:
    """116 cameras; the fault in line 43 makes line 41 faulty too, since both have one number."""
    made: list[list[object]] = [list(HEADINGS)]
    for number in range(1, 117):
        line = number + 1
        row: list[object] = [
            f"{number:03}", f"Street {number}", "Fairfield", "public realm", "fibre", f"10.20.0.{number}", 80,
            51.37, -0.1, 31, f"rtsp://room:s3cret-{number}@10.20.0.{number}/main",
        ]  # fmt: skip
        if faulty and line in FAULTS:
            heading, value = FAULTS[line]
            row[COLUMN[heading]] = value
        made.append(row)
    return made


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path / "room") as made:
        made.services.accounts.add_first("chief", "Administrator", PASSWORD)
        yield made


@pytest.fixture
def desk(room: Room, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(room, actor=room.services.sign_in.sign_in("chief", PASSWORD))
    qtbot.addWidget(desk.window)
    desk.window.resize(1600, 950)
    desk.show(restore=False)
    yield desk
    desk.close()


class Hands:
    """Keys pressed in the window, each followed by the end of what it began."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot

    def press(self, keys: str) -> None:
        QTest.keySequence(QApplication.focusWidget() or self.desk.window, keys)
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            QApplication.processEvents()
            self.qtbot.waitUntil(lambda: not self.desk.background.busy)

    def choose(self, path: Path) -> None:
        """Type a path into the dialog for files that is open."""
        (dialog,) = [each for each in self.desk.window.findChildren(QFileDialog) if each.isVisible()]
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(edit, QLineEdit)
        edit.setText(str(path))
        QTest.keyClick(edit, Qt.Key.Key_Return)
        self.desk.window.activateWindow()
        self.qtbot.waitUntil(self.desk.window.isActiveWindow)
        self.settle()


def lines(page: CamerasPage) -> Sequence[int]:
    return [each.row.line for each in page.importing.list.table.shown_records()]


def test_116_cameras_with_twelve_faulty_rows_are_corrected_and_imported_again(
    desk: Desk, room: Room, qtbot: QtBot, tmp_path: Path
):
    hands, page = Hands(desk, qtbot), desk.window.page(CamerasPage)
    path = xlsx_file(tmp_path / "cameras.xlsx", rows(faulty=True))
    hands.press(page.shortcut)
    hands.press("I")
    hands.choose(path)
    panel = page.importing
    qtbot.waitUntil(lambda: panel.preview is not None)
    hands.settle()
    assert panel.isVisible()
    assert not page.records.isVisible()
    assert panel.summary.text() == "116 rows: 12 with faults, 104 new."
    assert lines(page)[:12] == sorted([*FAULTS, 41]), "faults first"
    first = panel.list.table.shown_records()[0]
    assert first.cells == "D5"
    panel.list.select(5)
    assert "D5 Owner “concil”: this is no owner." in panel.row.words

    hands.press("A")  # with faults nothing is written
    assert desk.messages.last is not None
    assert "12 rows have faults" in desk.messages.last.text
    hands.press("V")
    hands.choose(tmp_path / "faults.csv")
    assert len((tmp_path / "faults.csv").read_text("utf-8-sig").splitlines()) == 13

    hands.press("O")  # the others alone
    hands.press("A")
    assert len(page.list.cameras) == 0 or page.importing.isVisible()
    assert panel.preview is not None
    assert (panel.preview.count(RowState.SAME), panel.faulty) == (104, 12)

    xlsx_file(path, rows(faulty=False))
    hands.press("G")
    assert panel.summary.text() == "116 rows: 12 new, 104 the same."
    hands.press("A")
    qtbot.waitUntil(lambda: len(page.list.cameras) == 116)
    assert not panel.isVisible()
    assert page.records.isVisible()
    cameras = room.services.cameras.cameras(desk.session.actor)
    assert [each.number for each in cameras] == [f"{number:03}" for number in range(1, 117)]
    logins = room.services.cameras.logins(desk.session.actor)
    assert {logins[each.id].password for each in cameras} == {f"s3cret-{number}" for number in range(1, 117)}

    panel.read_file(path)
    hands.settle()
    assert panel.summary.text() == "116 rows: 116 the same."
    assert panel.why_not() == "Nothing in the file is new or differs."
    hands.press("Esc")
    assert page.records.isVisible()
