"""The Incidents page over real incidents."""

import csv
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from controlroom.incidents.records import IncidentAction, IncidentState, Result, Step
from controlroom.ui.widgets.value_box import ValueBox
from tests.builders import FRIDAY_NIGHT
from tests.ui.helpers import words_in

A, S = IncidentAction, IncidentState


def shown(page):
    return [incident.reference for incident in page.records.model.records]


def offered(page):
    """The words of the buttons in view, in their order, the filled one marked."""
    view = page.view
    buttons = [*view.moves, view.add_entry, view.inform, view.change, view.add_addendum]
    return [
        f"{each.text()}{'*' if each.kind == 'primary' else ''}" for each in buttons if each.isVisibleTo(view)
    ]


def press(page, action):
    next(each for each in page.view.moves if each.text() == action.value).click()
    assert page.view.asks.ask is not None
    return page.view.asks.ask


def confirm(parts, ask):
    ask.submit()
    parts.settle()


def take(parts, page, action, **choices):
    ask = press(page, action)
    for key, value in choices.items():
        field = ask.field(key)
        if isinstance(field, ValueBox):
            field.value = value
        else:
            field.setText(value)
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: page.view.asks.ask is None)
    parts.settle()


def test_from_a_tile_only_category_and_words_are_typed(parts):
    page = parts.incidents_page()
    at = FRIDAY_NIGHT - timedelta(seconds=30)
    with parts.qtbot.waitSignal(page.shown_requested):
        page.open_new(parts.desk.camera, parts.picture(), at)
    ask = page.view.asks.ask
    category, text = ask.field("category"), ask.field("text")
    category.setFocus(Qt.FocusReason.TabFocusReason)
    parts.qtbot.waitUntil(category.hasFocus)
    parts.qtbot.keyClicks(category, "rob")
    parts.qtbot.keyClick(category, Qt.Key.Key_Return)
    parts.qtbot.waitUntil(text.hasFocus)
    parts.qtbot.keyClicks(text, "Phone snatched")
    parts.qtbot.keyClick(text, Qt.Key.Key_Return)
    parts.settle()
    incident = parts.desk.incidents.incidents(parts.desk.operator).incidents[0]
    assert (incident.category, incident.headline, incident.cameras) == ("robbery", "Phone snatched", ("014",))
    assert incident.occurred_at == at
    entry = parts.desk.log.entries(parts.desk.operator).entries[0]
    assert entry.snapshot is not None
    parts.qtbot.waitUntil(lambda: page.view.file is not None and page.view.file.incident.id == incident.id)
    assert page.view.asks.ask is None
    assert incident.reference in parts.messages.last.text


def test_without_a_category_the_form_says_so_and_keeps_what_was_typed(parts):
    page = parts.incidents_page()
    page.new_button.click()
    ask = page.view.asks.ask
    ask.field("text").setPlainText("Phone snatched")
    confirm(parts, ask)
    assert ask.form.error_of(ask.field("category")).startswith("Type a few letters")
    assert ask.values()["text"] == "Phone snatched"


def test_an_incident_begins_with_an_entry_of_the_log(parts):
    entry = parts.desk.write("Two males running", category="robbery")
    page = parts.incidents_page()
    page.open_from_entry(entry)
    assert "Two males running" in words_in(page.view)
    confirm(parts, page.view.asks.ask)
    assert parts.desk.log.entry(parts.desk.operator, entry.id).incident_reference == "INC-2026-00001"


def test_only_what_is_allowed_now_is_offered_the_first_filled(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    work = ["Add entry", "Agency informed", "Change details", "Addendum"]
    assert offered(page) == ["Start monitoring*", *work]
    take(parts, page, A.MONITOR)
    assert offered(page) == ["Police informed*", "Conclude", *work]
    take(parts, page, A.INFORM_POLICE, cad="4417")
    assert offered(page) == ["Police on scene*", "Conclude", *work]
    take(parts, page, A.POLICE_ARRIVE)
    take(parts, page, A.CONCLUDE, result=Result.ARREST, outcome="arrest")
    assert offered(page) == ["Submit*", *work]
    take(parts, page, A.SUBMIT)
    assert offered(page) == ["Addendum*"]
    record = parts.desk.incidents.incident(parts.desk.operator, incident.id).incident
    assert (record.state, record.cad, record.outcome) == (S.SUBMITTED, "4417/20NOV", "arrest")
    assert "CAD 4417/20NOV" in words_in(page.view)


def test_a_supervisor_returns_with_a_reason_that_leads_the_record(parts):
    parts.desk.submitted()
    page = parts.incidents_page(parts.desk.supervisor)
    assert offered(page) == ["Approve*", "Return", "Addendum"]
    ask = press(page, A.RETURN)
    confirm(parts, ask)
    assert ask.form.error_of(ask.field("reason")) == "Say why, in a few words."
    ask.field("reason").setText("times are missing")
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: page.view.file.incident.state is S.RETURNED)
    assert "Returned by Supervisor 02: times are missing" in words_in(page.view)


def test_concluding_asks_for_the_result_and_for_absent_police_why(parts):
    incident = parts.desk.open()
    for action in (A.MONITOR, A.INFORM_POLICE):
        parts.desk.act(incident, action)
    page = parts.incidents_page()
    ask = press(page, A.CONCLUDE)
    confirm(parts, ask)
    assert ask.form.error_of(ask.field("result")) == "Choose how it ended."
    ask.field("result").value = Result.NO_TRACE
    confirm(parts, ask)
    assert ask.form.error_of(ask.field("reason"))


def test_a_step_can_be_given_the_time_it_happened(parts):
    incident = parts.desk.open()
    parts.desk.room.clock.advance(timedelta(minutes=5))
    page = parts.incidents_page()
    ask = press(page, A.MONITOR)
    edit = ask.field("at").edit
    edit.setDateTime(edit.dateTime().addSecs(-120))
    confirm(parts, ask)
    line = parts.desk.incidents.incident(parts.desk.operator, incident.id).timeline[-1]
    assert line.at == FRIDAY_NIGHT + timedelta(minutes=3)


def test_somebody_else_s_change_meanwhile_is_told_and_nothing_is_lost(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    page.view.change.click()
    ask = page.view.asks.ask
    ask.field("place").setText("Park Street")
    parts.desk.act(incident, A.MONITOR)
    parts.settle()
    confirm(parts, ask)
    assert "changed meanwhile" in words_in(ask)
    assert ask.values()["place"] == "Park Street"


def test_an_open_form_learns_who_changed_the_incident_and_goes_on_with_what_was_typed(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    page.view.change.click()
    ask = page.view.asks.ask
    ask.field("place").setText("Park Street")
    assert ask.news.text == ""
    parts.desk.act(incident, A.MONITOR, parts.desk.supervisor)
    parts.settle()
    parts.qtbot.waitUntil(lambda: ask.news.text != "")
    assert ask.news.text.startswith(
        f"Supervisor 02 changed {incident.reference} meanwhile: it is monitoring now"
    )
    confirm(parts, ask)
    assert "by Supervisor 02" in words_in(ask)
    ask.news.keep_button.click()
    confirm(parts, ask)
    changed = parts.desk.incidents.incident(parts.desk.operator, incident.id).incident
    assert (changed.place, changed.state) == ("Park Street", S.MONITORING)


def test_entries_agencies_changes_and_addenda_join_the_timeline(parts):
    parts.desk.open()
    page = parts.incidents_page()
    page.view.add_entry.click()
    page.view.asks.ask.field("text").setPlainText("Ran into the arcade")
    confirm(parts, page.view.asks.ask)
    page.view.inform.click()
    page.view.asks.ask.field("note").setText("By telephone")
    confirm(parts, page.view.asks.ask)
    page.view.change.click()
    page.view.asks.ask.field("crime_reference").setText("0123456/26")
    confirm(parts, page.view.asks.ask)
    page.view.add_addendum.click()
    page.view.asks.ask.field("reason").setText("asked by the police")
    page.view.asks.ask.field("text").setPlainText("Bag was blue")
    confirm(parts, page.view.asks.ask)
    parts.qtbot.waitUntil(lambda: "Bag was blue" in words_in(page.view.timeline))
    said = words_in(page.view.timeline)
    for words in (
        "Ran into the arcade",
        "London Fire Brigade informed",
        "By telephone",
        "0123456/26",
        "Bag was blue",
    ):
        assert words in said


def test_the_badge_says_what_waits_for_whoever_is_signed_in(parts):
    incident = parts.desk.submitted()
    seen = []
    page = parts.incidents_page(parts.desk.supervisor)
    page.badge_changed.connect(seen.append)
    page.entered()
    parts.settle()
    assert seen[-1] == 1
    parts.desk.act(incident, A.RETURN, parts.desk.supervisor, reason="times")
    parts.qtbot.waitUntil(lambda: seen[-1] == 0)
    parts.session.sign_in(parts.desk.operator)
    parts.qtbot.waitUntil(lambda: seen[-1] == 1)


def test_chips_count_and_narrow(parts):
    first, second = parts.desk.open(), parts.desk.submitted()
    page = parts.incidents_page()
    assert shown(page) == [second.reference, first.reference]
    page.show_state("To review")
    parts.settle()
    assert shown(page) == [second.reference]
    page.show_state("In progress")
    parts.settle()
    assert shown(page) == [first.reference]


def test_any_incident_is_found_by_typing(parts):
    first, second = parts.desk.open(), parts.desk.open("fire", "Smoke over the roof")
    page = parts.incidents_page()
    for words, expected in (("smoke", second), ("inc-1", first), ("george fire", second)):
        page.column.search.setText(words)
        page.column.search.search_now()
        parts.settle()
        assert shown(page) == [expected.reference], words


def test_an_incident_outside_the_filter_is_shown_all_the_same_and_stays(parts):
    first, second = parts.desk.open(), parts.desk.submitted()
    page = parts.incidents_page()
    page.show_state("To review")
    parts.settle()
    page.show_incident(first.id)
    parts.settle()
    assert page.view.file.incident.id == first.id
    third = parts.desk.submitted()
    parts.qtbot.waitUntil(lambda: third.reference in shown(page))
    parts.settle()
    assert page.view.file.incident.id == first.id
    assert shown(page) == [third.reference, second.reference]


def test_an_incident_opened_elsewhere_appears_by_itself(parts):
    page = parts.incidents_page()
    assert "No incident yet" in words_in(page.records)
    incident = parts.desk.open()
    parts.qtbot.waitUntil(lambda: shown(page) == [incident.reference])


def test_news_does_not_take_away_what_someone_is_writing(parts):
    parts.desk.open()
    page = parts.incidents_page()
    page.new_button.click()
    page.view.asks.ask.field("text").setPlainText("half a sentence")
    parts.desk.open("fire", "Smoke")
    parts.qtbot.waitUntil(lambda: len(shown(page)) == 2)
    parts.settle()
    assert page.view.asks.is_new
    assert page.view.asks.ask.values()["text"] == "half a sentence"


def test_the_timeline_is_copied_as_sentences(parts):
    parts.desk.open()
    page = parts.incidents_page()
    page.view.copy.click()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == "INC-2026-00001, Robbery, George Street, 20 Nov 2026 22:41"
    assert copied[2] == "22:41:07  Camera 014, George Street. Male grabbed a phone and ran (Operator 07)"


def test_an_auditor_reads_and_exports_and_changes_nothing(parts):
    parts.desk.submitted()
    page = parts.incidents_page(parts.desk.room.auditor)
    assert offered(page) == []
    assert not page.new_button.isVisibleTo(page.new_button.window())
    page.open_new()
    assert page.view.asks.ask is None
    path = parts.folder / "incidents.csv"
    page.export_to(path)
    parts.settle()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Reference"], row["State"], row["Result"]) for row in rows] == [
        ("INC-2026-00001", "submitted", "arrest")
    ]


def test_changing_the_person_closes_forms_and_offers_what_they_may(parts):
    parts.desk.submitted()
    page = parts.incidents_page()
    page.view.add_addendum.click()
    parts.session.sign_in(parts.desk.supervisor)
    parts.settle()
    assert page.view.asks.ask is None
    assert offered(page) == ["Approve*", "Return", "Addendum"]


@pytest.mark.parametrize("key", [Qt.Key.Key_M, Qt.Key.Key_E, Qt.Key.Key_U, Qt.Key.Key_N])
def test_the_keys_open_their_forms(parts, key):
    parts.desk.open()
    page = parts.incidents_page()
    parts.qtbot.keyClick(page.records.view, key)
    parts.qtbot.waitUntil(lambda: page.view.asks.ask is not None)


def test_a_step_the_rules_refuse_says_why(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    ask = press(page, A.MONITOR)
    edit = ask.field("at").edit
    edit.setDateTime(edit.dateTime().addDays(1))
    confirm(parts, ask)
    assert "still to come" in words_in(ask)
    assert parts.desk.incidents.incident(parts.desk.operator, incident.id).incident.state is S.OPEN
    parts.desk.incidents.act(parts.desk.operator, incident.id, Step(A.MONITOR))


def test_a_supervisor_restricts_an_incident_to_named_people_and_lifts_it_again(parts):
    incident = parts.desk.open()
    page = parts.incidents_page(parts.desk.supervisor)
    parts.qtbot.waitUntil(lambda: page.view.file is not None)
    page.view.restrict.click()
    parts.qtbot.waitUntil(lambda: page.view.asks.ask is not None)
    ask = page.view.asks.ask
    people = ask.field("people")
    assert {box.text() for box in people.boxes.values() if box.isChecked()} == {
        "Operator 07",
        "Supervisor 02 (you)",
    }
    ask.submit()
    assert "Say why" in words_in(ask)
    ask.field("reason").setText("Operation Heron")
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: "Seen only by" in words_in(page.view))
    assert page.view._named.isVisibleTo(page.view)
    assert not parts.desk.incidents.incidents(parts.desk.room.auditor).incidents
    page.view.restrict.click()
    parts.qtbot.waitUntil(lambda: page.view.asks.ask is not None)
    ask = page.view.asks.ask
    ask.field("who").value = "everybody"
    ask.field("reason").setText("Operation ended")
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: page.view.file.restriction is None)
    assert [each.id for each in parts.desk.incidents.incidents(parts.desk.room.auditor).incidents] == [
        incident.id
    ]


def test_an_operator_is_not_offered_to_restrict(parts):
    parts.desk.open()
    page = parts.incidents_page()
    parts.qtbot.waitUntil(lambda: page.view.file is not None)
    assert not page.view.restrict.isVisibleTo(page.view)
