"""Checks, before any decoder is opened, whether a camera has a stream to open.

A connection, RTSP OPTIONS and DESCRIBE (or one HTTP GET) tell apart what FFmpeg reports as one and the same error:
nothing at the address, no answer, a refused password, no such stream. It is asked without the login first; a wrong
password is sent exactly once, because cameras lock the account after a few.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, redirected
from controlroom.video.sources.challenges import answer, is_stale, nonce, wants_the_password_itself
from controlroom.video.sources.line import Line, Reply, connected
from controlroom.video.sources.logins import LoginAttempts

# Together with the time to connect 5 s: within that a fault must have its plain message.
ANSWER_WITHIN_S = 2.5
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 305, 307, 308)


def probe(address: StreamAddress, within_s: float, logins: LoginAttempts) -> StreamAddress:
    """Return the address at which the stream of the (checked) `address` answers; raise StreamError with the reason
    when none does.

    It is another one where the camera sends its viewers on within the same device, and where it is encrypted has the
    certificate that was shown. It has no login where the camera wants none: the decoder, which would answer any
    challenge, is given it only for a camera that offers Digest. It takes at most CONNECT_WITHIN_S
    and `within_s` together, on each of them; normally a few milliseconds.
    """
    sent_on: list[
        StreamAddress
    ] = []  # where the login was answered by another address: so far it led to nothing
    try:
        for _ in range(1 + MOST_REDIRECTS):
            reply, answered, signed = _answer_of(address, within_s, logins)
            if reply.code not in REDIRECTS:
                return answered if signed else replace(answered, username="", password="")
            sent_on += [address] if signed else []
            address = redirected(answered, next(iter(reply.all("location")), ""))
        what = "The camera sends its viewers on and on, from one address to the next."
        raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Read the stream addresses again.")
    except StreamError as error:
        for each in sent_on:
            logins.doubt(each, error)
        raise


def _answer_of(
    address: StreamAddress, within_s: float, logins: LoginAttempts
) -> tuple[Reply, StreamAddress, bool]:
    """Return the answer with a stream or a redirection, the address with the certificate shown there, and whether the
    login was sent.

    Raises StreamError for any other answer.
    """
    ask = _http if _is_http(address) else _rtsp
    with connected(address, within_s) as line:
        address = replace(address, certificate=line.certificate)
        reply = ask(line, address)
        if reply.code != 401:
            _judge(reply, address)
            return reply, address, False
        if not address.username:
            what = "The camera wants a user name and a password, and none is set."
            raise StreamError(
                StreamFault.REFUSED_PASSWORD,
                what,
                remedy="Enter them on the Cameras page (L).",
                certificate=address.certificate,
            )
        _check_answerable(reply, address)
        with logins.turn(address) as turn:
            line.begin_again()
            reply = _with_login(reply, line, address)
            _judge(reply, address)
            turn.taken = reply.code not in REDIRECTS
        return reply, address, True


def _is_http(address: StreamAddress) -> bool:
    return urlsplit(address.url).scheme in ("http", "https")


def _rtsp(line: Line, address: StreamAddress, login: str = "") -> Reply:
    """Send OPTIONS, which even a strict camera answers, then DESCRIBE; only DESCRIBE once there is a login."""

    def ask(method: str, more: str = "") -> Reply:
        line.number += 1
        head = f"{method} {address.url} RTSP/1.0\r\nCSeq: {line.number}\r\nUser-Agent: controlroom\r\n"
        return line.ask(f"{head}{more}\r\n")

    if not login:
        ask("OPTIONS")
    return ask("DESCRIBE", f"Accept: application/sdp\r\n{login}")


def _http(line: Line, address: StreamAddress, login: str = "") -> Reply:
    parts = urlsplit(address.url)
    head = f"GET {_target(address)} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: controlroom\r\n"
    return line.ask(f"{head}Connection: close\r\n{login}\r\n")


def _target(address: StreamAddress) -> str:
    parts = urlsplit(address.url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _with_login(reply: Reply, line: Line, address: StreamAddress) -> Reply:
    """Repeat the question with a login; once more if the camera says the nonce was too old and gives a new one."""
    closes = "close" in [each.lower() for each in reply.all("connection")]
    on_new_line = closes or _is_http(address) or line.hung_up()
    first = _ask_signed(reply, line, address, on_new_line=on_new_line)
    offered = first.all("www-authenticate")
    if first.code != 401 or not is_stale(offered) or nonce(offered) == nonce(reply.all("www-authenticate")):
        return first
    return _ask_signed(first, line, address, on_new_line=on_new_line)


def _ask_signed(reply: Reply, line: Line, address: StreamAddress, *, on_new_line: bool) -> Reply:
    """Ask once with the login, on the same connection if the camera left it open after its 401, as most do."""
    ask, method, uri = (
        (_http, "GET", _target(address)) if _is_http(address) else (_rtsp, "DESCRIBE", address.url)
    )
    challenges = reply.all("www-authenticate")
    header = answer(challenges, method, uri, address.username, address.password)
    if header is None:
        raise _unanswerable()
    login = f"Authorization: {header}\r\n"
    if not on_new_line:
        return ask(line, address, login)
    line.close()  # first: small cameras serve few connections, some only one
    with line.again() as again:
        return ask(again, address, login)


def _check_answerable(reply: Reply, address: StreamAddress) -> None:
    """Raise StreamError where a challenge cannot be answered, or only with the password itself."""
    challenges = reply.all("www-authenticate")
    if wants_the_password_itself(challenges):
        raise StreamError(
            StreamFault.PASSWORD_IN_CLEAR,
            "The camera takes the password only in a form that everybody on its network could read (Basic).",
            "It was not sent.",
            "Set the camera's RTSP or HTTP authentication to Digest.",
            address.certificate,
        )
    if answer(challenges, "GET", "/", address.username, address.password) is None:
        raise _unanswerable()


def _unanswerable() -> StreamError:
    what = "The camera asks for the password in a way this program does not know, or at an address it cannot sign."
    return StreamError(StreamFault.REFUSED_PASSWORD, what, remedy="Set it to Digest with MD5 or SHA-256.")


def _judge(reply: Reply, address: StreamAddress) -> None:
    if reply.code in (401, 403):
        raise StreamError(
            StreamFault.REFUSED_PASSWORD,
            "The camera refuses the user name or the password.",
            "It is not tried again by itself, since cameras lock the account after a few wrong ones.",
            "Enter them anew on the Cameras page (L).",
        )
    if reply.code in (404, 454, 455, 400, 410):
        what = f"The camera has no stream at this address (it answers {reply.code})."
        raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Read the stream addresses again.")
    if reply.code in REDIRECTS:
        return
    if reply.code >= 300:
        what = f"The camera does not give this stream now (it answers {reply.code})."
        raise StreamError(StreamFault.BUSY, what, "It may have too many viewers, or be starting.")
    if urlsplit(address.url).scheme.startswith("rtsp") and b"m=video" not in reply.body:
        what = "The camera offers no pictures at this address."
        raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Read the stream addresses again.")
