"""Cut-outs of vehicles seen from any side and from above: small solid models, their faces painted back to front."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from controlroom.simulator.scene.cutout import Canvas, Cutout, Look
from controlroom.simulator.scene.mood import Colour, shade

_TURN_STEP_DEG, _RISE_STEP_DEG = 10, 12
_FINEST = 270.0  # pixels of a vehicle's length; finer ones cost megabytes
PAINTS: dict[str, Colour] = {
    "red": (0.13, 0.12, 0.62),
    "white": (0.86, 0.87, 0.87),
    "silver": (0.62, 0.62, 0.61),
    "blue": (0.46, 0.26, 0.14),
    "black": (0.12, 0.115, 0.11),
    "green": (0.22, 0.33, 0.15),
}
_GLASS: Colour = (0.24, 0.20, 0.17)
_DARK: Colour = (0.08, 0.08, 0.08)
_TURNS = np.linspace(0, 2 * np.pi, 19)[:-1]

Point = tuple[float, float, float]
"""Metres: x forward, y to the left, z up."""


@dataclass(frozen=True)
class Body:
    """A vehicle's shape in metres."""

    length: float
    width: float
    sill: float
    """Height of the bonnet's edge, where the cabin stands on."""
    roof: float
    screen: tuple[float, float]
    """x of the windscreen's foot and head."""
    back: tuple[float, float]
    """x of the rear window's foot and head."""
    wheels: tuple[float, float]
    wheel: float = 0.32
    inset: float = 0.14
    """How much narrower the roof is than the sill, on each side."""


BODIES = {
    "car": Body(4.2, 1.78, 0.86, 1.46, (1.05, 0.35), (-1.75, -1.25), (1.3, -1.3)),
    "estate": Body(4.6, 1.80, 0.88, 1.50, (1.15, 0.45), (-2.15, -1.85), (1.4, -1.4)),
    "van": Body(5.2, 2.0, 1.10, 2.35, (1.85, 1.25), (-2.58, -2.55), (1.65, -1.6), 0.35, 0.06),
    "bus": Body(10.4, 2.5, 1.00, 4.25, (5.15, 5.05), (-5.15, -5.1), (3.4, -2.9), 0.48, 0.02),
}


class _Model:
    """A canvas that is painted on in the vehicle's own three dimensions; faces turned away are left out."""

    def __init__(self, body: Body, turn_deg: float, rise_deg: float, look: Look) -> None:
        turn, rise = math.radians(turn_deg), math.radians(rise_deg)
        self._turn, self._rise = (math.cos(turn), math.sin(turn)), (math.cos(rise), math.sin(rise))
        x, y = body.length / 2 + 0.25, body.width / 2 + 0.25
        corners = [self._flat((cx, cy, z)) for cx in (x, -x) for cy in (y, -y) for z in (0.0, body.roof)]
        across, up = zip(*corners, strict=True)
        self.canvas = Canvas(min(across), max(across), min(up), max(up) + 0.05, look, _FINEST / body.length)

    def face(
        self, corners: list[Point], normal: Point, colour: Colour, more: float = 1.0, *, shines: bool = False
    ) -> None:
        """A flat face: tops are lighter than sides, faces turned away a little darker; what shines is not shaded."""
        toward = self._toward(normal)
        if toward > 0.02:
            bright = 1.0 if shines else (0.66 + 0.34 * max(0.0, normal[2]) + 0.12 * toward) * more
            self.canvas.polygon([self._flat(each) for each in corners], shade(colour, bright), shines=shines)

    def sides(
        self, outline: list[tuple[float, float, float]], colour: Colour, tilt: float = 0.0, **how: Any
    ) -> None:
        """The same face on the left and on the right: (x, half width, z) of each corner."""
        for side in (1.0, -1.0):
            self.face([(x, side * y, z) for x, y, z in outline], (0, side, tilt), colour, **how)

    def end(
        self, x: float, half: float, low: float, high: float, colour: Colour, *, shines: bool = False
    ) -> None:
        """An upright rectangle across the vehicle; it faces forward for a positive x."""
        corners = [(x, half, low), (x, -half, low), (x, -half, high), (x, half, high)]
        self.face(corners, (math.copysign(1, x), 0, 0), colour, shines=shines)

    def shadow(self, x: float, y: float, alpha: int) -> None:
        """On the ground."""
        corners = [self._flat(each) for each in ((x, y, 0.0), (x, -y, 0.0), (-x, -y, 0.0), (-x, y, 0.0))]
        self.canvas.polygon(corners, (0, 0, 0), alpha)

    def _flat(self, point: Point) -> tuple[float, float]:
        """Where a point appears: metres to the right and up of the middle on the ground."""
        (cos, sin), (level, up) = self._turn, self._rise
        x, y, z = point
        return y * cos - x * sin, z * level - (x * cos + y * sin) * up

    def _toward(self, normal: Point) -> float:
        """Cosine between a face's normal and the way to the camera."""
        (cos, sin), (level, up) = self._turn, self._rise
        return (normal[0] * cos + normal[1] * sin) * level + normal[2] * up


def seen_from(x: float, z: float, heading: int, height: float) -> tuple[int, int]:
    """From which side the camera sees a vehicle there: turn from its nose and rise, in steps of degrees."""
    turn = math.degrees(math.atan2(-z * heading, -x * heading))  # in the vehicle's own axes: x on, y left
    rise = math.degrees(math.atan2(height - 0.8, math.hypot(x, z)))
    return (
        round(turn / _TURN_STEP_DEG) * _TURN_STEP_DEG % 360,
        min(64, max(0, round(rise / _RISE_STEP_DEG) * _RISE_STEP_DEG)),
    )


@lru_cache(maxsize=384)
def vehicle_cutout(kind: str, paint: str, turn_deg: int, rise_deg: int, lit: bool, look: Look) -> Cutout:
    """The vehicle seen from `turn_deg` from its nose (leftwards) and `rise_deg` above the road.

    With `lit`, its lamps and a bus's saloon shine by themselves.
    """
    body, colour = BODIES[kind], PAINTS[paint]
    model = _Model(body, turn_deg, rise_deg, look)
    for grow, alpha in ((0.22, 56), (0.05, 128)):
        model.shadow(body.length / 2 + grow, body.width / 2 + grow, alpha)
    _hull(model, body, colour)
    if kind == "bus":
        _decks(model, body, colour, lit=lit)
    else:
        _cabin(model, body, colour, panelled=kind == "van")
    head: Colour = (0.86, 0.97, 1.0) if lit else (0.80, 0.82, 0.82)
    tail: Colour = (0.20, 0.16, 1.0) if lit else (0.10, 0.08, 0.60)
    y, z = body.width / 2 - 0.24, min(0.68, body.sill - 0.24)
    for x, lamp in ((body.length / 2 + 0.02, head), (-body.length / 2 - 0.02, tail)):
        for middle in (y, -y):
            corners = [
                (x, middle + side * 0.17, z + up * 0.08) for side, up in ((-1, -1), (1, -1), (1, 1), (-1, 1))
            ]
            model.face(corners, (math.copysign(1, x), 0, 0), lamp, shines=lit)
    return model.canvas.done()


def _hull(model: _Model, body: Body, paint: Colour) -> None:
    """The lower body: sides with wheels in their arches, nose, tail with their plates, and the top at sill height."""
    x, y, low, sill = body.length / 2, body.width / 2, 0.26, body.sill
    nose, tail = sill - 0.18, sill - 0.06
    outline = [(x, low), (x, nose), (x - 0.9, sill), (-x + 0.3, sill), (-x, tail), (-x, low)]
    model.sides([(px, y, pz) for px, pz in outline], paint)
    crease = [
        (x - 0.3, y, sill - 0.22),
        (0.2 - x, y, sill - 0.22),
        (0.2 - x, y, sill - 0.27),
        (x - 0.3, y, sill - 0.27),
    ]
    model.sides(crease, shade(paint, 0.72))
    for middle in body.wheels:
        for share, tone in ((1.25, 0.6), (1.0, 1.0), (0.55, 6.0)):  # arch, tyre, hub
            across, up = body.wheel * share * np.array([np.cos(_TURNS), np.sin(_TURNS)])
            rim = [(middle + dx, y, max(0.0, body.wheel + dz)) for dx, dz in zip(across, up, strict=True)]
            model.sides(rim, shade(_DARK, tone))
    for end, top, plate in ((x, nose, (0.92, 0.93, 0.93)), (-x, tail, (0.16, 0.78, 0.95))):  # white in front
        model.end(end, y, low, top, paint)
        model.end(end, y * 0.95, low, low + 0.16, _DARK)
        model.end(end, 0.26, (low + top) / 2 - 0.06, (low + top) / 2 + 0.06, plate)
    model.face([(x, y, nose), (x, -y, nose), (x - 0.9, -y, sill), (x - 0.9, y, sill)], (0.2, 0, 0.98), paint)
    model.face([(x - 0.9, y, sill), (x - 0.9, -y, sill), (-x, -y, tail), (-x, y, tail)], (0, 0, 1), paint)


def _cabin(model: _Model, body: Body, paint: Colour, *, panelled: bool) -> None:
    """Glass house and roof; a van's is panelled behind the doors."""
    low, high, (foot, head), (tail, top) = body.sill, body.roof, body.screen, body.back
    wide, slim = body.width / 2 - 0.02, body.width / 2 - body.inset
    model.sides([(foot, wide, low), (head, slim, high), (top, slim, high), (tail, wide, low)], paint, 0.3)
    rear = head - 1.25 if panelled else top + 0.12
    panes = [(foot - 0.18, head - 0.04, rear + 0.0, rear - 0.1)]
    if not panelled:  # a post between the doors
        post = (head + top) / 2 + 0.1
        panes = [(foot - 0.18, head - 0.04, post, post), (post - 0.09, post - 0.09, rear, rear - 0.1)]
    for start, start_up, end_up, end in panes:
        near, far = wide + (slim - wide) * 0.08, wide + (slim - wide) * 0.85
        pane = [
            (start, near, low + 0.05),
            (start_up, far, high - 0.09),
            (end_up, far, high - 0.09),
            (end, near, low + 0.05),
        ]
        model.sides(pane, _GLASS, 0.3, more=1.25)
    for (down, up), normal in ((body.screen, (0.7, 0.0, 0.7)), (body.back, (-0.8, 0.0, 0.6))):
        model.face(
            [(down, wide, low), (down, -wide, low), (up, -slim, high), (up, slim, high)], normal, paint
        )
        if not (panelled and normal[0] < 0):
            glass = [(down * 0.99, wide - 0.1, low + 0.05), (down * 0.99, 0.1 - wide, low + 0.05)]
            glass += [(up, 0.06 - slim, high - 0.06), (up, slim - 0.06, high - 0.06)]
            model.face(glass, normal, _GLASS, 1.5)
    model.face(
        [(head, slim, high), (head, -slim, high), (top, -slim, high), (top, slim, high)], (0, 0, 1), paint
    )


def _decks(model: _Model, body: Body, paint: Colour, *, lit: bool) -> None:
    """A double decker above the skirt: two bands of windows, the blind, the roof."""
    glow: Colour = (0.56, 0.86, 0.97) if lit else (0.30, 0.27, 0.25)
    x, y, low, high = 5.2, body.width / 2, body.sill, body.roof
    model.sides([(x, y, low), (-x, y, low), (-x, y, high), (x, y, high)], paint)
    for bottom, top in ((1.25, 2.15), (2.75, 3.65)):
        for start in (4.9 - pane * 1.66 for pane in range(6)):
            pane = [(start, y, bottom), (start - 1.5, y, bottom), (start - 1.5, y, top), (start, y, top)]
            model.sides(pane, glow, shines=lit)
    for end in (x, -x):
        model.end(end, y, low, high, paint)
        model.end(end, 1.1, 1.15, 2.35, shade(glow, 0.5) if end > 0 else glow, shines=lit)
        model.end(end, 1.1, 2.75, 3.7, glow, shines=lit)
    model.end(x, 0.8, 2.42, 2.68, (0.20, 0.70, 1.0) if lit else (0.1, 0.4, 0.6), shines=lit)
    model.face([(x, y, high), (x, -y, high), (-x, -y, high), (-x, y, high)], (0, 0, 1), (0.55, 0.55, 0.62))
