"""Provides the streams to measure: simulated ones whose frames tell when they were sent, or the user's own.

`decoding` decodes them in a process of its own and throws the pictures away, as the limit to compare the wall with.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from controlroom.errors import InvalidInput
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.send_log import SendLog
from controlroom.simulator.settings import STREAM_NUMBERS
from controlroom.video.records import StreamAddress
from controlroom.video.rules import checked, with_login

MODULE = "controlroom.bench.stream_readers"
_PLAYING_AFTER_S = 30.0


@dataclass(frozen=True)
class BenchStreams:
    """The streams to measure. `send_log` is None where nobody knows when a frame was sent."""

    addresses: Sequence[StreamAddress]
    send_log: SendLog | None = None
    stream: int = 1  # 0 main, 1 sub: the send log's columns


@contextlib.contextmanager
def foreign(source: str, cameras: int, username: str, password: str) -> Iterator[BenchStreams]:
    """Take streams that somebody else serves.

    Raises InvalidInput or StreamError for an address that cannot be opened.
    """
    if "{n}" not in source and cameras > 1:
        raise InvalidInput(
            "--source needs {n} where the camera's number goes.", remedy="Such as rtsp://host/{n}/sub."
        )
    addresses = [
        checked(StreamAddress(source.replace("{n}", str(number)), username, password))
        for number in range(1, cameras + 1)
    ]
    yield BenchStreams(addresses)


@contextlib.contextmanager
def simulated(cameras: int, stream: str = "sub") -> Iterator[BenchStreams]:
    """Start the simulator's loops ("main" or "sub" streams) in a process of its own, with a send log."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sent")
        with Fleet(cameras, loops=True, send_log=path, discovery=False, control=False) as fleet:
            addresses = [
                StreamAddress(camera.stream_url(stream, with_login=False), camera.username, camera.password)
                for camera in fleet.cameras
            ]
            yield BenchStreams(addresses, SendLog.open(path), STREAM_NUMBERS[stream])


@contextlib.contextmanager
def decoding(addresses: Sequence[StreamAddress]) -> Iterator[int]:
    """Yield the id of a process that decodes `addresses`, once all of them (or all that will) give pictures."""
    command = [sys.executable, "-m", MODULE]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps([with_login(address) for address in addresses]) + "\n")
        process.stdin.flush()
        deadline = time.monotonic() + _PLAYING_AFTER_S
        while time.monotonic() < deadline:
            line = process.stdout.readline()
            if not line or json.loads(line)["live"] >= len(addresses):
                break
        threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def _drain(stream: Iterator[str]) -> None:
    with contextlib.suppress(ValueError, OSError):
        for _ in stream:
            pass
