"""A page of records as a person uses it: the sample page over a service in memory, with real widgets."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Role
from controlroom.errors import Unavailable
from controlroom.ui.background import Background
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import actor, page_context, settle, show, words_in
from tests.ui.kit import sample_page
from tests.ui.kit.sample_page import COLUMNS, Notes, NotesPage

OTHER = actor(Role.OPERATOR, 2, "Operator 11")
MOST_LINES = 150


@pytest.fixture
def session() -> DeskSession:
    return DeskSession(actor(Role.OPERATOR))


@pytest.fixture
def notes(room: Room) -> Notes:
    made = Notes(room.changes)
    for text in ("keys", "gate", "radio"):
        made.write(OTHER, text, urgent=text == "gate")
    return made


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def page(
    qtbot: QtBot, room: Room, background: Background, session: DeskSession, notes: Notes, messages: Messages
) -> NotesPage:
    made = NotesPage(page_context(session, background, room, messages=messages), notes)
    made.resize(1100, 700)
    qtbot.addWidget(made)
    for each in made.tools_of_bar():
        qtbot.addWidget(each)
    show(qtbot, made)
    made.entered()
    settle(qtbot, background)
    return made


def shown(page: NotesPage) -> list[str]:
    return [note.text for note in page.list.table.shown_records()]


def press(page: NotesPage, qtbot: QtBot, key: Qt.Key) -> None:
    page.records.take_focus()
    qtbot.keyClick(page.list.table.view, key)


def test_a_page_with_list_record_form_and_three_actions_is_short():
    source = Path(sample_page.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES


def test_a_record_is_written_by_key_and_enter(
    page: NotesPage, notes: Notes, messages: Messages, qtbot: QtBot, background: Background
):
    press(page, qtbot, Qt.Key.Key_N)
    assert page.forms.form is not None and page.panel.isVisible()
    qtbot.keyClicks(page.forms.form.input("text"), "heating")
    qtbot.keyClick(page.forms.form.input("text"), Qt.Key.Key_Return)
    settle(qtbot, background)
    assert shown(page) == ["keys", "gate", "radio", "heating"]
    assert messages.last is not None and messages.last.text == "The note is kept for the next shift."
    assert page.forms.form is None
    assert page.list.table.view.hasFocus()


def test_what_the_service_refuses_stands_beside_its_field(
    page: NotesPage, qtbot: QtBot, background: Background
):
    page.write.run()
    form = page.forms.form
    assert form is not None
    form.fill("text", "far too long for a note of this kind")
    form.submit()
    settle(qtbot, background)
    assert form.input("text").property("invalid")
    assert "too long" in words_in(form)


def test_the_chosen_record_stands_at_the_side_with_what_may_be_done(
    page: NotesPage, notes: Notes, qtbot: QtBot, background: Background
):
    page.records.unselect()
    assert not page.panel.isVisible()
    assert page.reword.why_not() == "Only when a note is shown whose state allows it."
    page.records.select(2)
    assert page.facts.facts == [("Note", "gate"), ("Written by", "Operator 11")]
    assert page.panel.actions_bar.offered() == ["Reword the note", "Close the note"]
    press(page, qtbot, Qt.Key.Key_C)
    settle(qtbot, background)
    assert not notes.notes[2].open
    assert page.panel.actions_bar.offered() == ["Close the note"]
    assert page.close_note.why_not() == "The note is closed already."


def test_after_an_action_the_next_record_is_chosen_when_this_one_leaves_the_list(
    page: NotesPage, qtbot: QtBot, background: Background
):
    page.list.chips.choose(1)
    page.records.select(2)
    for expected in ("Note 3", "Note 1"):
        page.close_note.run()
        settle(qtbot, background)
        assert page.shown is not None and page.name_of(page.shown) == expected
    page.close_note.run()
    settle(qtbot, background)
    assert page.shown is None and not page.panel.isVisible()
    assert page.list.table.states.state == "none found"


@pytest.mark.parametrize("by_mouse", [True, False])
def test_after_a_chip_is_pressed_down_and_up_move_in_its_list(page: NotesPage, qtbot: QtBot, by_mouse: bool):
    chip = page.list.chips.findChildren(QAbstractButton)[1]
    if by_mouse:
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    else:
        chip.setFocus()
        qtbot.keyClick(chip, Qt.Key.Key_Space)
    view = page.list.table.view
    for key, row in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, 0)):
        qtbot.keyClick(QApplication.focusWidget() or page, key)
        assert (view.hasFocus(), view.currentIndex().row()) == (True, row)
    assert page.list.chips.index == 1


def test_a_record_that_somebody_else_takes_out_of_the_list_is_not_exchanged_for_another(
    page: NotesPage, notes: Notes, qtbot: QtBot, background: Background
):
    page.list.chips.choose(1)
    page.records.select(2)
    notes.close(OTHER, 2)
    qtbot.waitUntil(lambda: shown(page) == ["keys", "radio"])
    assert page.shown is None and not page.panel.isVisible()


def test_selection_stays_while_others_change_the_list(page: NotesPage, notes: Notes, qtbot: QtBot):
    page.records.select(2)
    notes.write(OTHER, "lamp", urgent=True)
    qtbot.waitUntil(lambda: len(shown(page)) == 4)
    assert page.shown is not None and page.shown.id == 2


def test_a_form_hears_that_somebody_else_changed_its_record_and_goes_on(
    page: NotesPage, notes: Notes, qtbot: QtBot, background: Background
):
    page.records.select(2)
    page.reword.run()
    form = page.forms.form
    assert form is not None
    form.fill("text", "mine")
    notes.reword(OTHER, notes.notes[2], "theirs")
    qtbot.waitUntil(lambda: form.news == "Operator 11 changed Note 2 meanwhile. What you typed is kept.")
    form.submit()
    settle(qtbot, background)
    assert form.error == "Somebody else changed the note meanwhile."
    form._news.keep_button.click()
    form.submit()
    settle(qtbot, background)
    assert notes.notes[2].text == "mine"


def test_half_typed_text_stays_with_its_record(page: NotesPage):
    page.records.select(2)
    page.reword.run()
    assert page.forms.form is not None
    page.forms.form.fill("text", "half")
    page.records.select(3)
    assert page.forms.form is None
    page.records.select(2)
    assert page.forms.form is not None and page.forms.form.values()["text"] == "half"


def test_another_record_is_chosen_while_something_new_is_written_and_the_new_one_is_kept(page: NotesPage):
    page.write.run()
    assert page.forms.form is not None
    page.forms.form.fill("text", "half")
    assert page.reword.why_not(), "nothing acts on a record behind the form"
    page.records.select(2)
    assert page.facts.isVisible() and page.forms.form is None
    page.write.run()
    assert page.forms.form is not None and page.forms.form.values()["text"] == "half"


def test_a_closed_panel_takes_no_keys_and_stays_closed(
    page: NotesPage, notes: Notes, qtbot: QtBot, background: Background
):
    page.records.select(2)
    qtbot.keyClick(page.panel, Qt.Key.Key_Escape)
    assert not page.panel.isVisible()
    press(page, qtbot, Qt.Key.Key_C)
    page.refresh()
    settle(qtbot, background)
    assert notes.notes[2].open and not page.panel.isVisible()
    page.list.table.search.clear()
    qtbot.keyClick(page.list.table.view, Qt.Key.Key_Return)
    assert page.panel.isVisible()


def test_who_may_not_write_is_offered_nothing_to_do(
    page: NotesPage, session: DeskSession, qtbot: QtBot, background: Background
):
    session.sign_in(actor(Role.AUDITOR, 5, "Auditor"))
    settle(qtbot, background)
    (button,) = page.tools_of_bar()
    assert isinstance(button, ActionButton) and button.isHidden()
    page.records.select(2)
    assert page.panel.actions_bar.isHidden()
    assert page.write.why_not() == "Your role does not allow it: write log entries."


def test_somebody_else_at_the_desk_finds_nothing_of_the_one_before(
    page: NotesPage, session: DeskSession, qtbot: QtBot, background: Background
):
    page.records.select(2)
    page.reword.run()
    assert page.forms.form is not None
    page.forms.form.fill("text", "a secret")
    session.sign_in(OTHER)
    assert shown(page) == [] and page.forms.form is None and not page.panel.isVisible()
    settle(qtbot, background)
    assert len(shown(page)) == 3
    page.records.select(2)
    page.reword.run()
    assert page.forms.form is not None and page.forms.form.values()["text"] == "gate"


def test_an_empty_list_says_what_to_do_and_one_that_cannot_be_read_says_why(
    page: NotesPage, notes: Notes, session: DeskSession, qtbot: QtBot, background: Background
):
    notes.notes.clear()
    page.refresh()
    settle(qtbot, background)
    assert page.list.table.states.state == "empty"
    assert "Press N and write the first one." in words_in(page)
    notes.error = Unavailable("The database does not answer.")
    page.refresh()
    assert page.list.table.states.state == "reading"
    settle(qtbot, background)
    assert page.list.table.states.state == "failed"
    assert "The database does not answer." in words_in(page)
    notes.error = None
    notes.write(OTHER, "back", urgent=False)
    qtbot.waitUntil(lambda: shown(page) == ["back"])


def test_a_list_begins_with_what_its_first_chip_lets_pass(
    page: NotesPage, notes: Notes, qtbot: QtBot, background: Background
):
    chips = (("Urgent", lambda note: note.urgent), ("All", None))
    more = LocalList(page.context, "more", COLUMNS, lambda note: note.id, notes.all, chips=chips)
    qtbot.addWidget(more)
    more.reload()
    settle(qtbot, background)
    assert [note.text for note in more.table.shown_records()] == ["gate"]


def test_rows_stay_when_a_later_reading_fails(
    page: NotesPage, notes: Notes, qtbot: QtBot, background: Background
):
    notes.error = Unavailable("The database does not answer.")
    page.refresh()
    settle(qtbot, background)
    assert len(shown(page)) == 3 and page.list.table.states.state == "rows"


def test_a_page_that_is_not_in_front_does_not_read(
    page: NotesPage, notes: Notes, qtbot: QtBot, background: Background
):
    page.left()
    notes.write(OTHER, "lamp", urgent=False)
    with qtbot.waitSignal(page.context.changes.told):
        notes.write(OTHER, "door", urgent=False)
    settle(qtbot, background)
    assert len(shown(page)) == 3
    page.entered()
    qtbot.waitUntil(lambda: len(shown(page)) == 5)


def test_the_badge_counts_and_the_shown_rows_are_exported(page: NotesPage, qtbot: QtBot, tmp_path: Path):
    with qtbot.waitSignal(page.badge_changed) as badge:
        page.refresh()
    assert badge.args == [1]
    with qtbot.waitSignal(page.list.table.exported):
        page.list.table.export_csv(tmp_path / "notes.csv")
    assert (tmp_path / "notes.csv").read_text("utf-8-sig").splitlines()[:2] == [
        "Number,Note,State",
        "1,keys,open",
    ]


def test_what_was_read_for_the_person_before_is_dropped(
    page: NotesPage, session: DeskSession, qtbot: QtBot, background: Background
):
    taken: list[str] = []
    page.read(lambda who: who.handle, taken.append)
    session.sign_in(OTHER)
    page.read(lambda who: who.handle, taken.append)
    settle(qtbot, background)
    assert taken == [OTHER.handle]
