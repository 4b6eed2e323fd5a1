"""Writes one tile's pictures into the shared memory that the desk made for it."""

import threading

import numpy as np

from controlroom.video import rules
from controlroom.video.frames import FrameWriter
from controlroom.video.pictures import Picture


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

    def show(self, picture: Picture, at: float) -> None:
        """Write the picture, as large as fits, in the proportions it has itself."""
        with self._lock:
            if self._writer is None:
                return
            width, height = picture.size
            shape = rules.fit_within(max(1, round(width * picture.aspect)), height, *self._size)
            with self._writer.begin(*shape) as buffer:
                target = np.frombuffer(buffer, np.uint8).reshape(shape[1], shape[0], 4)
                picture.scale_into(target)
                del target  # the buffer cannot be released while an array looks at it
            self._writer.commit(at)

    def close(self) -> None:
        with self._lock:
            self._close_writer()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
