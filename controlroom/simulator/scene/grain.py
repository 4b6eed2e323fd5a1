"""Uneven surfaces: noise added to painted colours."""

import cv2
import numpy as np

from controlroom.simulator.arrays import Image


def noise(rng: np.random.Generator, rows: int, columns: int, strength: float) -> Image:
    """Bytes around 128 with this standard deviation."""
    return np.clip(rng.normal(128, strength, (rows, columns)), 0, 255).astype(np.uint8)


def roughen(surface: Image, grain: Image, interpolation: int) -> Image:
    """The surface with `grain` (bytes around 128, of any size) stretched over it and added."""
    stretched = cv2.resize(grain, (surface.shape[1], surface.shape[0]), interpolation=interpolation)
    return cv2.addWeighted(surface, 1.0, cv2.merge([stretched] * 3), 1.0, -128)
