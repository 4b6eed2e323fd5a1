"""Writers on one SQLite file take turns: each asks again every few milliseconds, so that none is left standing.

SQLite's own wait sleeps longer the longer it has waited (up to 100 ms), while a writer that has just finished is back
within one: eight busy processes left one waiting for seconds, and turned it away at its time-out. Asking at one
short, random pace gives each waiting writer the same chance at every turn.
"""

import random
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection

WAITS_S = 5.0  # for a turn; then the write is refused as busy
ASKS_AGAIN_S = (0.001, 0.004)
BEGIN = "BEGIN IMMEDIATE"
SQLITE_BUSY = 5  # the first byte of every error code that means so (https://sqlite.org/rescode.html#busy)


def begin_writing(connection: Connection, *, usual_wait_ms: int) -> None:
    """Begin a writing transaction on an SQLite connection as soon as it is its turn.

    Raises SQLAlchemy's OperationalError ("database is locked") after WAITS_S; `usual_wait_ms` is the time-out put
    back for the statements that follow.
    """
    raw: Any = connection.connection.dbapi_connection
    until = time.monotonic() + WAITS_S
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute(BEGIN)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != SQLITE_BUSY:
                    break
            time.sleep(random.uniform(*ASKS_AGAIN_S))
        connection.exec_driver_sql(BEGIN)  # the attempt whose error counts
    finally:
        raw.execute(f"PRAGMA busy_timeout={usual_wait_ms}")
