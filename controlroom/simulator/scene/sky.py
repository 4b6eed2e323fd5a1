"""Paints the sky and what shows above the roofs: clouds, stars, distant towers and a spire."""

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.mood import Mood
from controlroom.simulator.scene.window import Window
from controlroom.simulator.settings import Light

_CLOUD_HEADINGS, _CLOUD_SLOPES = 4.6, 1.3


def paint_sky(window: Window, mood: Mood, seed: int) -> Image:
    """The whole window as sky down to the horizon and below, height × width × 3."""
    slopes = window.slopes
    up = np.clip(slopes / 0.75, 0, 1)[:, None]
    zenith, middle, horizon = (
        np.array(each, np.float32) for each in (mood.zenith, mood.middle, mood.horizon)
    )
    low = np.clip(up / 0.35, 0, 1)
    column = horizon * (1 - low) + middle * low
    high = np.clip((up - 0.35) / 0.65, 0, 1)
    column = column * (1 - high) + zenith * high
    sky = np.repeat((column[:, None] * 255).astype(np.uint8), window.width, axis=1)
    _clouds(sky, window, mood, seed)
    if mood.stars:
        _stars(sky, window, seed)
    _skyline(sky, window, mood, seed)
    return sky


def _clouds(sky: Image, window: Window, mood: Mood, seed: int) -> None:
    rng = np.random.default_rng(seed + 11)
    field = np.zeros((96, 384), np.float32)
    for size, weight in ((6, 1.0), (12, 0.6), (24, 0.35), (48, 0.2)):
        noise = rng.normal(0, weight, (size // 2, size)).astype(np.float32)
        field += cv2.resize(noise, (384, 96), interpolation=cv2.INTER_CUBIC)
    cover = np.clip((field + (0.5 if mood.light is Light.DAY else 0.0)) * 0.55, 0, 1)
    xs = (window.headings + _CLOUD_HEADINGS / 2) / _CLOUD_HEADINGS * 384
    ys = (1 - (window.slopes + 0.3) / _CLOUD_SLOPES) * 96
    strength = {Light.DAY: 0.60, Light.DUSK: 0.34, Light.NIGHT: 0.16}[mood.light]
    columns, rows = np.meshgrid(xs[::8].astype(np.float32), ys[::8].astype(np.float32))
    small = cv2.remap(cover, columns, rows, cv2.INTER_LINEAR)
    size = (window.width, window.height)
    weight = cv2.resize((small * strength).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    tint = {Light.DAY: (250, 248, 246), Light.DUSK: (130, 112, 138), Light.NIGHT: (62, 56, 60)}[mood.light]
    cloud = np.empty_like(sky)
    cloud[:] = tint
    cv2.blendLinear(sky, cloud, 1 - weight, weight, dst=sky)


def _stars(sky: Image, window: Window, seed: int) -> None:
    rng = np.random.default_rng(seed + 13)
    for heading, slope, bright in zip(
        rng.uniform(-2.2, 2.2, 70), rng.uniform(0.2, 0.8, 70), rng.uniform(40, 120, 70), strict=True
    ):
        column, row = int(window.column(heading)), int(window.row(slope))
        if 0 <= column < window.width and 0 <= row < window.height:
            sky[row, column] = np.minimum(sky[row, column] + int(bright), 255)


def _skyline(sky: Image, window: Window, mood: Mood, seed: int) -> None:
    """Towers beyond the street, thickest at its two ends, and one landmark."""
    rng = np.random.default_rng(seed + 17)
    far = np.array(mood.haze) * 255
    near = np.array(mood.middle) * 255 * (0.55 if mood.light is not Light.DAY else 0.8)
    _box(sky, window, -3.0, 3.0, 0.012, tuple(far * 0.9))
    for layer in range(3):
        share = 0.25 + 0.35 * layer
        tone = tuple(far * (1 - share) + near * share)
        for _ in range(26):
            heading = float(rng.choice([-1, 1])) * (np.pi / 2 + rng.normal(0, 0.16))
            width, tall = rng.uniform(0.02, 0.06), rng.uniform(0.02, 0.085) * (1.25 - 0.3 * layer)
            _box(sky, window, heading, heading + width, tall, tone)
            if mood.windows_lit > 0.1:
                _lit_windows(sky, window, heading, width, tall, rng)
    tone = tuple(far * 0.45 + near * 0.55)
    _landmark(sky, window, tone, rng, lit=mood.windows_lit > 0.1)


def _landmark(
    sky: Image, window: Window, tone: tuple[float, ...], rng: np.random.Generator, *, lit: bool
) -> None:
    side, kind = float(rng.choice([-1, 1])), int(rng.integers(3))
    at = side * (np.pi / 2 - 0.012)
    if kind == 0:  # a spire
        _box(sky, window, at - 0.013, at + 0.013, 0.10, tone)
        corners = [(at - 0.014, 0.10), (at + 0.014, 0.10), (at, 0.20)]
        points = np.array([[window.column(x), window.row(y)] for x, y in corners])
        cv2.fillPoly(sky, [points.astype(np.int32)], tone, cv2.LINE_AA)
    elif kind == 1:  # an office block
        _box(sky, window, at - 0.03, at + 0.02, 0.15, tone)
        if lit:
            _lit_windows(sky, window, at - 0.03, 0.05, 0.15, rng)
    else:  # a clock tower
        _box(sky, window, at - 0.016, at + 0.016, 0.14, tone)
        centre = (round(window.column(at)), round(window.row(0.118)))
        cv2.circle(sky, centre, max(1, round(0.008 * window.focal)), (190, 225, 240), -1, cv2.LINE_AA)


def _lit_windows(
    sky: Image, window: Window, heading: float, width: float, tall: float, rng: np.random.Generator
) -> None:
    columns, rows = max(1, int(width / 0.006)), max(1, int(tall / 0.008))
    for column in range(columns):
        for row in range(rows):
            if rng.random() < 0.22:
                x, y = heading + (column + 0.25) * 0.006, (row + 0.35) * 0.008
                _box(sky, window, x, x + 0.0022, y + 0.0022, (96, 158, 196), floor=y)


def _box(
    sky: Image,
    window: Window,
    left: float,
    right: float,
    top: float,
    colour: tuple[float, ...],
    floor: float = -0.6,
) -> None:
    columns = slice(max(0, round(window.column(left))), max(0, round(window.column(right))))
    rows = slice(max(0, round(window.row(top))), max(0, round(window.row(floor))))
    if columns.start < window.width and rows.start < window.height:
        sky[rows, columns] = tuple(min(255.0, each) for each in colour)
