"""Checks, before any decoder is opened, whether a camera has a stream to open.

A connection, RTSP OPTIONS and DESCRIBE (or one HTTP GET) tell apart what FFmpeg reports as one and the same error:
nothing at the address, no answer, a refused password, no such stream. A wrong password is sent exactly once, because
cameras lock the account after a few.
"""

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from controlroom.device_tls import tls_context
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, host_and_port, place, redirected
from controlroom.video.sources.certificates import compare
from controlroom.video.sources.logins import LoginAttempts, answer

# Together 5 s: within that time a fault must have its plain message.
CONNECT_WITHIN_S = 2.5
ANSWER_WITHIN_S = 2.5
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 305, 307, 308)
_LONGEST_HEAD = 64 * 1024


@dataclass
class _Reply:
    code: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each == name]


def probe(address: StreamAddress, within_s: float, logins: LoginAttempts) -> StreamAddress:
    """Return the address at which the stream of the (checked) `address` answers; raise StreamError with the reason
    when none does.

    It is another one where the camera sends its viewers on within the same device, and where it is encrypted has the
    certificate that was shown. It takes at most CONNECT_WITHIN_S
    and `within_s` together, on each of them; normally a few milliseconds.
    """
    for _ in range(1 + MOST_REDIRECTS):
        reply, address = _answer_of(address, within_s, logins)
        if reply.code not in REDIRECTS:
            return address
        address = redirected(address, next(iter(reply.all("location")), ""))
    what = "The camera sends its viewers on and on, from one address to the next."
    raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Read the stream addresses again.")


def _answer_of(
    address: StreamAddress, within_s: float, logins: LoginAttempts
) -> tuple[_Reply, StreamAddress]:
    """Return the answer with a stream or a redirection, and the address with the certificate shown there.

    Raises StreamError for any other answer.
    """
    ask = _http if _is_http(address) else _rtsp
    with _connected(address, within_s) as line:
        address = replace(address, certificate=line.certificate)
        reply = ask(line, address)
        if reply.code == 401 and not address.username:
            what = "The camera wants a user name and a password, and none is set."
            raise StreamError(
                StreamFault.REFUSED_PASSWORD,
                what,
                remedy="Enter them on the Cameras page (L).",
                certificate=address.certificate,
            )
        if reply.code == 401:
            with logins.turn(address):
                line.begin_again()
                reply = _with_login(reply, line, address)
                _judge(reply, address)
            return reply, address
    _judge(reply, address)
    return reply, address


def _is_http(address: StreamAddress) -> bool:
    return urlsplit(address.url).scheme in ("http", "https")


def _connected(address: StreamAddress, within_s: float) -> "_Connection":
    host, port = place(address)
    where = host_and_port(host, port)
    remedy = "Check its power and network, and the address."
    try:
        connection = socket.create_connection((host, port), CONNECT_WITHIN_S)
    except ConnectionRefusedError as error:
        what = f"{where} refuses the connection."
        raise StreamError(StreamFault.UNREACHABLE, what, "No camera listens there.", remedy) from error
    except socket.gaierror as error:
        what = f"The name '{host}' is not known on this network."
        raise StreamError(StreamFault.UNREACHABLE, what, remedy="Check the address.") from error
    except (OSError, UnicodeError) as error:
        what = f"{where} cannot be reached."
        raise StreamError(StreamFault.UNREACHABLE, what, "The camera is off or cut off.", remedy) from error
    # Whoever connects again has to show the same one, also where none was known before.
    line = _Connection(
        connection, within_s, lambda: _connected(replace(address, certificate=line.certificate), within_s)
    )
    line.certificate = address.certificate
    if urlsplit(address.url).scheme in ("rtsps", "https"):
        try:
            line.certificate = compare(address, line.encrypt(host))
        except StreamError:
            line.close()
            raise
    return line


class _Connection:
    """One connection with a deadline for everything said on it."""

    def __init__(
        self, connection: socket.socket, within_s: float, again: Callable[[], "_Connection"]
    ) -> None:
        """`again()` makes another connection to the same place."""
        self._connection, self._within_s, self.again = connection, within_s, again
        self._pending = b""
        self.number = 0
        self.certificate = ""
        self.begin_again()

    def begin_again(self) -> None:
        """Start the deadline anew, because we and not the camera have been busy."""
        self._deadline = time.monotonic() + self._within_s

    def encrypt(self, host: str) -> bytes:
        """Return the certificate the camera shows, which nobody vouches for: cameras sign their own."""
        try:
            self._connection.settimeout(self._left())
            self._connection = encrypted = tls_context().wrap_socket(self._connection, server_hostname=host)
            return encrypted.getpeercert(binary_form=True) or b""
        except TimeoutError as error:
            raise _silent() from error
        except OSError as error:
            what = "The camera does not speak encrypted streams at this address."
            raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Try rtsp instead of rtsps.") from error

    def ask(self, text: str) -> _Reply:
        """Send a request and return the reply; raises StreamError when no readable one comes."""
        try:
            self._connection.settimeout(self._left())
            self._connection.sendall(text.encode())
            return self._reply()
        except TimeoutError as error:
            raise _silent() from error
        except OSError as error:
            raise _hung_up() from error

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _more(self) -> None:
        self._connection.settimeout(self._left())
        data = self._connection.recv(8192)
        if not data:
            raise ConnectionResetError
        self._pending += data

    def _reply(self) -> _Reply:
        while b"\r\n\r\n" not in self._pending:
            if len(self._pending) > _LONGEST_HEAD or (
                self._pending[:5] not in (b"RTSP/"[: len(self._pending)], b"HTTP/"[: len(self._pending)])
            ):
                raise _not_rtsp()
            self._more()
        head, _, self._pending = self._pending.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if not words[0].startswith(("RTSP/", "HTTP/")) or len(words) < 2 or not words[1].isdigit():
            raise _not_rtsp()
        pairs = [line.partition(":") for line in lines]
        reply = _Reply(int(words[1]), [(name.strip().lower(), value.strip()) for name, _, value in pairs])
        lengths = reply.all("content-length")
        length = int(lengths[0]) if lengths and lengths[0].isdigit() else 0
        if words[0].startswith("RTSP/"):  # an HTTP stream's body never ends
            if length > _LONGEST_HEAD:
                raise _not_rtsp()
            while len(self._pending) < length:
                self._more()
            reply.body, self._pending = self._pending[:length], self._pending[length:]
        return reply

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.close()


def _rtsp(line: _Connection, address: StreamAddress, login: str = "") -> _Reply:
    """Send OPTIONS, which even a strict camera answers, then DESCRIBE; only DESCRIBE once there is a login."""

    def ask(method: str, more: str = "") -> _Reply:
        line.number += 1
        head = f"{method} {address.url} RTSP/1.0\r\nCSeq: {line.number}\r\nUser-Agent: controlroom\r\n"
        return line.ask(f"{head}{more}\r\n")

    if not login:
        ask("OPTIONS")
    return ask("DESCRIBE", f"Accept: application/sdp\r\n{login}")


def _http(line: _Connection, address: StreamAddress, login: str = "") -> _Reply:
    parts = urlsplit(address.url)
    head = f"GET {_target(address)} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: controlroom\r\n"
    return line.ask(f"{head}Connection: close\r\n{login}\r\n")


def _target(address: StreamAddress) -> str:
    parts = urlsplit(address.url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _with_login(reply: _Reply, line: _Connection, address: StreamAddress) -> _Reply:
    """Repeat the question with a login; once more if the camera says the nonce was too old."""
    for _ in range(2):
        if _is_http(address):
            reply = _on_new_line(line, address, _login(reply, "GET", _target(address), address))
        else:
            reply = _on_open_line(line, address, _login(reply, "DESCRIBE", address.url, address))
        challenges = [each.lower().replace('"', "") for each in reply.all("www-authenticate")]
        if reply.code != 401 or not any("stale=true" in each for each in challenges):
            break
    return reply


def _on_open_line(line: _Connection, address: StreamAddress, login: str) -> _Reply:
    """Use the same connection if the camera left it open after its 401, as most do."""
    try:
        return _rtsp(line, address, login)
    except StreamError as error:
        if not isinstance(error.__cause__, ConnectionError):
            raise
    return _on_new_line(line, address, login)


def _on_new_line(line: _Connection, address: StreamAddress, login: str) -> _Reply:
    line.close()  # first: small cameras serve few connections, some only one
    ask = _http if _is_http(address) else _rtsp
    with line.again() as again:
        return ask(again, address, login)


def _login(reply: _Reply, method: str, uri: str, address: StreamAddress) -> str:
    """Return the Authorization header for a 401; raises StreamError if there is no known way to answer it."""
    header = answer(reply.all("www-authenticate"), method, uri, address.username, address.password)
    if header is None:
        what = "The camera asks for the password in a way this program does not know."
        raise StreamError(StreamFault.REFUSED_PASSWORD, what, remedy="Set it to Digest or Basic.")
    return f"Authorization: {header}\r\n"


def _judge(reply: _Reply, address: StreamAddress) -> None:
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


def _silent() -> StreamError:
    what = "The camera takes the connection and says nothing."
    return StreamError(
        StreamFault.SILENT, what, "It may be starting, or has hung.", "Restart it if this lasts."
    )


def _hung_up() -> StreamError:
    what = "The camera closes the connection without an answer."
    return StreamError(StreamFault.BUSY, what, "It may have too many viewers, or be starting.")


def _not_rtsp() -> StreamError:
    what = "What answers there is not a video stream."
    return StreamError(StreamFault.NOT_A_STREAM, what, remedy="Check the address and the port.")
