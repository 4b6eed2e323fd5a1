"""The window under measurement, and how its paints are watched."""

import math
import time
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from controlroom.bench.instruments import LatencySampler, PaintCounter
from controlroom.video.pool import VideoPool
from controlroom.video.records import Picture, StreamAddress

SIZE = QSize(1920, 1080)


class _Tile(QWidget):
    """Blits the newest picture; tells the instruments at the end of each paint that showed a new one."""

    def __init__(self, place: int, pool: VideoPool, counter: PaintCounter, sampler: LatencySampler) -> None:
        super().__init__()
        self._place, self._pool, self._counter, self._sampler = place, pool, counter, sampler
        self._picture: Picture | None = None
        self._painted = 0

    def pull(self) -> None:
        picture = self._pool.newest(
            str(self._place), self._painted if self._picture is None else self._picture.sequence
        )
        if picture is not None:
            self._picture = picture
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        picture = self._picture
        if picture is None:
            painter.fillRect(self.rect(), QColor(6, 8, 11))
            return
        image = QImage(
            picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32
        )
        at = QPoint((self.width() - picture.width) // 2, (self.height() - picture.height) // 2)
        painter.drawImage(at, image)
        painter.end()
        if picture.sequence != self._painted:
            self._painted = picture.sequence
            now = time.monotonic()
            self._counter.painted(self._place, now)
            self._sampler.painted(
                self._place, self, QRect(at.x(), at.y(), picture.width, picture.height), now
            )


class WallWindow(QWidget):
    """A grid of `addresses`, filled and emptied on demand."""

    def __init__(
        self,
        pool: VideoPool,
        addresses: Sequence[StreamAddress],
        counter: PaintCounter,
        sampler: LatencySampler,
    ) -> None:
        super().__init__()
        self._pool, self._addresses = pool, addresses
        columns = math.ceil(math.sqrt(len(addresses)))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        self._tiles = [_Tile(place, pool, counter, sampler) for place in range(len(addresses))]
        for place, tile in enumerate(self._tiles):
            grid.addWidget(tile, place // columns, place % columns)
        self.setFixedSize(SIZE)
        self._timer = QTimer(self)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._pull)

    def fill(self) -> None:
        """Show every address."""
        for place, address in enumerate(self._addresses):
            tile = self._tiles[place]
            self._pool.open(str(place), address, tile.width(), tile.height())
        self._timer.start()

    def empty(self) -> None:
        """Show nothing."""
        self._timer.stop()
        for place in range(len(self._addresses)):
            self._pool.close_tile(str(place))

    def tile_ids(self) -> list[str]:
        """The pool's names of the tiles, in the order of the addresses."""
        return [str(place) for place in range(len(self._addresses))]

    def _pull(self) -> None:
        for tile in self._tiles:
            tile.pull()
