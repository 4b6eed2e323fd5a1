"""The whole still street painted once, all round the camera, ready to be looked at through a lens.

It lies on a cylinder: columns are headings (0 straight across the street, positive to the right, radians), rows are
slopes (tangent of the height above the horizon), both `focal` pixels to the unit. Walls are two upright planes and
the ground is a level one, so a column's heading alone gives its wall's distance and a row's slope the ground's.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from controlroom.simulator.arrays import Floats, Image, Whole
from controlroom.simulator.scene import facade, ground
from controlroom.simulator.scene.cutout import paste
from controlroom.simulator.scene.furniture import LAMP_HEIGHT, thing_cutout
from controlroom.simulator.scene.lens import Window
from controlroom.simulator.scene.lighting import LAMP_COLOUR, StreetLight, haze_share
from controlroom.simulator.scene.mood import Mood
from controlroom.simulator.scene.plan import HALF, LENGTH, StreetPlan
from controlroom.simulator.scene.sky import paint_sky
from controlroom.simulator.scene.vehicles import seen_from, vehicle_cutout

_LEAST_COSINE = 0.02
_NEAREST_M = 3.0


@dataclass(frozen=True)
class Panorama:
    """A painted window of the street: luma, and colour at half size (height × width × 2), and the light in it."""

    window: Window
    mood: Mood
    light: StreetLight
    luma: Image
    chroma: Image


class _Texture:
    """A painted surface of the street, reduced by powers of two along each axis by itself so that nothing flickers."""

    def __init__(self, image: Image, scale: int) -> None:
        self._image, self._scale = image, scale
        self._reduced: dict[tuple[int, int], Image] = {(0, 0): image}

    def at(self, along: Floats, below: Floats, level: tuple[int, int]) -> Image:
        """The surface `along` metres from its middle and `below` metres under its top, reduced 2^level times."""
        across, down = level
        if level not in self._reduced:
            height, width = self._image.shape[:2]
            size = width >> across, max(1, height >> down)
            self._reduced[level] = cv2.resize(self._image, size, interpolation=cv2.INTER_AREA)
        xs = np.broadcast_to(np.mod(along + HALF, LENGTH) * (self._scale / 2**across) - 0.5, below.shape)
        ys = below * (self._scale / 2**down) - 0.5
        xs, ys = np.ascontiguousarray(xs, np.float32), np.ascontiguousarray(ys, np.float32)
        return cv2.remap(self._reduced[level], xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def paint_panorama(plan: StreetPlan, mood: Mood, window: Window) -> Panorama:
    """Paint everything that stands still in this window: some tenths of a second."""
    far, near = facade.paint_row(plan.far_row, mood), facade.paint_row(plan.near_row, mood)
    light = StreetLight(plan, mood, far, near)
    picture = paint_sky(window, mood, plan.seed)
    _lay_ground(
        picture, window, plan, mood, _Texture(light.on_ground(ground.paint_ground(plan)), ground.SCALE)
    )
    for row, wall in ((far, plan.far), (near, -plan.near)):
        texture = _Texture(light.on_row(row, far=row is far), facade.SCALE)
        _raise_wall(picture, window, plan, mood, texture, wall)
    if mood.wet:
        _mirror(picture, window, plan, mood)
    _place_things(picture, window, plan, mood, light)
    if mood.lamps:
        _shine(picture, window, plan, mood)
    height, width = picture.shape[:2]
    planar = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    chroma = cv2.merge(list(planar[height:].reshape(2, height // 2, width // 2)))
    return Panorama(window, mood, light, planar[:height].copy(), chroma)


def _lay_ground(picture: Image, window: Window, plan: StreetPlan, mood: Mood, texture: _Texture) -> None:
    distance = plan.height / np.maximum(-window.slopes, 1e-3)
    radial = np.square(distance) / plan.height / window.focal * ground.SCALE  # texture pixels a row
    levels = np.where(window.slopes < -0.004, np.clip(np.log2(radial + 0.01) + 0.2, 0, 6), -1).astype(int)
    for rows in _runs(levels):
        x = distance[rows, None] * np.sin(window.headings)
        z = distance[rows, None] * np.cos(window.headings)
        across = int(levels[rows.start])
        seen = texture.at(x, z - ground.BACK, (across, max(0, across - 2)))
        picture[rows] = _hazy(seen, distance[rows, None], mood)


def _raise_wall(
    picture: Image, window: Window, plan: StreetPlan, mood: Mood, texture: _Texture, wall: float
) -> None:
    side = math.copysign(1.0, wall)
    facing = np.cos(window.headings) * side
    distance = abs(wall) / np.maximum(facing, _LEAST_COSINE)
    up = facade.SCALE * distance / window.focal  # texture pixels a row; along it is seen slanting
    steps = [
        np.clip(np.log2(each) + 0.3, 0, 6).astype(int)
        for each in (up / np.maximum(facing, _LEAST_COSINE), up)
    ]
    for columns in _runs(np.where(facing > _LEAST_COSINE, 8 * steps[0] + steps[1], -1)):
        heights = plan.height + window.slopes[:, None] * distance[columns]
        inside = np.flatnonzero(((heights >= 0) & (heights < facade.TOP)).any(axis=1))
        if not len(inside):
            continue
        rows = slice(inside[0], inside[-1] + 1)
        along = distance[columns] * np.sin(window.headings[columns]) * side
        level = int(steps[0][columns.start]), int(steps[1][columns.start])
        seen = texture.at(along, facade.TOP - heights[rows], level)
        seen[heights[rows] < -0.02] = 0  # below the wall's foot it is ground that one sees
        solid = seen[..., 3:].astype(np.float32) / 255
        shown = _hazy(seen[..., :3], distance[None, columns], mood, solid)
        picture[rows, columns] = picture[rows, columns] * (1 - solid) + shown


def _hazy(seen: Image, distance: Floats, mood: Mood, solid: Floats | float = 1.0) -> Floats:
    """Colours (premultiplied where not solid) faded by haze; `distance` broadcasts over rows or columns."""
    veil = np.vectorize(haze_share, otypes=[np.float32])(distance)[..., None]
    return seen * (1 - veil) + np.array(mood.haze, np.float32) * 255 * veil * solid


def _mirror(picture: Image, window: Window, plan: StreetPlan, mood: Mood) -> None:
    """Walls mirrored in wet ground: the line of sight folded upwards where it meets the road."""
    cosine = np.cos(window.headings)
    wall = np.where(cosine > 0, plan.far, plan.near) / np.maximum(np.abs(cosine), 0.06)
    slopes = window.slopes[:, None]
    heights = -(plan.height + slopes * wall)  # of the wall's point that is mirrored there
    rows = (window.top + slopes + 2 * plan.height / wall) * window.focal
    columns = np.broadcast_to(np.arange(window.width, dtype=np.float32), rows.shape)
    soft = cv2.blur(picture, (1 + 2 * int(window.focal / 500), 1 + 2 * int(window.focal / 30)))
    glow = cv2.remap(soft, np.ascontiguousarray(columns), rows.astype(np.float32), cv2.INTER_LINEAR)
    grazing = np.clip(1 - np.abs(slopes) * 1.25, 0, 1) ** 2.5 * mood.wet
    share = grazing * (heights > 0) * (slopes < 0) * np.clip(1.15 - heights / 11.0, 0, 1)
    weight = cv2.merge([(share * 255).astype(np.uint8)] * 3)
    cv2.add(picture, cv2.multiply(glow, weight, scale=1 / 255), dst=picture)


def _place_things(picture: Image, window: Window, plan: StreetPlan, mood: Mood, street: StreetLight) -> None:
    """Furniture and parked vehicles, the farthest first."""
    for thing in sorted(plan.things, key=lambda each: -math.hypot(each.x, each.z)):
        distance = math.hypot(thing.x, thing.z)
        scale = window.focal / distance
        column = window.column(math.atan2(thing.x, thing.z))
        if distance < _NEAREST_M or scale < 2.0 or not -6 * scale < column < window.width + 6 * scale:
            continue
        look = street.look_at(thing.x, thing.z, scale)
        if thing.is_vehicle:
            body, paint = thing.kind.split()
            turn, rise = seen_from(thing.x, thing.z, -1, plan.height)
            cutout = vehicle_cutout(body, paint, turn, rise, False, look)
        else:
            cutout = thing_cutout(thing.kind, thing.variant, look, lamps_on=mood.lamps > 0)
        paste(picture, cutout, (column, window.row(-plan.height / distance)), scale)


def _shine(picture: Image, window: Window, plan: StreetPlan, mood: Mood) -> None:
    """Halos around lit lamps, and bright areas shining over their edges as they do in a lens at night."""
    for lamp in plan.lamps:
        distance = math.hypot(lamp.x, lamp.z)
        centre = window.column(math.atan2(lamp.x, lamp.z)), window.row((LAMP_HEIGHT - plan.height) / distance)
        strength = (1 - haze_share(distance)) * mood.lamps
        for radius, share in ((0.9, 0.75), (3.2, 0.26)):
            _add_glow(picture, centre, radius * window.focal / distance, strength * share)
    small = cv2.resize(picture, (window.width // 4, window.height // 4), interpolation=cv2.INTER_AREA)
    bright = cv2.subtract(small, np.full_like(small, 165))
    narrow, wide = (
        cv2.GaussianBlur(bright, (0, 0), max(0.6, window.focal * each / 4)) for each in (0.004, 0.016)
    )
    bloom = cv2.addWeighted(narrow, 0.22, wide, 0.42 * mood.lamps, 0)
    cv2.add(
        picture, cv2.resize(bloom, (window.width, window.height), interpolation=cv2.INTER_LINEAR), dst=picture
    )


def _add_glow(picture: Image, centre: tuple[float, float], radius: float, strength: float) -> None:
    left, top, size = round(centre[0] - radius), round(centre[1] - radius), max(3, round(2 * radius))
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.shape[1], left + size), min(picture.shape[0], top + size)
    if x0 < x1 and y0 < y1:
        ys, xs = np.ogrid[y0 - top : y1 - top, x0 - left : x1 - left]
        reach = ((xs - size / 2) ** 2 + (ys - size / 2) ** 2) / (size / 2) ** 2
        glow = np.clip(1 - reach, 0, 1).astype(np.float32)[..., None] ** 3 * strength * 255 * LAMP_COLOUR
        picture[y0:y1, x0:x1] = cv2.add(np.ascontiguousarray(picture[y0:y1, x0:x1]), glow.astype(np.uint8))


def _runs(levels: Whole) -> Iterator[slice]:
    """Stretches of equal level, leaving out those of -1."""
    edges = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), len(levels)]
    return (slice(start, end) for start, end in itertools.pairwise(edges) if levels[start] >= 0)
