"""Moving things ready to be laid over NV12 pictures: cut-outs scaled, lit and split into planes, kept while in use."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.cutout import Cutout, LightHere
from controlroom.simulator.scene.lighting import StreetLight, haze_share

_SIZE_STEP = math.log(1.14)  # sizes are rounded to powers of this
_LAMPLIGHT_STEPS, _VEIL_STEPS, _SQUASH_STEPS = 5, 6, 6
_MOST_SPRITES, _MOST_CUTOUTS = 14_000_000, 22_000_000  # bytes
_LARGEST_SHARE = 0.04  # a bus right before the lens would drive out all others
_SHEETS = (12.0, 26.0, 52.0, 104.0)  # pixels a metre at which things are painted before they are fitted
_ENLARGED_AT_MOST = 1.7
_INTO_YUV = np.array(  # premultiplied BGRA to premultiplied BT.601 YUV and alpha
    [
        (0.098, 0.504, 0.257, 16 / 255),
        (0.439, -0.291, -0.148, 128 / 255),
        (-0.071, -0.368, 0.439, 128 / 255),
        (0.0, 0.0, 0.0, 1.0),
    ]
)


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
        return 2 * (self.luma.nbytes + self.chroma.nbytes)


class SpriteStore:
    """Makes sprites when first asked for and forgets the least used; shared by all cameras and threads."""

    def __init__(self) -> None:
        self._sprites: _Kept[Sprite] = _Kept(_MOST_SPRITES)
        self._cutouts: _Kept[Cutout] = _Kept(_MOST_CUTOUTS)

    def sprite(
        self, what: Hashable, scale: float, place: "Place", paint: Callable[[float], Cutout]
    ) -> Sprite:
        """The thing known as `what` at `scale` pixels a metre; `paint(scale)` makes its cut-out when there is none."""
        step = round(math.log(scale) / _SIZE_STEP)

        def make() -> Sprite:
            sheet = next((each for each in _SHEETS if scale < _ENLARGED_AT_MOST * each), _SHEETS[-1])
            cutout = self._cutouts.get((what, sheet), lambda: paint(sheet))
            return _fitted(cutout, math.exp(step * _SIZE_STEP) / cutout.scale, place)

        return self._sprites.get((what, step, place.look), make)


Item = TypeVar("Item", Sprite, Cutout)


class _Kept(Generic[Item]):
    """The items used last but huge ones, up to so many bytes together; safe to use from several threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._items: OrderedDict[Hashable, Item] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Item]) -> Item:
        """The item of this key, made when it is not there."""
        with self._lock:
            item = self._items.get(key)
            if item is not None:
                self._items.move_to_end(key)
                return item
        item = make()
        with self._lock:
            if key not in self._items and item.nbytes < self._most_bytes * _LARGEST_SHARE:
                self._items[key] = item
                self._bytes += item.nbytes
            while self._bytes > self._most_bytes and len(self._items) > 1:
                self._bytes -= self._items.popitem(last=False)[1].nbytes
        return item


class Place:
    """What a thing's place does to its looks, rounded so that sprites can be shared by cameras and pictures."""

    def __init__(self, light: StreetLight, x: float, z: float, squash: float = 1.0) -> None:
        self.light = light
        lamplight = round(light.lamplight_at(x, z) * _LAMPLIGHT_STEPS)
        veil = round(haze_share(math.hypot(x, z)) * _VEIL_STEPS)
        self.look = light.mood.light, lamplight, veil, round(squash * _SQUASH_STEPS)

    @property
    def squash(self) -> float:
        """How much of its height is left to a thing seen from above."""
        return self.look[3] / _SQUASH_STEPS

    @property
    def light_here(self) -> LightHere:
        """The rounded light."""
        _, lamplight, veil, _ = self.look
        return LightHere(
            self.light.of(lamplight / _LAMPLIGHT_STEPS), veil / _VEIL_STEPS, self.light.mood.haze
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


def _fitted(cutout: Cutout, zoom: float, place: Place) -> Sprite:
    high, wide = cutout.image.shape[:2]
    width, height = max(2, 2 * round(wide * zoom / 2)), max(2, 2 * round(high * zoom * place.squash / 2))
    whole = cutout.seen((width, height), place.light_here, _INTO_YUV)
    half = cv2.resize(whole, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return Sprite(
        luma=cv2.extractChannel(whole, 0),
        luma_keep=cv2.bitwise_not(cv2.extractChannel(whole, 3)),
        chroma=half[..., 1:3].copy(),
        chroma_keep=255 - half[..., [3, 3]],
        foot_x=cutout.foot_x * zoom,
        foot_y=cutout.foot_y * zoom * place.squash,
    )
