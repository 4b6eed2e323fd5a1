"""HTTPS to one known process: its certificate is compared with the one handed over beforehand, nothing else is trusted.

No certificate authority is asked and no name is checked: the pinned fingerprint says more. Every call has an end and
every reply a limit.
"""

import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

from controlroom.errors import Unavailable

CONNECT_S, CALL_S = 2.0, 3.0
MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class LineEnd:
    """Where the other process listens, and how it and we know each other. `fingerprint`: SHA-256, hexadecimal."""

    host: str
    port: int
    fingerprint: str
    token: str = field(repr=False)


class SecureLine:
    """One kept connection, for one thread. Raises Unavailable for whatever goes wrong on the way."""

    def __init__(self, end: LineEnd, *, name: str = "The recorder") -> None:
        self.end = end
        self._name = name
        self._connection: _PinnedConnection | None = None

    def ask(
        self, method: str, path: str, values: dict[str, Any] | None = None, *, seconds: float = CALL_S
    ) -> dict[str, Any]:
        """One call: its JSON answer. A kept connection the other side dropped meanwhile is replaced once."""
        fresh = self._connection is None
        try:
            return self._ask(method, path, values, seconds)
        except _FAILURES as error:
            self.close()
            if fresh or isinstance(error, TimeoutError):
                raise self._failed(error) from error
        try:
            return self._ask(method, path, values, seconds)
        except _FAILURES as error:
            self.close()
            raise self._failed(error) from error

    def close(self) -> None:
        """Hang up; the next call connects again."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, values: dict[str, Any] | None, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        if self._connection is None:
            self._connection = _PinnedConnection(self.end, min(CONNECT_S, seconds))
            self._connection.connect()
        connection = self._connection
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        body = None if values is None else json.dumps(values)
        headers = {"Authorization": f"Bearer {self.end.token}", "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        text = _read(reply, until)
        if reply.status >= 400:
            raise http.client.HTTPException(f"it answered {reply.status}")
        answer = json.loads(text)
        if not isinstance(answer, dict):
            raise ValueError("not an object")
        return answer

    def _failed(self, error: BaseException) -> Unavailable:
        if isinstance(error, ConnectionRefusedError):
            why = "nothing is listening there"
        elif isinstance(error, TimeoutError):
            why = "no answer in time"
        else:
            why = str(error) or type(error).__name__
        return Unavailable(f"{self._name} at {self.end.host}:{self.end.port} does not answer: {why}.")


class _WrongCertificate(ssl.SSLError):
    """Somebody else answers there."""


_FAILURES = (OSError, http.client.HTTPException, ValueError)


class _PinnedConnection(http.client.HTTPSConnection):
    """Nothing is sent before the other side's certificate has been compared."""

    def __init__(self, end: LineEnd, seconds: float) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the comparison below takes its place
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        super().__init__(end.host, end.port, timeout=seconds, context=context)
        self._fingerprint = end.fingerprint

    def connect(self) -> None:
        super().connect()
        assert isinstance(self.sock, ssl.SSLSocket)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        certificate = self.sock.getpeercert(binary_form=True) or b""
        if not hmac.compare_digest(hashlib.sha256(certificate).hexdigest(), self._fingerprint):
            self.close()
            raise _WrongCertificate("its certificate is not the one that was handed over")


def _read(reply: http.client.HTTPResponse, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := reply.read(65536):
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError("the answer is far too large")
        if time.monotonic() > until:
            raise TimeoutError("the answer drips")
        parts.append(part)
    return b"".join(parts)
