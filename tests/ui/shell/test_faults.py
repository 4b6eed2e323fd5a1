"""Faults from everywhere end in one quiet band, counted, never stacked, never over the page."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal, qCritical
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Role
from controlroom.ui.background import Background
from controlroom.ui.messages import Message, Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell import fault_panel, faults
from controlroom.ui.shell.faults import Faults, install
from controlroom.ui.shell.main_window import MainWindow
from tests.ui.helpers import PlainPage, actor, show

PLANTED = "Rosalind Kettleborough"


@pytest.fixture
def caught(qtbot: QtBot):
    """A book of faults with the hooks in place, and everything as it was afterwards."""
    made = Faults()
    put_back = install(made)
    yield made
    put_back()


@pytest.fixture
def window(caught: Faults, qtbot: QtBot, background: Background) -> MainWindow:
    session = DeskSession(actor(Role.OPERATOR, 7, "Operator 07"))
    messages = Messages()
    messages.take_fault = caught.take
    made = MainWindow(session, messages, [PlainPage("Live", "Alt+1")], faults=caught, background=background)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    show(qtbot, made)
    return made


def fail() -> None:
    raise KeyError(PLANTED)


def page_of(window: MainWindow) -> QWidget:
    assert window.current is not None
    return window.current


def said(window: MainWindow) -> Message:
    assert window._messages.last is not None
    return window._messages.last


def count(book: Faults) -> list[int]:
    return [fault.count for fault in book.all()]


class Teller(QObject):
    told = Signal()


@pytest.mark.qt_no_exception_capture
def test_a_fault_in_a_slot_is_caught_and_the_desk_goes_on(caught: Faults, qtbot: QtBot):
    teller, after = Teller(), []
    teller.told.connect(fail)
    teller.told.connect(lambda: after.append("went on"))
    with qtbot.waitSignal(caught.happened) as told:
        QTimer.singleShot(0, teller.told.emit)
    assert told.args is not None
    assert told.args[0].where == "the window's own work"
    assert after == ["went on"]


@pytest.mark.qt_no_exception_capture
def test_a_fault_in_a_thread_and_in_an_object_going_are_caught(caught: Faults, qtbot: QtBot):
    class Failing:
        def __del__(self) -> None:
            fail()

    with qtbot.waitSignal(caught.happened):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    Failing()
    qtbot.waitUntil(lambda: len(caught.all()) == 2)
    assert {fault.where for fault in caught.all()} == {"a thread", "an object being taken away"}


def test_a_fault_in_background_work_comes_through_the_one_door(window: MainWindow, caught, background, qtbot):
    background._show_error = window._messages.error
    background.run(fail)
    qtbot.waitUntil(window.fault_panel.isVisible)
    assert caught.all()[0].where == "work in the background"
    assert window.strip.messages() == [], "the band says it; the strip does not say it again"
    assert window._messages.book.newest_first()[0].message.text.startswith("Something in the program failed")


@pytest.mark.qt_log_ignore("socket notifier")
def test_a_grave_word_of_qt_is_a_fault(caught: Faults, qtbot: QtBot):
    qCritical("the socket notifier is gone")
    qtbot.waitUntil(lambda: len(caught.all()) == 1)
    assert caught.all()[0].where == "Qt"


def test_the_same_fault_is_counted_not_stacked(window: MainWindow, caught: Faults, qtbot: QtBot):
    told: list[object] = []
    caught.happened.connect(told.append)
    for _ in range(500):
        try:
            fail()
        except KeyError as error:
            caught.take(error, "a test")
    qtbot.waitUntil(lambda: told != [])
    assert count(caught) == [500]
    assert len(told) == 1
    assert "500 times" in window.fault_panel._what.text()
    assert len(window._messages.book.newest_first()) == 1


def test_five_hundred_of_one_fault_fill_no_log(caught: Faults, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR):
        for _ in range(500):
            try:
                fail()
            except KeyError as error:
                caught.take(error, "a test")
    assert len(caplog.records) == 9  # 1, 2, 4 … 256


def test_different_places_are_different_faults(caught: Faults):
    for exception in (KeyError("a"), KeyError("b"), ValueError("a")):
        try:
            raise exception
        except Exception as error:
            caught.take(error, "a test")
    assert len(caught.all()) == 2


def test_a_fault_of_the_panel_itself_is_logged_and_told_nowhere(caught: Faults, monkeypatch, window, qtbot):
    told: list[object] = []
    caught.happened.connect(told.append)
    with qtbot.captureExceptions(), monkeypatch.context() as broken:
        broken.setattr(fault_panel, "show_time", lambda *_args, **_words: fail())
        try:
            fail()
        except KeyError as error:
            caught.take(error, "a test")
        qtbot.waitUntil(lambda: told != [])
        try:
            window.fault_panel.show_fault(caught.all()[0])
        except KeyError as error:
            caught.take(error, "the window's own work")
    caught.take(ValueError("another fault"), "a test")
    qtbot.waitUntil(lambda: len(told) > 1)
    panels = [fault for fault in caught.all() if not fault.told]
    assert len(panels) == 1
    assert panels[0] not in told, "the later fault was told, this one was not"


def test_the_band_takes_room_from_the_page_and_covers_nothing(
    window: MainWindow, caught: Faults, qtbot: QtBot
):
    before = page_of(window).height()
    caught.take(ValueError(PLANTED), "a test")
    qtbot.waitUntil(window.fault_panel.isVisible)
    qtbot.waitUntil(lambda: page_of(window).height() < before)
    window.fault_panel.toggle_report()
    qtbot.waitUntil(window.fault_panel.text.isVisible)
    page, band = page_of(window), window.fault_panel
    assert band.mapTo(window, band.rect().topLeft()).y() >= page.mapTo(window, page.rect().bottomLeft()).y()
    assert not band.isWindow()


def test_the_report_is_copied_without_what_is_typed_on_the_page(
    window: MainWindow, caught: Faults, qtbot: QtBot
):
    caught.typed = faults.typed_now
    name = QLineEdit(PLANTED, window.current)
    text = QPlainTextEdit("seen limping\ntowards the arcade", window.current)
    try:
        fail()
    except KeyError as error:
        caught.take(error, f"a test {PLANTED} seen limping")
    qtbot.waitUntil(window.fault_panel.isVisible)
    window.fault_panel.copy()
    copied = QGuiApplication.clipboard().text()
    assert "KeyError" in copied
    for planted in (name.text(), *text.toPlainText().splitlines()):
        assert planted not in copied


def test_the_report_is_saved_and_a_folder_that_refuses_is_said(
    window: MainWindow, caught: Faults, tmp_path: Path, qtbot: QtBot
):
    caught.take(ValueError("x"), "a test")
    qtbot.waitUntil(window.fault_panel.isVisible)
    window.fault_panel.save(tmp_path / "report.txt")
    qtbot.waitUntil((tmp_path / "report.txt").exists)
    qtbot.waitUntil(lambda: "saved as report.txt" in said(window).text)
    assert "What failed" in (tmp_path / "report.txt").read_text()
    window.fault_panel.save(tmp_path / "no such folder" / "report.txt")
    qtbot.waitUntil(lambda: said(window).kind == "error")
    assert "No such file or directory" in said(window).text


def test_escape_puts_the_band_away_and_its_key_brings_it_back(
    window: MainWindow, caught: Faults, qtbot: QtBot
):
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_E, both)
    assert "Nothing in the program has failed" in said(window).text
    caught.take(ValueError("x"), "a test")
    qtbot.waitUntil(window.fault_panel.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_E, both)
    assert window.fault_panel.text.hasFocus()
    qtbot.keyClick(window.fault_panel.text, Qt.Key.Key_Escape)
    assert not window.fault_panel.isVisible()


def test_qts_last_words_are_written_before_it_ends_the_program_and_offered_once(tmp_path: Path):
    program = (
        "import sys; from pathlib import Path\n"
        "from PySide6.QtCore import qFatal\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from controlroom.ui.shell.faults import Faults, install\n"
        "app = QApplication([]); book = Faults(); install(book, Path(sys.argv[1])); qFatal('it is over')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, check=False)
    assert ended.returncode != 0
    left = faults.left_behind(tmp_path)
    assert left is not None
    assert "Qt, which ended the program" in left.read_text()
    assert faults.left_behind(tmp_path) is None
