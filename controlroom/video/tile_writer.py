"""Writes a stream's pictures into one tile's shared memory, scaled to the tile's size."""

import threading

import numpy as np

from controlroom.video.frames import FrameWriter
from controlroom.video.rules import fit_within
from controlroom.video.sources.opencv import scale_into


class TileWriter:
    """Writes one tile's pictures.

    Thread-safe: the decoder writes while the command loop exchanges and closes the segment.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writer: FrameWriter | None = None
        self._size = (0, 0)
        self.shown = True

    def aim(self, segment: str, size: tuple[int, int], shown: bool) -> None:
        """Write into `segment` from now on, pictures up to `size` (width, height). Raises FileNotFoundError."""
        with self._lock:
            if self._writer is None or self._writer.name.lstrip("/") != segment.lstrip("/"):
                writer = FrameWriter(segment)
                self._close_writer()
                self._writer = writer
            self._size, self.shown = size, shown

    def saw(self, at: float) -> None:
        """Note that the stream gave a picture, whether it is shown or not."""
        with self._lock:
            if self._writer is not None:
                self._writer.saw(at)

    def show(self, picture: np.ndarray, aspect: float, at: float) -> None:
        """Scale `picture` (BGR) into the tile's next buffer."""
        with self._lock:
            if self._writer is None:
                return
            source_height, source_width = picture.shape[:2]
            shape = fit_within(round(source_width * aspect), source_height, *self._size)
            with self._writer.begin(*shape) as buffer:
                target = np.frombuffer(buffer, np.uint8).reshape(shape[1], shape[0], 4)
                scale_into(picture, target)
                del target  # the buffer cannot be released while an array looks at it
            self._writer.commit(at)

    def close(self) -> None:
        """Release the segment."""
        with self._lock:
            self._close_writer()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
