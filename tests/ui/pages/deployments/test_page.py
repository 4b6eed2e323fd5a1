"""The page: ranking, overdue, the road of a bid to a live camera, meetings, units, and who may do what."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton, QScrollArea, QWidget

from controlroom.deployments.bids.records import ActionNow, BidAction, BidContent, BidState
from controlroom.deployments.deployments.records import CheckKind, DeploymentAction, DeploymentState, Standing
from controlroom.deployments.deployments.tables import AlertRow
from controlroom.deployments.meetings.records import MeetingState, Outcome
from controlroom.deployments.units.records import UnitState
from controlroom.ui.kit.picture import Picture
from controlroom.ui.pages.deployments.agenda_view import AgendaRow
from controlroom.ui.pages.deployments.forms import deployment_forms
from controlroom.ui.pages.deployments.picture_field import PictureField
from controlroom.ui.pages.deployments.rows import OverdueCard, RankRow, UnitLine
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column, grow
from tests.deployments.builders import CONTENT, Desk
from tests.ui.helpers import show, words_in
from tests.ui.pages.deployments.conftest import MEETING

A = DeploymentAction


def widgets(parent, kind):
    return [each for each in parent.findChildren(kind) if each.isVisible()]


def shown_buttons(parent):
    return {button.text() for button in parent.findChildren(KeyButton) if button.isVisible()}


def view(shown):
    """A picture file, as a stick holds one."""
    path = shown.room.folder / "view.jpg"
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.darkGreen)
    assert picture.save(str(path))
    return path


def test_the_right_column_says_what_the_next_meeting_has_to_give(shown):
    outlook = shown.page.timeline.outlook
    assert outlook.free.figure.text() == "3"
    assert outlook.tabled.figure.text() == "6"
    rows = widgets(outlook.ranking, RankRow)
    assert [row.accessibleName().split(",")[1].strip() for row in rows][:2] == [
        "Wellington Road",
        "Headley Drive",
    ]
    (line,) = widgets(outlook.ranking, UnitLine)
    assert line.text == "three units free: the line falls here"
    shown.wait(lambda: rows[2].y() < line.y() < rows[3].y(), "the line stands below the third bid")


def test_the_badge_counts_what_is_past_its_end_and_the_bar_names_the_next_meeting(shown):
    badges, told = [], []
    shown.page.badge_changed.connect(badges.append)
    shown.page.subtitle_changed.connect(told.append)
    shown.page.entered()
    shown.wait(lambda: badges)
    assert set(badges) == {2}
    assert set(told) == {"6 of 10 units live, 2 past their end"}
    (chip,) = shown.page.top_bar_widgets()
    assert chip.text() == "Next JAG: Thursday 26 November, 10:00, in 6 days"


def test_opening_the_page_raises_the_days_alert_once(shown):
    with shown.room.database.read() as session:
        told = [row.deployment_id for row in session.query(AlertRow).filter_by(day=date(2026, 11, 20))]
    assert len(told) == len(set(told)) == 2


def test_the_overdue_card_takes_it_to_the_meeting(shown):
    page = shown.page
    card = widgets(page.timeline.outlook, OverdueCard)[0]
    button = next(each for each in card.findChildren(KeyButton) if each.text() == "Take to JAG")
    assert (button.kind, button.key) == ("primary", "J")
    button.click()
    slot = page.timeline.panel.slot
    shown.wait(lambda: slot.form is not None)
    assert "14 to 6" in slot.form.values()["paper"]
    shown.submit(slot)
    assert page.timeline.panel.deployment.tabled_for == date(2026, 11, 26)


@pytest.mark.parametrize("size", [(1844, 950), (1290, 640)])
def test_a_camera_whose_chairs_action_ended_is_an_alarm_and_nobody_makes_it_live(shown, size):
    page, panel = shown.page, shown.page.timeline.panel
    page.resize(*size)
    (card,) = [each for each in widgets(page.timeline.outlook, OverdueCard) if "Oakfield Road" in each.told]
    assert "the chair's action ended on 22 Oct 2026, take it down by 22 Oct 2026" in card.told
    next(each for each in card.findChildren(KeyButton) if each.text() == "Open").click()
    shown.wait(lambda: panel.deployment is not None and panel.deployment.place == "Oakfield Road")
    shown.settle()
    assert panel.deployment.state is DeploymentState.ENDING
    assert not panel.state_actions.button(A.GO_LIVE).isEnabled()
    said = words_in(panel)
    assert "Go live: the chair's action it stood on ended on 22 Oct 2026." in said
    assert "take it down by 22 Oct 2026" in said
    assert "To a live camera" not in said, "nothing leads there any more"
    body = panel.body.parentWidget()
    shown.wait(
        lambda: body.minimumSizeHint().width() <= body.width(), "nothing is cut off at the panel's side"
    )


def test_a_new_bid_is_marked_where_it_is_missing_something_and_shows_the_nearest_camera(shown):
    page = shown.page
    page.show_tab("Bids")
    form = page.bids.new_bid()
    form.input("partner").value = "Housing"
    form.input("place").setText("Sumner Road")
    form.input("position").setText("51.3801, -0.1092")
    shown.wait(lambda: "Nearest permanent camera 0" in form.nearest.text)
    shown.qtbot.keyClick(form, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert form.input("causes").property("invalid")
    assert form.isVisible()
    shown.qtbot.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    shown.wait(lambda: page.bids.shown is not None and page.bids.shown.content.place == "Sumner Road")
    bid = page.bids.shown
    assert (bid.state, bid.reference) == (BidState.DRAFT, "BID-2026-00046")
    assert page.bids.table.selected_record().id == bid.id


def test_a_bid_saved_by_a_double_press_is_one_bid(shown):
    shown.page.show_tab("Bids")
    form = shown.page.bids.new_bid()
    form.begin("New bid", replace(CONTENT, place="Sumner Road"))
    for _ in range(2):
        shown.qtbot.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not form.input("place").isEnabled(), "what is typed now would not be in it"
    shown.qtbot.keyClick(form, Qt.Key.Key_Escape)
    shown.wait(lambda: not form.isVisible())
    shown.settle()
    assert form.input("place").isEnabled()
    found = [
        bid for bid in shown.services.bids.bids(shown.room.coordinator) if bid.content.place == "Sumner Road"
    ]
    assert len(found) == 1


def test_a_planned_meeting_is_moved_or_cancelled_with_a_reason(shown):
    tab, services, who = shown.page.meetings, shown.services.meetings, shown.room.coordinator
    day = tab.desk.today + timedelta(days=90)
    planned = services.plan(who, day, "10:00", "Town hall")
    shown.page.show_tab("Meetings")
    shown.settle()
    tab.show_record(planned.id)
    shown.wait(lambda: tab.agenda is not None and tab.agenda.meeting.id == planned.id)
    tab.move_meeting()
    tab.forms.form.fill("day", day + timedelta(days=1))
    shown.submit(tab.forms)
    shown.wait(lambda: tab.agenda.meeting.day == day + timedelta(days=1))
    tab.cancel_meeting()
    tab.forms.form.submit()
    assert "Say why it is cancelled." in tab.forms.form.error
    tab.forms.form.fill("reason", "The chair is away.")
    shown.submit(tab.forms)
    assert planned.id not in {each.id for each in services.meetings(who) if each.planned}


def test_a_position_that_is_none_is_said_beside_its_field(shown):
    shown.page.show_tab("Bids")
    form = shown.page.bids.new_bid()
    form.begin("New bid", BidContent(partner="Housing", place="Sumner Road"))
    form.input("position").setText("near the school")
    shown.qtbot.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert form.input("position").property("invalid")
    assert len(shown.services.bids.bids(shown.room.coordinator)) == 83


def test_a_duplicate_and_a_position_outside_its_ward_are_said_at_their_fields(shown):
    shown.page.show_tab("Bids")
    form = shown.page.bids.new_bid()
    form.input("partner").value = "Housing"
    form.input("place").setText("Wellington Road, by the school")
    form.input("ward").set_value("Broad Green")
    form.input("position").setText("51.3489, -0.0157")
    shown.wait(lambda: "is still open: tabled" in form.told("place"))
    shown.wait(lambda: "it may be in New Addington" in form.told("position"))
    form.input("position").setText("51.3858, -0.1135")
    form.input("place").setText("A road nobody bid for")
    shown.wait(lambda: not form.told("place") and not form.told("position"))


def test_the_tests_a_bid_lacks_are_named_before_it_is_submitted(shown):
    shown.page.show_tab("Bids")
    form = shown.page.bids.new_bid()
    form.begin("New bid", replace(CONTENT, medium_term_plan=False, agencies=("Housing",)))
    assert "medium-term" in form.tests_told
    assert "At least 2 different agencies" in form.tests_told
    form.input("agencies").set_value(("Housing", "ASB team"))
    form.input("medium_term_plan").setChecked(True)
    assert form.tests_told == ""


def test_the_mark_of_a_missing_field_goes_when_it_is_filled_in(shown):
    shown.page.show_tab("Bids")
    form = shown.page.bids.new_bid()
    form.begin("New bid", replace(CONTENT, causes="", latitude=None, longitude=None))
    shown.qtbot.keyClick(form, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert form.input("causes").property("invalid")
    form.input("causes").setPlainText("A cut-through.")
    assert not form.input("causes").property("invalid")
    assert form.input("position").property("invalid")
    form.input("position").setText("51.34")
    assert form.input("position").property("invalid"), "half a position is none"
    form.input("position").setText("51.3489, -0.0157")
    assert not form.input("position").property("invalid")


def test_the_first_score_takes_a_typed_figure_at_once(shown):
    record, assess = shown.page.bids, shown.page.bids.view.assess
    shown.page.show_tab("Bids")
    shown.settle()
    bids = shown.services.bids.bids(shown.room.coordinator)
    bid = next(each for each in bids if ActionNow(BidAction.ASSESS) in each.actions)
    record.show_record(bid.id)
    shown.wait(lambda: record.shown is not None and record.shown.id == bid.id)
    shown.settle()
    record.take(BidAction.ASSESS)
    first = next(iter(assess.spins.values()))
    shown.wait(first.hasFocus)
    figure = 3 if first.value() != 3 else 4
    shown.qtbot.keyClicks(first, str(figure))
    assert first.value() == figure
    first.selectAll()
    shown.qtbot.keyClicks(first, "12")
    shown.qtbot.keyClick(assess, Qt.Key.Key_Return)
    assert (first.value(), first.hasFocus()) == (12, True), "it stands as it was typed"
    assert "a score is 0 to 10" in words_in(assess)
    shown.settle()
    assert record.shown.score is None
    first.selectAll()
    shown.qtbot.keyClicks(first, "7")
    assert "a score is 0 to 10" not in words_in(assess)
    shown.qtbot.keyClick(assess, Qt.Key.Key_Return)
    assert not first.isEnabled(), "while it is saved"
    shown.wait(lambda: record.shown.score is not None)
    shown.settle()
    assert first.isEnabled()


def test_a_bid_goes_from_draft_to_live_through_the_page(shown):
    page, bids = shown.page, shown.services.bids
    page.show_tab("Bids")
    form = page.bids.new_bid()
    form.begin("New bid", replace(CONTENT, place="Sumner Road", ward="Broad Green"))
    shown.qtbot.keyClick(form, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    record, assess = page.bids, page.bids.view.assess
    shown.wait(lambda: record.shown is not None and record.shown.state is BidState.SUBMITTED)
    shown.settle()

    record.take(BidAction.ASSESS)
    assert assess.isVisible()
    before = assess.total()
    assess.spins["severity"].setValue(9)
    assert assess.total() > before
    shown.qtbot.keyClick(assess, Qt.Key.Key_Escape)
    assert not assess.isVisible()
    record.take(BidAction.ASSESS)
    assert assess.spins["severity"].value() == 9, "what was given is back"
    assess.assessed.emit(assess.assessment())
    shown.wait(lambda: record.shown.state is BidState.ASSESSED)
    assert record.shown.score is not None
    shown.settle()

    record.take(BidAction.CHAIR)
    shown.submit(record.forms, reason="A stabbing last night.")
    shown.wait(lambda: record.shown.state is BidState.APPROVED)
    record.take(BidAction.PLAN)
    shown.submit(record.forms)

    panel = page.timeline.panel
    shown.wait(lambda: panel.deployment is not None and panel.deployment.place == "Sumner Road")
    assert panel.isVisible()
    assert not panel.state_actions.button(A.SCHEDULE).isEnabled()
    store = next(
        unit for unit in shown.services.units.units(shown.room.coordinator) if unit.asset == "RDC-10"
    )
    for action, values in (
        (A.SURVEY, {"column": "LC 7", "note": "Power and signal good."}),
        (A.DPIA, {"reference": "DPIA-2026-90"}),
        (A.SCHEDULE, {"unit_id": store.id}),
        (A.INSTALL, {}),
        (A.SIGNS, {}),
        (A.TEST_IMAGE, {"picture": view(shown)}),
        (A.GO_LIVE, {}),
    ):
        shown.wait(lambda action=action: panel.state_actions.button(action) is not None)
        panel.take(action)
        shown.submit(panel.slot, **values)
    shown.wait(lambda: panel.deployment.state is DeploymentState.LIVE)
    assert panel.deployment.title == "RDC-10 · Sumner Road"
    assert bids.bid(shown.room.coordinator, panel.deployment.bid_id).state is BidState.DEPLOYED
    shown.wait(lambda: any(bar.place == "Sumner Road" for bar in page.timeline.view.timeline.lanes[-1].bars))


def test_ordering_a_removal_says_by_which_day_before_it_is_saved(shown):
    page, panel = shown.page, shown.page.timeline.panel
    every = shown.services.deployments.deployments(shown.room.coordinator)
    overdue, live = (
        next(each.id for each in every if each.standing is standing)
        for standing in (Standing.PAST_END, Standing.LIVE)
    )
    for shown_id in (overdue, live):
        page.show_deployment(shown_id)
        shown.wait(lambda shown_id=shown_id: panel.deployment is not None and panel.deployment.id == shown_id)
        form = panel.take(A.ORDER_REMOVAL)
        form.fill("reason", "1.1.2099")
        if shown_id == overdue:
            assert form.told("reason") == "It comes down today, 20 Nov 2026, whatever is written here."
        else:
            form.fill("by", date(2026, 12, 24))
            assert form.told("by") == "It comes down by Thursday 24 Dec 2026."


def test_what_a_service_refuses_stays_in_the_form_with_what_was_typed(shown):
    page = shown.page
    every = shown.services.deployments.deployments(shown.room.coordinator)
    page.show_deployment(next(each.id for each in every if each.standing is Standing.LIVE))
    panel = page.timeline.panel
    shown.wait(lambda: panel.deployment is not None)
    panel.take(A.ORDER_REMOVAL)
    panel.slot.form.fill("reason", "Its purpose is met")
    panel.slot.form.fill("by", date(2026, 11, 1))
    panel.slot.form.submit()
    shown.wait(lambda: panel.slot.form.error)
    assert "is past" in panel.slot.form.error
    assert panel.slot.form.values()["reason"] == "Its purpose is met"
    panel.slot.form.fill("reason", "")
    panel.slot.form.submit()
    assert panel.slot.form.input("reason").property("invalid")


def test_decisions_are_recorded_one_by_one_down_the_agenda(shown):
    page, view = shown.page, shown.page.meetings
    page.show_tab("Meetings")
    shown.wait(lambda: view.agenda is not None)
    assert view.decide_next() is None
    assert "when it meets, in 6 days" in view.why_not()
    shown.room.clock.at = MEETING
    page.entered()
    shown.wait(lambda: not view.why_not())
    undecided = view.agenda.undecided
    for _ in view.agenda.deployments:
        assert view.decide_next() is not None
        shown.submit(view.forms, reason="Reports fell by half.")
    shown.wait(lambda: view.agenda.undecided == undecided - 3)

    second = view.agenda.bids[1]
    form = view.decide(second)
    form.submit()
    shown.wait(lambda: form.error)
    assert "departs from the ranking" in form.error
    shown.submit(view.forms, reason="The school reopens on Monday.")
    shown.wait(lambda: view.agenda.bids[1].decision is not None)
    assert view.agenda.bids[1].decision.departs

    while view.agenda.undecided:
        left = view.agenda.undecided
        assert view.decide_next() is not None
        shown.submit(view.forms, outcome=Outcome.DEFERRED, reason="Out of time.")
        shown.wait(lambda left=left: view.agenda.undecided == left - 1)
    assert "Headley Drive: approved. The school reopens on Monday." in view.minutes.text
    view.minutes.close_button.click()
    shown.submit(view.forms)
    shown.wait(lambda: view.agenda.meeting.state is MeetingState.HELD)
    assert view.minutes.edit.isReadOnly()


def test_a_meeting_and_a_year_of_them_are_planned_in_the_page(shown):
    page, tab = shown.page, shown.page.meetings
    page.show_tab("Meetings")
    shown.settle()
    tab.plan()
    shown.submit(tab.forms, day=date(2026, 12, 1), time="14:00", place="Town hall")
    shown.wait(lambda: tab.agenda.meeting.day == date(2026, 12, 1))
    before = len(tab.table.shown_records())
    tab.plan_year()
    shown.submit(tab.forms)
    shown.wait(lambda: len(tab.table.shown_records()) > before)


def test_the_hour_and_the_day_of_a_meeting_are_read_as_they_are_typed(shown):
    tab = shown.page.meetings
    shown.page.show_tab("Meetings")
    shown.settle()
    form = tab.plan()
    assert form.values()["day"] == date(2027, 5, 4), (
        "every month before has its meeting, and the 3rd is a holiday"
    )
    form.input("day").setText("1.12.2026")
    form.input("time").setText("930")
    assert (form.input("time").reading, form.values()["time"]) == ("09:30", "09:30")
    shown.submit(tab.forms)
    shown.wait(lambda: tab.agenda.meeting.day == date(2026, 12, 1))
    assert tab.agenda.meeting.time == "09:30"


def test_planning_on_a_bank_holiday_or_in_christmas_week_is_said_at_the_day_and_can_be_done(shown):
    page, tab = shown.page, shown.page.meetings
    page.show_tab("Meetings")
    shown.settle()
    form = tab.plan()
    assert form.told("day") == ""
    form.fill("day", date(2026, 12, 29))
    assert "Christmas week" in form.told("day")
    form.fill("day", date(2027, 5, 31))
    assert "Spring Bank Holiday" in form.told("day")
    form.fill("day", date(2026, 11, 19))
    assert "is past" in form.told("day")
    form.submit()
    assert "is past" in form.error
    form.fill("day", date(2026, 12, 29))
    assert form.error == ""
    shown.submit(tab.forms, time="14:00", place="Town hall")
    shown.wait(lambda: tab.agenda.meeting.day == date(2026, 12, 29))
    assert "Christmas week" in tab.agenda.unusual


def test_planning_a_year_names_its_unusual_days(shown):
    page, tab = shown.page, shown.page.meetings
    page.show_tab("Meetings")
    shown.settle()
    form = tab.plan_year()
    assert form.told("weekday") == ""
    form.fill("weekday", 0)
    form.fill("week", 1)
    assert "3 May 2027 is a bank holiday" in form.told("weekday")
    assert "Planned for 10 May 2027 instead." in form.told("weekday")
    form.fill("week", 2)
    assert "May 2027" not in form.told("weekday")


def test_a_fault_is_reported_at_the_unit(shown):
    page, tab = shown.page, shown.page.units
    page.show_tab("Units")
    shown.wait(lambda: len(tab.table.shown_records()) == 10)
    store = next(unit for unit in tab.table.shown_records() if unit.state is UnitState.IN_STORE)
    tab.table.select(store.id)
    next(each for each in tab.panel.findChildren(KeyButton) if each.text() == "Report fault").click()
    shown.submit(tab.forms, what="Water in the dome")
    shown.wait(lambda: tab.table.selected_record().state is UnitState.FAULTY)


def test_the_agenda_shows_the_better_bids_left_off_with_their_reason(shown):
    page, desk = shown.page, Desk(shown.room, shown.services, shown.services.policy)
    better = desk.assessed("Thornton Road", severity=10, feasibility=10, alternatives=10)
    page.show_tab("Meetings")
    shown.wait(lambda: page.meetings.agenda is not None and page.meetings.agenda.meeting.day > desk.today)
    shown.settle()
    rows = [each for each in widgets(page.meetings.items, AgendaRow) if "Thornton Road" in words_in(each)]
    (row,) = rows
    assert f"{better.reference} · scored, and tabled at no meeting" in words_in(row)
    next(each for each in row.findChildren(KeyButton) if each.text() == "Open").click()
    shown.wait(lambda: page.bids.shown is not None and page.bids.shown.id == better.id)


def test_closing_asks_why_for_a_better_bid_scored_since_and_the_minutes_say_it(shown):
    view, desk = shown.page.meetings, Desk(shown.room, shown.services, shown.services.policy)
    meetings, who = shown.services.meetings, desk.coordinator
    shown.room.clock.at = MEETING - timedelta(days=1)
    meeting, given = desk.meeting(desk.today), {"severity": 10, "feasibility": 10, "alternatives": 10}
    best = desk.assessed("Sumner Road", vulnerability=9, frequency=10, **given)
    meetings.table_bid(who, best.id, meeting.id)
    meetings.record_decision(who, meeting.id, best.id, Outcome.APPROVED)
    for item in meetings.agenda(who, meeting.id).deployments:
        meetings.record_extension(who, meeting.id, item.deployment_id, Outcome.EXTENDED)
    better = desk.assessed("Thornton Road", vulnerability=10, frequency=10, **given)
    shown.page.show_meeting(meeting.id)
    shown.wait(lambda: view.agenda is not None and view.agenda.meeting.id == meeting.id)
    shown.settle()
    view.minutes.edit.setPlainText("Present: six.")
    view.minutes.close_button.click()
    shown.wait(lambda: view.forms.form is not None)
    assert f"Not on the agenda, though better than {best.reference}" in words_in(view.forms.form)
    view.forms.form.submit()
    assert view.forms.form.input("reason").property("invalid")
    shown.submit(view.forms, reason="Its column has no power before March.")
    shown.wait(lambda: view.agenda.meeting.state is MeetingState.HELD)
    assert better.reference in view.agenda.meeting.minutes
    assert "Reason: Its column has no power before March." in view.agenda.meeting.minutes


@pytest.mark.parametrize("from_camera", [True, False])
def test_a_test_picture_is_taken_registered_hashed_and_shown(shown, from_camera):
    """By the camera's button, or as a file: seen before it is recorded, then in the register and in the panel."""
    desk, panel = Desk(shown.room, shown.services, shown.services.policy), shown.page.timeline.panel
    service, who = shown.services.deployments, desk.coordinator
    unit = next(each for each in shown.services.units.units(who) if each.asset == "RDC-10")
    bid = desk.assessed("Sumner Road")
    shown.services.meetings.chair_approves(who, bid.id, "A stabbing last night.")
    here = service.install(who, desk.scheduled(bid, unit).id)
    taken = view(shown)
    shown.camera.append(taken)
    shown.page.show_deployment(here.id)
    shown.wait(lambda: panel.deployment is not None and panel.deployment.id == here.id)
    shown.settle()
    panel.take(A.TEST_IMAGE)
    field = panel.slot.form.findChild(PictureField)
    panel.slot.form.submit()
    assert "Take a picture, or choose a file" in panel.slot.form.error, "no picture, nothing recorded"
    if from_camera:
        field.from_camera.click()
        shown.wait(lambda: field.value == taken)
    else:
        field.from_file.click()
        dialog = field.findChild(QFileDialog)
        dialog.fileSelected.emit(str(taken))
        dialog.close()
    shown.wait(lambda: any(each.is_loaded for each in widgets(field, Picture)), "it is shown first")
    assert not field.isAncestorOf(panel.slot.form.focusWidget()), "Enter records it, and asks for no other"
    shown.submit(panel.slot)
    assert shown.asked == ([(who, "RDC-10")] if from_camera else [])
    recorded = service.deployment(who, here.id).newest(CheckKind.PICTURE)
    kept = service.picture(who, here.id)
    assert recorded.picture_sha256 == hashlib.sha256(taken.read_bytes()).hexdigest()
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == recorded.picture_sha256
    (entry,) = [each for each in service.history(who, here.id) if each.action == "deployment.test-image"]
    assert entry.detail["sha256"] == recorded.picture_sha256
    shown.wait(lambda: any(each.is_loaded for each in widgets(panel, Picture)), "the panel shows it")


def test_a_unit_leads_to_its_deployment(shown):
    page, tab = shown.page, shown.page.units
    page.show_tab("Units")
    shown.wait(lambda: len(tab.table.shown_records()) == 10)
    tab.table.select(tab.table.shown_records()[0].id)
    next(each for each in tab.panel.findChildren(KeyButton) if each.text() == "Open deployment").click()
    shown.wait(lambda: page.timeline.panel.deployment is not None)
    assert page.timeline.panel.deployment.asset == "RDC-01"


def test_an_operator_reads_everything_and_is_offered_nothing_to_change(shown):
    page = shown.page
    shown.session.sign_in(shown.room.operator)
    shown.wait(lambda: not page.timeline.new_button.isVisible())
    overdue = shown.services.overview.attention(shown.room.operator).past_end[0]
    page.show_deployment(overdue.id)
    shown.wait(lambda: page.timeline.panel.deployment is not None)
    shown.settle()
    assert shown_buttons(page.timeline.panel) == {"Bid"}
    bid = shown.services.meetings.next_agenda(shown.room.operator).bids[0]
    page.show_bid(bid.bid_id)
    shown.wait(lambda: page.bids.shown is not None)
    shown.settle()
    assert not page.bids.state_actions.isVisible()
    assert page.bids.new_bid() is None
    page.show_tab("Meetings")
    shown.wait(lambda: page.meetings.agenda is not None)
    assert not any(each.isVisible() for each in page.meetings.tools_of_bar())


def test_what_one_person_chose_on_the_timeline_is_not_there_for_the_next(shown):
    timeline = shown.page.timeline
    usual = timeline.window_days
    shown.page.show_deployment(
        next(bar.deployment_id for lane in timeline.view.timeline.lanes for bar in lane.bars)
    )
    timeline.move_window(-1)
    shown.settle()
    assert timeline.panel.isVisible()
    shown.session.sign_in(shown.room.operator)
    shown.settle()
    assert timeline.outlook.isVisible()
    assert (timeline.panel.deployment, timeline.view.selection) == (None, None)
    shown.page.timeline.refresh()
    shown.settle()
    assert timeline.window_days == usual


def test_no_record_stays_in_the_panel_while_another_is_read(shown):
    first, second = [
        bar.deployment_id for lane in shown.page.timeline.view.timeline.lanes for bar in lane.bars
    ][:2]
    panel = shown.page.timeline.panel
    shown.page.show_deployment(first)
    shown.settle()
    before = panel.deployment
    assert before.reference in words_in(panel)
    shown.page.show_deployment(second)
    assert before.reference not in words_in(panel)
    assert shown_buttons(panel) == set()
    shown.settle()
    assert panel.deployment.id == second
    assert panel.deployment.reference in words_in(panel)


def cut_off(area):
    """How many pixels of what stands in a scroll area are cut off at its right."""
    content = area.widget()
    content.layout().invalidate()
    return max(0, content.minimumSizeHint().width() - area.viewport().width())


def test_every_form_fits_the_panel_on_a_small_screen(shown):
    page, panel = shown.page, shown.page.timeline.panel
    page.resize(1290, 640)
    every = shown.services.deployments.deployments(shown.room.coordinator)
    page.show_deployment(next(each.id for each in every if each.standing is Standing.LIVE))
    shown.settle()
    file, cut = panel._file, {}
    for action, spec in deployment_forms(panel._context, file.deployment, file.units, file.meetings).items():
        form = panel.slot.open(spec, file.deployment.id)
        cut[action.value] = cut_off(panel.findChild(QScrollArea))
        form.leave()
    panel.close_panel()
    page.timeline.begin_deployment()
    shown.wait(lambda: page.timeline.outlook.slot.form is not None)
    cut["New deployment"] = cut_off(page.timeline.outlook)
    assert {name: pixels for name, pixels in cut.items() if pixels} == {}
    assert len(cut) > 10


def test_every_button_of_a_record_works_by_its_key(shown):
    page = shown.page
    overdue = shown.services.overview.attention(shown.room.coordinator).past_end[0]
    page.activateWindow()
    page.show_deployment(overdue.id)
    shown.wait(lambda: page.timeline.panel.deployment is not None)
    shown.settle()
    shown.wait(page.isActiveWindow)
    shown.qtbot.keyClick(page.timeline.view, Qt.Key.Key_R)
    shown.wait(lambda: page.timeline.panel.slot.form is not None)
    assert "reason" in page.timeline.panel.slot.form.values()
    shown.qtbot.keyClick(page.timeline.panel.slot.form, Qt.Key.Key_Escape)
    assert page.timeline.panel.slot.form is None
    shown.qtbot.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert page.choices.index == 1


@pytest.fixture
def window(shown):
    """The page as in the desk's window: something else could take the focus from it."""
    made = QWidget()
    column(QPushButton("Rail"), grow(shown.page), on=made)
    made.resize(1844, 950)
    show(shown.qtbot, made)
    yield made
    shown.page.setParent(None)
    made.close()


def test_a_half_filled_bid_comes_back_after_a_look_at_a_deployment_and_its_bid(shown):
    page, bids = shown.page, shown.page.bids
    page.show_tab("Bids")
    form = bids.new_bid()
    form.input("place").setText("Sumner Road")
    form.input("position").setText("51.38, -0.")
    overdue = shown.services.overview.attention(shown.room.coordinator).past_end[0]
    page.show_deployment(overdue.id)
    shown.wait(lambda: page.timeline.panel.deployment is not None)
    shown.qtbot.keyClick(page.timeline.panel, Qt.Key.Key_F)
    shown.wait(lambda: bids.shown is not None and bids.shown.id == overdue.bid_id)
    shown.settle()
    assert not form.isVisible()
    shown.qtbot.keyClick(bids.table.view, Qt.Key.Key_N)
    assert form.isVisible()
    assert form.input("place").text() == "Sumner Road"
    assert form.input("position").text() == "51.38, -0."
    shown.qtbot.keyClick(form.input("position"), Qt.Key.Key_Escape)
    bids.take(BidAction.EDIT)
    assert form.input("place").text() != "Sumner Road"


def test_a_half_filled_bid_is_its_writers_alone_and_gone_once_it_is_saved(shown):
    page = shown.page
    page.show_tab("Bids")
    form = page.bids.new_bid()
    form.input("place").setText("Sumner Road")
    form.input("partner").value = "Housing"
    shown.session.sign_in(replace(shown.room.coordinator, user_id=77))
    assert not form.isVisible()
    assert page.bids.new_bid().input("place").text() == ""
    shown.session.sign_in(shown.room.coordinator)
    assert page.bids.new_bid().input("place").text() == "Sumner Road"
    shown.qtbot.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    shown.wait(lambda: not form.isVisible())
    shown.settle()
    assert page.bids.new_bid().input("place").text() == ""


def test_words_about_a_deployment_come_back_with_it_alone(shown):
    first, second = [
        bar.deployment_id for lane in shown.page.timeline.view.timeline.lanes for bar in lane.bars
    ][:2]
    panel = shown.page.timeline.panel

    def open_survey(deployment_id):
        shown.page.show_deployment(deployment_id)
        shown.settle()
        return panel.take(A.ABORT)

    open_survey(first).fill("reason", "half a sentence")
    assert open_survey(second).values()["reason"] == ""
    assert open_survey(first).values()["reason"] == "half a sentence"


@pytest.mark.parametrize(("size", "wanted"), [((1844, 950), 812), ((1290, 640), 562)])
def test_the_list_of_bids_is_wide_enough_beside_a_record(shown, size, wanted):
    page = shown.page
    page.resize(*size)
    page.show_tab("Bids")
    shown.wait(lambda: page.bids.table.view.width() >= wanted)


@pytest.mark.parametrize(
    ("tab", "keys"), [("Units", Qt.Key.Key_N), ("Meetings", Qt.Key.Key_N), ("Meetings", Qt.Key.Key_Y)]
)
def test_leaving_a_form_gives_the_list_the_keys(shown, window, tab, keys):
    shown.page.show_tab(tab)
    shown.settle()
    part = shown.page._current
    shown.qtbot.keyClick(part.table.view, keys)
    shown.wait(lambda: part.forms.form.isAncestorOf(window.focusWidget()))
    shown.qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert part.table.view.hasFocus()


def test_the_form_left_open_has_the_keys_when_the_page_comes_back(shown, window):
    shown.page.show_tab("Bids")
    shown.settle()
    place = shown.page.bids.new_bid().input("place")
    place.setFocus()
    shown.page.left()
    shown.page.entered()
    shown.settle()
    assert window.focusWidget() is place


def test_a_deployments_form_left_open_keeps_the_keys(shown, window):
    shown.page.timeline.begin_deployment()
    slot = shown.page.timeline.outlook.slot
    shown.wait(lambda: slot.form is not None)
    shown.settle()
    shown.page.left()
    shown.page.entered()
    assert slot.form.isAncestorOf(window.focusWidget())


def test_a_reason_that_begins_with_a_reference_keeps_it(shown):
    bids = shown.page.bids
    shown.page.show_tab("Bids")
    shown.settle()
    plan = ActionNow(BidAction.PLAN, "DEP-2027-00005 is under way.")
    bids.table.select(bids.table.shown_records()[0].id)
    bids.state_actions.set_actions([plan, ActionNow(BidAction.TABLE, "No meeting is planned.")])
    said = words_in(bids.state_actions)
    assert "Plan deployment: DEP-2027-00005 is under way." in said
    assert ": no meeting is planned." in said


def test_a_meeting_with_open_items_says_why_it_cannot_be_closed(shown):
    page, tab, said = shown.page, shown.page.meetings, []
    page.refused.connect(said.append)
    page.show_tab("Meetings")
    shown.room.clock.at = MEETING
    page.entered()
    shown.wait(lambda: tab.agenda is not None and not tab.why_not())
    shown.settle()
    shown.qtbot.keyClick(tab.table.view, Qt.Key.Key_C)
    assert tab.forms.form is None
    assert said == [f"{tab.agenda.undecided} items still undecided."]
    assert not tab.minutes.close_button.isEnabled()


def test_half_typed_minutes_are_nobody_elses_and_are_back_with_whoever_typed_them(shown):
    view, who = shown.page.meetings, shown.room.coordinator
    desk = Desk(shown.room, shown.services, shown.services.policy)
    shown.room.clock.at = MEETING - timedelta(days=1)
    meeting = desk.meeting(desk.today)
    shown.page.show_meeting(meeting.id)
    shown.wait(lambda: view.agenda is not None and view.agenda.meeting.id == meeting.id)
    shown.settle()
    view.minutes.edit.setPlainText("Present: six.")
    shown.session.sign_in(shown.room.supervisor)
    shown.settle()
    assert view.minutes.text == ""
    shown.session.sign_in(who)
    shown.page.show_meeting(meeting.id)
    shown.wait(lambda: view.minutes.text == "Present: six.")


@pytest.mark.parametrize("height", [640, 420])
def test_the_form_of_a_new_deployment_has_the_height_it_needs(shown, height):
    tab = shown.page.timeline
    shown.page.resize(1290, height)
    shown.settle()
    QTest.keyClick(tab.view, Qt.Key.Key_N)
    shown.wait(lambda: tab.outlook.slot.form is not None)
    form = tab.outlook.slot.form
    shown.settle()
    for part in (form.input("bid_id"), *form.findChildren(KeyButton)):
        if part.isVisible():
            assert part.height() >= part.sizeHint().height(), part.accessibleName()
            assert form.rect().contains(part.mapTo(form, part.rect().bottomLeft()))
