"""Things cut out with transparent surroundings: a canvas to paint them on in metres, and the finished picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from controlroom.simulator.arrays import Image, scalar
from controlroom.simulator.scene.mood import Colour

_FINE_ENOUGH = (
    40.0  # pixels a metre; below it things are painted twice as large and reduced, for smooth edges
)
_SUBPIXEL_BITS = 4
_ROUND = [(float(np.cos(turn)), float(np.sin(turn))) for turn in np.linspace(0, 2 * np.pi, 21)[:-1]]


@dataclass(frozen=True)
class Cutout:
    """A BGRA picture (colour not premultiplied) at `scale` pixels a metre; its foot is at (`foot_x`, `foot_y`) px.

    `own` is 255 where the thing shines by itself (lamps, lit windows) and 0 where it depends on the street's light;
    None when nothing of it shines.
    """

    image: Image
    own: Image | None
    scale: float
    foot_x: float
    foot_y: float

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.image.nbytes + (0 if self.own is None else self.own.nbytes)


class Canvas:
    """Paints in metres around the foot of a thing: x to the right, y up."""

    def __init__(self, left: float, right: float, bottom: float, top: float, scale: float) -> None:
        self.scale = scale
        finer = 1 if scale >= _FINE_ENOUGH else 2
        self._fine = scale * finer
        self._left, self._top = left, top
        width, height = max(2, round((right - left) * scale)), max(2, round((top - bottom) * scale))
        self._colour = np.zeros((height * finer, width * finer, 3), np.uint8)
        self._alpha = np.zeros((height * finer, width * finer), np.uint8)
        self._own: Image | None = None
        self._size = (width, height)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour, *, shines: bool = False) -> None:
        """A filled polygon."""
        corners = np.array([self._pixel(x, y) for x, y in points], np.int32)
        cv2.fillPoly(self._colour, [corners], _bytes(colour), cv2.LINE_AA, _SUBPIXEL_BITS)
        cv2.fillPoly(self._alpha, [corners], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
        if shines and self._own is None:
            self._own = np.zeros_like(self._alpha)
        if self._own is not None:
            cv2.fillPoly(self._own, [corners], 255 if shines else 0, cv2.LINE_AA, _SUBPIXEL_BITS)

    def veil(self, points: Sequence[tuple[float, float]], colour: Colour, alpha: float) -> None:
        """A translucent polygon on bare canvas (a shadow, a pane): paint it before what stands in front of it."""
        corners = np.array([self._pixel(x, y) for x, y in points], np.int32)
        cv2.fillPoly(self._colour, [corners], _bytes(colour), cv2.LINE_AA, _SUBPIXEL_BITS)
        cv2.fillPoly(self._alpha, [corners], round(255 * alpha), cv2.LINE_AA, _SUBPIXEL_BITS)

    def circle(self, x: float, y: float, radius: float, colour: Colour, *, shines: bool = False) -> None:
        """A filled circle."""
        self.ellipse(x, y, radius, radius, colour, shines=shines)

    def ellipse(
        self, x: float, y: float, across: float, up: float, colour: Colour, *, shines: bool = False
    ) -> None:
        """A filled ellipse with these half axes."""
        self.polygon([(x + across * c, y + up * s) for c, s in _ROUND], colour, shines=shines)

    def limb(self, points: Sequence[tuple[float, float]], thickness: float, colour: Colour) -> None:
        """A line with round ends."""
        corners = np.array([self._pixel(x, y) for x, y in points], np.int32)
        wide = max(1, round(thickness * self._fine))
        cv2.polylines(self._colour, [corners], False, _bytes(colour), wide, cv2.LINE_AA, _SUBPIXEL_BITS)
        cv2.polylines(self._alpha, [corners], False, 255, wide, cv2.LINE_AA, _SUBPIXEL_BITS)

    def box(
        self, x: float, y: float, width: float, height: float, colour: Colour, *, shines: bool = False
    ) -> None:
        """An upright rectangle from its lower left corner."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.polygon(corners, colour, shines=shines)

    def done(self) -> Cutout:
        """The finished picture."""
        weighed = cv2.multiply(self._colour, cv2.merge([self._alpha] * 3), scale=1 / 255)
        colour, alpha = scaled(weighed, self._size), scaled(self._alpha, self._size)
        colour = cv2.divide(colour, cv2.merge([np.maximum(alpha, 1)] * 3), scale=255)
        image = cv2.merge([*cv2.split(colour), alpha])
        left, top, width, height = cv2.boundingRect(alpha)
        rows, columns = slice(top, top + max(1, height)), slice(left, left + max(1, width))
        return Cutout(
            image=np.ascontiguousarray(image[rows, columns]),
            own=None
            if self._own is None
            else np.ascontiguousarray(scaled(self._own, self._size)[rows, columns]),
            scale=self.scale,
            foot_x=-self._left * self.scale - left,
            foot_y=self._top * self.scale - top,
        )

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        unit = self._fine * (1 << _SUBPIXEL_BITS)
        return round((x - self._left) * unit), round((self._top - y) * unit)


@dataclass(frozen=True)
class LightHere:
    """What reaches a thing and the eye: multipliers for blue, green, red, and the haze between."""

    blue: float = 1.0
    green: float = 1.0
    red: float = 1.0
    veil: float = 0.0
    """0 is clear air, 1 nothing but haze."""
    haze: Colour = (0.0, 0.0, 0.0)


def in_light(image: Image, own: Image | None, light: LightHere) -> Image:
    """The colours of a BGRA picture under this light; alpha stays."""
    dimmed = cv2.multiply(image, scalar(light.blue, light.green, light.red, 1.0))
    shown = dimmed if own is None else cv2.copyTo(image, cv2.compare(own, scalar(110), cv2.CMP_GT), dimmed)
    if light.veil > 0.01:
        clear = 1 - light.veil
        shown = cv2.multiply(shown, scalar(clear, clear, clear, 1.0))
        blue, green, red = (each * light.veil * 255 for each in light.haze)
        shown = cv2.add(shown, scalar(blue, green, red, 0))
    return shown


def scaled(layer: Image, size: tuple[int, int]) -> Image:
    """Resized smoothly, whether smaller or larger."""
    if size == (layer.shape[1], layer.shape[0]):
        return layer
    smaller = size[0] < layer.shape[1]
    return cv2.resize(layer, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


def paste(
    picture: Image, cutout: Cutout, x: float, y: float, scale: float, light: LightHere | None = None
) -> None:
    """Put the thing into `picture` with its foot at (x, y) px, at `scale` pixels a metre; clipped at the edges."""
    zoom = scale / cutout.scale
    height, width = cutout.image.shape[:2]
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    left, top = round(x - cutout.foot_x * zoom), round(y - cutout.foot_y * zoom)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.shape[1], left + size[0]), min(picture.shape[0], top + size[1])
    if x0 >= x1 or y0 >= y1:
        return
    own = None if cutout.own is None else scaled(cutout.own, size)
    image = in_light(scaled(cutout.image, size), own, light or LightHere())
    part = image[y0 - top : y1 - top, x0 - left : x1 - left]
    share = part[..., 3:].astype(np.float32) / 255
    area = picture[y0:y1, x0:x1]
    picture[y0:y1, x0:x1] = (area * (1 - share) + part[..., :3] * share).astype(np.uint8)


def _bytes(colour: Colour) -> tuple[int, int, int]:
    blue, green, red = (max(0, min(255, round(each * 255))) for each in colour)
    return blue, green, red
