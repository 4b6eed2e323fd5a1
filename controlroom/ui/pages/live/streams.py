"""Opens the wall's streams: takes the whole list of what should be open, and tells the pool only what has changed.

A stream belongs to a camera, not to a tile: cameras that change places, a wall that grows, a tile that is enlarged and
comes back leave open what is open. A tile's stream is the smallest that fills it; an enlarged tile has the main stream
beside it, and keeps showing the smaller one until the main stream's first picture has come.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize

from controlroom.cameras.records import CameraLogin
from controlroom.ui.stream_address import stream_address
from controlroom.video.pool import VideoPool
from controlroom.video.records import Frame, StreamAddress, StreamState, StreamStatus

# Cameras' sub streams commonly are 640 pixels wide; a tile a little wider is filled well enough.
SUB_STREAM_WIDTH = 640
FILLS_UP_TO = 1.25
SMALLEST = 16  # pixels: tiles without a size yet ask for this


NO_ADDRESS = StreamStatus(
    StreamState.STOPPED, "It has no stream address on the register: add it under Cameras."
)


@dataclass(frozen=True)
class Wanted:
    """How one camera is to be shown: its place's size in device pixels, seen or not, enlarged or not."""

    login: CameraLogin
    size: QSize
    shown: bool = True
    enlarged_size: QSize | None = None


@dataclass
class _Feed:
    """One open stream."""

    address: StreamAddress
    size: QSize
    shown: bool = True
    sequence: int = 0
    has_come: bool = False


class Streams:
    """Every stream of one wall, by camera id."""

    def __init__(self, pool: VideoPool, name: str) -> None:
        self._pool, self._name = pool, name
        self._feeds: dict[str, _Feed] = {}
        self._trouble: dict[int, str] = {}

    def bring_into_line(self, wanted: Mapping[int, Wanted]) -> None:
        """Bring the pool into line with what is wanted; everything else is closed."""
        keys: set[str] = set()
        self._trouble = {each: want.login.trouble for each, want in wanted.items() if want.login.trouble}
        for camera_id, want in wanted.items():
            keys |= self._wanted_of(camera_id, want)
        for key in self._feeds.keys() - keys:
            del self._feeds[key]
            self._pool.close_tile(key)

    def newest(self, camera_id: int) -> Frame | None:
        """A picture of that camera newer than the last one given, if there is one."""
        key = self._key(camera_id)
        main, small = self._feeds.get(self._main_key(camera_id)), self._feeds.get(key)
        if main is not None:
            picture = self._take(self._main_key(camera_id), main)
            if picture is not None and small is not None:
                self._show(key, small, shown=False)
            if main.has_come or small is None:
                return picture
        return None if small is None else self._take(key, small)

    def show_again(self, camera_id: int) -> None:
        """Give the newest picture once more: it is to be shown on another tile."""
        for key in (self._key(camera_id), self._main_key(camera_id)):
            if key in self._feeds:
                self._feeds[key].sequence = 0

    def status(self, camera_id: int) -> StreamStatus:
        """What is known of the stream whose pictures are shown."""
        if camera_id in self._trouble:
            return StreamStatus(StreamState.REFUSED, self._trouble[camera_id])
        key = self._shown_key(camera_id)
        return NO_ADDRESS if key is None else self._pool.status(key)

    def retry(self, camera_id: int) -> None:
        """Try again now, a refused password included: somebody asked for it."""
        for key in (self._key(camera_id), self._main_key(camera_id)):
            if key in self._feeds:
                self._pool.retry(key)

    def snapshot(self, camera_id: int, path: Path) -> "Future[Path] | None":
        """A full-size picture of what is shown, written to `path`; None where nothing is open."""
        key = self._shown_key(camera_id)
        return None if key is None else self._pool.snapshot(key, path)

    def _wanted_of(self, camera_id: int, want: Wanted) -> set[str]:
        login, key, main_key = want.login, self._key(camera_id), self._main_key(camera_id)
        url = smallest_that_fills(login, want.size)
        if not url or login.trouble:
            return set()
        keys, size = {key}, want.size
        if want.enlarged_size is not None:
            if login.main_stream and url != login.main_stream:
                self._want(
                    main_key, stream_address(login, login.main_stream), want.enlarged_size, shown=want.shown
                )
                keys.add(main_key)
            else:
                size = want.enlarged_size
        main = self._feeds.get(main_key) if main_key in keys else None
        self._want(key, stream_address(login, url), size, shown=want.shown and not (main and main.has_come))
        return keys

    def _want(self, key: str, address: StreamAddress, size: QSize, *, shown: bool) -> None:
        size = size.expandedTo(QSize(SMALLEST, SMALLEST))
        feed = self._feeds.get(key)
        if feed is None or feed.address != address:
            self._feeds[key] = feed = _Feed(address, size, sequence=feed.sequence if feed else 0)
            self._pool.open(key, address, size.width(), size.height())
        elif feed.size != size:
            feed.size = size
            self._pool.resize(key, size.width(), size.height())
        self._show(key, feed, shown=shown)

    def _show(self, key: str, feed: _Feed, *, shown: bool) -> None:
        if feed.shown != shown:
            feed.shown = shown
            self._pool.set_shown(key, shown)

    def _take(self, key: str, feed: _Feed) -> Frame | None:
        picture = self._pool.newest(key, feed.sequence)
        if picture is not None:
            feed.sequence, feed.has_come = picture.sequence, True
        return picture

    def _shown_key(self, camera_id: int) -> str | None:
        main, small = self._main_key(camera_id), self._key(camera_id)
        if main in self._feeds and (self._feeds[main].has_come or small not in self._feeds):
            return main
        return small if small in self._feeds else None

    def _key(self, camera_id: int) -> str:
        return f"{self._name}-{camera_id}"

    def _main_key(self, camera_id: int) -> str:
        return f"{self._name}-{camera_id}-main"


def smallest_that_fills(login: CameraLogin, size: QSize) -> str:
    """The address of the smallest stream that fills `size` device pixels; empty where the camera has none."""
    wide = size.width() > SUB_STREAM_WIDTH * FILLS_UP_TO
    return (login.main_stream if wide else login.sub_stream) or login.sub_stream or login.main_stream
