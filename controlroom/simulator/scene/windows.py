"""Paints the upper storeys: sashes, tall and arched windows, modern bands; some lit, each light a little different."""

import numpy as np

from controlroom.simulator.scene.facade import TRIM, Brush, shade, wall_colour
from controlroom.simulator.scene.mood import Colour
from controlroom.simulator.scene.plan import Building

_LAMPLIGHT: tuple[Colour, ...] = (
    (0.30, 0.62, 0.92),
    (0.38, 0.70, 0.96),
    (0.22, 0.50, 0.80),
    (0.48, 0.76, 0.94),
    (0.62, 0.80, 0.90),
    (0.80, 0.78, 0.72),
)
_SIZES = {"sash": (1.10, 1.75), "tall": (1.05, 2.05), "arched": (1.15, 1.55), "modern": (2.0, 1.55)}


def paint_storeys(brush: Brush, building: Building, rng: np.random.Generator) -> None:
    """Every window above the shop."""
    width, height = _SIZES[building.window]
    pitch = building.width / building.bays
    width = min(width, pitch - 0.5)
    bay_window = building.window == "sash" and building.storeys >= 3 and rng.random() < 0.35
    for storey in range(building.storeys - 1):
        sill = building.ground_floor + storey * building.storey + 0.62
        for bay in range(building.bays):
            x = building.x + (bay + 0.5) * pitch - width / 2
            if bay_window and storey == 0:
                _bay(brush, x, sill, width, height, rng)
            else:
                _window(brush, building, x, sill, width, height, rng)


def light_in(brush: Brush, rng: np.random.Generator, share: float = 1.0) -> Colour | None:
    """The light behind a window, or None when the room is dark."""
    if rng.random() >= brush.mood.windows_lit * share:
        return None
    return shade(_LAMPLIGHT[int(rng.integers(len(_LAMPLIGHT)))], float(rng.uniform(0.55, 1.0)))


def _window(
    brush: Brush,
    building: Building,
    x: float,
    y: float,
    width: float,
    height: float,
    rng: np.random.Generator,
) -> None:
    light = light_in(brush, rng)
    surround = (
        shade(TRIM, 0.92) if building.wall not in {"white", "cream"} else shade(wall_colour(building), 0.86)
    )
    if building.window != "modern":
        brush.box(x - 0.13, y - 0.16, width + 0.26, height + 0.30, surround)
        brush.box(x - 0.22, y - 0.20, width + 0.44, 0.12, shade(surround, 0.8))
        brush.box(x - 0.18, y + height + 0.12, width + 0.36, 0.14, shade(surround, 0.9))
    _pane(brush, x, y, width, height, light, rng)
    if building.window == "arched":
        brush.arch(x + width / 2, y + height, width / 2 + 0.12, surround)
        brush.arch(x + width / 2, y + height, width / 2, brush.mood.glass, light)
    _bars(brush, building.window, x, y, width, height)


def _pane(
    brush: Brush,
    x: float,
    y: float,
    width: float,
    height: float,
    light: Colour | None,
    rng: np.random.Generator,
) -> None:
    brush.box(x, y, width, height, brush.mood.glass, light)
    brush.box(x, y + height * 0.62, width, height * 0.38, shade(brush.mood.glass, 1.18), light)
    if light is None:
        if rng.random() < 0.3:  # a drawn curtain
            brush.box(x, y, width, height, shade((0.62, 0.66, 0.70), 0.8))
        return
    style = rng.random()
    if style < 0.4:  # curtains drawn aside
        for left in (x, x + width * 0.76):
            brush.shine(left, y, width * 0.24, height, shade(light, 0.55))
    elif style < 0.6:  # a blind half down
        brush.shine(x, y + height * 0.5, width, height * 0.5, shade(light, 0.7))
    if style > 0.82:  # a ceiling lamp seen from below
        brush.shine(x + width * 0.42, y + height * 0.72, width * 0.16, height * 0.12, (0.85, 0.96, 1.0))


def _bars(brush: Brush, kind: str, x: float, y: float, width: float, height: float) -> None:
    frame = shade(TRIM, 0.96) if kind != "modern" else (0.22, 0.20, 0.19)
    brush.box(x, y, 0.07, height, frame)
    brush.box(x + width - 0.07, y, 0.07, height, frame)
    brush.box(x, y, width, 0.07, frame)
    brush.box(x, y + height - 0.07, width, 0.07, frame)
    if kind == "modern":
        brush.box(x + width * 0.36, y, 0.06, height, frame)
        return
    brush.box(x, y + height * 0.5 - 0.04, width, 0.08, frame)
    brush.box(x + width / 2 - 0.03, y, 0.05, height, frame)


def _bay(brush: Brush, x: float, y: float, width: float, height: float, rng: np.random.Generator) -> None:
    """A bay window: three panes with side shading, and its little roof."""
    light = light_in(brush, rng, 1.4)
    left, whole = x - 0.35, width + 0.7
    brush.box(left, y - 0.5, whole, height + 0.8, TRIM)
    brush.box(left, y - 0.5, 0.32, height + 0.8, shade(TRIM, 0.72))
    brush.box(left + whole - 0.32, y - 0.5, 0.32, height + 0.8, shade(TRIM, 0.72))
    _pane(brush, x, y, width, height, light, rng)
    for side in (left + 0.06, left + whole - 0.27):
        brush.box(side, y, 0.21, height, brush.mood.glass, shade(light, 0.7) if light else None)
    _bars(brush, "sash", x, y, width, height)
    roof = [(left - 0.1, y + height + 0.3), (left + 0.3, y + height + 0.62)]
    roof += [(left + whole - 0.3, y + height + 0.62), (left + whole + 0.1, y + height + 0.3)]
    brush.shape(roof, (0.34, 0.31, 0.29))
