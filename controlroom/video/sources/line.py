"""Holds one conversation with a camera, over RTSP or HTTP: a connection with a deadline for everything said on it.

Whatever a camera answers is either a `Reply` or a StreamError in plain words. Figures in a reply are ASCII and short:
int() of a foreign figure or of thousands of them would be an error of another kind.
"""

import contextlib
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from controlroom.device_tls import tls_context
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, host_and_port, place
from controlroom.video.sources.certificates import compare

CONNECT_WITHIN_S = 2.5
HANGS_UP_WITHIN_S = 0.02  # whoever closes the connection after an answer does so at once
_LONGEST_HEAD = 64 * 1024
_FIRST_LINE = re.compile(r"(RTSP|HTTP)/[0-9.]{1,5} ([1-9][0-9]{2})( .*)?")
_LENGTH = re.compile(r"[0-9]{1,9}")


@dataclass
class Reply:
    """What a camera answered."""

    code: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Every value of the header of that name, in small letters."""
        return [value for each, value in self.headers if each == name]


def connected(address: StreamAddress, within_s: float) -> "Line":
    """Connect to a checked address; where it is encrypted, the certificate is compared before anything is said.

    Raises StreamError.
    """
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
    except (OSError, ValueError) as error:
        what = f"{where} cannot be reached."
        raise StreamError(StreamFault.UNREACHABLE, what, "The camera is off or cut off.", remedy) from error
    # Whoever connects again has to show the same one, also where none was known before.
    line = Line(
        connection, within_s, lambda: connected(replace(address, certificate=line.certificate), within_s)
    )
    line.certificate = address.certificate
    if urlsplit(address.url).scheme in ("rtsps", "https"):
        try:
            line.certificate = compare(address, line.encrypt(host))
        except StreamError:
            line.close()
            raise
    return line


class Line:
    """One connection with a deadline for everything said on it."""

    def __init__(self, connection: socket.socket, within_s: float, again: Callable[[], "Line"]) -> None:
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
        except (OSError, ValueError) as error:
            what = "The camera does not speak encrypted streams at this address."
            raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Try rtsp instead of rtsps.") from error

    def ask(self, text: str) -> Reply:
        """Send a request and return the reply; raises StreamError when no readable one comes."""
        try:
            self._connection.settimeout(self._left())
            self._connection.sendall(text.encode())
            return self._reply()
        except TimeoutError as error:
            raise _silent() from error
        except OSError as error:
            raise _hung_up() from error

    def hung_up(self) -> bool:
        """True when the camera has closed the connection after its answer."""
        try:
            self._connection.settimeout(HANGS_UP_WITHIN_S)
            data = self._connection.recv(8192)
        except TimeoutError:
            return False
        except OSError:
            return True
        self._pending += data
        return not data

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

    def _reply(self) -> Reply:
        while b"\r\n\r\n" not in self._pending:
            if len(self._pending) > _LONGEST_HEAD or (
                self._pending[:5] not in (b"RTSP/"[: len(self._pending)], b"HTTP/"[: len(self._pending)])
            ):
                raise _not_rtsp()
            self._more()
        head, _, self._pending = self._pending.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        found = _FIRST_LINE.fullmatch(first)
        if found is None:
            raise _not_rtsp()
        pairs = [line.partition(":") for line in lines]
        reply = Reply(int(found[2]), [(name.strip().lower(), value.strip()) for name, _, value in pairs])
        if found[1] == "RTSP":  # an HTTP stream's body never ends
            length = _length(reply)
            while len(self._pending) < length:
                self._more()
            reply.body, self._pending = self._pending[:length], self._pending[length:]
        return reply

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(OSError):
            self._connection.close()


def _length(reply: Reply) -> int:
    lengths = reply.all("content-length")
    if not lengths:
        return 0
    if not _LENGTH.fullmatch(lengths[0]) or int(lengths[0]) > _LONGEST_HEAD:
        raise _not_rtsp()
    return int(lengths[0])


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
