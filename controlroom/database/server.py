"""Upgrades a PostgreSQL server as its administrator (`controlroom db upgrade`): the schema, then who may do what."""

import logging
import secrets
from collections.abc import Iterable

from psycopg import sql
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from controlroom.clock import process_clock
from controlroom.database import (
    audit_functions,
    bringing_in,
    migrations,
    roles,
    row_marks,
    row_security,
    vouching,
    who_acts,
)
from controlroom.database.failures import NOT_ALLOWED, cannot_open, sqlstate
from controlroom.database.opening import after_upgrade, revisions
from controlroom.database.roles import RoleNames
from controlroom.database.server_engine import open_server_engine, parse_url, raw_connection, scram_verifier
from controlroom.declaration import Nouns
from controlroom.errors import InvalidInput, PermissionRefused

log = logging.getLogger(__name__)


def upgrade(url: str, nouns: Nouns) -> tuple[str | None, str]:
    """Bring the database at `url` to the newest revision and settle its roles; returns the revisions before and after.

    What each role may do, and which rows it sees, follows from the declarations of `nouns`. `url` is that of the
    server's administrator (a superuser). Everything happens in one transaction: it is as it was, or done. May be run
    again at any time. Raises Unavailable, InvalidInput, PermissionRefused.
    """
    names = RoleNames(room_of(url))
    engine = open_server_engine(url)
    try:
        before, head = revisions(engine)
        with engine.begin() as connection:
            # A large table takes its time; the desks' limits are not for this.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            _require_superuser(connection)
            migrations.upgrade(connection)
            settle_roles(connection, names, nouns)
            after_upgrade(connection, nouns, process_clock().now())
    except DBAPIError as error:
        log.error("upgrading the database failed: %s", error.orig)
        raise _in_words(error, url) from error
    finally:
        engine.dispose()
    return before, head


def new_secret(url: str, login: str) -> str:
    """A new random password for the `desk` or the `recorder` of the room at `url`; the old one is invalid then.

    Returned once, to be put where only its owner can read it; the server is given a SCRAM verifier, never the
    password. `url` is that of the server's administrator.
    """
    if login not in roles.LOGINS:
        raise InvalidInput(f"There is no process called '{login}'.", remedy="Use desk or recorder.")
    role, secret = RoleNames(room_of(url)).of(login), secrets.token_urlsafe(24)
    engine = open_server_engine(url)
    try:
        with engine.begin() as connection:
            change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(scram_verifier(connection, role, secret))
            )
            _run(connection, [change])
    except DBAPIError as error:
        raise _in_words(error, url) from error
    finally:
        engine.dispose()
    return secret


def room_of(url: str) -> str:
    """What the room's roles are named after: the database."""
    return parse_url(url).database or ""


def settle_roles(connection: Connection, names: RoleNames, nouns: Nouns) -> None:
    """Make the room's roles, own its tables, and give each role what the nouns declare; the same when done again."""
    known = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
    tables = inspect(connection).get_table_names()
    database = connection.scalar(text("SELECT current_database()"))
    _run(connection, roles.make_roles(names, known))
    _run(connection, row_security.clear())
    _run(connection, row_marks.clear())
    _run(connection, who_acts.functions(names))
    _run(connection, audit_functions.functions(names, nouns))
    _run(connection, bringing_in.functions(nouns))
    _run(connection, vouching.functions(names, nouns))
    _run(connection, row_security.functions(nouns))
    _run(connection, row_marks.columns(nouns))
    _run(connection, row_marks.rows_there(nouns))
    _run(
        connection, (roles.words(each) for noun in nouns if noun.functions for each in noun.functions(nouns))
    )
    functions = _functions(connection)
    _run(connection, roles.own_everything(names, tables, functions))
    _run(connection, roles.grant(names, str(database), tables, nouns))
    _run(connection, roles.grant_functions(names, functions))
    _run(connection, row_security.policies(names, nouns))
    _run(connection, roles.put_person(names))


def _functions(connection: Connection) -> list[str]:
    query = (
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "AND starts_with(proname, 'controlroom_') AND proname <> 'controlroom_put_person'"
    )
    return list(connection.scalars(text(query)))


def _run(connection: Connection, statements: Iterable[sql.Composable]) -> None:
    raw = raw_connection(connection)
    for statement in statements:
        connection.exec_driver_sql(statement.as_string(raw).replace("%", "%%"))


def _require_superuser(connection: Connection) -> None:
    if connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        return
    raise PermissionRefused(
        "This role may not set up the room: it has to make roles and own tables.",
        "Nothing was changed.",
        "Use the address of the server's administrator, a superuser (on Debian: postgres).",
    )


def _in_words(error: DBAPIError, url: str) -> Exception:
    if sqlstate(error.orig) == NOT_ALLOWED:
        return PermissionRefused(
            f"The server does not allow that to this role: {error.orig}.", "Nothing was changed."
        )
    return cannot_open(error, url)
