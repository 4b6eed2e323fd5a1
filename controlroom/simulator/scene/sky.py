"""Paints the sky and what shows above the roofs: clouds, and distant towers at the street's two ends."""

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.lens import Window
from controlroom.simulator.scene.mood import Mood, shade, to_bytes

_HEADINGS, _SLOPES = 4.6, 1.3  # what the clouds' pattern covers


def paint_sky(window: Window, mood: Mood, seed: int) -> Image:
    """The whole window as sky down to the horizon and below, height × width × 3."""
    up = np.clip(window.slopes / 0.75, 0, 1)
    stops = np.array(mood.sky[::-1])
    colours = [np.interp(up, (0, 0.35, 1), stops[:, channel]) for channel in range(3)]
    sky = np.repeat((np.stack(colours, axis=1)[:, None] * 255).astype(np.uint8), window.width, axis=1)
    rng = np.random.default_rng(seed + 11)
    _clouds(sky, window, mood, rng)
    _towers(sky, window, mood, rng)
    return sky


def _clouds(sky: Image, window: Window, mood: Mood, rng: np.random.Generator) -> None:
    field = np.zeros((96, 384), np.float32)
    for size, weight in ((6, 1.0), (12, 0.6), (24, 0.35), (48, 0.2)):
        noise = rng.normal(0, weight, (size // 2, size)).astype(np.float32)
        field += cv2.resize(noise, (384, 96), interpolation=cv2.INTER_CUBIC)
    colour, thick = mood.cloud
    cover = np.clip((field + 0.3) * 0.55, 0, 1) * thick
    xs = (window.headings[::8] / _HEADINGS + 0.5) * 384
    ys = (1 - (window.slopes[::8] + 0.3) / _SLOPES) * 96
    small = cv2.remap(cover, *np.meshgrid(xs.astype(np.float32), ys.astype(np.float32)), cv2.INTER_LINEAR)
    weight = cv2.resize(small, (window.width, window.height), interpolation=cv2.INTER_LINEAR)
    cloud = np.empty_like(sky)
    cloud[:] = to_bytes(colour)
    cv2.blendLinear(sky, cloud, 1 - weight, weight, dst=sky)


def _towers(sky: Image, window: Window, mood: Mood, rng: np.random.Generator) -> None:
    def box(left: float, right: float, top: float, floor: float, colour: tuple[int, int, int]) -> None:
        columns = slice(max(0, round(window.column(left))), max(0, round(window.column(right))))
        rows = slice(max(0, round(window.row(top))), max(0, round(window.row(floor))))
        sky[rows, columns] = colour

    box(-3.0, 3.0, 0.012, -0.6, to_bytes(shade(mood.haze, 0.9)))
    for layer in np.repeat((0.2, 0.5, 0.8), 26):  # the nearer ones last
        near = 0.62 if mood.lamps else 0.8
        tone = tuple(
            far * (1 - layer) + own * near * layer for far, own in zip(mood.haze, mood.sky[1], strict=True)
        )
        left, width = rng.choice([-1, 1]) * (np.pi / 2 + rng.normal(0, 0.16)), rng.uniform(0.02, 0.06)
        tall = rng.uniform(0.02, 0.095) * (1.25 - 0.4 * layer)
        box(left, left + width, tall, -0.6, to_bytes((tone[0], tone[1], tone[2])))
        lit = rng.random((int(width / 0.006), int(tall / 0.008))) < (0.22 if mood.lamps else 0.0)
        for column, row in np.argwhere(lit):
            x, y = left + (column + 0.25) * 0.006, (row + 0.35) * 0.008
            box(x, x + 0.0022, y + 0.0022, y, (96, 158, 196))
