"""The Incidents page over real incidents."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from controlroom.clock import show_time
from controlroom.incidents.records import IncidentAction, IncidentState, Result, Step, Theme
from controlroom.ui.pages.incidents.words import export_rows, facts
from controlroom.ui.widgets.choices import ValueBox
from tests.builders import FRIDAY_NIGHT
from tests.ui.helpers import words_in
from tests.ui.pages.log.parts import click, offered

A, S = IncidentAction, IncidentState


def shown(page):
    return [incident.reference for incident in page.records.model.records]


def typed(page):
    """The form in view."""
    assert page.forms.form is not None
    return page.forms.form


def press(page, action):
    click(page, action.value)
    return typed(page)


def confirm(parts, ask):
    ask.submit()
    parts.settle()


def take(parts, page, action, **choices):
    ask = press(page, action)
    for key, value in choices.items():
        field = ask.input(key)
        if isinstance(field, ValueBox):
            field.value = value
        else:
            field.setText(value)
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: page.forms.form is None)
    parts.settle()


def test_from_a_tile_only_category_and_words_are_typed(parts):
    page = parts.incidents_page()
    at = FRIDAY_NIGHT - timedelta(seconds=30)
    with parts.qtbot.waitSignal(page.shown_requested):
        page.open_new(parts.desk.camera, parts.picture(), at)
    ask = page.forms.form
    category, text = ask.input("category"), ask.input("text")
    category.setFocus(Qt.FocusReason.TabFocusReason)
    parts.qtbot.waitUntil(category.hasFocus)
    parts.qtbot.keyClicks(category, "rob")
    parts.qtbot.keyClick(category, Qt.Key.Key_Return)
    parts.qtbot.waitUntil(text.hasFocus)
    parts.qtbot.keyClicks(text, "Phone snatched")
    parts.qtbot.keyClick(text, Qt.Key.Key_Return)
    parts.settle()
    incident = parts.desk.incidents.incidents(parts.desk.operator).records[0]
    assert (incident.category, incident.headline, incident.cameras) == ("robbery", "Phone snatched", ("014",))
    assert incident.occurred_at == at
    entry = parts.desk.log.entries(parts.desk.operator).records[0]
    assert entry.snapshot is not None
    parts.qtbot.waitUntil(lambda: page.view.file is not None and page.view.file.incident.id == incident.id)
    assert page.forms.form is None
    assert incident.reference in parts.messages.last.text


def test_without_a_category_the_form_says_so_and_keeps_what_was_typed(parts):
    page = parts.incidents_page()
    page.tools_of_bar()[0].click()
    ask = page.forms.form
    ask.input("text").setPlainText("Phone snatched")
    confirm(parts, ask)
    assert ask.error.startswith("Type a few letters")
    assert ask.values()["text"] == "Phone snatched"


def test_a_time_in_the_hour_that_happens_twice_is_the_latest_past_one_and_that_is_said(parts):
    """02:04 GMT, the clocks have gone back: somebody tabs to the time, types 0150 and presses Enter."""
    parts.desk.room.clock.at = datetime(2027, 10, 31, 2, 4, tzinfo=UTC)
    page = parts.incidents_page()
    page.tools_of_bar()[0].click()
    ask = page.forms.form
    at = ask.input("at")
    ask.fill("category", "robbery")
    ask.input("text").setFocus()
    parts.qtbot.keyClicks(ask.input("text"), "Phone snatched")
    while not at.time.hasFocus():
        parts.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    parts.qtbot.keyClicks(at.time, "0150")
    said = "01:50 GMT: the second of two that night, after the clocks go back."
    assert (at.fold.isVisible(), ask.told("at")) == (True, said)
    parts.qtbot.keyClick(at.time, Qt.Key.Key_Return)
    parts.settle()
    incident = parts.desk.incidents.incidents(parts.desk.operator).records[0]
    assert incident.occurred_at == datetime(2027, 10, 31, 1, 50, tzinfo=UTC)
    assert parts.messages.last.text == f"{incident.reference} is open. {said}"


def test_a_cad_of_no_day_is_remarked_on_leaving_its_field(parts):
    page = parts.incidents_page()
    page.tools_of_bar()[0].click()
    ask = page.forms.form
    cad = ask.input("cad")
    cad.setFocus()
    parts.qtbot.keyClicks(cad, "4417/31FEB")
    parts.qtbot.keyClick(cad, Qt.Key.Key_Tab)
    assert "'4417/31FEB' is not a CAD reference" in ask.error
    assert not cad.hasFocus()
    cad.setText("4417/28FEB")
    assert ask.error == ""


def test_an_incident_begins_with_an_entry_of_the_log(parts):
    entry = parts.desk.write("Two males running", category="robbery")
    page = parts.incidents_page()
    page.open_from_entry(entry)
    assert "Two males running" in words_in(page)
    confirm(parts, page.forms.form)
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
    take(parts, page, A.CONCLUDE, result=Result.ARREST, outcome="arrest", theme=Theme.OFFENDER)
    assert offered(page) == ["Submit*", *work]
    take(parts, page, A.SUBMIT)
    assert offered(page) == ["Addendum*"]
    record = parts.desk.incidents.incident(parts.desk.operator, incident.id).incident
    assert (record.state, record.cad, record.outcome) == (S.SUBMITTED, "4417/20NOV", "arrest")
    assert "CAD 4417/20NOV" in words_in(page)
    assert dict(facts(record))["Theme"] == "Offender"
    assert "offender" in export_rows([record])[1]


def test_a_supervisor_returns_with_a_reason_that_leads_the_record(parts):
    parts.desk.submitted()
    page = parts.incidents_page(parts.desk.supervisor)
    assert offered(page) == ["Approve*", "Return", "Addendum", "Restrict…"]
    ask = press(page, A.RETURN)
    confirm(parts, ask)
    assert ask.error == "Say why, in a few words."
    ask.input("reason").setText("times are missing")
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: page.view.file.incident.state is S.RETURNED)
    assert "Returned by Supervisor 02: times are missing" in words_in(page)


def test_concluding_asks_for_the_result_and_for_absent_police_why(parts):
    incident = parts.desk.open()
    for action in (A.MONITOR, A.INFORM_POLICE):
        parts.desk.act(incident, action)
    page = parts.incidents_page()
    ask = press(page, A.CONCLUDE)
    confirm(parts, ask)
    assert ask.error.startswith("Choose how it ended.")
    ask.input("result").value = Result.NO_TRACE
    confirm(parts, ask)
    assert ask.error


def test_a_step_can_be_given_the_time_it_happened(parts):
    incident = parts.desk.open()
    parts.desk.room.clock.advance(timedelta(minutes=5))
    page = parts.incidents_page()
    ask = press(page, A.MONITOR)
    ask.input("at").time.setText(show_time(FRIDAY_NIGHT + timedelta(minutes=3), seconds=True))
    confirm(parts, ask)
    line = parts.desk.incidents.incident(parts.desk.operator, incident.id).timeline[-1]
    assert line.at == FRIDAY_NIGHT + timedelta(minutes=3)


def test_somebody_else_s_change_meanwhile_is_told_and_nothing_is_lost(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    click(page, "Change details")
    ask = page.forms.form
    ask.input("place").setText("Park Street")
    parts.desk.act(incident, A.MONITOR)
    parts.settle()
    confirm(parts, ask)
    assert "changed meanwhile" in words_in(ask)
    assert ask.values()["place"] == "Park Street"


def test_an_open_form_learns_who_changed_the_incident_and_goes_on_with_what_was_typed(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    click(page, "Change details")
    ask = page.forms.form
    ask.input("place").setText("Park Street")
    assert ask.news == ""
    parts.desk.act(incident, A.MONITOR, parts.desk.supervisor)
    parts.settle()
    parts.qtbot.waitUntil(lambda: ask.news != "")
    assert ask.news.startswith(f"Supervisor 02 changed {incident.reference} meanwhile: it is monitoring now")
    confirm(parts, ask)
    assert "by Supervisor 02" in words_in(ask)
    ask._news.keep_button.click()
    confirm(parts, ask)
    changed = parts.desk.incidents.incident(parts.desk.operator, incident.id).incident
    assert (changed.place, changed.state) == ("Park Street", S.MONITORING)


def test_entries_agencies_changes_and_addenda_join_the_timeline(parts):
    parts.desk.open()
    page = parts.incidents_page()
    click(page, "Add entry")
    page.forms.form.input("text").setPlainText("Ran into the arcade")
    confirm(parts, page.forms.form)
    click(page, "Agency informed")
    page.forms.form.input("note").setText("By telephone")
    confirm(parts, page.forms.form)
    click(page, "Change details")
    page.forms.form.input("crime_reference").setText("0123456/26")
    confirm(parts, page.forms.form)
    click(page, "Addendum")
    page.forms.form.input("reason").setText("asked by the police")
    page.forms.form.input("text").setPlainText("Bag was blue")
    confirm(parts, page.forms.form)
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
    page.new.run()
    page.forms.form.input("text").setPlainText("half a sentence")
    parts.desk.open("fire", "Smoke")
    parts.qtbot.waitUntil(lambda: len(shown(page)) == 2)
    parts.settle()
    assert page.forms.is_new
    assert page.forms.form.values()["text"] == "half a sentence"


def test_the_timeline_is_copied_as_sentences(parts):
    parts.desk.open()
    page = parts.incidents_page()
    click(page, "Copy to read out")
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == "INC-2026-00001, Robbery, George Street, 20 Nov 2026 22:41"
    assert copied[2] == "22:41:07  Camera 014, George Street. Male grabbed a phone and ran (Operator 07)"


def test_an_auditor_reads_and_exports_and_changes_nothing(parts):
    parts.desk.submitted()
    page = parts.incidents_page(parts.desk.room.auditor)
    assert offered(page) == []
    assert page.tools_of_bar()[0].isHidden()
    page.open_new()
    assert page.forms.form is None
    path = parts.folder / "incidents.csv"
    page.column.export_to(path)
    parts.settle()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Reference"], row["State"], row["Result"]) for row in rows] == [
        ("INC-2026-00001", "submitted", "arrest")
    ]


def test_changing_the_person_closes_forms_and_offers_what_they_may(parts):
    parts.desk.submitted()
    page = parts.incidents_page()
    click(page, "Addendum")
    parts.session.sign_in(parts.desk.supervisor)
    parts.settle()
    assert page.forms.form is None
    assert offered(page) == ["Approve*", "Return", "Addendum", "Restrict…"]


@pytest.mark.parametrize("key", [Qt.Key.Key_M, Qt.Key.Key_E, Qt.Key.Key_U, Qt.Key.Key_N])
def test_the_keys_open_their_forms(parts, key):
    parts.desk.open()
    page = parts.incidents_page()
    parts.qtbot.keyClick(page.records.view, key)
    parts.qtbot.waitUntil(lambda: page.forms.form is not None)


def test_a_step_the_rules_refuse_says_why(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    ask = press(page, A.MONITOR)
    ask.input("at").day.step(1)
    confirm(parts, ask)
    assert "still to come" in words_in(ask)
    assert parts.desk.incidents.incident(parts.desk.operator, incident.id).incident.state is S.OPEN
    parts.desk.incidents.act(parts.desk.operator, incident.id, Step(A.MONITOR))


def test_a_supervisor_restricts_an_incident_to_named_people_and_lifts_it_again(parts):
    incident = parts.desk.open()
    page = parts.incidents_page(parts.desk.supervisor)
    parts.qtbot.waitUntil(lambda: page.view.file is not None)
    click(page, "Restrict…")
    parts.qtbot.waitUntil(lambda: page.forms.form is not None)
    ask = page.forms.form
    people = ask.input("people")
    assert {box.text() for box in people.boxes.values() if box.isChecked()} == {
        "Operator 07",
        "Supervisor 02 (you)",
    }
    ask.submit()
    assert "Say why" in words_in(ask)
    ask.input("reason").setText("Operation Heron")
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: "Seen only by" in words_in(page))
    assert page.view.named.isVisibleTo(page)
    assert not parts.desk.incidents.incidents(parts.desk.room.auditor).records
    click(page, "Who sees it…")
    parts.qtbot.waitUntil(lambda: page.forms.form is not None)
    ask = page.forms.form
    ask.input("who").value = "everybody"
    ask.input("reason").setText("Operation ended")
    confirm(parts, ask)
    parts.qtbot.waitUntil(lambda: page.view.file.restriction is None)
    assert [each.id for each in parts.desk.incidents.incidents(parts.desk.room.auditor).records] == [
        incident.id
    ]


def test_an_operator_is_not_offered_to_restrict(parts):
    parts.desk.open()
    page = parts.incidents_page()
    parts.qtbot.waitUntil(lambda: page.view.file is not None)
    assert "Restrict…" not in offered(page)


def test_after_its_approval_the_next_incident_of_the_list_is_shown(parts):
    first, second = parts.desk.submitted(), parts.desk.submitted()
    page = parts.incidents_page(parts.desk.supervisor)
    page.show_state("To review")
    parts.settle()
    assert page.view.file.incident.id == second.id
    take(parts, page, A.APPROVE)
    parts.qtbot.waitUntil(lambda: page.view.file.incident.id == first.id)
    assert shown(page) == [first.reference]


def test_after_an_approval_the_next_to_review_is_shown_in_any_list_and_no_key_changes_its_meaning(parts):
    waiting, other = parts.desk.submitted(), parts.desk.open()
    approved = parts.desk.submitted()
    page = parts.incidents_page(parts.desk.supervisor)
    assert shown(page) == [approved.reference, other.reference, waiting.reference]
    take(parts, page, A.APPROVE)
    parts.qtbot.waitUntil(lambda: page.view.file.incident.id == waiting.id)
    take(parts, page, A.APPROVE)
    assert page.view.file.incident.state is S.APPROVED
    parts.qtbot.keyClick(page.records.view, Qt.Key.Key_R)
    assert page.forms.form is None, "Return stays Return, and does not become Reopen"
    assert page.moves[A.REOPEN].keys != page.moves[A.RETURN].keys


def test_the_next_is_shown_although_news_took_the_approved_one_off_the_list_first(parts):
    first, second = parts.desk.submitted(), parts.desk.submitted()
    page = parts.incidents_page(parts.desk.supervisor)
    page.show_state("To review")
    parts.settle()
    parts.desk.act(second, A.APPROVE, parts.desk.supervisor)
    parts.qtbot.waitUntil(lambda: shown(page) == [first.reference])
    parts.settle()
    assert page.records.selected_record() is None
    page.records.go_on()
    parts.qtbot.waitUntil(lambda: page.view.file.incident.id == first.id)


@pytest.mark.parametrize("action", [A.APPROVE, A.RETURN])
def test_the_next_below_is_shown_although_news_took_the_one_done_off_the_list_first(parts, action):
    below, done, above = (parts.desk.submitted() for _ in range(3))
    page = parts.incidents_page(parts.desk.supervisor)
    page.show_state("To review")
    parts.settle()
    page.records.select(done.id)
    parts.qtbot.waitUntil(lambda: page.view.file.incident.id == done.id)
    ask = press(page, action)
    result = parts.desk.act(done, action, parts.desk.supervisor, reason="Say who left.")
    parts.qtbot.waitUntil(lambda: shown(page) == [above.reference, below.reference])
    parts.settle()
    ask.done.emit(result)
    parts.settle()
    assert page.view.file.incident.id == below.id
    assert page.records.selected_record().id == below.id


def test_after_a_step_of_the_road_the_incident_stays_though_it_left_the_list(parts):
    parts.desk.open()
    second = parts.desk.open()
    parts.desk.act(second, A.MONITOR)
    page = parts.incidents_page()
    page.show_state("In progress")
    parts.settle()
    take(parts, page, A.CONCLUDE, result=Result.NO_ACTION)
    parts.qtbot.waitUntil(lambda: second.reference not in shown(page))
    parts.settle()
    assert page.view.file.incident.state is S.CONCLUDED
    assert "Submit*" in offered(page)


def test_each_incident_has_its_own_half_typed_form(parts):
    first, second = parts.desk.open(), parts.desk.open()
    page = parts.incidents_page()
    click(page, "Addendum")
    typed(page).fill("text", "half a sentence")
    page.records.select(first.id)
    parts.qtbot.waitUntil(lambda: page.view.file.incident.id == first.id)
    assert page.forms.form is None
    page.records.select(second.id)
    parts.qtbot.waitUntil(lambda: page.view.file.incident.id == second.id)
    assert typed(page).values()["text"] == "half a sentence"


def test_a_form_from_another_tile_is_not_filled_with_words_of_the_one_before(parts):
    page = parts.incidents_page()
    page.open_new()
    typed(page).fill("text", "half a sentence")
    page.open_new(parts.desk.camera, parts.picture(), FRIDAY_NIGHT)
    assert typed(page).values()["text"] == ""
    typed(page).leave()
    page.open_new()
    assert typed(page).values()["text"] == "half a sentence"


def test_an_entry_of_an_incident_is_accepted_while_the_database_is_away_and_joins_it_once_it_is_back(parts):
    incident = parts.desk.open()
    page = parts.incidents_page()
    parts.lose_database()
    click(page, "Add entry")
    page.forms.form.input("text").setPlainText("Ran into the arcade")
    confirm(parts, page.forms.form)
    assert page.forms.form is None
    (item,) = parts.outbox.entries()
    assert (item.text, item.about.incident) == ("Ran into the arcade", incident.reference)
    parts.bring_database_back()
    entry = next(
        each for each in parts.desk.log.entries(parts.desk.operator).records if each.text == item.text
    )
    assert (entry.incident_reference, entry.spooled) == (incident.reference, True)
    assert parts.outbox.entries() == ()


def test_entries_logged_meanwhile_are_read_and_then_join(parts):
    desk = parts.desk
    incident = desk.open()
    desk.write("ran north, CAD 77", camera_id=desk.camera.id)
    page = parts.incidents_page()
    page.show_incident(incident.id)
    parts.settle()
    click(page, "Logged meanwhile: 1…")
    assert "ran north" in words_in(typed(page)) and "CAD 77/20NOV" in words_in(typed(page))
    confirm(parts, typed(page))
    parts.qtbot.waitUntil(lambda: "Logged meanwhile: 1…" not in offered(page))
    file = desk.incidents.incident(desk.operator, incident.id)
    assert (file.incident.cad, file.meanwhile) == ("77/20NOV", ())
