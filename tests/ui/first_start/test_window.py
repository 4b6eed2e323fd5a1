"""The first start's window: four steps by keyboard alone, forwards and back, with a plain answer to every mistake."""

from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from controlroom.cameras.devices import DeviceFault, DeviceReport, DiscoveredDevice, FaultKind, StreamProfile
from controlroom.cameras.records import Camera, NewCamera
from controlroom.errors import Unavailable
from controlroom.ui.background import Background
from controlroom.ui.first_start.account import strength
from controlroom.ui.first_start.records import Draft, StorageAnswer
from controlroom.ui.first_start.window import FirstStartWindow
from controlroom.video.records import Look
from tests.ui.helpers import done, failed, settle
from tests.ui.pages.live.fakes import FakeClock, FakePool

PASSWORD = "three random words"
REPORT = DeviceReport(
    "Sandpiper", "SP", profiles=(StreamProfile("s", "sub", "H264", 640, 360, 15, "rtsp://a/b"),)
)


class PlainSetup:
    """What the program does, without doing it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.draft = folder, Draft()
        self.kept = 0
        self.made: tuple[str, str] | None = None
        self.answer = StorageAnswer(True, "PostgreSQL 15 on db: reachable and empty.")
        self.report: Future[object] = done(REPORT)
        self.fails: Exception | None = None
        self.added: list[NewCamera] = []
        self.pictures = FakePool(FakeClock())

    def keep(self) -> None:
        self.kept += 1

    def try_storage(self, url: str, password: str) -> StorageAnswer:
        return self.answer

    def make(self, password: str, database_password: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.made = (password, database_password)

    def resume(self, password: str) -> None:
        if self.fails is not None:
            raise self.fails

    def discover(self):
        return done([DiscoveredDevice("10.0.0.9", 8080, "Camera nine")])

    def probe(self, address):
        return self.report

    def look(self, stream):
        return Look(self.folder / "none.jpg", 1280, 720, "H264", 25.0)

    def add_camera(self, camera: NewCamera) -> Camera:
        self.added.append(camera)
        return Camera(1, camera.number, camera.name, camera.place)


@pytest.fixture
def setup(tmp_path: Path) -> PlainSetup:
    return PlainSetup(tmp_path)


def open_window(qtbot: QtBot, setup: PlainSetup, background: Background) -> FirstStartWindow:
    window = FirstStartWindow(setup, background)  # type: ignore[arg-type]
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def window(qtbot: QtBot, setup: PlainSetup, background: Background) -> FirstStartWindow:
    return open_window(qtbot, setup, background)


def focus(window: FirstStartWindow) -> QWidget:
    focused = window.focusWidget()
    assert focused is not None
    return focused


def type_line(qtbot: QtBot, window: FirstStartWindow, text: str) -> None:
    qtbot.keyClicks(focus(window), text)
    qtbot.keyClick(focus(window), Qt.Key.Key_Return)


def through_account(qtbot: QtBot, window: FirstStartWindow) -> None:
    for text in ("Duty", "", PASSWORD, PASSWORD):
        type_line(qtbot, window, text)


def to_camera(qtbot: QtBot, window: FirstStartWindow, background: Background) -> None:
    through_account(qtbot, window)
    window.go_on()
    window.go_on()
    qtbot.waitUntil(lambda: window.shown is window.camera)
    settle(qtbot, background)


def test_every_step_says_what_it_does_and_what_comes_after(window: FirstStartWindow):
    for page in (window.account, window.storage, window.site, window.camera, window.resume):
        assert page.title
        assert page.does
        assert page.after


@pytest.mark.parametrize(
    ("password", "says"),
    [("", ""), ("elevenchars", "1 more"), ("twelve chars", "Enough"), (PASSWORD, "Good"), ("a" * 30, "repeats"),
     ("correct horse battery staple", "Strong")],
)  # fmt: skip
def test_a_password_is_judged_by_its_length(password: str, says: str):
    assert says in strength(password)[0]


def test_the_account_is_filled_in_by_keys_alone(qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup):
    through_account(qtbot, window)
    assert window.shown is window.storage
    assert (setup.draft.login, setup.draft.handle) == ("duty", "Administrator")


def test_what_is_missing_is_named_at_its_field(qtbot: QtBot, window: FirstStartWindow):
    account = window.account
    window.go_on()
    assert "name" in account.form.error_of(account.login)
    account.login.setText("duty")
    account.password.setText("short")
    window.go_on()
    assert "Too short: 7 more" in account.form.error_of(account.password)
    account.password.setText(PASSWORD)
    account.again.setText("three random wards")
    window.go_on()
    assert "differ" in account.form.error_of(account.again)
    account.again.setText(PASSWORD)
    for field in (account.login, account.handle):
        before = field.text()
        field.setText("\u200b\u200b")
        window.go_on()
        assert "Nobody can see" in account.form.error_of(field)
        field.setText(before)
    assert window.shown is account
    assert window.height() + 40 <= 768, "with a title bar on a small screen"
    window.go_on()
    window.go_on()
    assert window.shown is window.site
    window.site.site.setText("\u200b")
    window.go_on()
    assert window.site.form.error_of(window.site.site) == "Type a name that can be read."


def test_going_back_keeps_what_was_answered(qtbot: QtBot, window: FirstStartWindow):
    through_account(qtbot, window)
    qtbot.keySequence(focus(window), "Alt+Left")
    qtbot.waitUntil(lambda: window.shown is window.account)
    assert window.account.login.text() == "duty"


def test_a_server_is_tried_before_going_on(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    through_account(qtbot, window)
    window.storage.server.setChecked(True)
    window.storage.url.setText("postgresql://desk@db/room")
    setup.answer = StorageAnswer(
        False, "The database refuses the user or the password.", remedy="Type them again."
    )
    window.go_on()
    settle(qtbot, background)
    assert window.shown is window.storage
    assert "refuses the user" in window.storage.answer.text
    setup.answer = StorageAnswer(True, "PostgreSQL 15 on db: reachable and empty.")
    window.storage.password.setText("right")
    window.go_on()
    qtbot.waitUntil(lambda: window.shown is window.site)


def test_two_presses_on_a_server_go_one_step(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    through_account(qtbot, window)
    window.storage.server.setChecked(True)
    window.storage.url.setText("postgresql://desk@db/room")
    setup.answer = StorageAnswer(True, "PostgreSQL 15 on db: reachable and empty.")
    qtbot.keyClick(window.storage.url, Qt.Key.Key_Return)
    qtbot.keyClick(window.storage.url, Qt.Key.Key_Return)
    settle(qtbot, background)
    assert window.shown is window.site


def test_an_answer_about_another_address_counts_for_nothing(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    through_account(qtbot, window)
    window.storage.server.setChecked(True)
    window.storage.url.setText("postgresql://desk@db/room")
    setup.answer = StorageAnswer(True, "PostgreSQL 15 on db: reachable and empty.")
    window.go_on()
    window.storage.url.setText("postgresql://desk@elsewhere/room")
    settle(qtbot, background)
    assert window.shown is window.storage
    assert window.storage.good is None


def test_a_failure_to_make_the_room_is_said_and_can_be_tried_again(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    through_account(qtbot, window)
    window.go_on()
    setup.fails = Unavailable("The disk is full.", "Nothing was made.", "Make room.")
    window.go_on()
    settle(qtbot, background)
    assert "The disk is full." in window.trouble.text
    assert window.shown is window.site
    setup.fails = None
    window.go_on()
    qtbot.waitUntil(lambda: window.shown is window.camera)
    assert setup.made == (PASSWORD, "")


def test_a_camera_is_found_asked_named_and_saved(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    to_camera(qtbot, window, background)
    camera = window.camera
    assert "10.0.0.9" in camera.asking.found.item(0).text()
    camera.asking.found.itemActivated.emit(camera.asking.found.item(0))
    assert (camera.asking.host.text(), camera.asking.port.value()) == ("10.0.0.9", 8080)
    type_line(qtbot, window, "operator")
    type_line(qtbot, window, "simulated")
    qtbot.waitUntil(lambda: camera.asking.report is not None)
    qtbot.waitUntil(lambda: camera.wall is not None and camera.wall.isVisible())
    for text in ("014", "North End"):
        type_line(qtbot, window, text)
    with qtbot.waitSignal(window.finished):
        type_line(qtbot, window, "High Street")
    (added,) = setup.added
    assert (added.number, added.host, added.port, added.sub_stream) == ("014", "10.0.0.9", 8080, "rtsp://a/b")


def test_an_address_without_a_port_is_asked_at_the_usual_one(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    to_camera(qtbot, window, background)
    window.camera.asking.host.setText("10.0.0.5")
    window.camera.asking.ask()
    settle(qtbot, background)
    assert window.camera.new_camera().port == 80


def test_a_refused_password_is_told_and_not_tried_again(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    to_camera(qtbot, window, background)
    setup.report = failed(DeviceFault(FaultKind.NOT_AUTHORISED, "The camera refused the password."))
    window.camera.asking.host.setText("10.0.0.5:8000")
    window.camera.asking.ask()
    settle(qtbot, background)
    assert "refused the password" in window.camera.asking.answer.text
    assert window.camera.asking.port.value() == 8000
    assert window.camera.asking.report is None


def test_the_camera_can_be_left_for_later(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    to_camera(qtbot, window, background)
    with qtbot.waitSignal(window.finished) as finished:
        qtbot.keySequence(focus(window), "Alt+N")
    assert finished.args == [None]


def test_after_a_crash_it_goes_on_where_it_was(qtbot: QtBot, setup: PlainSetup, background: Background):
    setup.draft = Draft(login="duty", made=True)
    window = open_window(qtbot, setup, background)
    assert window.shown is window.resume
    setup.fails = Unavailable("The name or the password is not right.")
    type_line(qtbot, window, "wrong")
    settle(qtbot, background)
    assert "not right" in window.trouble.text
    setup.fails = None
    type_line(qtbot, window, PASSWORD)
    qtbot.waitUntil(lambda: window.shown is window.camera)
    assert not window.back_button.isVisible()
    settle(qtbot, background)


def test_closing_the_window_leaves_the_first_start_for_later(qtbot: QtBot, window: FirstStartWindow):
    with qtbot.waitSignal(window.left):
        window.close()


def test_enter_goes_on_wherever_the_keyboard_is(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    through_account(qtbot, window)
    window.storage.here.setFocus()
    qtbot.keyClick(focus(window), Qt.Key.Key_Return)
    assert window.shown is window.site
    for box in window.site.findChildren(QCheckBox):
        box.setFocus()
    qtbot.keyClick(focus(window), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.shown is window.camera)
    settle(qtbot, background)
    asking = window.camera.asking
    asking.found.setFocus()
    qtbot.keyClick(asking.found, Qt.Key.Key_Down)
    qtbot.keyClick(asking.found, Qt.Key.Key_Return)
    assert (asking.host.text(), asking.port.value()) == ("10.0.0.9", 8080)
    asking.port.setFocus()
    qtbot.keyClick(focus(window), Qt.Key.Key_Return)
    assert asking.username.hasFocus(), "from the port on to what is missing"
    asking.form.protocol.setFocus()
    qtbot.keyClick(focus(window), Qt.Key.Key_Return)
    settle(qtbot, background)
    assert asking.report is not None, "from a choice it asks"
    assert window.camera.number.hasFocus()


def test_what_a_device_tells_of_itself_stands_there_for_a_person_to_correct(
    qtbot: QtBot, window: FirstStartWindow, setup: PlainSetup, background: Background
):
    setup.discover = lambda: done([DiscoveredDevice("10.0.0.9", 8080, "CCTV-041 London Road, bank")])
    to_camera(qtbot, window, background)
    asking = window.camera.asking
    asking.found.itemActivated.emit(asking.found.item(0))
    assert (window.camera.number.text(), window.camera.name.text()) == ("041", "London Road, bank")
