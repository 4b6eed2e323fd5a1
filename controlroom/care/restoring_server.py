"""Restores a dump into a PostgreSQL server; the database that was there lives on under another name."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from controlroom.care import server_tools
from controlroom.care.records import Backup
from controlroom.care.trust import SERVER_NAME
from controlroom.database.roles import do
from controlroom.errors import Conflict, Unavailable

LEAVES_WITHIN_S = 3.0  # a program that has closed its connection is counted by the server for a moment longer
CONNECTED = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"  # not the server's own work
)
NOT_RUNNING = "Close every desk and the recorder of this room, then try again."


def make_free(url: URL, stamp: str, *, replace: bool) -> str:
    """Make an empty database of that name; returns the name under which the previous one lives on."""
    name = url.database or ""
    with _server(url) as connection:
        until = time.monotonic() + LEAVES_WITHIN_S
        while (others := _connected(connection, name)) and time.monotonic() < until:
            time.sleep(0.1)
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if others:
            raise Conflict(
                f"{others} programs are connected to the database {name}.",
                "Nothing was changed.",
                NOT_RUNNING,
            )
        if not exists:
            connection.execute(do("CREATE DATABASE {} TEMPLATE template0", name))
            return ""
        if _is_empty(url):
            return ""
        if not replace:
            raise Conflict(
                f"The database {name} is not empty.",
                "Nothing was changed.",
                "With --replace it is kept under another name, and the backup put in its place.",
            )
        aside = f"{name}_replaced_{stamp.lower()}"[:63]
        connection.execute(do("ALTER DATABASE {} RENAME TO {}", name, aside))
        connection.execute(do("CREATE DATABASE {} TEMPLATE template0", name))
        _same_rights(connection, aside, name)
    return aside


def put_back(url: URL, aside: str) -> None:
    """Put the database back as it was, after a restore that failed."""
    if not aside:
        return
    name = url.database or ""
    with _server(url) as connection:
        connection.execute(do("DROP DATABASE {}", name))
        connection.execute(do("ALTER DATABASE {} RENAME TO {}", aside, name))


def _same_rights(connection: psycopg.Connection, former: str, name: str) -> None:
    """Give the new database the owner and the rights of the one it replaces."""
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s"
    if owner := connection.execute(query, (former,)).fetchone():
        connection.execute(do("ALTER DATABASE {} OWNER TO {}", name, owner[0]))
    rights = connection.execute(
        "SELECT privilege_type, CASE WHEN grantee = 0 THEN NULL ELSE pg_get_userbyid(grantee) END "
        "FROM pg_database, aclexplode(datacl) WHERE datname = %s",
        (former,),
    ).fetchall()
    if rights:
        connection.execute(do("REVOKE ALL ON DATABASE {} FROM PUBLIC", name))
    for right, person in rights:
        whom = sql.Identifier(person) if person else sql.SQL("PUBLIC")
        grant = sql.SQL("GRANT {} ON DATABASE {} TO {}")
        connection.execute(grant.format(sql.SQL(right), sql.Identifier(name), whom))


def _is_empty(url: URL) -> bool:
    with _server(url, url.database) as connection:
        query = "SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1"
        return connection.execute(query).fetchone() is None


def _connected(connection: psycopg.Connection, name: str) -> int:
    """How many programs are connected to a database now."""
    (others,) = connection.execute(CONNECTED, (name,)).fetchone() or (0,)
    return others


@contextmanager
def _server(url: URL, database: str | None = "postgres") -> Iterator[psycopg.Connection]:
    plain = url._replace(drivername="postgresql", database=database, password=None).render_as_string()
    password = str(url.password) if url.password is not None else None
    try:
        with closing(
            psycopg.connect(plain, autocommit=True, connect_timeout=5, password=password)
        ) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(
            f"The server does not allow it: {error.diag.message_primary}.",
            "Nothing was changed.",
            "Use the address of an administrator of the server.",
        ) from error
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"The database server cannot be used: {str(error).strip().splitlines()[-1]}.",
            "Nothing was changed.",
            "Check the address, and that the server is running.",
        ) from error


def load(backup: Backup, url: URL) -> None:
    """Put the dump of a backup into an empty database; all of it, or nothing."""
    words = ("--exit-on-error", "--single-transaction")
    process = server_tools.start("pg_restore", url, *words, backup.folder / SERVER_NAME)
    server_tools.finish(process, "Restoring into the database")
