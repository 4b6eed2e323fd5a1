"""Decodes streams and throws the pictures away, as the limit to compare with: `python -m
controlroom.bench.decode_only`.

Addresses come as one JSON list on stdin, never on a command line; each second one JSON line says how many streams
give pictures and how many pictures there were. It ends when stdin closes.
"""

import json
import os
import sys
import threading
import time

import av
from av import error as av_error
from av import logging as av_logging

_OPTIONS = {
    "rtsp_transport": "tcp",
    "analyzeduration": "0",
    "probesize": "32",
    "fpsprobesize": "0",
    "threads": "1",
}


class _Counts:
    def __init__(self, streams: int) -> None:
        self.pictures = [0] * streams


def _decode(url: str, place: int, counts: _Counts) -> None:
    while True:
        try:
            with av.open(url, options=_OPTIONS, timeout=(10.0, 10.0)) as container:
                stream = container.streams.video[0]
                stream.codec_context.thread_count = 1
                for _ in container.decode(stream):
                    counts.pictures[place] += 1
        except (av_error.FFmpegError, IndexError, OSError):
            time.sleep(1.0)


def main() -> int:
    """Decode until the parent closes stdin."""
    av_logging.set_level(av_logging.PANIC)  # its messages name addresses with passwords
    urls = json.loads(sys.stdin.readline())
    counts = _Counts(len(urls))
    for place, url in enumerate(urls):
        threading.Thread(target=_decode, args=(url, place, counts), daemon=True).start()
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    before = [0] * len(urls)
    while True:
        time.sleep(1.0)
        now = list(counts.pictures)
        live = sum(new > old for new, old in zip(now, before, strict=True))
        print(json.dumps({"live": live, "pictures": sum(now)}), flush=True)
        before = now


def _leave_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
