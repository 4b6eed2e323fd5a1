"""Measuring how far a scene moved: exact for known shifts, blind to what is burnt in, honest about sizes."""

import cv2
import numpy as np
import pytest

from controlroom.simulator.scene_shift import shift_px


def texture() -> np.ndarray:
    rng = np.random.default_rng(4)
    return cv2.GaussianBlur(rng.integers(0, 255, (900, 1600, 3), dtype=np.uint8), (0, 0), 2)


@pytest.mark.parametrize(("right", "down"), [(0, 0), (7, 0), (-24, 3), (60, -20), (0, 45), (-150, 0)])
def test_a_known_shift_is_measured(right: int, down: int) -> None:
    scene = texture()
    before = scene[200:560, 400:1040]
    after = scene[200 - down : 560 - down, 400 - right : 1040 - right]
    assert shift_px(before, after) == pytest.approx((right, down), abs=1.0)


def test_text_that_stands_still_does_not_hide_the_movement() -> None:
    scene = texture()
    before, after = scene[200:560, 400:1040].copy(), scene[200:560, 370:1010].copy()
    for picture in (before, after):
        cv2.putText(
            picture, "014 George Street 22:41:07", (10, 352), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255,) * 3, 2
        )
    assert shift_px(before, after)[0] == pytest.approx(30, abs=1)


def test_grey_and_large_pictures_are_measured_in_their_own_pixels() -> None:
    scene = cv2.cvtColor(cv2.resize(texture(), None, fx=2, fy=2), cv2.COLOR_BGR2GRAY)
    assert shift_px(scene[400:1120, 800:2080], scene[400:1120, 700:1980])[0] == pytest.approx(100, abs=3)


def test_pictures_of_different_size_are_refused() -> None:
    with pytest.raises(ValueError, match="different size"):
        shift_px(np.zeros((10, 10), np.uint8), np.zeros((10, 12), np.uint8))
