"""Runs a media worker: `python -m controlroom.video.worker`, started and watched by the desk.

At start it redacts stderr, takes over the pipe, and starts the reporter, which beats; then it follows commands until
the desk closes the pipe. Commands describe the complete wish, so that a restarted worker is told the same again:
{"show": tile, "segment", "size", "shown", "address"},
{"close": tile}, {"retry": tile}, {"snapshot": number, "tile", "path"}. Answers: {"report": tile, ...} and
{"snapshot": number, "path" or "error"}. At the end every stream's session is closed, within a second, then it exits.
"""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from controlroom import logs
from controlroom.codec import from_plain, to_plain
from controlroom.processes.child import ChildPipe
from controlroom.video.records import StreamAddress
from controlroom.video.redaction import StderrRedactor
from controlroom.video.sources.logins import LoginAttempts
from controlroom.video.sources.probe import probe
from controlroom.video.streams import OPENS_AT_ONCE, Stream
from controlroom.video.tile_writer import TileWriter

log = logging.getLogger(__name__)

REPORT_EVERY_S = 1.0
GOODBYE_WITHIN_S = 1.0
NICENESS = 5
LINGER_S = (
    3.0  # a stream nobody shows stays open so long: enlarging a tile and coming back costs no connection
)


class Worker:
    """The tiles and streams of one process. Commands come from one thread."""

    def __init__(self, pipe: ChildPipe, errors: StderrRedactor) -> None:
        self._pipe, self._errors = pipe, errors
        self._gate, self._logins = threading.BoundedSemaphore(OPENS_AT_ONCE), LoginAttempts()
        self._check = partial(probe, logins=self._logins)
        self._lock = threading.Lock()
        self._streams: dict[StreamAddress, Stream] = {}
        self._tiles: dict[str, Stream] = {}
        self._idle_since: dict[StreamAddress, float] = {}
        self._leaving: list[Stream] = []
        self._changed = threading.Event()
        self._snapshots = ThreadPoolExecutor(2, thread_name_prefix="snapshot")

    def run(self) -> None:
        """Follow commands until the desk closes the pipe."""
        threading.Thread(target=self._report_for_ever, name="report", daemon=True).start()
        for message in self._pipe.messages():
            try:
                self._follow(message)
            except Exception:  # one bad command must not take the other tiles with it
                log.exception("a command failed")
        self._say_goodbye()

    def _follow(self, message: dict[str, Any]) -> None:
        if "show" in message:
            self._show(message)
        elif "close" in message:
            self._close(message["close"])
        elif "retry" in message:
            stream = self._tiles.get(message["retry"])
            if stream is not None:
                self._logins.forget(stream.address)
                stream.retry()
        elif "snapshot" in message:
            self._snapshots.submit(self._snapshot, message)

    def _show(self, message: dict[str, Any]) -> None:
        tile = message["show"]
        address = from_plain(StreamAddress, message["address"])
        self._errors.hide(address.password)
        before = self._tiles.get(tile)
        if before is not None and before.address != address:
            self._close(tile)
            before = None
        target = before.targets[tile] if before is not None else TileWriter()
        try:
            target.aim(message["segment"], tuple(message["size"]), message["shown"])
        except FileNotFoundError:
            return  # the desk has taken it away again and says so in a later command
        if before is None:
            self._attend(tile, address, target)

    def _attend(self, tile: str, address: StreamAddress, target: TileWriter) -> None:
        with self._lock:
            stream = self._streams.get(address)
            self._idle_since.pop(address, None)
            if stream is None:
                stream = Stream(address, self._gate, self._check, self._changed.set)
                self._streams[address] = stream
                stream.start()
            stream.targets[tile] = target
            self._tiles[tile] = stream
        self._changed.set()

    def _close(self, tile: str) -> None:
        with self._lock:
            stream = self._tiles.pop(tile, None)
            if stream is None:
                return
            target = stream.targets.pop(tile)
            if not stream.targets:
                self._idle_since[stream.address] = time.monotonic()
        target.close()

    def _end_idle_streams(self) -> None:
        """End the streams that no tile shows. The caller holds the lock."""
        long_ago = time.monotonic() - LINGER_S
        for address in [each for each, since in self._idle_since.items() if since < long_ago]:
            del self._idle_since[address]
            stream = self._streams.pop(address)
            stream.stop()
            self._leaving.append(stream)
        self._leaving = [each for each in self._leaving if each.alive]

    def _snapshot(self, message: dict[str, Any]) -> None:
        answer = {"snapshot": message["snapshot"]}
        path = Path(message["path"])
        try:
            stream = self._tiles.get(message["tile"])
            picture = None if stream is None else stream.newest.take()
            if picture is None:
                words = "No new picture of this camera came within three seconds."
                self._pipe.send({**answer, "error": words})
                return
            draft = path.with_name(path.name + ".part")
            draft.write_bytes(picture.as_jpeg())
            draft.replace(path)
            self._pipe.send({**answer, "path": str(path)})
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self._pipe.send({**answer, "error": f"The picture could not be saved: {reason}."})

    def _report_for_ever(self) -> None:
        sent: dict[str, dict[str, Any]] = {}
        measured_at = 0.0
        while not self._pipe.closed:
            with self._lock:
                self._end_idle_streams()
                tiles, streams = dict(self._tiles), list(self._streams.values())
                watched = streams + self._leaving
            if not any(stream.hung for stream in watched):
                self._pipe.beat()  # a decoder that never comes back is cured by a new process only
            if time.monotonic() - measured_at >= REPORT_EVERY_S:
                measured_at = time.monotonic()
                for stream in streams:
                    stream.measure()
            reports = {tile: to_plain(stream.report()) for tile, stream in tiles.items()}
            for tile, report in reports.items():
                if sent.get(tile) != report:
                    self._pipe.send({"report": tile, **report})
            sent = reports
            self._changed.wait(REPORT_EVERY_S)
            self._changed.clear()

    def _say_goodbye(self) -> None:
        with self._lock:
            streams = [*self._streams.values(), *self._leaving]
        deadline = time.monotonic() + GOODBYE_WITHIN_S
        for stream in streams:
            stream.stop()
        for stream in streams:
            stream.join(max(0.0, deadline - time.monotonic()))


def _let_the_window_go_first() -> None:
    """Lower this process's priority, so that the desk's window goes first.

    With more streams than the machine can decode, this halves the window's lag (p99 54 to 27 ms on two cores).
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def main() -> None:
    """Serve the desk; exits without waiting for decoders that do not return."""
    errors = StderrRedactor()
    _let_the_window_go_first()
    logs.set_up(None, to_stderr=True)
    pipe = ChildPipe(manual_beat=True)
    pipe.beat()
    worker = Worker(pipe, errors)
    worker.run()
    os._exit(0)


if __name__ == "__main__":
    main()
