"""Where tiles lie on the wall, and pictures and bars on their tiles."""

import pytest
from PySide6.QtCore import QRect, QRectF, QSizeF

from controlroom.ui.pages.live.grid import grid_for, parts_of, places_for

PANELS_OPEN = (1226, 956)


@pytest.mark.parametrize("side", [1, 2, 3, 4, 5, 6])
def test_square_numbers_stand_in_a_square(side: int):
    assert grid_for(side * side, *PANELS_OPEN) == (side, side)


@pytest.mark.parametrize(("count", "size"), [(104, (1920, 1080)), (6, (1226, 956)), (12, (2560, 1080))])
def test_other_numbers_stand_where_pictures_are_largest(count: int, size: tuple[int, int]):
    def picture_width(columns: int) -> float:
        rows = -(-count // columns)
        return min(size[0] / columns, size[1] / rows * 16 / 9)

    columns, rows = grid_for(count, *size)
    assert columns * rows >= count
    assert picture_width(columns) == max(picture_width(each) for each in range(1, count + 1))


@pytest.mark.parametrize("count", [1, 4, 9, 16, 104])
def test_tiles_do_not_overlap_and_stay_on_the_wall(count: int):
    wall = QRect(0, 0, *PANELS_OPEN)
    places = places_for(count, wall.width(), wall.height())
    assert len(places) == count
    assert all(wall.contains(place) for place in places)
    assert not any(one.intersects(other) for index, one in enumerate(places) for other in places[index + 1 :])
    assert len({(place.width(), place.height()) for place in places}) == 1
    assert wall.right() - max(place.right() for place in places) <= count


@pytest.mark.parametrize("tile", [(408, 317), (304, 237), (200, 159), (1226, 956), (515, 321), (170, 100)])
def test_a_picture_lies_whole_in_its_tile(tile: tuple[int, int]):
    whole = QRectF(0, 0, *tile)
    width = min(tile[0], tile[1] * 16 / 9)
    parts = parts_of(whole, QSizeF(width, width * 9 / 16))
    for part in (parts.picture, parts.caption, parts.foot):
        assert whole.adjusted(-0.01, -0.01, 0.01, 0.01).contains(part)


def test_bars_stand_clear_of_the_picture_where_there_is_room():
    parts = parts_of(QRectF(0, 0, 408, 317), QSizeF(408, 229.5))
    assert not parts.caption_over
    assert not parts.foot_over
    assert parts.caption.height() > 30, "the room is used for larger words"


def test_the_caption_keeps_clear_first():
    parts = parts_of(QRectF(0, 0, 200, 159), QSizeF(200, 112.5))
    assert not parts.caption_over
    assert parts.foot_over


def test_captions_side_by_side_are_alike_whatever_the_pictures_shape():
    tile = QRectF(0, 0, 408, 317)
    wide, narrow = (parts_of(tile, QSizeF(*size)) for size in ((408, 229.5), (408, 306)))
    assert wide.caption.height() == narrow.caption.height()
    assert narrow.caption_over


def test_bars_keep_close_to_an_enlarged_picture():
    parts = parts_of(QRectF(0, 0, 1226, 956), QSizeF(1226, 690))
    assert parts.caption.bottom() == pytest.approx(parts.picture.top())
    assert parts.foot.top() == pytest.approx(parts.picture.bottom())


def test_without_room_the_bars_lie_over_the_picture():
    parts = parts_of(QRectF(0, 0, 480, 270), QSizeF(480, 270))
    assert parts.caption_over
    assert parts.foot_over
    assert parts.picture == QRectF(0, 0, 480, 270)
