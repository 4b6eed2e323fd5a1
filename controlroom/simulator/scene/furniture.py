"""Cut-outs of what stands on pavements: lamps, trees, beacons, a shelter, a pillar box and the like."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from controlroom.simulator.scene.cutout import Canvas, Cutout
from controlroom.simulator.scene.lighting import LAMP_HEIGHT
from controlroom.simulator.scene.mood import Colour

_SCALE = 56.0
_IRON: Colour = (0.16, 0.15, 0.14)
_RED: Colour = (0.16, 0.14, 0.72)
_LEAVES: tuple[Colour, ...] = ((0.20, 0.42, 0.32), (0.16, 0.36, 0.24), (0.20, 0.40, 0.46), (0.18, 0.44, 0.34))


@lru_cache(maxsize=64)
def thing_cutout(kind: str, variant: int, *, lamps_on: bool) -> Cutout:
    """The thing in plain daylight, save for lamps that are on, which glow."""
    if kind in {"lamp", "beacon"}:
        return (_lamp if kind == "lamp" else _beacon)(lamps_on)
    return _PAINTERS[kind](variant)


def _lamp(on: bool) -> Cutout:
    canvas = Canvas(-1.0, 1.0, -0.1, LAMP_HEIGHT + 0.9, _SCALE)
    canvas.box(-0.16, 0, 0.32, 0.9, _IRON)
    canvas.box(-0.11, 0.9, 0.22, 0.25, _IRON)
    canvas.box(-0.065, 1.1, 0.13, LAMP_HEIGHT - 1.2, _IRON)
    canvas.box(-0.42, LAMP_HEIGHT - 1.05, 0.84, 0.06, _IRON)
    glass: Colour = (0.78, 0.95, 1.0) if on else (0.62, 0.66, 0.66)
    head = [(-0.16, LAMP_HEIGHT - 0.25), (0.16, LAMP_HEIGHT - 0.25), (0.29, LAMP_HEIGHT + 0.28)]
    canvas.polygon([*head, (-0.29, LAMP_HEIGHT + 0.28)], glass, shines=on)
    cap = [(-0.34, LAMP_HEIGHT + 0.28), (0.34, LAMP_HEIGHT + 0.28), (0.1, LAMP_HEIGHT + 0.56)]
    canvas.polygon([*cap, (-0.1, LAMP_HEIGHT + 0.56)], _IRON)
    canvas.limb([(0, LAMP_HEIGHT + 0.5), (0, LAMP_HEIGHT + 0.75)], 0.06, _IRON)
    return canvas.done()


def _beacon(on: bool) -> Cutout:
    """A Belisha beacon: striped pole, amber globe."""
    canvas = Canvas(-0.4, 0.4, -0.05, 3.2, _SCALE)
    for stripe in range(9):
        canvas.box(-0.05, stripe * 0.3, 0.1, 0.3, (0.90, 0.90, 0.90) if stripe % 2 else (0.10, 0.10, 0.10))
    canvas.circle(0, 2.85, 0.19, (0.22, 0.66, 1.0) if on else (0.16, 0.50, 0.86), shines=on)
    return canvas.done()


def _tree(variant: int) -> Cutout:
    rng = np.random.default_rng(variant + 71)
    canvas = Canvas(-2.6, 2.6, -0.1, 8.2, _SCALE * 0.7)
    bark: Colour = (0.22, 0.27, 0.31)
    canvas.polygon([(-0.2, 0), (0.2, 0), (0.11, 3.4), (-0.11, 3.4)], bark)
    for side in (-1, 1):
        canvas.limb([(0, 2.7), (side * 0.9, 4.2)], 0.12, bark)
    leaf = _LEAVES[variant % len(_LEAVES)]
    for depth in (0.62, 0.85, 1.1):
        for _ in range(95):
            turn, out = rng.uniform(0, 2 * np.pi), rng.uniform(0, 1) ** 0.6
            x, y = 1.9 * out * np.cos(turn), 5.25 + 2.3 * out * np.sin(turn)
            bright = depth * (0.86 + 0.10 * (y - 5.25) / 2.3 - 0.06 * x / 1.9) * rng.uniform(0.88, 1.1)
            colour = (leaf[0] * bright, leaf[1] * bright, leaf[2] * bright)
            canvas.circle(float(x), float(y), float(rng.uniform(0.16, 0.42)), colour)
    return canvas.done()


def _bin(_: int) -> Cutout:
    canvas = Canvas(-0.5, 0.5, -0.05, 1.3, _SCALE)
    canvas.box(-0.27, 0, 0.54, 0.95, (0.13, 0.14, 0.13))
    canvas.box(-0.31, 0.95, 0.62, 0.13, (0.09, 0.09, 0.09))
    canvas.box(-0.2, 0.68, 0.4, 0.13, (0.3, 0.62, 0.72))
    return canvas.done()


def _bench(_: int) -> Cutout:
    canvas = Canvas(-1.0, 1.0, -0.05, 1.1, _SCALE)
    wood: Colour = (0.22, 0.36, 0.50)
    for x in (-0.8, 0.72):
        canvas.box(x, 0, 0.08, 0.8, _IRON)
    for y in (0.42, 0.60, 0.74):
        canvas.box(-0.9, y, 1.8, 0.1, wood)
    return canvas.done()


def _postbox(_: int) -> Cutout:
    canvas = Canvas(-0.5, 0.5, -0.05, 1.8, _SCALE)
    canvas.box(-0.25, 0, 0.5, 0.18, (0.10, 0.10, 0.10))
    canvas.box(-0.23, 0.18, 0.46, 1.2, _RED)
    canvas.box(-0.28, 1.36, 0.56, 0.1, (0.13, 0.11, 0.58))
    canvas.ellipse(0, 1.46, 0.26, 0.12, _RED)
    canvas.box(-0.14, 1.18, 0.28, 0.06, (0.05, 0.05, 0.05))
    canvas.box(-0.1, 0.82, 0.2, 0.22, (0.88, 0.90, 0.90))
    return canvas.done()


def _phone_box(_: int) -> Cutout:
    canvas = Canvas(-0.7, 0.7, -0.05, 2.7, _SCALE)
    canvas.box(-0.46, 0, 0.92, 2.4, _RED)
    canvas.ellipse(0, 2.4, 0.46, 0.14, _RED)
    canvas.box(-0.36, 2.16, 0.72, 0.16, (0.80, 0.90, 0.94), shines=True)
    for row in range(6):
        for column in range(3):
            canvas.box(-0.33 + column * 0.23, 0.42 + row * 0.28, 0.2, 0.24, (0.50, 0.58, 0.60))
    return canvas.done()


def _sign(variant: int) -> Cutout:
    canvas = Canvas(-0.7, 0.7, -0.05, 2.9, _SCALE)
    canvas.box(-0.04, 0, 0.08, 2.7, (0.48, 0.48, 0.48))
    if variant % 2:
        canvas.circle(0, 2.4, 0.32, (0.12, 0.10, 0.78))
        canvas.circle(0, 2.4, 0.24, (0.92, 0.92, 0.92))
    else:
        canvas.box(-0.4, 2.1, 0.8, 0.55, (0.55, 0.28, 0.10))
        canvas.box(-0.3, 2.3, 0.6, 0.08, (0.95, 0.95, 0.95))
    return canvas.done()


def _planter(variant: int) -> Cutout:
    rng = np.random.default_rng(variant)
    canvas = Canvas(-0.9, 0.9, -0.05, 1.3, _SCALE)
    canvas.polygon([(-0.6, 0), (0.6, 0), (0.72, 0.5), (-0.72, 0.5)], (0.42, 0.48, 0.52))
    blooms: tuple[Colour, ...] = (
        (0.55, 0.30, 0.75),
        (0.25, 0.70, 0.92),
        (0.30, 0.25, 0.80),
        (0.90, 0.88, 0.92),
    )
    for _ in range(60):
        colour = (0.20, 0.45, 0.26) if rng.random() < 0.7 else blooms[variant % 4]
        canvas.circle(float(rng.uniform(-0.62, 0.62)), float(rng.uniform(0.5, 0.95)), 0.1, colour)
    return canvas.done()


def _bollard(_: int) -> Cutout:
    canvas = Canvas(-0.2, 0.2, -0.02, 1.1, _SCALE)
    canvas.box(-0.08, 0, 0.16, 0.92, _IRON)
    canvas.circle(0, 0.93, 0.1, _IRON)
    canvas.box(-0.08, 0.74, 0.16, 0.07, (0.82, 0.84, 0.84))
    return canvas.done()


def _shelter(_: int) -> Cutout:
    canvas = Canvas(-2.5, 2.5, -0.05, 2.9, _SCALE)
    canvas.veil([(-2.0, 0.3), (2.0, 0.3), (2.0, 2.4), (-2.0, 2.4)], (0.56, 0.52, 0.48), 0.30)
    for x in (-2.05, -0.7, 0.65, 1.97):
        canvas.box(x, 0, 0.08, 2.45, _IRON)
    canvas.box(-2.2, 2.4, 4.4, 0.2, (0.22, 0.20, 0.60))
    canvas.box(-1.6, 0.5, 2.2, 0.08, (0.30, 0.30, 0.62))
    canvas.box(1.1, 0.5, 0.75, 1.55, (0.62, 0.66, 0.62))
    canvas.box(1.18, 0.6, 0.6, 1.35, (0.86, 0.72, 0.52), shines=True)
    return canvas.done()


_PAINTERS: dict[str, Callable[[int], Cutout]] = {
    "tree": _tree,
    "bin": _bin,
    "bench": _bench,
    "postbox": _postbox,
    "phone box": _phone_box,
    "sign": _sign,
    "planter": _planter,
    "bollard": _bollard,
    "shelter": _shelter,
}
