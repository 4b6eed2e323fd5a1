"""Opening the engine behind a database address, with what each kind needs to be durable."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from controlroom.database.patience import ImpatientConnection
from controlroom.platform import data_folder, owner_only

BUSY_TIMEOUT_MS = 5000
WRITE = "controlroom_write"  # execution option: this transaction will write


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{path}"


def room_url(folder: Path | None, url: str | None) -> str:
    """The database's address: as given, else the file in the data folder (given, or this person's own)."""
    return url or sqlite_url((folder or data_folder()) / "controlroom.db")


def open_engine(url: str) -> Engine:
    """An engine for `url` (sqlite:///… or postgresql+psycopg://…); nothing is connected yet."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return _server_engine(url)


def sqlite_file(url: str) -> Path | None:
    """The file behind an SQLite address, None for other engines and for memory."""
    parsed = make_url(url)
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
        writing = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _server_engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5})

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, words: tuple[Any, ...], facts: dict[str, Any]) -> Any:
        return ImpatientConnection.connect(*words, **facts)

    return engine
