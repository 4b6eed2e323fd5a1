"""The log line never loses what was typed."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from controlroom.errors import Unavailable
from controlroom.log.search import cad_in
from controlroom.ui.shell.log_line import LogLine
from tests.ui.helpers import show

AT = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)
TROUBLE = Unavailable("The database did not answer.", "The entry is not saved.", "Press Enter to try again.")


@pytest.fixture
def line(qtbot: QtBot) -> LogLine:
    made = LogLine()
    made.set_vocabulary(["own sighting", "Airwave", "retail radio"], ["robbery", "theft from shop"])
    made.resize(1200, 46)
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def sent(line: LogLine) -> list[tuple[str, object, str, str]]:
    """Entries as they are emitted."""
    entries: list[tuple[str, object, str, str]] = []
    line.entry_submitted.connect(lambda *entry: entries.append(entry))
    return entries


def test_enter_sends_text_camera_source_and_category(line: LogLine, qtbot: QtBot):
    entries = sent(line)
    line.set_camera(14, "014", "George Street")
    qtbot.keyClicks(line.edit, "Two males running")
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    assert entries == [("Two males running", 14, "own sighting", "")]
    assert line.outcome == "saving…"


def test_an_entry_needs_no_camera(line: LogLine, qtbot: QtBot):
    entries = sent(line)
    qtbot.keyClicks(line.edit, "Met Control: look-out")
    line.submit()
    assert entries[0][1] is None


def test_a_cad_typed_in_the_line_is_said_before_it_is_saved(line: LogLine, qtbot: QtBot):
    line.set_cad_reader(lambda text: cad_in(text, AT.date()))
    qtbot.keyClicks(line.edit, "Male detained, CAD 1234")
    assert line.cad == "1234/20NOV"
    qtbot.keyClicks(line.edit, "/30NOV26")
    assert line.cad == "1234/30NOV"
    line.submit()
    assert line.cad == ""


def test_an_empty_line_sends_nothing(line: LogLine, qtbot: QtBot):
    with qtbot.assertNotEmitted(line.entry_submitted):
        qtbot.keyClicks(line.edit, "   ")
        line.submit()


def test_it_says_when_the_entry_was_saved(line: LogLine, qtbot: QtBot):
    qtbot.keyClicks(line.edit, "Quiet")
    line.submit()
    line.accepted(AT, away=False)
    line.written(AT)
    assert line.outcome == "saved 22:41"
    assert line.text == ""


def test_the_text_comes_back_when_it_could_not_be_saved(line: LogLine, qtbot: QtBot):
    line.set_camera(14, "014")
    qtbot.keyClicks(line.edit, "Two males running")
    line.submit()
    line.failed(TROUBLE)
    assert line.text == "Two males running"
    assert "The database did not answer." in line.outcome
    entries = sent(line)
    line.submit()
    assert entries == [("Two males running", 14, "own sighting", "")]


def test_something_new_typed_meanwhile_is_kept_beside_the_failed_text(line: LogLine, qtbot: QtBot):
    qtbot.keyClicks(line.edit, "first")
    line.submit()
    qtbot.keyClicks(line.edit, "second")
    line.failed(TROUBLE)
    assert line.text == "second"
    assert line.unsaved() == ["first"]
    line.put_back()
    assert line.text == "first"
    assert line.unsaved() == ["second"]
    line.submit()
    line.put_back()
    assert line.text == "second"
    assert line.unsaved() == []


def test_the_camera_of_a_failed_entry_comes_back_with_it(line: LogLine, qtbot: QtBot):
    line.set_camera(14, "014")
    qtbot.keyClicks(line.edit, "first")
    line.submit()
    line.set_camera(41, "041")
    line.failed(TROUBLE)
    entries = sent(line)
    line.submit()
    assert entries[0][:2] == ("first", 14)


def test_answers_are_taken_in_the_order_of_the_entries(line: LogLine, qtbot: QtBot):
    for text in ("first", "second"):
        qtbot.keyClicks(line.edit, text)
        line.submit()
    line.accepted(AT, away=False)
    line.written(AT)
    line.failed(TROUBLE)
    assert line.text == "second"


def test_a_slash_chooses_the_category_and_leaves_the_text(line: LogLine, qtbot: QtBot):
    line.edit.setFocus()
    qtbot.keyClicks(line.edit, "Two males /the")
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    assert line.text == "Two males "
    entries = sent(line)
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    assert entries == [("Two males", None, "own sighting", "theft from shop")]


def test_a_slash_with_a_number_chooses_the_camera(line: LogLine, qtbot: QtBot):
    line.set_camera_finder(lambda typed: (14, "014", "George Street") if typed == "14" else None)
    line.edit.setFocus()
    qtbot.keyClicks(line.edit, "/14")
    qtbot.keyClick(line.edit, Qt.Key.Key_Tab)
    qtbot.keyClicks(line.edit, "Fight")
    entries = sent(line)
    line.submit()
    assert entries[0][:2] == ("Fight", 14)


def test_a_slash_that_means_nothing_is_only_text(line: LogLine, qtbot: QtBot):
    entries = sent(line)
    line.edit.setFocus()
    qtbot.keyClicks(line.edit, "CAD 4417/12MAR")
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    assert entries[0][0] == "CAD 4417/12MAR"


def test_the_category_returns_to_none_after_an_entry_and_the_source_stays(line: LogLine, qtbot: QtBot):
    line.edit.setFocus()
    qtbot.keyClicks(line.edit, "/air")
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(line.edit, "/rob")
    qtbot.keyClick(line.edit, Qt.Key.Key_Return)
    entries = sent(line)
    for text in ("one", "two"):
        qtbot.keyClicks(line.edit, text)
        line.submit()
    assert [entry[2:] for entry in entries] == [("Airwave", "robbery"), ("Airwave", "")]


def test_who_may_not_write_keeps_what_stands_there_but_cannot_send(line: LogLine, qtbot: QtBot):
    qtbot.keyClicks(line.edit, "half an entry")
    line.set_allowed(False)
    assert line.text == "half an entry"
    assert not line.edit.isEnabled()
    assert all(not each.isEnabled() for each in line.findChildren(QPushButton) if each.isVisible())


def test_what_somebody_began_goes_with_them_and_comes_back_with_them(line: LogLine, qtbot: QtBot):
    line.set_person("Operator 07")
    line.edit.setText("half an entry")
    line._set_category("robbery")
    with qtbot.waitSignal(line.set_aside) as aside:
        line.set_person("Operator 08")
    assert aside.args == ["Operator 07"]
    assert (line.text, line._category) == ("", "")
    line.edit.setText("another one's")
    line.set_person("Operator 07")
    assert (line.text, line._category) == ("half an entry", "robbery")


def test_an_entry_that_fails_after_its_writer_left_waits_for_its_writer(line: LogLine):
    line.set_person("Operator 07")
    line.edit.setText("sent just before leaving")
    line.submit()
    line.set_person("Operator 08")
    line.failed(Unavailable("No."))
    assert (line.text, line.unsaved()) == ("", [])
    line.set_person("Operator 07")
    assert line.unsaved() == ["sent just before leaving"]
