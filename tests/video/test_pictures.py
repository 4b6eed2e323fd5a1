"""Pictures as decoders hand them over, scaled onto a tile and made into a JPEG by OpenCV."""

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange

from controlroom.video.pictures import Picture

BLUE, GREY, RED = (200, 60, 50), (128, 128, 128), (40, 50, 210)


def frame(size=(64, 48), pixel_format="yuv420p", colour_range=ColorRange.MPEG):
    """A picture in three stripes, from left to right: blue, grey and red."""
    width, height = size
    image = np.empty((height, width, 3), np.uint8)
    for place, colour in enumerate((BLUE, GREY, RED)):
        image[:, place * width // 3 : (place + 1) * width // 3] = colour
    made = av.VideoFrame.from_ndarray(image, format="bgr24")
    return made.reformat(format=pixel_format, dst_color_range=colour_range)


@pytest.mark.parametrize(
    ("pixel_format", "colour_range"),
    [
        ("yuv420p", ColorRange.MPEG),
        ("yuv420p", ColorRange.JPEG),
        ("yuvj420p", ColorRange.JPEG),
        ("yuvj422p", ColorRange.JPEG),
        ("yuv444p", ColorRange.MPEG),
        ("nv12", ColorRange.MPEG),
        ("yuv420p10le", ColorRange.MPEG),
        ("gray", ColorRange.JPEG),
    ],
)
@pytest.mark.parametrize("size", [(30, 22), (31, 23), (96, 73)])
def test_a_picture_of_any_format_has_its_colours_at_any_size(pixel_format, colour_range, size):
    across, down = size
    tile = np.zeros((down, across, 4), np.uint8)
    Picture(frame((64, 48), pixel_format, colour_range)).scale_into(tile)
    for place, colour in enumerate((BLUE, GREY, RED)):
        seen = tile[down // 2, (2 * place + 1) * across // 6]
        if pixel_format == "gray":
            colour = [round(0.114 * colour[0] + 0.587 * colour[1] + 0.299 * colour[2])] * 3
        assert np.abs(seen[:3].astype(int) - colour).max() <= 9, (place, seen)
    assert (tile[..., 3] == 255).all()


def test_a_large_picture_fits_the_smallest_tile_and_a_small_one_the_largest():
    for source, size in (((640, 360), (1, 1)), ((2, 2), (640, 361)), ((640, 2), (7, 300))):
        tile = np.zeros((size[1], size[0], 4), np.uint8)
        Picture(frame(source)).scale_into(tile)
        assert (tile[..., 3] == 255).all()


def test_a_snapshot_is_whole_and_in_its_own_colours():
    for colour_range in (ColorRange.MPEG, ColorRange.JPEG):
        picture = Picture(frame((66, 48), "yuv420p", colour_range))
        image = cv2.imdecode(np.frombuffer(picture.as_jpeg(), np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert image.shape == (48, 66, 3)
        assert np.abs(image[24, 11].astype(int) - BLUE).max() <= 12
        assert np.abs(image[24, 55].astype(int) - RED).max() <= 12
