"""Steering: what is sent, what is learned from what a camera rejects, what is read back."""

import pytest

from controlroom.cameras.devices import DeviceFault, FaultKind, Preset, PtzStatus
from controlroom.cameras.onvif import ptz
from controlroom.cameras.onvif.presets import plain_name
from controlroom.cameras.onvif.probe import read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import PtzLimitations, Range, read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from tests.cameras.onvif.loopback import HandMadeCamera, Reply, Request, envelope, fault
from tests.waiting import wait_until


def head_of(camera: HandMadeCamera, make: str = "") -> PtzHead:
    session = CameraSession(camera.address)
    basics = read_basics(session)
    capabilities = read_ptz_capabilities(session, basics.profiles, make)
    assert capabilities is not None
    return PtzHead(session, capabilities)


def moves(camera: HandMadeCamera) -> list[Request]:
    return [request for request in camera.server.requests if request.operation == "ContinuousMove"]


def test_a_move_names_every_axis_and_carries_a_timeout() -> None:
    with HandMadeCamera() as camera:
        head_of(camera).move(0.5, 0, 0)
        sent = moves(camera)[0]
    assert camera.log == ["move 0.5 0.0 0.0"]
    assert sent.has("Zoom"), "an axis that shall rest is told so"
    assert sent.text("Timeout") == "PT1S"
    assert sent.text("ProfileToken") == "main"


def test_speeds_are_scaled_into_the_cameras_range() -> None:
    with HandMadeCamera() as camera:
        usual = camera.do_GetConfigurationOptions
        camera.answers["GetConfigurationOptions"] = lambda request: (
            usual(request)
            .replace("<tt:Min>-1</tt:Min>", "<tt:Min>-7</tt:Min>")
            .replace("<tt:Max>1</tt:Max>", "<tt:Max>14</tt:Max>")
        )
        head = head_of(camera)
        head.move(0.5, -1, 1)
        head.move(7, 0, 0)
    assert camera.log == ["move 7.0 -7.0 14.0", "move 14.0 0.0 0.0"]


def test_degrees_are_read_as_shares_of_the_range() -> None:
    assert Range(0, 360).centred(270) == 0.5
    assert Range(0, 180).centred(0) == -1
    assert Range(-1, 1).centred(32768) is None, "a position outside its declared range is unknown"
    assert Range(0, 1).share(0.75) == 0.75
    assert Range(0, 7).speed(-1) == -7


def test_a_space_that_is_not_the_default_is_named() -> None:
    with HandMadeCamera() as camera:
        usual = camera.do_GetConfigurationOptions
        camera.answers["GetConfigurationOptions"] = lambda request: usual(request).replace(
            "PanTiltSpaces/VelocityGenericSpace", "PanTiltSpaces/VelocitySpaceDegrees"
        )
        head_of(camera).move(1, 0, 0)
        assert str(moves(camera)[0].attribute("PanTilt", "space")).endswith("VelocitySpaceDegrees")
        assert moves(camera)[0].attribute("Zoom", "space") is None


def test_a_camera_that_rejects_timeouts_is_moved_without_and_remembered() -> None:
    with HandMadeCamera() as camera:
        camera.answers["ContinuousMove"] = lambda request: (
            fault() if request.has("Timeout") else camera.usual(request)
        )
        head = head_of(camera)
        head.move(1, 0, 0)
        head.move(0.5, 0, 0)
        assert [request.has("Timeout") for request in moves(camera)] == [True, False, False]
        assert head.hold_s is None


def test_a_timeout_is_kept_within_what_the_camera_allows() -> None:
    with HandMadeCamera() as camera:
        usual = camera.do_GetConfigurationOptions
        camera.answers["GetConfigurationOptions"] = lambda request: usual(request).replace("PT1S", "PT3S")
        head_of(camera).move(1, 0, 0)
        assert moves(camera)[0].text("Timeout") == "PT3S"


def test_a_camera_that_cannot_take_both_axes_gets_them_one_after_the_other() -> None:
    with HandMadeCamera() as camera:
        camera.answers["ContinuousMove"] = lambda request: (
            fault() if request.has("PanTilt") and request.has("Zoom") else camera.usual(request)
        )
        head = head_of(camera, "Sony")
        head.move(0.5, 0, 0.5)
        assert camera.velocity == (0.5, 0, 0.5)
        head.move(0.5, 0, 0)
        assert camera.velocity == (0.5, 0, 0), "the axis that shall rest was told"


def test_an_unknown_make_is_found_out_by_its_refusals() -> None:
    with HandMadeCamera() as camera:
        camera.answers["ContinuousMove"] = lambda request: (
            fault() if request.has("PanTilt") and request.has("Zoom") else camera.usual(request)
        )
        head = head_of(camera)
        head.move(0.5, 0, 0.5)
        assert camera.velocity == (0.5, 0, 0.5)
        assert head.capabilities.limitations.one_axis_at_a_time


def test_a_reolink_gets_no_tilt_in_a_pure_pan() -> None:
    with HandMadeCamera() as camera:
        head = head_of(camera, "Reolink")
        head.move(0.5, 0, 0)
        head.move(0.5, 0.1, 0)
        assert [request.attribute("PanTilt", "y") for request in moves(camera)] == [None, "0.1"]


@pytest.mark.parametrize(
    ("make", "habit"), [("BOSCH Security", "without_timeout"), ("SONY", "one_axis_at_a_time")]
)
def test_what_is_known_of_a_make_needs_no_trying(make: str, habit: str) -> None:
    assert getattr(PtzLimitations.of(make), habit)


def test_a_camera_without_stop_is_stopped_by_speed_zero() -> None:
    with HandMadeCamera() as camera:
        camera.answers["Stop"] = fault("s:Receiver", "ter:ActionNotSupported", status=500)
        head = head_of(camera)
        head.move(1, 1, 1)
        head.stop()
        assert not camera.moving
        head.move(1, 0, 0)
        head.stop()
        assert not camera.moving
        assert camera.count("Stop") == 1, "remembered"


def test_a_busy_stop_is_a_failure_and_not_a_quirk() -> None:
    with HandMadeCamera() as camera:
        head = head_of(camera)
        camera.answers["Stop"] = Reply(b"", 503)
        with pytest.raises(DeviceFault) as caught:
            head.stop()
        assert caught.value.kind is FaultKind.BUSY
        assert not head.capabilities.limitations.stop_by_zero


def test_presets_are_listed_with_repaired_names_and_positions() -> None:
    with HandMadeCamera() as camera:
        camera.presets = {"001": "Caf\u00c3\u00a9 corner", "2": "", "3": "Poplar\nWalk \u200b!", "4": "4"}
        listed = head_of(camera).stored.list()
    assert [(preset.token, preset.name) for preset in listed] == [
        ("001", "Caf\u00e9 corner"),
        ("2", "2"),
        ("3", "Poplar Walk !"),
        ("4", "4"),
    ]
    assert [preset.placeholder for preset in listed] == [False, True, False, True]


def test_latin_letters_in_a_document_that_claims_utf8_are_read() -> None:
    with HandMadeCamera() as camera:
        head = head_of(camera)
        listed = '<tptz:Preset token="1"><tt:Name>Caf\u00e9</tt:Name></tptz:Preset>'
        document = envelope(f"<tptz:GetPresetsResponse>{listed}</tptz:GetPresetsResponse>")
        camera.answers["GetPresets"] = Reply(document.decode().encode("latin-1"))
        assert head.stored.list() == [Preset("1", "Caf\u00e9")]


def test_a_preset_is_stored_and_read_back() -> None:
    with HandMadeCamera() as camera:
        assert head_of(camera).stored.save("Surrey Street") == Preset("2", "Surrey Street")


def test_a_name_the_camera_rejects_is_stored_in_plain_letters() -> None:
    with HandMadeCamera() as camera:
        camera.answers["SetPreset"] = lambda request: (
            fault() if " " in request.text("PresetName") else camera.usual(request)
        )
        head = head_of(camera)
        assert head.stored.save("Café & Surrey Street").name == "Cafe_Surrey_Street"
        head.stored.save("West Croydon")
        assert camera.count("SetPreset") == 3, "remembered"


@pytest.mark.parametrize(("name", "asked"), [("South End", 1), ("North End", 0)])
def test_a_name_in_use_is_told_as_that_and_later_names_keep_their_letters(name: str, asked: int) -> None:
    """The camera knows of a preset that it does not list; of one that it lists it need not be asked."""
    with HandMadeCamera() as camera:
        head = head_of(camera)
        camera.answers["SetPreset"] = lambda request: (
            fault("s:Sender", "ter:PresetExist", reason="No")
            if request.text("PresetName") == name
            else camera.usual(request)
        )
        with pytest.raises(DeviceFault) as caught:
            head.stored.save(name)
        assert caught.value.kind is FaultKind.NAME_IN_USE
        assert camera.count("SetPreset") == asked, "not tried again under another name"
        assert head.stored.save("Café, Surrey Street").name == "Café, Surrey Street"


def test_a_preset_taken_but_not_listed_is_not_called_stored() -> None:
    with HandMadeCamera() as camera:
        token = "<tptz:PresetToken>9</tptz:PresetToken>"
        camera.answers["SetPreset"] = f"<tptz:SetPresetResponse>{token}</tptz:SetPresetResponse>"
        with pytest.raises(DeviceFault, match="does not list it"):
            head_of(camera).stored.save("Church Street")


def test_an_unknown_preset_is_a_bad_argument() -> None:
    with HandMadeCamera() as camera, pytest.raises(DeviceFault) as caught:
        head_of(camera).stored.go_to("77")
    assert caught.value.kind is FaultKind.BAD_ARGUMENT
    assert "no such preset" in str(caught.value)


@pytest.mark.parametrize(
    ("inside", "moving"),
    [
        ("<tt:MoveStatus><tt:PanTilt>IDLE</tt:PanTilt><tt:Zoom>MOVING</tt:Zoom></tt:MoveStatus>", True),
        ("<tt:MoveStatus><tt:PanTilt>IDLE</tt:PanTilt></tt:MoveStatus>", False),
        ("<tt:MoveStatus>MOVING</tt:MoveStatus>", True),
        ("<tt:MoveStatus><tt:PanTilt>UNKNOWN</tt:PanTilt></tt:MoveStatus>", None),
        ("<tt:UtcTime>2010-01-01-00:00:00</tt:UtcTime>", None),
        ("", None),
    ],
)
def test_move_status_is_read_as_far_as_it_is_told(inside: str, moving: bool | None) -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetStatus"] = (
            f"<tptz:GetStatusResponse><tptz:PTZStatus>{inside}</tptz:PTZStatus></tptz:GetStatusResponse>"
        )
        assert head_of(camera).status() == PtzStatus(None, None, None, moving)


def test_position_is_read() -> None:
    with HandMadeCamera() as camera:
        assert head_of(camera).status() == PtzStatus(0.25, -0.5, 0.75, False)


def test_a_head_that_says_moving_for_ever_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ptz, "STUCK_AFTER_S", 0.05)
    with HandMadeCamera() as camera:
        head = head_of(camera)
        head.move(1, 0, 0)
        assert head.status().moving is True
        wait_until(lambda: head.status().moving is None, "it stays where it is")


@pytest.mark.parametrize("x", ["nan", "inf", "", "left", "1e400"])
def test_a_position_that_is_no_number_is_unknown(x: str) -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetStatus"] = (
            f'<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="{x}" y="0"/></tt:Position>'
            "</tptz:PTZStatus></tptz:GetStatusResponse>"
        )
        assert head_of(camera).status().pan is None


def test_a_camera_that_lists_no_spaces_is_taken_at_its_profiles_word() -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetConfigurationOptions"] = fault("s:Receiver", "ter:ActionNotSupported")
        camera.answers["GetNode"] = fault("s:Receiver", "ter:ActionNotSupported")
        abilities = head_of(camera).capabilities.abilities
    assert abilities.pan_tilt
    assert abilities.zoom
    assert not abilities.absolute


@pytest.mark.parametrize(
    ("name", "kept"),
    [("North End", "North_End"), ("Café №3", "Cafe_No3"), ("№ ?", "No"), ("x" * 99, "x" * 32)],
)
def test_names_are_cut_to_what_every_camera_takes(name: str, kept: str) -> None:
    assert plain_name(name) == kept
