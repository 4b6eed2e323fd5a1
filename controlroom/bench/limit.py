"""Decodes the wall's streams in a process of its own and throws the pictures away, as the limit to compare it with."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from controlroom.video.records import StreamAddress
from controlroom.video.rules import with_login

MODULE = "controlroom.bench.stream_readers"
_PLAYING_AFTER_S = 30.0


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
