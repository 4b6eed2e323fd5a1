"""Per-thread time-out for PostgreSQL calls, because libpq has none for a server that hangs.

libpq waits for ever on a server that hangs: the connection stands, no answer comes. Every wait on our connections
therefore ends after this thread's time-out, the connection is given up, and the caller is told as if it had broken.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors

USUAL_S = 20.0  # no statement of the desk's own takes a tenth of this


class _Own(threading.local):
    seconds: float | None = USUAL_S


_own = _Own()


@contextmanager
def answers_within(seconds: float | None) -> Iterator[None]:
    """Wait so long for each answer inside the block (None: for ever, for a backup or a check of everything)."""
    before, _own.seconds = _own.seconds, seconds
    try:
        yield
    finally:
        _own.seconds = before


class TimedConnection(psycopg.Connection[Any]):
    """A connection that waits for no answer longer than this thread's time-out."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for `gen`; a wait somebody limited themselves (notifications) is left as it is."""
        limit = _own.seconds
        if timeout is not None or limit is None:
            return super().wait(gen, interval=interval, timeout=timeout)
        try:
            return super().wait(gen, interval=interval, timeout=limit)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server did not answer within {limit:g} s") from error
