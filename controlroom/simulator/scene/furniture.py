"""Cut-outs of what stands on pavements: lamps, trees, beacons, a shelter, a pillar box and the like."""

import numpy as np

from controlroom.simulator.scene.cutout import Canvas, Cutout, Look
from controlroom.simulator.scene.mood import Colour, shade

LAMP_HEIGHT = 6.3
_FINEST = 48.0  # pixels a metre
_IRON: Colour = (0.16, 0.15, 0.14)
_RED: Colour = (0.16, 0.14, 0.72)
_WOOD: Colour = (0.22, 0.36, 0.50)
_WHITE: Colour = (0.90, 0.90, 0.90)
_LEAVES: tuple[Colour, ...] = ((0.20, 0.42, 0.32), (0.16, 0.36, 0.24), (0.20, 0.40, 0.46), (0.18, 0.44, 0.34))
_BLOOMS: tuple[Colour, ...] = ((0.55, 0.30, 0.75), (0.25, 0.70, 0.92), (0.30, 0.25, 0.80), (0.90, 0.88, 0.92))

_Box = tuple[float, float, float, float, Colour]
_BOXES: dict[str, list[_Box]] = {
    "bin": [
        *((-0.27, 0, 0.54, 0.95, (0.13, 0.14, 0.13)), (-0.31, 0.95, 0.62, 0.13, (0.09, 0.09, 0.09))),
        (-0.2, 0.68, 0.4, 0.13, (0.3, 0.62, 0.72)),
    ],
    "bench": [
        *((x, 0, 0.08, 0.8, _IRON) for x in (-0.8, 0.72)),
        *((-0.9, y, 1.8, 0.1, _WOOD) for y in (0.42, 0.60, 0.74)),
    ],
    "postbox": [
        *((-0.25, 0, 0.5, 0.18, (0.1, 0.1, 0.1)), (-0.23, 0.18, 0.46, 1.2, _RED)),
        *((-0.28, 1.36, 0.56, 0.12, shade(_RED, 0.8)), (-0.2, 1.48, 0.4, 0.08, _RED)),
        *((-0.14, 1.18, 0.28, 0.06, (0.05, 0.05, 0.05)), (-0.1, 0.82, 0.2, 0.22, _WHITE)),
    ],
    "phone box": [
        *((-0.46, 0, 0.92, 2.4, _RED), (-0.4, 2.4, 0.8, 0.12, shade(_RED, 0.9))),
        *(
            (x * 0.23 - 0.33, 0.42 + y * 0.28, 0.2, 0.24, (0.5, 0.58, 0.6))
            for x in range(3)
            for y in range(6)
        ),
    ],
    "sign": [
        *((-0.04, 0, 0.08, 2.7, (0.48, 0.48, 0.48)), (-0.4, 2.1, 0.8, 0.55, (0.55, 0.28, 0.10))),
        (-0.3, 2.3, 0.6, 0.08, _WHITE),
    ],
    "bollard": [(-0.08, 0, 0.16, 0.95, _IRON), (-0.08, 0.74, 0.16, 0.07, (0.82, 0.84, 0.84))],
    "beacon": [(-0.05, y * 0.3, 0.1, 0.3, _WHITE if y % 2 else (0.1, 0.1, 0.1)) for y in range(9)],
    "shelter": [
        *((x, 0, 0.08, 2.45, _IRON) for x in (-2.05, -0.7, 0.65, 1.97)),
        *((-2.2, 2.4, 4.4, 0.2, (0.22, 0.20, 0.60)), (-1.6, 0.5, 2.2, 0.08, (0.30, 0.30, 0.62))),
        (1.1, 0.5, 0.75, 1.55, (0.62, 0.66, 0.62)),
    ],
    "planter": [(-0.65, 0, 1.3, 0.5, (0.42, 0.48, 0.52))],
    "lamp": [
        *((-0.16, 0, 0.32, 0.9, _IRON), (-0.11, 0.9, 0.22, 0.25, _IRON)),
        *((-0.065, 1.1, 0.13, LAMP_HEIGHT - 1.2, _IRON), (-0.42, LAMP_HEIGHT - 1.05, 0.84, 0.06, _IRON)),
    ],
    "tree": [],
}
"""Boxes from the back to the front: x, y, width, height, colour."""
_SHINING = {"phone box": [(-0.36, 2.16, 0.72, 0.16)], "shelter": [(1.18, 0.6, 0.6, 1.35)]}


def thing_cutout(kind: str, variant: int, look: Look, *, lamps_on: bool) -> Cutout:
    """The thing; lamps that are on shine."""
    canvas = Canvas(-2.6, 2.6, -0.1, 8.2, look, _FINEST)
    if kind == "shelter":
        canvas.polygon([(-2.0, 0.3), (2.0, 0.3), (2.0, 2.4), (-2.0, 2.4)], (0.56, 0.52, 0.48), 76)
    for box in _BOXES[kind]:
        canvas.box(*box)
    for box in _SHINING.get(kind, ()):
        canvas.box(*box, (0.86, 0.84, 0.72), shines=True)
    rng = np.random.default_rng(variant + 71)
    if kind == "lamp":
        _lantern(canvas, on=lamps_on)
    elif kind == "beacon":
        canvas.disc(
            0, 2.85, 0.19, 0.19, (0.22, 0.66, 1.0) if lamps_on else (0.16, 0.50, 0.86), shines=lamps_on
        )
    elif kind == "tree":
        _tree(canvas, _LEAVES[variant], rng)
    elif kind == "planter":
        for x, y, bloom in zip(
            rng.uniform(-0.62, 0.62, 60), rng.uniform(0.5, 0.9, 60), rng.random(60), strict=True
        ):
            canvas.disc(x, y, 0.1, 0.1, _BLOOMS[variant] if bloom < 0.3 else (0.20, 0.45, 0.26))
    return canvas.done()


def _lantern(canvas: Canvas, *, on: bool) -> None:
    top = LAMP_HEIGHT
    glass = [(-0.16, top - 0.25), (0.16, top - 0.25), (0.29, top + 0.28), (-0.29, top + 0.28)]
    canvas.polygon(glass, (0.78, 0.95, 1.0) if on else (0.62, 0.66, 0.66), shines=on)
    canvas.polygon([(-0.34, top + 0.28), (0.34, top + 0.28), (0.1, top + 0.56), (-0.1, top + 0.56)], _IRON)
    canvas.box(-0.03, top + 0.5, 0.06, 0.25, _IRON)


def _tree(canvas: Canvas, leaf: Colour, rng: np.random.Generator) -> None:
    bark: Colour = (0.22, 0.27, 0.31)
    canvas.polygon([(-0.2, 0), (0.2, 0), (0.11, 3.4), (-0.11, 3.4)], bark)
    for side in (-1, 1):
        canvas.limb([(0, 2.7), (side * 0.9, 4.2)], 0.12, bark)
    for depth in np.repeat((0.5, 0.68, 0.85, 1.02, 1.18), 150):  # dark leaves behind, light ones in front
        turn, out = rng.uniform(0, 2 * np.pi), rng.uniform(0, 1) ** 0.6 * (1.22 - 0.22 * depth)
        x, y = 1.9 * out * np.cos(turn), 5.25 + 2.3 * out * np.sin(turn)
        bright = depth * (0.92 + 0.14 * (y - 5.25) / 2.3 - 0.08 * x / 1.9) * rng.uniform(0.85, 1.12)
        size = rng.uniform(0.08, 0.26)
        canvas.disc(x, y, size, size * 0.8, shade(leaf, bright))
