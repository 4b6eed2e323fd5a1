"""Takes one picture from a camera that no tile shows: opens its stream, saves its first picture, closes it."""

import itertools
import threading
import time
from concurrent.futures import TimeoutError as NotInTime
from pathlib import Path

from controlroom.errors import Unavailable
from controlroom.video.pool import VideoPool
from controlroom.video.records import StreamAddress, StreamState
from controlroom.video.snapshots import ANSWER_WITHIN_S

WITHIN_S = 20.0  # a camera on 4G takes its time
_WIDTH, _HEIGHT = 640, 360  # of the picture nobody looks at; the one saved has the camera's own size
_LOOK_EVERY_S = 0.1
_numbers = itertools.count(1)


def take_one_picture(pool: VideoPool, address: StreamAddress, path: Path, within_s: float = WITHIN_S) -> Path:
    """Save a picture of the camera as a JPEG; waits for it. Raises Unavailable, in plain words, when none comes."""
    tile, stop = f"one-picture-{next(_numbers)}", threading.Event()
    until = time.monotonic() + within_s
    pool.open(tile, address, _WIDTH, _HEIGHT)
    try:
        while pool.newest(tile, 0) is None:
            status = pool.status(tile)
            if status.state is StreamState.REFUSED or time.monotonic() > until:
                why = status.detail or "it sent no picture in time"
                raise Unavailable(f"No picture came: {why}", remedy="Look at the camera, or choose a file.")
            stop.wait(_LOOK_EVERY_S)
        return pool.snapshot(tile, path).result(timeout=ANSWER_WITHIN_S + 1)
    except NotInTime as error:
        raise Unavailable("No picture was saved in time.", remedy="Try again, or choose a file.") from error
    finally:
        pool.close_tile(tile)
