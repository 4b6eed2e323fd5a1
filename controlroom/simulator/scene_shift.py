"""Measures how far a scene has moved between two pictures of a camera, to prove that a pan really panned.

It uses phase correlation on edge-enhanced grey pictures, leaving out the burnt-in text and the counter strip.
"""

import cv2
import numpy as np

from controlroom.simulator.arrays import Floats, Image, Whole

_OVERLAY_SHARE = 0.09
"""The lowest part of the picture: name, clock and counter strip stand still while the scene moves."""
_WORK_WIDTH = 640


def shift_px(before: Image, after: Image, *, top_share: float = 0.0) -> tuple[float, float]:
    """Return how many pixels the scene moved to the right and down from one picture to the other.

    Both are BGR, BGRX or grey and of one size. A lens that pans right moves the scene left: dx is negative. The
    result is good to a few pixels up to a quarter of the width; beyond that only the movement itself is certain.
    `top_share` of the height is left out too, for pictures with text over their top. Raises ValueError for unequal
    sizes.
    """
    if before.shape[:2] != after.shape[:2]:
        raise ValueError(f"pictures of different size: {before.shape[:2]} and {after.shape[:2]}")
    share = min(1.0, _WORK_WIDTH / before.shape[1])
    first, second = _prepared(before, share, top_share), _prepared(after, share, top_share)
    (dx, dy), _ = cv2.phaseCorrelate(first, second, cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F))
    return _settled(first, second, dx, dy, share)


def _settled(first: Whole, second: Whole, dx: float, dy: float, share: float) -> tuple[float, float]:
    """Resolve the wrap-around of a shift by more than half the picture: of the possible readings, the better match
    is right.
    """
    height, width = first.shape
    candidates = [
        (dx + turn_x, dy + turn_y) for turn_x in (0, width, -width) for turn_y in (0, height, -height)
    ]
    likely = [each for each in candidates if abs(each[0]) < 0.8 * width and abs(each[1]) < 0.8 * height]
    best = max(likely, key=lambda each: _agreement(first, second, round(each[0]), round(each[1])))
    return best[0] / share, best[1] / share


def _agreement(first: Whole, second: Whole, dx: int, dy: int) -> float:
    """Return the correlation of the parts that would overlap."""
    height, width = first.shape
    here = first[max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)]
    there = second[max(0, dy) : height - max(0, -dy), max(0, dx) : width - max(0, -dx)]
    norm = float(np.sqrt((here * here).sum() * (there * there).sum()))
    return float((here * there).sum()) / norm if norm else -1.0


def _prepared(picture: Image, share: float, top_share: float) -> Floats:
    grey = (
        picture
        if picture.ndim == 2
        else cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_BGR2GRAY)
    )
    height = grey.shape[0]
    grey = grey[int(height * top_share) : int(height * (1 - _OVERLAY_SHARE))]
    size = (round(grey.shape[1] * share), round(grey.shape[0] * share))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    even = small - cv2.GaussianBlur(small, (0, 0), 9)
    return np.clip(even, -40, 40)
