"""Paints a row of buildings as flat elevations: what colour everything is, what glows, and where the roofs end.

One pixel is 1/SCALE metre; row 0 is TOP metres up. Windows, fascias and doors are painted by `windows` and `shopfront`.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.grain import noise, roughen
from controlroom.simulator.scene.mood import Colour, Mood
from controlroom.simulator.scene.plan import HALF, LENGTH, Building

SCALE = 32
TOP = 18.0
WIDTH, HEIGHT = int(LENGTH * SCALE), int(TOP * SCALE)


WALLS: dict[str, Colour] = {
    "stock": (0.40, 0.55, 0.66),
    "red": (0.28, 0.36, 0.60),
    "brown": (0.27, 0.34, 0.46),
    "cream": (0.68, 0.80, 0.86),
    "white": (0.84, 0.86, 0.87),
    "grey": (0.56, 0.56, 0.55),
    "stone": (0.60, 0.70, 0.76),
    "sage": (0.58, 0.67, 0.62),
    "panel": (0.42, 0.40, 0.38),
}
TRIM: Colour = (0.80, 0.84, 0.86)
SLATE: Colour = (0.33, 0.29, 0.27)


@dataclass(frozen=True)
class Elevation:
    """A painted row: surface colours, own light, and which pixels are building (255) or sky (0)."""

    surface: Image
    glow: Image
    solid: Image


class Brush:
    """Draws on both layers in metres, x from the row's left end and y up from the pavement."""

    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        self.surface = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self.glow = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self.solid = np.zeros((HEIGHT, WIDTH), np.uint8)

    def box(
        self, x: float, y: float, width: float, height: float, colour: Colour, glow: Colour | None = None
    ) -> None:
        """A filled rectangle; whatever glowed there before stops unless `glow` is given."""
        corners = self._corners(x, y, width, height)
        cv2.rectangle(self.surface, *corners, _bytes(colour), -1)
        cv2.rectangle(self.glow, *corners, (0, 0, 0) if glow is None else _bytes(glow), -1)

    def shine(self, x: float, y: float, width: float, height: float, glow: Colour) -> None:
        """Let a rectangle glow without repainting it."""
        cv2.rectangle(self.glow, *self._corners(x, y, width, height), _bytes(glow), -1)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """A filled polygon of the building's surface."""
        corners = np.array([[self.column(x), self.row(y)] for x, y in points], np.int32)
        cv2.fillPoly(self.surface, [corners], _bytes(colour), cv2.LINE_AA)
        cv2.fillPoly(self.glow, [corners], (0, 0, 0))

    def stand(self, points: list[tuple[float, float]]) -> None:
        """Make a polygon solid: building, not sky."""
        corners = np.array([[self.column(x), self.row(y)] for x, y in points], np.int32)
        cv2.fillPoly(self.solid, [corners], 255)

    def arch(self, x: float, y: float, radius: float, colour: Colour, glow: Colour | None = None) -> None:
        """The half-round top of an arched opening, centred on x with its foot at y."""
        centre, size = (self.column(x), self.row(y)), (round(radius * SCALE), round(radius * SCALE))
        cv2.ellipse(self.surface, centre, size, 0, 180, 360, _bytes(colour), -1, cv2.LINE_AA)
        cv2.ellipse(self.glow, centre, size, 0, 180, 360, (0, 0, 0) if glow is None else _bytes(glow), -1)

    def column(self, x: float) -> int:
        """Pixel column of x."""
        return round((x + HALF) * SCALE)

    def row(self, y: float) -> int:
        """Pixel row of height y."""
        return round((TOP - y) * SCALE)

    def _corners(
        self, x: float, y: float, width: float, height: float
    ) -> tuple[tuple[int, int], tuple[int, int]]:
        """Upper left and lower right pixel of a rectangle at least one pixel large."""
        left, top, bottom = self.column(x), self.row(y + height), self.row(y)
        return (left, top), (max(left, self.column(x + width) - 1), max(top, bottom - 1))


def paint_row(row: tuple[Building, ...], mood: Mood) -> Elevation:
    """Paint one side of the street, LENGTH × TOP metres."""
    from controlroom.simulator.scene.shopfront import paint_ground_floor
    from controlroom.simulator.scene.windows import paint_storeys

    brush = Brush(mood)
    for building in row:
        # Each part draws from a stream of its own, so that a lit window changes nothing else about the house.
        walls, roof, storeys, shop = (np.random.default_rng((building.seed, part)) for part in range(4))
        _walls(brush, building, walls)
        _roof(brush, building, roof)
        paint_storeys(brush, building, storeys)
        paint_ground_floor(brush, building, shop)
    return Elevation(brush.surface, brush.glow, brush.solid)


def shade(colour: Colour, by: float) -> Colour:
    """The colour made lighter (by > 1) or darker."""
    return colour[0] * by, colour[1] * by, colour[2] * by


def wall_colour(building: Building) -> Colour:
    """The wall's colour, a little different for each house."""
    return shade(WALLS[building.wall], 0.9 + (building.seed % 97) / 97 * 0.2)


def _walls(brush: Brush, building: Building, rng: np.random.Generator) -> None:
    wall = wall_colour(building)
    brush.box(building.x, 0, building.width, building.eaves, wall)
    left, right = brush.column(building.x), brush.column(building.x + building.width)
    top, bottom = brush.row(building.eaves), HEIGHT
    patch = brush.surface[top:bottom, left:right]
    strength = 3.0 if building.wall in {"cream", "white", "panel", "sage"} else 8.0
    bricks = noise(rng, (bottom - top) // 2 + 1, (right - left) // 4 + 1, strength)
    rough = roughen(np.ascontiguousarray(patch), bricks, cv2.INTER_NEAREST)
    patch[:] = roughen(rough, noise(rng, 8, 6, 4.0), cv2.INTER_CUBIC)
    brush.box(building.x, 0, 0.07, building.eaves, shade(wall, 0.55))
    if building.wall in {"red", "brown", "stock", "stone"}:  # string course and cornice
        for storey in range(1, building.storeys):
            y = building.ground_floor + (storey - 1) * building.storey
            brush.box(building.x, y - 0.06, building.width, 0.14, shade(TRIM, 0.82))
    brush.box(building.x, building.eaves - 0.38, building.width, 0.1, shade(wall, 0.62))
    brush.box(building.x, building.eaves - 0.28, building.width, 0.28, shade(TRIM, 0.78))
    brush.stand(_corners(building.x, 0, building.width, building.eaves))


def _roof(brush: Brush, building: Building, rng: np.random.Generator) -> None:
    x, width, eaves = building.x, building.width, building.eaves
    if building.roof == "parapet":
        brush.box(x, eaves, width, 0.55, shade(wall_colour(building), 0.9))
        brush.box(x, eaves + 0.5, width, 0.12, shade(TRIM, 0.7))
        brush.stand(_corners(x, eaves, width, 0.62))
    elif building.roof == "slate":
        rise = min(2.4, TOP - eaves - 1.6)
        slope = [(x, eaves), (x + 0.5, eaves + rise), (x + width - 0.5, eaves + rise), (x + width, eaves)]
        tint = rng.uniform(0.85, 1.15)
        brush.shape(slope, shade(SLATE, tint))
        for course in np.arange(0.25, rise, 0.25):
            brush.box(x + 0.15, eaves + course, width - 0.3, 0.035, shade(SLATE, tint * 0.8))
        brush.stand(slope)
        if rng.random() < 0.45:
            _dormers(brush, building, rise, rng)
    for place in (0.4, width - 1.6):
        if building.roof != "flat" and rng.random() < 0.65:
            _chimney(brush, x + place, eaves, building, rng)


def _chimney(brush: Brush, x: float, eaves: float, building: Building, rng: np.random.Generator) -> None:
    rise = min((2.9 if building.roof == "slate" else 1.5) + rng.uniform(0, 0.5), TOP - eaves - 0.6)
    colour = shade(WALLS["brown"], rng.uniform(0.85, 1.1))
    brush.box(x, eaves, 1.15, rise, colour)
    brush.box(x - 0.08, eaves + rise - 0.3, 1.31, 0.18, shade(colour, 0.75))
    brush.stand(_corners(x, eaves, 1.15, rise))
    for pot in range(3):
        left = x + 0.12 + pot * 0.34
        brush.box(left, eaves + rise, 0.2, 0.42, (0.25, 0.38, 0.58))
        brush.stand(_corners(left, eaves + rise, 0.2, 0.42))


def _dormers(brush: Brush, building: Building, rise: float, rng: np.random.Generator) -> None:
    for place in range(1, max(2, building.bays // 2 + 1)):
        x = building.x + building.width * place / (building.bays // 2 + 1) - 0.65
        brush.box(x, building.eaves + 0.35, 1.3, min(1.4, rise - 0.3), TRIM)
        lit = rng.random() < brush.mood.windows_lit
        glow = (0.34, 0.62, 0.86) if lit else None
        brush.box(x + 0.17, building.eaves + 0.5, 0.96, min(1.1, rise - 0.6), brush.mood.glass, glow)
        brush.box(x + 0.62, building.eaves + 0.5, 0.06, min(1.1, rise - 0.6), TRIM)


def _corners(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _bytes(colour: Colour) -> tuple[int, int, int]:
    blue, green, red = (max(0, min(255, round(each * 255))) for each in colour)
    return blue, green, red
