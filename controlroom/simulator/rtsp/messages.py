"""Converts RTSP requests and replies from and to bytes (RFC 2326)."""

import re
from dataclasses import dataclass, field

MOST_HEADER, MOST_BODY = 16_384, 16_384
REASONS = {
    200: "OK",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
}
_LINE = re.compile(rb"([A-Z_]{1,32}) (\S{1,2048}) RTSP/(\d)\.(\d)")
_PATH = re.compile(r"^(?:rtspu?://[^/]+)?/(\d{1,6})/(main|sub)(?:/(?:trackID=0|))?/?(?:\?.*)?$")


class BadRequest(ValueError):
    """The bytes are not RTSP."""


@dataclass(frozen=True)
class RtspRequest:
    """One request."""

    method: str
    target: str
    version: int
    headers: dict[str, str]

    @property
    def stream(self) -> tuple[int, str] | None:
        """The camera's place and the stream's name that the target asks for."""
        found = _PATH.match(self.target)
        return (int(found[1]), found[2]) if found else None


@dataclass
class RtspReply:
    """One reply."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    after_s: float = 0.0
    """How long the camera takes to answer."""

    def encoded(self, cseq: str) -> bytes:
        """Return the bytes, with the request's sequence number."""
        headers = {"CSeq": cseq, **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"RTSP/1.0 {self.status} {REASONS[self.status]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Splitter:
    """Splits what a client sends into requests and interleaved packets."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[RtspRequest | int]:
        """Yield requests, and for every interleaved packet its channel number; raises BadRequest."""
        self._buffer += data
        found: list[RtspRequest | int] = []
        while self._buffer:
            item = self._interleaved() if self._buffer[0] == 0x24 else self._request()
            if item is None:
                break
            found.append(item)
        return found

    def _interleaved(self) -> int | None:
        if len(self._buffer) < 4:
            return None
        size = int.from_bytes(self._buffer[2:4])
        if len(self._buffer) < 4 + size:
            return None
        channel = self._buffer[1]
        del self._buffer[: 4 + size]
        return channel

    def _request(self) -> RtspRequest | None:
        while self._buffer[:2] == b"\r\n":  # allowed between requests
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MOST_HEADER:
                raise BadRequest("a header without end")
            return None
        first, *lines = bytes(self._buffer[:end]).split(b"\r\n")
        line = _LINE.fullmatch(first.strip())
        if line is None:
            raise BadRequest("not a request line")
        headers = {}
        for each in lines:
            name, _, value = each.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            raise BadRequest("a body of impossible length")
        if len(self._buffer) < end + 4 + int(length):
            return None
        del self._buffer[: end + 4 + int(length)]
        return RtspRequest(line[1].decode(), line[2].decode("latin-1"), int(line[3]), headers)
