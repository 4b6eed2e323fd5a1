"""What a simulated camera says is ONVIF: held against the standard's schemas and read by an ordinary client."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import zeep
import zeep.exceptions
from zeep.wsse.username import UsernameToken

from controlroom.cameras.onvif.probe import probe
from controlroom.cameras.onvif.wsdl import folder
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.simulator.settings import SHAPES, CameraSettings, PtzQuirks, Spaces
from tests.simulator.onvif.calling import (
    DEVICE,
    FILES,
    IMAGING,
    MEDIA,
    PATHS,
    PTZ,
    Digest,
    Schemas,
    address,
    call,
    exchange,
    move,
)
from tests.waiting import LIMIT_S

STEERED, FIXED, DEGREES = 0, 1, 2
PROFILE = "<ProfileToken>main</ProfileToken>"
SOURCE = "<VideoSourceToken>source-0</VideoSourceToken>"
SETUP = (
    "<StreamSetup><t:Stream>RTP-Unicast</t:Stream><t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport>"
    "</StreamSetup>"
)
ASKED: list[tuple[str, str, str]] = [
    (DEVICE, "GetSystemDateAndTime", ""),
    (DEVICE, "GetDeviceInformation", ""),
    (DEVICE, "GetServices", "<IncludeCapability>false</IncludeCapability>"),
    (DEVICE, "GetServices", "<IncludeCapability>true</IncludeCapability>"),
    (DEVICE, "GetServiceCapabilities", ""),
    (DEVICE, "GetCapabilities", ""),
    (DEVICE, "GetCapabilities", "<Category>Media</Category>"),
    (DEVICE, "GetScopes", ""),
    (DEVICE, "GetHostname", ""),
    (DEVICE, "GetNetworkInterfaces", ""),
    (DEVICE, "GetUsers", ""),
    (MEDIA, "GetServiceCapabilities", ""),
    (MEDIA, "GetProfiles", ""),
    (MEDIA, "GetProfile", PROFILE),
    (MEDIA, "GetStreamUri", SETUP + PROFILE),
    (MEDIA, "GetSnapshotUri", PROFILE),
    (MEDIA, "GetVideoSources", ""),
    (MEDIA, "GetVideoSourceConfigurations", ""),
    (MEDIA, "GetVideoEncoderConfigurations", ""),
    (IMAGING, "GetServiceCapabilities", ""),
    (IMAGING, "GetImagingSettings", SOURCE),
    (IMAGING, "GetOptions", SOURCE),
    (IMAGING, "GetMoveOptions", SOURCE),
    (IMAGING, "GetStatus", SOURCE),
    (IMAGING, "Stop", SOURCE),
]
STEERING_ASKED: list[tuple[str, str]] = [
    ("GetServiceCapabilities", ""),
    ("GetNodes", ""),
    ("GetConfigurations", ""),
    ("GetStatus", PROFILE),
    ("GetPresets", PROFILE),
    ("Stop", PROFILE),
    ("GotoPreset", PROFILE + "<PresetToken>1</PresetToken>"),
    ("GotoHomePosition", PROFILE),
    ("SendAuxiliaryCommand", PROFILE + "<AuxiliaryData>tt:Wiper|On</AuxiliaryData>"),
]


@pytest.fixture(scope="module")
def cameras() -> Iterator[list[SimulatedCamera]]:
    settings = [
        CameraSettings("001", "North End & “Whitgift”", seed=1),
        CameraSettings("002", "Park Lane", seed=2, ptz=PtzQuirks(fitted=False)),
        CameraSettings("003", "High Street", seed=3, ptz=PtzQuirks(spaces=Spaces.DEGREES)),
    ]
    with Fleet(settings, discovery=False) as fleet:
        yield fleet.cameras


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


@pytest.mark.parametrize(("service", "operation", "inner"), ASKED)
@pytest.mark.parametrize("which", [STEERED, FIXED, DEGREES])
def test_answers_fit_the_schema(
    cameras: list[SimulatedCamera], schemas: Schemas, which: int, service: str, operation: str, inner: str
) -> None:
    answer = call(cameras[which], operation, inner, service=service)
    assert answer.status == 200, answer.content
    assert schemas.problems(answer, service) == []
    assert answer.headers["content-type"].startswith("application/soap+xml")


@pytest.mark.parametrize(("operation", "inner"), STEERING_ASKED)
@pytest.mark.parametrize("which", [STEERED, DEGREES])
def test_answers_of_the_head_fit_the_schema(
    cameras: list[SimulatedCamera], schemas: Schemas, which: int, operation: str, inner: str
) -> None:
    answer = call(cameras[which], operation, inner, service=PTZ)
    assert answer.status == 200, answer.content
    assert schemas.problems(answer, PTZ) == []


@pytest.mark.parametrize("which", [STEERED, DEGREES])
def test_what_tokens_name_can_be_asked_for_by_them(
    cameras: list[SimulatedCamera], schemas: Schemas, which: int
) -> None:
    camera = cameras[which]
    configurations = call(camera, "GetConfigurations", service=PTZ)
    configuration = configurations.attribute("PTZConfiguration", "token")
    node = configurations.text("NodeToken")
    encoders = call(camera, "GetVideoEncoderConfigurations", service=MEDIA)
    encoder = encoders.attribute("Configurations", "token")
    for service, operation, inner in (
        (PTZ, "GetNode", f"<NodeToken>{node}</NodeToken>"),
        (PTZ, "GetConfiguration", f"<PTZConfigurationToken>{configuration}</PTZConfigurationToken>"),
        (PTZ, "GetConfigurationOptions", f"<ConfigurationToken>{configuration}</ConfigurationToken>"),
        (MEDIA, "GetVideoEncoderConfiguration", f"<ConfigurationToken>{encoder}</ConfigurationToken>"),
    ):
        answer = call(camera, operation, inner, service=service)
        assert answer.status == 200, operation
        assert schemas.problems(answer, service) == []


@pytest.fixture
def ordinary_client(cameras: list[SimulatedCamera]) -> Iterator[Any]:
    """An ordinary zeep client as anyone would use it, strict, on the descriptions of onvif-zeep."""
    session = requests.Session()
    session.trust_env = False

    def of(service: str) -> Any:
        camera = cameras[STEERED]
        client = zeep.Client(
            str(folder() / FILES[service]),
            wsse=UsernameToken(camera.username, camera.password, use_digest=True),
            transport=zeep.Transport(session=session, operation_timeout=LIMIT_S),
        )
        kind = {DEVICE: "DeviceBinding", MEDIA: "MediaBinding", PTZ: "PTZBinding"}[service]
        where = f"http://{camera.host}:{camera.onvif_port}{PATHS[service]}"
        return client.create_service(f"{{{service}}}{kind}", where)

    yield of
    session.close()


def test_an_ordinary_client_reads_the_profiles(ordinary_client: Any, cameras: list[SimulatedCamera]) -> None:
    media = ordinary_client(MEDIA)
    profiles = media.GetProfiles()
    assert [profile.token for profile in profiles] == list(SHAPES)
    for profile, shape in zip(profiles, SHAPES.values(), strict=True):
        encoder = profile.VideoEncoderConfiguration
        assert (encoder.Resolution.Width, encoder.Resolution.Height) == (shape.width, shape.height)
        assert (encoder.RateControl.FrameRateLimit, encoder.Encoding) == (shape.fps, "H264")
        assert profile.PTZConfiguration is not None
        uri = media.GetStreamUri(
            StreamSetup={"Stream": "RTP-Unicast", "Transport": {"Protocol": "UDP"}},
            ProfileToken=profile.token,
        ).Uri
        assert uri == getattr(cameras[STEERED], f"{shape.name}_url")


def test_an_ordinary_client_steers_and_stores(ordinary_client: Any) -> None:
    ptz = ordinary_client(PTZ)
    ptz.AbsoluteMove(ProfileToken="main", Position={"PanTilt": {"x": 0.1, "y": 0.2}, "Zoom": {"x": 0.3}})
    token = ptz.SetPreset(ProfileToken="main", PresetName="Bandstand")
    assert {preset.token: preset.Name for preset in ptz.GetPresets(ProfileToken="main")}[token] == "Bandstand"
    ptz.RemovePreset(ProfileToken="main", PresetToken=token)
    assert token not in [preset.token for preset in ptz.GetPresets(ProfileToken="main")]
    with pytest.raises(zeep.exceptions.Fault) as caught:
        ptz.GotoPreset(ProfileToken="main", PresetToken=token)
    assert [code.localname for code in caught.value.subcodes or []] == ["InvalidArgVal", "NoToken"]


def test_our_own_client_reads_everything(cameras: list[SimulatedCamera]) -> None:
    camera = cameras[STEERED]
    report = probe(address(camera))
    assert (report.make, report.model, report.firmware) == ("Sandpiper", "SP-720 PTZ", "4.1.7")
    assert report.serial
    assert report.warnings == ()
    assert [(each.width, each.height, each.fps, each.encoding) for each in report.profiles] == [
        (1280, 720, 25, "H264"),
        (640, 360, 15, "H264"),
    ]
    assert [each.stream_url for each in report.profiles] == [camera.main_url, camera.sub_url]
    assert report.ptz is not None
    assert report.ptz.pan_tilt and report.ptz.zoom and report.ptz.absolute and report.ptz.home
    assert report.clock_drift_s is not None and abs(report.clock_drift_s) < 1
    assert set(report.services) == {"device", "media", "ptz", "imaging"}


def test_a_fixed_camera_offers_no_steering(cameras: list[SimulatedCamera]) -> None:
    report = probe(address(cameras[FIXED]))
    assert report.ptz is None
    assert "ptz" not in report.services
    assert not any(profile.has_ptz for profile in report.profiles)
    assert call(cameras[FIXED], "GetCapabilities", "<Category>PTZ</Category>").codes[-1] == "NoSuchService"
    assert move(cameras[FIXED], "GetStatus").codes == ["Receiver", "ActionNotSupported"]


def test_addresses_are_those_the_caller_used(cameras: list[SimulatedCamera]) -> None:
    camera = cameras[STEERED]
    own = f"http://{camera.host}:{camera.onvif_port}/"
    for answer in (
        call(camera, "GetServices", "<IncludeCapability>false</IncludeCapability>"),
        call(camera, "GetCapabilities"),
    ):
        found = answer.texts("XAddr")
        assert len(found) == 4
        assert all(each.startswith(own) for each in found)


def test_two_cameras_are_two_devices(cameras: list[SimulatedCamera]) -> None:
    def facts(camera: SimulatedCamera) -> tuple[str, str]:
        return call(camera, "GetDeviceInformation").text("SerialNumber"), call(camera, "GetHostname").text(
            "Name"
        )

    (serial, name), (other_serial, other_name) = facts(cameras[0]), facts(cameras[1])
    assert serial != other_serial
    assert name != other_name


def test_the_users_are_told_without_passwords(cameras: list[SimulatedCamera]) -> None:
    answer = call(cameras[STEERED], "GetUsers")
    assert answer.texts("Username") == [cameras[STEERED].username]
    assert cameras[STEERED].password.encode() not in answer.content


def test_the_clock_can_be_set_wrong_and_right_again(cameras: list[SimulatedCamera]) -> None:
    camera = cameras[FIXED]
    wrong = datetime.now(UTC) - timedelta(days=3)
    moment = (
        f"<t:Time><t:Hour>{wrong.hour}</t:Hour><t:Minute>{wrong.minute}</t:Minute>"
        f"<t:Second>{wrong.second}</t:Second></t:Time>"
        f"<t:Date><t:Year>{wrong.year}</t:Year><t:Month>{wrong.month}</t:Month><t:Day>{wrong.day}</t:Day></t:Date>"
    )
    manual = "<DateTimeType>Manual</DateTimeType><DaylightSavings>false</DaylightSavings>"
    answer = call(camera, "SetSystemDateAndTime", f"{manual}<UTCDateTime>{moment}</UTCDateTime>")
    assert answer.status == 200
    assert call(camera, "GetDeviceInformation").status == 400, "our time is no longer the camera's"
    three_days_s = -3 * 86_400
    assert call(camera, "GetDeviceInformation", off_s=three_days_s).status == 200
    drift_s = probe(address(camera)).clock_drift_s
    assert drift_s is not None and abs(drift_s - three_days_s) < 2
    network_time = "<DateTimeType>NTP</DateTimeType><DaylightSavings>false</DaylightSavings>"
    assert call(camera, "SetSystemDateAndTime", network_time, off_s=three_days_s).status == 200
    assert call(camera, "GetDeviceInformation").status == 200


@pytest.mark.parametrize(
    "date", ["<t:Year>2026</t:Year><t:Month>13</t:Month><t:Day>1</t:Day>", "", "<t:Year>x</t:Year>"]
)
def test_a_time_that_does_not_exist_is_refused(cameras: list[SimulatedCamera], date: str) -> None:
    time = "<t:Time><t:Hour>1</t:Hour><t:Minute>2</t:Minute><t:Second>3</t:Second></t:Time>"
    inner = (
        "<DateTimeType>Manual</DateTimeType><DaylightSavings>false</DaylightSavings>"
        f"<UTCDateTime>{time}<t:Date>{date}</t:Date></UTCDateTime>"
    )
    answer = call(cameras[STEERED], "SetSystemDateAndTime", inner)
    assert (answer.status, answer.codes[:2]) == (400, ["Sender", "InvalidArgVal"])
    assert call(cameras[STEERED], "GetDeviceInformation").status == 200


def test_a_snapshot_is_a_picture_and_wants_a_login(cameras: list[SimulatedCamera]) -> None:
    camera = cameras[STEERED]
    uri = call(camera, "GetSnapshotUri", PROFILE, service=MEDIA).text("Uri")
    path = uri.removeprefix(f"http://{camera.host}:{camera.onvif_port}")
    assert exchange(camera, "GET", path).status == 401
    picture = exchange(camera, "GET", path, headers={"Authorization": Digest(camera, path, "GET").header()})
    assert (picture.status, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content.startswith(b"\xff\xd8\xff") and picture.content.rstrip(b"\0").endswith(b"\xff\xd9")
    wrong = Digest(camera, path, "GET", password="wrong").header()
    assert exchange(camera, "GET", path, headers={"Authorization": wrong}).status == 401
