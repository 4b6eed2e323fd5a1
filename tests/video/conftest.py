"""A desk's pool with real workers, and the cameras it looks at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor
from controlroom.video.pool import VideoPool
from controlroom.video.records import Frame, StreamState, StreamStatus
from tests.waiting import LIMIT_S, wait_until


@dataclass
class Desk:
    """The desk's side of the pictures, and words for what tests look for."""

    pool: VideoPool
    folder: Path

    def status(self, tile: str) -> StreamStatus:
        """How the tile stands."""
        return self.pool.status(tile)

    def until(self, tile: str, *states: StreamState) -> StreamStatus:
        """Wait until the tile is in one of `states`."""
        wait_until(lambda: self.status(tile).state in states, f"{tile} {states}: {self.status(tile)}")
        return self.status(tile)

    def until_live(self, *tiles: str) -> None:
        """Wait until every tile is live and its picture has come."""
        for tile in tiles:
            self.until(tile, StreamState.LIVE)
            wait_until(lambda tile=tile: self.pool.newest(tile, 0), f"{tile} has a picture")

    def until_decoded(self, tile: str, more: int) -> None:
        """Wait until so many more pictures have been decoded for the tile, shown or not."""
        for _ in range(more):
            before = self.status(tile).last_picture_at
            wait_until(
                lambda before=before: self.status(tile).last_picture_at != before, f"{tile} is decoded"
            )

    def next_picture(self, tile: str, after: int) -> Frame:
        """The next picture above number `after`, as soon as there is one."""
        found: list[Frame] = []

        def came() -> bool:
            picture = self.pool.newest(tile, after)
            if picture is not None:
                found.append(picture)
            return bool(found)

        wait_until(came, f"{tile} has a picture after {after}")
        return found[0]

    def sequence(self, tile: str) -> int:
        """Number of the newest picture, 0 for none."""
        picture = self.pool.newest(tile, 0)
        return 0 if picture is None else picture.sequence


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """One worker, as by default."""
    with running_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def desk_of_two(tmp_path: Path) -> Iterator[Desk]:
    """Two workers."""
    with running_desk(tmp_path, workers=2) as desk:
        yield desk


@contextmanager
def running_desk(folder: Path, workers: int = 1) -> Iterator[Desk]:
    """A desk that is closed at the end."""
    run_folder = RunFolder(folder / "run")
    supervisor = Supervisor(run_folder)
    pool = VideoPool(supervisor, run_folder, workers)
    for worker in pool._workers:
        worker._hang_after_s = LIMIT_S  # slow on a busy machine is not hung
    yield Desk(pool, folder)
    pool.close()
    supervisor.close()
    run_folder.close()
