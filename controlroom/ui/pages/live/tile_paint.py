"""Draws what is around a tile's picture: caption, foot, the words where no picture is, the empty tile.

Caption and foot are drawn into pixmaps, which a tile stores and draws again with every picture.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QLinearGradient, QPainter, QPixmap

from controlroom.cameras.records import Camera
from controlroom.ui import icons, theme
from controlroom.ui.pages.live.grid import CAPTION, ROOMY_CAPTION, SMALL_CAPTION
from controlroom.ui.pages.live.tile_words import NOTHING, TileWords
from controlroom.ui.widgets.marks import paint_mark, paint_pill, pill_width
from controlroom.ui.widgets.painting import CENTRED, name_that_fits, rounded
from controlroom.ui.widgets.painting import words as write

# The wall is dark in every theme: pictures of the night read badly on a light ground.
GROUND, GAP_GROUND = QColor("#0a0d11"), QColor("#06080b")
INK, INK_DIM, INK_FAINT, CHIP = QColor("#e6ebf1"), QColor("#93a1b0"), QColor("#76869b"), QColor("#1a222c")
RATE_FROM = 350  # pixels of width: narrower captions keep to the picture's age
EMPTY_HINT = "Drop a camera here, or type its number"
VEIL = QColor(92, 100, 112, 158)
ON_PICTURE = QColor("#f2f5f8")  # over pictures text is light in every theme
ON_PICTURE_DIM = QColor("#d5dce5")
CHIP_ON_PICTURE = QColor(8, 10, 14, 225)
CLEAR = QColor(0, 0, 0, 0)
EDGE_ON_PICTURE = QColor(0, 0, 0, 170)  # beside a bright line, so that it is seen over a bright wall too


@dataclass(frozen=True)
class _Sizes:
    """Text sizes of a caption, by its height."""

    number: float
    name: float
    facts: float
    mark: float


_SIZES = {
    SMALL_CAPTION: _Sizes(11.5, 11, 10.5, 7),
    CAPTION: _Sizes(13.5, 13, 12, 9),
    ROOMY_CAPTION: _Sizes(17, 15, 13, 10),
}


def _sizes_for(height: float) -> _Sizes:
    fitting = [size for least, size in _SIZES.items() if theme.px(least) <= height + 4]
    return fitting[-1] if fitting else _SIZES[SMALL_CAPTION]


@contextmanager
def _drawing(size: QSizeF, ratio: float, ground: QColor = CLEAR) -> Iterator[tuple[QPixmap, QPainter]]:
    """A pixmap of that size in logical pixels, and the painter that draws into it until the block ends."""
    pixmap = QPixmap(max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(ground)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    yield pixmap, painter
    painter.end()


def draw_caption(
    size: QSizeF, ratio: float, camera: Camera, words: TileWords, *, selected: bool, over: bool
) -> QPixmap:
    """Number in bold, name, rate and age of the picture, the state's mark."""
    width, height = size.width(), size.height()
    sizes = _sizes_for(height)
    ink, dim = (ON_PICTURE, ON_PICTURE_DIM) if over else (INK, INK_DIM)
    with _drawing(size, ratio) as (pixmap, painter):
        if over and words.has_picture:
            _shade(painter, width, height)
        chip = QRectF(6, 4, 0, height - 8)
        left = _paint_number(painter, chip, camera.number, sizes, selected=selected, over=over)
        mark = theme.px(sizes.mark)
        right = width - 10.0 - mark
        paint_mark(painter, QRectF(right, (height - mark) / 2, mark, mark), words.state)
        names = QFontMetricsF(theme.font(sizes.name, theme.MEDIUM))
        least = names.horizontalAdvance(camera.name.partition(", ")[2] or camera.name[:8]) + 17
        metrics = QFontMetricsF(theme.font(sizes.facts, theme.MEDIUM))
        wide = width >= theme.px(RATE_FROM)
        said = _facts_that_fit(words, metrics, right - 16 - left, least, rate=wide)
        if said:
            room = metrics.horizontalAdvance(said)
            right -= room + 7
            write(painter, QRectF(right, 0, room + 2, height), said, dim, sizes.facts, theme.MEDIUM)
        room = right - 10 - left
        if room > theme.px(20):
            name = name_that_fits(camera.name, names, room)
            write(painter, QRectF(left, 0, room + 2, height), name, ink, sizes.name, theme.MEDIUM)
    return pixmap


def draw_foot(
    size: QSizeF, ratio: float, words: TileWords, note: str, note_state: str = "accent"
) -> QPixmap | None:
    """The state in words where it is not live, else `note` (who has control); None where nothing is to be said."""
    state = words.state if words.foot else note_state
    font = theme.font(12.5 if size.height() >= theme.px(26) else 10.5, theme.MEDIUM)
    metrics = QFontMetricsF(font)
    room = size.width() - 12

    def width_of(text: str) -> float:
        return pill_width(QFontMetrics(font), text)

    text = words.foot or note
    if text and width_of(text) > room and words.short:
        text = words.short
    if not text:
        return None
    height = min(size.height() - 4, metrics.height() + 8)
    top = (size.height() - height) / 2
    with _drawing(size, ratio) as (pixmap, painter):
        painter.setFont(font)
        paint_pill(painter, QRectF(6, top, min(width_of(text), room), height), text, state)
    return pixmap


def drag_picture(camera: Camera, ratio: float) -> QPixmap:
    """What hangs on the pointer while a camera is dragged: its caption."""
    size = QSizeF(theme.px(240), theme.px(34))
    with _drawing(size, ratio, GROUND) as (pixmap, painter):
        painter.drawPixmap(0, 0, draw_caption(size, ratio, camera, NOTHING, selected=True, over=False))
    return pixmap


def paint_absence(painter: QPainter, box: QRectF, words: TileWords) -> None:
    """Why there is no picture, in the middle of `box`; where room is short, the headline alone."""
    large = box.width() >= theme.px(300)
    head, body = theme.font(19 if large else 14, theme.STRONG), theme.font(13 if large else 11.5)
    inner = box.adjusted(10, 0, -10, 0)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    above = QFontMetricsF(head).boundingRect(inner, flags, words.headline)
    below = QFontMetricsF(body).boundingRect(inner, flags, words.detail) if words.detail else QRectF()
    gap = 8 if words.detail else 0
    if above.height() + gap + below.height() > inner.height():
        below, gap = QRectF(), 0
    top = inner.center().y() - (above.height() + gap + below.height()) / 2
    painter.setFont(head)
    painter.setPen(INK_DIM)
    painter.drawText(QRectF(inner.left(), top, inner.width(), above.height() + 1), flags, words.headline)
    if gap:
        painter.setFont(body)
        painter.setPen(INK_FAINT)
        room = QRectF(inner.left(), top + above.height() + gap, inner.width(), below.height() + 2)
        painter.drawText(room, flags, words.detail)


def paint_empty(painter: QPainter, box: QRectF, ratio: float) -> None:
    """The invitation on a tile without a camera."""
    size, middle = theme.px(26), box.center()
    text = box.adjusted(16, 0, -16, 0)
    text.setTop(middle.y() + 4)
    if box.height() > theme.px(110):
        picture = icons.pixmap("plus", "text_faint", size, ratio)
        painter.drawPixmap(QPointF(middle.x() - size / 2, middle.y() - size - 4), picture)
    else:
        text = box.adjusted(8, 0, -8, 0)
    painter.setFont(theme.font(13))
    painter.setPen(INK_FAINT)
    above = Qt.AlignmentFlag.AlignTop if text.top() > box.top() else Qt.AlignmentFlag.AlignVCenter
    painter.drawText(text, Qt.AlignmentFlag.AlignHCenter | above | Qt.TextFlag.TextWordWrap, EMPTY_HINT)


def _shade(painter: QPainter, width: float, height: float) -> None:
    shade = QLinearGradient(0, 0, 0, height)
    shade.setColorAt(0, QColor(0, 0, 0, 190))
    shade.setColorAt(0.6, QColor(0, 0, 0, 110))
    shade.setColorAt(1, QColor(0, 0, 0, 0))
    painter.fillRect(QRectF(0, 0, width, height), shade)


def _paint_number(
    painter: QPainter, box: QRectF, number: str, sizes: _Sizes, *, selected: bool, over: bool
) -> float:
    font = theme.font(sizes.number, theme.NUMBER)
    box.setWidth(QFontMetricsF(font).horizontalAdvance(number) + 14)
    back = "accent_fill" if selected else CHIP_ON_PICTURE if over else CHIP
    rounded(painter, box, back, radius=5)
    ink = "on_accent" if selected else ON_PICTURE if over else INK
    write(painter, box, number, ink, sizes.number, theme.NUMBER, CENTRED)
    return box.right() + 8


def _facts_that_fit(words: TileWords, metrics: QFontMetricsF, room: float, name: float, *, rate: bool) -> str:
    """Rate and age of the picture, or the age alone; nothing where that leaves less than `name` for the name."""
    both = f"{words.rate} · {words.age}" if rate and words.rate else words.age
    fitting = (said for said in (both, words.age) if metrics.horizontalAdvance(said) + name <= room)
    return next(fitting, "")
