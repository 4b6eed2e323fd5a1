"""Which streams the wall asks the pool for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize

from controlroom.cameras.records import CameraLogin
from controlroom.ui.pages.live.streams import Streams, Wanted, smallest_that_fills
from controlroom.video.records import StreamAddress, StreamState
from tests.ui.pages.live.fakes import FakeClock, FakePool

MAIN, SUB = "rtsp://014.invalid/main", "rtsp://014.invalid/sub"
LOGIN = CameraLogin(14, "014.invalid", 80, "room", "secret", MAIN, SUB)
SMALL, LARGE = QSize(480, 270), QSize(1920, 1080)


class CountingPool(FakePool):
    """Notes what is opened."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.opened: list[str] = []

    def open(self, tile: str, address: StreamAddress, width: int, height: int) -> None:
        self.opened.append(address.url)
        super().open(tile, address, width, height)


@pytest.fixture
def pool() -> CountingPool:
    return CountingPool()


@pytest.fixture
def streams(pool: CountingPool) -> Streams:
    return Streams(pool, "wall")


def test_small_tiles_take_the_sub_stream_and_wide_ones_the_main():
    assert smallest_that_fills(LOGIN, SMALL) == SUB
    assert smallest_that_fills(LOGIN, LARGE) == MAIN


@pytest.mark.parametrize(("main", "sub"), [(MAIN, ""), ("", SUB)])
def test_a_camera_with_one_stream_shows_that(main: str, sub: str):
    login = CameraLogin(14, "014.invalid", 80, "room", "secret", main, sub)
    assert smallest_that_fills(login, SMALL) == smallest_that_fills(login, LARGE) == main + sub


def test_wanting_the_same_again_asks_nothing_of_the_pool(streams: Streams, pool: CountingPool):
    for _ in range(3):
        streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    assert pool.opened == [SUB]


def test_an_enlarged_camera_keeps_its_small_stream_and_comes_back_without_connecting(
    streams: Streams, pool: CountingPool
):
    streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    streams.bring_into_line({14: Wanted(LOGIN, SMALL, enlarged_size=LARGE)})
    streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    assert pool.opened == [SUB, MAIN]
    assert [stream.address.url for stream in pool.streams.values()] == [SUB]


def test_the_small_stream_is_scaled_no_more_once_the_large_one_has_come(streams: Streams, pool: CountingPool):
    streams.bring_into_line({14: Wanted(LOGIN, SMALL, enlarged_size=LARGE)})
    pool.picture("wall-14")
    assert streams.newest(14) is not None
    pool.picture("wall-14-main")
    picture = streams.newest(14)
    assert picture is not None
    assert picture.width > 640
    assert not pool.streams["wall-14"].shown
    streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    assert pool.streams["wall-14"].shown


def test_what_is_not_wanted_is_closed(streams: Streams, pool: CountingPool):
    streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    streams.bring_into_line({})
    assert pool.streams == {}


def test_a_corrected_password_opens_the_stream_anew(streams: Streams, pool: CountingPool):
    streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    corrected = CameraLogin(14, "014.invalid", 80, "room", "right", MAIN, SUB)
    streams.bring_into_line({14: Wanted(corrected, SMALL)})
    assert pool.opened == [SUB, SUB]
    assert pool.streams["wall-14"].address.password == "right"


def test_a_resized_tile_is_scaled_anew_without_connecting(streams: Streams, pool: CountingPool):
    streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    streams.bring_into_line({14: Wanted(LOGIN, QSize(600, 340))})
    assert pool.opened == [SUB]
    assert (pool.streams["wall-14"].width, pool.streams["wall-14"].height) == (600, 340)


def test_a_picture_is_given_once_and_again_when_asked(streams: Streams, pool: CountingPool):
    streams.bring_into_line({14: Wanted(LOGIN, SMALL)})
    pool.picture("wall-14")
    assert streams.newest(14) is not None
    assert streams.newest(14) is None
    streams.show_again(14)
    assert streams.newest(14) is not None


def test_a_camera_whose_password_cannot_be_read_is_not_tried_and_says_so(
    streams: Streams, pool: CountingPool
):
    login = replace(LOGIN, password="", trouble="The site key is missing.")
    streams.bring_into_line({14: Wanted(login, SMALL)})
    assert pool.opened == []
    status = streams.status(14)
    assert (status.state, status.detail) == (StreamState.REFUSED, "The site key is missing.")
