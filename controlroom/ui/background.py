"""Runs work off the window's thread and brings its result or error back: the only way to do database or camera work."""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

log = logging.getLogger(__name__)
T = TypeVar("T")


class Task:
    """One piece of work under way. `cancel()` drops its result; work already running still finishes."""

    def __init__(
        self,
        on_done: Callable[[object], None] | None,
        on_error: Callable[[Exception], None] | None,
        owner: QObject | None,
    ) -> None:
        self._on_done = on_done
        self._on_error = on_error
        self._owner = owner
        self.cancelled = False

    @property
    def wanted(self) -> bool:
        """False when cancelled, or when the widget that asked has been closed."""
        return not self.cancelled and (self._owner is None or shiboken6.isValid(self._owner))

    def cancel(self) -> None:
        """Drop the result."""
        self.cancelled = True

    def finish(self, result: object) -> None:
        """Pass the result to its callback (window's thread)."""
        if self._on_done is not None:
            self._on_done(result)

    def fail(self, error: Exception, default: Callable[[Exception], None]) -> None:
        """Pass the error to its callback (window's thread)."""
        (self._on_error or default)(error)


class _Work(QRunnable):
    def __init__(self, background: "Background", task: Task, work: Callable[[], object]) -> None:
        super().__init__()
        self._background, self._task, self._work = background, task, work

    def run(self) -> None:
        try:
            result = self._work() if self._task.wanted else None
        except Exception as error:
            self._background.post(self._task, None, error)
        else:
            self._background.post(self._task, result, None)


class Background(QObject):
    """Runs work on a thread pool.

    Callbacks arrive on the window's thread, and not at all once `owner` is gone. Without `on_error` the error goes
    to `show_error` (the message strip), so that nothing fails in silence.
    """

    idle = Signal()
    _posted = Signal()

    def __init__(
        self,
        pool: QThreadPool | None = None,
        show_error: Callable[[Exception], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        if pool is None:
            pool = QThreadPool(self)
            pool.setMaxThreadCount(4)
        self._pool = pool
        self._show_error = show_error or _log_error
        self._arrived: deque[tuple[Task, object, Exception | None]] = deque()
        self._under_way = 0
        self._closed = False
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """True while anything is under way or undelivered."""
        return self._under_way > 0

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[Exception], object] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Run `work()` on another thread, then `on_done(result)` or `on_error(exception)` on this one."""
        task = Task(on_done, on_error, owner)  # type: ignore[arg-type]
        self._under_way += 1
        self._pool.start(_Work(self, task, work))
        return task

    def follow(
        self,
        future: "Future[T]",
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """The same for work that runs elsewhere and has a Future (cameras, snapshots). No thread is held."""
        task = Task(on_done, on_error, owner)  # type: ignore[arg-type]
        self._under_way += 1

        def arrived(done: "Future[T]") -> None:
            try:
                result = done.result()
            except CancelledError:
                task.cancel()
                self.post(task, None, None)
            except Exception as error:
                self.post(task, None, error)
            else:
                self.post(task, result, None)

        future.add_done_callback(arrived)
        return task

    def post(self, task: Task, result: object, error: Exception | None) -> None:
        """Called on the working thread when a task has ended."""
        self._arrived.append((task, result, error))
        if not self._closed and shiboken6.isValid(self):
            self._posted.emit()

    def tell(self, error: Exception) -> None:
        """Show an error in the message strip: for callers that also show it in their own place."""
        self._show_error(error)

    def close(self, timeout_s: float = 3.0) -> bool:
        """Drop everything not yet delivered and wait for running work; False when some is still running."""
        self._closed = True
        self._pool.clear()
        self._arrived.clear()
        self._under_way = 0
        return self._pool.waitForDone(int(timeout_s * 1000))

    def _deliver(self) -> None:
        while self._arrived and not self._closed:
            task, result, error = self._arrived.popleft()
            self._under_way -= 1
            if not task.wanted:
                continue
            try:
                if error is None:
                    task.finish(result)
                else:
                    task.fail(error, self._show_error)
            except Exception as problem:  # a fault in one callback must not swallow the others' results
                log.exception("a page failed to take a result")
                self._show_error(problem)
        if not self._under_way:
            self.idle.emit()


def _log_error(error: Exception) -> None:
    log.error("work in the background failed", exc_info=error)
