"""One camera's pictures: the still street through the lens, then everyone moving in it, then the burnt-in text."""

import math
from datetime import datetime

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.ptz_head import Position
from controlroom.simulator.scene.actors import Actors
from controlroom.simulator.scene.backdrop import Backdrop, seen_from
from controlroom.simulator.scene.lens import Lens, lens_at
from controlroom.simulator.scene.overlay import burn_in
from controlroom.simulator.scene.painting import haze_share
from controlroom.simulator.scene.sprites import SpriteStore, coarse_light, lay
from controlroom.simulator.scene.stage import Stage

_CRISP_FROM = 800  # pixels of width
_SMALLEST = 4.0  # pixels a metre


class View:
    """Draws the pictures of one stream of one camera. Not for several threads at once."""

    def __init__(self, stage: Stage, sprites: SpriteStore, label: str, width: int, height: int) -> None:
        self._stage = stage
        self._sprites = sprites
        self._label = label
        self._width, self._height = width, height
        self._still = np.empty((height * 3 // 2, width), np.uint8)
        self._still_of: tuple[Position, Backdrop] | None = None
        self._glow = np.zeros((height, width), np.uint8)
        self._picture = np.empty_like(self._still)

    def picture(self, position: Position, moment: datetime, seconds: float, value: int) -> Image | None:
        """The frame as NV12, height × 3/2 rows of `width`, valid until the next call; None while the street is painted.

        `seconds` moves the street's life, `moment` (aware) is what the camera's clock shows, `value` the counter.
        """
        lens = lens_at(position, self._width, self._height)
        backdrop = self._stage.backdrop(lens, moment)
        if backdrop is None:
            return None
        drawn = self._still_of
        # A backdrop is told by identity: it holds arrays, which have no one answer to being equal.
        if drawn is None or drawn[0] != position or drawn[1] is not backdrop:
            self._look(lens, backdrop)
            self._still_of = (position, backdrop)
        np.copyto(self._picture, self._still)
        luma, chroma = self._planes(self._picture)
        self._people(lens, luma, chroma, self._stage.crowd.at(seconds))
        burn_in(luma, chroma, self._label, moment, value)
        return self._picture

    def _planes(self, buffer: Image) -> tuple[Image, Image]:
        return buffer[: self._height], buffer[self._height :].reshape(self._height // 2, self._width // 2, 2)

    def _look(self, lens: Lens, backdrop: Backdrop) -> None:
        luma, chroma = self._planes(self._still)
        for plane, source, halved in ((luma, backdrop.luma, False), (chroma, backdrop.chroma, True)):
            columns, rows = lens.maps(backdrop.window, halved=halved)
            cv2.remap(source, columns, rows, cv2.INTER_LINEAR, dst=plane, borderMode=cv2.BORDER_REPLICATE)
        glow = cv2.remap(backdrop.glow, columns, rows, cv2.INTER_LINEAR)
        cv2.resize(glow, (self._width, self._height), dst=self._glow, interpolation=cv2.INTER_LINEAR)

    def _people(self, lens: Lens, luma: Image, chroma: Image, actors: Actors) -> None:
        height = self._stage.plan.height
        columns, rows, scales = lens.place(actors.x, height, actors.z)
        margin = 3.0 * scales
        seen = (scales > _SMALLEST) & (columns > -2 * margin) & (columns < self._width + 2 * margin)
        seen &= (rows > -margin) & (rows < self._height + 2 * margin)
        for place in sorted(np.flatnonzero(seen).tolist(), key=lambda each: scales[each]):
            self._lay(
                actors, place, luma, chroma, float(columns[place]), float(rows[place]), float(scales[place])
            )

    def _lay(
        self, actors: Actors, place: int, luma: Image, chroma: Image, column: float, row: float, scale: float
    ) -> None:
        x, z = float(actors.x[place]), float(actors.z[place])
        distance = math.hypot(x, z)
        mood = self._stage.mood
        light = coarse_light(self._stage.light.at(x, z), float(haze_share(mood, distance)), mood.haze)
        body, paint, number = actors.who[place]
        if body:
            turn, rise = seen_from(x, z, number, self._stage.plan.height)
            sprite = self._sprites.vehicle(
                body,
                paint,
                turn,
                rise,
                scale,
                light,
                lamps_on=mood.lamps > 0,
                crisp=self._width > _CRISP_FROM,
            )
        else:
            facing = _facing(x, z, float(actors.dx[place]), float(actors.dz[place]), distance)
            flat = distance / math.hypot(distance, self._stage.plan.height - 0.9)
            sprite = self._sprites.person(number, facing, int(actors.phase[place]), scale, flat, light)
        lay(luma, chroma, sprite, column, row, self._glow)


def _facing(x: float, z: float, dx: float, dz: float, distance: float) -> str:
    """Which side of a walker at (x, z) heading (dx, dz) the camera sees."""
    toward = -(x * dx + z * dz) / distance
    if abs(toward) > 0.72:
        return "front" if toward > 0 else "back"
    return "right" if (dx * z - dz * x) > 0 else "left"
