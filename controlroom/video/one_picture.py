"""Takes one picture from a camera that no tile shows: opens its stream, saves a picture, says what it is, closes it."""

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import TimeoutError as NotInTime
from contextlib import contextmanager
from pathlib import Path

from controlroom.errors import Unavailable
from controlroom.video.pool import VideoPool
from controlroom.video.records import Look, StreamAddress, StreamFault, StreamState
from controlroom.video.snapshots import ANSWER_WITHIN_S

WITHIN_S = 20.0  # a camera on 4G takes its time
_WIDTH, _HEIGHT = 640, 360  # of the picture nobody looks at; the one saved has the camera's own size
_LOOK_EVERY_S = 0.1
_RATE_WITHIN_S = 3.0  # pictures are counted once a second
_numbers = itertools.count(1)


class NoPicture(Unavailable):
    """No picture came; `fault` is the kind of reason, None where the camera was silent for too long."""

    def __init__(self, what: str, fault: StreamFault | None) -> None:
        super().__init__(what)
        self.fault = fault


def take_one_picture(pool: VideoPool, address: StreamAddress, path: Path, within_s: float = WITHIN_S) -> Path:
    """Save a picture of the camera as a JPEG; waits for it. Raises Unavailable, in plain words, when none comes."""
    try:
        with _opened(pool, address, time.monotonic() + within_s) as tile:
            return _saved(pool, tile, path)
    except NoPicture as error:
        raise Unavailable(error.what, remedy="Look at the camera, or choose a file.") from error


def look(pool: VideoPool, address: StreamAddress, path: Path, within_s: float = WITHIN_S) -> Look:
    """Save a picture and tell its size, codec and rate; waits for it.

    Somebody asked for it, so a login that was refused before is tried once more. Raises Unavailable.
    """
    with _opened(pool, address, time.monotonic() + within_s, again=True) as tile:
        saved = _saved(pool, tile, path)
        until = time.monotonic() + _RATE_WITHIN_S
        while not (status := pool.status(tile)).fps and time.monotonic() < until:
            threading.Event().wait(_LOOK_EVERY_S)
        return Look(
            saved,
            status.source_width,
            status.source_height,
            status.codec,
            status.fps,
            status.certificate,
        )


@contextmanager
def _opened(pool: VideoPool, address: StreamAddress, until: float, *, again: bool = False) -> Iterator[str]:
    """Open the stream, wait for its first picture, and close it at the end of the block."""
    tile, stop = f"one-picture-{next(_numbers)}", threading.Event()
    pool.open(tile, address, _WIDTH, _HEIGHT)
    try:
        if again and pool.status(tile).state is StreamState.REFUSED:
            pool.retry(tile)
        while pool.newest(tile, 0) is None:
            status = pool.status(tile)
            if status.state is StreamState.REFUSED or time.monotonic() > until:
                why = status.detail or "it sent no picture in time"
                raise NoPicture(f"No picture came: {why}", status.fault)
            stop.wait(_LOOK_EVERY_S)
        yield tile
    finally:
        pool.close_tile(tile)


def _saved(pool: VideoPool, tile: str, path: Path) -> Path:
    try:
        return pool.snapshot(tile, path).result(timeout=ANSWER_WITHIN_S + 1)
    except NotInTime as error:
        raise Unavailable("No picture was saved in time.", remedy="Try again, or choose a file.") from error
