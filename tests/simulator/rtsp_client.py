"""A bare RTSP client on a blocking socket, for tests that look at every byte."""

import hashlib
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from tests.waiting import LIMIT_S


@dataclass
class Answer:
    """One RTSP reply."""

    status: int
    headers: dict[str, str]
    body: bytes


class RtspClient:
    """Speaks to one stream; adds a Digest login once it has been challenged."""

    def __init__(
        self, host: str, port: int, path: str, username: str = "operator", password: str = "simulated"
    ):
        self.url = f"rtsp://{host}:{port}{path}"
        self.socket = socket.create_connection((host, port), timeout=LIMIT_S)
        self.session = ""
        self._account = (username, password)
        self._challenge: dict[str, str] = {}
        self._cseq = 0
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, method: str, url: str = "", *, login: bool = True, **headers: str) -> Answer:
        """Send a request and wait for its reply, packets in between set aside; logs in when challenged."""
        answer = self._ask_once(method, url or self.url, headers)
        if answer.status == 401 and login and not self._challenge:
            found = re.findall(r'(\w+)="?([^",]+)"?', answer.headers["www-authenticate"])
            self._challenge = dict(found)
            answer = self._ask_once(method, url or self.url, headers)
        if "session" in answer.headers and method == "SETUP":
            self.session = answer.headers["session"].partition(";")[0]
        return answer

    def play(self, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1") -> Answer:
        """DESCRIBE, SETUP, PLAY."""
        assert self.ask("DESCRIBE", Accept="application/sdp").status == 200
        set_up = self.ask("SETUP", self.url + "/trackID=0", Transport=transport)
        assert set_up.status == 200, set_up
        assert self.ask("PLAY", Range="npt=0-").status == 200
        return set_up

    def packets(self, timeout: float = LIMIT_S) -> Iterator[tuple[int, bytes]]:
        """Channel and content of interleaved packets; ends when none comes for `timeout` seconds."""
        self.socket.settimeout(timeout)
        while True:
            while (
                len(self._buffer) < 4 or len(self._buffer) < 4 + struct.unpack_from("!H", self._buffer, 2)[0]
            ):
                try:
                    data = self.socket.recv(65536)
                except TimeoutError:
                    return
                if not data:
                    return
                self._buffer += data
            assert self._buffer[:1] == b"$", bytes(self._buffer[:40])
            channel, size = struct.unpack_from("!xBH", self._buffer)
            packet = bytes(self._buffer[4 : 4 + size])
            del self._buffer[: 4 + size]
            yield channel, packet

    def _ask_once(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}"]
        if self.session:
            headers = {"Session": self.session, **headers}
        if self._challenge:
            headers = {"Authorization": self._login(method, url), **headers}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        return self._reply()

    def _login(self, method: str, url: str) -> str:
        username, password = self._account
        realm, nonce = self._challenge["realm"], self._challenge["nonce"]
        first = _md5(f"{username}:{realm}:{password}")
        response = _md5(f"{first}:{nonce}:{_md5(f'{method}:{url}')}")
        parts = {"username": username, "realm": realm, "nonce": nonce, "uri": url, "response": response}
        return "Digest " + ", ".join(f'{name}="{value}"' for name, value in parts.items())

    def _reply(self) -> Answer:
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            while self._buffer[:1] == b"$" and len(self._buffer) >= 4:
                size = 4 + struct.unpack_from("!H", self._buffer, 2)[0]
                if len(self._buffer) < size:
                    break
                del self._buffer[:size]
            end = self._buffer.find(b"\r\n\r\n") if self._buffer[:1] != b"$" else -1
            if end >= 0:
                first, *lines = bytes(self._buffer[:end]).decode().split("\r\n")
                headers = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (x.partition(":") for x in lines)
                }
                length = int(headers.get("content-length", 0))
                if len(self._buffer) >= end + 4 + length:
                    body = bytes(self._buffer[end + 4 : end + 4 + length])
                    del self._buffer[: end + 4 + length]
                    return Answer(int(first.split()[1]), headers, body)
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the server hung up")
            self._buffer += data
        raise TimeoutError("no reply")


def rtp_header(packet: bytes) -> tuple[int, int, int, int]:
    """Marker, sequence number, timestamp and source of an RTP packet."""
    first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", packet)
    assert first == 0x80 and second & 0x7F == 96
    return second >> 7, sequence, timestamp, ssrc


def is_key_start(packet: bytes) -> bool:
    """True for a packet that begins a key frame: parameter sets come before every one."""
    return packet[12] & 0x1F == 7


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
