"""What a camera burns into its picture: its name and clock, small at the bottom left, and the counter strip."""

from datetime import datetime
from functools import lru_cache

import cv2
import numpy as np

from controlroom.clock import local
from controlroom.simulator import counter
from controlroom.simulator.arrays import Image, scalar

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FINER = 4


def burn_in(luma: Image, chroma: Image, label: str, moment: datetime, value: int) -> None:
    """Draw label, wall-clock time and counter into NV12 planes, in place."""
    height, width = luma.shape
    _write(luma, chroma, f"{label}   {local(moment):%d/%m/%Y %H:%M:%S}")
    counter.draw(luma, value)
    left, top, right, bottom = (each // 2 for each in counter.area(width, height))
    chroma[top:bottom, left:right] = 128


def _write(luma: Image, chroma: Image, text: str) -> None:
    height, width = luma.shape
    ink, keep, grey, grey_keep = _text(text, width)
    high, wide = ink.shape
    left, top = 2 * (width // 96), (height - high - height // 45) & ~1
    area = luma[top : top + high, left : left + wide]
    cv2.multiply(area, keep[:, : area.shape[1]], dst=area, scale=1 / 255)
    cv2.add(area, ink[:, : area.shape[1]], dst=area)
    area = chroma[top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2]
    cv2.multiply(area, grey_keep[:, : area.shape[1]], dst=area, scale=1 / 255)
    cv2.add(area, grey[:, : area.shape[1]], dst=area)


@lru_cache(maxsize=160)
def _text(text: str, width: int) -> tuple[Image, Image, Image, Image]:
    """White letters with a dark edge for a picture of this width: ink, what to keep behind, and the same for colour."""
    tall = 8.6 if width <= 800 else 14.0  # pixels of a capital letter
    size = tall * _FINER / 21
    thick = max(1, round(tall * _FINER / 9))
    (wide, _), _ = cv2.getTextSize(text, _FONT, size, thick)
    high = round(tall * 1.9 / 2) * 2
    shape = (high * _FINER, (wide // _FINER // 2 * 2 + 8) * _FINER)
    letters, edges = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    at = (3 * _FINER, round((high - tall * 0.45) * _FINER))
    cv2.putText(letters, text, at, _FONT, size, 255, thick, cv2.LINE_AA)
    cv2.putText(edges, text, at, _FONT, size, 255, thick + round(2.2 * _FINER * width / 960), cv2.LINE_AA)
    smaller = (shape[1] // _FINER, high)
    letters = cv2.resize(letters, smaller, interpolation=cv2.INTER_AREA)
    edges = cv2.multiply(cv2.resize(edges, smaller, interpolation=cv2.INTER_AREA), scalar(0.62))
    keep = cv2.bitwise_not(cv2.max(letters, edges))
    ink = cv2.multiply(letters, scalar(226 / 255))
    half = cv2.resize(cv2.bitwise_not(keep), (smaller[0] // 2, high // 2), interpolation=cv2.INTER_AREA)
    pair = cv2.merge([half, half])
    return ink, keep, cv2.multiply(pair, scalar(128 / 255)), cv2.bitwise_not(pair)
