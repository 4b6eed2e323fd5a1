"""A camera that answers by HTTPS only, with a certificate it made itself: offered, pinned, and a change told."""

import hashlib
import json
import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest

from controlroom.cameras.devices import DeviceAddress, DeviceFault, FaultKind
from controlroom.cameras.onvif.probe import check_health, probe, read_basics
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service
from controlroom.cli import main
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.settings import numbered_cameras

OTHER = hashlib.sha256(b"another camera").hexdigest()


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    plain = numbered_cameras(2)
    with Fleet([replace(plain[0], https_only=True, http_digest_only=True), plain[1]]) as started:
        yield started


@pytest.fixture
def typed(fleet: Fleet) -> DeviceAddress:
    """The address as a person types it, who does not know of HTTPS."""
    camera = fleet.cameras[0]
    return DeviceAddress(camera.host, camera.onvif_port, camera.username, camera.password, "Camera 001")


@pytest.fixture
def secure(typed: DeviceAddress) -> DeviceAddress:
    return replace(typed, secure=True)


def refused(fleet: Fleet) -> int:
    return fleet.camera_state()["logins_refused"]


def test_a_camera_by_https_only_says_so_instead_of_seeming_unplugged(
    typed: DeviceAddress, fleet: Fleet
) -> None:
    for ask in (probe, lambda address: check_health(address, sign=True)):
        with pytest.raises(DeviceFault) as fault:
            ask(typed)
        assert fault.value.kind is FaultKind.HTTPS_ONLY
        assert f"HTTPS only, at port {typed.port}" in str(fault.value)
    assert fleet.camera_state()["logins_accepted"] == refused(fleet) == 0, "nothing was sent"


def test_it_is_asked_over_https_with_digest_and_its_certificate_is_told(
    secure: DeviceAddress, fleet: Fleet
) -> None:
    report = probe(secure)
    shown = ssl.get_server_certificate((secure.host, secure.port))
    certificate = hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()
    assert report.make == "Sandpiper"
    assert report.profiles[0].stream_url.startswith("rtsp://")
    assert report.services["device"].startswith("https://")
    assert report.certificate == certificate
    known = replace(secure, certificate=certificate)
    health = check_health(known, sign=True)
    assert (health.login, health.certificate) == (True, certificate)
    assert refused(fleet) == 0


def test_another_certificate_is_told_and_nothing_is_sent(secure: DeviceAddress, fleet: Fleet) -> None:
    before = fleet.camera_state()
    for ask in (probe, lambda address: check_health(address, sign=True)):
        with pytest.raises(DeviceFault) as fault:
            ask(replace(secure, certificate=OTHER))
        assert fault.value.kind is FaultKind.CERTIFICATE_CHANGED
        assert "nothing was sent" in str(fault.value)
    after = fleet.camera_state()
    assert (after["logins_accepted"], after["logins_refused"]) == (
        before["logins_accepted"],
        before["logins_refused"],
    )


def test_the_first_certificate_holds_for_every_connection_of_a_session(secure: DeviceAddress) -> None:
    session = CameraSession(secure)
    read_basics(session)
    second = session.another()
    assert second.call(Service.DEVICE, "GetDeviceInformation") is not None
    assert session.pin is not None
    session.pin.known = OTHER
    third = session.another()
    with pytest.raises(DeviceFault) as fault:
        third.call(Service.DEVICE, "GetDeviceInformation")
    assert fault.value.kind is FaultKind.CERTIFICATE_CHANGED
    for each in (session, second, third):
        each.close()


def test_what_does_not_speak_https_is_sent_nothing(secure: DeviceAddress, fleet: Fleet) -> None:
    for port, said in (
        (fleet.cameras[1].onvif_port, "does not speak HTTPS"),
        (fleet.cameras[0].rtsp_port, "does not answer in time"),
    ):
        with pytest.raises(DeviceFault) as fault:
            probe(replace(secure, port=port))
        assert said in str(fault.value)


def test_a_camera_that_is_off_is_not_taken_for_one_by_https(typed: DeviceAddress) -> None:
    with pytest.raises(DeviceFault) as fault:
        probe(replace(typed, port=1))
    assert fault.value.kind is FaultKind.UNREACHABLE


def test_the_command_line_asks_and_steers_it(
    secure: DeviceAddress,
    fleet: Fleet,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CAMERA_PASSWORD", secure.password)
    place = [f"{secure.host}:{secure.port}", "--user", secure.username, "--password-env", "CAMERA_PASSWORD"]
    assert main(["camera", "probe", *place, "--https", "--json"]) == 0
    certificate = json.loads(capsys.readouterr().out)["certificate"]
    pinned = [*place, "--https", "--certificate", certificate.upper()]
    before = fleet.camera_state()["pan"]
    assert main(["camera", "ptz", *pinned, "--move", "0.5", "0", "0", "--seconds", "0.3"]) == 0
    assert fleet.camera_state()["pan"] != before
    assert main(["camera", "ptz", *place, "--https", "--certificate", OTHER, "--stop"]) != 0
    assert "another certificate" in capsys.readouterr().err
