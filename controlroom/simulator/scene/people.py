"""Cut-outs of people walking or standing, from the side, from the front and from behind."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from controlroom.simulator.scene.cutout import Canvas, Cutout, Look
from controlroom.simulator.scene.mood import Colour, shade

PHASES = 8
STRIDE_M = 1.4
"""Way covered in one round of the phases: two steps."""
OUTFITS = 12
_FINEST = 104.0  # pixels a metre
_SHOE: Colour = (0.10, 0.10, 0.11)


def _colours(codes: str) -> list[Colour]:
    """Colours from two hexadecimal digits each for blue, green and red."""
    values = [each / 255 for each in bytes.fromhex(codes)]
    return list(zip(values[::3], values[1::3], values[2::3], strict=True))


_COATS = _colours("262121 573824 2e2e85 384d3d 4d708f 6b6b66 855c33 99adb8 423d4d 3385a8")
_LEGS = _colours("4d382b 212124 42474d 664d3d 576b7a")
_SKINS = _colours("8fade0 7599cc 4d6b99 334d70 263857")
_HAIRS = _colours("141417 24334a 527f9e 8c8f91")


@dataclass(frozen=True)
class Outfit:
    """What one person looks like."""

    coat: Colour
    legs: Colour
    skin: Colour
    hair: Colour
    size: float
    """1 is a person of 1.75 m."""
    hem: float
    """Height of the coat's end."""
    bag: str


@lru_cache(maxsize=OUTFITS)
def outfit(number: int) -> Outfit:
    """The outfit with this number, always the same."""
    rng = np.random.default_rng(number + 400)
    coat, legs, skin, hair = (each[rng.integers(len(each))] for each in (_COATS, _LEGS, _SKINS, _HAIRS))
    bag = str(rng.choice(["", "", "rucksack", "carrier"]))
    return Outfit(coat, legs, skin, hair, rng.uniform(0.9, 1.07), rng.choice([0.62, 0.84, 0.84]), bag)


@lru_cache(maxsize=768)
def person_cutout(number: int, view: str, phase: int, scale: float) -> Cutout:
    """A person in daylight; `right` is walking to the right, phase PHASES is standing."""
    wears, size = outfit(number), outfit(number).size
    canvas = Canvas(-0.62, 0.62, -0.08, 2.05, Look(scale), _FINEST)
    canvas.polygon([(0.32 * math.cos(t), 0.06 * math.sin(t)) for t in np.linspace(0, 6, 14)], (0, 0, 0), 100)
    swing = 0.0 if phase >= PHASES else math.sin(2 * math.pi * phase / PHASES)
    facing = {"right": 1.0, "left": -1.0}.get(view, 0.0)
    hip, shoulder = 0.88 * size, 1.42 * size
    wide = 0.15 if facing else 0.21
    _legs(canvas, wears, facing, swing)
    _arm(canvas, wears, facing, -swing, -1)
    if wears.bag == "rucksack" and view != "front":
        canvas.disc(-facing * 0.2, shoulder - 0.22, 0.14, 0.25, (0.20, 0.22, 0.34))
    body = [
        (-wide, shoulder - 0.04),
        (wide, shoulder - 0.04),
        (wide, wears.hem * size),
        (-wide, wears.hem * size),
    ]
    canvas.polygon(body, wears.coat)
    canvas.disc(0, shoulder - 0.04, wide, 0.09, wears.coat)
    canvas.box(-wide, wears.hem * size, wide * 0.7, shoulder - wears.hem * size, shade(wears.coat, 0.8))
    _arm(canvas, wears, facing, swing, 1)
    if wears.bag == "carrier":
        x = facing * swing * 0.3 or 0.28
        canvas.polygon(
            [(x - 0.1, hip), (x + 0.1, hip), (x + 0.13, hip - 0.3), (x - 0.13, hip - 0.3)], (0.8, 0.8, 0.8)
        )
    y = shoulder + 0.18 * size
    canvas.limb([(0, shoulder), (facing * 0.02, y)], 0.09 * size, wears.skin)
    canvas.disc(facing * 0.03, y, 0.1 * size, 0.125 * size, wears.hair if view == "back" else wears.skin)
    canvas.disc(-facing * 0.02, y + 0.06 * size, 0.1 * size, 0.075 * size, wears.hair)
    return canvas.done()


def _legs(canvas: Canvas, wears: Outfit, facing: float, swing: float) -> None:
    """Two steps apart from the side; one foot a little higher from the front."""
    size = wears.size
    for side, step, tone in ((-1, -swing, 0.75), (1, swing, 1.0)):
        foot = facing * step * 0.36 or side * 0.09
        lift = 0.0 if facing else max(0.0, step) * 0.09
        knee = (foot * 0.5 + facing * 0.04, 0.48 * size)
        canvas.limb(
            [(foot * 0.1, 0.88 * size), knee, (foot, 0.09 + lift)], 0.14 * size, shade(wears.legs, tone)
        )
        canvas.limb([(foot, 0.05 + lift), (foot + facing * 0.12, 0.05 + lift)], 0.09, _SHOE)


def _arm(canvas: Canvas, wears: Outfit, facing: float, swing: float, side: int) -> None:
    size = wears.size
    hand = (facing * swing * 0.3 or side * 0.27, 0.9 * size)
    at = (0.0 if facing else side * 0.2, 1.36 * size)
    canvas.limb(
        [at, ((at[0] + hand[0]) / 2, 1.1 * size), hand],
        0.1 * size,
        shade(wears.coat, 0.72 if side < 0 else 0.9),
    )
    canvas.disc(hand[0], hand[1] - 0.03, 0.045, 0.045, wears.skin)
