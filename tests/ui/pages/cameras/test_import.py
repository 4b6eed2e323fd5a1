"""The preview of a register file on the Cameras page, over a real register."""

from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.register_file.reading import read_register_file
from controlroom.cameras.register_import import RegisterImport
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.cameras.register_file.files import csv_file
from tests.ui.helpers import page_context, settle, show
from tests.ui.pages.cameras.parts import no_picture

ROWS = [
    ["Number", "Name", "Owner", "Extra"],
    ["014", "George Street, station", "", ""],
    ["055", "London Road", "concil", ""],
    ["H03", "Handcroft Road", "housing", "x"],
]


class Control(ControlClient):
    """Stands for the control process: a camera is at 10.0.0.7, and discovery finds it too."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.silent: list[Future[DiscoveredDevice | None]] = []

    def discover(self) -> "Future[list[DiscoveredDevice]]":
        found: Future[list[DiscoveredDevice]] = Future()
        found.set_result([DiscoveredDevice("10.0.0.7", 80, "Camera 41", "Q6225", make="Axis")])
        return found

    def ask_once(self, host: str, port: int) -> "Future[DiscoveredDevice | None]":
        self.asked.append((host, port))
        answer: Future[DiscoveredDevice | None] = Future()
        if host.endswith(".9"):
            self.silent.append(answer)
        else:
            there = host == "10.0.0.7"
            answer.set_result(
                DiscoveredDevice(host, port, "Axis Q6225", "Q6225", make="Axis") if there else None
            )
        return answer


class Hands:
    """The page, and what a person does on it."""

    def __init__(self, page: CamerasPage, qtbot: QtBot, background: Background, folder: Path) -> None:
        self.page, self.qtbot, self.background, self.folder = page, qtbot, background, folder
        self.panel = page.importing

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.panel.list.table.view, key)
        settle(self.qtbot, self.background)

    def press_on_page(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.page.table.view, key)
        settle(self.qtbot, self.background)

    def read(self, *rows: list[str]) -> None:
        self.panel.read_file(csv_file(self.folder / "cameras.csv", rows or ROWS))
        settle(self.qtbot, self.background)

    def words(self) -> list[str]:
        return [f"{each.word} {each.row.number}" for each in self.panel.list.table.shown_records()]


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def session(room: Room) -> DeskSession:
    return DeskSession(room.supervisor)


@pytest.fixture
def control() -> Control:
    return Control()


@pytest.fixture
def hands(
    qtbot: QtBot,
    room: Room,
    session: DeskSession,
    background: Background,
    messages: Messages,
    control: Control,
) -> Hands:
    for number in ("014", "090"):
        room.add_camera(number, "George Street")
    page = CamerasPage(
        page_context(session, background, room, messages=messages),
        room.cameras,
        control,
        lambda *_: None,
        RegisterImport(room.database, room.site_key),
        no_picture,
    )
    page.resize(1300, 700)
    for widget in page.tools_of_bar():
        widget.setParent(page)
    page.refused.connect(lambda why: messages.show(why, "info"))
    qtbot.addWidget(page)
    show(qtbot, page)
    page.entered()
    settle(qtbot, background)
    return Hands(page, qtbot, background, room.folder)


def test_the_preview_lists_faults_first_and_says_what_else_is_to_be_known(hands: Hands):
    hands.read()
    assert hands.words() == ["fault 055", "differs 014", "new H03"]
    assert hands.panel.summary.text() == "3 rows: 1 with faults, 1 new, 1 differ."
    for words in ("D Extra", "1 camera of the register is not named", "090", "An empty cell leaves"):
        assert words in hands.panel.remarks.text()
    hands.panel.list.select(2)
    assert dict(hands.panel.row._changes.facts) == {"Name": "George Street → George Street, station"}
    assert dict(hands.panel.row._texts.facts) == {"Number": "014", "Name": "George Street, station"}
    assert not hands.page.records.isVisible()


def test_rows_are_left_out_by_their_keys_and_the_rest_is_imported_whole(
    hands: Hands, room: Room, messages: Messages
):
    hands.read()
    hands.press(Qt.Key.Key_A)
    assert messages.last is not None
    assert messages.last.text.startswith("1 row has faults")
    hands.press(Qt.Key.Key_O)
    hands.panel.list.select(2)
    hands.press(Qt.Key.Key_K)
    assert hands.words() == ["left out 055", "new H03", "left out 014"]
    assert hands.page.files.accept.short == "Import 1 camera"
    hands.press(Qt.Key.Key_A)
    assert [each.number for each in room.cameras.cameras(room.operator)] == ["014", "090", "H03"]
    assert room.cameras.cameras(room.operator)[0].name == "George Street"
    assert hands.panel.isVisible(), "a row with faults is left to be corrected"
    hands.press(Qt.Key.Key_Escape)
    assert hands.page.records.isVisible()
    assert hands.page.home() is hands.page.records


def test_a_camera_changed_meanwhile_is_told_and_looked_at_again(hands: Hands, room: Room):
    hands.read(["Number", "Name"], ["014", "Station"])
    room.cameras.retire(room.administrator, 1)
    room.cameras.bring_back(room.administrator, 1)
    hands.press(Qt.Key.Key_A)
    assert "Changed by somebody else since the file was compared: camera 014." in hands.panel.trouble
    hands.press(Qt.Key.Key_G)
    assert hands.panel.trouble == ""
    hands.press(Qt.Key.Key_A)
    assert room.cameras.cameras(room.operator)[0].name == "Station"


def test_what_is_no_sheet_is_told_in_the_panel(hands: Hands):
    hands.read(["a", "b"], ["1", "2"])
    assert "has no row of headings" in hands.panel.trouble
    assert not hands.panel.working
    assert hands.panel.list.table.shown_records() == []


def test_a_dropped_file_is_compared_for_whoever_may_change_cameras(
    hands: Hands, session: DeskSession, room: Room, qtbot: QtBot, background: Background
):
    path = csv_file(room.folder / "dropped.csv", ROWS)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(5, 5), copy, data, button, none)
    hands.page.dragEnterEvent(entered)
    assert entered.isAccepted()
    hands.page.dropEvent(QDropEvent(QPointF(5, 5), copy, data, button, none))
    settle(qtbot, background)
    assert hands.panel.preview is not None
    session.sign_in(room.operator)
    settle(qtbot, background)
    assert hands.panel.preview is None, "another person sees nothing of it"
    assert not hands.panel.isVisible()
    hands.page.dropEvent(QDropEvent(QPointF(5, 5), copy, data, button, none))
    settle(qtbot, background)
    assert hands.panel.preview is None


def test_closing_drops_what_is_still_being_read(hands: Hands, qtbot: QtBot, background: Background):
    hands.panel.read_file(csv_file(hands.folder / "cameras.csv", ROWS))
    assert hands.panel.working
    hands.panel.close_panel()
    settle(qtbot, background)
    assert hands.panel.preview is None
    assert hands.page.records.isVisible()


def test_the_register_is_exported_from_the_page(
    hands: Hands, room: Room, qtbot: QtBot, background: Background, messages: Messages
):
    hands.page.files.export_to(room.folder / "out.xlsx")
    settle(qtbot, background)
    assert messages.last is not None
    assert messages.last.text == "2 cameras exported to out.xlsx, without passwords."
    hands.panel.read_file(room.folder / "out.xlsx")
    settle(qtbot, background)
    assert hands.panel.summary.text() == "2 rows: 2 the same."
    hands.press(Qt.Key.Key_Escape)
    hands.page.table.search.setText("090")
    qtbot.waitUntil(lambda: len(hands.page.table.shown_records()) == 1)
    hands.page.files.export_to(room.folder / "shown.csv", shown_only=True)
    settle(qtbot, background)
    assert [row.number for row in read_register_file(room.folder / "shown.csv").rows] == ["090"]


def test_what_discovery_finds_fills_the_preview_and_is_named_by_a_person(hands: Hands, room: Room):
    hands.press_on_page(Qt.Key.Key_F)
    assert hands.words() == ["new 041"], "its own name says a number that is free"
    hands.panel.list.select(1)
    hands.press(Qt.Key.Key_P)
    form = hands.panel.row.form
    assert form is not None
    form.fill("number", "h09")
    form.fill("name", "Surrey Street")
    form.submit()
    settle(hands.qtbot, hands.background)
    assert hands.words() == ["new H09"]
    hands.press(Qt.Key.Key_A)
    camera = room.cameras.cameras(room.operator)[-1]
    assert (camera.number, camera.name, camera.host, camera.make, camera.model, camera.untried) == (
        "H09", "Surrey Street", "10.0.0.7", "Axis", "Q6225", True,
    )  # fmt: skip
    hands.press_on_page(Qt.Key.Key_F)
    assert hands.words() == ["same H09"], "an address that is on the register is that camera"


def test_a_range_typed_by_a_person_is_asked_and_no_address_beyond_it(hands: Hands, control: Control):
    hands.press_on_page(Qt.Key.Key_R)
    form = hands.page.forms.form
    assert form is not None
    form.fill("range", "10.0.0.5-300")
    form.submit()
    assert hands.page.forms.form is form, "what is no range is said at the field"
    form.fill("range", "10.0.0.5-8")
    form.fill("port", "8080")
    form.submit()
    settle(hands.qtbot, hands.background)
    hands.qtbot.waitUntil(lambda: hands.panel.preview is not None)
    assert control.asked == [(f"10.0.0.{last}", 8080) for last in range(5, 9)]
    assert hands.words() == ["new 091"], "the next free number is proposed"


def test_a_search_is_stopped_by_its_key_and_shows_what_it_found(hands: Hands, control: Control):
    hands.panel.search_range("10.0.0.7-200", [f"10.0.0.{last}" for last in (7, 9)], 80)
    hands.qtbot.waitUntil(lambda: len(control.silent) == 1)
    assert hands.panel.why_not() == "The file is being read or written."
    hands.panel.search.stop()
    control.silent[0].set_result(None)
    hands.qtbot.waitUntil(lambda: hands.panel.preview is not None)
    assert hands.words() == ["new 091"]
