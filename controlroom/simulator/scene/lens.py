"""The lens: which pixel of a panorama, a window of directions, each pixel of a view shows."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from controlroom.simulator.arrays import Floats
from controlroom.simulator.field_of_view import HALF_ANGLE
from controlroom.simulator.ptz_head import (
    MOST_ZOOM,
    PAN_REACH_DEG,
    TILT_LEVEL_DEG,
    TILT_REACH_DEG,
    HeadPosition,
)

_COARSE = 8  # the map is computed on a grid this coarse and interpolated: it is smooth


@dataclass(frozen=True)
class Window:
    """What a panorama covers: `width` × `height` pixels from `left` (heading) and `top` (slope) rightwards and down."""

    left: float
    top: float
    focal: float
    width: int
    height: int

    @property
    def headings(self) -> Floats:
        """The heading at the middle of every column."""
        return self.left + (np.arange(self.width, dtype=np.float32) + 0.5) / self.focal

    @property
    def slopes(self) -> Floats:
        """The slope at the middle of every row, falling."""
        return self.top - (np.arange(self.height, dtype=np.float32) + 0.5) / self.focal

    def column(self, heading: float) -> float:
        """Where a heading lies, in pixels from the left edge."""
        return (heading - self.left) * self.focal

    def row(self, slope: float) -> float:
        """Where a slope lies, in pixels from the top edge."""
        return (self.top - slope) * self.focal


def window_between(left: float, right: float, top: float, bottom: float, focal: float) -> Window:
    """The window that covers these headings and slopes, its size even so that colour can be halved."""
    width = 2 * int(np.ceil((right - left) * focal / 2))
    height = 2 * int(np.ceil((top - bottom) * focal / 2))
    return Window(left, top, focal, width, height)


@dataclass(frozen=True)
class Lens:
    """One view: headings in radians (0 straight across the street), focal length in pixels."""

    pan: float
    tilt: float
    focal: float
    width: int
    height: int

    def spread(self) -> tuple[float, float, float, float]:
        """Left, right, top, bottom of what the view covers, as headings and slopes."""
        headings, slopes = self._directions(
            np.array([0, self.width / 2, self.width]), np.array([0, self.height])
        )
        return float(headings.min()), float(headings.max()), float(slopes.max()), float(slopes.min())

    def maps(self, window: Window) -> tuple[Floats, Floats]:
        """For cv2.remap: columns and rows of `window` at every pixel of the view."""
        columns, rows = (np.arange(0, each + 2 * _COARSE, _COARSE) for each in (self.width, self.height))
        headings, slopes = self._directions(columns, rows)
        xs = (headings - window.left) * window.focal - 0.5
        ys = (window.top - slopes) * window.focal - 0.5
        return self._enlarged(xs), self._enlarged(ys)

    def place(self, x: Floats, height: float, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Columns, rows and pixels a metre of points of the ground, the camera `height` above it.

        Points behind the lens have a scale of 0.
        """
        sin_pan, cos_pan = math.sin(self.pan), math.cos(self.pan)
        right, level = x * cos_pan - z * sin_pan, x * sin_pan + z * cos_pan
        sin_tilt, cos_tilt = math.sin(self.tilt), math.cos(self.tilt)
        ahead = level * cos_tilt - height * sin_tilt
        up = -level * sin_tilt - height * cos_tilt
        scale = np.where(ahead > 1.0, self.focal / np.maximum(ahead, 1.0), 0.0)
        return self.width / 2 + scale * right, self.height / 2 - scale * up, scale

    def _directions(self, columns: Floats, rows: Floats) -> tuple[Floats, Floats]:
        across = ((columns - self.width / 2) / self.focal)[None]
        up = ((self.height / 2 - rows) / self.focal)[:, None]
        level = math.cos(self.tilt) - math.sin(self.tilt) * up
        rise = math.sin(self.tilt) + math.cos(self.tilt) * up
        return self.pan + np.arctan2(across, level), rise / np.hypot(across, level)

    def _enlarged(self, grid: Floats) -> Floats:
        """Values at pixel middles from values at every `_COARSE`-th pixel edge."""
        step = np.array([[1 / _COARSE, 0, 0.5 / _COARSE], [0, 1 / _COARSE, 0.5 / _COARSE]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(grid.astype(np.float32), step, (self.width, self.height), flags=how)


def lens_at(position: HeadPosition, width: int, height: int) -> Lens:
    """The view of a head at this position for a picture of this size."""
    widest = width / 2 / math.tan(HALF_ANGLE)
    return Lens(
        pan=math.radians(position.pan * PAN_REACH_DEG),
        tilt=math.radians(TILT_LEVEL_DEG + position.tilt * TILT_REACH_DEG),
        focal=widest * MOST_ZOOM**position.zoom,
        width=width,
        height=height,
    )


def whole_spread() -> tuple[float, float, float, float]:
    """Left, right, top, bottom of everything any view can cover."""
    views = [lens_at(HeadPosition(pan, tilt, 0.0), 640, 360).spread() for pan in (-1, 1) for tilt in (-1, 1)]
    lefts, rights, tops, bottoms = zip(*views, strict=True)
    return min(lefts), max(rights), max(tops), min(bottoms)
