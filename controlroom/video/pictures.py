"""Scales and converts decoded pictures with OpenCV: onto a tile, or whole for a snapshot.

A picture stays as the decoder left it, one plane of brightness and two of colour, until somebody looks at it. Each
plane is scaled first and the tile-sized result converted once: a full-size conversion costs more than the decoding.
The import sets two environment variables of Qt (opencv-python bundles one), so only media workers may import this.
"""

from dataclasses import dataclass
from typing import cast

import av
import cv2
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange

JPEG_QUALITY = 92
# Planar formats of 8 bits: what cameras send. Any other is converted to the first of them before it is scaled.
_PLANAR = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p")

cv2.setNumThreads(1)


def _narrowed(lowest: int, highest: int) -> np.ndarray:
    """Return the table that maps 0 to 255 onto `lowest` to `highest`."""
    return np.round(np.linspace(lowest, highest, 256)).astype(np.uint8)


# OpenCV converts the narrow range of television; many cameras use the full one.
_BRIGHTNESS, _COLOUR = _narrowed(16, 235), _narrowed(16, 240)


@dataclass(frozen=True)
class Picture:
    """One decoded picture in the camera's own size; nothing changes it any more.

    `aspect` is the width of a pixel by its height, as the camera declares it.
    """

    frame: av.VideoFrame
    aspect: float = 1.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.frame.width, self.frame.height

    @property
    def stamp_s(self) -> float | None:
        """The camera's own time stamp in seconds from some beginning; None where it gave none."""
        return self.frame.time

    def scale_into(self, target: np.ndarray) -> None:
        """Scale the picture to the size of `target` (height by width by 4, BGRX) and write it there."""
        height, width = target.shape[:2]
        across, down = width + width % 2, height + height % 2  # colour has half the size, so both are even
        small = np.empty((down * 3 // 2, across), np.uint8)
        brightness, colour = small[:down], small[down:].reshape(2, down // 2, across // 2)
        frame = self.frame if self.frame.format.name in _PLANAR else self.frame.reformat(format=_PLANAR[0])
        for plane, place in zip(frame.planes, (brightness, *colour), strict=False):
            _scale(_as_array(plane), place)
        if _is_full_range(frame):
            cv2.LUT(brightness, _BRIGHTNESS, dst=brightness)
            cv2.LUT(small[down:], _COLOUR, dst=small[down:])
        if (across, down) == (width, height):
            cv2.cvtColor(small, cv2.COLOR_YUV2BGRA_I420, dst=target)
        else:
            target[:] = cv2.cvtColor(small, cv2.COLOR_YUV2BGRA_I420)[:height, :width]

    def as_jpeg(self) -> bytes:
        """Encode the whole picture as a JPEG file's bytes. Raises ValueError when it cannot be encoded."""
        pixels = self.frame.to_ndarray(format="bgr24")
        good, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not good:
            raise ValueError("the picture cannot be encoded")
        return encoded.tobytes()


def _as_array(plane: VideoPlane) -> np.ndarray:
    """Return a view of the plane, without the padding at the end of each row."""
    rows = np.frombuffer(cast("bytes", plane), np.uint8)  # a buffer, which PyAV's type hints do not say
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]


def _scale(plane: np.ndarray, target: np.ndarray) -> None:
    """Halving first prevents shimmer on small tiles at a tenth of INTER_AREA's cost."""
    height, width = target.shape
    while plane.shape[0] > 2 * height and plane.shape[1] > 2 * width:
        half = (plane.shape[1] // 2, plane.shape[0] // 2)
        plane = cv2.resize(plane, half, interpolation=cv2.INTER_LINEAR)
    cv2.resize(plane, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)


def _is_full_range(frame: av.VideoFrame) -> bool:
    return frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
