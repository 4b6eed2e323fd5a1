"""The burnt-in counter survives encoding, scaling and every way pixels are laid out."""

import cv2
import numpy as np
import pytest

from controlroom.simulator import counter
from controlroom.simulator.media.encoder import Encoder
from controlroom.simulator.settings import MAIN, SUB, StreamShape

VALUES = [0, 1, 4095, 4096, 12_345, 0xAAAA, 65_535]


def noise(shape: StreamShape, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rough = rng.integers(0, 255, (shape.height // 8, shape.width // 8, 3), dtype=np.uint8)
    return cv2.resize(rough, (shape.width, shape.height), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("shape", [MAIN, SUB], ids=lambda shape: shape.name)
def test_what_was_drawn_is_read(shape: StreamShape, value: int) -> None:
    picture = noise(shape)
    counter.draw(picture, value)
    assert counter.read(picture) == value


@pytest.mark.parametrize("smoothing", [cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_AREA])
@pytest.mark.parametrize("width", [300, 317, 384, 480, 640, 900])
@pytest.mark.parametrize("shape", [MAIN, SUB], ids=lambda shape: shape.name)
def test_a_picture_scaled_to_a_tile_is_read(shape: StreamShape, width: int, smoothing: int) -> None:
    for value in VALUES:
        picture = noise(shape, value)
        counter.draw(picture, value)
        size = (width, round(width * shape.height / shape.width))
        assert counter.read(cv2.resize(picture, size, interpolation=smoothing)) == value


@pytest.mark.parametrize("shape", [MAIN, SUB], ids=lambda shape: shape.name)
def test_a_picture_that_was_encoded_and_shrunk_is_read(shape: StreamShape) -> None:
    import av

    encoder = Encoder(shape)
    decoder = av.CodecContext.create("h264", "r")
    seen = []
    for number in range(12):
        luma_and_colour = np.full((shape.height * 3 // 2, shape.width), 128, np.uint8)
        luma = luma_and_colour[: shape.height]
        luma[:] = cv2.cvtColor(noise(shape, number), cv2.COLOR_BGR2GRAY)
        counter.draw(luma, 5000 + number)
        data = encoder.encode(av.VideoFrame.from_ndarray(luma_and_colour, "nv12"), number * 6000)
        for frame in decoder.decode(av.Packet(data)):
            picture = cv2.resize(frame.to_ndarray(format="bgr24"), (300, 169), interpolation=cv2.INTER_LINEAR)
            seen.append(counter.read(picture))
    assert len(seen) >= 10
    assert seen == list(range(5000, 5000 + len(seen)))


def test_grey_and_four_channel_pictures_are_read_too() -> None:
    grey = np.full((360, 640), 90, np.uint8)
    counter.draw(grey, 77)
    assert counter.read(grey) == 77
    assert counter.read(np.dstack([grey] * 4)) == 77


def test_counters_wrap_at_their_modulus() -> None:
    picture = noise(SUB)
    counter.draw(picture, counter.MODULUS + 5)
    assert counter.read(picture) == 5


def test_a_picture_without_a_counter_reads_as_none() -> None:
    for seed in range(60):
        assert counter.read(noise(SUB, seed)) is None
    assert counter.read(np.zeros((360, 640, 3), np.uint8)) is None
    assert counter.read(np.full((360, 640, 3), 255, np.uint8)) is None
    assert counter.read(np.zeros((10, 10, 3), np.uint8)) is None


def test_a_damaged_strip_reads_as_none_rather_than_as_another_number() -> None:
    for place in range(2, 24):
        picture = noise(SUB)
        counter.draw(picture, 1234)
        left, top = counter.area(640, 360)[:2]
        cell = 640 / counter.CELLS_PER_WIDTH
        row, column = divmod(place, counter.COLUMNS)
        x, y = int(left + (0.5 + column) * cell), int(top + (0.5 + row) * cell)
        patch = picture[y : y + int(cell) + 1, x : x + int(cell) + 1]
        patch[:] = 255 - patch
        assert counter.read(picture) in {None, 1234}, place


def test_the_strip_is_small_and_in_the_corner() -> None:
    left, top, right, bottom = counter.area(640, 360)
    assert (right - left) / 640 < 0.14 and (bottom - top) / 360 < 0.06
    assert right > 630 and bottom > 350
    assert all(edge % 2 == 0 for edge in (left, top, right, bottom))
