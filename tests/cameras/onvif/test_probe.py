"""The report on a camera: services, profiles, addresses at the typed host, and one parse of the descriptions."""

import subprocess
import sys
import threading

import pytest

from controlroom.cameras.devices import DeviceAddress, check_stream_url
from controlroom.cameras.onvif import wsdl
from controlroom.cameras.onvif.media import at_typed_host
from controlroom.cameras.onvif.probe import probe
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service
from controlroom.errors import InvalidInput
from tests.cameras.onvif.loopback import FOLDERS, HandMadeCamera, Request, fault

TYPED = DeviceAddress("203.0.113.9", 8081)


def test_a_report_says_what_the_camera_is_and_where_its_streams_are() -> None:
    with HandMadeCamera() as camera:
        report = probe(camera.address)
        port = camera.address.port
    assert (report.make, report.model) == ("Hand", "Made")
    assert report.services["ptz"] == f"http://127.0.0.1:{port}/onvif/ptz", "host and port as typed"
    assert report.main_profile is not None
    assert report.sub_profile is not None
    assert report.main_profile.stream_url == "rtsp://127.0.0.1:554/main"
    assert report.sub_profile.stream_url == "rtsp://127.0.0.1:554/sub"
    assert report.main_profile.snapshot_url == f"http://127.0.0.1:{port}/snap.jpg"
    assert report.ptz is not None
    assert (report.ptz.max_presets, report.ptz.home, report.ptz.relative) == (16, True, False)
    assert report.warnings == ()


def test_a_camera_without_get_services_is_asked_for_capabilities() -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetServices"] = fault("s:Receiver", "ter:ActionNotSupported", status=500)
        camera.answers["GetCapabilities"] = (
            "<tds:GetCapabilitiesResponse><tds:Capabilities>"
            "<tt:Media><tt:XAddr>http://127.0.1.1:80/onvif/Media</tt:XAddr></tt:Media>"
            "<tt:Media><tt:XAddr>http://127.0.1.1:80/onvif/Media20</tt:XAddr></tt:Media>"
            "<tt:Extension><tt:PTZ><tt:XAddr>http://127.0.1.1/onvif/ptz</tt:XAddr></tt:PTZ></tt:Extension>"
            "</tds:Capabilities></tds:GetCapabilitiesResponse>"
        )
        report = probe(camera.address)
    assert report.services["media"].endswith("/onvif/Media")
    assert report.ptz is not None


def test_media2_is_asked_first_and_its_h265_profiles_are_read() -> None:
    with HandMadeCamera() as camera:

        def services(request: Request) -> str:
            more = "<tds:Service><tds:Namespace>http://www.onvif.org/ver20/media/wsdl</tds:Namespace>"
            more += "<tds:XAddr>http://10.0.0.1/onvif/media2</tds:XAddr></tds:Service>"
            return camera.do_GetServices(request).replace(
                "</tds:GetServicesResponse>", f"{more}</tds:GetServicesResponse>"
            )

        camera.answers["GetServices"] = services
        camera.answers["GetProfiles"] = (
            '<tr2:GetProfilesResponse><tr2:Profiles token="p265"><tr2:Name>Main</tr2:Name><tr2:Configurations>'
            "<tr2:VideoEncoder><tt:Encoding>H265</tt:Encoding><tt:Resolution><tt:Width>3840</tt:Width>"
            "<tt:Height>2160</tt:Height></tt:Resolution></tr2:VideoEncoder><tr2:PTZ token='z'>"
            "<tt:NodeToken>node</tt:NodeToken></tr2:PTZ></tr2:Configurations></tr2:Profiles></tr2:GetProfilesResponse>"
        )
        camera.answers["GetStreamUri"] = (
            "<tr2:GetStreamUriResponse><tr2:Uri>rtsp://10.0.0.1/h265</tr2:Uri></tr2:GetStreamUriResponse>"
        )
        report = probe(camera.address)
        asked = [
            request
            for request in camera.server.requests
            if request.operation in ("GetProfiles", "GetStreamUri")
        ]
    assert {FOLDERS[request.namespace] for request in asked} == {"media2"}
    assert [request.text("Protocol") for request in asked] == ["", "RTSP"]
    assert report.main_profile is not None
    assert (report.main_profile.encoding, report.main_profile.stream_url) == ("H265", "rtsp://127.0.0.1/h265")
    assert report.ptz is not None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("rtsp://192.168.1.64/a", "rtsp://203.0.113.9/a"),
        ("rtsp://192.168.1.64:554/a?x=1&y=2", "rtsp://203.0.113.9:554/a?x=1&y=2"),
        ("rtsp://192.168.1.64:80:554/a", "rtsp://203.0.113.9:554/a"),
        ("rtsp://user:p@ss@192.168.1.64:8554/a", "rtsp://203.0.113.9:8554/a"),
        ("RTSP://[fe80::1]:554/a ", "rtsp://203.0.113.9:554/a"),
        ("http://192.168.1.64/snap.jpg", "http://203.0.113.9:8081/snap.jpg"),
        ("http://192.168.1.64:85/snap.jpg", "http://203.0.113.9:85/snap.jpg"),
    ],
)
def test_addresses_keep_their_port_and_take_the_typed_host(given: str, kept: str) -> None:
    assert at_typed_host(given, TYPED, 80) == kept


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "",
        "/dev/video0",
        "concat:rtsp://a|b",
        "rtsp://",
        "rtsp://a\nb",
        "rtsp://" + "a" * 3000,
        "gopher://a",
        "rtsp:a",
        "udp://@:1234",
        "rtsp://[::1",
        "rtsp://a b/c",
        "pipe:0",
    ],
)
def test_a_stream_address_that_is_not_rtsp_or_http_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="address"):
        check_stream_url(url)


def test_the_descriptions_are_parsed_once_and_shared() -> None:
    assert wsdl.document(Service.PTZ) is wsdl.document(Service.PTZ)
    assert (wsdl.folder() / "ptz.wsdl").exists()


def test_cameras_on_many_threads_do_not_disturb_each_other() -> None:
    cameras = [HandMadeCamera(clock_off_s=off) for off in (0, 3600, -3600, 86_400)]
    drifts: dict[int, float | None] = {}

    def ask(index: int) -> None:
        for _ in range(3):
            drifts[index] = probe(cameras[index].address).clock_drift_s

    for camera in cameras:
        camera.__enter__()
    threads = [threading.Thread(target=ask, args=(index,)) for index in range(len(cameras))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for camera in cameras:
        camera.__exit__()
    assert [round((drifts[index] or 0) / 100) * 100 for index in range(4)] == [0, 3600, -3600, 86_400]


def test_asking_cameras_neither_imports_onvif_nor_touches_logging_or_proxies() -> None:
    script = (
        "import os, sys, logging; os.environ['http_proxy'] = 'http://127.0.0.1:9';"
        "from controlroom.cameras.onvif import wsdl, probe; wsdl.document(wsdl.Service.PTZ);"
        "assert 'onvif' not in sys.modules; assert not logging.getLogger().handlers;"
        "assert os.environ['http_proxy'] == 'http://127.0.0.1:9'"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_session_goes_on_after_a_failed_call() -> None:
    with HandMadeCamera() as camera:
        session = CameraSession(camera.address)
        session.call(Service.DEVICE, "GetDeviceInformation")
        session.find_services()
        camera.answers["GetProfiles"] = fault()
        for _ in range(2):
            with pytest.raises(Exception, match="did not accept"):
                session.call(Service.MEDIA, "GetProfiles")
        del camera.answers["GetProfiles"]
        session.call(Service.MEDIA, "GetProfiles")
        session.close()
        assert camera.server.connections == 1
