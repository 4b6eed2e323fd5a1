"""Tracks snapshots that were requested from workers; each request ends with a path or with a plain reason."""

import itertools
import threading
import time
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controlroom.errors import Unavailable

ANSWER_WITHIN_S = 5.0


@dataclass
class _Request:
    future: "Future[Path]"
    worker: int
    at: float


class Snapshots:
    """Numbers the requests and completes their futures. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._asked: dict[int, _Request] = {}

    def ask(self, worker: int) -> "tuple[int, Future[Path]]":
        """Return a number for a request to `worker`, and the future it completes."""
        future: Future[Path] = Future()
        with self._lock:
            number = next(self._numbers)
            self._asked[number] = _Request(future, worker, time.monotonic())
        return number, future

    def hear(self, answer: dict[str, Any]) -> None:
        self.end(answer["snapshot"], answer.get("path"), answer.get("error", ""))

    def end(self, number: int, path: str | None = None, error: str = "") -> None:
        """Complete one request; a second completion is ignored."""
        with self._lock:
            asked = self._asked.pop(number, None)
        if asked is None:
            return
        try:
            if path is not None:
                asked.future.set_result(Path(path))
            else:
                asked.future.set_exception(Unavailable(error, "No picture was saved."))
        except InvalidStateError:
            pass  # whoever asked has given up

    def end_all(self, error: str, worker: int | None = None, older_than_s: float = -1.0) -> None:
        """Fail every request (to one worker, or older than so many seconds) with `error`."""
        before = time.monotonic() - older_than_s
        with self._lock:
            numbers = [
                number
                for number, asked in self._asked.items()
                if worker in (None, asked.worker) and asked.at <= before
            ]
        for number in numbers:
            self.end(number, error=error)
