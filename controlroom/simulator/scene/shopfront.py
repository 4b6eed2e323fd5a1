"""Paints what stands at street level: shops with lit windows, fascias and awnings, a pub, a bank, an arcade."""

import cv2
import numpy as np

from controlroom.simulator.scene.facade import SCALE, Brush, shade
from controlroom.simulator.scene.mood import Colour
from controlroom.simulator.scene.plan import Building

_FASCIAS: tuple[Colour, ...] = (
    (0.20, 0.28, 0.12),
    (0.42, 0.22, 0.10),
    (0.14, 0.12, 0.42),
    (0.12, 0.12, 0.13),
    (0.34, 0.34, 0.10),
    (0.20, 0.40, 0.52),
    (0.30, 0.16, 0.30),
    (0.70, 0.76, 0.78),
)
_INTERIORS: tuple[Colour, ...] = (
    (0.62, 0.84, 0.98),
    (0.74, 0.90, 1.0),
    (0.50, 0.78, 0.98),
    (0.92, 0.95, 0.96),
    (0.40, 0.70, 0.98),
)
_GOODS: tuple[Colour, ...] = (
    (0.20, 0.28, 0.62),
    (0.52, 0.36, 0.20),
    (0.26, 0.48, 0.30),
    (0.30, 0.58, 0.78),
    (0.42, 0.30, 0.46),
    (0.55, 0.55, 0.52),
)


def paint_ground_floor(brush: Brush, building: Building, rng: np.random.Generator) -> None:
    """The whole ground floor of one building."""
    if building.shop_kind == "arcade":
        _arcade(brush, building, rng)
    elif building.shop_kind == "bank":
        _bank(brush, building, rng)
    else:
        _shop(brush, building, rng)


def _shop(brush: Brush, building: Building, rng: np.random.Generator) -> None:
    x, width = building.x + 0.25, building.width - 0.5
    closed = building.shop_kind == "closed"
    fascia = _FASCIAS[int(rng.integers(len(_FASCIAS)))]
    brush.box(building.x, 0, building.width, building.ground_floor, shade(fascia, 0.75))
    halves = 2 if width > 8.5 and not closed else 1
    for half in range(halves):
        left, size = x + half * width / halves, width / halves - (0.3 if halves == 2 else 0.0)
        if closed:
            _shutter(brush, left, size)
        else:
            _glazing(brush, left, size, building, rng)
    for pillar in (building.x, building.x + building.width - 0.3):
        brush.box(pillar, 0, 0.3, building.ground_floor, shade(fascia, 1.1))
        brush.box(pillar + 0.05, 0.3, 0.2, building.ground_floor - 1.1, shade(fascia, 0.85))
    _sign(brush, building, fascia, lit=not closed and brush.mood.shops > 0.1)
    if not closed and rng.random() < 0.32:
        _awning(brush, x, width, building.ground_floor - 0.95, rng)


def _glazing(brush: Brush, x: float, width: float, building: Building, rng: np.random.Generator) -> None:
    """Stall riser, display window, door, and what can be seen inside."""
    inside = _INTERIORS[int(rng.integers(len(_INTERIORS)))]
    if building.shop_kind == "pub":
        inside = (0.26, 0.56, 0.94)
    open_now = rng.random() < 0.82
    level = brush.mood.shops * (float(rng.uniform(0.50, 0.80)) if open_now else 0.18)
    door = x + (0.15 if rng.random() < 0.5 else width - 1.2)
    brush.box(x, 0.55, width, 2.15, shade(inside, 0.28), shade(inside, level))
    brush.box(x, 2.05, width, 0.65, shade(inside, 0.34), shade(inside, min(1.0, level * 1.12)))
    brush.box(x, 0.55, width, 0.35, shade(inside, 0.2), shade(inside, level * 0.6))
    place = x + 0.2
    while place < x + width - 0.5:  # goods in the window, and people's shapes behind them
        size = float(rng.uniform(0.25, 0.8))
        goods = _GOODS[int(rng.integers(len(_GOODS)))]
        tall = float(rng.uniform(0.3, 1.25))
        brush.box(place, 0.6, size, tall, shade(goods, 0.8), shade(goods, level * 0.95))
        place += size + float(rng.uniform(0.05, 0.55))
    for light in np.arange(x + 0.6, x + width - 0.4, 1.3):
        brush.shine(float(light), 2.52, 0.42, 0.1, shade((0.94, 0.98, 1.0), brush.mood.shops))
    brush.box(door, 0, 1.05, 2.7, (0.16, 0.15, 0.15))
    brush.box(door + 0.1, 0.25, 0.85, 2.35, shade(inside, 0.26), shade(inside, level * 0.85))
    brush.box(door + 0.1, 1.15, 0.85, 0.06, (0.2, 0.2, 0.2))
    for bar in np.linspace(x, x + width, max(2, round(width / 2.1)) + 1):
        brush.box(float(bar) - 0.04, 0.5, 0.08, 2.2, (0.14, 0.13, 0.13))


def _shutter(brush: Brush, x: float, width: float) -> None:
    for slat in np.arange(0.0, 2.7, 0.14):
        brush.box(
            x, float(slat), width, 0.14, shade((0.50, 0.50, 0.49), 1.0 if int(slat / 0.14) % 2 else 0.86)
        )


def _sign(brush: Brush, building: Building, fascia: Colour, *, lit: bool) -> None:
    """The fascia board and the shop's name on it."""
    y, height = building.ground_floor - 0.92, 0.78
    own_light = shade(fascia, 0.55 * brush.mood.shops) if lit else None
    brush.box(building.x, y, building.width, height, fascia, own_light)
    brush.box(building.x, y + height, building.width, 0.16, shade(fascia, 1.35))
    brush.box(building.x, y - 0.07, building.width, 0.07, shade(fascia, 0.5))
    dark_board = sum(fascia) < 1.5
    ink: Colour = (0.80, 0.93, 0.98) if dark_board else (0.16, 0.12, 0.12)
    font = cv2.FONT_HERSHEY_DUPLEX if building.shop.isupper() else cv2.FONT_HERSHEY_TRIPLEX
    size = 0.36 * SCALE / 22
    (wide, high), _ = cv2.getTextSize(building.shop, font, size, 1)
    most = (building.width - 0.8) * SCALE
    if wide > most:
        size *= most / wide
        wide, high = int(wide * most / wide), int(high * most / wide)
    at = (
        brush.column(building.x + building.width / 2) - wide // 2,
        brush.row(y + height / 2) + high // 2,
    )
    colour = [round(each * 255) for each in ink]
    cv2.putText(brush.surface, building.shop, at, font, size, colour, 1, cv2.LINE_AA)
    if lit and dark_board:
        own = [round(each * 255 * 0.85 * brush.mood.shops) for each in ink]
        cv2.putText(brush.glow, building.shop, at, font, size, own, 1, cv2.LINE_AA)


def _awning(brush: Brush, x: float, width: float, y: float, rng: np.random.Generator) -> None:
    stripe = _FASCIAS[int(rng.integers(5))]
    for place in range(int(width / 0.5)):
        colour: Colour = (0.80, 0.82, 0.82) if place % 2 else shade(stripe, 1.5)
        left = x + place * 0.5
        brush.shape([(left, y), (left + 0.5, y), (left + 0.5, y - 0.62), (left, y - 0.62)], colour)
        brush.shape([(left, y - 0.62), (left + 0.5, y - 0.62), (left + 0.25, y - 0.82)], shade(colour, 0.85))


def _arcade(brush: Brush, building: Building, rng: np.random.Generator) -> None:
    """A deep, lit passage between stone piers."""
    stone: Colour = (0.64, 0.74, 0.80)
    brush.box(building.x, 0, building.width, building.ground_floor, stone)
    arches = max(2, round(building.width / 3.4))
    pitch = building.width / arches
    warm: Colour = shade((0.36, 0.68, 0.96), max(0.25, brush.mood.shops * 0.8))
    for place in range(arches):
        centre = building.x + (place + 0.5) * pitch
        radius = pitch / 2 - 0.42
        brush.box(centre - radius, 0, 2 * radius, 2.2, shade(stone, 0.35), warm)
        brush.arch(centre, 2.2, radius, shade(stone, 0.35), shade(warm, 0.85))
        brush.box(centre - radius * 0.55, 0, radius * 1.1, 1.7, shade(stone, 0.3), shade(warm, 1.25))
        brush.shine(centre - 0.12, 2.3, 0.24, 0.24, (0.86, 0.97, 1.0))
        del radius
    brush.box(building.x, building.ground_floor - 0.5, building.width, 0.5, shade(stone, 0.88))
    _small_sign(brush, "ARCADE", building, building.ground_floor - 0.25)
    rng.random()


def _bank(brush: Brush, building: Building, rng: np.random.Generator) -> None:
    """Rusticated stone, tall windows, and cash points that glow."""
    stone: Colour = (0.58, 0.67, 0.72)
    brush.box(building.x, 0, building.width, building.ground_floor, stone)
    for course in np.arange(0.0, building.ground_floor, 0.55):
        brush.box(building.x, float(course), building.width, 0.05, shade(stone, 0.72))
    bays = max(2, round(building.width / 2.8))
    pitch = building.width / bays
    for bay in range(bays):
        x = building.x + (bay + 0.5) * pitch - 0.65
        if bay == bays // 2:
            brush.box(x, 0, 1.3, 2.9, (0.16, 0.22, 0.30))
            continue
        brush.box(x, 1.0, 1.3, 2.1, brush.mood.glass, shade((0.55, 0.72, 0.80), 0.5 * brush.mood.shops))
        if bay in {0, 1}:
            brush.box(x + 0.3, 0.9, 0.7, 0.95, (0.30, 0.28, 0.26))
            brush.box(x + 0.4, 1.35, 0.5, 0.36, (0.9, 0.6, 0.25), shade((0.98, 0.72, 0.30), brush.mood.shops))
    _small_sign(brush, "BANK", building, building.ground_floor - 0.4)
    rng.random()


def _small_sign(brush: Brush, text: str, building: Building, y: float) -> None:
    size = 0.32 * SCALE / 22
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, size, 1)
    at = (brush.column(building.x + building.width / 2) - wide // 2, brush.row(y) + high // 2)
    cv2.putText(brush.surface, text, at, cv2.FONT_HERSHEY_DUPLEX, size, (40, 44, 48), 1, cv2.LINE_AA)
