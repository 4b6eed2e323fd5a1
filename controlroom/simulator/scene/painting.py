"""Paints any window of the street: casts every pixel onto sky, walls or ground and looks up their textures.

Walls are two upright planes, the ground a level one, so a column's heading alone gives its wall distance and a row's
slope alone its ground distance; textures are kept at several resolutions along each axis so that nothing shimmers.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from controlroom.simulator.arrays import Floats, Image, Whole
from controlroom.simulator.scene import facade, ground
from controlroom.simulator.scene.facade import paint_row
from controlroom.simulator.scene.ground import paint_ground
from controlroom.simulator.scene.lighting import light_ground, light_row
from controlroom.simulator.scene.mood import Mood
from controlroom.simulator.scene.plan import HALF, LENGTH, StreetPlan
from controlroom.simulator.scene.sky import paint_sky
from controlroom.simulator.scene.window import Window

_LEAST_COSINE = 0.02
_FOOT = -0.02


@dataclass
class Texture:
    """An image and its reductions by powers of two, made when first asked for, along each axis by itself."""

    image: Image
    _reduced: dict[tuple[int, int], Image] = field(default_factory=dict)

    def at(self, across: int, down: int) -> Image:
        """The image reduced 2^across times in width and 2^down times in height."""
        if not across and not down:
            return self.image
        if (across, down) not in self._reduced:
            larger = self.at(across - 1, down) if across else self.at(across, down - 1)
            height, width = self.image.shape[:2]
            size = (max(1, width >> across), max(1, height >> down))
            # Halving one axis, linear interpolation is the mean of two neighbours, much faster than INTER_AREA.
            self._reduced[across, down] = cv2.resize(larger, size, interpolation=cv2.INTER_LINEAR)
        return self._reduced[across, down]


@dataclass(frozen=True)
class Street:
    """A street painted and lit: everything needed to look at it."""

    plan: StreetPlan
    mood: Mood
    far: Texture
    near: Texture
    ground: Texture


def paint_street(plan: StreetPlan, mood: Mood) -> Street:
    """Paint and light all of a street's surfaces: some tenths of a second and 25 MB, to be kept only while needed."""
    far, near = paint_row(plan.far_row, mood), paint_row(plan.near_row, mood)
    floor = light_ground(plan, paint_ground(plan), (far, near), mood)
    return Street(
        plan,
        mood,
        Texture(light_row(plan, far, mood, far=True)),
        Texture(light_row(plan, near, mood, far=False)),
        Texture(floor),
    )


def paint_surfaces(street: Street, window: Window) -> Image:
    """Sky, ground and walls in this window, without what stands in front of them; height × width × 3."""
    picture = paint_sky(window, street.mood, street.plan.seed)
    _paint_ground(street, window, picture)
    for texture, wall in ((street.far, street.plan.far), (street.near, -street.plan.near)):
        _paint_wall(street, window, picture, texture, wall)
    return picture


def haze_share(mood: Mood, distance: float | Floats) -> Floats:
    """How much of a thing so many metres away is haze, 0 to 0.9."""
    return np.minimum(0.9, 1 - np.exp(-np.square(np.asarray(distance, np.float32) / mood.haze_from_m)))


def _paint_wall(street: Street, window: Window, picture: Image, texture: Texture, wall: float) -> None:
    headings = window.headings
    facing = np.cos(headings) * math.copysign(1.0, wall)
    for columns in _runs(np.where(facing > _LEAST_COSINE, _wall_levels(facing, abs(wall), window.focal), -1)):
        level = _wall_levels(facing[columns][:1], abs(wall), window.focal)[0]
        distance = abs(wall) / facing[columns]
        along = distance * np.sin(headings[columns]) * math.copysign(1.0, wall)
        heights = street.plan.height + window.slopes[:, None] * distance[None]
        rows = _rows_with((heights >= _FOOT) & (heights < facade.TOP))
        if rows is None:
            continue
        seen = _look_up(
            texture, int(level) // 8, int(level) % 8, along, facade.TOP - heights[rows], facade.SCALE
        )
        _hazy(seen, haze_share(street.mood, distance)[None, :, None], street.mood)
        seen *= (heights[rows] >= _FOOT)[..., None]  # below the wall's foot it is ground that one sees
        solid = cv2.merge([cv2.bitwise_not(seen[..., 3])] * 3)
        behind = cv2.multiply(np.ascontiguousarray(picture[rows, columns]), solid, scale=1 / 255)
        picture[rows, columns] = cv2.add(behind, np.ascontiguousarray(seen[..., :3]))


def _wall_levels(facing: Floats, depth: float, focal: float) -> Whole:
    """How far to reduce the wall's texture for each column: 8 × level along + level up."""
    facing = np.maximum(facing, _LEAST_COSINE)
    along = np.log2(np.maximum(facade.SCALE * depth / np.square(facing) / focal, 1e-3))
    up = np.log2(np.maximum(facade.SCALE * depth / facing / focal, 1e-3))
    return (8 * np.clip(np.floor(along + 0.4), 0, 7) + np.clip(np.floor(up + 0.3), 0, 5)).astype(np.int64)


def _paint_ground(street: Street, window: Window, picture: Image) -> None:
    slopes = window.slopes
    distance = street.plan.height / np.maximum(-slopes, 1e-4)
    radial = street.plan.height / np.square(slopes) / window.focal * ground.SCALE
    levels = np.where(slopes < -0.004, np.clip(np.floor(np.log2(np.maximum(radial, 1e-3)) + 0.2), 0, 6), -1)
    sectors = np.abs(np.sin(window.headings)) > 0.75
    for rows in _runs(levels.astype(np.int64)):
        level = int(levels[rows.start])
        tangential = distance[rows].mean() / window.focal * ground.SCALE
        side = int(np.clip(math.floor(math.log2(max(tangential, 1e-3)) + 0.4), 0, level))
        for columns in _runs(sectors.astype(np.int64), skip=None):
            lengthways = bool(sectors[columns.start])
            across, down = (level, side) if lengthways else (side, level)
            headings = window.headings[columns]
            x = distance[rows, None] * np.sin(headings)[None]
            z = distance[rows, None] * np.cos(headings)[None]
            seen = _look_up(street.ground, across, min(down, 4), x, z - ground.BACK, ground.SCALE)
            if street.mood.wet:
                _mirror(street, window, seen, rows, columns)
            _hazy(seen, haze_share(street.mood, distance[rows])[:, None, None], street.mood)
            picture[rows, columns] = seen


def _mirror(street: Street, window: Window, seen: Image, rows: slice, columns: slice) -> None:
    """Walls mirrored in wet ground: the line of sight folded upwards where it meets the road."""
    headings, slopes = window.headings[columns], window.slopes[rows]
    grazing = np.clip(1 - np.abs(slopes) * 1.25, 0, 1) ** 2.5 * street.mood.wet
    cosine = np.cos(headings)
    for texture, wall in ((street.far, street.plan.far), (street.near, -street.plan.near)):
        facing = cosine * math.copysign(1.0, wall)
        for part in _runs((facing > 0.06).astype(np.int64)):
            if facing[part.start] <= 0.06:
                continue
            depth = abs(wall) / facing[part]
            along = depth * np.sin(headings[part]) * math.copysign(1.0, wall)
            heights = -(street.plan.height + slopes[:, None] * depth[None])
            glow = _look_up(texture, 3, 5, along, facade.TOP - np.clip(heights, 0, facade.TOP), facade.SCALE)
            share = grazing[:, None] * (heights > 0) * np.clip(1.15 - heights / 11.0, 0, 1)
            weight = cv2.merge([np.clip(share * 255, 0, 255).astype(np.uint8)] * 3)
            area = seen[:, part]
            seen[:, part] = cv2.add(area, cv2.multiply(glow[..., :3], weight, scale=1 / 255))


def _look_up(texture: Texture, across: int, down: int, along: Floats, below: Floats, scale: int) -> Image:
    """Texture at `along` metres from the street's middle (1-D by column or 2-D) and `below` metres under its top."""
    image = texture.at(across, down)
    xs = np.mod(along + HALF, LENGTH) * (scale / 2**across) - 0.5
    ys = below * (scale / 2**down) - 0.5
    xs = np.broadcast_to(xs, ys.shape)
    return cv2.remap(
        image,
        np.ascontiguousarray(xs, np.float32),
        np.ascontiguousarray(ys, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _hazy(seen: Image, share: Floats, mood: Mood) -> None:
    """Fade into haze; `share` is 1 × columns × 1 or rows × 1 × 1."""
    if float(share.max()) < 0.01:
        return
    weight = np.clip(share * 255, 0, 255).astype(np.uint8)
    weight = cv2.merge([np.ascontiguousarray(np.broadcast_to(weight[..., 0], seen.shape[:2]))] * 3)
    haze = np.empty_like(weight)
    haze[:] = [min(255, round(each * 255)) for each in mood.haze]
    colour = cv2.multiply(np.ascontiguousarray(seen[..., :3]), cv2.bitwise_not(weight), scale=1 / 255)
    colour = cv2.add(colour, cv2.multiply(haze, weight, scale=1 / 255))
    if seen.shape[2] == 4:  # premultiplied: no haze where there is no wall
        colour = cv2.min(colour, cv2.merge([seen[..., 3]] * 3))
    seen[..., :3] = colour


def _rows_with(wanted: Whole) -> slice | None:
    rows = np.flatnonzero(wanted.any(axis=1))
    return slice(int(rows[0]), int(rows[-1]) + 1) if len(rows) else None


def _runs(levels: Whole, skip: int | None = -1) -> Iterator[slice]:
    """Stretches of equal level, leaving out `skip`."""
    edges = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), len(levels)]
    for start, end in itertools.pairwise(edges):
        if start < end and (skip is None or levels[start] != skip):
            yield slice(start, end)
