"""Waits for the recorder's news of holds, on a thread of its own: a take-over is heard of in milliseconds."""

import logging
import threading
from collections.abc import Callable

from controlroom.cameras.control.hold_line import HoldLine
from controlroom.cameras.holds.records import Hold, HoldNotice
from controlroom.codec import from_plain
from controlroom.errors import Unavailable

log = logging.getLogger(__name__)

AGAIN_S = 0.2  # after a failure, or before this desk has entered


class HoldListener:
    """Calls `take` with every list of holds, and `silent` when the recorder does not answer."""

    def __init__(
        self,
        line: Callable[[], HoldLine | None],
        take: Callable[[tuple[Hold, ...], tuple[HoldNotice, ...]], None],
        silent: Callable[[], None],
    ) -> None:
        self._line, self._take, self._silent = line, take, silent
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="news of holds", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End soon: a question that is under way is not waited for."""
        self._closing.set()

    def _run(self) -> None:
        since, heard_from = 0, None
        while not self._closing.is_set():
            line = self._line()
            if line is not heard_from:
                if heard_from is not None:
                    heard_from.close_news()
                since, heard_from = 0, line
            version = self._hear(line, since) if line is not None else None
            if version is None:
                self._closing.wait(AGAIN_S)
            else:
                since = version

    def _hear(self, line: HoldLine, since: int) -> int | None:
        """Wait for news once; the version heard of, None when there is none to go on from."""
        try:
            answer = line.news(since)
            if answer is None:
                return None
            holds = from_plain(tuple[Hold, ...], answer["holds"])
            notices = from_plain(tuple[HoldNotice, ...], answer["notices"])
            self._take(holds, notices)
            return int(answer["version"])
        except Unavailable:
            self._silent()
        except Exception:  # one answer nobody can read must not end this thread
            log.exception("news of holds could not be read")
        return None
