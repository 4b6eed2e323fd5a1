"""Manages the desk's live tiles: spreads them over media workers and reads their pictures from shared memory.

The complete wish for each tile is stored here; a thread of its own brings shared memory and workers into line with
it. So nothing the window asks for waits for a disk, a pipe or a worker, and a restarted worker is simply told
everything again. There is no Qt and no OpenCV here: a picture's age is read from memory the desk owns, so that the
tiles of a dead or hung worker turn stale as they should.
"""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from controlroom.errors import NotFound, Unavailable
from controlroom.processes.records import ProcessHealth
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervised import SupervisedProcess
from controlroom.processes.supervisor import Supervisor
from controlroom.video.frames import FrameSegment, new_name
from controlroom.video.records import Frame, StreamAddress, StreamFault, StreamState, StreamStatus
from controlroom.video.snapshots import ANSWER_WITHIN_S, Snapshots
from controlroom.video.tiles import CONNECTING, REFUSED_BEFORE, WORKER_LOST, TileStream

log = logging.getLogger(__name__)

WORKER_MODULE = "controlroom.video.worker"
# One thread each in the libraries' own pools, and few memory arenas: a hundred decoder threads would otherwise
# keep a hundred heaps.
WORKER_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "4"}
HANG_AFTER_S = 5.0
# Numbers of a new segment begin here times the clock: above whatever the tile showed before.
SEQUENCES_A_SECOND = 240


class VideoPool:
    """All live tiles of one desk. Methods may be called from any thread; only `close` waits."""

    def __init__(
        self,
        supervisor: Supervisor,
        run_folder: RunFolder,
        workers: int = 1,
    ) -> None:
        """Starts `workers` processes at once."""
        self._run_folder = run_folder
        self._lock = threading.Lock()
        self._tiles: dict[str, TileStream] = {}
        self._keys = itertools.count(1)
        self._refused: set[tuple[object, ...]] = set()
        self._snapshots = Snapshots()
        self._closing = False
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="video pool", daemon=True)
        self._thread.start()
        self._workers = [supervisor.add(self._worker(number)) for number in range(max(1, workers))]

    def open(self, tile: str, address: StreamAddress, width: int, height: int) -> None:
        """Show `address` on `tile`, at most `width` by `height` pixels; replaces what the tile showed.

        For an address that may not be opened nothing is raised: `status` says REFUSED and why.
        """
        new = TileStream.showing(str(next(self._keys)), address, width, height)
        with self._lock:
            if self._closing:
                return
            old = self._tiles.get(tile)
            if old is not None and old.address == new.address and not old.refused:
                old.width, old.height = width, height
                new, old = old, None
            else:
                new.worker = self._choose_worker(new.address)
                if new.usable and new.login in self._refused:
                    new.refused, new.reported = True, REFUSED_BEFORE
                self._tiles[tile] = new
        if old is not None:
            self._retire(old)
        self._later(new)

    def resize(self, tile: str, width: int, height: int) -> None:
        """Set the tile's new size. Pictures of the old size may follow for a moment."""
        with self._lock:
            found = self._tiles.get(tile)
            if found is None or (found.width, found.height) == (width, height):
                return
            found.width, found.height = width, height
        self._later(found)

    def set_shown(self, tile: str, shown: bool) -> None:
        """Set whether anyone can see the tile: hidden ones are decoded but not scaled, and return at once."""
        with self._lock:
            found = self._tiles.get(tile)
            if found is None or found.shown == shown:
                return
            found.shown = shown
        self._later(found)

    def retry(self, tile: str) -> None:
        """Connect again now, because someone asked; also after a refused password, on all tiles with that login."""
        with self._lock:
            found = self._tiles.get(tile)
            if found is None or not found.usable:
                return
            self._refused.discard(found.login)
            same = [each for each in self._tiles.values() if each is found or each.login == found.login]
            for each in same:
                each.refused = False
                if each.reported.state is not StreamState.LIVE:
                    each.reported = CONNECTING
        for each in same:
            self._later(each)
            self._do(lambda each=each: self._send(each.worker, {"retry": each.key}))

    def close_tile(self, tile: str) -> None:
        with self._lock:
            found = self._tiles.pop(tile, None)
        if found is not None:
            self._retire(found)

    def newest(self, tile: str, after_sequence: int) -> Frame | None:
        """Copy the tile's newest picture if its number is above `after_sequence`; None otherwise, at little cost.

        Numbers only ever grow on a tile, whatever it shows; they have gaps.
        """
        found = self._tiles.get(tile)
        segment = None if found is None else found.segment
        return None if segment is None else segment.read(after_sequence)

    def status(self, tile: str) -> StreamStatus:
        """Return the state of the tile's stream; STOPPED for a tile that shows nothing."""
        found = self._tiles.get(tile)
        return StreamStatus(StreamState.STOPPED) if found is None else found.status(time.monotonic())

    def snapshot(self, tile: str, path: Path) -> "Future[Path]":
        """Save the newest picture of `tile`, at the camera's own size, to `path` as a JPEG.

        The future ends with the path, or with NotFound or Unavailable in plain words.
        """
        found = self._tiles.get(tile)
        if found is None:
            future: Future[Path] = Future()
            future.set_exception(NotFound("That tile shows no camera."))
            return future
        number, future = self._snapshots.ask(found.worker)
        message = {"snapshot": number, "tile": found.key, "path": str(path)}

        def ask() -> None:
            if not self._send(found.worker, message):
                self._snapshots.end(number, error="The picture process is being started again.")

        self._do(ask)
        return future

    def health(self) -> list[ProcessHealth]:
        return [worker.health() for worker in self._workers]

    def close(self, timeout_s: float = 3.0) -> None:
        """End the workers and free all shared memory."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            tiles, self._tiles = list(self._tiles.values()), {}
        for worker in self._workers:
            worker.ask_to_stop()
        deadline = time.monotonic() + timeout_s
        for worker in self._workers:
            worker.wait_stopped(deadline)
        self._snapshots.end_all("The program is closing.")
        for tile in tiles:
            self._retire(tile)
        self._work.put(None)
        self._thread.join(timeout_s)

    # The pool's own thread, from here to `_free`: all memory is made and freed on it.

    def _serve(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=1.0)
            except queue.Empty:
                self._snapshots.end_all("The picture process does not answer.", older_than_s=ANSWER_WITHIN_S)
                continue
            if work is None:
                return
            try:
                work()
            except Exception:  # one tile's trouble must not end the others
                log.exception("bringing a tile into line failed")

    def _do(self, work: Callable[[], object]) -> None:
        self._work.put(work)

    def _later(self, tile: TileStream) -> None:
        self._do(lambda: self._bring_into_line(tile))

    def _retire(self, tile: TileStream) -> None:
        tile.closing = True
        self._do(lambda: self._take_down(tile))

    def _bring_into_line(self, tile: TileStream, *, again: bool = False) -> None:
        """Make the tile's memory and tell its worker, where something has changed (or `again`)."""
        if tile.closing or self._closing or tile.refused:
            return
        if tile.segment is None or tile.segment_size != tile.size:
            try:
                self._replace_segment(tile)
            except Unavailable as error:
                tile.reported = StreamStatus(StreamState.OFFLINE, str(error))
                log.warning("%s", error)
                return
        assert tile.segment is not None
        message = tile.wanted(tile.segment.name)
        if again or message != tile.sent:
            tile.sent = message if self._send(tile.worker, message) else None

    def _replace_segment(self, tile: TileStream) -> None:
        old, name, size = tile.segment, new_name(), tile.size
        first = max(int(time.monotonic() * SEQUENCES_A_SECOND), 0 if old is None else old.sequence)
        self._run_folder.note_segment(name)
        try:
            new = FrameSegment(name, *size, sequence=first)
        except BaseException:
            self._run_folder.forget_segment(name)
            raise
        tile.segment, tile.segment_size = new, size
        if old is not None:
            tile.last_picture_at = old.decoded_at or tile.last_picture_at
            self._free(old)

    def _take_down(self, tile: TileStream) -> None:
        if tile.sent is not None:
            self._send(tile.worker, {"close": tile.key})
        if tile.segment is not None:
            segment, tile.segment = tile.segment, None
            self._free(segment)

    def _free(self, segment: FrameSegment) -> None:
        segment.close()
        self._run_folder.forget_segment(segment.name)

    # The workers. `_lost` and `_heard` run on each worker's reader thread.

    def _worker(self, number: int) -> SupervisedProcess:
        return SupervisedProcess(
            f"video {number + 1}",
            WORKER_MODULE,
            lambda message: self._heard(number, message),
            on_up=lambda: self._do(lambda: self._tell_everything(number)),
            on_down=lambda: self._lost(number),
            environment=WORKER_ENVIRONMENT,
            hang_after_s=HANG_AFTER_S,
        )

    def _choose_worker(self, address: StreamAddress) -> int:
        """Choose the worker that decodes this address already, else the one with the fewest streams."""
        streams: list[set[StreamAddress]] = [set() for _ in self._workers]
        for tile in self._tiles.values():
            streams[tile.worker].add(tile.address)
            if tile.address == address:
                return tile.worker
        return min(range(len(streams)), key=lambda number: len(streams[number]))

    def _send(self, worker: int, message: dict[str, Any]) -> bool:
        return self._workers[worker].send(message)

    def _of_worker(self, number: int) -> list[TileStream]:
        with self._lock:
            return [tile for tile in self._tiles.values() if tile.worker == number]

    def _tell_everything(self, number: int) -> None:
        for tile in self._of_worker(number):
            self._bring_into_line(tile, again=True)

    def _lost(self, number: int) -> None:
        for tile in self._of_worker(number):
            tile.sent = None
            if not tile.refused:
                tile.reported = WORKER_LOST
        self._snapshots.end_all("The picture process ended; it is being started again.", worker=number)

    def _heard(self, number: int, message: dict[str, Any]) -> None:
        if "snapshot" in message:
            self._snapshots.hear(message)
            return
        with self._lock:
            key = message.get("report")
            tile = next((each for each in self._tiles.values() if each.key == key), None)
            if tile is None or tile.worker != number or tile.refused:
                return
            tile.hear(message)
            if tile.reported.fault is StreamFault.REFUSED_PASSWORD:
                self._refused.add(tile.login)
