"""Passwords, clocks and the two ways to log in: right the first time, and never tried again when refused."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest

from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.onvif.camera_clock import CameraClock, zone_offset
from controlroom.cameras.onvif.login import OnvifLogin
from controlroom.cameras.onvif.probe import check_health, probe, read_basics
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service
from tests.cameras.onvif.loopback import PASSWORD, USER, HandMadeCamera, Reply, Request, date_and_time, fault
from tests.clock import SetClock
from tests.waiting import LIMIT_S

NONCE = "f00d"


def digest_problem(request: Request, nonce: str = NONCE) -> bool:
    """True unless the call carries a right answer to our Digest challenge."""
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', request.headers.get("Authorization", "")))
    if fields.get("username") != USER or fields.get("nonce") != nonce:
        return True

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    first, second = md5(f"{USER}:camera:{PASSWORD}"), md5(f"POST:{fields['uri']}")
    right = md5(f"{first}:{nonce}:{fields['nc']}:{fields['cnonce']}:auth:{second}")
    return fields.get("response") != right


def challenge(nonce: str = NONCE) -> Reply:
    return Reply(b"", 401, {"WWW-Authenticate": f'Digest realm="camera", nonce="{nonce}", qop="auth"'})


class DigestOnlyCamera(HandMadeCamera):
    """Knows no UsernameToken, as some Hikvision are set."""

    nonce = NONCE

    def usual(self, request: Request) -> "Reply | str":
        if request.operation == "GetSystemDateAndTime":
            return date_and_time(self.now())
        if digest_problem(request, self.nonce):
            return challenge(self.nonce)
        return getattr(self, f"do_{request.operation}", lambda _: fault())(request)


def with_password(camera: HandMadeCamera, password: str) -> CameraSession:
    address = camera.address
    return CameraSession(type(address)(address.host, address.port, address.username, password))


def refused_with(session: CameraSession) -> str:
    with pytest.raises(DeviceFault) as caught:
        read_basics(session)
    return str(caught.value)


def test_a_wrong_password_is_one_attempt_and_never_tried_again() -> None:
    with HandMadeCamera() as camera:
        session = with_password(camera, "wrong")
        for _ in range(3):
            with pytest.raises(DeviceFault) as caught:
                read_basics(session)
            assert caught.value.kind is FaultKind.NOT_AUTHORISED
            assert "user name or password" in str(caught.value)
        second = session.another()
        with pytest.raises(DeviceFault):
            second.call(Service.DEVICE, "GetDeviceInformation")
        session.close()
        second.close()
    assert [r.operation for r in camera.server.requests if r.has("UsernameToken")] == ["GetDeviceInformation"]


def test_what_a_camera_says_with_a_401_is_told() -> None:
    """Some say there that the account is locked, and for how long."""
    with HandMadeCamera() as camera:
        locked = fault(reason="Account locked for 30 minutes", status=401)
        camera.answers["GetDeviceInformation"] = locked
        with pytest.raises(DeviceFault, match="Account locked for 30 minutes") as caught:
            probe(camera.address)
        assert caught.value.kind is FaultKind.NOT_AUTHORISED
        camera.answers.clear()
        session = CameraSession(camera.address)
        read_basics(session)
        camera.answers["GetProfiles"] = fault(reason="Out of sessions", status=403)
        with pytest.raises(DeviceFault, match="Out of sessions"):
            session.call(Service.MEDIA, "GetProfiles")


def test_a_wrong_password_with_a_digest_camera_is_tried_once_each_way() -> None:
    with DigestOnlyCamera() as camera:
        session = with_password(camera, "wrong")
        for _ in range(3):
            with pytest.raises(DeviceFault):
                read_basics(session)
        session.close()
    tried = [request for request in camera.server.requests if request.operation != "GetSystemDateAndTime"]
    assert [request.has("UsernameToken") for request in tried] == [True, False]


@pytest.mark.parametrize(
    "refusal",
    [
        fault(subcode="ter:InvalidArgVal", reason="Invalid username or password"),
        fault("s:Receiver", "ter:Action", "Invalid username or password", 500),
        fault("s:Sender", "ter:Custom17", "Falsches Kennwort"),
        fault("s:Sender", "ter:Custom17", ""),
        Reply(b"<html><body>Login failed</body></html>", 403),
        Reply(b"", 400),
    ],
    ids=["words", "words of a receiver", "another language", "no words", "a page", "nothing"],
)
def test_whatever_a_first_signed_call_is_refused_with_the_password_is_tried_once(refusal: Reply) -> None:
    with HandMadeCamera() as camera:

        def refuse(request: Request) -> "Reply | str":
            return refusal if request.has("UsernameToken") else camera.usual(request)

        for operation in ("GetDeviceInformation", "GetServices", "GetCapabilities", "GetProfiles"):
            camera.answers[operation] = refuse
        session = with_password(camera, "wrong")
        said = [refused_with(session) for _ in range(4)]
        assert session.login.refused
        assert all("login" in each or "user name or password" in each for each in said)
        assert all("will not be tried again" in each for each in said)
        session.close()
    assert len([each for each in camera.server.requests if each.has("UsernameToken")]) == 1


@pytest.mark.parametrize(
    "answer",
    [
        fault("s:Receiver", "ter:Action", "Account blocked: too many attempts", 500),
        fault("s:Sender", "ter:Custom17", "Not supported for this account"),
        Reply(b"", 503),
        Reply(b"", 404),
        Reply(b"<html><body>Welcome</body></html>", 200, {"Content-Type": "text/html"}),
    ],
    ids=["busy by words", "not supported by words", "busy", "missing", "a page"],
)
def test_a_first_signed_call_that_seems_busy_or_not_offered_is_made_once_and_again_only_when_told(
    answer: Reply,
) -> None:
    with HandMadeCamera() as camera:
        for operation in ("GetDeviceInformation", "GetServices", "GetCapabilities", "GetProfiles"):
            camera.answers[operation] = answer
        session = CameraSession(camera.address)
        said = [refused_with(session) for _ in range(4)]
        assert all("not tried again soon" in each for each in said)
        signed = [each for each in camera.server.requests if each.has("UsernameToken")]
        assert len(signed) == 1
        assert session.login.looks_again
        session.login.look_again()
        refused_with(session)
        assert len([each for each in camera.server.requests if each.has("UsernameToken")]) == 2
        camera.answers.clear()
        session.login.look_again()
        assert read_basics(session).make == "Hand"
        for operation in ("GetDeviceInformation", "GetProfiles"):
            camera.answers[operation] = Reply(b"", 503)
        for _ in range(4):
            with pytest.raises(DeviceFault, match="too busy"):
                session.call(Service.DEVICE, "GetDeviceInformation")
        assert not session.login.refused, "whom it let in once, it may keep waiting"
        session.close()


def test_a_camera_that_fails_before_it_ever_let_us_in_gets_three_tries_in_all() -> None:
    with HandMadeCamera() as camera:
        for operation in ("GetDeviceInformation", "GetServices", "GetCapabilities", "GetProfiles"):
            camera.answers[operation] = Reply(b"", 500)
        session = CameraSession(camera.address)
        said = [refused_with(session) for _ in range(6)]
        session.close()
    assert "HTTP 500" in said[-1]
    assert len([each for each in camera.server.requests if each.has("UsernameToken")]) == 3


def test_a_camera_that_fails_at_one_call_is_known_by_the_others() -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetDeviceInformation"] = Reply(b"", 500)
        assert [profile.token for profile in probe(camera.address).profiles] == ["main", "sub"]


def test_one_failed_call_after_a_good_login_is_told_as_it_is() -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetProfiles"] = Reply(b"", 500)
        with pytest.raises(DeviceFault) as caught:
            probe(camera.address)
    assert "HTTP 500" in str(caught.value)
    assert "listing its pictures" in str(caught.value)
    assert "does not speak ONVIF" not in str(caught.value)


def test_a_camera_that_wants_a_user_where_none_is_given_is_not_said_to_have_refused_one() -> None:
    with HandMadeCamera() as camera:
        address = type(camera.address)("127.0.0.1", camera.address.port)
        with pytest.raises(DeviceFault) as caught:
            probe(address)
    assert caught.value.kind is FaultKind.NOT_AUTHORISED
    assert "no user name is set" in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        'Basic realm="camera", Digest realm="camera", nonce="f00d", qop="auth"',
        'Digest realm="camera", nonce="f00d", qop="auth", Basic realm="camera"',
        'Digest realm="camera", nonce="f00d", algorithm=SHA-512, qop="auth", '
        'Digest realm="camera", nonce="f00d", algorithm=MD5, qop="auth"',
        'Digest realm="camera", nonce="f00d", algorithm=MD5, qop="auth", '
        'Digest realm="camera", nonce="f00d", algorithm=SHA-512, qop="auth"',
        'Negotiate, Digest qop="auth,auth-int", nonce="f00d", realm="camera"',
    ],
)
def test_the_best_known_challenge_is_answered_and_unknown_ones_are_skipped(headers: str) -> None:
    with DigestOnlyCamera() as camera:
        refuse = Reply(b"", 401, {"WWW-Authenticate": headers})
        camera.usual = lambda request: (
            date_and_time(camera.now())
            if request.operation == "GetSystemDateAndTime"
            else refuse
            if digest_problem(request)
            else getattr(camera, f"do_{request.operation}", lambda _: fault())(request)
        )
        assert probe(camera.address).model == "Made"


def test_a_camera_that_knows_only_digest_is_logged_into_and_remembered() -> None:
    with DigestOnlyCamera() as camera:
        report = probe(camera.address)
        assert report.model == "Made"
        assert [r.has("UsernameToken") for r in camera.server.requests].count(True) == 1


def test_a_digest_challenge_that_grew_old_is_answered_again() -> None:
    with DigestOnlyCamera() as camera:
        session = CameraSession(camera.address)
        session.call(Service.DEVICE, "GetDeviceInformation")
        camera.nonce = "beef"
        answer = session.call(Service.DEVICE, "GetDeviceInformation")
        session.close()
    assert answer is not None


def test_every_call_carries_a_fresh_token_in_zulu_time() -> None:
    with HandMadeCamera() as camera:
        probe(camera.address)
    signed = [request for request in camera.server.requests if request.has("UsernameToken")]
    assert len(signed) > 5
    assert len({request.text("Nonce") for request in signed}) == len(signed)
    assert all(request.text("Created").endswith("Z") for request in signed)


@pytest.mark.parametrize("off", [-86_400, -30, 30, 7_200])
def test_a_camera_with_a_wrong_clock_is_logged_into_by_its_own_clock(off: int) -> None:
    with HandMadeCamera(clock_off_s=off) as camera:
        report = probe(camera.address)
    assert report.clock_drift_s == pytest.approx(off, abs=20)
    assert any("clock is" in warning for warning in report.warnings)


def test_a_refused_login_names_the_clock_when_it_is_far_off() -> None:
    with HandMadeCamera(clock_off_s=-600) as camera:
        camera.answers["GetDeviceInformation"] = fault(subcode="ter:NotAuthorized")
        with pytest.raises(DeviceFault) as caught:
            probe(camera.address)
    assert caught.value.kind is FaultKind.CLOCK_SKEW
    assert "10 min behind" in str(caught.value)


@pytest.mark.parametrize(("password", "tries"), [(PASSWORD, 2), ("wrong", 2)])
def test_a_camera_that_tells_its_local_time_as_utc_is_tried_by_ours_once(password: str, tries: int) -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetSystemDateAndTime"] = lambda _: date_and_time(camera.now() + timedelta(hours=10))
        session = with_password(camera, password)
        if password == PASSWORD:
            assert read_basics(session).model == "Made"
        else:
            said = [refused_with(session) for _ in range(3)]
            assert "10 h ahead" in said[-1]
        session.close()
        asked = [each for each in camera.server.requests if each.operation == "GetDeviceInformation"]
        assert len(asked) == tries
        if password == PASSWORD:
            assert any("local time as UTC" in warning for warning in probe(camera.address).warnings)


def test_a_camera_that_tells_the_time_only_to_its_users_is_asked_again_signed() -> None:
    with HandMadeCamera(clock_off_s=4000) as camera:

        def only_signed(request: Request) -> "Reply | str":
            date = camera.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
            if not request.has("UsernameToken"):
                return Reply(b"", 401, {"Date": date})
            created = datetime.fromisoformat(request.text("Created"))
            assert abs((created - camera.now()).total_seconds()) < LIMIT_S, "its Date header told the time"
            return date_and_time(camera.now())

        camera.answers["GetSystemDateAndTime"] = only_signed
        assert probe(camera.address).model == "Made"


def test_a_camera_that_keeps_its_clock_from_strangers_and_offers_digest_needs_no_clock() -> None:
    with DigestOnlyCamera(clock_off_s=9000) as camera:
        camera.answers["GetSystemDateAndTime"] = lambda request: (
            challenge() if digest_problem(request) else date_and_time(camera.now())
        )
        assert probe(camera.address).clock_drift_s == pytest.approx(9000, abs=1.5)
    assert not any(request.has("UsernameToken") for request in camera.server.requests)


def test_an_account_without_a_right_is_not_taken_for_a_wrong_password() -> None:
    with HandMadeCamera() as camera:
        session = CameraSession(camera.address)
        read_basics(session)
        camera.answers["GetPresets"] = fault(subcode="ter:NotAuthorized")
        for _ in range(3):
            with pytest.raises(DeviceFault) as caught:
                session.call(Service.PTZ, "GetPresets", ProfileToken="main")
            assert caught.value.kind is FaultKind.NOT_AUTHORISED
        assert camera.count("GetPresets") == 1
        assert not session.login.refused
        session.call(Service.PTZ, "GetStatus", ProfileToken="main")
        session.close()


def test_an_account_without_several_rights_is_still_let_in() -> None:
    """Before refusals in a row end a login, the camera is asked what every user may ask."""
    with HandMadeCamera() as camera:
        session = CameraSession(camera.address)
        read_basics(session)
        kept = ("GetPresets", "GetStatus", "SetPreset", "GotoHomePosition", "SetHomePosition")
        for operation in kept:
            camera.answers[operation] = fault(subcode="ter:NotAuthorized", reason="not for this user")
            with pytest.raises(DeviceFault, match="not for this user"):
                session.call(Service.PTZ, operation, ProfileToken="main")
        assert not session.login.refused
        session.call(Service.MEDIA, "GetProfiles")
        assert all(camera.count(operation) == 1 for operation in kept)


def test_a_password_changed_meanwhile_is_given_up_after_a_few_different_calls() -> None:
    with HandMadeCamera() as camera:
        session = CameraSession(camera.address)
        read_basics(session)
        for operation in ("GetStatus", "GetPresets", "Stop", "ContinuousMove", "GetDeviceInformation"):
            camera.answers[operation] = fault(subcode="ter:NotAuthorized")
        before = len(camera.server.requests)
        for _ in range(3):
            for operation in ("GetStatus", "GetPresets", "Stop"):
                with pytest.raises(DeviceFault):
                    session.call(Service.PTZ, operation, ProfileToken="main")
        assert session.login.refused
        assert len(camera.server.requests) - before == 3
        session.close()


def test_a_camera_without_users_is_spoken_to_unsigned() -> None:
    with HandMadeCamera() as camera:
        camera.answers["GetDeviceInformation"] = camera.do_GetDeviceInformation
        session = with_password(camera, "")
        session = CameraSession(type(camera.address)("127.0.0.1", camera.address.port))
        session.call(Service.DEVICE, "GetDeviceInformation")
        session.close()
    assert not any(request.has("Security") for request in camera.server.requests)


@pytest.mark.parametrize(
    ("zone", "summer", "hours"),
    [
        ("CST6CDT,M3.2.0/2,M11.1.0/2", False, -6),
        ("CST6CDT,M3.2.0/2,M11.1.0/2", True, -5),
        ("EST+5:00:00EDT04:00:00,M3.5.0/01:00:00", True, -4),
        ("CST-08:00", False, 8),
        ("COT5", False, -5),
        ("GMT0BST,M3.5.0/1,M10.5.0", True, 1),
        ("UTC", False, 0),
        ("<+0530>-5:30", False, 5.5),
    ],
)
def test_the_zones_cameras_write_are_read(zone: str, summer: bool, hours: float) -> None:
    assert zone_offset(zone, summer=summer) == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["", "5", "??", "CST", "local time"])
def test_a_zone_that_says_nothing_is_unknown(zone: str) -> None:
    assert zone_offset(zone, summer=False) is None


def test_local_time_and_zone_stand_in_for_missing_utc() -> None:
    with HandMadeCamera() as camera:
        local = camera.now() - timedelta(hours=5)
        body = date_and_time(local).replace("UTCDateTime", "LocalDateTime")
        zone = (
            "<tt:DaylightSavings>true</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST6CDT</tt:TZ></tt:TimeZone>"
        )
        camera.answers["GetSystemDateAndTime"] = body.replace(
            "<tt:LocalDateTime>", zone + "<tt:LocalDateTime>"
        )
        assert probe(camera.address).clock_drift_s == pytest.approx(0, abs=1.5)


@pytest.mark.parametrize("hour", ["61", "", "noon"])
def test_a_clock_that_cannot_be_read_is_told_and_does_not_stop_the_probe(hour: str) -> None:
    with HandMadeCamera() as camera:
        body = re.sub(r"<tt:Hour>\d+", f"<tt:Hour>{hour}", date_and_time(camera.now()))
        camera.answers["GetSystemDateAndTime"] = body
        report = probe(camera.address)
    assert report.clock_drift_s is None
    assert any("does not tell the time" in warning for warning in report.warnings)


def test_the_cameras_time_runs_on_with_the_monotonic_clock_when_ours_jumps() -> None:
    seconds = 0.0
    ours = SetClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    clock = CameraClock(ours, lambda: seconds)
    clock.learn(datetime(2026, 11, 20, 12, 5, tzinfo=UTC))
    ours.advance(timedelta(hours=-3))
    seconds = 10.0
    assert clock.now() == datetime(2026, 11, 20, 12, 5, 10, tzinfo=UTC)
    assert clock.drift_s == 300


def test_a_date_header_in_local_time_is_left_alone() -> None:
    ours = SetClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    clock = CameraClock(ours, lambda: 0.0)
    clock.learn_from_header("Fri, 20 Nov 2026 13:00:04 GMT")
    assert clock.now() == ours.now()
    clock.learn_from_header("not a date")
    clock.learn_from_header("Fri, 20 Nov 2026 12:08:00 GMT")
    assert clock.now() - ours.now() == timedelta(seconds=480)


def telling(year: str, month: int, day: int, hour: int, zone: str = "") -> str:
    """A camera's answer about its time, in local time where a zone is given."""
    kind = "LocalDateTime" if zone else "UTCDateTime"
    told = f"<tt:TimeZone><tt:TZ>{zone}</tt:TZ></tt:TimeZone>" if zone else ""
    return (
        f"<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>{told}<tt:{kind}><tt:Time><tt:Hour>{hour}</tt:Hour>"
        f"<tt:Minute>59</tt:Minute><tt:Second>59</tt:Second></tt:Time><tt:Date><tt:Year>{year}</tt:Year>"
        f"<tt:Month>{month}</tt:Month><tt:Day>{day}</tt:Day></tt:Date></tt:{kind}>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


@pytest.mark.parametrize(
    "told",
    [
        telling("9999", 12, 31, 23),
        telling("9" * 23, 1, 1, 0),
        telling("1", 1, 1, 0, "EST-5"),
        telling("9999", 12, 31, 23, "EST5"),
    ],
    ids=["the last second", "23 figures", "before the first", "after the last"],
)
def test_a_clock_that_cannot_be_true_is_not_believed_and_ends_nothing(told: str) -> None:
    with HandMadeCamera() as camera:
        session = CameraSession(camera.address)
        session.read_clock()
        before = session.login.clock.drift_s
        camera.answers["GetSystemDateAndTime"] = told
        session.read_clock()
        assert session.login.clock.drift_s == before, "what was known before stays"
        session.call(Service.DEVICE, "GetDeviceInformation")
        assert check_health(camera.address, sign=True).login
        assert probe(camera.address).make == "Hand", "whoever never told a true time is asked by ours"
        session.close()


@pytest.mark.parametrize("header", ["Fri, 31 Dec 9999 23:52:00 -0500", "Fri, 31 Dec 9999 23:52:00 GMT"])
def test_a_date_header_that_cannot_be_true_is_not_believed(header: str) -> None:
    ours = SetClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    clock = CameraClock(ours, lambda: 60.0)
    clock.learn_from_header(header)
    assert clock.now() == ours.now()


class BrokenClock(CameraClock):
    """Fails at what nobody foresaw."""

    def now(self) -> datetime:
        raise ArithmeticError


def test_whatever_goes_wrong_with_one_call_is_a_fault_of_that_call() -> None:
    with HandMadeCamera() as camera:
        session = CameraSession(camera.address, login=OnvifLogin(camera.address, BrokenClock()))
        with pytest.raises(DeviceFault, match="ArithmeticError"):
            session.call(Service.DEVICE, "GetDeviceInformation")
        session.close()
