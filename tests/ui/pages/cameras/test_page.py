"""The Cameras page over a real register; only the control process is stood in for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QListWidgetItem
from pytestqt.qtbot import QtBot

from controlroom.cameras.devices import (
    DeviceAddress,
    DeviceFault,
    DiscoveredDevice,
    FaultKind,
)
from controlroom.cameras.holds.rules import Ending
from controlroom.cameras.records import Camera, Owner
from controlroom.cameras.register_import import RegisterImport
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.ui.background import Background
from controlroom.ui.kit.form import FormCard
from controlroom.ui.messages import Messages
from controlroom.ui.pages.cameras.list import CHIPS, drift_words
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.session import DeskSession
from controlroom.video.records import StreamState, StreamStatus
from controlroom.video.tiles import REFUSED_BEFORE
from tests.builders import Room
from tests.recording.test_hold_history import count
from tests.ui.helpers import page_context, settle
from tests.ui.pages.cameras.parts import Control, no_picture


def numbers(page: CamerasPage) -> list[str]:
    return [line.camera.number for line in page.table.shown_records()]


def test_the_register_is_listed_by_number(page: CamerasPage):
    assert numbers(page) == ["002", "014", "041", "RDC-04"]


def test_chips_narrow_the_list_and_count(page: CamerasPage):
    page.list.chips.choose(4)
    assert numbers(page) == ["RDC-04"]
    assert page.list.chips._group.button(4).accessibleName() == "RDC 1"
    page.list.chips.choose(0)
    assert len(numbers(page)) == 4


def test_a_camera_whose_streams_are_not_read_has_an_address_and_says_what_is_missing(page: CamerasPage):
    line = page.table.shown_records()[0]
    unread = replace(line, camera=replace(line.camera, host="10.0.0.5", main_stream="", sub_stream=""))
    assert "streams are not known yet" in unread.camera.why_no_picture
    assert unread.word == "not looked at"
    assert unread.detail == unread.camera.why_no_picture
    with_address = next(fits for words, fits in CHIPS if words == "With address")
    assert with_address is not None and with_address(unread)
    assert "no address" in replace(unread.camera, host="").why_no_picture


def test_a_chip_that_finds_nothing_asks_to_take_no_word_away(page: CamerasPage):
    page.list.chips.choose(len(CHIPS) - 1)
    assert page.table.states.state == "none found"
    assert "word" not in page.table.states._none_found._words


def test_a_selected_camera_shows_its_facts(page: CamerasPage, qtbot: QtBot):
    page.table.select(page.table.shown_records()[1].camera.id)
    facts = dict(page.view.facts.facts)
    assert page.panel.isVisible()
    assert facts["Ward"] == "Fairfield"
    assert facts["Footage kept"] == "31 days"


def test_who_had_control_is_shown_to_those_who_read_the_audit_alone(
    page: CamerasPage, room: Room, session: DeskSession, qtbot: QtBot, background: Background
):
    camera = next(each for each in room.cameras.cameras(room.supervisor) if each.number == "014")
    count(room, camera.id, minutes=0, moves=4, ending=Ending.TAKEN)
    holds = page.view.holds
    assert holds is not None
    page.table.select(camera.id)
    settle(qtbot, background)
    assert holds.isVisible()
    ((_when, said),) = holds.facts.facts
    assert said.startswith("Operator 07, until ") and said.endswith("4 movements, taken over")
    session.sign_in(room.operator)
    settle(qtbot, background)
    page.table.select(camera.id)
    settle(qtbot, background)
    assert page.view.isVisible() and not holds.isVisible()
    assert holds.facts.facts == []


def test_the_state_of_the_picture_arrives_in_list_panel_and_badge(page: CamerasPage, qtbot: QtBot):
    camera = page.table.shown_records()[0].camera
    page.table.select(camera.id)
    with qtbot.waitSignal(page.badge_changed) as badge:
        page.set_statuses({camera.id: StreamStatus(StreamState.OFFLINE, "refused by the encoder")})
    assert badge.args == [1]
    assert page.view.state.text == "offline"
    assert page.view.state.state == "alarm"
    assert page.view.detail.text() == "refused by the encoder"
    page.list.chips.choose(2)
    assert numbers(page) == [camera.number]


def test_a_camera_added_elsewhere_appears_by_itself(
    page: CamerasPage, room: Room, qtbot: QtBot, background: Background
):
    room.add_camera("075", "Norbury")
    qtbot.waitUntil(lambda: "075" in numbers(page))


def test_asking_uses_the_address_typed_and_shows_what_the_camera_is(
    page: CamerasPage, control: Control, ask: Callable[[], None]
):
    ask()
    assert control.asked == [DeviceAddress("10.0.0.5", 80, "room", "secret")]
    answer = page.form.asking.answer.text
    for part in ("Axis", "Q6225", "2 found", "25 fps", "pans and tilts, zooms, keeps presets", "0.4 s ahead"):
        assert part in answer
    assert page.form.number.hasFocus()


def test_an_answered_camera_is_saved_with_what_it_said(
    page: CamerasPage, room: Room, ask: Callable[[], None], qtbot: QtBot, messages: Messages
):
    ask()
    form = page.form
    form.number.setText("h03")
    form.name.setText("Handcroft Road")
    form.street.setText("Handcroft Road")
    form.owner.setCurrentText(Owner.HOUSING.value)
    form.retention.setValue(14)
    with qtbot.waitSignal(page.camera_added) as added:
        form.save_button.click()
    assert added.args is not None
    camera: Camera = added.args[0]
    assert (camera.number, camera.make, camera.owner, camera.retention_days) == (
        "H03",
        "Axis",
        Owner.HOUSING,
        14,
    )
    assert camera.main_stream == "rtsp://10.0.0.5/main"
    assert camera.sub_stream == "rtsp://10.0.0.5/sub"
    assert camera.has_ptz
    assert "presets" in camera.abilities
    assert "snapshot" in camera.abilities
    assert room.cameras.logins(room.supervisor)[camera.id].password == "secret"
    assert not form.isVisible()
    assert messages.last is not None
    assert "H03" in messages.last.text
    selected = page.table.selected_record()
    assert selected is not None
    assert selected.camera.number == "H03"


def test_the_operator_may_choose_another_stream(page: CamerasPage, ask: Callable[[], None]):
    ask()
    page.form.main.setCurrentIndex(1)
    assert page.form.new_camera().main_stream == "rtsp://10.0.0.5/sub"


def test_a_refused_save_keeps_everything_typed_and_says_why(
    page: CamerasPage, ask: Callable[[], None], qtbot: QtBot
):
    ask()
    page.form.number.setText("014")
    page.form.name.setText("Twice")
    page.form.save_button.click()
    qtbot.waitUntil(lambda: page.form.trouble != "")
    assert "There is a camera 014 already." in page.form.trouble
    assert page.form.isVisible()
    assert page.form.name.text() == "Twice"
    assert page.form.save_button.isEnabled()


FAULTS = [
    DeviceFault(
        FaultKind.UNREACHABLE, "The camera does not answer.", "Nothing listens.", "Check the address."
    ),
    DeviceFault(FaultKind.TIMED_OUT, "The camera took too long.", "It is silent.", "Restart it."),
    DeviceFault(FaultKind.NOT_ONVIF, "Something answers that is no ONVIF camera.", "", "Check the port."),
    DeviceFault(FaultKind.NOT_AUTHORISED, "The login was refused.", "It may lock.", "Check the password."),
    DeviceFault(FaultKind.CLOCK_SKEW, "The login was refused; its clock is wrong.", "", "Set its clock."),
    Unavailable("The control process is starting.", "", "Try again in a moment."),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: getattr(fault, "kind", "unavailable"))
def test_each_failure_says_what_happened_what_it_means_and_what_to_do(
    page: CamerasPage, control: Control, ask: Callable[[], None], fault: ControlRoomError
):
    control.answer = fault
    ask()
    answer = page.form.asking.answer.text
    assert all(part in answer for part in (fault.what, fault.meaning, fault.remedy))
    assert not page.form.save_button.isVisible()


def test_a_refused_password_is_not_tried_again_by_itself(
    page: CamerasPage, control: Control, ask: Callable[[], None], qtbot: QtBot, background: Background
):
    control.answer = FAULTS[3]
    ask()
    settle(qtbot, background)
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in page.findChildren(QTimer)))
    assert len(control.asked) == 1, "nothing is left that could ask again"


def test_changing_the_address_forgets_the_old_answer(
    page: CamerasPage, ask: Callable[[], None], qtbot: QtBot
):
    ask()
    qtbot.keyClicks(page.form.asking.host, "9")
    assert not page.form.save_button.isVisible()
    assert not page.form.asking.answer.isVisible()
    assert page.form.new_camera().main_stream == ""


def test_waiting_for_a_silent_camera_can_be_stopped(
    page: CamerasPage, control: Control, qtbot: QtBot, background: Background
):
    control.answer = None
    page.add.run()
    page.form.asking.host.setText("10.0.0.6")
    page.form.asking.ask()
    assert page.form.asking._busy.isVisible()
    page.form.asking.cancel_button.click()
    assert not page.form.asking._busy.isVisible()
    assert page.form.asking.ask_button.isVisible()


def test_no_address_is_asked_for_and_nothing_is_sent(page: CamerasPage, control: Control):
    page.add.run()
    page.form.asking.ask()
    assert control.asked == []
    assert "host name or IP address" in page.form.asking.form.error_of(page.form.asking.host)


@pytest.mark.parametrize("port", ["99999", "0"])
def test_a_port_that_is_none_stays_as_typed_and_nothing_is_asked(
    page: CamerasPage, control: Control, qtbot: QtBot, port: str
):
    page.add.run()
    asking = page.form.asking
    asking.host.setText("10.0.0.5")
    asking.port.selectAll()
    qtbot.keyClicks(asking.port, port)
    asking.ask()
    assert control.asked == []
    assert asking.form.error_of(asking.port) == f"{port} is not a port: they run from 1 to 65535."


def test_a_camera_found_on_the_network_fills_in_its_address(
    page: CamerasPage, control: Control, qtbot: QtBot, background: Background
):
    control.found = [DiscoveredDevice("10.0.0.9", 2020, "IPC")]
    page.add.run()
    page.form.asking.search_button.click()
    settle(qtbot, background)
    assert page.form.asking.found.count() == 1
    page.form.asking.found.itemActivated.emit(page.form.asking.found.item(0))
    assert (page.form.asking.host.text(), page.form.asking.port.value()) == ("10.0.0.9", 2020)


def test_the_answer_of_one_camera_is_never_saved_for_another_that_is_chosen(
    page: CamerasPage, control: Control, ask: Callable[[], None], qtbot: QtBot, background: Background
):
    control.found = [DiscoveredDevice("10.0.0.9", 80, "IPC")]
    ask()
    asking = page.form.asking
    asking.search_button.click()
    settle(qtbot, background)
    asking.found.itemActivated.emit(asking.found.item(0))
    assert asking.report is None
    assert not page.form.save_button.isVisible()
    assert page.form.new_camera().make == ""


def test_a_camera_chosen_while_another_is_asked_drops_that_answer(page: CamerasPage, control: Control):
    control.answer = None
    page.add.run()
    asking = page.form.asking
    asking.host.setText("10.0.0.6")
    asking.ask()
    item = QListWidgetItem("10.0.0.9", asking.found)
    item.setData(Qt.ItemDataRole.UserRole, DiscoveredDevice("10.0.0.9", 80, "IPC"))
    asking.found.itemClicked.emit(item)
    assert not asking._busy.isVisible()
    assert asking.ask_button.isVisible()


def test_nothing_else_begins_while_a_camera_is_asked(page: CamerasPage, control: Control):
    control.answer = None
    page.add.run()
    asking = page.form.asking
    asking.host.setText("10.0.0.6")
    asking.ask()
    asking.search()
    asking.ask()
    assert len(control.asked) == 1
    assert asking._busy_words.text() == "Asking 10.0.0.6:80"


def test_a_refused_login_leads_to_the_password_and_a_silent_camera_to_its_address(
    page: CamerasPage, control: Control, ask: Callable[[], None], qtbot: QtBot, background: Background
):
    control.answer = FAULTS[3]
    ask()
    assert page.form.asking.password.hasFocus()
    control.answer = FAULTS[0]
    page.form.asking.ask()
    settle(qtbot, background)
    assert page.form.asking.host.hasFocus()


def test_the_password_is_never_shown(page: CamerasPage, ask: Callable[[], None]):
    ask()
    shown = [each.text() for each in page.findChildren(QLabel)]
    assert not any("secret" in text for text in shown)
    assert "secret" not in page.form.asking.password.displayText()


def test_who_may_not_manage_cameras_is_offered_neither_adding_nor_taking_out(
    page: CamerasPage, session: DeskSession, room: Room, qtbot: QtBot, background: Background
):
    session.sign_in(room.operator)
    page.entered()
    settle(qtbot, background)
    page.table.select(page.table.shown_records()[0].camera.id)
    assert not page.tools_of_bar()[0].isVisible()
    assert not page.panel.actions_bar.buttons[page.retire].isVisible()
    page.add.run()
    assert not page.form.isVisible()


def test_taking_a_camera_out_of_use_asks_first(page: CamerasPage, qtbot: QtBot, background: Background):
    page.table.select(page.table.shown_records()[0].camera.id)
    page.panel.actions_bar.buttons[page.retire].click()
    asked = page.forms.form
    assert asked is not None and "002" in asked.spec.title
    settle(qtbot, background)
    assert "002" in numbers(page)
    asked.submit()
    qtbot.waitUntil(lambda: "002" not in numbers(page))
    assert not page.panel.isVisible()


def test_a_refused_login_is_entered_anew_where_the_tile_says(
    page: CamerasPage, room: Room, qtbot: QtBot, background: Background
):
    page.table.select(page.table.shown_records()[0].camera.id)
    page.login.run()
    form = page.panel.findChild(FormCard)
    assert form is not None
    form.fill("user", "room")
    form.fill("password", "n3w-secret")
    form.submit()
    settle(qtbot, background)
    camera = page.table.shown_records()[0].camera
    assert camera.username == "room"
    assert f"{page.title} page ({page.login.keys})" in REFUSED_BEFORE.detail


def test_enter_on_a_camera_without_address_says_why_nothing_is_shown(
    page: CamerasPage, qtbot: QtBot, messages: Messages
):
    page.table.select(page.table.shown_records()[0].camera.id)
    with qtbot.assertNotEmitted(page.camera_chosen):
        qtbot.keyClick(page.table.view, Qt.Key.Key_Return)
    assert messages.last is not None
    assert "no address" in messages.last.text


def test_a_database_that_fails_is_told(
    qtbot: QtBot, room: Room, control: Control, session: DeskSession, messages: Messages
):
    background = Background(show_error=messages.error)
    context = page_context(session, background, room, messages=messages)
    importing = RegisterImport(room.database, room.site_key)
    made = CamerasPage(context, room.cameras, control, lambda *_: None, importing, no_picture)
    qtbot.addWidget(made)
    room.database.close()

    def broken(_actor: Any) -> list[Camera]:
        raise Unavailable("The database did not answer.")

    made.list._service = type("Service", (), {"cameras": staticmethod(broken)})()  # type: ignore[assignment]
    made.refresh()
    qtbot.waitUntil(lambda: messages.last is not None)
    assert messages.last is not None
    assert messages.last.text == "The database did not answer."
    assert background.close()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0.0, "right"),
        (0.42, "0.4 s ahead"),
        (-12.6, "13 s behind"),
        (600.0, "10 min ahead"),
        (-7300.0, "2.0 h behind"),
    ],
)
def test_clock_drift_in_words(seconds: float | None, words: str):
    assert drift_words(seconds) == words


def test_what_was_typed_about_a_new_camera_is_back_after_escape_but_for_the_password(
    page: CamerasPage, qtbot: QtBot, ask: Callable[[], None], session: DeskSession, room: Room
):
    ask()
    form = page.form
    form.number.setText("015")
    form.street.setText("Church Street")
    qtbot.keyClick(form.number, Qt.Key.Key_Escape)
    assert not form.isVisible()
    page.add.run()
    assert form.asking.host.text() == "10.0.0.5"
    assert form.asking.password.text() == ""
    assert (form.number.text(), form.street.text()) == ("015", "Church Street")
    session.sign_in(room.administrator)
    assert (form.number.text(), form.asking.host.text()) == ("", ""), "nobody else finds it"
