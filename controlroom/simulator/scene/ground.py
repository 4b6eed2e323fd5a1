"""Paints the ground as seen from straight above: carriageway, kerbs, paving, markings. One pixel is 1/SCALE metre."""

import cv2
import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.scene.facade import roughen
from controlroom.simulator.scene.plan import HALF, LENGTH, StreetPlan

SCALE = 24
BACK, FRONT = -10.0, 20.0
"""The texture covers this much across the street; row 0 is BACK."""
WIDTH, HEIGHT = int(LENGTH * SCALE), int((FRONT - BACK) * SCALE)

_ASPHALT = (66, 64, 63)
_WHITE, _YELLOW = (206, 210, 210), (92, 190, 216)


def paint_ground(plan: StreetPlan) -> Image:
    """Surface colours of road and pavements, HEIGHT × WIDTH × 3."""
    rng = np.random.default_rng(plan.seed + 5)
    road, edge = plan.road_from, plan.road_to
    image = np.full((HEIGHT, WIDTH, 3), (138, 143, 147), np.uint8)
    image = roughen(image, rng, (SCALE * 9 // 10, SCALE * 6 // 10), 7.0)  # slabs of 0.9 × 0.6 m
    image[:: SCALE * 6 // 10] = image[:, :: SCALE * 9 // 10] = (110, 114, 117)
    _fill(image, -HALF, road, LENGTH, edge - road, _ASPHALT)
    for _ in range(12):  # repairs
        tone = int(rng.integers(-12, 13))
        x, z = rng.uniform(-HALF, HALF - 8), rng.uniform(road, edge - 1.5)
        _fill(image, x, z, rng.uniform(1, 7), rng.uniform(0.6, 1.4), tuple(each + tone for each in _ASPHALT))
    image = roughen(image, rng, (6, 2), 4.0)
    _markings(image, plan)
    for kerb in (road - 0.16, edge):
        _fill(image, -HALF, kerb, LENGTH, 0.16, (160, 163, 165))
        for joint in np.arange(-HALF, HALF, 0.9):
            _fill(image, joint, kerb, 0.05, 0.16, (120, 122, 124))
    return image


def _markings(image: Image, plan: StreetPlan) -> None:
    middle, at = (plan.road_from + plan.road_to) / 2, plan.zebra_at
    for x in np.arange(-HALF, HALF, 6.0):
        if abs(x + 2 - at) > 12:
            _fill(image, x, middle - 0.06, 4.0, 0.13, _WHITE)
    for line in (plan.road_from + 0.25, plan.road_from + 0.5, plan.road_to - 0.33, plan.road_to - 0.58):
        _fill(image, -HALF, line, LENGTH, 0.08, _YELLOW)
    _fill(image, at - 1.5, plan.road_from, 3.0, plan.road_to - plan.road_from, (58, 57, 56))
    for z in np.arange(plan.road_from + 0.3, plan.road_to - 0.5, 1.2):
        _fill(image, at - 1.5, z, 3.0, 0.62, (224, 226, 226))
    for z in (plan.road_from + 0.8, middle - 0.25, middle + 0.15, plan.road_to - 0.9):  # zig-zags
        turns = [
            (at + side * (2.2 + step * 1.05), z + step % 2 * 0.16) for side in (-1, 1) for step in range(9)
        ]
        for line in (turns[:9], turns[9:]):
            corners = np.array(
                [[round((x + HALF) * SCALE), round((y - BACK) * SCALE)] for x, y in line], np.int32
            )
            cv2.polylines(image, [corners], False, _WHITE, 3, cv2.LINE_AA)
    shelter = next(thing for thing in plan.things if thing.kind == "shelter")
    stop, depth = shelter.x - 7.0, plan.road_to - 3.1
    for x in np.arange(stop, stop + 14.0, 2.0):
        _fill(image, x, depth, 1.0, 0.12, _YELLOW)
    letters = np.full((26, 130, 3), _ASPHALT, np.uint8)
    cv2.putText(letters, "BUS STOP", (3, 20), cv2.FONT_HERSHEY_DUPLEX, 0.75, _YELLOW, 1, cv2.LINE_AA)
    letters = cv2.flip(
        cv2.resize(letters, (8 * SCALE, round(1.5 * SCALE))), 0
    )  # z grows away from the reader
    left, top = max(0, round((stop + 3 + HALF) * SCALE)), round((depth + 0.5 - BACK) * SCALE)
    image[top : top + letters.shape[0], left : left + letters.shape[1]] = letters


def _fill(image: Image, x: float, z: float, width: float, depth: float, colour: tuple[int, ...]) -> None:
    left, right = round((x + HALF) * SCALE), round((x + width + HALF) * SCALE)
    top, bottom = round((z - BACK) * SCALE), round((z + depth - BACK) * SCALE)
    image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = colour
