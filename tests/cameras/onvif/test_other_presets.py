"""Presets and aiming on cameras that say yes to what they do not do, or cannot say where they look."""

import pytest

from controlroom.cameras.aiming import Aim, AimWay
from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.onvif.aim import aim_head
from controlroom.cameras.onvif.probe import read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from tests.cameras.onvif.loopback import HandMadeCamera, Request, fault

UNKNOWN = fault("s:Receiver", "ter:ActionNotSupported", status=500)


def head_of(camera: HandMadeCamera) -> PtzHead:
    session = CameraSession(camera.address)
    basics = read_basics(session)
    capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
    assert capabilities is not None
    return PtzHead(session, capabilities)


def test_a_camera_that_stores_a_second_preset_instead_of_renaming_one_is_not_said_to_have_renamed_it() -> (
    None
):
    with HandMadeCamera() as camera:  # its SetPreset knows no token, and stores another every time
        head = head_of(camera)
        with pytest.raises(DeviceFault) as caught:
            head.stored.rename("1", "South End")
        assert caught.value.kind is FaultKind.NOT_SUPPORTED
        assert "another preset" in caught.value.what
        assert [each.name for each in head.stored.list()] == ["North End", "South End"]


def test_a_preset_of_a_camera_that_cannot_say_where_it_looks_is_renamed_where_it_is_said_to_stand() -> None:
    def rename(request: Request) -> str:
        camera.presets[request.text("PresetToken")] = request.text("PresetName")
        return "<tptz:SetPresetResponse><tptz:PresetToken>1</tptz:PresetToken></tptz:SetPresetResponse>"

    with HandMadeCamera() as camera:
        camera.answers.update(GetStatus=UNKNOWN, SetPreset=rename)
        assert head_of(camera).stored.rename("1", "South End").name == "South End"


def test_a_name_the_camera_lists_already_is_not_stored_twice() -> None:
    with HandMadeCamera() as camera:
        head = head_of(camera)
        with pytest.raises(DeviceFault) as caught:
            head.stored.save("North End")
        assert caught.value.kind is FaultKind.NAME_IN_USE
        assert not camera.count("SetPreset")


def test_a_camera_that_cannot_say_where_it_looks_is_left_to_a_short_movement() -> None:
    """How far it would have to turn depends on its zoom, which nobody knows."""
    with HandMadeCamera() as camera:
        usual = camera.do_GetConfigurationOptions
        step = (
            "<tt:RelativePanTiltTranslationSpace>"
            "<tt:URI>http://www.onvif.org/ver10/tptz/PanTiltSpaces/TranslationGenericSpace</tt:URI>"
            "<tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange>"
            "<tt:YRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:YRange></tt:RelativePanTiltTranslationSpace>"
        )
        camera.answers["GetStatus"] = UNKNOWN
        assert aim_head(head_of(camera), Aim(0.5, 0.25)) is AimWay.TIMED, "by places alone"
        camera.answers["GetConfigurationOptions"] = lambda request: usual(request).replace(
            "<tt:Spaces>", f"<tt:Spaces>{step}"
        )
        assert aim_head(head_of(camera), Aim(0.5, 0.25)) is AimWay.TIMED, "by steps"
        assert not camera.count("RelativeMove") + camera.count("AbsoluteMove")
