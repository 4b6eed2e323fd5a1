"""Reads streams and throws the packets away undecoded, so that the sender has all the work."""

import threading
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

    def __init__(self, urls: Sequence[str]) -> None:
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
                    for packet in container.demux(video=0):
                        if self._ended.is_set():
                            return
                        self._counts[place] += packet.size > 0
                        self._first[place].set()
            except (av_error.FFmpegError, IndexError, OSError):
                self._ended.wait(_AGAIN_S)
