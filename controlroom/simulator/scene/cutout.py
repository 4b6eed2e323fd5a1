"""Things cut out with transparent surroundings: a canvas to paint them on in metres, and the finished picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from controlroom.simulator.arrays import Floats, Image
from controlroom.simulator.scene.mood import Colour, to_bytes

_FINER = 2  # painted this much larger and then reduced, for smooth edges
_SUBPIXEL_BITS = 4
_AS_BGRA = np.eye(4)
_ROUND = [(float(np.cos(turn)), float(np.sin(turn))) for turn in np.linspace(0, 2 * np.pi, 21)[:-1]]


@dataclass(frozen=True)
class LightHere:
    """What reaches a thing and the eye: multipliers for blue, green, red, and the haze between."""

    colour: Colour = (1.0, 1.0, 1.0)
    veil: float = 0.0
    """0 is clear air, 1 nothing but haze."""
    haze: Colour = (0.0, 0.0, 0.0)

    def matrix(self, colour: Colour) -> Floats:
        """Turns premultiplied BGRA of a thing lit in this colour into what the eye sees."""
        lit = np.diag([*(each * (1 - self.veil) for each in colour), 1.0])
        lit[:3, 3] = [each * self.veil for each in self.haze]
        return lit


@dataclass(frozen=True)
class Cutout:
    """A BGRA picture, colour premultiplied, at `scale` pixels a metre; its foot is at (`foot_x`, `foot_y`) px.

    What shines by itself (lamps, lit windows) is in a picture of its own: no light of the street changes it.
    """

    image: Image
    shining: Image | None
    scale: float
    foot_x: float
    foot_y: float

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.image.nbytes * (1 if self.shining is None else 2)

    def seen(self, size: tuple[int, int], light: LightHere, into: Floats = _AS_BGRA) -> Image:
        """The picture in another size and in this light, premultiplied; `into` turns BGRA into other channels."""
        seen = cv2.transform(_resized(self.image, size), into @ light.matrix(light.colour))
        if self.shining is not None:
            own = cv2.transform(_resized(self.shining, size), into @ light.matrix((1.0, 1.0, 1.0)))
            seen = cv2.add(seen, own)
        return seen


def _resized(image: Image, size: tuple[int, int]) -> Image:
    how = cv2.INTER_AREA if size[0] < image.shape[1] else cv2.INTER_LINEAR
    return cv2.resize(image, size, interpolation=how)


class Canvas:
    """Paints in metres around the foot of a thing: x to the right, y up."""

    def __init__(self, left: float, right: float, bottom: float, top: float, scale: float) -> None:
        self._scale, self._left, self._top = scale, left, top
        self._size = max(2, round((right - left) * scale)), max(2, round((top - bottom) * scale))
        width, height = (each * _FINER for each in self._size)
        self._image = np.zeros((height, width, 4), np.uint8)
        self._own = np.zeros((height, width), np.uint8)

    def polygon(
        self, points: Sequence[tuple[float, float]], colour: Colour, alpha: int = 255, *, shines: bool = False
    ) -> None:
        """A filled polygon; with an `alpha` below 255 a shadow or a pane, to be painted before what is in front."""
        corners = self._pixels(points)
        shown = tuple(each * alpha // 255 for each in to_bytes(colour))
        cv2.fillPoly(self._image, [corners], (*shown, alpha), cv2.LINE_AA, _SUBPIXEL_BITS)
        cv2.fillPoly(self._own, [corners], 255 if shines else 0, cv2.LINE_AA, _SUBPIXEL_BITS)

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
        wide = max(1, round(thickness * self._scale * _FINER))
        line = [self._pixels(points)]
        cv2.polylines(self._image, line, False, (*to_bytes(colour), 255), wide, cv2.LINE_AA, _SUBPIXEL_BITS)

    def done(self) -> Cutout:
        """The finished picture without its empty edges."""
        image, own = (
            cv2.resize(each, self._size, interpolation=cv2.INTER_AREA) for each in (self._image, self._own)
        )
        left, top, width, height = cv2.boundingRect(image[..., 3])
        part = slice(top, top + max(1, height)), slice(left, left + max(1, width))
        foot = -self._left * self._scale - left, self._top * self._scale - top
        image, mask = image[part], own[part] > 110
        shining = np.where(mask[..., None], image, 0) if mask.any() else None
        return Cutout(np.where(mask[..., None], 0, image), shining, self._scale, *foot)

    def _pixels(self, points: Sequence[tuple[float, float]]) -> Image:
        unit = self._scale * _FINER * (1 << _SUBPIXEL_BITS)
        return np.array(
            [[round((x - self._left) * unit), round((self._top - y) * unit)] for x, y in points], np.int32
        )


def paste(picture: Image, cutout: Cutout, foot: tuple[float, float], scale: float, light: LightHere) -> None:
    """Put the thing into `picture` with its foot at this pixel, at `scale` pixels a metre; clipped at the edges."""
    zoom = scale / cutout.scale
    height, width = cutout.image.shape[:2]
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    left, top = round(foot[0] - cutout.foot_x * zoom), round(foot[1] - cutout.foot_y * zoom)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.shape[1], left + size[0]), min(picture.shape[0], top + size[1])
    if x0 >= x1 or y0 >= y1:
        return
    part = np.ascontiguousarray(cutout.seen(size, light)[y0 - top : y1 - top, x0 - left : x1 - left])
    behind = cv2.bitwise_not(cv2.merge([part[..., 3]] * 3))
    area = np.ascontiguousarray(picture[y0:y1, x0:x1])
    shown = cv2.multiply(area, behind, scale=1 / 255)
    picture[y0:y1, x0:x1] = cv2.add(shown, np.ascontiguousarray(part[..., :3]))
