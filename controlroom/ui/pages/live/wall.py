"""Shows the wall: a grid of tiles, each fed from shared memory by one timer. Usable alone: `Wall(pool)`.

Which camera stands where is decided here; which streams that needs, in `streams.py`; where tiles lie, in `grid.py`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from controlroom.cameras.records import Camera, CameraLogin
from controlroom.clock import process_clock
from controlroom.ui.pages.live import tile_paint
from controlroom.ui.pages.live.grid import grid_for, places_for
from controlroom.ui.pages.live.streams import NO_ADDRESS, Streams, Wanted
from controlroom.ui.pages.live.tile import Tile
from controlroom.video.pool import VideoPool
from controlroom.video.records import StreamStatus

PULL_EVERY_MS = 25
LOOK_EVERY_S = 0.5
RESIZE_SETTLES_MS = 60  # while a window is dragged wider, streams are not told of every pixel
SIZES = (1, 4, 9, 16)


class Wall(QWidget):
    """Tiles and their streams. Camera ids are the register's; a camera stands on one tile at most."""

    selected_changed = Signal(int)
    double_clicked = Signal(int)
    menu_wanted = Signal(int, QPoint)
    placed = Signal()  # which cameras stand where has changed
    enlarged_changed = Signal(object)  # the tile's index, None for the whole grid
    live_count_changed = Signal(int, int)
    camera_dropped = Signal(int, int)  # tile, camera id
    drag_begun = Signal()
    tile_pressed = Signal(int)
    wheel_turned = Signal(int, float)  # tile, notches
    aim_wanted = Signal(int, QPointF)  # tile, where in it

    def __init__(
        self,
        pool: VideoPool,
        *,
        name: str = "wall",
        monotonic: Callable[[], float] = time.monotonic,
        wall_time: Callable[[], datetime] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._streams = Streams(pool, name)
        self._monotonic, self._wall_time = monotonic, wall_time or process_clock().now
        self._logins: Mapping[int, CameraLogin] = {}
        self.tiles: list[Tile] = []
        self.enlarged: int | None = None
        self.size_in_tiles = 0
        self._selected = 0
        self._running = True  # placed cameras are decoded and scaled until `stop`
        self._next_look = 0.0
        self._counted = (-1, -1)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(RESIZE_SETTLES_MS)
        self._settle.timeout.connect(self._sync)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_tiles(4)

    # -- layout ----------------------------------------------------------------------------------------------

    def set_tiles(self, count: int) -> None:
        """Make it a wall of `count` tiles; cameras beyond it are closed."""
        self._set_enlarged(None)
        while len(self.tiles) < count:
            self.tiles.append(self._new_tile(len(self.tiles)))
        for tile in self.tiles[count:]:
            tile.set_camera(None)
            tile.hide()
        self.size_in_tiles = count
        if self._selected >= count:
            self.select(0)
        self._lay_out()
        self._sync()
        self.placed.emit()

    def enlarge(self, index: int) -> None:
        """Show one tile alone, from its main stream."""
        if self.enlarged == index or not 0 <= index < self.size_in_tiles:
            return
        self._set_enlarged(index)
        if self._selected != index:
            self.select(index)
        self._lay_out()
        self._sync()

    def restore(self) -> None:
        if self.enlarged is not None:
            self._set_enlarged(None)
            self._lay_out()
            self._sync()

    def neighbour(self, index: int, across: int, down: int) -> int | None:
        """The tile that many columns right and rows below; None at the wall's edge."""
        columns, _ = grid_for(self.size_in_tiles, max(1, self.width()), max(1, self.height()))
        row, column = divmod(index, columns)
        row, column = row + down, column + across
        found = row * columns + column
        return found if 0 <= column < columns and row >= 0 and found < self.size_in_tiles else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self._settle.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), tile_paint.GAP_GROUND)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.selected.set_selected(True, in_focus=True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.selected.set_selected(True, in_focus=False)
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """From the keyboard, where the wall has the focus; a tile answers the mouse itself."""
        tile = self.selected
        self.menu_wanted.emit(tile.index, tile.mapToGlobal(tile.rect().center()))
        event.accept()

    def _set_enlarged(self, index: int | None) -> None:
        if index != self.enlarged:
            self.enlarged = index
            self.enlarged_changed.emit(index)

    def _lay_out(self) -> None:
        places = places_for(self.size_in_tiles, self.width(), self.height())
        for tile, place in zip(self.tiles, places, strict=False):
            alone = self.enlarged == tile.index
            tile.setGeometry(self.rect() if alone else place)
            if tile.isHidden() and (alone or self.enlarged is None):
                tile.reveal(self._monotonic())
            tile.setVisible(alone or self.enlarged is None)

    # -- which camera stands where ---------------------------------------------------------------------------

    def set_logins(self, logins: Mapping[int, CameraLogin]) -> None:
        """How cameras are reached, by id; streams whose address changed are opened anew."""
        self._logins = dict(logins)
        self._sync()

    def cameras(self) -> list[Camera | None]:
        return [tile.camera for tile in self.tiles[: self.size_in_tiles]]

    def place(self, index: int, camera: Camera | None) -> None:
        """Put a camera on a tile (None empties it); one that is on the wall already changes places."""
        cameras = self.cameras()
        if camera is not None:
            for other, shown in enumerate(cameras):
                if other != index and shown is not None and shown.id == camera.id:
                    cameras[other] = cameras[index]
        cameras[index] = camera
        self.place_all(cameras)

    def swap(self, first: int, second: int) -> None:
        cameras = self.cameras()
        cameras[first], cameras[second] = cameras[second], cameras[first]
        self.place_all(cameras)
        self.select(second)

    def place_all(self, cameras: Sequence[Camera | None]) -> None:
        """Put cameras on the tiles in order; tiles beyond them are emptied."""
        changed = False
        for tile in self.tiles[: self.size_in_tiles]:
            camera = cameras[tile.index] if tile.index < len(cameras) else None
            if camera == tile.camera:
                continue
            changed = True
            if camera is not None and tile.camera is not None and camera.id == tile.camera.id:
                tile.camera = camera  # the same one, its name or address corrected
                tile.drop_picture()
            else:
                tile.set_camera(camera)
            if camera is not None:
                self._streams.show_again(camera.id)
        if not changed:
            return
        self._sync()
        self.pull()
        self.placed.emit()
        self.selected_changed.emit(self._selected)

    def select(self, index: int) -> None:
        """Make a tile the one that keys and buttons speak of."""
        if not 0 <= index < self.size_in_tiles:
            return
        before, self._selected = self._selected, index
        if before != index:
            self.tiles[before].set_selected(False)
        self.tiles[index].set_selected(True, in_focus=self.hasFocus())
        if self.enlarged not in (None, index):
            self.enlarge(index)
        self.selected_changed.emit(index)

    @property
    def selected(self) -> Tile:
        return self.tiles[self._selected]

    # -- streams ---------------------------------------------------------------------------------------------

    def retry(self, index: int) -> None:
        """Try a tile's stream again now, a refused password included: somebody asked for it."""
        camera = self.tiles[index].camera
        if camera is not None:
            self._streams.retry(camera.id)

    def snapshot(self, index: int, path: Path) -> "Future[Path] | None":
        """A full-size picture of what the tile shows, written to `path`; None for a tile without a stream."""
        camera = self.tiles[index].camera
        return None if camera is None else self._streams.snapshot(camera.id, path)

    def status_of(self, index: int) -> StreamStatus:
        """What is known of the stream a tile shows."""
        camera = self.tiles[index].camera
        return NO_ADDRESS if camera is None else self._streams.status(camera.id)

    def _sync(self) -> None:
        ratio = self.devicePixelRatioF()
        places = places_for(self.size_in_tiles, self.width(), self.height())
        wanted: dict[int, Wanted] = {}
        for tile, place in zip(self.tiles, places, strict=False):
            camera = tile.camera
            login = None if camera is None else self._logins.get(camera.id)
            if camera is None or login is None:
                continue
            alone = self.enlarged == tile.index
            wanted[camera.id] = Wanted(
                login,
                place.size() * ratio,
                shown=self._running and (alone or self.enlarged is None),
                enlarged_size=self.size() * ratio if alone else None,
            )
        self._streams.bring_into_line(wanted)

    # -- pictures --------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._running = True
        now = self._monotonic()
        for tile in self.tiles:
            tile.reveal(now)
        self._sync()
        self._timer.start(PULL_EVERY_MS)

    def stop(self) -> None:
        """Show no more: the page is not in front, and nothing is scaled for it."""
        self._running = False
        self._timer.stop()
        self._sync()

    def pull(self) -> None:
        """Take the newest picture of each visible tile; now and then, what is known of its stream."""
        now = self._monotonic()
        everything = now >= self._next_look
        wall_time = None
        for tile in self.tiles[: self.size_in_tiles]:
            camera = tile.camera
            if camera is None:
                continue
            picture = None if tile.isHidden() else self._streams.newest(camera.id)
            if picture is not None:
                tile.set_picture(picture, now)
            if everything or tile.overdue(now) or (picture is not None and not tile.words.live):
                wall_time = wall_time or self._wall_time()
                tile.set_status(self._streams.status(camera.id), now, wall_time)
        if everything:
            self._next_look = now + LOOK_EVERY_S
            self._count_live()

    def look(self, now: float | None = None) -> None:
        """Look at every tile's stream now (monotonic), without waiting for the next time."""
        self._next_look = self._monotonic() if now is None else now
        self.pull()

    def live_count(self) -> tuple[int, int]:
        """How many of the cameras on the wall are live, and how many there are; those behind an enlarged one too."""
        shown = [tile for tile in self.tiles[: self.size_in_tiles] if tile.camera is not None]
        return sum(tile.words.live for tile in shown), len(shown)

    def _count_live(self) -> None:
        count = self.live_count()
        if count != self._counted:
            self._counted = count
            self.live_count_changed.emit(*count)

    def _new_tile(self, index: int) -> Tile:
        tile = Tile(index, self)
        tile.pressed.connect(self._pressed)
        tile.double_clicked.connect(self.double_clicked)
        tile.menu_wanted.connect(self.menu_wanted)
        tile.camera_dropped.connect(self.camera_dropped)
        tile.tile_dropped.connect(lambda onto, dragged: self.swap(dragged, onto))
        tile.drag_begun.connect(self.drag_begun)
        tile.wheel_turned.connect(self.wheel_turned)
        tile.aim_wanted.connect(self.aim_wanted)
        return tile

    def _pressed(self, index: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.tile_pressed.emit(index)
        self.select(index)
