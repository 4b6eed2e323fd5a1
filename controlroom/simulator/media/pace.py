"""A few threads that do each stream's next picture when it is due."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_END_WITHIN_S = 0.5
log = logging.getLogger(__name__)

_LATEST = 2  # periods; a stream later than this skips ahead rather than hurrying after


@dataclass
class Beat:
    """Something done at a steady rate until cancelled."""

    period: float
    work: Callable[[], object]
    due: float
    cancelled: bool = False
    skipped: int = 0
    _order: int = field(default=0, repr=False)


class Pace:
    """Runs beats on a fixed number of threads; never two turns of the same beat at once."""

    def __init__(self, threads: int) -> None:
        self._queue: list[tuple[float, int, Beat]] = []
        self._ticket = itertools.count()
        self._change = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, name=f"render-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def begin(self, period: float, work: Callable[[], object]) -> Beat:
        """Call `work` every `period` seconds from now on."""
        beat = Beat(period, work, time.monotonic())
        with self._change:
            self._push(beat)
        return beat

    def cancel(self, beat: Beat) -> None:
        """No further turn; one that is running ends by itself."""
        with self._change:
            beat.cancelled = True
            self._change.notify_all()

    def close(self) -> None:
        """End the threads."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for thread in self._threads:
            thread.join(_END_WITHIN_S)

    def _push(self, beat: Beat) -> None:
        heapq.heappush(self._queue, (beat.due, next(self._ticket), beat))
        self._change.notify()

    def _run(self) -> None:
        while (beat := self._next()) is not None:
            try:
                beat.work()
            except Exception:  # one picture is lost; the thread, and every other stream on it, goes on
                log.exception("a picture could not be made")
            beat.due += beat.period
            late = time.monotonic() - beat.due
            if late > _LATEST * beat.period:
                behind = int(late / beat.period)
                beat.skipped += behind
                beat.due += behind * beat.period
            with self._change:
                if not beat.cancelled:
                    self._push(beat)

    def _next(self) -> Beat | None:
        """Wait for the next beat that is due and take it out of the queue."""
        with self._change:
            while not self._closed:
                while self._queue and self._queue[0][2].cancelled:
                    heapq.heappop(self._queue)
                if not self._queue:
                    self._change.wait()
                    continue
                wait = self._queue[0][0] - time.monotonic()
                if wait <= 0:
                    return heapq.heappop(self._queue)[2]
                self._change.wait(wait)
            return None
