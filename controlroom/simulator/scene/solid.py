"""Solid shapes made of flat faces, seen from a direction and painted onto a canvas."""

import math
from dataclasses import dataclass

from controlroom.simulator.scene.cutout import Canvas
from controlroom.simulator.scene.mood import Colour

Point = tuple[float, float, float]
"""Metres: x forward, y to the left, z up."""


@dataclass(frozen=True)
class Sight:
    """The direction a solid is seen from, radians: `turn` from its nose leftwards, `rise` above the ground."""

    turn: float
    rise: float

    def flat(self, point: Point) -> tuple[float, float]:
        """Where a point appears: metres to the right and up of the solid's middle on the ground."""
        x, y, z = point
        right = -x * math.sin(self.turn) + y * math.cos(self.turn)
        toward = x * math.cos(self.turn) + y * math.sin(self.turn)
        return right, z * math.cos(self.rise) - toward * math.sin(self.rise)

    def faces(self, normal: Point) -> float:
        """Cosine between a face's normal and the way to the camera; positive is visible."""
        x, y, z = normal
        level = x * math.cos(self.turn) + y * math.sin(self.turn)
        return level * math.cos(self.rise) + z * math.sin(self.rise)


def paint_face(
    canvas: Canvas, view: Sight, corners: list[Point], colour: Colour, normal: Point, *, shines: bool = False
) -> None:
    """Paint a flat face if it is turned this way; what shines is not shaded."""
    if view.faces(normal) > 0:
        shown = colour if shines else shaded(colour, view, normal)
        canvas.polygon([view.flat(point) for point in corners], shown, shines=shines)


def shaded(colour: Colour, view: Sight, normal: Point, more: float = 1.0) -> Colour:
    """Tops are lighter than sides, faces turned away a little darker."""
    bright = (0.66 + 0.34 * max(0.0, normal[2]) + 0.12 * view.faces(normal)) * more
    return colour[0] * bright, colour[1] * bright, colour[2] * bright


def darker(colour: Colour, by: float) -> Colour:
    """The colour times `by`."""
    return colour[0] * by, colour[1] * by, colour[2] * by
