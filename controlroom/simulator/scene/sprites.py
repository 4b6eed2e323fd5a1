"""Moving things ready to be laid over the planes of an NV12 picture."""

from dataclasses import dataclass

import cv2

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.cutout import Cutout


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
