"""Opens a database at start-up: creates or upgrades it, or refuses it and says what to do.

A file that is not ours, is damaged, or was written by a newer version is never touched.
"""

import logging
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from controlroom.changes import Changes
from controlroom.clock import Clock
from controlroom.database.engine import open_engine, sqlite_file
from controlroom.database.failures import cannot_open
from controlroom.database.server_engine import is_server
from controlroom.database.unit_of_work import Database
from controlroom.declaration import Nouns
from controlroom.errors import NotFound, Unavailable
from controlroom.platform import programs_with

log = logging.getLogger(__name__)
QUICK_CHECK_BELOW_BYTES = 200_000_000  # a full look at a larger file would hold up the start

FREE_WITHIN_S = 2.0  # in use by turns, each for far less, it is free by then
PRIMARY = 0xFF  # of SQLite's extended codes: its result code


def open_database(url: str, clock: Clock, nouns: Nouns, changes: Changes | None = None) -> Database:
    """The database at `url`, at the newest revision. Raises Unavailable or InvalidInput with the remedy.

    An SQLite file is made or upgraded here; a PostgreSQL database only by its administrator (`server.py`).
    """
    path = sqlite_file(url)
    if path is not None and path.exists() and path.stat().st_size:
        check_sqlite_file(path)
    engine = open_engine(url)
    try:
        if is_server(url):
            require_newest(engine)
        else:
            _bring_up_to_date(engine, path, nouns, clock)
    except DatabaseError as error:
        engine.dispose()
        log.error("opening the database failed: %s", error.orig)
        raise cannot_open(error, url) from error
    except BaseException:
        engine.dispose()
        raise
    return Database(engine, clock, nouns, changes)


def require_there(url: str) -> None:
    """Raise NotFound where an SQLite address names no file: who looks at a room makes none."""
    path = sqlite_file(url)
    if path is not None and not path.is_file():
        raise NotFound(
            f"There is no database at {path}.",
            "None was made.",
            "Name the room's folder with --data, or its database with --database.",
        )


def check_sqlite_file(path: Path) -> None:
    """Raise Unavailable when the file at `path` cannot be used, with the reason that was found.

    Damage is only what SQLite's own check finds, or a file that is not one of its databases.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=FREE_WITHIN_S)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            answer = "ok"
            if path.stat().st_size < QUICK_CHECK_BELOW_BYTES:
                answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0].splitlines()[-1]
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _held(path) from error
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise Unavailable(
                f"The database file {path} cannot be read: {error}.",
                "Nothing was written to it.",
                "Check its disk and its permissions, then start again.",
            ) from error
        answer = str(error)
    if answer != "ok":
        raise Unavailable(
            f"The database file {path} is damaged ({answer}).",
            "It was left as it is; nothing was written to it.",
            "Copy the folder somewhere safe, then put the newest backup in its place and start again.",
        )


def _held(path: Path) -> Unavailable:
    holders = ", ".join(programs_with(path))
    return Unavailable(
        f"The database file {path} is in use: {holders or 'another program'} holds it for itself alone.",
        "It is not damaged, and nothing was written to it.",
        "Close that program (a database viewer, a backup or virus scanner), then start again.",
    )


def _bring_up_to_date(engine: Engine, path: Path | None, nouns: Nouns, clock: Clock) -> None:
    current, head = revisions(engine)
    if current == head:
        return
    if current is not None and path is not None:
        _back_up(path, current)
    # Loading Alembic takes a tenth of a second, which only a start that upgrades has to pay.
    from controlroom.database import migrations

    with engine.begin() as connection:
        migrations.upgrade(connection)
        after_upgrade(connection, nouns, clock.now())


def after_upgrade(connection: Connection, nouns: Nouns, now: datetime) -> None:
    """Do what the nouns declare for a database that was just brought up to date, in the same transaction."""
    with Session(connection, join_transaction_mode="conditional_savepoint") as session:
        for noun in nouns:
            if noun.upgraded is not None:
                noun.upgraded(session, nouns, now)
        session.flush()


def known_revisions() -> list[str]:
    """Every revision of this version, oldest first: a migration's file begins with its number."""
    files = (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    return sorted(file.stem.partition("_")[0] for file in files)


def revision_of(connection: Connection) -> str | None:
    """The database's revision; None where it has not been set up."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def revisions(engine: Engine) -> tuple[str | None, str]:
    """The database's revision (None: empty) and the newest one known here.

    Raises Unavailable for another program's database and for one written by a newer version.
    """
    known = known_revisions()
    with engine.connect() as connection:
        current = revision_of(connection)
        tables = inspect(connection).get_table_names()
    if current is None and tables and tables != ["alembic_version"]:
        raise Unavailable(
            "This database belongs to another program: it has tables, but none of ours.",
            "It was left as it is.",
            "Name another database or data folder.",
        )
    if current is not None and current not in known:
        raise Unavailable(
            f"This database was written by a newer version of Control Room (revision {current}).",
            "This version cannot read it safely and has left it as it is.",
            "Start the newer version, or restore the backup made before its upgrade.",
        )
    return current, known[-1]


def require_newest(engine: Engine) -> None:
    """Raise Unavailable unless the database is at the newest revision: a desk never changes a server's schema."""
    current, head = revisions(engine)
    if current == head:
        return
    raise Unavailable(
        f"The database on the server {behind(current, head)}.",
        "Desks do not change it.",
        "Its administrator runs: controlroom db upgrade --database postgresql://server/database",
    )


def behind(current: str | None, head: str) -> str:
    """Says of a database that it is not at the newest revision."""
    return f"is at revision {current}, this version needs {head}" if current else "has not been set up yet"


def _back_up(path: Path, revision: str) -> Path:
    """A copy of the file beside itself, whole or not at all. Raises Unavailable when it cannot be made."""
    target = path.with_name(f"{path.stem}-before-upgrade-from-{revision}{path.suffix}")
    draft = target.with_suffix(".partial")
    try:
        copy_sqlite(path, draft)
        draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        raise Unavailable(
            f"The database could not be backed up before its upgrade: {error}.",
            "It was not upgraded, and is as it was.",
            "Make room on the disk, or start the former version.",
        ) from error
    log.info("backed up the database to %s before upgrading it", target)
    return target


def copy_sqlite(path: Path, target: Path) -> None:
    """Copy by SQLite's own online backup, in one step: in WAL mode it copies one moment and delays nobody.

    The copy is on the disk when this returns. Raises OSError or sqlite3.Error.
    """
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    with target.open("rb+") as file:
        os.fsync(file.fileno())
