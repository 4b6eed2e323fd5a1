"""What a camera's first answers tell: each trouble has its own kind and its own words."""

import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from controlroom.cameras.devices import DeviceFault
from controlroom.recording.stream_check import StreamChecker
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, checked
from controlroom.video.sources.challenges import answer
from controlroom.video.sources.logins import LoginAttempts
from controlroom.video.sources.probe import ANSWER_WITHIN_S, probe
from tests.video.loop_camera import LoopCamera
from tests.video.tls_front import TlsFront
from tests.waiting import LIMIT_S


@pytest.fixture
def ask():
    """Asks a camera: None when the probe is content, else the error."""

    def ask(url, username="", password="", logins=None, certificate=""):
        try:
            probe(
                checked(StreamAddress(url, username, password, certificate=certificate)),
                ANSWER_WITHIN_S,
                logins or LoginAttempts(),
            )
        except StreamError as error:
            return error
        return None

    return ask


@contextlib.contextmanager
def server(*replies, port=0):
    """Answers each request in turn with the next of `replies` (None: hangs up), on connection after connection."""
    listener = socket.create_server(("127.0.0.1", port))
    heard, pending = [], list(replies)

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(ConnectionError):
                while request := connection.recv(8192):
                    heard.append(request.decode("latin-1"))
                    reply = pending.pop(0) if pending else b""
                    if reply is None:
                        break
                    if reply:
                        connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def rtsp(code, *headers, body=b""):
    lines = [f"RTSP/1.0 {code} X", "CSeq: 1", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def logins_in(heard):
    lines = [line for each in heard for line in each.split("\r\n")]
    return [line for line in lines if line.lower().startswith("authorization:")]


SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\n"
CHALLENGE = 'WWW-Authenticate: Digest realm="r", nonce="n"'


def test_an_open_stream_is_found(ask):
    with LoopCamera() as camera:
        assert ask(camera.url()) is None
        assert camera.described == 1


def test_the_right_password_is_taken_and_a_wrong_one_told_apart(ask):
    with LoopCamera("viewer", "a b/c@d") as camera:
        assert ask(camera.url(), "viewer", "a b/c@d") is None
        error = ask(camera.url(), "viewer", "wrong")
    assert error is not None
    assert error.fault is StreamFault.REFUSED_PASSWORD
    assert error.fault.final
    assert "refuses the user name or the password" in str(error)


def test_a_missing_password_is_told_without_sending_one(ask):
    with LoopCamera("viewer", "x") as camera:
        error = ask(camera.url())
    assert error is not None
    assert error.fault is StreamFault.REFUSED_PASSWORD
    assert "none is set" in str(error)
    assert camera.refusals == 0


def test_a_refused_password_is_not_sent_again_even_by_many_at_once(ask):
    logins = LoginAttempts()
    with LoopCamera("viewer", "x") as camera:
        with ThreadPoolExecutor(8) as pool:
            errors = list(pool.map(lambda n: ask(camera.url(f"c{n}"), "viewer", "wrong", logins), range(8)))
        assert {error.fault for error in errors if error} == {StreamFault.REFUSED_PASSWORD}
        assert camera.refusals == 1
        logins.forget(checked(StreamAddress(camera.url(), "viewer", "wrong")))
        ask(camera.url(), "viewer", "wrong", logins)
        assert camera.refusals == 2
        assert ask(camera.url(), "viewer", "x", logins) is None


def test_a_closed_port_is_unreachable_and_named(ask):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    error = ask(f"rtsp://127.0.0.1:{port}/main")
    assert error is not None
    assert error.fault is StreamFault.UNREACHABLE
    assert str(port) in str(error)
    assert not error.fault.final


def test_a_camera_that_takes_the_connection_and_says_nothing_is_silent(ask):
    with server() as (port, _):
        error = ask(f"rtsp://127.0.0.1:{port}/main")
    assert error is not None
    assert error.fault is StreamFault.SILENT
    assert "says nothing" in str(error)


def test_a_camera_that_drips_for_ever_is_hung_up_on(ask):
    listener = socket.create_server(("127.0.0.1", 0))
    hung_up = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(b"RTSP/1.0 200 OK\r\nX: ")
                while not hung_up.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                hung_up.set()

    threading.Thread(target=drip, daemon=True).start()
    error = ask(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/main")
    assert hung_up.wait(LIMIT_S)
    listener.close()
    assert error is not None
    assert error.fault is StreamFault.SILENT


@pytest.mark.parametrize(
    "reply", [b"SSH-2.0-OpenSSH_9\r\n", b"\x00\x01\x02\x03" * 50, b"RTSP/1.0 hello\r\n\r\n"]
)
def test_something_else_on_the_port_is_not_a_stream(ask, reply):
    with server(reply) as (port, _):
        error = ask(f"rtsp://127.0.0.1:{port}/main")
    assert error is not None
    assert error.fault is StreamFault.NOT_A_STREAM


def test_an_endless_answer_is_cut_short(ask):
    with server(rtsp(200), b"RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n") as (port, _):
        error = ask(f"rtsp://127.0.0.1:{port}/main")
    assert error is not None
    assert error.fault is StreamFault.NOT_A_STREAM


@pytest.mark.parametrize(
    ("code", "fault", "words"),
    [
        (404, StreamFault.NOT_A_STREAM, "no stream at this address"),
        (403, StreamFault.REFUSED_PASSWORD, "refuses"),
        (453, StreamFault.BUSY, "too many viewers"),
        (503, StreamFault.BUSY, "too many viewers"),
    ],
)
def test_refusals_by_number_have_words(ask, code, fault, words):
    with server(rtsp(200), rtsp(code)) as (port, _):
        error = ask(f"rtsp://127.0.0.1:{port}/main")
    assert error is not None
    assert error.fault is fault
    assert words in str(error)


def test_a_stream_without_pictures_is_not_a_stream(ask):
    with server(rtsp(200), rtsp(200, body=b"v=0\r\nm=audio 0 RTP/AVP 0\r\n")) as (port, _):
        error = ask(f"rtsp://127.0.0.1:{port}/main")
    assert error is not None
    assert error.fault is StreamFault.NOT_A_STREAM


def test_a_camera_that_hangs_up_after_its_challenge_is_asked_on_a_new_connection(ask):
    closing = rtsp(401, CHALLENGE, "Connection: close")
    replies = (rtsp(200), closing, rtsp(200, body=SDP))
    with server(*replies, rtsp(200), rtsp(401, CHALLENGE), None, rtsp(200, body=SDP)) as (port, heard):
        assert ask(f"rtsp://127.0.0.1:{port}/main", "u", "p") is None
    assert [each.split(" ")[0] for each in heard] == ["OPTIONS", "DESCRIBE", "DESCRIBE"]


def test_an_outdated_nonce_is_not_a_refused_password(ask):
    stale = 'WWW-Authenticate: Digest realm="r", nonce="m", stale="TRUE"'
    with server(rtsp(200), rtsp(401, CHALLENGE), rtsp(401, stale), rtsp(200, body=SDP)) as (port, heard):
        assert ask(f"rtsp://127.0.0.1:{port}/main", "u", "p") is None
    assert 'nonce="m"' in heard[-1]


def test_a_challenge_we_cannot_answer_is_said_so(ask):
    with server(rtsp(200), rtsp(401, "WWW-Authenticate: Negotiate")) as (port, _):
        error = ask(f"rtsp://127.0.0.1:{port}/main", "u", "p")
    assert error is not None
    assert "does not know" in str(error)


def test_an_address_that_cannot_be_signed_is_told_and_nothing_is_sent_as_a_login(ask):
    with server(rtsp(200), rtsp(401, CHALLENGE), rtsp(401, CHALLENGE)) as (port, heard):
        error = ask(f'rtsp://127.0.0.1:{port}/ma"in', "u", "p")
    assert error is not None
    assert "cannot sign" in str(error)
    assert logins_in(heard) == []


def test_pictures_over_http_are_asked_for_with_a_login_too(ask):
    unauthorised = f"HTTP/1.1 401 X\r\n{CHALLENGE}\r\nContent-Length: 0\r\n\r\n".encode()
    with server(unauthorised, b"HTTP/1.1 200 OK\r\n\r\n--frame\r\n") as (port, heard):
        assert ask(f"http://127.0.0.1:{port}/mjpeg?x=1", "u", "p") is None
    assert heard[1].startswith("GET /mjpeg?x=1 HTTP/1.1")
    assert 'uri="/mjpeg?x=1"' in heard[1]


def test_a_plain_camera_asked_for_an_encrypted_stream_is_told(ask):
    with server(b"RTSP/1.0 400 Bad\r\n\r\n") as (port, _):
        error = ask(f"rtsps://127.0.0.1:{port}/main")
    assert error is not None
    assert error.fault is StreamFault.NOT_A_STREAM
    assert "encrypted" in str(error)


def test_another_certificate_than_the_known_one_is_noticed_before_any_password_is_sent(ask, tmp_path):
    with LoopCamera("viewer", "x") as camera, TlsFront(camera.port, tmp_path) as front:
        where = checked(StreamAddress(f"rtsps://127.0.0.1:{front.port}/main", "viewer", "x"))
        first = probe(where, ANSWER_WITHIN_S, LoginAttempts()).certificate
        assert len(first) == 64
        assert ask(where.url, "viewer", "x", certificate=first) is None
        front.change_certificate()
        described = camera.described
        error = ask(where.url, "viewer", "x", certificate=first)
        assert error is not None
        assert error.fault is StreamFault.CERTIFICATE_CHANGED
        assert error.fault.final
        assert camera.described == described
        assert error.certificate not in ("", first)
        assert ask(where.url, "viewer", "x", certificate=error.certificate) is None


BASIC = 'WWW-Authenticate: Basic realm="r"'


@pytest.mark.parametrize(
    ("scheme", "replies"),
    [
        ("rtsp", (rtsp(200), rtsp(401, BASIC))),
        ("rtsp", (rtsp(200), rtsp(401, BASIC, "WWW-Authenticate: Digest realm=x, nonce=y, algorithm=SHA-9"))),
        ("http", (f"HTTP/1.1 401 X\r\n{BASIC}\r\n\r\n".encode(),)),
    ],
)
def test_the_password_itself_is_sent_to_nobody_and_the_camera_is_named_as_what_wants_it(ask, scheme, replies):
    with server(*replies) as (port, heard):
        error = ask(f"{scheme}://127.0.0.1:{port}/x", "admin", "s3cret")
    assert error is not None
    assert error.fault is StreamFault.PASSWORD_IN_CLEAR
    assert error.fault.final
    assert "to Digest" in str(error)
    assert logins_in(heard) == []


def test_after_a_digest_answer_the_password_itself_is_not_sent_either(ask):
    stale = 'WWW-Authenticate: Basic realm="r", stale=true'
    with server(rtsp(200), rtsp(401, CHALLENGE), rtsp(401, stale), rtsp(401, BASIC)) as (port, heard):
        error = ask(f"rtsp://127.0.0.1:{port}/x", "admin", "s3cret")
    assert error is not None
    assert error.fault is StreamFault.REFUSED_PASSWORD
    assert [each.split(" ")[1] for each in logins_in(heard)] == ["Digest"]


def test_the_decoder_is_given_the_login_only_where_the_camera_offers_digest():
    with server(rtsp(200), rtsp(200, body=SDP)) as (port, _):
        asked = checked(StreamAddress(f"rtsp://127.0.0.1:{port}/main", "viewer", "x"))
        found = probe(asked, ANSWER_WITHIN_S, LoginAttempts())
    assert (found.username, found.password) == ("", "")


STALE = 'WWW-Authenticate: Digest realm="r", nonce="n", stale=true'


@pytest.mark.parametrize(
    "on_login",
    [
        *(pytest.param((rtsp(code),), id=f"{code}") for code in (401, 403, 404, 400, 503)),
        pytest.param((None,), id="hangs up"),
        pytest.param((rtsp(401, STALE),), id="the same nonce, stale"),
        pytest.param((b"RTSP/1.0 nonsense\r\n\r\n",), id="nonsense"),
    ],
)
def test_a_login_that_was_never_taken_is_sent_once_whatever_the_camera_answers(ask, on_login):
    logins, challenge = LoginAttempts(lambda: 0.0), (rtsp(200), rtsp(401, CHALLENGE))
    with server(*challenge, *on_login, *challenge, *challenge, *challenge) as (port, heard):
        where = f"rtsp://127.0.0.1:{port}/x"
        faults = {ask(where, "admin", "wrong", logins).fault for _ in range(4)}
        assert len(logins_in(heard)) == 1
        assert len([each for each in heard if each.startswith("DESCRIBE")]) == 5, (
            "it is asked without a login"
        )
    assert len(faults) == 1


def test_the_pauses_before_a_doubtful_login_grow_and_end_with_its_success():
    """A busy camera has a patient second try."""
    clock = [1000.0]
    logins = LoginAttempts(lambda: clock[0])
    address = checked(StreamAddress("rtsp://127.0.0.1:1/x", "admin", "p"))
    paused = []
    for _ in range(8):
        with pytest.raises(StreamError, match="only after pauses that grow"), logins.turn(address):
            raise StreamError(StreamFault.BUSY, "No.")
        began = clock[0]
        while True:
            clock[0] += 1.0
            try:
                with logins.turn(address) as turn:
                    turn.taken = False
            except StreamError:
                continue
            break
        paused.append(clock[0] - began)
    assert paused == [1.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1800.0, 1800.0]
    with logins.turn(address):
        pass
    for _ in range(2):  # from now on a busy camera is a busy camera
        with pytest.raises(StreamError, match=r"^No\.$"), logins.turn(address):
            raise StreamError(StreamFault.BUSY, "No.")


def test_another_stream_of_a_doubtful_login_has_one_try_and_the_next_ones_wait():
    clock = [1000.0]
    logins, tried = LoginAttempts(lambda: clock[0]), []
    for path in ("main", "main", "sub", "third"):
        clock[0] += 2.0
        where = checked(StreamAddress(f"rtsp://127.0.0.1:1/{path}", "admin", "p"))
        with pytest.raises(StreamError), logins.turn(where):
            tried.append(path)
            raise StreamError(StreamFault.NOT_A_STREAM, "No.")
    assert tried == ["main", "sub"]


def test_a_camera_that_sends_its_viewers_round_in_a_circle_has_the_login_a_few_times_and_then_not(ask):
    with LoopCamera() as camera:  # for its port
        port = camera.port
    round_again = (
        rtsp(200),
        rtsp(401, CHALLENGE),
        rtsp(302, f"Location: rtsp://127.0.0.1:{port}/main", "Connection: close"),
    )
    logins = LoginAttempts(lambda: 0.0)
    with server(*round_again * 12, port=port) as (_, heard):
        for _ in range(3):
            assert ask(f"rtsp://127.0.0.1:{port}/main", "admin", "wrong", logins) is not None
        assert len(logins_in(heard)) == 4


@pytest.mark.parametrize(
    "reply",
    [
        *(b"RTSP/1.0 \xb2\xb2\xb2 OK\r\n\r\n", b"RTSP/1.0 " + b"9" * 5000 + b" OK\r\n\r\n"),
        *(
            b"RTSP/1.0 200 OK\r\nContent-Length: " + each + b"\r\n\r\n"
            for each in (b"\xb2", b"9" * 5000, b"-1")
        ),
    ],
)
def test_odd_figures_of_a_reply_are_told_in_plain_words(ask, reply):
    with server(reply, reply) as (port, _), contextlib.closing(StreamChecker()) as checker:
        error = ask(f"rtsp://127.0.0.1:{port}/x", "u", "p")
        with pytest.raises(DeviceFault, match="not a video stream"):
            checker.check(StreamAddress(f"rtsp://127.0.0.1:{port}/x"), sign=False).result(LIMIT_S)
    assert error is not None
    assert error.fault is StreamFault.NOT_A_STREAM


def test_the_digest_of_the_standard_is_computed():
    # The worked example of RFC 2069 with the value its errata give.
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="x"'
    header = answer(["Basic realm=x", challenge], "GET", "/dir/index.html", "Mufasa", "CircleOfLife")
    assert header is not None
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in header
    assert 'opaque="x"' in header
    with_quality = answer([challenge + ', qop="auth, auth-int"'], "GET", "/", "u", "p")
    assert with_quality is not None
    assert "qop=auth, nc=00000001, cnonce=" in with_quality
    assert answer([challenge + ", algorithm=SHA-512-256"], "GET", "/", "u", "p") is None


def test_a_camera_that_sends_its_viewers_on_within_itself_is_followed():
    with (
        LoopCamera("viewer", "x") as camera,
        server(rtsp(200), rtsp(302, f"Location: {camera.url('moved')}")) as (port, _),
    ):
        asked = checked(StreamAddress(f"rtsp://127.0.0.1:{port}/main", "viewer", "x"))
        found = probe(asked, ANSWER_WITHIN_S, LoginAttempts())
    assert found == StreamAddress(camera.url("moved"), "viewer", "x")


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_camera_that_sends_its_viewers_elsewhere_is_not_followed(ask, scheme):
    """Neither the stream nor the password goes there; not even a connection is made."""
    head = b"HTTP/1.1 302 X\r\nLocation: http://localhost:%d/x\r\n\r\n"
    with server() as (elsewhere, heard):
        replies = (head % elsewhere,)
        if scheme == "rtsp":
            replies = (rtsp(200), rtsp(302, f"Location: rtsp://localhost:{elsewhere}/x"))
        with server(*replies) as (port, _):
            error = ask(f"{scheme}://127.0.0.1:{port}/main", "viewer", "secret")
    assert error is not None
    assert error.fault is StreamFault.NOT_A_STREAM
    assert "another device" in str(error)
    assert "no password was sent" in str(error)
    assert heard == []


def test_a_camera_that_sends_its_viewers_round_in_a_circle_is_left(ask):
    with LoopCamera() as camera:  # for its port: a camera never answers so
        port = camera.port
    here = rtsp(302, f"Location: rtsp://127.0.0.1:{port}/main")
    with server(*([rtsp(200), here] * 9), port=port) as (_, heard):
        error = ask(f"rtsp://127.0.0.1:{port}/main")
    assert error is not None
    assert "on and on" in str(error)
    assert len(heard) == 8
