"""Decodes the wall's streams in separate processes and throws the pictures away, as the limit to compare it with.

It uses `ffmpeg -f null` if that is installed, the addresses hold no secret password (it would show on the command
line) and there are not too many of them (54 MB each); otherwise `controlroom.bench.stream_readers`, which takes a
little less.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from controlroom.bench.measure import cpu_seconds, tree
from controlroom.video.records import StreamAddress
from controlroom.video.rules import with_login

_PLAYING_AFTER_S = 30.0
_MOST_FFMPEGS = 32
_FFMPEG_OPTIONS = "-nostdin -loglevel quiet -threads 1 -analyzeduration 0 -probesize 32 -fpsprobesize 0"


class Limit:
    """A set of processes that decode `addresses` and do nothing else."""

    def __init__(self, addresses: Sequence[StreamAddress], *, secret: bool = True) -> None:
        """`secret`: whether the addresses' passwords must not be seen on a command line."""
        self._addresses = addresses
        self._ffmpeg = shutil.which("ffmpeg")
        hidden = secret and any(address.password for address in addresses)
        self._uses_ffmpeg = self._ffmpeg is not None and not hidden and len(addresses) <= _MOST_FFMPEGS
        self.tool = "ffmpeg" if self._uses_ffmpeg else "pyav"

    @contextlib.contextmanager
    def running(self) -> Iterator[list[int]]:
        """Yield the processes' ids, once all streams (or all that will) give pictures."""
        processes = self._start_ffmpeg() if self._uses_ffmpeg else [self._start_decode_only()]
        try:
            yield [process.pid for process in processes]
        finally:
            for process in processes:
                process.kill()
            for process in processes:
                process.communicate()

    def _start_ffmpeg(self) -> list["subprocess.Popen[str]"]:
        processes = []
        for address in self._addresses:
            source = ["-rtsp_transport", address.transport, "-i", with_login(address)]
            command = [str(self._ffmpeg), *_FFMPEG_OPTIONS.split(), *source, "-an", "-f", "null", "-"]
            processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True))
        _until_even(processes)
        return processes

    def _start_decode_only(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "controlroom.bench.stream_readers"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps([with_login(address) for address in self._addresses]) + "\n")
        process.stdin.flush()
        deadline = time.monotonic() + _PLAYING_AFTER_S
        while time.monotonic() < deadline:
            line = process.stdout.readline()
            if not line or json.loads(line)["live"] >= len(self._addresses):
                break
        threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
        return process


def _drain(stream: Iterator[str]) -> None:
    with contextlib.suppress(ValueError, OSError):
        for _ in stream:
            pass


def _until_even(processes: Sequence["subprocess.Popen[str]"]) -> None:
    """Wait until two seconds in a row cost about the same, since ffmpeg does not say when it decodes."""
    deadline, before = time.monotonic() + _PLAYING_AFTER_S, -1.0
    while time.monotonic() < deadline:
        used = cpu_seconds(tree(process.pid for process in processes))
        time.sleep(1.0)
        now = cpu_seconds(tree(process.pid for process in processes)) - used
        if before > 0 and abs(now - before) < 0.1 * before + 0.02:
            return
        before = now
