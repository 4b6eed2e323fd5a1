"""The whole still street in one window: surfaces, what stands on them, lamps' glow. Handed out as NV12 planes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.cutout import Cutout, LightHere, paste
from controlroom.simulator.scene.furniture import thing_cutout
from controlroom.simulator.scene.lighting import LAMP_COLOUR, LAMP_HEIGHT, light_on_ground
from controlroom.simulator.scene.mood import Mood
from controlroom.simulator.scene.painting import Street, haze_share, paint_surfaces
from controlroom.simulator.scene.plan import HALF, Parked, StreetPlan, Thing
from controlroom.simulator.scene.vehicles import RISE_STEP_DEG, TURN_STEP_DEG, vehicle_cutout
from controlroom.simulator.scene.window import Window

_NEAREST_M = 3.0


@dataclass(frozen=True)
class Backdrop:
    """A painted window, ready to be looked at through a lens: luma, and colour at half size (height × width × 2).

    `glow` is the luma of lamps' halos alone, half size: light scattered in front of whoever passes behind a lamp.
    """

    window: Window
    luma: Image
    chroma: Image
    glow: Image


def paint_backdrop(street: Street, window: Window) -> Backdrop:
    """Paint everything that stands still in this window. About 0.1 µs a pixel."""
    picture = paint_surfaces(street, window)
    lights = GroundLight(street.plan, street.mood)
    for thing in _far_to_near(street.plan):
        thing(street, window, picture, lights)
    halos = _halos(street, window)
    cv2.add(picture, cv2.resize(halos, (window.width, window.height)), dst=picture)
    _bloom(picture, window, street.mood)
    return Backdrop(window, *to_planes(picture), np.ascontiguousarray(halos[..., 1]))


def to_planes(picture: Image) -> tuple[Image, Image]:
    """BGR (even size) to luma and half-size interleaved colour, as NV12 keeps them."""
    height, width = picture.shape[:2]
    planar = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    luma = planar[:height]
    blue, red = planar[height:].reshape(2, height // 2, width // 2)
    return np.ascontiguousarray(luma), cv2.merge([blue, red])


class GroundLight:
    """How bright the street is at a point of the ground, for things and people there."""

    def __init__(self, plan: StreetPlan, mood: Mood) -> None:
        self._mood = mood
        xs = np.arange(-HALF, HALF, dtype=np.float32)
        zs = np.arange(-10, 21, dtype=np.float32)
        self._lamps = light_on_ground(plan, xs, zs) * mood.lamps
        for wall in (plan.far, -plan.near):  # shop windows light those who pass
            self._lamps += 0.35 * mood.shops * mood.lamps * np.exp(-np.abs(zs - wall) / 2.5)[:, None]

    def at(self, x: float, z: float) -> tuple[float, float, float]:
        """Multipliers for blue, green and red."""
        blue, green, red = self._mood.ambient
        lamp = self.lamp_share(x, z)
        return (
            min(1.0, blue + float(LAMP_COLOUR[0]) * lamp),
            min(1.0, green + float(LAMP_COLOUR[1]) * lamp),
            min(1.0, red + float(LAMP_COLOUR[2]) * lamp),
        )

    def lamp_share(self, x: float, z: float) -> float:
        """Lamp light alone, 0 to about 1."""
        row = int(min(30, max(0, z + 10)))
        return float(self._lamps[row, int(x + HALF) % int(2 * HALF)])


Stand = Callable[[Street, Window, Image, GroundLight], None]
"""Puts one thing into a picture."""


def _far_to_near(plan: StreetPlan) -> list[Stand]:
    """Painters of everything that stands in the street, the farthest first."""
    placed = [(math.hypot(thing.x, thing.z), _thing_painter(thing)) for thing in plan.things]
    placed += [(math.hypot(car.x, car.z), _parked_painter(car)) for car in plan.parked]
    return [
        painter for distance, painter in sorted(placed, key=lambda pair: -pair[0]) if distance > _NEAREST_M
    ]


def _thing_painter(thing: Thing) -> Stand:
    def paint(street: Street, window: Window, picture: Image, lights: GroundLight) -> None:
        cutout = thing_cutout(thing.kind, thing.variant, lamps_on=street.mood.lamps > 0)
        _stand(street, window, picture, cutout, thing.x, thing.z, lights.at(thing.x, thing.z))

    return paint


def _parked_painter(car: Parked) -> Stand:
    def paint(street: Street, window: Window, picture: Image, lights: GroundLight) -> None:
        turn, rise = seen_from(car.x, car.z, car.heading, street.plan.height)
        scale = 72.0 if window.focal / math.hypot(car.x, car.z) > 36 else 36.0
        cutout = vehicle_cutout(car.body, car.paint, turn, rise, lit=False, scale=scale)
        _stand(street, window, picture, cutout, car.x, car.z, lights.at(car.x, car.z))

    return paint


def seen_from(x: float, z: float, heading: int, height: float) -> tuple[int, int]:
    """From which side the camera sees a vehicle there: turn from its nose and rise, in steps of degrees."""
    distance = math.hypot(x, z)
    toward = math.atan2(
        -z * heading, -x * heading
    )  # the camera's direction in the vehicle's own axes (x on, y left)
    turn = math.degrees(toward)
    rise = math.degrees(math.atan2(height - 0.8, distance))
    return (
        round(turn / TURN_STEP_DEG) * TURN_STEP_DEG % 360,
        min(64, max(0, round(rise / RISE_STEP_DEG) * RISE_STEP_DEG)),
    )


def _stand(
    street: Street,
    window: Window,
    picture: Image,
    cutout: Cutout,
    x: float,
    z: float,
    light: tuple[float, float, float],
) -> None:
    distance = math.hypot(x, z)
    scale = window.focal / distance
    if scale < 2.0:
        return
    column, row = window.column(math.atan2(x, z)), window.row(-street.plan.height / distance)
    veil = float(haze_share(street.mood, distance))
    paste(picture, cutout, column, row, scale, LightHere(*light, veil, street.mood.haze))


def _halos(street: Street, window: Window) -> Image:
    """Light scattered around every lit lamp, at half the window's size."""
    halos = np.zeros((window.height // 2, window.width // 2, 3), np.uint8)
    for lamp in street.plan.lamps if street.mood.lamps else ():
        distance = math.hypot(lamp.x, lamp.z)
        column = window.column(math.atan2(lamp.x, lamp.z)) / 2
        row = window.row((LAMP_HEIGHT - street.plan.height) / distance) / 2
        clear = 1 - float(haze_share(street.mood, distance))
        for radius, strength in ((0.9, 0.75), (3.2, 0.26)):
            size = radius * window.focal / distance / 2
            _add_glow(halos, (column, row), size, strength * clear * street.mood.lamps)
    return halos


def _add_glow(picture: Image, centre: tuple[float, float], radius: float, strength: float) -> None:
    size = int(radius * 2) | 1
    if size < 3:
        return
    left, top = round(centre[0] - size / 2), round(centre[1] - size / 2)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.shape[1], left + size), min(picture.shape[0], top + size)
    if x0 >= x1 or y0 >= y1:
        return
    ys, xs = np.ogrid[y0 - top : y1 - top, x0 - left : x1 - left]
    reach = ((xs - size / 2) ** 2 + (ys - size / 2) ** 2) / (size / 2) ** 2
    glow = np.clip(1 - reach, 0, 1).astype(np.float32) ** 3 * strength * 255
    area = picture[y0:y1, x0:x1]
    picture[y0:y1, x0:x1] = cv2.add(area, (glow[..., None] * LAMP_COLOUR).astype(np.uint8))


def _bloom(picture: Image, window: Window, mood: Mood) -> None:
    """Bright areas shine over their edges, as they do in a lens at night."""
    if not mood.lamps:
        return
    small = cv2.resize(picture, (window.width // 4, window.height // 4), interpolation=cv2.INTER_AREA)
    bright = cv2.subtract(small, np.full_like(small, 165))
    wide = cv2.GaussianBlur(bright, (0, 0), max(1.0, window.focal * 0.016 / 4))
    bright = cv2.GaussianBlur(bright, (0, 0), max(0.6, window.focal * 0.004 / 4))
    shine = cv2.addWeighted(bright, 0.22, wide, 0.42 * mood.lamps, 0)
    size = (picture.shape[1], picture.shape[0])
    cv2.add(picture, cv2.resize(shine, size, interpolation=cv2.INTER_LINEAR), dst=picture)
