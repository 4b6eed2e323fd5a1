"""Calls one known process over HTTPS; its certificate must have the fingerprint that was passed on beforehand.

No certificate authority is asked and no name is checked, because the pinned fingerprint proves more. Every call
ends in time and every reply has a size limit. urllib3 compares the fingerprint before anything is sent.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TooSlow

from controlroom.errors import Unavailable

CONNECT_S, CALL_S = 2.0, 3.0
MOST_BYTES = 2_000_000
PART_BYTES = 65_536


@dataclass(frozen=True)
class PinnedEndpoint:
    """Where the other process listens, and what both sides prove themselves with.

    `fingerprint`: SHA-256, hexadecimal.
    """

    host: str
    port: int
    fingerprint: str
    token: str = field(repr=False)


class Declined(Unavailable):
    """The other process answered, and did not do what it was asked; `status` is HTTP's."""

    def __init__(self, what: str, status: int, said: str = "") -> None:
        super().__init__(what)
        self.status, self.said = status, said


class PinnedHttps:
    """One connection that stays open between calls, for one thread. Every failure is raised as Unavailable."""

    def __init__(self, end: PinnedEndpoint) -> None:
        self.end = end
        self._pool: urllib3.HTTPSConnectionPool | None = None

    def ask(
        self, method: str, path: str, values: dict[str, Any] | None = None, *, seconds: float = CALL_S
    ) -> dict[str, Any]:
        """Make one call and return its JSON answer.

        A connection that the other side closed meanwhile is replaced once.
        """
        fresh = self._pool is None
        try:
            try:
                return self._ask(method, path, values, seconds)
            except _FAILURES as error:
                if fresh or isinstance(error, TooSlow):
                    raise
                self.close()
                return self._ask(method, path, values, seconds)
        except _FAILURES as error:
            self.close()
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _open(self) -> urllib3.HTTPSConnectionPool:
        if self._pool is None:
            self._pool = urllib3.HTTPSConnectionPool(
                self.end.host.strip("[]"),
                self.end.port,
                maxsize=1,
                retries=False,
                cert_reqs="CERT_NONE",  # the fingerprint takes its place
                assert_hostname=False,
                assert_fingerprint=self.end.fingerprint,
            )
        return self._pool

    def _ask(self, method: str, path: str, values: dict[str, Any] | None, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        headers = {"Authorization": f"Bearer {self.end.token}", "Content-Type": "application/json"}
        reply = self._open().urlopen(
            method,
            path,
            None if values is None else json.dumps(values),
            headers,
            timeout=urllib3.Timeout(connect=min(CONNECT_S, seconds), read=seconds),
            preload_content=False,
        )
        text = _read(reply, until)
        if reply.status >= 400:
            where = f"The recorder at {self.end.host}:{self.end.port}"
            raise Declined(f"{where} does not answer: it answered {reply.status}.", reply.status, _said(text))
        answer = json.loads(text)
        if not isinstance(answer, dict):
            raise ValueError("not an object")
        return answer

    def _failed(self, error: BaseException) -> Unavailable:
        if isinstance(error, NewConnectionError):
            why = "nothing is listening there"
        elif isinstance(error, TooSlow):
            why = "no answer in time"
        elif isinstance(error, SSLError):
            why = f"its certificate is not the one that was handed over ({error})"
        else:
            why = str(error) or type(error).__name__
        return Unavailable(f"The recorder at {self.end.host}:{self.end.port} does not answer: {why}.")


_FAILURES = (OSError, HTTPError, ValueError)


def _said(text: bytes) -> str:
    """Why a call was declined, in the other side's words; "" where it gave none."""
    try:
        return str(json.loads(text)["error"])[:200]
    except (ValueError, TypeError, KeyError):
        return ""


def _read(reply: urllib3.BaseHTTPResponse, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := reply.read(PART_BYTES):
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError("the answer is far too large")
        if time.monotonic() > until:
            raise TooSlow("the answer drips")
        parts.append(part)
    reply.release_conn()
    return b"".join(parts)
