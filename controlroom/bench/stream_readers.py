"""Reads streams and throws away what comes: packets undecoded, so that the sender has all the work, or pictures.

`python -m controlroom.bench.stream_readers` decodes, as the limit to compare the wall with. Addresses come as one
JSON list on stdin, never on a command line; each second one JSON line says how many streams give pictures and how
many pictures there were. It ends when stdin closes.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import Self

import av
from av import error as av_error
from av import logging as av_logging

from controlroom.errors import Unavailable

_OPTIONS = {"rtsp_transport": "tcp", "analyzeduration": "0", "probesize": "32", "fpsprobesize": "0"}
_FIRST_PICTURE_S = 60.0
_AGAIN_S = 0.5


class Readers:
    """One client for each address, on a thread each, for the duration of the block."""

    def __init__(self, urls: Sequence[str], *, decode: bool = False) -> None:
        self._decode = decode
        self._counts = [0] * len(urls)
        self._first = [threading.Event() for _ in urls]
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(url, place), name=f"reader-{place}", daemon=True)
            for place, url in enumerate(urls)
        ]

    def __enter__(self) -> Self:
        av_logging.set_level(av_logging.PANIC)  # its messages name addresses with passwords
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def wait_for_pictures(self) -> None:
        """Wait until every stream has given a picture; raises Unavailable when one does not."""
        for place, first in enumerate(self._first, 1):
            if not first.wait(_FIRST_PICTURE_S):
                raise Unavailable(f"Stream {place} gave no picture within {_FIRST_PICTURE_S:.0f} s.")

    def pictures(self) -> list[int]:
        """Return how many pictures each stream has given so far."""
        return list(self._counts)

    def _read(self, url: str, place: int) -> None:
        while not self._ended.is_set():
            try:
                with av.open(url, options=_OPTIONS, timeout=(10.0, 10.0)) as container:
                    stream = container.streams.video[0]
                    stream.codec_context.thread_count = 1
                    for packet in container.demux(stream):
                        if self._ended.is_set():
                            return
                        self._counts[place] += len(packet.decode()) if self._decode else packet.size > 0
                        self._first[place].set()
            except (av_error.FFmpegError, IndexError, OSError):
                self._ended.wait(_AGAIN_S)


def main() -> int:
    """Decode until the parent closes stdin."""
    urls = json.loads(sys.stdin.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    before = [0] * len(urls)
    with Readers(urls, decode=True) as readers:
        while True:
            time.sleep(1.0)
            now = readers.pictures()
            live = sum(new > old for new, old in zip(now, before, strict=True))
            print(json.dumps({"live": live, "pictures": sum(now)}), flush=True)
            before = now


def _leave_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
