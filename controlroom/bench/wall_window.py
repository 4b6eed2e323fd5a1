"""Shows the desk's own wall in a window whose paint events are measured.

Where the tiles are too small for the frame counter to be read (over 25 cameras), a spot picture of the first camera
is beside the wall, and the delay is read there; it shares the first tile's decoder and does not count as shown.
"""

import time
from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from controlroom.bench.window_meters import LatencySampler, PaintCounter
from controlroom.cameras.records import Camera, CameraLogin, Place
from controlroom.ui.pages.live.tile import Tile
from controlroom.ui.pages.live.wall import Wall
from controlroom.video.pool import VideoPool
from controlroom.video.records import Frame, StreamAddress, StreamStatus

SIZE = QSize(1920, 1080)
SPOT = QSize(480, 270)
MOST_READABLE = 25  # five tiles across are 382 px wide; the counter wants 280


class WallWindow(QWidget):
    """A wall of `addresses`, filled and emptied on demand."""

    def __init__(
        self,
        pool: VideoPool,
        addresses: Sequence[StreamAddress],
        counter: PaintCounter,
        sampler: LatencySampler,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Control Room: measuring the wall")
        self._counter, self._sampler = counter, sampler
        self._cameras = [_camera(place, address) for place, address in enumerate(addresses)]
        logins = {
            camera.id: _login(camera, address)
            for camera, address in zip(self._cameras, addresses, strict=True)
        }
        self._wall = Wall(pool, parent=self)
        self._wall.set_tiles(len(addresses))
        self._wall.set_logins(logins)
        for tile in self._wall.tiles:
            tile.on_painted = self._painted
        self._spot = self._make_spot(pool, logins) if len(addresses) > MOST_READABLE else None
        self.setFixedSize(SIZE)
        below = 0 if self._spot is None else SPOT.height()
        self._wall.setGeometry(0, 0, SIZE.width(), SIZE.height() - below)

    def _make_spot(self, pool: VideoPool, logins: dict[int, CameraLogin]) -> Wall:
        spot = Wall(pool, name="spot", parent=self)
        spot.set_tiles(1)
        spot.set_logins(logins)
        spot.setGeometry(QRect(0, SIZE.height() - SPOT.height(), SPOT.width(), SPOT.height()))
        spot.tiles[0].on_painted = self._spot_painted
        return spot

    def fill(self) -> None:
        self._wall.place_all(self._cameras)
        self._wall.start()
        if self._spot is not None:
            self._spot.place_all(self._cameras[:1])
            self._spot.start()

    def empty(self) -> None:
        for wall in (self._wall, self._spot):
            if wall is not None:
                wall.stop()
                wall.place_all([])

    def statuses(self) -> list[StreamStatus]:
        """Return each camera's state, in the order of the addresses."""
        return [self._wall.status_of(tile.index) for tile in self._wall.tiles]

    def _painted(self, tile: Tile, _picture: Frame) -> None:
        now = time.monotonic()
        self._counter.painted(tile.index, now)
        if self._spot is None:
            self._sampler.painted(tile.index, tile, tile.picture_rect(), now)

    def _spot_painted(self, tile: Tile, _picture: Frame) -> None:
        self._sampler.painted(0, tile, tile.picture_rect(), time.monotonic())


def _camera(place: int, address: StreamAddress) -> Camera:
    return Camera(
        place + 1, f"{place + 1:03d}", f"Stream {place + 1}", Place("", "", ""), sub_stream=address.url
    )


def _login(camera: Camera, address: StreamAddress) -> CameraLogin:
    return CameraLogin(
        camera_id=camera.id,
        host="",
        port=0,
        username=address.username,
        password=address.password,
        sub_stream=address.url,
    )
