"""Opens the engine for a database address, with the settings that each kind needs to be durable."""

import random
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from controlroom.database import file_values
from controlroom.database.server_engine import WRITE, is_server, open_server_engine, parse_url
from controlroom.database.workstation import with_secret
from controlroom.errors import Unavailable
from controlroom.platform import data_folder, owner_only, write_private
from controlroom.small_files import read_line

ADDRESS_FILE = "database.url"
BUSY_TIMEOUT_MS = 5000
WAITS_S = 5.0  # for a turn at writing an SQLite file; then the write is refused as busy
ASKS_AGAIN_S = (0.001, 0.004)  # retries after a random pause between these
BEGIN = "BEGIN IMMEDIATE"
SQLITE_BUSY = 5  # the first byte of every error code that means so (https://sqlite.org/rescode.html#busy)


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{path}"


def room_url(folder: Path | None, url: str | None, *, process: str = "desk") -> str:
    """The database's address: as given, else as this desk was told at its first start, else the folder's own file.

    A server's address names the server and the database. Who connects is not in it: the role of the desk (or of the
    recorder) and its secret are added from the folder, where they lie there (`workstation.py`).
    """
    folder = folder or data_folder()
    address = url or remembered_address(folder) or sqlite_url(folder / "controlroom.db")
    return with_secret(address, folder, process) if is_server(address) else address


def remembered_address(folder: Path) -> str | None:
    """The address chosen at the first start of this data folder, None for the file inside it."""
    try:
        return read_line(folder / ADDRESS_FILE)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"The database's address in {folder / ADDRESS_FILE} cannot be read.",
            "Which database belongs to this desk is not known; nothing was opened.",
            "Put the file back, or give the address with --database.",
        ) from error


def remember_address(folder: Path, url: str) -> None:
    """Store the address, which may hold a password, in a file only this person can read."""
    write_private(folder / ADDRESS_FILE, f"{url}\n".encode())


def open_engine(url: str) -> Engine:
    """An engine for `url` (sqlite:///… or postgresql+psycopg://…); nothing is connected yet."""
    return open_server_engine(url) if is_server(url) else _sqlite_engine(url)


def sqlite_file(url: str) -> Path | None:
    """The file behind an SQLite address, None for other engines and for memory."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def _sqlite_engine(url: str) -> Engine:
    path = sqlite_file(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch()
            owner_only(path)
    # An error would otherwise carry what was to be written: words about people, or a password's hash.
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})
    file_values.read_any_value(engine)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off: BEGIN is sent below, where we can say IMMEDIATE.
        connection.isolation_level = None
        connection.text_factory = file_values.read_text
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads before it writes can be refused half-way; one that begins as a writer waits its turn.
        if connection.get_execution_options().get(WRITE, False):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Begin a writing transaction on an SQLite connection as soon as it is its turn.

    SQLite's own wait sleeps longer the longer it has waited (up to 100 ms), while a writer that has just finished is
    back within one: eight busy processes left one waiting for seconds, and turned it away at its time-out. Asking at
    one short, random pace gives each waiting writer the same chance at every turn. Raises SQLAlchemy's
    OperationalError ("database is locked") after WAITS_S.
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
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
