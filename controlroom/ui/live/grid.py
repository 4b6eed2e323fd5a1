"""Pure geometry of the wall: how many columns, where each tile lies, and where its picture and its bars lie."""

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
    """Where each of `count` tiles lies in `width` by `height` pixels, row by row."""
    columns, rows = grid_for(count, width, height)
    across, down = (width + GAP) / columns, (height + GAP) / rows
    places = []
    for index in range(count):
        row, column = divmod(index, columns)
        left, top = round(column * across), round(row * down)
        right, bottom = round((column + 1) * across) - GAP, round((row + 1) * down) - GAP
        places.append(QRect(left, top, max(1, right - left), max(1, bottom - top)))
    return places


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
        """True when the foot does."""
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

    Bars stand clear of the picture where it leaves room for both; where it does not, they lie over it.
    """
    spare = tile.height() - picture.height()
    left = tile.left() + (tile.width() - picture.width()) / 2
    small = tile.height() < SMALL_TILE
    caption, foot = (SMALL_CAPTION, SMALL_FOOT) if small else (CAPTION, FOOT)
    caption, foot = caption * text_scale, foot * text_scale
    if spare >= caption + foot:
        caption = min(ROOMY_CAPTION * text_scale, spare - foot)
        foot = min(ROOMY_FOOT * text_scale, spare - caption)
        top = tile.top() + caption + (spare - caption - foot) / 2
    elif spare >= caption and not small:
        top = tile.top() + caption  # clear of the caption at least
    else:
        top = tile.top() + spare / 2
    return Parts(
        QRectF(left, top, picture.width(), picture.height()),
        QRectF(tile.left(), tile.top(), tile.width(), caption),
        QRectF(tile.left(), tile.bottom() - foot, tile.width(), foot),
    )
