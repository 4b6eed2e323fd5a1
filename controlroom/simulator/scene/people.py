"""Cut-outs of people walking or standing, from the side, from the front and from behind."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from controlroom.simulator.scene.cutout import Canvas, Cutout
from controlroom.simulator.scene.mood import Colour

PHASES = 8
STRIDE_M = 1.4
"""Way covered in one round of the phases: two steps."""
OUTFITS = 18
_SCALE = 72.0
_COATS: tuple[Colour, ...] = (
    (0.15, 0.13, 0.13),
    (0.34, 0.22, 0.14),
    (0.18, 0.18, 0.52),
    (0.22, 0.30, 0.24),
    (0.30, 0.44, 0.56),
    (0.42, 0.42, 0.40),
    (0.52, 0.36, 0.20),
    (0.60, 0.68, 0.72),
    (0.26, 0.24, 0.30),
    (0.20, 0.52, 0.66),
)
_LEGS: tuple[Colour, ...] = (
    (0.30, 0.22, 0.17),
    (0.13, 0.13, 0.14),
    (0.26, 0.28, 0.30),
    (0.40, 0.30, 0.24),
    (0.34, 0.42, 0.48),
)
_SKINS: tuple[Colour, ...] = (
    (0.56, 0.68, 0.88),
    (0.46, 0.60, 0.80),
    (0.30, 0.42, 0.60),
    (0.20, 0.30, 0.44),
    (0.15, 0.22, 0.34),
)
_HAIRS: tuple[Colour, ...] = ((0.08, 0.08, 0.09), (0.14, 0.20, 0.29), (0.32, 0.50, 0.62), (0.55, 0.56, 0.57))


@dataclass(frozen=True)
class Outfit:
    """What one person looks like."""

    coat: Colour
    legs: Colour
    skin: Colour
    hair: Colour
    tall: float
    long_coat: bool
    hood: bool
    bag: str


@lru_cache(maxsize=OUTFITS)
def outfit(number: int) -> Outfit:
    """The outfit with this number, always the same."""
    rng = np.random.default_rng(number + 400)
    return Outfit(
        coat=_COATS[number % len(_COATS)],
        legs=_LEGS[int(rng.integers(len(_LEGS)))],
        skin=_SKINS[int(rng.integers(len(_SKINS)))],
        hair=_HAIRS[int(rng.integers(len(_HAIRS)))],
        tall=float(rng.uniform(1.58, 1.88)),
        long_coat=bool(rng.random() < 0.35),
        hood=bool(rng.random() < 0.2),
        bag=str(rng.choice(["", "", "rucksack", "carrier", "shoulder"])),
    )


def person_cutout(number: int, view: str, phase: int) -> Cutout:
    """A person; `view` is `right` (walking to the right), `left`, `front`, `back`; phase PHASES is standing."""
    wears = outfit(number)
    canvas = Canvas(-0.62, 0.62, -0.06, 2.0, _SCALE)
    canvas.veil([(0.3 * math.cos(t), 0.055 * math.sin(t)) for t in np.linspace(0, 6, 12)], (0, 0, 0), 0.4)
    swing = 0.0 if phase >= PHASES else math.sin(2 * math.pi * phase / PHASES)
    lift = 0.0 if phase >= PHASES else abs(math.cos(2 * math.pi * phase / PHASES)) * 0.025
    size = wears.tall / 1.75
    if view in {"left", "right"}:
        _from_the_side(canvas, wears, 1.0 if view == "right" else -1.0, swing, lift, size)
    else:
        _from_the_front(canvas, wears, swing, lift, size, behind=view == "back")
    return canvas.done()


def _from_the_side(
    canvas: Canvas, wears: Outfit, facing: float, swing: float, lift: float, size: float
) -> None:
    hip, shoulder = (0.88 + lift) * size, (1.42 + lift) * size
    shoe: Colour = (0.10, 0.10, 0.11)
    for leg, tone in ((-swing, 0.75), (swing, 1.0)):
        knee = facing * leg * 0.17 + (0.05 * facing if leg < 0 else 0.03 * facing)
        foot = facing * leg * 0.36
        canvas.limb([(0, hip), (knee, 0.48 * size), (foot, 0.09)], 0.14 * size, _tone(wears.legs, tone))
        canvas.limb([(foot, 0.06), (foot + facing * 0.12, 0.05)], 0.09, shoe)
    _arm(canvas, wears, (0, shoulder - 0.05), (-facing * swing * 0.3, hip + 0.02), 0.72, size)
    if wears.bag == "rucksack":
        canvas.ellipse(-facing * 0.2, shoulder - 0.22, 0.12, 0.24, (0.20, 0.22, 0.34))
    hem = 0.62 * size if wears.long_coat else hip - 0.06
    canvas.polygon(
        [
            (-0.14, shoulder),
            (0.13, shoulder),
            (0.16, hip + 0.15),
            (0.15, hem),
            (-0.16, hem),
            (-0.17, hip + 0.15),
        ],
        wears.coat,
    )
    canvas.circle(0, shoulder - 0.03, 0.135 * size, wears.coat)
    _arm(canvas, wears, (0, shoulder - 0.06), (facing * swing * 0.3, hip + 0.02), 0.9, size)
    if wears.bag == "carrier":
        _carrier(canvas, facing * swing * 0.3, hip - 0.1)
    _head(canvas, wears, facing * 0.03, shoulder + 0.16 * size, size, "side", facing)


def _from_the_front(
    canvas: Canvas, wears: Outfit, swing: float, lift: float, size: float, *, behind: bool
) -> None:
    hip, shoulder = (0.88 + lift) * size, (1.42 + lift) * size
    shoe: Colour = (0.10, 0.10, 0.11)
    for side, step in ((-1, swing), (1, -swing)):
        rise = max(0.0, step) * 0.09
        tone = 0.85 if step > 0 else 1.0
        canvas.limb([(side * 0.08, hip), (side * 0.09, 0.1 + rise)], 0.15 * size, _tone(wears.legs, tone))
        canvas.limb([(side * 0.09, 0.05 + rise), (side * 0.11, 0.04 + rise)], 0.1, shoe)
    for side in (-1, 1):
        reach = (side * 0.27, hip + 0.04 + side * swing * 0.06)
        _arm(canvas, wears, (side * 0.2, shoulder - 0.06), reach, 0.86, size)
    hem = 0.62 * size if wears.long_coat else hip - 0.06
    canvas.polygon(
        [
            (-0.21, shoulder),
            (0.21, shoulder),
            (0.19, hip + 0.15),
            (0.2, hem),
            (-0.2, hem),
            (-0.19, hip + 0.15),
        ],
        wears.coat,
    )
    canvas.ellipse(0, shoulder - 0.02, 0.215, 0.09, wears.coat)
    if not behind:
        canvas.limb([(0, shoulder - 0.05), (0, hem + 0.05)], 0.02, _tone(wears.coat, 0.6))
    elif wears.bag == "rucksack":
        canvas.ellipse(0, shoulder - 0.24, 0.16, 0.25, (0.20, 0.22, 0.34))
    if wears.bag == "carrier":
        _carrier(canvas, 0.29, hip - 0.1)
    _head(canvas, wears, 0, shoulder + 0.16 * size, size, "back" if behind else "front", 1.0)


def _arm(
    canvas: Canvas,
    wears: Outfit,
    shoulder: tuple[float, float],
    hand: tuple[float, float],
    tone: float,
    size: float,
) -> None:
    elbow = ((shoulder[0] + hand[0]) / 2 - 0.02, (shoulder[1] + hand[1]) / 2)
    canvas.limb([shoulder, elbow, hand], 0.1 * size, _tone(wears.coat, tone))
    canvas.circle(hand[0], hand[1] - 0.03, 0.045 * size, wears.skin)


def _head(canvas: Canvas, wears: Outfit, x: float, y: float, size: float, view: str, facing: float) -> None:
    canvas.limb([(x * 0.5, y - 0.14), (x, y)], 0.09 * size, wears.skin)
    if wears.hood:
        canvas.ellipse(x, y + 0.01, 0.135 * size, 0.155 * size, wears.coat)
        if view == "front":
            canvas.ellipse(x, y - 0.01, 0.08 * size, 0.1 * size, wears.skin)
        elif view == "side":
            canvas.ellipse(x + facing * 0.05, y - 0.01, 0.06 * size, 0.09 * size, wears.skin)
        return
    canvas.ellipse(x, y, 0.1 * size, 0.125 * size, wears.skin if view != "back" else wears.hair)
    if view == "front":
        canvas.ellipse(x, y + 0.07, 0.1 * size, 0.065 * size, wears.hair)
    elif view == "side":
        canvas.ellipse(x - facing * 0.035, y + 0.045, 0.095 * size, 0.095 * size, wears.hair)


def _carrier(canvas: Canvas, x: float, y: float) -> None:
    canvas.polygon([(x - 0.1, y), (x + 0.1, y), (x + 0.13, y - 0.3), (x - 0.13, y - 0.3)], (0.78, 0.80, 0.80))


def _tone(colour: Colour, by: float) -> Colour:
    return colour[0] * by, colour[1] * by, colour[2] * by
