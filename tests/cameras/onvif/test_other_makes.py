"""What cameras of other makes say wrongly or leave out: other sources are asked, and nothing untrue is believed."""

import re
import threading

import pytest

from controlroom.cameras.devices import DeviceFault
from controlroom.cameras.onvif.probe import probe, read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from tests.cameras.onvif.loopback import HandMadeCamera, Reply, Request, fault

PTZ = "http://www.onvif.org/ver20/ptz/wsdl"


def head_of(camera: HandMadeCamera) -> PtzHead | None:
    session = CameraSession(camera.address)
    basics = read_basics(session)
    capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
    return PtzHead(session, capabilities) if capabilities is not None else None


def without_ptz_service(camera: HandMadeCamera) -> None:
    camera.answers["GetServices"] = lambda request: re.sub(
        rf"<tds:Service><tds:Namespace>{PTZ}.*?</tds:Service>", "", camera.do_GetServices(request)
    )


@pytest.mark.parametrize("where", ["/onvif/PTZ_elsewhere", ""])
def test_a_camera_that_does_not_list_its_ptz_service_is_steered_all_the_same(where: str) -> None:
    with HandMadeCamera() as camera:
        without_ptz_service(camera)
        listed = f"<tt:PTZ><tt:XAddr>http://192.168.1.64{where}</tt:XAddr></tt:PTZ>" if where else ""
        camera.answers["GetCapabilities"] = (
            f"<tds:GetCapabilitiesResponse><tds:Capabilities>{listed}</tds:Capabilities>"
            "</tds:GetCapabilitiesResponse>"
        )
        head = head_of(camera)
        assert head is not None
        head.move(1, 0, 0)
        assert camera.moving
        sent = next(each for each in camera.server.requests if each.operation == "ContinuousMove")
    assert not where or sent.path == where


def test_a_camera_that_answers_no_ptz_question_anywhere_has_no_ptz() -> None:
    with HandMadeCamera() as camera:
        without_ptz_service(camera)

        def nothing(request: Request) -> "Reply | str":
            return Reply(b"", 404) if request.namespace == PTZ else camera.usual(request)

        for operation in ("GetNodes", "GetNode", "GetConfigurationOptions"):
            camera.answers[operation] = nothing
        assert head_of(camera) is None


@pytest.mark.parametrize("low_high", [("0", "0"), ("1", "0"), ("", "")])
def test_a_zoom_range_that_cannot_be_true_is_taken_for_the_usual_one(low_high: tuple[str, str]) -> None:
    low, high = low_high
    with HandMadeCamera() as camera:
        usual = camera.do_GetConfigurationOptions
        camera.answers["GetConfigurationOptions"] = lambda request: usual(request).replace(
            "<tt:Min>0</tt:Min><tt:Max>1</tt:Max>", f"<tt:Min>{low}</tt:Min><tt:Max>{high}</tt:Max>"
        )
        camera.answers["GetStatus"] = (
            "<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position>"
            '<tt:PanTilt x="0" y="0"/><tt:Zoom x="0"/></tt:Position></tptz:PTZStatus></tptz:GetStatusResponse>'
        )
        head = head_of(camera)
        assert head is not None
        assert head.status().zoom == 0


def test_without_its_options_a_camera_can_what_node_and_profile_say() -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetConfigurationOptions"] = fault()
        camera.answers["GetNode"] = fault()
        camera.answers["GetNodes"] = (
            '<tptz:GetNodesResponse><tptz:PTZNode token="other"/><tptz:PTZNode token="node">'
            "<tt:SupportedPTZSpaces><tt:AbsoluteZoomPositionSpace>"
            "<tt:URI>http://www.onvif.org/ver10/tptz/ZoomSpaces/PositionGenericSpace</tt:URI>"
            "<tt:XRange><tt:Min>0</tt:Min><tt:Max>1</tt:Max></tt:XRange></tt:AbsoluteZoomPositionSpace>"
            "<tt:ContinuousPanTiltVelocitySpace>"
            "<tt:URI>http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocityGenericSpace</tt:URI>"
            "<tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange></tt:ContinuousPanTiltVelocitySpace>"
            "</tt:SupportedPTZSpaces><tt:HomeSupported>true</tt:HomeSupported>"
            "<tt:AuxiliaryCommands>tt:Wiper|On</tt:AuxiliaryCommands><tt:AuxiliaryCommands/>"
            "</tptz:PTZNode></tptz:GetNodesResponse>"
        )
        found = probe(camera.address).ptz
    assert found is not None
    assert (found.pan_tilt, found.absolute, found.home) == (True, True, True)
    assert found.auxiliary == ("tt:Wiper|On",), "a command without words is none"


def test_a_head_whose_options_are_kept_from_this_user_is_steered_all_the_same() -> None:
    """What the account may not read counts as not told: the profile says that there is a head."""
    with HandMadeCamera() as camera:
        refusal = fault(subcode="ter:NotAuthorized", reason="Sender not Authorized")
        for operation in ("GetConfigurationOptions", "GetNode", "GetNodes"):
            camera.answers[operation] = refusal
        head = head_of(camera)
        assert head is not None
        head.move(1, 0, 0)
        assert camera.moving
        assert camera.count("GetNodes") == 0, "a third refusal in a row would end the login"
        camera.answers["GetDeviceInformation"] = refusal
        with pytest.raises(DeviceFault):
            head_of(camera)


def test_every_profile_is_read_however_many() -> None:
    with HandMadeCamera() as camera:
        one = re.search(r"<trt:Profiles.*?</trt:Profiles>", camera.do_GetProfiles(None))  # type: ignore[arg-type]
        assert one is not None
        many = "".join(one[0].replace('token="main"', f'token="p{number}"') for number in range(40))
        camera.answers["GetProfiles"] = f"<trt:GetProfilesResponse>{many}</trt:GetProfilesResponse>"
        found = probe(camera.address)
    assert len(found.profiles) == 40
    assert all(profile.stream_url for profile in found.profiles)


def test_a_list_longer_than_any_camera_has_is_cut_and_the_number_said() -> None:
    with HandMadeCamera() as camera:
        many = "".join(f'<trt:Profiles token="p{number}"/>' for number in range(300))
        camera.answers["GetProfiles"] = f"<trt:GetProfilesResponse>{many}</trt:GetProfilesResponse>"
        camera.answers["GetStreamUri"] = fault()
        found = probe(camera.address)
    assert len(found.profiles) == 128
    assert any("300 profiles" in warning for warning in found.warnings)


def test_a_name_escaped_twice_is_read_as_it_was_given() -> None:
    """Cameras that take names out of the request as they stand there escape them once more in the answer."""
    with HandMadeCamera() as camera:
        camera.presets = {
            "1": "Kiosk &amp;amp; &amp;lt;east&amp;gt; &amp;#8470;1 AT&amp;T",
            "2": "a &amp;nothing; b",
        }
        head = head_of(camera)
        assert head is not None
        assert [each.name for each in head.stored.list()] == ["Kiosk & <east> №1 AT&T", "a &nothing; b"]


def test_a_slow_line_is_waited_for() -> None:
    """Over a mobile network each call may take 1.7 s: together longer than one call may."""
    never = threading.Event()
    with HandMadeCamera() as camera:

        def late(request: Request) -> "Reply | str":
            never.wait(1.7)
            return camera.usual(request)

        for operation in ("GetSystemDateAndTime", "GetDeviceInformation", "GetServices", "GetProfiles"):
            camera.answers[operation] = late
        session = CameraSession(camera.address)
        assert [each.record.token for each in read_basics(session).profiles] == ["main", "sub"]
        session.close()
