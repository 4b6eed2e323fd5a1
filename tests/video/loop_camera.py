"""A small RTSP camera for the tests: loops a few encoded pictures, and misbehaves on request."""

import hashlib
import re
import secrets
import socket
import struct
import threading
import time
from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream

REALM = "test camera"


@dataclass
class Clip:
    """Encoded pictures, each a list of RTP packets, and the SDP line their decoder needs."""

    frames: list[list[bytes]]
    fps: int
    parameter_sets: str
    encoding: str = "H264"

    @property
    def description(self) -> str:
        """The SDP lines of the video track."""
        if self.encoding == "JPEG":
            return "m=video 0 RTP/AVP 26\r\n"
        parameters = "packetization-mode=1;sprop-parameter-sets=" + self.parameter_sets
        wanted = f"a=fmtp:96 {parameters}\r\n" if self.encoding == "H264" else ""
        return f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {self.encoding}/90000\r\n{wanted}"


@lru_cache
def clip(
    width: int = 320, height: int = 180, fps: int = 25, frames: int = 50, encoding: str = "H264"
) -> Clip:
    """A bright bar wandering over grey blocks; a key picture every ten. `encoding` is H264, H265 or JPEG."""
    sink = _Sink()
    encoder, options, pixels = _ENCODERS[encoding]
    with av.open(sink, "w", format="rtp", options={"packetsize": "1400"}) as out:
        stream = cast("VideoStream", out.add_stream(encoder, rate=fps, options=options))
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        stream.codec_context.thread_count = 1  # MJPEG in several slices cannot travel by RTP
        encoded = []
        for number in range(frames):
            image = np.full((height, width, 3), 90, np.uint8)
            image[:, (number * width // frames) : (number * width // frames) + width // 10] = 230
            mark = len(sink.packets)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
            encoded.append([each for each in sink.packets[mark:] if each[1] & 0x7F in (26, 96)])
        out.mux(stream.encode(None))
    return Clip(encoded, fps, _parameter_sets(encoded[0]) if encoding == "H264" else "", encoding)


_ENCODERS = {
    "H264": (
        "libx264",
        {"preset": "veryfast", "tune": "zerolatency", "x264-params": "keyint=10:scenecut=0"},
        "yuv420p",
    ),
    "H265": (
        "libx265",
        {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "x265-params": "keyint=10:repeat-headers=1:log-level=none:pools=none:frame-threads=1",
        },
        "yuv420p",
    ),
    "JPEG": ("mjpeg", {"huffman": "default"}, "yuvj420p"),
}


class _Sink:
    def __init__(self) -> None:
        self.packets: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.packets.append(bytes(data))
        return len(data)


def _parameter_sets(packets: list[bytes]) -> str:
    found: list[bytes] = []
    for packet in packets:
        payload = packet[12:]
        if payload[0] & 31 == 24:  # STAP-A: several small units, each behind its length
            at = 1
            while at + 2 < len(payload):
                (size,) = struct.unpack_from(">H", payload, at)
                found.append(payload[at + 2 : at + 2 + size])
                at += 2 + size
        else:
            found.append(payload)
    return ",".join(b64encode(unit).decode() for unit in found if unit[0] & 31 in (7, 8))


@dataclass
class _Viewer:
    connection: socket.socket
    channel: int | None = None
    udp: tuple[str, int] | None = None
    playing: bool = False
    position: int = 0
    sequence: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class LoopCamera:
    """Use as a context manager. `frozen`, `silent` and `username`/`password` may be changed while it runs."""

    def __init__(
        self, username: str = "", password: str = "", *, pictures: Clip | None = None, port: int = 0
    ):
        self.username, self.password = username, password
        self.frozen = self.silent = False
        self.pictures = pictures or clip()
        self.described = self.plays = self.refusals = self.connections = 0
        self._viewers: list[_Viewer] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._listener = socket.create_server(("127.0.0.1", port), backlog=200)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._accept, self._stream)]

    def url(self, path: str = "main") -> str:
        """The address of one stream; every path shows the same pictures but `missing`."""
        return f"rtsp://127.0.0.1:{self.port}/{path}"

    @property
    def watched(self) -> int:
        """How many viewers are playing now."""
        with self._lock:
            return sum(viewer.playing for viewer in self._viewers)

    def hang_up(self) -> None:
        """Close every connection, as a camera does that restarts."""
        with self._lock:
            viewers, self._viewers = self._viewers, []
        for viewer in viewers:
            _close(viewer.connection)

    def __enter__(self) -> "LoopCamera":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        _close(self._listener)
        self.hang_up()
        for thread in self._threads:
            thread.join(5)
        self._udp.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            viewer = _Viewer(connection)
            with self._lock:
                self._viewers.append(viewer)
            threading.Thread(target=self._serve, args=(viewer,), daemon=True).start()

    def _serve(self, viewer: _Viewer) -> None:
        nonce = secrets.token_hex(8)
        try:
            with viewer.connection, viewer.connection.makefile("rb") as lines:
                while (request := _read_request(lines)) is not None:
                    while self.silent and not self._stop.is_set():
                        self._stop.wait(0.05)
                    reply = self._answer(viewer, nonce, *request)
                    with viewer.lock:
                        viewer.connection.sendall(reply)
                    if request[0] == "PLAY" and b"200 OK" in reply:
                        viewer.playing = True
        except OSError:
            pass
        with self._lock:
            if viewer in self._viewers:
                self._viewers.remove(viewer)

    def _answer(self, viewer: _Viewer, nonce: str, method: str, uri: str, headers: dict[str, str]) -> bytes:
        cseq = headers.get("cseq", "0")
        if method == "OPTIONS":
            return _reply(200, cseq, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n")
        if self.username and not self._authorised(headers.get("authorization", ""), method, nonce):
            return _reply(401, cseq, f'WWW-Authenticate: Digest realm="{REALM}", nonce="{nonce}"\r\n')
        if "/missing" in uri:
            return _reply(404, cseq)
        if method == "DESCRIBE":
            self.described += 1
            body = (
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\n"
                f"{self.pictures.description}a=control:video\r\n"
            )
            return _reply(200, cseq, f"Content-Type: application/sdp\r\nContent-Base: {uri}/\r\n", body)
        if method == "SETUP":
            return self._set_up(viewer, cseq, headers.get("transport", ""))
        if method == "PLAY":
            self.plays += 1
        return _reply(200, cseq, "Session: 1\r\n")

    def _set_up(self, viewer: _Viewer, cseq: str, transport: str) -> bytes:
        if match := re.search(r"interleaved=(\d+)", transport):
            viewer.channel = int(match[1])
            return _reply(200, cseq, f"Session: 1\r\nTransport: {transport}\r\n")
        match = re.search(r"client_port=(\d+)", transport)
        if match is None:
            return _reply(461, cseq)
        viewer.udp = (viewer.connection.getpeername()[0], int(match[1]))
        port = self._udp.getsockname()[1]
        return _reply(200, cseq, f"Session: 1\r\nTransport: {transport};server_port={port}-{port + 1}\r\n")

    def _authorised(self, given: str, method: str, nonce: str) -> bool:
        if not given.startswith("Digest "):
            return False
        parts = dict(re.findall(r'(\w+)="([^"]*)"', given))
        first = hashlib.md5(f"{self.username}:{REALM}:{self.password}".encode()).hexdigest()
        second = hashlib.md5(f"{method}:{parts.get('uri', '')}".encode()).hexdigest()
        right = hashlib.md5(f"{first}:{nonce}:{second}".encode()).hexdigest()
        fine = parts.get("username") == self.username and parts.get("response") == right
        self.refusals += not fine
        return fine

    def _stream(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            due += 1 / self.pictures.fps
            self._stop.wait(max(0.0, due - time.monotonic()))
            with self._lock:
                viewers = [viewer for viewer in self._viewers if viewer.playing]
            for viewer in viewers if not self.frozen else ():
                self._send(viewer)

    def _send(self, viewer: _Viewer) -> None:
        frames = self.pictures.frames
        stamp = (viewer.position * 90000 // self.pictures.fps) & 0xFFFFFFFF
        for packet in frames[viewer.position % len(frames)]:
            data = packet[:2] + struct.pack(">HI", viewer.sequence & 0xFFFF, stamp) + packet[8:]
            viewer.sequence += 1
            try:
                if viewer.udp is not None:
                    self._udp.sendto(data, viewer.udp)
                    continue
                with viewer.lock:
                    viewer.connection.sendall(
                        b"$" + struct.pack(">BH", viewer.channel or 0, len(data)) + data
                    )
            except OSError:
                viewer.playing = False
                return
        viewer.position += 1


def _read_request(lines) -> tuple[str, str, dict[str, str]] | None:
    """The next request; what the viewer reports between requests ($-framed RTCP) is passed over."""
    while True:
        first = lines.read(1)
        if not first:
            return None
        if first == b"$":
            lines.read(struct.unpack(">BH", lines.read(3))[1])
            continue
        method, uri, _ = (first + lines.readline()).decode().split(" ", 2)
        headers = {}
        while (line := lines.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return method, uri, headers


def _reply(code: int, cseq: str, headers: str = "", body: str = "") -> bytes:
    words = {200: "OK", 401: "Unauthorized", 404: "Not Found", 461: "Unsupported Transport"}[code]
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"RTSP/1.0 {code} {words}\r\nCSeq: {cseq}\r\n{headers}{length}\r\n{body}".encode()


def _close(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
