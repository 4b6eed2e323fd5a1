"""Calculates the wall's geometry: how many columns, where each tile lies, and its picture and bars. Pure."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSizeF

GAP = 3
USUAL_SHAPE = 16 / 9  # of pictures not seen yet
ROOMY_CAPTION, ROOMY_FOOT = 40, 34  # where the picture leaves room above and below it
CAPTION, FOOT = 30, 28
SMALL_TILE = 150  # pixels of height below which captions shrink
SMALL_CAPTION, SMALL_FOOT = 22, 20


def grid_for(count: int, width: float, height: float) -> tuple[int, int]:
    """Columns and rows for `count` tiles: square numbers stand in a square, others where pictures are largest."""
    side = math.isqrt(count)
    if side * side == count:
        return max(1, side), max(1, side)

    def picture_width(columns: int) -> tuple[float, int]:
        rows = math.ceil(count / columns)
        return min(width / columns, height / rows * USUAL_SHAPE), -columns * rows

    columns = max(range(1, count + 1), key=picture_width)
    return columns, math.ceil(count / columns)


def places_for(count: int, width: int, height: int) -> list[QRect]:
    """Where each of `count` tiles lies in `width` by `height` pixels, row by row; all of one size, to the pixel.

    A pixel more here and there would give neighbours captions of different sizes.
    """
    columns, rows = grid_for(count, width, height)
    wide, high = (width - GAP * (columns - 1)) // columns, (height - GAP * (rows - 1)) // rows
    left = (width - columns * wide - GAP * (columns - 1)) // 2
    top = (height - rows * high - GAP * (rows - 1)) // 2
    return [
        QRect(
            left + index % columns * (wide + GAP),
            top + index // columns * (high + GAP),
            max(1, wide),
            max(1, high),
        )
        for index in range(count)
    ]


@dataclass(frozen=True)
class Parts:
    """The parts of one tile."""

    picture: QRectF
    caption: QRectF
    foot: QRectF

    @property
    def caption_over(self) -> bool:
        """True when the caption lies over the picture for want of room."""
        return self.caption.bottom() > self.picture.top() + 0.5

    @property
    def foot_over(self) -> bool:
        return self.foot.top() < self.picture.bottom() - 0.5

    @property
    def middle(self) -> QRectF:
        """What is left between caption and foot."""
        return QRectF(
            self.caption.left(),
            self.caption.bottom(),
            self.caption.width(),
            max(0.0, self.foot.top() - self.caption.bottom()),
        )


def parts_of(tile: QRectF, picture: QSizeF, text_scale: float = 1.0) -> Parts:
    """Where a picture of that size (already fitted into the tile) and the two bars lie.

    Bars stand clear of the picture, close above and below it, where it leaves room for both; where it does not,
    they lie over it. Their heights follow from the tile alone, so that captions side by side are alike.
    """
    usual = min(tile.width() / USUAL_SHAPE, tile.height())
    small = tile.height() < SMALL_TILE
    caption, foot = (SMALL_CAPTION, SMALL_FOOT) if small else (CAPTION, FOOT)
    caption, foot = caption * text_scale, foot * text_scale
    room = tile.height() - usual
    if room >= caption + foot:
        caption = min(ROOMY_CAPTION * text_scale, room - foot)
        foot = min(ROOMY_FOOT * text_scale, room - caption)
    spare = tile.height() - picture.height()
    left = tile.left() + (tile.width() - picture.width()) / 2
    above = 0.0
    if spare >= caption + foot:
        above = (spare - caption - foot) / 2
        top = tile.top() + above + caption
    elif spare >= caption:
        top = tile.top() + caption  # clear of the caption at least
    else:
        top = tile.top() + spare / 2
    return Parts(
        QRectF(left, top, picture.width(), picture.height()),
        QRectF(tile.left(), tile.top() + above, tile.width(), caption),
        QRectF(tile.left(), tile.bottom() - above - foot, tile.width(), foot),
    )
