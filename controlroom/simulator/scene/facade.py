"""Paints a row of buildings as flat elevations: what colour everything is, what glows, and where the roofs end.

One pixel is 1/SCALE metre; row 0 is TOP metres up.
"""

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.mood import Colour, Mood, shade, to_bytes
from controlroom.simulator.scene.plan import HALF, LENGTH, Building

SCALE = 32
TOP = 18.0
WIDTH, HEIGHT = int(LENGTH * SCALE), int(TOP * SCALE)

_WALLS: dict[str, Colour] = {
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
_BRICK = {"stock", "red", "brown"}
_TRIM: Colour = (0.80, 0.84, 0.86)
_SLATE: Colour = (0.33, 0.29, 0.27)
_FRAME: Colour = (0.15, 0.14, 0.14)
_WINDOWS = {"sash": (1.10, 1.75), "tall": (1.05, 2.05), "arched": (1.15, 1.55), "modern": (2.0, 1.55)}
_LAMPLIGHT: tuple[Colour, ...] = (
    (0.30, 0.62, 0.92),
    (0.38, 0.70, 0.96),
    (0.48, 0.76, 0.94),
    (0.62, 0.80, 0.90),
)
_FASCIAS: tuple[Colour, ...] = (
    *((0.20, 0.28, 0.12), (0.42, 0.22, 0.10), (0.14, 0.12, 0.42), (0.12, 0.12, 0.13)),
    *((0.34, 0.34, 0.10), (0.20, 0.40, 0.52), (0.30, 0.16, 0.30), (0.70, 0.76, 0.78)),
)
_INTERIORS: tuple[Colour, ...] = (
    (0.62, 0.84, 0.98),
    (0.50, 0.78, 0.98),
    (0.92, 0.95, 0.96),
    (0.40, 0.70, 0.98),
)
_GOODS: tuple[Colour, ...] = (
    *((0.20, 0.28, 0.62), (0.52, 0.36, 0.20), (0.26, 0.48, 0.30)),
    *((0.30, 0.58, 0.78), (0.42, 0.30, 0.46), (0.55, 0.55, 0.52)),
)


class Elevation:
    """A row of houses under the brush: surface colours, own light, and which pixels are building (255) or sky (0).

    It is drawn on in metres, x from the street's middle and y up from the pavement.
    """

    def __init__(self) -> None:
        self.surface = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self.glow = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self.solid = np.zeros((HEIGHT, WIDTH), np.uint8)

    def box(
        self, x: float, y: float, width: float, height: float, colour: Colour, glow: Colour = (0, 0, 0)
    ) -> None:
        """A filled rectangle of the building, at least one pixel large."""
        left, top, right, bottom = column(x), row(y + height), column(x + width) - 1, row(y) - 1
        corners = (left, top), (max(left, right), max(top, bottom))
        for layer, shown in (
            (self.surface, to_bytes(colour)),
            (self.glow, to_bytes(glow)),
            (self.solid, 255),
        ):
            cv2.rectangle(layer, *corners, shown, -1)

    def shape(self, points: list[tuple[float, float]], colour: Colour, glow: Colour = (0, 0, 0)) -> None:
        """A filled polygon of the building."""
        corners = np.array([[column(x), row(y)] for x, y in points], np.int32)
        cv2.fillPoly(self.surface, [corners], to_bytes(colour), cv2.LINE_AA)
        cv2.fillPoly(self.glow, [corners], to_bytes(glow))
        cv2.fillPoly(self.solid, [corners], 255)

    def text(self, words: str, centre: tuple[float, float], most: float, ink: Colour, glow: Colour) -> None:
        """Words at most so many metres wide around a centre."""
        font, size = (
            cv2.FONT_HERSHEY_DUPLEX if words.isupper() else cv2.FONT_HERSHEY_TRIPLEX,
            0.36 * SCALE / 22,
        )
        wide, high = cv2.getTextSize(words, font, size, 1)[0]
        share = min(1.0, most * SCALE / wide)
        at = column(centre[0]) - int(wide * share) // 2, row(centre[1]) + int(high * share) // 2
        for layer, colour in ((self.surface, ink), (self.glow, glow)):
            cv2.putText(layer, words, at, font, size * share, to_bytes(colour), 1, cv2.LINE_AA)


def column(x: float) -> int:
    """Pixel column of x."""
    return round((x + HALF) * SCALE)


def row(y: float) -> int:
    """Pixel row of height y."""
    return round((TOP - y) * SCALE)


def roughen(surface: Image, rng: np.random.Generator, cell: tuple[int, int], strength: float) -> Image:
    """The surface with cells of so many pixels (across, down) made lighter and darker at random."""
    height, width = surface.shape[:2]
    grain = np.clip(rng.normal(128, strength, (height // cell[1] + 1, width // cell[0] + 1)), 0, 255).astype(
        np.uint8
    )
    stretched = cv2.resize(grain, (width, height), interpolation=cv2.INTER_NEAREST)
    return cv2.addWeighted(np.ascontiguousarray(surface), 1.0, cv2.merge([stretched] * 3), 1.0, -128)


def paint_row(houses: tuple[Building, ...], mood: Mood) -> Elevation:
    """Paint one side of the street, LENGTH × TOP metres."""
    to = Elevation()
    for house in houses:
        # Each part draws from a stream of its own, so that a lit window changes nothing else about the house.
        walls, roof, storeys, shop = (np.random.default_rng((house.seed, part)) for part in range(4))
        _walls(to, house, walls)
        _roof(to, house, mood, roof)
        _storeys(to, house, mood, storeys)
        _ground_floor(to, house, mood, shop)
    return to


def _wall_colour(house: Building) -> Colour:
    return shade(_WALLS[house.wall], 0.9 + (house.seed % 97) / 97 * 0.2)


def _walls(to: Elevation, house: Building, rng: np.random.Generator) -> None:
    wall = _wall_colour(house)
    to.box(house.x, 0, house.width, house.eaves, wall)
    part = slice(row(house.eaves), HEIGHT), slice(column(house.x), column(house.x + house.width))
    rough = roughen(to.surface[part], rng, (4, 2), 8.0 if house.wall in _BRICK else 3.0)  # bricks
    to.surface[part] = roughen(rough, rng, (90, 60), 3.0)  # weather
    to.box(house.x, 0, 0.07, house.eaves, shade(wall, 0.55))
    if house.wall in _BRICK:
        for storey in range(house.storeys - 1):
            to.box(house.x, 3.74 + storey * 3.1, house.width, 0.14, shade(_TRIM, 0.82))
    to.box(house.x, house.eaves - 0.38, house.width, 0.1, shade(wall, 0.62))
    to.box(house.x, house.eaves - 0.28, house.width, 0.28, shade(_TRIM, 0.78))


def _roof(to: Elevation, house: Building, mood: Mood, rng: np.random.Generator) -> None:
    x, width, eaves = house.x, house.width, house.eaves
    rise = min(2.4, TOP - eaves - 1.6)
    if house.roof == "parapet":
        to.box(x, eaves, width, 0.6, shade(_wall_colour(house), 0.9))
        to.box(x, eaves + 0.5, width, 0.12, shade(_TRIM, 0.7))
    elif house.roof == "slate":
        tint = rng.uniform(0.85, 1.15)
        slope = [(x, eaves), (x + 0.5, eaves + rise), (x + width - 0.5, eaves + rise), (x + width, eaves)]
        to.shape(slope, shade(_SLATE, tint))
        for course in np.arange(0.25, rise, 0.25):
            to.box(x + 0.45, eaves + course, width - 0.9, 0.035, shade(_SLATE, tint * 0.8))
        for place in range(1, house.bays // 2 + 1) if rng.random() < 0.45 else ():  # dormers
            left = x + width * place / (house.bays // 2 + 1) - 0.65
            to.box(left, eaves + 0.35, 1.3, rise - 0.7, _TRIM)
            _pane(to, mood, left + 0.17, eaves + 0.5, 0.96, rise - 1.0, rng)
    for left in (x + 0.4, x + width - 1.6):
        if house.roof != "flat" and rng.random() < 0.65:
            brick, tall = shade(_WALLS["brown"], rng.uniform(0.85, 1.1)), min(rise + 0.6, TOP - eaves - 0.6)
            to.box(left, eaves, 1.15, tall, brick)
            to.box(left - 0.08, eaves + tall - 0.3, 1.31, 0.18, shade(brick, 0.75))
            for pot in range(3):
                to.box(left + 0.12 + pot * 0.34, eaves + tall, 0.2, 0.42, (0.25, 0.38, 0.58))


def _storeys(to: Elevation, house: Building, mood: Mood, rng: np.random.Generator) -> None:
    """Every window above the shop."""
    pitch = house.width / house.bays
    width, height = min(_WINDOWS[house.window][0], pitch - 0.5), _WINDOWS[house.window][1]
    modern = house.window == "modern"
    surround, frame = shade(_TRIM, 0.9), _FRAME if modern else shade(_TRIM, 0.96)
    for place in range((house.storeys - 1) * house.bays):
        storey, bay = divmod(place, house.bays)
        x, y = house.x + (bay + 0.5) * pitch - width / 2, 4.42 + storey * 3.1
        if not modern:
            to.box(x - 0.13, y - 0.16, width + 0.26, height + 0.30, surround)
            to.box(x - 0.22, y - 0.20, width + 0.44, 0.12, shade(surround, 0.8))
            to.box(x - 0.18, y + height + 0.12, width + 0.36, 0.14, shade(surround, 0.9))
        light = _pane(to, mood, x, y, width, height, rng)
        if house.window == "arched":
            to.shape(_arch(x + width / 2, y + height, width / 2 + 0.12), surround)
            to.shape(_arch(x + width / 2, y + height, width / 2), mood.glass, light)
        for bar in (0, width - 0.07, width * 0.36 if modern else width / 2 - 0.03):
            to.box(x + bar, y, 0.07, height, frame)
        for bar in (0, height - 0.07) if modern else (0, height - 0.07, height / 2 - 0.04):
            to.box(x, y + bar, width, 0.07, frame)


def _pane(
    to: Elevation, mood: Mood, x: float, y: float, width: float, height: float, rng: np.random.Generator
) -> Colour:
    """A window's glass, dark or lit, with curtains or a blind in some; the light behind it."""
    lit, style, strength = rng.random() < mood.windows_lit, rng.random(), rng.uniform(0.5, 1.0)
    light = shade(_LAMPLIGHT[rng.integers(len(_LAMPLIGHT))], strength if lit else 0.0)
    to.box(x, y, width, height, mood.glass, light)
    to.box(x, y + height * 0.62, width, height * 0.38, shade(mood.glass, 1.18), light)
    if style < 0.4:  # curtains drawn aside
        for left in (x, x + width * 0.76):
            to.box(left, y, width * 0.24, height, shade(mood.glass, 1.3), shade(light, 0.55))
    elif style < 0.6:  # a blind half down
        to.box(x, y + height * 0.5, width, height * 0.5, shade(mood.glass, 1.5), shade(light, 0.7))
    return light


def _arch(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x + radius * np.cos(turn), y + radius * np.sin(turn)) for turn in np.linspace(0, np.pi, 13)]


def _ground_floor(to: Elevation, house: Building, mood: Mood, rng: np.random.Generator) -> None:
    """A shop front: glazing or shutters between pillars, the fascia with its name, an awning over some."""
    fascia = _FASCIAS[rng.integers(len(_FASCIAS))]
    to.box(house.x, 0, house.width, 3.8, shade(fascia, 0.75))
    halves = 2 if house.width > 8.5 and house.is_open else 1
    for half in range(halves):
        left, width = house.x + 0.25 + half * (house.width - 0.5) / halves, (house.width - 0.5) / halves
        if house.is_open:
            _glazing(to, left, width - 0.3 * (halves - 1), mood, rng)
        else:
            for slat in range(19):
                to.box(left, slat * 0.14, width, 0.14, shade((0.50, 0.50, 0.49), 1.0 if slat % 2 else 0.86))
    for pillar in (house.x, house.x + house.width - 0.3):
        to.box(pillar, 0, 0.3, 3.8, shade(fascia, 1.1))
        to.box(pillar + 0.05, 0.3, 0.2, 2.7, shade(fascia, 0.85))
    shine = mood.shops if house.is_open else 0.0
    dark = sum(fascia) < 1.5
    to.box(house.x, 2.88, house.width, 0.78, fascia, shade(fascia, (0.55 if dark else 0.2) * shine))
    to.box(house.x, 3.66, house.width, 0.16, shade(fascia, 1.35))
    to.box(house.x, 2.81, house.width, 0.07, shade(fascia, 0.5))
    ink: Colour = (0.80, 0.93, 0.98) if dark else (0.16, 0.12, 0.12)
    centre = house.x + house.width / 2, 3.27
    to.text(house.shop, centre, house.width - 0.8, ink, shade(ink, 0.85 * shine if dark else 0.0))
    if house.is_open and rng.random() < 0.32:
        cloth = shade(_FASCIAS[rng.integers(5)], 1.5)
        for place in range(int((house.width - 0.5) / 0.5)):
            left, stripe = house.x + 0.25 + place * 0.5, cloth if place % 2 else shade(_TRIM, 0.95)
            to.box(left, 2.23, 0.5, 0.62, stripe)
            to.shape([(left, 2.23), (left + 0.5, 2.23), (left + 0.25, 2.03)], shade(stripe, 0.85))


def _glazing(to: Elevation, x: float, width: float, mood: Mood, rng: np.random.Generator) -> None:
    """Stall riser, display window, door, and what can be seen inside."""
    inside = _INTERIORS[rng.integers(len(_INTERIORS))]
    level = mood.shops * (
        rng.uniform(0.5, 0.8) if rng.random() < 0.82 else 0.18
    )  # some are closed for the day
    for low, tall, tone, bright in (
        (0.55, 2.15, 0.28, 1.0),
        (2.05, 0.65, 0.34, 1.12),
        (0.55, 0.35, 0.2, 0.6),
    ):
        to.box(x, low, width, tall, shade(inside, tone), shade(inside, level * bright))
    place = x + 0.2
    while place < x + width - 0.5:
        size, tall, goods = rng.uniform(0.25, 0.8), rng.uniform(0.3, 1.25), _GOODS[rng.integers(len(_GOODS))]
        to.box(place, 0.6, size, tall, shade(goods, 0.8), shade(goods, level * 0.95))
        to.box(place, 0.6 + tall * 0.9, size, tall * 0.1, goods, shade(goods, level * 1.2))
        place += size + rng.uniform(0.05, 0.55)
    for light in np.arange(x + 0.6, x + width - 0.4, 1.3):
        to.box(light, 2.52, 0.42, 0.1, (0.7, 0.72, 0.74), shade((0.94, 0.98, 1.0), mood.shops))
    door = x + (0.15 if rng.random() < 0.5 else width - 1.2)
    to.box(door, 0, 1.05, 2.7, _FRAME)
    to.box(door + 0.1, 0.25, 0.85, 2.35, shade(inside, 0.26), shade(inside, level * 0.85))
    to.box(door + 0.1, 1.15, 0.85, 0.06, (0.2, 0.2, 0.2))
    for bar in np.linspace(x, x + width, max(2, round(width / 2.1)) + 1):
        to.box(bar - 0.04, 0.5, 0.08, 2.2, _FRAME)
