"""What is too long is said at the moment of pasting, at the field: nothing is cut, nothing is sent, nothing is lost."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from controlroom.database.tables import Base
from controlroom.log.rules import LONGEST_TEXT
from controlroom.nouns import NOUNS
from controlroom.texts import LENGTHS
from controlroom.ui.background import Background
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormCard, FormSpec
from controlroom.ui.shell.log_line import LogLine
from controlroom.ui.widgets import limits
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.limits import TextLimit, watch_every_field
from tests.ui.helpers import show


@pytest.fixture
def paste(qapp: QApplication) -> Iterator[object]:
    def into(field: QWidget, text: str) -> None:
        QApplication.clipboard().setText(text)
        QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    yield into
    QApplication.clipboard().clear()


@pytest.fixture
def form(qtbot) -> FormCard:
    sent: list[object] = []
    fields = (
        Field("place", "Place"),
        Field("note", "Note", "text"),
        Field("made", "Made", make=QPlainTextEdit),
    )
    card = FormCard(FormSpec("Form", "Save", sent.append, fields), Background())
    card.setProperty("sent", sent)
    qtbot.addWidget(card)
    card.show()
    return card


@pytest.mark.parametrize(("key", "longest"), [("place", 120), ("note", 10_000), ("made", 10_000)])
def test_a_field_says_so_at_once_keeps_all_of_it_and_is_not_sent(qtbot, form, paste, key: str, longest: int):
    field = form.input(key)
    paste(field, "x" * (longest + 1))
    text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
    assert len(text) == longest + 1
    assert form.error == f"Too long: {longest + 1:,} of {longest:,} characters."
    form.submit()
    assert form.property("sent") == []
    assert not form.running
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert form.error == ""


@pytest.mark.parametrize("chars", [40_000, 2_000_000])
def test_a_paste_that_the_line_itself_would_cut_is_left_out_as_a_whole_and_told(
    qtbot, form, paste, chars: int
):
    field = form.input("place")
    QTest.keyClicks(field, "High Street")
    field.setSelection(0, 4)
    paste(field, "x" * chars)
    assert field.text() == "High Street"
    assert form.error == f"Too long: {chars:,} of 120 characters. It was not pasted."
    QTest.keyClicks(field, "!")
    assert form.error == ""


def test_megabytes_are_not_pasted_into_lines_either(qtbot, form, paste, monkeypatch):
    monkeypatch.setattr(limits, "MOST_PASTED", 50_000)
    field = form.input("note")
    QTest.keyClicks(field, "before")
    paste(field, "x" * 50_001)
    assert field.toPlainText() == "before"
    assert form.error == "Too long: 50,001 of 10,000 characters. It was not pasted."


def test_the_log_line_says_so_and_sends_nothing(qtbot, paste):
    line = LogLine()
    qtbot.addWidget(line)
    line.show()
    sent: list[object] = []
    line.entry_submitted.connect(lambda *given: sent.append(given))
    paste(line.edit, "x" * (LONGEST_TEXT + 1))
    assert len(line.text) == LONGEST_TEXT + 1
    assert line.outcome == "Too long: 4,001 of 4,000 characters."
    QTest.keyClick(line.edit, Qt.Key.Key_Return)
    assert (sent, len(line.text)) == ([], LONGEST_TEXT + 1)
    QTest.keyClick(line.edit, Qt.Key.Key_Backspace)
    assert line.outcome == ""
    QTest.keyClick(line.edit, Qt.Key.Key_Return)
    assert len(sent) == 1


def test_what_is_said_of_a_paste_that_was_left_out_goes_with_the_next_key_or_on_leaving(qtbot, paste):
    window, line = QWidget(), LogLine()
    column(line, other := QLineEdit(), on=window)
    qtbot.addWidget(window)
    show(qtbot, window)
    line.edit.setFocus()
    QTest.keyClicks(line.edit, "Two")
    sent: list[object] = []
    line.entry_submitted.connect(lambda *given: sent.append(given))
    for go_on in (
        lambda: QTest.keyClick(line.edit, Qt.Key.Key_Left),
        lambda: QTest.keyClick(line.edit, Qt.Key.Key_Escape),
        other.setFocus,
    ):
        line.edit.setFocus()
        paste(line.edit, "x" * 2_000_000)
        assert line.outcome.endswith("It was not pasted.")
        QTest.keyPress(line.edit, Qt.Key.Key_Control)
        assert line.outcome, "a key held for another says nothing yet"
        go_on()
        assert line.outcome == ""
    paste(line.edit, "x" * 2_000_000)
    QTest.keyClick(line.edit, Qt.Key.Key_Return)
    assert len(sent) == 1, "what stands in the line is not too long"


def test_a_field_outside_every_form_says_so_beside_itself(qtbot, qapp, paste):
    watch_every_field(qapp)
    window, field = QWidget(), QLineEdit()
    field.setParent(window)
    field.setMaxLength(200)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    field.setFocus()
    qapp.focusChanged.emit(None, field)
    paste(field, "x" * 300)
    limit = TextLimit.of(field)
    assert limit is not None
    assert limit.problem == "Too long: 300 of 200 characters."
    assert len(field.text()) == 300
    assert limit.beside == limit.problem
    (beside,) = window.findChildren(QLabel)
    field.hide()
    assert not beside.isVisible()
    field.show()
    assert beside.isVisible()
    field.clear()
    assert limit.beside == ""


def test_what_is_said_of_a_length_does_not_take_the_keyboard(qtbot):
    form, first, second = Form(), QLineEdit(), QLineEdit()
    form.add("First", first)
    form.add("Second", second)
    qtbot.addWidget(form)
    form.show()
    second.setFocus()
    first.setText("x" * 20_000)
    assert form.error_of(first)
    assert form.focusWidget() is second


def test_forms_say_of_a_name_what_its_column_holds():
    assert NOUNS
    # Of columns with another name; and tables of names that nobody types.
    others = {"reference", "what", "why", "login", "handle", "column"}
    untyped = {"recorder_jobs", "site_settings", "list_words"}  # whose place is a number
    lengths = {
        (table.name, column.name): getattr(column.type, "length", None)
        for table in Base.metadata.sorted_tables
        if table.name not in untyped
        for column in table.columns
        if column.name in LENGTHS.keys() - others
    }
    assert {key: length for key, length in lengths.items() if length != LENGTHS[key[1]]} == {}
    assert {column for _table, column in lengths} == LENGTHS.keys() - others
