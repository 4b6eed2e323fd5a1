"""The Log page over a real log."""

import csv
from datetime import timedelta

from PySide6.QtCore import Qt

from controlroom.clock import show_time
from controlroom.log.records import NewLogEntry
from controlroom.ui.kit.form_place import NEW
from tests.builders import FRIDAY_NIGHT
from tests.log.writing import write_entry
from tests.ui.helpers import words_in
from tests.ui.pages.log.parts import click, offered


def shown(page):
    return [entry.text for entry in page.records.model.records]


def answer(parts, page, **texts):
    """Type into the fields of the form in view, and confirm."""
    ask = page.forms.form
    for key, text in texts.items():
        field = ask.input(key)
        (field.setPlainText if hasattr(field, "setPlainText") else field.setText)(text)
    ask.submit()
    parts.settle()


def test_the_newest_entry_leads_the_list_and_is_shown(parts):
    parts.desk.write("first", occurred_at=FRIDAY_NIGHT - timedelta(minutes=2))
    parts.desk.write("second", camera_id=parts.desk.camera.id)
    page = parts.log_page()
    assert shown(page) == ["second", "first"]
    assert page.view.entry.text == "second"
    assert "014 George Street" in words_in(page)
    assert page.records.model.data(
        page.records.model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole
    ).startswith("20 Nov 2026 22:41, 014 George Street, observation, second")


def test_typing_narrows_the_list_in_the_database(parts):
    parts.write_many(3)
    parts.desk.write("a red moped")
    page = parts.log_page()
    page.column.search.setText("moped")
    page.column.search.search_now()
    parts.settle()
    assert shown(page) == ["a red moped"]
    page.column.search.setText("nothing like it")
    page.column.search.search_now()
    parts.settle()
    assert shown(page) == []
    assert "Nothing matches" in words_in(page.records)


def test_an_empty_log_says_what_to_do(parts):
    page = parts.log_page()
    assert "Type into the log line" in words_in(page.records)


def test_chips_and_filter_narrow_together(parts):
    parts.desk.write("mine")
    write_entry(parts.desk.log, parts.desk.supervisor, NewLogEntry("theirs", category="look-out"))
    parts.desk.write("late", occurred_at=FRIDAY_NIGHT - timedelta(hours=13))
    page = parts.log_page()
    page.column.chips.choose(2)  # mine
    parts.settle()
    assert shown(page) == ["mine", "late"]
    page.column.chips.choose(1)  # last 12 hours
    parts.settle()
    assert shown(page) == ["theirs", "mine"]
    page.column.chips.choose(0)
    page.column.box.category.setCurrentText("look-out")
    parts.settle()
    assert shown(page) == ["theirs"]
    page.column.box.clear()
    page.column.box.order.setCurrentIndex(1)
    parts.settle()
    assert shown(page) == ["late", "mine", "theirs"]


def test_scrolling_reads_on(parts):
    parts.write_many(130)
    page = parts.log_page()
    model = page.records.model
    assert model.rowCount() < 130
    assert "more as you scroll" in words_in(page.column)

    def scrolled_to_the_end():
        page.records.view.scrollToBottom()
        parts.settle()
        return model.rowCount() == 130

    parts.qtbot.waitUntil(scrolled_to_the_end)
    assert shown(page) == [f"entry number {number}" for number in reversed(range(130))]


def test_an_addendum_is_added_with_its_reason(parts):
    parts.desk.write("Van in Church Street")
    page = parts.log_page()
    click(page, "Addendum")
    answer(parts, page, reason="", text="It was Surrey Street")
    ask = page.forms.form
    assert ask.error == "Say what was wrong or missing."
    answer(parts, page, reason="wrong street")
    assert page.forms.form is None
    page.records.reload()
    parts.settle()
    assert page.view.entry.addenda[0].reason == "wrong street"
    assert "It was Surrey Street" in words_in(page)


def test_an_entry_is_written_with_its_own_time_camera_and_category(parts):
    page = parts.log_page()
    page.new.run()
    ask = page.forms.form
    ask.input("at").time.setText(show_time(FRIDAY_NIGHT - timedelta(minutes=10), seconds=True))
    ask.input("camera").edit.setText("14")
    ask.input("category").set_value("look-out")
    answer(parts, page, text="Male in red", cad="4417")
    entry = parts.desk.log.entries(parts.desk.operator).records[0]
    assert entry.occurred_at == FRIDAY_NIGHT - timedelta(minutes=10)
    assert (entry.camera_number, entry.category, entry.cad) == ("014", "look-out", "4417/20NOV")
    assert page.forms.form is None
    parts.qtbot.waitUntil(lambda: page.view.entry is not None and page.view.entry.id == entry.id)


def test_what_was_refused_stays_in_the_form_with_the_reason(parts):
    page = parts.log_page()
    page.new.run()
    answer(parts, page, text="Male in red", cad="next tuesday")
    ask = page.forms.form
    assert ask is not None
    assert ask.values()["text"] == "Male in red"
    assert "not a CAD reference" in words_in(ask)
    assert not ask.running


def test_an_unknown_camera_is_refused_at_its_field(parts):
    page = parts.log_page()
    page.new.run()
    page.forms.form.input("camera").edit.setText("999")
    answer(parts, page, text="Male in red")
    assert "No camera has that number" in words_in(page.forms.form)
    assert parts.desk.log.entries(parts.desk.operator).records == ()


def test_a_form_left_open_comes_back_with_what_was_typed(parts):
    first, second = parts.write_many(2)
    page = parts.log_page()
    page.new.run()
    page.forms.form.input("text").setPlainText("half a sentence")
    page.records.select(first.id)
    parts.settle()
    assert page.forms.form is None
    assert page.view.entry.id == first.id
    page.new.run()
    draft = page.forms.form
    assert draft is not None
    assert draft.values()["text"] == "half a sentence"
    page.records.reload()
    parts.settle()
    assert page.forms.is_new
    assert second.id != first.id


def test_the_keys_do_what_the_buttons_say(parts):
    parts.write_many(1)
    page = parts.log_page()
    page.records.take_focus()
    parts.qtbot.keyClick(page.records.view, Qt.Key.Key_U)
    parts.qtbot.waitUntil(lambda: page.forms.form is not None)  # Qt shows the button going down first
    ask = page.forms.form
    parts.qtbot.waitUntil(ask.input("reason").hasFocus)
    parts.qtbot.keyClicks(ask.input("reason"), "use")  # letters are letters inside a field
    assert ask.values()["reason"] == "use"
    parts.qtbot.keyClick(ask.input("reason"), Qt.Key.Key_Escape)
    assert page.forms.form is None
    parts.qtbot.keyClick(page.records.view, Qt.Key.Key_N)
    parts.qtbot.waitUntil(lambda: page.forms.is_new)


def test_entries_written_elsewhere_appear_by_themselves(parts):
    page = parts.log_page()
    parts.desk.write("from another desk")
    parts.qtbot.waitUntil(lambda: shown(page) == ["from another desk"])


def test_what_happened_around_an_entry_is_shown_with_it(parts):
    parts.desk.write("long before", occurred_at=FRIDAY_NIGHT - timedelta(hours=2))
    parts.desk.write("just before", occurred_at=FRIDAY_NIGHT - timedelta(minutes=5))
    parts.desk.write("this one")
    page = parts.log_page()
    assert [line.text for line in page.view.around.lines] == ["just before", "this one"]


def test_a_snapshot_is_shown_with_its_entry(parts):
    parts.desk.write("Group outside", snapshot=parts.picture())
    page = parts.log_page()
    from controlroom.ui.kit.picture import Picture

    pictures = page.view.findChildren(Picture)
    parts.qtbot.waitUntil(lambda: bool(pictures) and pictures[0].is_loaded)


def test_a_missing_snapshot_says_so_in_its_place(parts):
    entry = parts.desk.write("Group outside", snapshot=parts.picture())
    parts.desk.log.snapshots.path_of(entry.snapshot).unlink()
    page = parts.log_page()
    from controlroom.ui.kit.picture import Picture

    assert "is not in the snapshots folder" in page.view.findChildren(Picture)[0].toolTip()


def test_only_what_the_role_may_is_offered(parts):
    parts.write_many(1)
    page = parts.log_page(parts.desk.room.auditor)
    assert page.tools_of_bar()[0].isHidden()
    assert offered(page) == []
    page.write_new()
    assert page.forms.form is None
    parts.session.sign_in(parts.desk.operator)
    parts.settle()
    assert "Addendum*" in offered(page)


def test_an_entry_leads_to_its_incident_or_can_become_one(parts):
    incident = parts.desk.open()
    page = parts.log_page()
    with parts.qtbot.waitSignal(page.record_wanted) as chosen:
        click(page, "Show INC-2026-00001")
    assert chosen.args == ["incident", incident.id]
    entry = parts.desk.write("alone")
    page.show_entry(entry.id)
    parts.settle()
    with parts.qtbot.waitSignal(page.new_record_wanted) as wanted:
        click(page, "Open incident")
    assert wanted.args[1].id == entry.id


def test_the_filtered_list_is_exported(parts):
    parts.desk.write("=cmd, they said", category="look-out")
    parts.desk.write("not this one")
    page = parts.log_page(parts.desk.supervisor)
    page.column.box.category.setCurrentText("look-out")
    path = parts.folder / "log.csv"
    page.column.export_to(path)
    parts.settle()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Text"] for row in rows] == ["'=cmd, they said"]
    assert rows[0]["Date"] == "20 Nov 2026"


def test_a_form_about_nothing_yet_has_its_own_place(parts):
    assert NEW is None
    page = parts.log_page()
    page.new.run()
    assert page.forms.is_new
    page.forms.form.leave()
    assert "No entry chosen" in words_in(page)


def test_an_entry_and_its_addendum_are_accepted_while_the_database_is_away_and_saved_once_it_is_back(parts):
    earlier = parts.desk.write("Van in Church Street")
    page = parts.log_page()
    parts.lose_database()
    page.new.run()
    answer(parts, page, text="Male in red")
    assert page.forms.form is None, "it was accepted, so the form has nothing left to keep"
    page.records.select(earlier.id)
    click(page, "Addendum")
    answer(parts, page, reason="wrong street", text="It was Surrey Street")
    assert page.forms.form is None
    assert [item.text for item in parts.outbox.entries()] == [
        "Male in red",
        "Addendum: wrong street. It was Surrey Street",
    ]
    assert [entry.text for entry in parts.desk.log.entries(parts.desk.operator).records] == [earlier.text]
    parts.bring_database_back()
    saved = {entry.text: entry for entry in parts.desk.log.entries(parts.desk.operator).records}
    assert sorted(saved) == ["Male in red", "Van in Church Street"]
    assert saved["Male in red"].spooled is True
    assert [each.text for each in saved[earlier.text].addenda] == ["It was Surrey Street"]
    assert parts.outbox.entries() == ()


def test_half_a_new_entry_comes_back_to_its_writer_alone(parts):
    page = parts.log_page()
    parts.qtbot.keyClick(page.records.view, Qt.Key.Key_N)
    page.forms.form.fill("text", "half a sentence")
    for who, text in ((parts.desk.supervisor, ""), (parts.desk.operator, "half a sentence")):
        parts.session.sign_in(who)
        parts.settle()
        assert not page.forms.is_new
        parts.qtbot.keyClick(page.records.view, Qt.Key.Key_N)
        assert page.forms.form.values()["text"] == text
    parts.session.sign_out()
    parts.session.sign_in(parts.desk.operator)
    page.new.run()
    assert page.forms.form.values()["text"] == "half a sentence"
