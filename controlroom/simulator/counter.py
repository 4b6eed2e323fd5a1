"""Draws and reads the frame counter burnt into every simulated picture: a strip of light and dark cells.

Two rows of thirteen cells in the bottom right corner carry 16 bits of counter, 6 bits of checksum and four reference
cells. A cell is 1/112 of the picture's width: 5.7 px at 640, 2.7 px in a tile 300 px wide, which H.264 and scaling
survive (tests/simulator/test_counter.py).
"""

from functools import lru_cache

import numpy as np

from controlroom.simulator.arrays import Floats, Image, Whole

MODULUS = 1 << 16
"""Counters are drawn and read modulo this; a multiple of the send log's 4096 slots."""

COLUMNS, ROWS = 13, 2
CELLS_PER_WIDTH = 112
DARK, LIGHT = 24, 228  # inside the video range, so that drawing on a luma plane needs no conversion
_MARGIN = 1.0  # cells between the strip and the picture's edges
_BORDER = 0.5  # cells of dark ground around the strip
_WHITE_CELLS, _BLACK_CELLS = (0, 25), (1, 24)
_LEAST_CONTRAST = 60
_SHIFTS = (0.0, -0.3, 0.3)  # cells; scaling may move the strip by part of a pixel


def area(width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom in pixels of what `draw` covers in a picture of this size; all even."""
    left, top, right, bottom = _edges(width, height)
    cell = width / CELLS_PER_WIDTH
    outer = (left - _BORDER * cell, top - _BORDER * cell, right + _BORDER * cell, bottom + _BORDER * cell)
    even = [round(each / 2) * 2 for each in outer]
    return max(0, even[0]), max(0, even[1]), min(width, even[2]), min(height, even[3])


def draw(image: Image, value: int) -> None:
    """Burn `value` (modulo 65,536) into `image`, height × width with or without channels, in place."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = area(width, height)
    lit = np.array([*_cells(value % MODULUS), False])
    shown = np.where(lit, LIGHT, DARK).astype(np.uint8)[_strip(width, height)]
    image[y0:y1, x0:x1] = shown.reshape(*shown.shape, *(1 for _ in image.shape[2:]))


@lru_cache(maxsize=16)
def _strip(width: int, height: int) -> Whole:
    """Return which cell each pixel of the strip belongs to; its dark border is one cell more."""
    x0, y0, x1, y1 = area(width, height)
    left, top, _, _ = _edges(width, height)
    cell = width / CELLS_PER_WIDTH
    strip = np.full((y1 - y0, x1 - x0), ROWS * COLUMNS)
    for index in range(ROWS * COLUMNS):
        row, column = divmod(index, COLUMNS)
        ys = slice(round(top + row * cell) - y0, round(top + (row + 1) * cell) - y0)
        xs = slice(round(left + column * cell) - x0, round(left + (column + 1) * cell) - x0)
        strip[ys, xs] = index
    return strip


def read(image: Image) -> int | None:
    """Read the counter in a whole picture (grey, BGR or BGRX, any size from about 280 px wide).

    None if unreadable.
    """
    height, width = image.shape[:2]
    if width < 2 * CELLS_PER_WIDTH or height < 24:
        return None
    grey = image if image.ndim == 2 else image[..., 1]
    for down in _SHIFTS:
        for right in _SHIFTS:
            value = _value(_sample(grey, right, down))
            if value is not None:
                return value
    return None


def _edges(width: int, height: int) -> tuple[float, float, float, float]:
    cell = width / CELLS_PER_WIDTH
    right, bottom = width - _MARGIN * cell, height - _MARGIN * cell
    return right - COLUMNS * cell, bottom - ROWS * cell, right, bottom


def _cells(value: int) -> list[bool]:
    word = value << 6 | _checksum(value)
    bits = [bool(word >> (21 - place) & 1) for place in range(22)]
    return [True, False, *bits, False, True]


def _checksum(value: int) -> int:
    """Compute the CRC-6 of the counter's 16 bits (polynomial x^6 + x + 1, start 0x2a so that zero is not all dark)."""
    crc = 0x2A
    for place in range(15, -1, -1):
        crc = (crc << 1) | (value >> place & 1)
        if crc & 0x40:
            crc ^= 0x43
    return crc & 0x3F


def _value(levels: Floats) -> int | None:
    white = min(float(levels[place]) for place in _WHITE_CELLS)
    black = max(float(levels[place]) for place in _BLACK_CELLS)
    if white - black < _LEAST_CONTRAST:
        return None
    share = (levels - black) / (white - black)
    if bool(np.any((share > 0.35) & (share < 0.65))):
        return None
    word = 0
    for place in range(2, 24):
        word = word << 1 | int(share[place] > 0.5)
    value = word >> 6
    return value if _checksum(value) == word & 0x3F else None


def _sample(grey: Image, right: float, down: float) -> Floats:
    height, width = grey.shape
    rows, columns = _sample_points(width, height, right, down)
    return grey[rows, columns].mean(axis=1, dtype=np.float32)


@lru_cache(maxsize=512)
def _sample_points(width: int, height: int, right: float, down: float) -> tuple[Whole, Whole]:
    """Return row and column indices, 26 × points, of pixels around the middle of each cell."""
    left, top, _, _ = _edges(width, height)
    cell = width / CELLS_PER_WIDTH
    spots = (0.38, 0.62) if cell > 4 else (0.5,)
    rows, columns = [], []
    for index in range(ROWS * COLUMNS):
        row, column = divmod(index, COLUMNS)
        ys = [int(top + (row + spot + down) * cell) for spot in spots for _ in spots]
        xs = [int(left + (column + spot + right) * cell) for _ in spots for spot in spots]
        rows.append(ys)
        columns.append(xs)
    return np.clip(np.array(rows), 0, height - 1), np.clip(np.array(columns), 0, width - 1)
