"""Sends HTTP requests to one camera with a total deadline and a size limit; no redirects, proxies or compression.

`requests` limits the silence between two bytes, not the whole call; here every socket operation is given only
what is left of the call's time, so a server that drips a byte a second is cut off like one that says nothing.
"""

import math
import socket
import ssl
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.poolmanager import SSL_KEYWORDS

from controlroom.device_tls import fingerprint, tls_context
from controlroom.errors import InvalidInput
from controlroom.hosts import read_host

CONNECT_S = 3.0
LARGEST_REPLY = 1_000_000  # bytes; the largest recorded from a real camera is 62 kB (300 presets)
CHUNK = 16_384
HEADERS = {"User-Agent": "ControlRoom", "Accept-Encoding": "identity"}


class TooLargeError(Exception):
    """The reply passed the size limit."""


class UnwantedError(Exception):
    """The reply is of a kind that was not asked for: compressed, or a redirect."""


class CertificateChangedError(OSError):
    """The device shows another certificate than the one it is known by; nothing was sent."""


class NotEncryptedError(OSError):
    """What answers does not speak HTTPS."""


class SilentError(OSError):
    """The device takes the connection and does not answer."""


class HostUnknownError(OSError):
    """The host name could not be resolved in time, or is one that may not be guessed at; the words say which."""


class Pin:
    """The certificate a device is known by: the one given, else the first it shows. Shared by its connections."""

    def __init__(self, known: str = "") -> None:
        self.known = known
        self.shown = ""

    def check(self, certificate: bytes) -> None:
        """Raise CertificateChangedError for another one (DER) than is known."""
        self.shown = fingerprint(certificate)
        self.known = self.known or self.shown
        if self.shown != self.known:
            raise CertificateChangedError("it shows another certificate")


@dataclass(frozen=True)
class HttpReply:
    """A whole reply within the limits."""

    status: int
    content: bytes
    content_type: str
    challenge: str
    date: str


class CallDeadline:
    """The deadline of the current call, shared with the sockets that carry it."""

    def __init__(self) -> None:
        self._until = math.inf
        self.connected = False

    def begin(self, seconds: float) -> None:
        """Start a call that may take `seconds` in all."""
        self._until = time.monotonic() + seconds
        self.connected = False

    def remaining(self) -> float:
        """Seconds left; raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call's time is used up")
        return left


class _TimedSocket(socket.socket):
    """A socket that never waits longer than the call's deadline."""

    allowance: CallDeadline

    def recv_into(self, *args: Any, **options: Any) -> int:
        self.settimeout(self.allowance.remaining())
        return super().recv_into(*args, **options)

    def sendall(self, *args: Any, **options: Any) -> None:
        self.settimeout(self.allowance.remaining())
        super().sendall(*args, **options)


class _TimedTlsSocket(ssl.SSLSocket):
    """The same, encrypted."""

    allowance: CallDeadline

    def recv_into(self, *args: Any, **options: Any) -> int:
        self.settimeout(self.allowance.remaining())
        return super().recv_into(*args, **options)

    def sendall(self, *args: Any, **options: Any) -> None:
        self.settimeout(self.allowance.remaining())
        super().sendall(*args, **options)


class LimitedHttp:
    """One camera's `requests` session with these limits; used by one thread at a time.

    With a `pin` it speaks HTTPS, and only with the device that certificate belongs to; without one it speaks HTTP.
    """

    def __init__(self, pin: Pin | None = None) -> None:
        self._allowance = CallDeadline()
        self._session = requests.Session()
        self._session.trust_env = False  # neither proxies nor .netrc
        self._session.headers.update(HEADERS)
        for scheme in list(self._session.adapters):
            del self._session.adapters[scheme]
        self._session.verify = (
            False  # nobody vouches for a camera's own certificate: the pin is compared instead
        )
        self._session.mount("https://" if pin else "http://", _limited_adapter(self._allowance, pin))

    def post(self, url: str, body: bytes, headers: dict[str, str], seconds: float) -> HttpReply:
        """Send `body` and read the whole reply within `seconds`.

        A kept-alive connection that the camera had closed meanwhile is replaced once. Raises what requests
        raises, TimeoutError, TooLargeError or UnwantedError.
        """
        until = time.monotonic() + seconds
        try:
            return self._post_once(url, body, headers, seconds)
        except requests.Timeout:
            raise
        except requests.ConnectionError:
            if self._allowance.connected:
                raise
            return self._post_once(url, body, headers, until - time.monotonic())

    def close(self) -> None:
        self._session.close()

    def _post_once(self, url: str, body: bytes, headers: dict[str, str], seconds: float) -> HttpReply:
        self._allowance.begin(seconds)
        response = self._session.post(
            url,
            data=body,
            headers=headers,
            timeout=(min(CONNECT_S, self._allowance.remaining()), self._allowance.remaining()),
            stream=True,
            allow_redirects=False,
        )
        with closing(response):
            if response.is_redirect:
                raise UnwantedError("it sends us to another address")
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise UnwantedError("it sends compressed data nobody asked for")
            return HttpReply(
                status=response.status_code,
                content=_read_limited(response),
                content_type=response.headers.get("Content-Type", ""),
                challenge=response.headers.get("WWW-Authenticate", ""),
                date=response.headers.get("Date", ""),
            )


def _read_limited(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > LARGEST_REPLY:
            raise TooLargeError
    return bytes(content)


def _limited_adapter(allowance: CallDeadline, pin: Pin | None) -> HTTPAdapter:
    class Connection(HTTPConnection):
        default_port = 443 if pin else 80

        def _new_conn(self) -> socket.socket:
            try:
                connection = _connect(unquote(self.host), self.port or self.default_port, allowance)
                return connection if pin is None else _encrypt(connection, pin, allowance)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "no answer") from error
            except OSError as error:
                raise NewConnectionError(self, str(error)) from error

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection  # pyright: ignore[reportAssignmentType]
        scheme: str = "https" if pin else "http"

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{name: options[name] for name in options.keys() - SSL_KEYWORDS})

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {"https" if pin else "http": Pool}

    return Adapter()


def _connect(host: str, port: int, allowance: CallDeadline) -> socket.socket:
    allowance.connected = True
    until = time.monotonic() + min(CONNECT_S, allowance.remaining())
    failure: OSError = HostUnknownError("its name is not known")
    for family, kind, protocol, _, address in _resolve(host.strip("[]"), port, until - time.monotonic()):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer")
        connection = _TimedSocket(family, kind, protocol)
        connection.allowance = allowance
        connection.settimeout(left)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _encrypt(connection: socket.socket, pin: Pin, allowance: CallDeadline) -> socket.socket:
    """Encrypt a connection and compare the certificate, before anything else is said on it."""
    connection.settimeout(min(CONNECT_S, allowance.remaining()))
    try:
        encrypted = tls_context(_TimedTlsSocket).wrap_socket(connection)
    except TimeoutError as error:
        connection.close()
        raise SilentError("it takes the connection and says nothing") from error
    except OSError as error:
        connection.close()
        raise NotEncryptedError("it does not speak HTTPS") from error
    assert isinstance(encrypted, _TimedTlsSocket)
    encrypted.allowance = allowance
    try:
        pin.check(encrypted.getpeercert(binary_form=True) or b"")
    except CertificateChangedError:
        encrypted.close()
        raise
    return encrypted


def _name(host: str) -> str:
    try:
        return read_host(host)
    except InvalidInput as error:
        raise HostUnknownError(error.what.rstrip(".")) from error


def _resolve(host: str, port: int, seconds: float) -> list[Any]:
    """Resolve `host` on a thread of its own, because getaddrinfo has no time limit."""
    host = _name(host)
    try:
        numeric = ip_address(host)
    except ValueError:
        pass  # a name
    else:
        family = socket.AF_INET6 if numeric.version == 6 else socket.AF_INET
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(numeric), port))]
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            return

    thread = threading.Thread(target=look_up, name=f"address of {host}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() or not found:
        raise HostUnknownError("its name is not known")
    return found
