"""Opens and reads a camera's stream with OpenCV's FFmpeg.

The import sets two environment variables of Qt (opencv-python bundles one), so only media workers may import this.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

# Read by OpenCV when it opens its first stream. Its lock around opening dates from an FFmpeg that needed one;
# without it 30 cameras open in 0.2 s instead of 30 x 0.13 s, and a camera that is slow to open holds up nobody.
# The Windows build of OpenCV's FFmpeg is not known to be safe without it.
if os.name != "nt":
    os.environ.setdefault("OPENCV_FFMPEG_IS_THREAD_SAFE", "1")
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")  # or every open says that the lock is gone

import cv2
import numpy as np

from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, with_login

OPEN_WITHIN_S = 4.0
READ_WITHIN_S = 6.0
JPEG_QUALITY = 92
OPENS_AT_ONCE = 8  # after a site-wide power return the cameras are asked a few at a time

_SAFE_PROTOCOLS = {"rtsp": "rtp,rtsp,tcp,udp,tls,crypto", "http": "http,https,tcp,tls,crypto"}
# One packet is enough when the camera described its stream: opening takes two pictures' time (0.13 s at 15 fps).
# With FFmpeg's defaults it took 1.9 s, most of it measuring a frame rate nobody uses. `nobuffer` is left out on
# purpose: it throws away what was probed, key picture included, and the tile would wait for the next one.
_QUICK = "analyzeduration;0|probesize;32|fpsprobesize;0"
# For cameras whose description lacks the parameter sets: read on until they come by.
_THOROUGH = "analyzeduration;2000000|probesize;500000|fpsprobesize;0"

cv2.setNumThreads(1)


def capture_options(address: StreamAddress, *, thorough: bool = False) -> str:
    """Return OPENCV_FFMPEG_CAPTURE_OPTIONS for one address. Setting it at all drops OpenCV's preference for TCP."""
    family = "http" if urlsplit(address.url).scheme.startswith("http") else "rtsp"
    transport = f"rtsp_transport;{address.transport}|" if family == "rtsp" else ""
    probing = _THOROUGH if thorough else _QUICK
    return f"{transport}protocol_whitelist;{_SAFE_PROTOCOLS[family]}|flags;low_delay|{probing}"


class OpenGate:
    """Limits how many streams open at once, and to equal options: OpenCV takes those from the environment."""

    def __init__(self) -> None:
        self._inside = 0
        self._options = ""
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def turn(self, options: str) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(
                lambda: self._inside == 0 or (self._inside < OPENS_AT_ONCE and self._options == options)
            )
            self._inside += 1
            if self._options != options:
                self._options = os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = options
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()


class OpenedStream:
    """One open stream. `grab` decodes, `retrieve` converts: the second is needed only for what will be shown."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self._picture: np.ndarray | None = None
        self.aspect = 1.0  # width of a pixel by its height, as the camera declares it

    @classmethod
    def open(cls, address: StreamAddress) -> "OpenedStream":
        """Open a probed address; call it only inside the gate's turn for its options.

        Raises StreamError when no pictures come.
        """
        started = time.monotonic()
        settings = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_WITHIN_S * 1000)),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_WITHIN_S * 1000)),
            *(cv2.CAP_PROP_N_THREADS, 1),
        ]
        capture = cv2.VideoCapture(with_login(address), cv2.CAP_FFMPEG, settings)
        silent = time.monotonic() - started > OPEN_WITHIN_S * 0.9
        if capture.isOpened() and not silent:  # "open" it also calls a stream of which nothing has come
            return cls(capture)
        capture.release()
        if silent:
            what = "The camera announces its stream and then sends nothing."
            raise StreamError(StreamFault.SILENT, what, "It may be starting, or has hung.")
        what = "The camera's stream cannot be decoded."
        raise StreamError(StreamFault.NOT_A_STREAM, what, remedy="Set the camera to H.264 or H.265.")

    def grab(self) -> bool:
        """Wait for the next picture and decode it; False when the stream has ended or sends nothing."""
        return self._capture.grab()

    @property
    def stamp_s(self) -> float:
        """Return the camera's own time stamp of the grabbed picture, in seconds from some beginning."""
        return self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000

    def retrieve(self) -> np.ndarray | None:
        """Return the grabbed picture, height by width by 3, BGR; the next call overwrites it."""
        good, picture = self._capture.retrieve(self._picture)
        if not good or picture is None:
            return None
        if self._picture is None:
            across, down = (self._capture.get(each) for each in (cv2.CAP_PROP_SAR_NUM, cv2.CAP_PROP_SAR_DEN))
            self.aspect = across / down if across > 0 and down > 0 else 1.0
        self._picture = picture
        return picture

    def close(self) -> None:
        """End the camera's session and free the decoder."""
        self._capture.release()


def scale_into(picture: np.ndarray, target: np.ndarray) -> None:
    """Scale `picture` (BGR) to the size of `target` (height by width by 4, BGRX) and write it there.

    Halving first prevents shimmer on small tiles at a tenth of INTER_AREA's cost (0.5 ms from 640x360 to 182x102).
    """
    height, width = target.shape[:2]
    while picture.shape[0] >= 2 * height and picture.shape[1] >= 2 * width:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = cv2.resize(picture, half, interpolation=cv2.INTER_LINEAR)
    if picture.shape[:2] != (height, width):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA, dst=target)


def as_jpeg(picture: np.ndarray) -> bytes:
    """Encode `picture` (BGR) as a JPEG file's bytes. Raises ValueError when it cannot be encoded."""
    good, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not good:
        raise ValueError("the picture cannot be encoded")
    return encoded.tobytes()
