"""Who is let in: tokens and HTTP Digest are checked as cameras check them, against the camera's own clock."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.onvif.probe import probe
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.simulator.settings import CameraSettings
from tests.simulator.onvif.calling import (
    DEVICE,
    MEDIA,
    PATHS,
    PTZ,
    Answer,
    Digest,
    address,
    call,
    message,
    post,
    token,
)
from tests.waiting import LIMIT_S

AN_HOUR_S = 3600.0
LOCKS_AFTER = 3
CAMERAS = {
    "usual": CameraSettings("001", "North End", seed=1),
    "an hour ahead": CameraSettings("002", "High Street", seed=2, clock_offset_s=AN_HOUR_S),
    "digest only": CameraSettings("003", "Park Lane", seed=3, http_digest_only=True),
    "secretive": CameraSettings("004", "Poplar Walk", seed=4, sign_everything=True, clock_offset_s=-120),
    "locks": CameraSettings("005", "George Street", seed=5, lock_after_refusals=LOCKS_AFTER),
    "locks too": CameraSettings("006", "Church Street", seed=6, lock_after_refusals=LOCKS_AFTER),
    "unlocks": CameraSettings(
        "007", "Surrey Street", seed=7, lock_after_refusals=LOCKS_AFTER, lock_for_s=0.0
    ),
}
OPEN = [
    (DEVICE, "GetSystemDateAndTime"),
    (DEVICE, "GetServices"),
    (DEVICE, "GetCapabilities"),
    (DEVICE, "GetHostname"),
    (DEVICE, "GetServiceCapabilities"),
    (MEDIA, "GetServiceCapabilities"),
    (PTZ, "GetServiceCapabilities"),
]


@pytest.fixture(scope="module")
def cameras() -> Iterator[dict[str, SimulatedCamera]]:
    with Fleet(list(CAMERAS.values()), discovery=False) as fleet:
        yield dict(zip(CAMERAS, fleet.cameras, strict=True))


@pytest.fixture
def usual(cameras: dict[str, SimulatedCamera]) -> SimulatedCamera:
    return cameras["usual"]


def ask(camera: SimulatedCamera, authorization: str = "", header: str = "") -> Answer:
    """Something only a known user may ask, with this login."""
    headers = {"Authorization": authorization} if authorization else {}
    return post(camera, PATHS[DEVICE], message("GetDeviceInformation", header=header), headers)


def is_let_in(answer: Answer) -> bool:
    return answer.status == 200 and answer.text("Manufacturer") == "Sandpiper"


def is_refused(answer: Answer, status: int = 400) -> bool:
    return answer.status == status and answer.codes == ["Sender", "NotAuthorized"]


@pytest.mark.parametrize(("service", "operation"), OPEN)
def test_what_is_open_needs_no_login(usual: SimulatedCamera, service: str, operation: str) -> None:
    assert post(usual, PATHS[service], message(operation, service=service)).status == 200


@pytest.mark.parametrize(
    ("service", "operation"),
    [(DEVICE, "GetUsers"), (DEVICE, "SetSystemDateAndTime"), (MEDIA, "GetProfiles"), (PTZ, "Stop")],
)
def test_everything_else_is_met_with_a_challenge(
    usual: SimulatedCamera, service: str, operation: str
) -> None:
    answer = post(usual, PATHS[service], message(operation, service=service))
    assert is_refused(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Digest ")
    assert 'qop="auth"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("off_s", [0, -8, 8])
def test_a_fresh_token_is_taken(usual: SimulatedCamera, off_s: float) -> None:
    assert is_let_in(call(usual, "GetDeviceInformation", off_s=off_s))


def test_a_token_is_taken_once(usual: SimulatedCamera) -> None:
    header = token(usual)
    assert is_let_in(ask(usual, header=header))
    assert is_refused(ask(usual, header=header))


@pytest.mark.parametrize("off_s", [-60, 60, -86_400])
def test_a_token_of_another_time_is_refused(usual: SimulatedCamera, off_s: float) -> None:
    assert is_refused(call(usual, "GetDeviceInformation", off_s=off_s))


@pytest.mark.parametrize(
    ("username", "password", "in_clear"),
    [
        (None, "wrong", False),
        (None, "", False),
        ("nobody", None, False),
        ("Operator", None, False),
        ("ôperateur", "è", False),
        (None, None, True),
    ],
)
def test_a_wrong_login_is_a_fault(
    usual: SimulatedCamera, username: str | None, password: str | None, in_clear: bool
) -> None:
    answer = call(usual, "GetDeviceInformation", username=username, password=password, in_clear=in_clear)
    assert is_refused(answer)
    assert usual.password.encode() not in answer.content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<s:Nonce>", "<s:Nonce>!"),
        ("<u:Created>", "<u:Created>yesterday"),
        ("<u:Created>2", "<u:Created>9"),
        ("u:Created>", "u:Born>"),
        ("s:Nonce>", "s:Number>"),
        ("s:Password", "s:Secret"),
        ("s:Username>", "s:Person>"),
    ],
)
def test_a_token_with_a_part_missing_or_mangled_is_refused(
    usual: SimulatedCamera, old: str, new: str
) -> None:
    assert is_refused(ask(usual, header=token(usual).replace(old, new)))


def test_a_camera_goes_by_its_own_clock(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["an hour ahead"]
    assert is_refused(call(camera, "GetDeviceInformation"))
    assert is_let_in(call(camera, "GetDeviceInformation", off_s=AN_HOUR_S))


def test_our_client_follows_a_camera_whose_clock_is_wrong(cameras: dict[str, SimulatedCamera]) -> None:
    report = probe(address(cameras["an hour ahead"]))
    assert report.clock_drift_s is not None
    assert abs(report.clock_drift_s - AN_HOUR_S) < LIMIT_S
    assert any("ahead" in warning for warning in report.warnings)


def test_our_client_tells_a_wrong_password(usual: SimulatedCamera) -> None:
    with pytest.raises(DeviceFault) as caught:
        probe(address(usual, "wrong"))
    assert caught.value.kind is FaultKind.NOT_AUTHORISED


def test_http_digest_is_taken(usual: SimulatedCamera) -> None:
    digest = Digest(usual, PATHS[DEVICE])
    assert is_let_in(ask(usual, digest.header()))
    assert is_let_in(ask(usual, digest.header())), "the next count of the same challenge"


def test_an_http_digest_is_taken_once(usual: SimulatedCamera) -> None:
    digest = Digest(usual, PATHS[DEVICE])
    header = digest.header(count=2)
    assert is_let_in(ask(usual, header))
    for replayed in (header, digest.header(count=1)):
        answer = ask(usual, replayed)
        assert is_refused(answer, 401)
        assert "stale=true" in answer.headers["www-authenticate"].lower()
    assert is_let_in(ask(usual, digest.header(count=3)))


def test_an_http_digest_without_a_count_is_refused(usual: SimulatedCamera) -> None:
    assert is_refused(ask(usual, Digest(usual, PATHS[DEVICE]).header(qop=False)), 401)


def test_an_http_digest_for_something_else_is_refused(usual: SimulatedCamera) -> None:
    digest = Digest(usual, PATHS[DEVICE])
    assert is_refused(ask(usual, digest.header(path=PATHS[PTZ])), 401)
    assert is_refused(ask(usual, digest.header(nonce="0.invented.1")), 401)
    assert is_refused(ask(usual, digest.header().replace('username="', 'username="x')), 401)
    assert is_refused(ask(usual, digest.header().replace("nc=", "nc=z")), 401)
    assert is_refused(ask(usual, "Digest"), 401)
    assert is_refused(ask(usual, "Basic b3BlcmF0b3I6c2ltdWxhdGVk"), 401)


def test_a_wrong_http_password_is_met_with_a_new_challenge(usual: SimulatedCamera) -> None:
    answer = ask(usual, Digest(usual, PATHS[DEVICE], password="wrong").header())
    assert is_refused(answer, 401)
    assert "stale" not in answer.headers["www-authenticate"].lower()


def test_a_camera_may_take_http_digest_only(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["digest only"]
    assert is_refused(call(camera, "GetDeviceInformation"), 401)
    assert is_let_in(ask(camera, Digest(camera, PATHS[DEVICE]).header()))
    assert probe(address(camera)).model == "SP-720 PTZ"
    with pytest.raises(DeviceFault) as caught:
        probe(address(camera, "wrong"))
    assert caught.value.kind is FaultKind.NOT_AUTHORISED


def test_a_camera_may_want_a_login_for_everything(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["secretive"]
    for service, operation in OPEN:
        assert is_refused(post(camera, PATHS[service], message(operation, service=service)), 401), operation
    assert call(camera, "GetSystemDateAndTime", off_s=-120).status == 200


def test_the_date_in_the_header_is_the_camera_s_own(cameras: dict[str, SimulatedCamera]) -> None:
    answer = ask(cameras["an hour ahead"])
    ahead = parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)
    assert abs(ahead.total_seconds() - AN_HOUR_S) < LIMIT_S


def test_our_client_finds_out_the_time_of_a_camera_that_tells_it_to_users_only(
    cameras: dict[str, SimulatedCamera],
) -> None:
    drift_s = probe(address(cameras["secretive"])).clock_drift_s
    assert drift_s is not None and abs(drift_s + 120) < 2


def test_an_account_is_locked_after_wrong_passwords(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["locks"]
    for _ in range(LOCKS_AFTER - 1):
        assert is_refused(call(camera, "GetDeviceInformation", password="wrong"))
    assert is_let_in(call(camera, "GetDeviceInformation")), "a right one starts the count anew"
    for _ in range(LOCKS_AFTER):
        assert is_refused(call(camera, "GetDeviceInformation", password="wrong"))
    assert is_refused(call(camera, "GetDeviceInformation")), "right, but too late"
    assert is_refused(ask(camera, Digest(camera, PATHS[DEVICE]).header()), 401)
    assert post(camera, PATHS[DEVICE], message("GetSystemDateAndTime")).status == 200
    assert is_let_in(call(cameras["usual"], "GetDeviceInformation")), "only this camera"


def test_asking_without_a_login_locks_nothing(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["locks too"]
    for _ in range(2 * LOCKS_AFTER):
        assert is_refused(ask(camera), 401)
    assert is_let_in(call(camera, "GetDeviceInformation"))


def test_our_client_locks_no_account(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["locks too"]
    with pytest.raises(DeviceFault):
        probe(address(camera, "wrong"))
    assert is_let_in(call(camera, "GetDeviceInformation"))


def test_a_lock_opens_by_itself(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["unlocks"]
    for _ in range(LOCKS_AFTER):
        assert is_refused(call(camera, "GetDeviceInformation", password="wrong"))
    assert is_let_in(call(camera, "GetDeviceInformation"))
