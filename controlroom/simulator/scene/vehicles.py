"""Cut-outs of vehicles seen from any side and from above: small solid models, their faces painted back to front."""

import math
from dataclasses import dataclass

import numpy as np

from controlroom.simulator.scene.cutout import Canvas, Cutout
from controlroom.simulator.scene.mood import Colour
from controlroom.simulator.scene.solid import Point, Sight, darker, paint_face, shaded

TURN_STEP_DEG, RISE_STEP_DEG = 6, 8
PAINTS: dict[str, Colour] = {
    "red": (0.13, 0.12, 0.62),
    "white": (0.86, 0.87, 0.87),
    "silver": (0.62, 0.62, 0.61),
    "blue": (0.46, 0.26, 0.14),
    "black": (0.12, 0.115, 0.11),
    "green": (0.22, 0.33, 0.15),
}


@dataclass(frozen=True)
class Body:
    """A vehicle's shape in metres: x forward, y to its left, z up. `profile` is the cabin's side from front to back."""

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


BODIES = {
    "car": Body(4.2, 1.78, 0.86, 1.46, (1.05, 0.35), (-1.75, -1.25), (1.3, -1.3)),
    "estate": Body(4.6, 1.80, 0.88, 1.50, (1.15, 0.45), (-2.15, -1.85), (1.4, -1.4)),
    "taxi": Body(4.6, 1.85, 0.98, 1.85, (1.05, 0.75), (-1.95, -1.65), (1.45, -1.45), 0.35, 0.10),
    "van": Body(5.2, 2.0, 1.10, 2.35, (1.85, 1.25), (-2.58, -2.55), (1.65, -1.6), 0.35, 0.06),
    "bus": Body(10.4, 2.5, 1.00, 4.25, (5.15, 5.05), (-5.15, -5.1), (3.4, -2.9), 0.48, 0.02),
}
_GLASS: Colour = (0.20, 0.17, 0.15)
_TYRE: Colour = (0.07, 0.07, 0.07)


def vehicle_cutout(kind: str, paint: str, turn_deg: int, rise_deg: int, *, lit: bool, scale: float) -> Cutout:
    """The vehicle in daylight colours, `turn_deg` from its nose (leftwards) and `rise_deg` above the road.

    With `lit`, its lamps and a bus's saloon shine by themselves.
    """
    body = BODIES[kind]
    view = Sight(math.radians(turn_deg), math.radians(rise_deg))
    canvas = Canvas(*_extent(body, view), scale)
    _shadow(canvas, body, view)
    _wheels(canvas, body, view)
    _hull(canvas, body, view, PAINTS[paint])
    if kind == "bus":
        _bus_sides(canvas, body, view, lit=lit)
    else:
        _cabin(canvas, body, view, PAINTS[paint], panelled=kind == "van")
    _lamps(canvas, body, view, lit=lit)
    return canvas.done()


def _extent(body: Body, view: Sight) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of the vehicle and its shadow as seen."""
    x, y = body.length / 2 + 0.25, body.width / 2 + 0.25
    corners = [view.flat((cx, cy, z)) for cx in (x, -x) for cy in (y, -y) for z in (0.0, body.roof)]
    across, up = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return min(across), max(across), min(up), max(up) + 0.05


def _shadow(canvas: Canvas, body: Body, view: Sight) -> None:
    for grow, alpha in ((0.22, 0.22), (0.05, 0.5)):
        x, y = body.length / 2 + grow, body.width / 2 + grow
        canvas.veil(
            [view.flat(p) for p in ((x, y, 0), (x, -y, 0), (-x, -y, 0), (-x, y, 0))], (0, 0, 0), alpha
        )


def _wheels(canvas: Canvas, body: Body, view: Sight) -> None:
    for side in (1.0, -1.0):
        if view.faces((0, side, 0)) <= 0:
            continue
        for middle in body.wheels:
            for radius, colour in ((body.wheel, _TYRE), (body.wheel * 0.55, (0.48, 0.48, 0.48))):
                turns = np.linspace(0, 2 * np.pi, 17)[:-1]
                rim = [
                    (middle + radius * math.cos(t), side * body.width / 2, body.wheel + radius * math.sin(t))
                    for t in turns
                ]
                canvas.polygon([view.flat(point) for point in rim], colour)


def _hull(canvas: Canvas, body: Body, view: Sight, paint: Colour) -> None:
    """The lower body: sides with wheel arches cut by the wheels' order, nose, tail and the top at sill height."""
    x, y, low, sill = body.length / 2, body.width / 2, 0.26, body.sill
    nose, tail = sill - 0.18, sill - 0.06
    for side in (1.0, -1.0):
        outline = [(x, low), (x, nose), (x - 0.9, sill), (-x + 0.3, sill), (-x, tail), (-x, low)]
        if view.faces((0, side, 0)) > 0:
            paint_face(canvas, view, [(px, side * y, pz) for px, pz in outline], paint, (0, side, 0))
            _arches(canvas, body, view, side)
            line = [(x - 0.3, side * y, sill - 0.22), (-x + 0.2, side * y, sill - 0.22)]
            line += [(-x + 0.2, side * y, sill - 0.27), (x - 0.3, side * y, sill - 0.27)]
            paint_face(canvas, view, line, darker(paint, 0.72), (0, side, 0))
    for end, top in ((1.0, nose), (-1.0, tail)):
        if view.faces((end, 0, 0)) > 0:
            corners: list[Point] = [
                (end * x, y, low),
                (end * x, -y, low),
                (end * x, -y, top),
                (end * x, y, top),
            ]
            paint_face(canvas, view, corners, paint, (end, 0, 0))
            _end_details(canvas, view, end, x, y, low, top)
    paint_face(
        canvas,
        view,
        [(x, y, nose), (x, -y, nose), (x - 0.9, -y, sill), (x - 0.9, y, sill)],
        paint,
        (0.2, 0, 0.98),
    )
    paint_face(
        canvas,
        view,
        [(x - 0.9, y, sill), (x - 0.9, -y, sill), (-x, -y, tail), (-x, y, tail)],
        paint,
        (0, 0, 1),
    )


def _arches(canvas: Canvas, body: Body, view: Sight, side: float) -> None:
    """The wheels again, over the side panel, with a dark arch above each."""
    for middle in body.wheels:
        for radius, colour in (
            (body.wheel + 0.08, (0.05, 0.05, 0.05)),
            (body.wheel, _TYRE),
            (0.18, (0.5, 0.5, 0.5)),
        ):
            turns = np.linspace(0, 2 * np.pi, 19)[:-1]
            rim = [
                (
                    middle + radius * math.cos(t),
                    side * body.width / 2,
                    max(0.0, body.wheel + radius * math.sin(t)),
                )
                for t in turns
            ]
            canvas.polygon([view.flat(point) for point in rim], colour)


def _end_details(canvas: Canvas, view: Sight, end: float, x: float, y: float, low: float, top: float) -> None:
    """Grille or bumper, and the plate: white in front, yellow behind."""
    dark: list[Point] = [(end * x, y * 0.95, low), (end * x, -y * 0.95, low)]
    dark += [(end * x, -y * 0.95, low + 0.16), (end * x, y * 0.95, low + 0.16)]
    canvas.polygon([view.flat(point) for point in dark], (0.10, 0.10, 0.10))
    plate: Colour = (0.92, 0.93, 0.93) if end > 0 else (0.16, 0.78, 0.95)
    middle = (low + top) / 2
    corners: list[Point] = [(end * x, 0.26, middle - 0.06), (end * x, -0.26, middle - 0.06)]
    corners += [(end * x, -0.26, middle + 0.06), (end * x, 0.26, middle + 0.06)]
    canvas.polygon([view.flat(point) for point in corners], plate)


def _cabin(canvas: Canvas, body: Body, view: Sight, paint: Colour, *, panelled: bool) -> None:
    """Glass house and roof; a van's is panelled behind the doors."""
    low, high = body.sill, body.roof
    wide, slim = body.width / 2 - 0.02, body.width / 2 - body.inset
    front, back = body.screen, body.back
    tilt = 0.3
    for side in (1.0, -1.0):
        if view.faces((0, side, tilt)) <= 0:
            continue
        whole: list[Point] = [(front[0], side * wide, low), (front[1], side * slim, high)]
        whole += [(back[1], side * slim, high), (back[0], side * wide, low)]
        paint_face(canvas, view, whole, paint, (0, side, tilt))
        rear = front[1] - 1.25 if panelled else back[1] + 0.12
        pane = _shrunk(low, high, side, wide, slim, (front[0] - 0.18, front[1] - 0.04), (rear - 0.1, rear))
        canvas.polygon([view.flat(point) for point in pane], shaded(_GLASS, view, (0, side, tilt), 1.25))
        if not panelled:
            post = (front[1] + back[1]) / 2 + 0.1
            bar = _shrunk(low, high, side, wide, slim, (post, post), (post - 0.09, post - 0.09))
            canvas.polygon([view.flat(point) for point in bar], shaded(paint, view, (0, side, tilt)))
    for (foot, head), normal in ((front, (0.7, 0.0, 0.7)), (back, (-0.8, 0.0, 0.6))):
        if view.faces(normal) > 0:
            face: list[Point] = [
                (foot, wide, low),
                (foot, -wide, low),
                (head, -slim, high),
                (head, slim, high),
            ]
            paint_face(canvas, view, face, paint, normal)
            if not (panelled and normal[0] < 0):
                glass: list[Point] = [
                    (foot * 0.99, wide - 0.1, low + 0.05),
                    (foot * 0.99, -wide + 0.1, low + 0.05),
                ]
                glass += [(head, -slim + 0.06, high - 0.06), (head, slim - 0.06, high - 0.06)]
                canvas.polygon([view.flat(point) for point in glass], shaded(_GLASS, view, normal, 1.5))
    roof: list[Point] = [
        (front[1], slim, high),
        (front[1], -slim, high),
        (back[1], -slim, high),
        (back[1], slim, high),
    ]
    paint_face(canvas, view, roof, paint, (0, 0, 1))


def _bus_sides(canvas: Canvas, body: Body, view: Sight, *, lit: bool) -> None:
    """A double decker above the skirt: two bands of windows, the blind, the roof."""
    red, low, high = PAINTS["red"], body.sill, body.roof
    glow: Colour = (0.56, 0.86, 0.97) if lit else (0.30, 0.27, 0.25)
    for side in (1.0, -1.0):
        if view.faces((0, side, 0)) > 0:
            _panel(canvas, view, side, (5.2, -5.2), (low, high), body.width / 2, red)
            for bottom, top in ((1.25, 2.15), (2.75, 3.65)):
                for pane in range(6):
                    start = 4.9 - pane * 1.66
                    _panel(
                        canvas,
                        view,
                        side,
                        (start, start - 1.5),
                        (bottom, top),
                        body.width / 2,
                        glow,
                        shines=lit,
                    )
    for end in (1.0, -1.0):
        if view.faces((end, 0, 0)) <= 0:
            continue
        for (bottom, top), colour, half, shines in (
            ((low, high), red, 1.25, False),
            ((1.15, 2.35), glow if end < 0 else darker(glow, 0.5), 1.1, lit),
            ((2.75, 3.7), glow, 1.1, lit),
        ):
            corners: list[Point] = [(end * 5.2, half, bottom), (end * 5.2, -half, bottom)]
            corners += [(end * 5.2, -half, top), (end * 5.2, half, top)]
            paint_face(canvas, view, corners, colour, (end, 0, 0), shines=shines)
        if end > 0:
            blind: list[Point] = [(5.2, 0.8, 2.42), (5.2, -0.8, 2.42), (5.2, -0.8, 2.68), (5.2, 0.8, 2.68)]
            canvas.polygon(
                [view.flat(p) for p in blind], (0.20, 0.70, 1.0) if lit else (0.1, 0.4, 0.6), shines=lit
            )
    x, y = 5.2, body.width / 2
    paint_face(
        canvas,
        view,
        [(x, y, high), (x, -y, high), (-x, -y, high), (-x, y, high)],
        (0.55, 0.55, 0.62),
        (0, 0, 1),
    )


def _panel(
    canvas: Canvas,
    view: Sight,
    side: float,
    along: tuple[float, float],
    up: tuple[float, float],
    out: float,
    colour: Colour,
    *,
    shines: bool = False,
) -> None:
    corners: list[Point] = [(along[0], side * out, up[0]), (along[1], side * out, up[0])]
    corners += [(along[1], side * out, up[1]), (along[0], side * out, up[1])]
    paint_face(canvas, view, corners, colour, (0, side, 0), shines=shines)


def _lamps(canvas: Canvas, body: Body, view: Sight, *, lit: bool) -> None:
    x, y, height = body.length / 2 + 0.02, body.width / 2 - 0.24, min(0.68, body.sill - 0.24)
    head: Colour = (0.86, 0.97, 1.0) if lit else (0.80, 0.82, 0.82)
    tail: Colour = (0.20, 0.16, 1.0) if lit else (0.10, 0.08, 0.60)
    for end, colour in ((1.0, head), (-1.0, tail)):
        if view.faces((end, 0, 0)) <= 0.02:
            continue
        for side in (y, -y):
            corners: list[Point] = [
                (end * x, side - 0.17, height - 0.08),
                (end * x, side + 0.17, height - 0.08),
            ]
            corners += [(end * x, side + 0.17, height + 0.08), (end * x, side - 0.17, height + 0.08)]
            canvas.polygon([view.flat(point) for point in corners], colour, shines=lit)


def _shrunk(
    low: float,
    high: float,
    side: float,
    wide: float,
    slim: float,
    front: tuple[float, float],
    back: tuple[float, float],
) -> list[Point]:
    """A window within the cabin's side: a little above the sill, a little below the roof."""

    def out(height: float) -> float:
        return side * (wide + (slim - wide) * (height - low) / (high - low))

    bottom, top = low + 0.05, high - 0.09
    return [
        (front[0], out(bottom), bottom),
        (front[1], out(top), top),
        (back[1], out(top), top),
        (back[0], out(bottom), bottom),
    ]
