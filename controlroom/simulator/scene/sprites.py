"""Moving things ready to be laid over NV12 pictures: cut-outs scaled, lit and split into planes, kept while in use."""

import math
from dataclasses import dataclass

import cv2

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.cutout import Cutout, LightHere, in_light, scaled
from controlroom.simulator.scene.kept import Kept
from controlroom.simulator.scene.mood import Colour
from controlroom.simulator.scene.people import person_cutout
from controlroom.simulator.scene.vehicles import vehicle_cutout

_SIZE_STEP = 1.07  # sizes are rounded to powers of this
_LOG_STEP = math.log(_SIZE_STEP)
_MOST_SPRITES, _MOST_CUTOUTS = 40_000_000, 32_000_000  # bytes
_DIM_GLOW = 6
_SHEETS = (20.0, 44.0, 88.0)  # pixels a metre at which vehicles are painted before they are fitted


@dataclass(frozen=True)
class Sprite:
    """Planes with colour premultiplied, what to keep of the picture behind, and the foot's place; all sizes even."""

    luma: Image
    luma_keep: Image
    chroma: Image
    chroma_keep: Image
    foot_x: float
    foot_y: float

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.luma.nbytes * 2 + self.chroma.nbytes * 2


def lay(luma: Image, chroma: Image, sprite: Sprite, x: float, y: float, glow: Image) -> None:
    """Lay the sprite over the picture's planes with its foot at (x, y) px; clipped at the edges.

    `glow` (a luma plane) is light scattered in front of it.
    """
    height, width = luma.shape
    high, wide = sprite.luma.shape
    left, top = int(x - sprite.foot_x + 0.5) & ~1, int(y - sprite.foot_y + 0.5) & ~1
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + wide), min(height, top + high)
    if x0 >= x1 or y0 >= y1:
        return
    from_y, to_y, from_x, to_x = y0 - top, y1 - top, x0 - left, x1 - left
    area = luma[y0:y1, x0:x1]
    keep = sprite.luma_keep[from_y:to_y, from_x:to_x]
    cv2.multiply(area, keep, dst=area, scale=1 / 255)
    cv2.add(area, sprite.luma[from_y:to_y, from_x:to_x], dst=area)
    shine = glow[y0:y1, x0:x1]
    if shine[(y1 - y0) // 2, (x1 - x0) // 2] > _DIM_GLOW:
        cv2.add(area, cv2.multiply(shine, cv2.bitwise_not(keep), scale=1 / 255), dst=area)
    area = chroma[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
    cv2.multiply(
        area, sprite.chroma_keep[from_y // 2 : to_y // 2, from_x // 2 : to_x // 2], dst=area, scale=1 / 255
    )
    cv2.add(area, sprite.chroma[from_y // 2 : to_y // 2, from_x // 2 : to_x // 2], dst=area)


class SpriteStore:
    """Makes sprites when first asked for and forgets the least used; shared by all cameras and threads."""

    def __init__(self) -> None:
        self._sprites: Kept[Sprite] = Kept(_MOST_SPRITES)
        self._cutouts: Kept[Cutout] = Kept(_MOST_CUTOUTS)

    def person(
        self, outfit: int, view: str, phase: int, scale: float, squash: float, light: LightHere
    ) -> Sprite:
        """A person at `scale` pixels a metre, flattened by the camera's height."""
        step = _step(scale)
        flat = round(squash * 10) / 10
        key = ("person", outfit, view, phase, step, flat, light)

        def make() -> Sprite:
            what = ("person", outfit, view, phase)
            cutout = self._cutouts.get(what, lambda: person_cutout(outfit, view, phase))
            return _made(cutout, _SIZE_STEP**step, flat, light)

        return self._sprites.get(key, make)

    def vehicle(
        self,
        body: str,
        paint: str,
        turn: int,
        rise: int,
        scale: float,
        light: LightHere,
        *,
        lamps_on: bool,
        crisp: bool,
    ) -> Sprite:
        """A vehicle as the camera sees it (see `vehicle_cutout`); `crisp` takes more pains with near ones."""
        step = _step(scale)
        sheets = _SHEETS if crisp else _SHEETS[:2]
        sheet = next((each for each in sheets if scale < 1.25 * each), sheets[-1])
        key = ("vehicle", body, paint, turn, rise, step, light, lamps_on, sheet)

        def make() -> Sprite:
            what = ("vehicle", body, paint, turn, rise, lamps_on, sheet)
            cutout = self._cutouts.get(
                what, lambda: vehicle_cutout(body, paint, turn, rise, lit=lamps_on, scale=sheet)
            )
            return _made(cutout, _SIZE_STEP**step, 1.0, light)

        return self._sprites.get(key, make)


def coarse_light(light: tuple[float, float, float], veil: float, haze: Colour) -> LightHere:
    """Rounded so that sprites can be shared: brightness to an eighth, tint roughly, haze to a tenth."""
    blue, green, red = light
    bright = max(light) or 1.0
    level = max(1, round(bright * 8)) / 8
    tint = (round(blue / bright * 5) / 5, round(green / bright * 5) / 5, round(red / bright * 5) / 5)
    return LightHere(tint[0] * level, tint[1] * level, tint[2] * level, round(veil * 10) / 10, haze)


def _step(scale: float) -> int:
    return round(math.log(max(scale, 0.5)) / _LOG_STEP)


def _made(cutout: Cutout, scale: float, squash: float, light: LightHere) -> Sprite:
    zoom = scale / cutout.scale
    high, wide = cutout.image.shape[:2]
    size = (max(2, 2 * round(wide * zoom / 2)), max(2, 2 * round(high * zoom * squash / 2)))
    own = None if cutout.own is None else scaled(cutout.own, size)
    image = in_light(scaled(cutout.image, size), own, light)
    alpha = cv2.extractChannel(image, 3)
    planar = cv2.cvtColor(image, cv2.COLOR_BGRA2YUV_I420)
    luma = planar[: size[1]]
    chroma = cv2.merge(list(planar[size[1] :].reshape(2, size[1] // 2, size[0] // 2)))
    half = cv2.resize(alpha, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
    pair = cv2.merge([half, half])
    return Sprite(
        luma=cv2.multiply(luma, alpha, scale=1 / 255),
        luma_keep=cv2.bitwise_not(alpha),
        chroma=cv2.multiply(chroma, pair, scale=1 / 255),
        chroma_keep=cv2.bitwise_not(pair),
        foot_x=cutout.foot_x * zoom,
        foot_y=cutout.foot_y * zoom * squash,
    )
