"""One camera's pictures: the still street through the lens, then everyone moving in it, then the burnt-in text."""

from datetime import datetime
from functools import lru_cache
from typing import Protocol

import av
import cv2
import numpy as np

from controlroom.clock import local
from controlroom.simulator import counter
from controlroom.simulator.arrays import Image
from controlroom.simulator.ptz_head import HeadPosition
from controlroom.simulator.scene.actors import Crowd, Wardrobe
from controlroom.simulator.scene.cutout import lay
from controlroom.simulator.scene.lens import Lens, lens_at
from controlroom.simulator.scene.panorama import Panorama
from controlroom.simulator.scene.plan import StreetPlan

_SMALLEST = 4.0  # pixels a metre
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FINER = 4  # text is drawn so much larger and then reduced


class Street(Protocol):
    """The street in front of a camera: its plan, who moves in it, and the picture of what stands still."""

    plan: StreetPlan
    crowd: Crowd

    def panorama(self, lens: Lens, moment: datetime, *, resting: bool) -> Panorama | None: ...


class View:
    """Draws the pictures of one stream of one camera. Not for several threads at once."""

    def __init__(self, street: Street, label: str, width: int, height: int) -> None:
        self._street, self._label = street, label
        self._width, self._height = width, height
        self._position: HeadPosition | None = None
        self._lens: Lens | None = None
        self._shown: Panorama | None = None
        self._frame = av.VideoFrame(width, height, "nv12")
        self._picture = _planes(self._frame)
        self._still = np.empty_like(self._picture[0]), np.empty_like(self._picture[1])
        self._wardrobe = Wardrobe(street.crowd)

    def picture(
        self, position: HeadPosition, moment: datetime, seconds: float, value: int
    ) -> av.VideoFrame | None:
        """The frame as NV12, valid until the next call; None while the street is painted.

        `seconds` moves the street's life, `moment` (aware) is what the camera's clock shows, `value` the counter.
        """
        lens, resting = self._lens, position == self._position
        if lens is None or not resting:
            lens = self._lens = lens_at(position, self._width, self._height)
        panorama = self._street.panorama(lens, moment, resting=resting)
        if panorama is None:
            return None
        if panorama is not self._shown or not resting:
            self._look(lens, panorama)
            self._position, self._shown = position, panorama
        luma, chroma = self._picture
        np.copyto(luma, self._still[0])
        np.copyto(chroma, self._still[1])
        self._lay_actors(lens, panorama, luma, chroma, seconds)
        _burn_in(luma, chroma, f"{self._label}   {local(moment):%d/%m/%Y %H:%M:%S}", value)
        return self._frame

    def _look(self, lens: Lens, panorama: Panorama) -> None:
        columns, rows = lens.maps(panorama.window)
        luma, chroma = self._still
        cv2.remap(panorama.luma, columns, rows, cv2.INTER_LINEAR, dst=luma, borderMode=cv2.BORDER_REPLICATE)
        # A pixel of colour is two of luma wide and high: its middle lies between theirs.
        columns, rows = ((each[::2, ::2] + each[1::2, 1::2]) / 4 - 0.25 for each in (columns, rows))
        cv2.remap(
            panorama.chroma, columns, rows, cv2.INTER_LINEAR, dst=chroma, borderMode=cv2.BORDER_REPLICATE
        )

    def _lay_actors(self, lens: Lens, panorama: Panorama, luma: Image, chroma: Image, seconds: float) -> None:
        """Everyone within the picture, the farthest first."""
        actors = self._street.crowd.at(seconds)
        columns, rows, scales = lens.place(actors.x, self._street.plan.height, actors.z)
        margin = 6.0 * scales
        seen = (scales > _SMALLEST) & (np.abs(columns - self._width / 2) < self._width / 2 + margin)
        seen &= (rows > 0) & (rows < self._height + margin)
        there = np.flatnonzero(seen)
        there = there[np.argsort(scales[there])]
        self._wardrobe.update(actors, seen, scales, panorama.light)
        for actor, phase, column, row in zip(
            there.tolist(), *(each[there].tolist() for each in (actors.phase, columns, rows)), strict=True
        ):
            lay(luma, chroma, self._wardrobe.sprite(actor, phase), column, row)


def _planes(frame: av.VideoFrame) -> tuple[Image, Image]:
    """The memory of an NV12 frame: luma, and colour at half the size with two channels."""
    luma, chroma = (np.asarray(memoryview(plane)).reshape(-1, plane.line_size) for plane in frame.planes)
    height, width = frame.height, frame.width
    return luma[:height, :width], chroma[: height // 2, :width].reshape(height // 2, width // 2, 2)


def _burn_in(luma: Image, chroma: Image, text: str, value: int) -> None:
    """Name and clock small at the bottom left, the counter strip at the bottom right."""
    height, width = luma.shape
    ink, mask, grey = _text(text, width)
    high, wide = ink.shape
    left, top = 2 * (width // 96), (height - high - height // 45) & ~1
    cv2.copyTo(ink, mask, luma[top : top + high, left : left + wide])
    there = chroma[top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2]
    cv2.copyTo(np.full_like(there, 128), grey, there)
    counter.draw(luma, value)
    x0, y0, x1, y1 = (each // 2 for each in counter.area(width, height))
    chroma[y0:y1, x0:x1] = 128


@lru_cache(maxsize=64)
def _text(text: str, width: int) -> tuple[Image, Image, Image]:
    """White letters with a dark edge for a picture of this width, and where they cover its luma and its colour."""
    tall = 8.6 if width <= 800 else 14.0  # pixels of a capital letter
    size, thick = tall * _FINER / 21, max(1, round(tall * _FINER / 9))
    (wide, _), _ = cv2.getTextSize(text, _FONT, size, thick)
    high = round(tall * 1.9 / 2) * 2
    layers = np.zeros((2, high * _FINER, (wide // _FINER // 2 * 2 + 8) * _FINER), np.uint8)
    at = (3 * _FINER, round((high - tall * 0.45) * _FINER))
    for layer, more in zip(layers, (0, round(2.4 * _FINER * width / 960)), strict=True):
        cv2.putText(layer, text, at, _FONT, size, 255, thick + more, cv2.LINE_AA)
    smaller, most = (layers.shape[2] // _FINER, high), (width - 4 * (width // 96)) & ~1
    letters, edges = (cv2.resize(each, smaller, interpolation=cv2.INTER_AREA)[:, :most] for each in layers)
    mask = np.where(edges > 110, 255, 0).astype(np.uint8)
    return cv2.addWeighted(letters, 0.8, letters, 0, 24), mask, np.ascontiguousarray(mask[::2, ::2])
