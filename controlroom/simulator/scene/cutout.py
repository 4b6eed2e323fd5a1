"""Things cut out with transparent surroundings: painted in metres around their foot, and laid over pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from controlroom.simulator.arrays import Image, Whole
from controlroom.simulator.scene.mood import Colour

Channels = tuple[tuple[float, float, float, float], ...]
"""What each channel of a picture takes of blue, green, red and alpha, all premultiplied bytes."""
BGR: Channels = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
YUV: Channels = (
    (0.098, 0.504, 0.257, 16 / 255),
    (0.439, -0.291, -0.148, 128 / 255),
    (-0.071, -0.368, 0.439, 128 / 255),
)
"""BT.601 in video range."""
_SHEETS = (6.0, 12.0, 26.0, 52.0, 104.0)  # pixels a metre
_ENLARGED_AT_MOST = 1.7
_FINER = 2  # painted this much larger and then reduced, for smooth edges
_SUBPIXEL_BITS = 4
_ROUND = [(float(np.cos(turn)), float(np.sin(turn))) for turn in np.linspace(0, 2 * np.pi, 21)[:-1]]


def sheet_for(scale: float) -> float:
    """The scale at which to paint what is shown at many: one of few, so that cut-outs can be shared."""
    return next((each for each in _SHEETS if scale < _ENLARGED_AT_MOST * each), _SHEETS[-1])


@dataclass(frozen=True)
class Look:
    """How a thing is painted: pixels a metre, its light, the haze before it, and the picture's channels."""

    scale: float
    light: Colour = (1.0, 1.0, 1.0)
    veil: float = 0.0
    """0 is clear air, 1 nothing but haze."""
    haze: Colour = (0.0, 0.0, 0.0)
    channels: Channels = BGR

    def channels_in(self, light: Colour) -> Channels:
        """The channels of a thing in this light, seen through the haze."""
        clear, haze = [each * (1 - self.veil) for each in light], [each * self.veil for each in self.haze]
        return tuple(
            (b * clear[0], g * clear[1], r * clear[2], a + b * haze[0] + g * haze[1] + r * haze[2])
            for b, g, r, a in self.channels
        )


@dataclass(frozen=True)
class Cutout:
    """A picture with alpha, colour premultiplied, at `scale` pixels a metre; its foot is at (`foot_x`, `foot_y`) px."""

    image: Image
    scale: float
    foot_x: float
    foot_y: float

    def at(self, scale: float, squash: float = 1.0) -> "Cutout":
        """The same at another scale, its size even; `squash` is what is left of the height seen from above."""
        zoom, up = scale / self.scale, scale / self.scale * squash
        height, width = self.image.shape[:2]
        width, height = max(2, 2 * round(width * zoom / 2)), max(2, 2 * round(height * up / 2))
        image = cv2.resize(self.image, (width, height), interpolation=cv2.INTER_LINEAR)
        return Cutout(image, scale, self.foot_x * zoom, self.foot_y * up)

    def mirrored(self) -> "Cutout":
        """The same the other way round."""
        return replace(self, image=cv2.flip(self.image, 1), foot_x=self.image.shape[1] - self.foot_x)

    def lit(self, look: Look) -> "Cutout":
        """A thing without light of its own, painted in daylight as BGR, as it looks in this light."""
        channels = np.array((*look.channels_in(look.light), (0.0, 0.0, 0.0, 1.0)))
        return replace(self, image=cv2.transform(self.image, channels))


class Canvas:
    """Paints in metres around the foot of a thing: x to the right, y up. Never finer than `finest` pixels a metre."""

    def __init__(
        self, left: float, right: float, bottom: float, top: float, look: Look, finest: float
    ) -> None:
        self._scale = scale = min(look.scale, finest)
        self._left, self._top = left, top
        self._lit, self._own = look.channels_in(look.light), look.channels_in((1.0, 1.0, 1.0))
        width, height = (right - left) * scale, (top - bottom) * scale
        self._size = 2 * round(width / 2) + 2, 2 * round(height / 2) + 2
        self._image = np.zeros((self._size[1] * _FINER, self._size[0] * _FINER, 4), np.uint8)

    def polygon(
        self, points: Sequence[tuple[float, float]], colour: Colour, alpha: int = 255, *, shines: bool = False
    ) -> None:
        """A filled polygon; with an `alpha` below 255 a shadow or a pane, to be painted before what is in front.

        No light of the street changes what shines by itself.
        """
        ink = _ink(colour, self._own if shines else self._lit, alpha)
        cv2.fillPoly(self._image, [self._pixels(points)], ink, cv2.LINE_AA, _SUBPIXEL_BITS)

    def box(
        self, x: float, y: float, width: float, height: float, colour: Colour, *, shines: bool = False
    ) -> None:
        """An upright rectangle from its lower left corner."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.polygon(corners, colour, shines=shines)

    def disc(
        self, x: float, y: float, across: float, up: float, colour: Colour, *, shines: bool = False
    ) -> None:
        """A filled ellipse with these half axes."""
        self.polygon([(x + across * c, y + up * s) for c, s in _ROUND], colour, shines=shines)

    def limb(self, points: Sequence[tuple[float, float]], thickness: float, colour: Colour) -> None:
        """A line with round ends."""
        line, wide = [self._pixels(points)], max(1, round(thickness * self._scale * _FINER))
        ink = _ink(colour, self._lit, 255)
        cv2.polylines(self._image, line, False, ink, wide, cv2.LINE_AA, _SUBPIXEL_BITS)

    def done(self) -> Cutout:
        """The finished picture without its empty edges, its size even."""
        image = cv2.resize(self._image, self._size, interpolation=cv2.INTER_AREA)
        left, top, width, height = cv2.boundingRect(image[..., 3])
        rows = slice(top & ~1, max(2, top + height + 1 & ~1))
        columns = slice(left & ~1, max(2, left + width + 1 & ~1))
        foot = -self._left * self._scale - columns.start, self._top * self._scale - rows.start
        return Cutout(np.ascontiguousarray(image[rows, columns]), self._scale, *foot)

    def _pixels(self, points: Sequence[tuple[float, float]]) -> Whole:
        unit = self._scale * _FINER * (1 << _SUBPIXEL_BITS)
        corners = np.array(points)
        corners -= self._left, self._top
        corners *= unit, -unit
        return np.rint(corners).astype(np.int32)


def _ink(colour: Colour, channels: Channels, alpha: int) -> tuple[float, ...]:
    """The premultiplied bytes of a colour, no brighter than white."""
    blue, green, red = (min(1.0, each) * alpha for each in colour)
    return *(b * blue + g * green + r * red + a * alpha for b, g, r, a in channels), alpha


def paste(picture: Image, cutout: Cutout, foot: tuple[float, float], scale: float) -> None:
    """Put the thing into `picture` with its foot at this pixel, at `scale` pixels a metre; clipped at the edges."""
    shown = cutout.at(scale)
    height, width = shown.image.shape[:2]
    left, top = round(foot[0] - shown.foot_x), round(foot[1] - shown.foot_y)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.shape[1], left + width), min(picture.shape[0], top + height)
    if x0 >= x1 or y0 >= y1:
        return
    part = np.ascontiguousarray(shown.image[y0 - top : y1 - top, x0 - left : x1 - left])
    behind = cv2.bitwise_not(cv2.merge([part[..., 3]] * 3))
    area = np.ascontiguousarray(picture[y0:y1, x0:x1])
    kept = cv2.multiply(area, behind, scale=1 / 255)
    picture[y0:y1, x0:x1] = cv2.add(kept, np.ascontiguousarray(part[..., :3]))


@dataclass(frozen=True)
class Sprite:
    """Planes with colour premultiplied, what to keep of the picture behind, and the foot's place; all sizes even."""

    luma: Image
    luma_keep: Image
    chroma: Image
    chroma_keep: Image
    foot_x: float
    foot_y: float


def sprite_of(shown: Cutout) -> Sprite:
    """The planes of a cut-out painted in YUV."""
    high, wide = shown.image.shape[:2]
    half = cv2.resize(shown.image, (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
    return Sprite(
        luma=cv2.extractChannel(shown.image, 0),
        luma_keep=cv2.bitwise_not(cv2.extractChannel(shown.image, 3)),
        chroma=half[..., 1:3].copy(),
        chroma_keep=cv2.bitwise_not(half[..., [3, 3]]),
        foot_x=shown.foot_x,
        foot_y=shown.foot_y,
    )


def lay(luma: Image, chroma: Image, sprite: Sprite, x: float, y: float) -> None:
    """Lay the sprite over the picture's planes with its foot at (x, y) px; clipped at the edges."""
    height, width = luma.shape
    high, wide = sprite.luma.shape
    left, top = int(x - sprite.foot_x + 0.5) & ~1, int(y - sprite.foot_y + 0.5) & ~1
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + wide), min(height, top + high)
    if x0 >= x1 or y0 >= y1:
        return
    there = slice(y0, y1), slice(x0, x1)
    part = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    _blend(luma[there], sprite.luma[part], sprite.luma_keep[part])
    there, part = (
        (slice(a.start // 2, a.stop // 2), slice(b.start // 2, b.stop // 2)) for a, b in (there, part)
    )
    _blend(chroma[there], sprite.chroma[part], sprite.chroma_keep[part])


def _blend(area: Image, ink: Image, keep: Image) -> None:
    cv2.multiply(area, keep, dst=area, scale=1 / 255)
    cv2.add(area, ink, dst=area)
