"""Where a device is, as people type it: read as they mean it, or refused; never another device's address."""

import pytest

from controlroom.cameras.address_range import read_range
from controlroom.cameras.devices import DeviceAddress, DeviceFault, check_stream_url
from controlroom.cameras.onvif.media import at_typed_host
from controlroom.cameras.onvif.probe import probe
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cli import main
from controlroom.device_tls import shown_at
from controlroom.errors import InvalidInput
from controlroom.hosts import read_host, read_place
from controlroom.video.records import StreamAddress
from controlroom.video.rules import StreamError, checked, place, redirected
from tests.cameras.onvif.loopback import PASSWORD, USER, HandMadeCamera

TWO_READINGS = ("0177.0.0.1", "127.0x0.0.1", "127.0.0.\uff101")  # 127.0.0.1 to whoever resolves names
every_one = pytest.mark.parametrize("odd", TWO_READINGS)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        (" 10.0.0.5 ", "10.0.0.5"),
        ("camera-14", "camera-14"),
        ("cam_14.cctv.internal", "cam_14.cctv.internal"),
        ("[fd00::14]", "fd00::14"),
        ("FD00:0:0::14", "fd00::14"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("kamera-grün", "kamera-grün"),
        ("\uff11\uff10.\uff10.\uff10.\uff15", "10.0.0.5"),
        ("\uff3bfd00::\uff11\uff3d", "fd00::1"),
        ("camera.0xcctv", "camera.0xcctv"),
    ],
)
def test_a_host_is_read_as_typed(typed: str, host: str) -> None:
    assert read_host(typed) == host


@pytest.mark.parametrize(
    "typed",
    [
        *("", "10.1", "2130706433", "0x7f.0.0.1", "10.0.0.256", "10.0.0.5.6", "10.0.0.", "fd00::1::2"),
        *(
            "camera.0x7f",
            "camera.14",
            "0x7f000001",
            "127.0x",
            "1e1.0.0.1",
            "\u0663\u0663.1.1.\u0661",
            "fe80::1%eth0;rm",
            "9" * 5000,
        ),
        *("http://10.0.0.5", "10.0.0.5/onvif", "a b", "user@10.0.0.5", "-camera", "camera..14", "x" * 300),
    ],
)
def test_what_is_no_host_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        read_host(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "10.020.030.040",
        "10.0x14.30.40",
        "10.0X14.0x1E.40",
        "10.\uff1020.\uff1030.\uff10\uff14\uff10",
        "\uff11\uff10.020.30.40",
    ],
)
def test_an_address_of_two_readings_is_refused_and_its_decimal_one_offered(typed: str) -> None:
    with pytest.raises(InvalidInput, match=r"two ways.*Type 10\.20\.30\.40 if"):
        read_host(typed)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("127.0.0.1:8899", ("127.0.0.1", 8899)),
        ("camera-14:81", ("camera-14", 81)),
        ("[fd00::14]:8080", ("fd00::14", 8080)),
        ("fd00::14", ("fd00::14", 80)),
        ("10.0.0.5", ("10.0.0.5", 80)),
    ],
)
def test_a_port_typed_behind_the_address_is_read(typed: str, place: tuple[str, int]) -> None:
    assert read_place(typed, 80) == place


@pytest.mark.parametrize(
    "typed", ["10.0.0.5:0", "10.0.0.5:70000", "10.0.0.5:" + "9" * 5000, "10.0.0.5:http", ":80"]
)
def test_what_is_no_port_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        read_place(typed, 80)


@every_one
def test_a_stream_address_may_not_hold_one_either_nor_a_redirection(odd: str) -> None:
    with pytest.raises(InvalidInput, match="two ways"):
        check_stream_url(f"rtsp://{odd}/main")
    with pytest.raises(InvalidInput, match="two ways"):
        checked(StreamAddress(f"rtsp://{odd}/main"))
    with pytest.raises(StreamError, match="cannot be read"):
        redirected(StreamAddress("rtsp://127.0.0.1/main"), f"rtsp://{odd}/main")
    with pytest.raises(InvalidInput, match="two ways"):
        read_range(f"{odd}-9")


@every_one
def test_one_that_stands_on_the_register_already_reaches_nobody(
    odd: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with HandMadeCamera() as camera:
        with pytest.raises(DeviceFault, match="two ways"):
            probe(DeviceAddress(odd, camera.server.port, USER, PASSWORD))
        assert not shown_at(odd, camera.server.port).certificate
        assert main(["camera", "probe", odd, "--port", str(camera.server.port)]) != 0
        assert "two ways" in capsys.readouterr().err
        assert main(["camera", "probe", f"127.0.0.1:{camera.server.port}", "--user", USER]) != 0
    assert camera.server.requests, "an address with its port is asked"
    assert all(request.headers["Host"].startswith("127.0.0.1:") for request in camera.server.requests)


def test_the_zone_of_an_ipv6_address_is_kept_wherever_it_goes() -> None:
    at = StreamAddress("rtsp://[fe80::7%25eth0]:554/main")
    assert checked(at).url == at.url
    assert place(checked(at)) == ("fe80::7%eth0", 554)
    typed = DeviceAddress("fe80::7%eth0", 80)
    assert at_typed_host("rtsp://192.168.1.64:554/main", typed, None) == at.url
    assert CameraSession(typed).at_typed_address("/onvif/media") == "http://[fe80::7%25eth0]:80/onvif/media"


@pytest.mark.parametrize("typed", ["10.0.0.5\u200b", "\u202a10.0.0.5", "10.0\u00ad.0.5"])
def test_signs_that_nobody_sees_are_left_out(typed: str) -> None:
    assert read_host(typed) == "10.0.0.5"
    assert read_place(f"{typed}:8080", 80) == ("10.0.0.5", 8080)


def test_a_name_with_an_empty_part_is_told_so() -> None:
    with pytest.raises(InvalidInput, match="no part is empty"):
        read_host("cam..1")
