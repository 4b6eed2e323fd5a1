"""How much light falls where: street lamps and shop windows on walls and ground, as multipliers of surface colour."""

import cv2
import numpy as np

from controlroom.simulator.arrays import Floats, Image
from controlroom.simulator.scene import facade, ground
from controlroom.simulator.scene.facade import Elevation
from controlroom.simulator.scene.mood import Mood
from controlroom.simulator.scene.plan import HALF, LENGTH, StreetPlan

LAMP_HEIGHT = 6.3
LAMP_COLOUR = np.array((0.48, 0.76, 1.0), np.float32)
UNIT = 128
"""A light map's byte for "as painted": 255 is twice that, and the most."""

_GRID = 3  # light map cells per metre


def light_row(plan: StreetPlan, elevation: Elevation, mood: Mood, *, far: bool) -> Image:
    """The row as it looks in this light: BGRA, colours premultiplied by the roofs' outline."""
    us = np.arange(int(LENGTH * _GRID), dtype=np.float32) / _GRID - HALF
    vs = facade.TOP - np.arange(int(facade.TOP * _GRID), dtype=np.float32) / _GRID
    light = np.empty((len(vs), len(us), 3), np.float32)
    light[:] = np.array(mood.ambient, np.float32)
    if mood.lamps:
        light += _lamps_on_wall(plan, us, vs, far=far)[..., None] * LAMP_COLOUR * mood.lamps
        light *= (0.82 + 0.18 * np.clip(vs / 4, 0, 1))[:, None, None]  # a little darker at the foot
    colour = _times(elevation.surface, light)
    colour = cv2.add(colour, elevation.glow)
    colour = cv2.min(colour, cv2.merge([elevation.solid] * 3))
    return cv2.merge([*cv2.split(colour), elevation.solid])


def light_ground(plan: StreetPlan, surface: Image, rows: tuple[Elevation, Elevation], mood: Mood) -> Image:
    """The ground as it looks in this light; `rows` are the far and the near elevation, whose shops shine on it."""
    xs = np.arange(int(LENGTH * _GRID), dtype=np.float32) / _GRID - HALF
    zs = np.arange(int((ground.FRONT - ground.BACK) * _GRID), dtype=np.float32) / _GRID + ground.BACK
    light = np.empty((len(zs), len(xs), 3), np.float32)
    light[:] = np.array(mood.ambient, np.float32)
    if mood.lamps:
        light += light_on_ground(plan, xs, zs)[..., None] * LAMP_COLOUR * mood.lamps
    for elevation, wall, mirrored in ((rows[0], plan.far, False), (rows[1], -plan.near, True)):
        spill = _shop_spill(elevation, len(xs))
        if mirrored:
            spill = spill[::-1]
        reach = np.exp(-np.abs(zs - wall) / 2.6)
        light += 0.85 * reach[:, None, None] * spill[None]
    for edge, toward in ((plan.far, -1.0), (-plan.near, 1.0)):  # the dark line where wall meets pavement
        light *= (0.55 + 0.45 * np.clip((zs - edge) * toward / 0.8 + 0.2, 0, 1))[:, None, None]
    return _times(surface, light)


def light_on_ground(plan: StreetPlan, xs: Floats, zs: Floats) -> Floats:
    """Lamp light on level ground, len(zs) × len(xs); about 0.8 right under a lamp."""
    total = np.zeros((len(zs), len(xs)), np.float32)
    for lamp in plan.lamps:
        across = (zs - lamp.z)[:, None] ** 2
        for copy in (-LENGTH, 0.0, LENGTH):  # the street repeats, and so do its lamps
            along = (xs - lamp.x - copy)[None] ** 2
            distance = along + across + LAMP_HEIGHT**2
            total += 0.92 * LAMP_HEIGHT**3 / distance**1.5
    return total


def _lamps_on_wall(plan: StreetPlan, us: Floats, vs: Floats, *, far: bool) -> Floats:
    total = np.zeros((len(vs), len(us)), np.float32)
    cut = np.clip(1.25 - np.clip(vs - LAMP_HEIGHT, 0, None) / 5.5, 0.12, 1.0)[:, None]
    for lamp in plan.lamps:
        depth = plan.far - lamp.z if far else lamp.z + plan.near
        at = lamp.x if far else -lamp.x
        for copy in (-LENGTH, 0.0, LENGTH):
            square = (us - at - copy)[None] ** 2 + (vs - LAMP_HEIGHT)[:, None] ** 2 + depth**2
            total += cut * 11.0 * depth**0.35 / square**1.0
    return np.minimum(total, 0.92)


def _shop_spill(elevation: Elevation, columns: int) -> Floats:
    """Light thrown on the pavement by the ground floor's windows, columns × 3."""
    foot = elevation.glow[-int(3 * facade.SCALE) :]
    strip = cv2.resize(foot, (columns, 1), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return cv2.GaussianBlur(strip, (0, 0), 1.5 * _GRID)[0]


def _times(surface: Image, light: Floats) -> Image:
    size = (surface.shape[1], surface.shape[0])
    coarse = np.clip(light * UNIT, 0, 255).astype(np.uint8)
    return cv2.multiply(surface, cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), scale=1.0 / UNIT)
