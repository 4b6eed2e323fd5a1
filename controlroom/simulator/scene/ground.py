"""Paints the ground as seen from straight above: carriageway, kerbs, paving, markings. One pixel is 1/SCALE metre."""

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.grain import noise, roughen
from controlroom.simulator.scene.plan import HALF, LENGTH, StreetPlan

SCALE = 24
BACK, FRONT = -10.0, 20.0
"""The texture covers this much across the street; row 0 is BACK."""
WIDTH, HEIGHT = int(LENGTH * SCALE), int((FRONT - BACK) * SCALE)

_ASPHALT = (66, 64, 63)
_PAVING = (138, 143, 147)
_KERB = (160, 163, 165)
_WHITE, _YELLOW = (206, 210, 210), (92, 190, 216)


def paint_ground(plan: StreetPlan) -> Image:
    """Surface colours of road and pavements, HEIGHT × WIDTH × 3."""
    rng = np.random.default_rng(plan.seed + 5)
    image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    image[:] = _PAVING
    _slabs(image, rng)
    _fill(image, -HALF, plan.road_from, LENGTH, plan.road_to - plan.road_from, _ASPHALT)
    _patches(image, plan, rng)
    _speckle(image, rng)
    _markings(image, plan)
    for kerb in (plan.road_from - 0.16, plan.road_to):
        _fill(image, -HALF, kerb, LENGTH, 0.16, _KERB)
        for joint in np.arange(-HALF, HALF, 0.9):
            _fill(image, float(joint), kerb, 0.05, 0.16, (120, 122, 124))
    return image


def _slabs(image: Image, rng: np.random.Generator) -> None:
    """Paving of 0.9 × 0.6 m, each slab a little different."""
    rows, columns = HEIGHT * 10 // (6 * SCALE) + 1, WIDTH * 10 // (9 * SCALE) + 1
    image[:] = roughen(image, noise(rng, rows, columns, 7.0), cv2.INTER_NEAREST)
    step_z, step_x = 0.6 * SCALE, 0.9 * SCALE
    for row in np.arange(0, HEIGHT, step_z):
        image[int(row)] = (108, 112, 115)
    for column in np.arange(0, WIDTH, step_x):
        image[:, int(column)] = (112, 116, 119)


def _patches(image: Image, plan: StreetPlan, rng: np.random.Generator) -> None:
    """Repairs to the carriageway, tyre-darkened lanes and covers."""
    for _ in range(9):
        x, z = rng.uniform(-HALF, HALF - 8), rng.uniform(plan.road_from, plan.road_to - 1.5)
        tone = int(rng.integers(-12, 13))
        _fill(image, x, z, rng.uniform(2, 7), rng.uniform(0.8, 1.4), tuple(each + tone for each in _ASPHALT))
    for _ in range(8):
        x, z = rng.uniform(-HALF + 1, HALF - 1), rng.uniform(plan.road_from + 0.5, plan.road_to - 1.0)
        _fill(image, x, z, 0.6, 0.6, (50, 50, 52))


def _speckle(image: Image, rng: np.random.Generator) -> None:
    image[:] = roughen(image, noise(rng, HEIGHT // 2, WIDTH // 6, 4.0), cv2.INTER_LINEAR)


def _markings(image: Image, plan: StreetPlan) -> None:
    middle = (plan.road_from + plan.road_to) / 2
    for x in np.arange(-HALF, HALF, 6.0):
        if abs(x + 2 - plan.zebra_at) > 12:
            _fill(image, float(x), middle - 0.06, 4.0, 0.13, _WHITE)
    for edge in (plan.road_from + 0.25, plan.road_from + 0.5, plan.road_to - 0.33, plan.road_to - 0.58):
        if abs(edge - plan.road_from) < 0.4 or not plan.bus_lane:
            _fill(image, -HALF, edge, LENGTH, 0.08, _YELLOW)
    if plan.bus_lane:
        _fill(image, -HALF, plan.road_to - 3.2, LENGTH, 0.14, _WHITE)
    _zebra(image, plan, middle)
    _bus_stop(image, plan)


def _zebra(image: Image, plan: StreetPlan, middle: float) -> None:
    at = plan.zebra_at
    _fill(image, at - 1.5, plan.road_from, 3.0, plan.road_to - plan.road_from, (58, 57, 56))
    for z in np.arange(plan.road_from + 0.3, plan.road_to - 0.5, 1.2):
        _fill(image, at - 1.5, float(z), 3.0, 0.62, (224, 226, 226))
    for side in (-1, 1):  # zig-zags
        for z in (plan.road_from + 0.8, middle - 0.25, middle + 0.15, plan.road_to - 0.9):
            for step in range(4):
                x = at + side * (2.2 + step * 2.1)
                corners = [(x, z), (x + side * 1.9, z + 0.16)]
                points = [(round((px + HALF) * SCALE), round((pz - BACK) * SCALE)) for px, pz in corners]
                cv2.line(image, points[0], points[1], _WHITE, 3, cv2.LINE_AA)


def _bus_stop(image: Image, plan: StreetPlan) -> None:
    shelter = next(thing for thing in plan.things if thing.kind == "shelter")
    x, z = shelter.x - 7.0, plan.road_to - 3.1
    left, top = round((x + HALF) * SCALE), round((z - BACK) * SCALE)
    right, bottom = round((x + 14 + HALF) * SCALE), round((plan.road_to - 0.1 - BACK) * SCALE)
    for start in range(left, right, 2 * SCALE):
        cv2.line(image, (start, top), (min(right, start + SCALE), top), _YELLOW, 3)
    cv2.line(image, (left, top), (left, bottom), _YELLOW, 3)
    cv2.line(image, (right, top), (right, bottom), _YELLOW, 3)
    letters = np.zeros((26, 130, 3), np.uint8)
    cv2.putText(letters, "BUS STOP", (3, 20), cv2.FONT_HERSHEY_DUPLEX, 0.75, _YELLOW, 1, cv2.LINE_AA)
    letters = cv2.flip(
        cv2.resize(letters, (8 * SCALE, round(1.5 * SCALE))), 0
    )  # z grows away from the reader
    spot = image[top + SCALE // 2 : top + SCALE // 2 + letters.shape[0], left + 3 * SCALE : left + 11 * SCALE]
    if spot.shape == letters.shape:
        np.maximum(spot, letters, out=spot)


def _fill(image: Image, x: float, z: float, width: float, depth: float, colour: tuple[int, ...]) -> None:
    left, right = round((x + HALF) * SCALE), round((x + width + HALF) * SCALE)
    top, bottom = round((z - BACK) * SCALE), round((z + depth - BACK) * SCALE)
    image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = colour
