"""The wall: tiles in a square grid, each fed from shared memory by one timer.

A tile's stream is the smallest that fills it: the sub stream in a grid, the main stream when enlarged. While the main
stream opens, the sub stream's picture stays, so that enlarging never shows a hole.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from controlroom.cameras.records import Camera, CameraLogin
from controlroom.ui import theme
from controlroom.ui.live.tile import Tile
from controlroom.video.records import Picture, StreamAddress, StreamState, StreamStatus

PULL_EVERY_MS = 25
STATUS_EVERY_S = 0.5
SUB_STREAM_WIDTH = 640  # pixels: the size cameras' sub streams commonly have; wider tiles get the main stream
GAP = 3
SIZES = (1, 4, 9, 16)


class Pictures(Protocol):
    """What the wall needs of the video pool."""

    def open(self, tile: str, address: StreamAddress, width: int, height: int) -> None: ...
    def resize(self, tile: str, width: int, height: int) -> None: ...
    def set_shown(self, tile: str, shown: bool) -> None: ...
    def retry(self, tile: str) -> None: ...
    def close_tile(self, tile: str) -> None: ...
    def newest(self, tile: str, after_sequence: int) -> Picture | None: ...
    def status(self, tile: str) -> StreamStatus: ...
    def snapshot(self, tile: str, path: Path) -> "Future[Path]": ...


NO_ADDRESS = StreamStatus(
    StreamState.OFFLINE, "It has no stream address on the register: add it under Cameras."
)


@dataclass
class _Feed:
    """One stream of one tile."""

    key: str
    sequence: int = 0
    has_come: bool = False


class Wall(QWidget):
    """Tiles and their streams. Camera ids are the register's."""

    selected_changed = Signal(int)
    double_clicked = Signal(int)
    menu_wanted = Signal(int, QPoint)
    placed = Signal()  # which cameras stand where has changed
    live_count_changed = Signal(int, int)
    camera_dropped = Signal(int, int)  # tile, camera id

    def __init__(
        self,
        pool: Pictures,
        *,
        name: str = "wall",
        monotonic: Callable[[], float] = time.monotonic,
        wall_time: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool, self._name = pool, name
        self._monotonic, self._wall_time = monotonic, wall_time
        self._logins: Mapping[int, CameraLogin] = {}
        self.tiles: list[Tile] = []
        self._feeds: dict[int, _Feed] = {}
        self._main_feeds: dict[int, _Feed] = {}
        self._shown_tiles = 0
        self._selected = 0
        self.enlarged: int | None = None
        self._next_status = 0.0
        self._counted = (-1, -1)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self.setAutoFillBackground(True)
        self.set_tiles(4)

    # -- layout ----------------------------------------------------------------------------------------------

    @property
    def size_in_tiles(self) -> int:
        """How many tiles the grid has."""
        return self._shown_tiles

    def set_tiles(self, count: int) -> None:
        """Make it a wall of `count` tiles; cameras beyond it are closed."""
        self.restore()
        while len(self.tiles) < count:
            self.tiles.append(self._new_tile(len(self.tiles)))
        for tile in self.tiles[count:]:
            self._close(tile.index)
            tile.set_camera(None)
            tile.hide()
        self._shown_tiles = count
        for tile in self.tiles[:count]:
            tile.show()
        if self._selected >= count:
            self.select(0)
        self._lay_out()
        self.placed.emit()

    def enlarge(self, index: int) -> None:
        """Show one tile alone, from its main stream."""
        if self.enlarged == index or not 0 <= index < self._shown_tiles:
            return
        self.restore()
        self.enlarged = index
        self.select(index)
        for tile in self.tiles[: self._shown_tiles]:
            tile.setVisible(tile.index == index)
            if tile.index != index and tile.index in self._feeds:
                self._pool.set_shown(self._feeds[tile.index].key, False)
        self._lay_out()

    def restore(self) -> None:
        """Back to the grid."""
        if self.enlarged is None:
            return
        index, self.enlarged = self.enlarged, None
        self._close_main(index)
        for tile in self.tiles[: self._shown_tiles]:
            tile.show()
            if tile.index in self._feeds:
                self._pool.set_shown(self._feeds[tile.index].key, True)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        if self.enlarged is not None:
            self.tiles[self.enlarged].setGeometry(self.rect())
            return
        columns = max(1, math.ceil(math.sqrt(self._shown_tiles)))
        rows = max(1, math.ceil(self._shown_tiles / columns))
        width = (self.width() - GAP * (columns - 1)) / columns
        height = (self.height() - GAP * (rows - 1)) / rows
        for tile in self.tiles[: self._shown_tiles]:
            row, column = divmod(tile.index, columns)
            left, top = round(column * (width + GAP)), round(row * (height + GAP))
            right = round(column * (width + GAP) + width)
            tile.setGeometry(left, top, right - left, round(row * (height + GAP) + height) - top)

    # -- which camera stands where ---------------------------------------------------------------------------

    def set_logins(self, logins: Mapping[int, CameraLogin]) -> None:
        """How cameras are reached, by id; tiles whose camera's address changed are opened anew."""
        before, self._logins = self._logins, dict(logins)
        for tile in self.tiles[: self._shown_tiles]:
            camera = tile.camera
            if camera is not None and before.get(camera.id) != logins.get(camera.id):
                self._close(tile.index)
                self._open(tile)

    def place(self, index: int, camera: Camera | None) -> None:
        """Put a camera on a tile (None empties it)."""
        tile = self.tiles[index]
        if tile.camera == camera and camera is not None:
            return
        self._close(index)
        tile.set_camera(camera)
        self._open(tile)
        self.placed.emit()
        if index == self._selected:
            self.selected_changed.emit(index)

    def swap(self, first: int, second: int) -> None:
        """Exchange the cameras of two tiles."""
        one, other = self.tiles[first].camera, self.tiles[second].camera
        self.place(first, None)
        self.place(second, one)
        self.place(first, other)
        self.select(second)

    def cameras(self) -> list[Camera | None]:
        """The cameras of the grid, tile by tile."""
        return [tile.camera for tile in self.tiles[: self._shown_tiles]]

    def place_all(self, cameras: Sequence[Camera | None]) -> None:
        """Put cameras on the tiles in order; tiles beyond them are emptied."""
        for index in range(self._shown_tiles):
            self.place(index, cameras[index] if index < len(cameras) else None)

    def select(self, index: int) -> None:
        """Make a tile the one that keys and buttons speak of."""
        if not 0 <= index < len(self.tiles):
            return
        self.tiles[self._selected].set_selected(False)
        self._selected = index
        self.tiles[index].set_selected(True)
        self.selected_changed.emit(index)

    @property
    def selected(self) -> Tile:
        """The selected tile."""
        return self.tiles[self._selected]

    def retry(self, index: int) -> None:
        """Try a tile's stream again now, a refused password included: somebody asked for it."""
        for feeds in (self._feeds, self._main_feeds):
            if index in feeds:
                self._pool.retry(feeds[index].key)

    def snapshot(self, index: int, path: Path) -> "Future[Path] | None":
        """A full-size picture of what the tile shows, written to `path`; None for an empty tile."""
        feed = self._feed_shown(index)
        return None if feed is None else self._pool.snapshot(feed.key, path)

    # -- pictures --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to show pictures."""
        self._timer.start(PULL_EVERY_MS)
        for tile in self.tiles[: self._shown_tiles]:
            if tile.index in self._feeds and self.enlarged in (None, tile.index):
                self._pool.set_shown(self._feeds[tile.index].key, True)

    def stop(self) -> None:
        """Show no more: the page is not in front, and nothing is decoded for it."""
        self._timer.stop()
        for feed in (*self._feeds.values(), *self._main_feeds.values()):
            self._pool.set_shown(feed.key, False)

    def pull(self) -> None:
        """Take the newest picture of each visible tile; twice a second, what is known of its stream."""
        for tile in self.tiles[: self._shown_tiles]:
            if not tile.isHidden():
                self._pull_tile(tile)
        now = self._monotonic()
        if now >= self._next_status:
            self._next_status = now + STATUS_EVERY_S
            self.look(now)

    def look(self, now: float) -> None:
        """Tell every tile what is known of its stream at `now` (monotonic)."""
        wall_time = self._wall_time()
        for tile in self.tiles[: self._shown_tiles]:
            if tile.camera is not None and not tile.isHidden():
                tile.set_status(self.status_of(tile.index), now, wall_time)
        count = self.live_count()
        if count != self._counted:
            self._counted = count
            self.live_count_changed.emit(*count)

    def status_of(self, index: int) -> StreamStatus:
        """What is known of the stream a tile shows."""
        feed = self._feed_shown(index)
        return NO_ADDRESS if feed is None else self._pool.status(feed.key)

    def live_count(self) -> tuple[int, int]:
        """How many of the visible tiles with a camera are live, and how many there are."""
        shown = [tile for tile in self.tiles[: self._shown_tiles] if tile.camera and not tile.isHidden()]
        return sum(tile.words.live for tile in shown), len(shown)

    def _pull_tile(self, tile: Tile) -> None:
        main = self._main_feeds.get(tile.index)
        if main is not None and self._take(tile, main):
            main.has_come = True
        feed = self._feeds.get(tile.index)
        if feed is not None and (main is None or not main.has_come):
            self._take(tile, feed)

    def _take(self, tile: Tile, feed: _Feed) -> bool:
        picture = self._pool.newest(feed.key, feed.sequence)
        if picture is None:
            return False
        feed.sequence = picture.sequence
        tile.set_picture(picture)
        return True

    def _feed_shown(self, index: int) -> _Feed | None:
        main = self._main_feeds.get(index)
        return main if main is not None and main.has_come else self._feeds.get(index)

    # -- streams ---------------------------------------------------------------------------------------------

    def _open(self, tile: Tile) -> None:
        login = self._logins.get(tile.camera.id) if tile.camera else None
        if login is None or tile.camera is None:
            return
        size = tile.picture_size()
        url = _smallest_that_fills(login, size)
        if url:
            feed = _Feed(f"{self._name}-{tile.index}")
            self._feeds[tile.index] = feed
            self._pool.open(feed.key, _address(login, url), max(16, size.width()), max(16, size.height()))

    def _close(self, index: int) -> None:
        self._close_main(index)
        feed = self._feeds.pop(index, None)
        if feed is not None:
            self._pool.close_tile(feed.key)

    def _close_main(self, index: int) -> None:
        feed = self._main_feeds.pop(index, None)
        if feed is not None:
            self._pool.close_tile(feed.key)

    def _tile_resized(self, index: int) -> None:
        tile = self.tiles[index]
        size = tile.picture_size()
        login = self._logins.get(tile.camera.id) if tile.camera else None
        if login is None or size.width() < 16 or size.height() < 16:
            return
        if self.enlarged == index and login.main_stream:
            self._show_main(index, login, size)
        elif index in self._feeds:
            self._pool.resize(self._feeds[index].key, size.width(), size.height())

    def _show_main(self, index: int, login: CameraLogin, size: QSize) -> None:
        feed = self._main_feeds.get(index)
        if feed is None:
            feed = self._main_feeds[index] = _Feed(f"{self._name}-{index}-main")
            self._pool.open(feed.key, _address(login, login.main_stream), size.width(), size.height())
        else:
            self._pool.resize(feed.key, size.width(), size.height())

    def _new_tile(self, index: int) -> Tile:
        tile = Tile(index, self)
        tile.pressed.connect(self.select)
        tile.double_clicked.connect(self.double_clicked)
        tile.menu_wanted.connect(self.menu_wanted)
        tile.camera_dropped.connect(self.camera_dropped)
        tile.tile_dropped.connect(lambda onto, dragged: self.swap(dragged, onto))
        tile.resized.connect(self._tile_resized)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.color("wall_gap"))
        self.setPalette(palette)
        return tile


def _smallest_that_fills(login: CameraLogin, size: QSize) -> str:
    wide = size.width() > SUB_STREAM_WIDTH * 1.25
    return (login.main_stream if wide else login.sub_stream) or login.sub_stream or login.main_stream


def _address(login: CameraLogin, url: str) -> StreamAddress:
    return StreamAddress(url, login.username, login.password)
