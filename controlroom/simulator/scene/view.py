"""One camera's pictures: the still street through the lens, then everyone moving in it, then the burnt-in text."""

import math
from datetime import datetime
from functools import lru_cache

import cv2
import numpy as np

from controlroom.clock import local
from controlroom.simulator import counter
from controlroom.simulator.arrays import Image
from controlroom.simulator.ptz_head import HeadPosition
from controlroom.simulator.scene.lens import Lens, lens_at
from controlroom.simulator.scene.lighting import StreetLight
from controlroom.simulator.scene.panorama import Panorama, seen_from
from controlroom.simulator.scene.people import person_cutout
from controlroom.simulator.scene.sprites import Place, Sprite, SpriteStore, lay
from controlroom.simulator.scene.stage import Stage
from controlroom.simulator.scene.vehicles import vehicle_cutout

_SMALLEST = 4.0  # pixels a metre
_FINEST_CAR, _FINEST_BUS = (
    52.0,
    26.0,
)  # pixels a metre at which vehicles are painted; finer ones cost megabytes
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FINER = 4  # text is drawn so much larger and then reduced


class View:
    """Draws the pictures of one stream of one camera. Not for several threads at once."""

    def __init__(self, stage: Stage, sprites: SpriteStore, label: str, width: int, height: int) -> None:
        self._stage, self._sprites, self._label = stage, sprites, label
        self._width, self._height = width, height
        self._position: HeadPosition | None = None
        self._lens: Lens | None = None
        self._shown: Panorama | None = None
        self._still = np.empty((height * 3 // 2, width), np.uint8)
        self._picture = np.empty_like(self._still)

    def picture(self, position: HeadPosition, moment: datetime, seconds: float, value: int) -> Image | None:
        """The frame as NV12, height × 3/2 rows of `width`, valid until the next call; None while the street is painted.

        `seconds` moves the street's life, `moment` (aware) is what the camera's clock shows, `value` the counter.
        """
        lens, resting = self._lens, position == self._position
        if lens is None or not resting:
            lens = self._lens = lens_at(position, self._width, self._height)
        panorama = self._stage.panorama(lens, moment, resting=resting)
        if panorama is None:
            return None
        if panorama is not self._shown or not resting:
            self._look(lens, panorama)
            self._position, self._shown = position, panorama
        np.copyto(self._picture, self._still)
        luma, chroma = self._planes(self._picture)
        self._lay_actors(lens, panorama, luma, chroma, seconds)
        _burn_in(luma, chroma, f"{self._label}   {local(moment):%d/%m/%Y %H:%M:%S}", value)
        return self._picture

    def _planes(self, buffer: Image) -> tuple[Image, Image]:
        return buffer[: self._height], buffer[self._height :].reshape(self._height // 2, self._width // 2, 2)

    def _look(self, lens: Lens, panorama: Panorama) -> None:
        columns, rows = lens.maps(panorama.window)
        luma, chroma = self._planes(self._still)
        cv2.remap(panorama.luma, columns, rows, cv2.INTER_LINEAR, dst=luma, borderMode=cv2.BORDER_REPLICATE)
        # A pixel of colour is two of luma wide and high: its middle lies between theirs.
        columns, rows = ((each[::2, ::2] + each[1::2, 1::2]) / 4 - 0.25 for each in (columns, rows))
        cv2.remap(
            panorama.chroma, columns, rows, cv2.INTER_LINEAR, dst=chroma, borderMode=cv2.BORDER_REPLICATE
        )

    def _lay_actors(self, lens: Lens, panorama: Panorama, luma: Image, chroma: Image, seconds: float) -> None:
        """Everyone within the picture, the farthest first."""
        crowd, actors = self._stage.crowd, self._stage.crowd.at(seconds)
        columns, rows, scales = lens.place(actors.x, self._stage.plan.height, actors.z)
        margin = 6.0 * scales
        seen = (scales > _SMALLEST) & (np.abs(columns - self._width / 2) < self._width / 2 + margin)
        seen &= (rows > 0) & (rows < self._height + margin)
        places = np.flatnonzero(seen)
        for actor in places[np.argsort(scales[places])].tolist():
            x, z, scale = float(actors.x[actor]), float(actors.z[actor]), float(scales[actor])
            if actor < len(crowd.outfits):
                sprite = self._person(actor, x, z, int(actors.phase[actor]), scale, panorama.light)
            else:
                sprite = self._vehicle(actor - len(crowd.outfits), x, z, scale, panorama.light)
            lay(luma, chroma, sprite, float(columns[actor]), float(rows[actor]))

    def _person(self, actor: int, x: float, z: float, phase: int, scale: float, light: StreetLight) -> Sprite:
        crowd, distance = self._stage.crowd, math.hypot(x, z)
        way = int(crowd.way[actor])
        toward = way if crowd.stands[actor] else -x * way / distance  # 1 is straight at the camera
        if abs(toward) > 0.72:
            view = "front" if toward > 0 else "back"
        else:
            view = "right" if way * z > 0 else "left"
        squash = distance / math.hypot(distance, self._stage.plan.height - 0.9)
        what = (crowd.outfits[actor], view, phase)
        place = Place(light, x, z, squash)
        return self._sprites.sprite(what, scale, place, lambda sheet: person_cutout(*what, sheet))

    def _vehicle(self, number: int, x: float, z: float, scale: float, light: StreetLight) -> Sprite:
        body, paint, way = self._stage.crowd.vehicles[number]
        what = (body, paint, *seen_from(x, z, way, self._stage.plan.height), light.lamps_on)
        finest = _FINEST_BUS if body == "bus" else _FINEST_CAR
        place = Place(light, x, z)
        return self._sprites.sprite(
            what, scale, place, lambda sheet: vehicle_cutout(*what, min(sheet, finest))
        )


def _burn_in(luma: Image, chroma: Image, text: str, value: int) -> None:
    """Name and clock small at the bottom left, the counter strip at the bottom right."""
    height, width = luma.shape
    ink, mask = _text(text, width)
    high, wide = mask.shape[0], min(mask.shape[1], width - 4 * (width // 96)) & ~1
    left, top = 2 * (width // 96), (height - high - height // 45) & ~1
    ink, mask = ink[:, :wide], mask[:, :wide]
    cv2.copyTo(ink, mask, luma[top : top + high, left : left + wide])
    chroma[top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2][mask[::2, ::2] > 0] = 128
    counter.draw(luma, value)
    x0, y0, x1, y1 = (each // 2 for each in counter.area(width, height))
    chroma[y0:y1, x0:x1] = 128


@lru_cache(maxsize=64)
def _text(text: str, width: int) -> tuple[Image, Image]:
    """White letters with a dark edge for a picture of this width, and where they cover the picture."""
    tall = 8.6 if width <= 800 else 14.0  # pixels of a capital letter
    size, thick = tall * _FINER / 21, max(1, round(tall * _FINER / 9))
    (wide, _), _ = cv2.getTextSize(text, _FONT, size, thick)
    high = round(tall * 1.9 / 2) * 2
    layers = np.zeros((2, high * _FINER, (wide // _FINER // 2 * 2 + 8) * _FINER), np.uint8)
    at = (3 * _FINER, round((high - tall * 0.45) * _FINER))
    for layer, more in zip(layers, (0, round(2.4 * _FINER * width / 960)), strict=True):
        cv2.putText(layer, text, at, _FONT, size, 255, thick + more, cv2.LINE_AA)
    smaller = (layers.shape[2] // _FINER, high)
    letters, edges = (cv2.resize(each, smaller, interpolation=cv2.INTER_AREA) for each in layers)
    return cv2.addWeighted(letters, 0.8, letters, 0, 24), cv2.compare(
        edges, np.full_like(edges, 110), cv2.CMP_GT
    )
