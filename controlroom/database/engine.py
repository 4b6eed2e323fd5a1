"""Opening the engine behind a database address, with what each kind needs to be durable."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from controlroom.database.server_engine import WRITE, is_server, open_server_engine, parse_url
from controlroom.database.turns import begin_writing
from controlroom.platform import data_folder, owner_only

BUSY_TIMEOUT_MS = 5000


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{path}"


def room_url(folder: Path | None, url: str | None) -> str:
    """The database's address: as given, else the file in the data folder (given, or this person's own)."""
    return url or sqlite_url((folder or data_folder()) / "controlroom.db")


def open_engine(url: str) -> Engine:
    """An engine for `url` (sqlite:///… or postgresql+psycopg://…); nothing is connected yet."""
    return open_server_engine(url) if is_server(url) else _sqlite_engine(url)


def sqlite_file(url: str) -> Path | None:
    """The file behind an SQLite address, None for other engines and for memory."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (
        None,
        "",
        ":memory:",
    ):
        return None
    return Path(str(parsed.database))


def _sqlite_engine(url: str) -> Engine:
    path = sqlite_file(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch()
            owner_only(path)
    engine = create_engine(url, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off: BEGIN is sent below, where we can say IMMEDIATE.
        connection.isolation_level = None
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
        # A writer that begins as a reader can be refused half-way; one that says so first waits its turn instead.
        if connection.get_execution_options().get(WRITE, False):
            begin_writing(connection, usual_wait_ms=BUSY_TIMEOUT_MS)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine
