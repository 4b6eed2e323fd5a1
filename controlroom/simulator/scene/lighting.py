"""How much light falls where: the sky's, street lamps' and shop windows', as multipliers of surface colour."""

import math

import cv2
import numpy as np

from controlroom.simulator.arrays import Floats, Image
from controlroom.simulator.scene import facade, ground
from controlroom.simulator.scene.cutout import BGR, Channels, Look
from controlroom.simulator.scene.facade import Elevation
from controlroom.simulator.scene.furniture import LAMP_HEIGHT
from controlroom.simulator.scene.mood import Mood
from controlroom.simulator.scene.plan import HALF, LENGTH, StreetPlan

LAMP_COLOUR = np.array((0.48, 0.76, 1.0), np.float32)
HAZE_FROM_M = 170.0
_GRID = 3  # light map cells per metre
_UNIT = 128  # a light map's byte for "as painted"
_STEPS = 4  # to which light and haze are rounded
_XS = np.arange(int(LENGTH * _GRID), dtype=np.float32) / _GRID - HALF


def haze_share(distance: float) -> float:
    """How much of a thing so many metres away is haze, 0 to 0.9."""
    return min(0.9, 1 - math.exp(-((distance / HAZE_FROM_M) ** 2)))


class StreetLight:
    """The light in one street at one time of day."""

    def __init__(self, plan: StreetPlan, mood: Mood, far: Elevation, near: Elevation) -> None:
        self._plan, self.mood = plan, mood
        self._zs = (
            np.arange(int((ground.FRONT - ground.BACK) * _GRID), dtype=np.float32) / _GRID + ground.BACK
        )
        lamps = self._lamps(_XS[None], self._zs[:, None], 0.0) * 0.92 * LAMP_HEIGHT
        light = lamps[..., None] * LAMP_COLOUR + np.array(mood.ambient, np.float32)
        for glow, wall in (
            (far.glow, plan.far),
            (near.glow[:, ::-1], -plan.near),
        ):  # shops shine on the pavement
            foot = np.ascontiguousarray(glow[-3 * facade.SCALE :])
            strip = cv2.resize(foot, (len(_XS), 1), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
            spill = cv2.GaussianBlur(strip, (0, 0), 1.5 * _GRID)
            depth = np.abs(self._zs - wall)[:, None, None]
            light += 0.85 * np.exp(-depth / 2.6) * spill
            light *= 0.55 + 0.45 * np.clip(depth / 0.8 + 0.2, 0, 1)  # the dark line where wall meets pavement
        self._ground = _coarse(light)

    @property
    def lamps_on(self) -> bool:
        """True unless it is day."""
        return self.mood.lamps > 0

    def _lamplight_at(self, x: float, z: float) -> float:
        """How strongly lamps and shops light who or what stands at a point of the ground: 0 to about 1."""
        row = min(len(self._zs) - 1, max(0, int((z - ground.BACK) * _GRID)))
        red = self._ground[row, int((x + HALF) * _GRID) % len(_XS), 2]
        return max(0.0, float(red) / _UNIT - self.mood.ambient[2])

    def look_at(self, x: float, z: float, scale: float, channels: Channels = BGR) -> Look:
        """How to paint a thing at a point of the ground; light and haze are rounded, so that cut-outs can be shared."""
        lamplight = round(self._lamplight_at(x, z) * _STEPS) / _STEPS
        veil = round(haze_share(math.hypot(x, z)) * _STEPS) / _STEPS
        blue, green, red = (
            min(1.0, sky + lamplight * lamp)
            for sky, lamp in zip(self.mood.ambient, LAMP_COLOUR.tolist(), strict=True)
        )
        return Look(scale, (blue, green, red), veil, self.mood.haze, channels)

    def on_ground(self, surface: Image) -> Image:
        """The painted ground as it looks in this light."""
        return _times(surface, self._ground)

    def on_row(self, row: Elevation, *, far: bool) -> Image:
        """A painted row as it looks in this light: BGRA, colour premultiplied by the roofs' outline."""
        heights = facade.TOP - np.arange(int(facade.TOP * _GRID), dtype=np.float32)[:, None] / _GRID
        xs, wall = (_XS, self._plan.far) if far else (-_XS, -self._plan.near)
        lamps = np.minimum(11.0 * self._lamps(xs[None], np.full((1, 1), wall, np.float32), heights), 0.8)
        lamps *= np.clip(1.25 - np.maximum(heights - LAMP_HEIGHT, 0) / 5.5, 0.12, 1.0)  # they shine downwards
        light = lamps[..., None] * LAMP_COLOUR + np.array(self.mood.ambient, np.float32)
        light *= (0.82 + 0.18 * np.clip(heights / 4, 0, 1))[..., None]
        colour = cv2.add(_times(row.surface, _coarse(light)), row.glow)
        colour = cv2.min(colour, cv2.merge([row.solid] * 3))
        return cv2.merge([*cv2.split(colour), row.solid])

    def _lamps(self, xs: Floats, zs: Floats, heights: float | Floats) -> Floats:
        """Strength of the lamps' light on points; the street repeats, and so do its lamps."""
        total = np.zeros(np.broadcast_shapes(xs.shape, zs.shape, np.shape(heights)), np.float32)
        for lamp in self._plan.lamps if self.mood.lamps else ():
            aside = np.square((xs - lamp.x + HALF) % LENGTH - HALF) + np.square(zs - lamp.z)
            drop = LAMP_HEIGHT - heights
            if np.ndim(heights):
                total += 1.9 / (aside + np.square(drop))  # walls: softer, since they face the lamp
            else:
                total += LAMP_HEIGHT**2 / (aside + drop**2) ** 1.5
        return total * self.mood.lamps


def _coarse(light: Floats) -> Image:
    return np.clip(light * _UNIT, 0, 255).astype(np.uint8)


def _times(surface: Image, light: Image) -> Image:
    full = cv2.resize(light, (surface.shape[1], surface.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(surface, full, scale=1.0 / _UNIT)
