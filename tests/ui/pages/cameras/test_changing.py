"""Changing a camera on the Cameras page: tried before it is saved, shown before it matters, replaced, brought back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from controlroom.cameras.devices import DeviceAddress, DeviceFault, DiscoveredDevice, FaultKind
from controlroom.cameras.records import Camera, Migration, NewCamera, Place, Protocol, StreamTransport
from controlroom.device_tls import Shown
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.pages.cameras.form import CameraPanel
from controlroom.ui.pages.cameras.list import CHIPS
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.session import DeskSession
from controlroom.video.one_picture import NoPicture
from controlroom.video.records import StreamAddress, StreamFault
from tests.builders import Room
from tests.ui.helpers import settle
from tests.ui.pages.cameras.parts import REPORT, Control, Eye

OFF = DeviceFault(
    FaultKind.UNREACHABLE, "The camera cannot be reached.", "It may be off.", "Check its power."
)
PLACE = Place("Park Lane", "Town centre", "Fairfield", 51.3722, -0.0968)
STORED = NewCamera(
    "077",
    "Park Lane, underpass",
    PLACE,
    host="10.0.0.7",
    username="room",
    password="stored-secret",
    main_stream="rtsp://10.0.0.7/main",
    sub_stream="rtsp://10.0.0.7/sub",
    make="Old maker",
    has_ptz=True,
    abilities=("pan_tilt",),
)


@pytest.fixture
def camera(room: Room) -> Camera:
    return room.cameras.add(room.supervisor, STORED)


@pytest.fixture
def opened(
    camera: Camera, page: CamerasPage, qtbot: QtBot, background: Background
) -> Callable[[str], CameraPanel]:
    """The form to change the camera, or to put another device in its place."""

    def open_by(action: str) -> CameraPanel:
        qtbot.waitUntil(lambda: any(each.camera.id == camera.id for each in page.table.shown_records()))
        page.table.select(camera.id)
        getattr(page, action).run()
        qtbot.waitUntil(page.editor.isVisible)
        return page.editor

    return open_by


def stored(room: Room, camera: Camera) -> Camera:
    return room.cameras.registered(room.supervisor, camera.id)


def test_every_fact_is_changed_without_asking_the_camera(
    opened: Callable[[str], CameraPanel],
    camera: Camera,
    room: Room,
    qtbot: QtBot,
    control: Control,
    messages: Messages,
):
    form = opened("edit")
    what = form.what
    assert (what.number.text(), what.latitude.text(), what.make.text()) == ("077", "51.3722", "Old maker")
    assert form.asking.password.text() == "", "what is stored is never shown"
    what.name.setText("Park Lane, gyratory")
    what.street.setText("Park Lane East")
    what.ward.setCurrentText("South Croydon")
    what.latitude.setText("51.37, -0.097")
    what.longitude.clear()
    what.model.setText("X2")
    what.migration.setCurrentText(Migration.ENCODER)
    what.retention.setValue(14)
    with qtbot.waitSignal(form.saved):
        form.save()
    now = stored(room, camera)
    assert (now.name, now.model, now.migration, now.retention_days) == (
        "Park Lane, gyratory",
        "X2",
        Migration.ENCODER,
        14,
    )
    assert now.place == Place("Park Lane East", "Town centre", "South Croydon", 51.37, -0.097)
    assert (now.host, now.main_stream, now.abilities) == ("10.0.0.7", "rtsp://10.0.0.7/main", ("pan_tilt",))
    assert room.cameras.logins(room.supervisor)[camera.id].password == "stored-secret"
    assert control.asked == []
    assert not form.isVisible()
    assert messages.last is not None and "Camera 077 is changed" in messages.last.text


def test_another_address_is_tried_shown_and_only_then_saved(
    opened: Callable[[str], CameraPanel], camera: Camera, room: Room, qtbot: QtBot, control: Control
):
    form = opened("edit")
    form.asking.host.setText("10.0.0.5")
    form.save()
    qtbot.waitUntil(lambda: bool(form.asking.form.error_of(form.asking.password)))
    assert control.asked == [], "the stored password is for the old address"
    form.asking.password.setText("typed")
    form.save()
    qtbot.waitUntil(form.changes.isVisible)
    assert control.asked == [DeviceAddress("10.0.0.5", 80, "room", "typed")]
    assert "10.0.0.7 → 10.0.0.5" in form.changes.text
    assert "Old maker → Axis" in form.changes.text
    assert stored(room, camera).host == "10.0.0.7", "shown first"
    with qtbot.waitSignal(form.saved):
        form.save()
    now = stored(room, camera)
    assert (now.host, now.make, now.main_stream, now.untried) == (
        "10.0.0.5",
        "Axis",
        "rtsp://10.0.0.5/main",
        False,
    )
    assert room.cameras.logins(room.supervisor)[camera.id].password == "typed"


def test_a_number_is_shown_before_it_changes_and_a_twin_is_refused_at_its_field(
    opened: Callable[[str], CameraPanel], camera: Camera, room: Room, qtbot: QtBot
):
    form = opened("edit")
    form.number.setText("014")
    form.save()
    assert "077 → 014" in form.changes.text
    form.save()
    qtbot.waitUntil(lambda: "014 already" in form.what.error_of(form.number))
    form.number.setText("078")
    form.save()
    assert "077 → 078" in form.changes.text
    with qtbot.waitSignal(form.saved):
        form.save()
    assert stored(room, camera).number == "078"


def test_the_test_reply_shows_a_picture_taken_with_the_stored_password(
    opened: Callable[[str], CameraPanel],
    qtbot: QtBot,
    control: Control,
    camera_eye: Eye,
    background: Background,
):
    form = opened("edit")
    form.asking.ask()
    qtbot.waitUntil(lambda: form.asking.answer.picture is not None and form.asking.answer.picture.is_loaded)
    assert control.asked == [DeviceAddress("10.0.0.7", 80, "room", "stored-secret")]
    assert camera_eye.asked == [StreamAddress("rtsp://10.0.0.5/main", "room", "stored-secret")]
    for part in ("Axis", "11.8", "2 found", "pans and tilts", "0.4 s ahead"):
        assert part in form.asking.answer.text
    camera_eye.error = NoPicture("No picture came: the camera is busy.", None)
    form.asking.ask()
    qtbot.waitUntil(lambda: "the camera is busy" in form.asking.answer.text)
    assert form.asking.report is not None, "what it said of itself counts"


def test_a_camera_that_cannot_be_reached_is_saved_untried_after_a_plain_choice(
    opened: Callable[[str], CameraPanel],
    camera: Camera,
    room: Room,
    page: CamerasPage,
    qtbot: QtBot,
    control: Control,
    background: Background,
):
    control.answer = OFF
    form = opened("edit")
    form.asking.host.setText("10.0.0.8")
    form.asking.password.setText("typed")
    form.save()
    qtbot.waitUntil(form.untried_button.isVisible)
    assert OFF.what in form.asking.answer.text
    form.untried_button.click()
    assert "Not tried: no → yes" in form.changes.text
    assert "rtsp://10.0.0.7/main → —" in form.changes.text, "a stream of the old address is not its own"
    with qtbot.waitSignal(form.saved):
        form.untried_button.click()
    now = stored(room, camera)
    assert (now.host, now.untried, now.main_stream) == ("10.0.0.8", True, "")
    settle(qtbot, background)
    line = page.table.selected_record()
    assert line is not None and line.word == "not tried"
    assert "10.0.0.8:80, not tried yet" in dict(page.view.facts.facts)["Address"]
    control.answer = replace(
        REPORT, profiles=tuple(replace(each, stream_url="rtsp://10.0.0.8/x") for each in REPORT.profiles)
    )
    form = opened("edit")
    form.asking.ask()
    qtbot.waitUntil(lambda: form.asking.report is not None)
    form.save()
    qtbot.waitUntil(lambda: not form.isVisible())
    assert (stored(room, camera).untried, stored(room, camera).main_stream) == (False, "rtsp://10.0.0.8/x")


def test_a_refused_login_is_not_saved_as_if_nobody_had_tried_it(
    opened: Callable[[str], CameraPanel], qtbot: QtBot, control: Control
):
    control.answer = DeviceFault(FaultKind.NOT_AUTHORISED, "The login was refused.")
    form = opened("edit")
    form.asking.password.setText("wrong")
    form.save()
    qtbot.waitUntil(form.asking.password.hasFocus)
    assert not form.untried_button.isVisible()
    assert form.isVisible()
    asked = len(control.asked)
    form.save()
    assert len(control.asked) == asked, "a second refusal could lock the account"
    assert "was not asked again" in form.trouble
    QTest.keyClicks(form.asking.password, "right")
    assert form.trouble == ""


def test_the_second_of_two_who_change_a_camera_is_told_and_keeps_what_they_typed(
    opened: Callable[[str], CameraPanel], camera: Camera, room: Room, qtbot: QtBot, background: Background
):
    form = opened("edit")
    form.name.setText("Mine")
    room.cameras.change(room.administrator, camera.id, replace(STORED, retention_days=7), seen=camera.version)
    form.save()
    qtbot.waitUntil(form.changes.isVisible)
    assert "somebody else meanwhile" in form.trouble
    assert "7 → 31" in form.changes.text, "saving now would take theirs back"
    assert "Mine" in form.changes.text
    form.retention.setValue(7)
    with qtbot.waitSignal(form.saved):
        form.save()
    assert (stored(room, camera).name, stored(room, camera).retention_days) == ("Mine", 7)


def test_another_device_takes_the_place_and_number_and_history_stay(
    opened: Callable[[str], CameraPanel], camera: Camera, room: Room, qtbot: QtBot
):
    form = opened("replace")
    assert "Another device at camera 077" in form._title.text
    assert not form.number.isVisible()
    form.asking.host.setText("10.0.0.5")
    form.asking.username.setText("new")
    qtbot.keyClicks(form.asking.password, "another")
    qtbot.keyClick(form.asking.password, Qt.Key.Key_Return)
    qtbot.waitUntil(form.save_button.hasFocus)
    form.save()
    assert "10.0.0.7 → 10.0.0.5" in form.changes.text
    with qtbot.waitSignal(form.saved):
        form.save()
    now = stored(room, camera)
    assert (now.id, now.number, now.make, now.host, now.place) == (
        camera.id,
        "077",
        "Axis",
        "10.0.0.5",
        PLACE,
    )
    assert room.cameras.logins(room.supervisor)[camera.id].password == "another"


def test_a_camera_out_of_use_is_listed_apart_and_brought_back(
    page: CamerasPage, camera: Camera, room: Room, qtbot: QtBot, session: DeskSession, background: Background
):
    room.cameras.retire(room.supervisor, camera.id)
    page.refresh()
    settle(qtbot, background)
    assert "077" not in [line.camera.number for line in page.table.shown_records()]
    page.list.chips.choose(6)
    (line,) = page.table.shown_records()
    assert (line.camera.number, line.word, line.troubled) == ("077", "out of use", False)
    page.table.select(camera.id)
    buttons = page.panel.actions_bar.buttons
    assert not buttons[page.edit].isVisible() and not buttons[page.retire].isVisible()
    buttons[page.bring_back].click()
    settle(qtbot, background)
    assert page.table.shown_records() == []
    page.list.chips.choose(0)
    assert "077" in [line.camera.number for line in page.table.shown_records()]
    room.cameras.retire(room.supervisor, camera.id)
    session.sign_in(room.operator)
    page.entered()
    settle(qtbot, background)
    page.list.chips.choose(6)
    assert page.table.shown_records() == [], "who may not bring one back need not look at them"


def test_a_camera_by_rtsp_only_is_added_with_what_its_picture_tells(
    page: CamerasPage, room: Room, qtbot: QtBot, camera_eye: Eye, control: Control
):
    page.add.run()
    form, fields = page.form, page.form.asking.form
    fields.protocol.setCurrentText(Protocol.RTSP)
    assert not fields.host.isVisible() and fields.main.isVisible()
    assert not form.asking.search_button.isVisible()
    fields.main.setText("rtsp://encoder:pass-word@10.0.0.9:8554/2")
    fields.sub.setText("rtsp://10.0.0.9:8554/2/sub")
    qtbot.keyClick(fields.main, Qt.Key.Key_Return)
    qtbot.keyClick(fields.username, Qt.Key.Key_Return)
    form.asking.ask()
    qtbot.waitUntil(form.save_button.isVisible)
    assert fields.main.text() == "rtsp://10.0.0.9:8554/2", "the login is in its own fields"
    assert camera_eye.asked[-1] == StreamAddress("rtsp://10.0.0.9:8554/2", "encoder", "pass-word")
    assert control.asked == []
    answer = form.asking.answer
    qtbot.waitUntil(lambda: answer.picture is not None and answer.picture.is_loaded)
    for part in ("1280 × 720 H264, 25 fps", "640 × 360 H264", "no ONVIF"):
        assert part in answer.text
    form.number.setText("H09")
    form.name.setText("Alder Court, encoder 2")
    form.what.migration.setCurrentText(Migration.ENCODER)
    with qtbot.waitSignal(form.saved) as saved:
        form.save()
    assert saved.args is not None
    camera: Camera = saved.args[0]
    assert (camera.protocol, camera.host, camera.port) == (Protocol.RTSP, "10.0.0.9", 8554)
    assert camera.sub_stream == "rtsp://10.0.0.9:8554/2/sub"
    assert room.cameras.logins(room.supervisor)[camera.id].password == "pass-word"


def test_a_stream_that_refuses_the_password_leads_to_the_password(
    page: CamerasPage, qtbot: QtBot, camera_eye: Eye
):
    camera_eye.error = NoPicture("The camera refuses the password.", StreamFault.REFUSED_PASSWORD)
    page.add.run()
    form = page.form
    form.asking.form.protocol.setCurrentText(Protocol.RTSP)
    form.asking.form.main.setText("rtsp://10.0.0.9/2")
    form.asking.ask()
    qtbot.waitUntil(form.asking.password.hasFocus)
    assert "refuses the password" in form.asking.answer.text
    assert not form.untried_button.isVisible()


def test_what_a_device_calls_itself_is_filled_in_for_a_person_to_correct(
    page: CamerasPage, control: Control, qtbot: QtBot, background: Background
):
    control.found = [DiscoveredDevice("10.0.0.9", 2020, "CCTV 041 London Road")]
    page.add.run()
    form = page.form
    form.asking.search_button.click()
    settle(qtbot, background)
    qtbot.keyClick(form.asking.found, Qt.Key.Key_Down)
    qtbot.keyClick(form.asking.found, Qt.Key.Key_Return)
    assert (form.asking.host.text(), form.asking.port.value()) == ("10.0.0.9", 2020)
    assert (form.number.text(), form.name.text()) == ("041", "London Road")


FIRST, SECOND = "1" * 64, "2" * 64


def test_a_camera_by_https_only_is_offered_asked_and_its_certificate_kept_and_a_new_one_trusted_by_a_person(
    page: CamerasPage, room: Room, qtbot: QtBot, control: Control, background: Background
):
    control.answer = DeviceFault(FaultKind.HTTPS_ONLY, "The camera answers by HTTPS only, at port 443.")
    page.add.run()
    form = page.form
    form.asking.host.setText("10.0.0.5")
    form.asking.username.setText("room")
    form.asking.password.setText("secret")
    form.asking.ask()
    qtbot.waitUntil(form.asking.https_button.isVisible)
    assert not form.untried_button.isVisible()
    control.answer = replace(REPORT, certificate=FIRST)
    qtbot.keyClick(form.asking.https_button, Qt.Key.Key_Space)
    qtbot.waitUntil(form.save_button.isVisible)
    assert control.asked[-1] == DeviceAddress("10.0.0.5", 443, "room", "secret", secure=True)
    assert "1111 1111" in form.asking.answer.text
    form.number.setText("088")
    form.name.setText("Brigstock Road")
    with qtbot.waitSignal(form.saved) as saved:
        form.save()
    assert saved.args is not None
    camera: Camera = saved.args[0]
    assert (camera.protocol, camera.port, camera.certificate) == (Protocol.ONVIF_HTTPS, 443, FIRST)
    login = room.cameras.logins(room.supervisor)[camera.id].address()
    assert (login.secure, login.certificate) == (True, FIRST)
    settle(qtbot, background)
    page.table.select(camera.id)
    page.shown_at = lambda host, port: Shown(SECOND if (host, port) == ("10.0.0.5", 443) else "")
    page.trust.run()
    qtbot.waitUntil(lambda: page.forms.form is not None)
    asked = page.forms.form
    assert asked is not None
    assert "2222 2222" in asked.spec.text and "1111 1111" in asked.spec.text
    assert stored(room, camera).certificate == FIRST, "asked first"
    asked.submit()
    qtbot.waitUntil(lambda: stored(room, camera).certificate == SECOND)


def test_the_certificate_of_a_stream_is_kept_and_another_one_seen_on_the_wall_is_looked_at_and_trusted(
    page: CamerasPage, room: Room, qtbot: QtBot, background: Background
):
    stream = "rtsps://10.0.0.5/main"
    camera = room.cameras.add(
        room.supervisor,
        NewCamera(
            *("088", "Brigstock Road", Place("", "", "")),
            protocol=Protocol.RTSP,
            main_stream=stream,
            stream_certificate=FIRST,
        ),
    )
    page.shown_at = lambda host, port: Shown(SECOND if (host, port) == ("10.0.0.5", 322) else "")
    housing = next(place for place, (words, _) in enumerate(CHIPS) if words == "Housing")
    page.list.chips.choose(housing)  # hides it
    page.shows()["camera's certificate"](str(camera.id))
    page.refresh()
    qtbot.waitUntil(lambda: page.forms.form is not None)
    asked = page.forms.form
    assert asked is not None
    assert "2222 2222" in asked.spec.text and "1111 1111" in asked.spec.text
    asked.submit()
    qtbot.waitUntil(lambda: stored(room, camera).stream_certificate == SECOND)
    settle(qtbot, background)
    page.table.select(camera.id)
    page.edit.run()
    settle(qtbot, background)
    editor = page.editor
    assert editor.asking.form.transport.currentText() == "automatic"
    editor.asking.form.transport.setCurrentText("UDP")
    editor.save()
    settle(qtbot, background)
    assert "TCP alone" in editor.asking.form.error_of(editor.asking.form.transport)
    editor.asking.form.transport.setCurrentText("TCP")
    with qtbot.waitSignal(editor.saved):
        editor.save()
    kept = stored(room, camera)
    assert (kept.stream_transport, kept.stream_certificate) == (StreamTransport.TCP, SECOND)
