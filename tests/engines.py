"""Which database engine the running test uses, and databases made from a migrated template of it.

A test says `@pytest.mark.both_engines` (or a module `pytestmark = pytest.mark.both_engines`) and is then run on
SQLite and on PostgreSQL: `make_room` follows. `@pytest.mark.postgresql` runs on PostgreSQL only. Inside a test,
the fixture `engine_kind` says which it is. Without a mark it is SQLite.
"""

import atexit
import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from controlroom.clock import SystemClock
from controlroom.database.engine import sqlite_url
from controlroom.database.opening import open_database
from controlroom.database.roles import RoleNames
from controlroom.database.server import upgrade
from controlroom.database.unit_of_work import Database
from controlroom.declaration import ROOM_ROLES
from controlroom.nouns import NOUNS
from tests import postgresql

SQLITE, POSTGRESQL = "sqlite", "postgresql"
OPENED: list[Database] = []
"""Databases opened by builders; closed after each test by `tests/conftest.py`."""
TEMPLATE = "room_template"
ROOM = RoleNames(TEMPLATE)  # every copy has the template's roles
# As whom rooms are opened: what the program may do everywhere and no more, so that a missing grant shows.
TESTER = ROOM.of("tester")
ANYBODY = ROOM.of(
    "anybody"
)  # may act for the owner, so it writes in any name, but has none of the owner's rights
_MAKE_TESTER = (
    f"CREATE ROLE {ANYBODY} NOINHERIT IN ROLE {ROOM.of('owner')}; "
    f"CREATE ROLE {TESTER} LOGIN BYPASSRLS PASSWORD '{postgresql.PASSWORD}' "
    f"IN ROLE {ANYBODY}, {', '.join(ROOM.of(each) for each in ('recorder', *ROOM_ROLES))}"
)


class _Now:
    """The running test's engine, and the databases it has been given: folder → name on the server."""

    kind = SQLITE
    databases: dict[Path, str] = {}


class _Made:
    """Templates this process has made already."""

    sqlite: Path | None = None
    postgresql = False


def begin(kind: str) -> None:
    """From now on rooms are made on this engine; skips the test (or fails it, where asked) when there is none."""
    _Now.kind = kind
    if kind == POSTGRESQL:
        need_postgresql()


def need_postgresql() -> postgresql.Server:
    """The shared server. Without one the test is skipped with the reason; with REQUIRE set it fails."""
    try:
        return postgresql.server()
    except postgresql.NoServer as reason:
        if os.environ.get(postgresql.REQUIRE):
            pytest.fail(f"{reason}; {postgresql.REQUIRE} is set, so this is no skip", pytrace=False)
        pytest.skip(str(reason))


def end(keep: int = 0) -> None:
    """Close what the test opened, and take its databases away; the first `keep` belong to its module's fixtures."""
    while len(OPENED) > keep:
        OPENED.pop().close()
    while _Now.databases:
        _folder, name = _Now.databases.popitem()
        postgresql.server().drop(name)
    _Now.kind = SQLITE


def database_url(folder: Path) -> str:
    """The address of the database belonging to `folder`: the same one each time; migrated when it is new."""
    if _Now.kind == SQLITE:
        path = folder / "room.db"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_sqlite_template(), path)
            path.chmod(0o600)
        return sqlite_url(path)
    if folder not in _Now.databases:
        _Now.databases[folder] = postgresql.server().create(_postgresql_template())
    return postgresql.server().url(_Now.databases[folder], TESTER)


def administrators_url(folder: Path) -> str:
    """The address of the same database for the server's administrator; PostgreSQL only."""
    database_url(folder)
    return postgresql.server().url(_Now.databases[folder])


def url_as(folder: Path, user: str, password: str) -> str:
    """The address of the same database for anybody else; PostgreSQL only."""
    database_url(folder)
    return postgresql.server().url(_Now.databases[folder], user, password)


def keep(folder: Path) -> Path | str:
    """Keep the database of `folder`, which nobody uses any more, to make others from it."""
    return folder / "room.db" if _Now.kind == SQLITE else _Now.databases.pop(folder)


def copy_of(kept: Path | str, folder: Path) -> str:
    """The address of the database of a new `folder`, a copy of one that was kept."""
    if isinstance(kept, Path):
        shutil.copyfile(kept, folder / "room.db")
    else:
        _Now.databases[folder] = postgresql.server().create(kept)
    return database_url(folder)


def _sqlite_template() -> Path:
    if _Made.sqlite is None:
        folder = Path(tempfile.mkdtemp(prefix="controlroom-sqlite-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        path = folder / "room.db"
        with contextlib.closing(open_database(sqlite_url(path), SystemClock(), NOUNS)):
            pass  # closing the last connection folds the write-ahead log into the file
        _Made.sqlite = path
    return _Made.sqlite


def _postgresql_template() -> str:
    server = postgresql.server()
    if not _Made.postgresql:
        server.create(name=TEMPLATE)
        upgrade(server.url(TEMPLATE), NOUNS)
        with contextlib.closing(server.connect()) as connection:
            connection.execute(_MAKE_TESTER.encode())
        _Made.postgresql = True
    return TEMPLATE


def tamper(folder: Path, *statements: str, put_back: bool = True) -> None:
    """Do what only someone with the file, or the server's own administrator, can: go round the triggers.

    An SQLite file has them again afterwards, so that nobody sees they were away; not without `put_back`.
    """
    if _Now.kind == SQLITE:
        with contextlib.closing(sqlite3.connect(folder / "room.db")) as connection, connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _sql in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
            for _name, made_by in triggers if put_back else ():
                connection.execute(made_by)
        return
    with contextlib.closing(postgresql.server().connect(_Now.databases[folder])) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode())


def everything_stored(folder: Path) -> bytes:
    """All that is on disk of the folder's database, to look for what must not be there."""
    if _Now.kind == SQLITE:
        return b"".join(path.read_bytes() for path in folder.glob("room.db*"))
    server = postgresql.server()
    dump = [str(postgresql.programs() / "pg_dump"), "--dbname", server.libpq_url(_Now.databases[folder])]
    return subprocess.run(dump, capture_output=True, check=True).stdout
