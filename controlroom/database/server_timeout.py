"""Sets a time-out for PostgreSQL calls, per thread, because libpq has none for a server that hangs.

libpq waits for ever for such a server: the connection stands, no answer comes. Every wait on our connections
therefore ends after this thread's time-out, the connection is given up, and the caller gets an error as if it had
broken.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors

USUAL_S = 20.0  # no statement of the desk's own takes a tenth of this
_own = threading.local()


def current() -> float | None:
    """Return this thread's time-out in seconds; None waits for ever."""
    return getattr(_own, "seconds", USUAL_S)


@contextmanager
def server_timeout(seconds: float | None) -> Iterator[None]:
    """Set the time-out for each answer inside the block (None: no limit, for a backup or a check of everything)."""
    before = current()
    _own.seconds = seconds
    try:
        yield
    finally:
        _own.seconds = before


class TimedConnection(psycopg.Connection[Any]):
    """A connection whose waits end."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for `gen`; a wait with a limit of its own (notifications) is left as it is."""
        limit = current()
        if timeout is not None or limit is None:
            return super().wait(gen, interval=interval, timeout=timeout)
        try:
            return super().wait(gen, interval=interval, timeout=limit)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server did not answer within {limit:g} s") from error
