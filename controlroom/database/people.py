"""Gives each account a role of its own on a PostgreSQL server; on SQLite there is nothing to do.

On a server the desk starts as its own role, which may read next to nothing. Signing in tries the person's role with
the password just typed; from then on every connection is theirs. The password stays in memory for as long as they
are signed in.
"""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from controlroom.database.failures import cannot_open
from controlroom.database.roles import RoleNames
from controlroom.database.server_engine import Login, TimedConnection, connect_as, login_of, scram_verifier
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import PermissionRefused

log = logging.getLogger(__name__)
# libpq gives no code for a refused connection, only the server's words.
REFUSED = ("authentication failed", "not permitted to log in", "does not exist")
_PUT = text("SELECT controlroom_put_person(:person, :verifier, :at)")


class DatabasePeople:
    """Carries changes of accounts over to the database's roles, inside the same transaction.

    This base class is SQLite's, which has no roles: whoever may read the file may read everything in it.
    """

    keeps_passwords = False
    """True when the database judges passwords itself; the accounts then hold no hash of them."""

    def put(self, work: Work, login: str, *, password: str | None = None) -> str:
        """Make or change this person's role as their account is by now, in the transaction that changes it.

        Returns the role's name where it holds the password from now on, so that no hash of it lies in our tables.

        `password` is given only when it was just set.
        """
        return ""

    def enter(self, login: str, password: str) -> None:
        """From now on this process speaks to the database as this person. Raises PermissionRefused."""

    def leave(self) -> None:
        """Connect again as the desk, which may read next to nothing."""

    def trying(self) -> AbstractContextManager[None]:
        """Wraps an attempt to sign in: when it fails, connections stay those of the person before."""
        return nullcontext()


def people_of(database: Database) -> DatabasePeople:
    """The roles of people in this database.

    Only a desk under its own role speaks to a server as each person in turn. Under another one (an administrator's,
    in `controlroom user first`) accounts get their roles all the same.
    """
    server = database.engine.dialect.name == "postgresql"
    return ServerPeople(database.engine) if server else DatabasePeople()


def acts_for_a_person(engine: Engine) -> bool:
    """Return False while a desk speaks to its server under its own role: nobody is signed in who could write."""
    return RoleNames.of_desk(engine.url.username or "") is None or bool(login_of(engine).user)


def acts_for_the_room(engine: Engine) -> bool:
    """Return False on a desk of a server: what the calendar does is done there by the recorder, in its own name."""
    return RoleNames.of_desk(engine.url.username or "") is None


class ServerPeople(DatabasePeople):
    """The same on PostgreSQL, where every connection after signing in is made under the person's role."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._names = RoleNames.of_desk(engine.url.username or "")
        self.keeps_passwords = self._names is not None

    def put(self, work: Work, login: str, *, password: str | None = None) -> str:
        work.session.flush()
        connection = work.session.connection()
        verifier = scram_verifier(connection, login, password) if password is not None else None
        role = connection.scalar(_PUT, {"person": login, "verifier": verifier, "at": work.now})
        return str(role) if password is not None else ""

    def enter(self, login: str, password: str) -> None:
        """Connect as this person from now on; as before when the server says no. Raises PermissionRefused."""
        if self._names is None:
            return
        person = Login(self._names.person(login), password)
        self._try(person)
        connect_as(self._engine, person)

    def leave(self) -> None:
        if self._names is not None:
            connect_as(self._engine, Login())

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Connect again as the person before when somebody's password is right but they may not sign in."""
        before = login_of(self._engine)
        try:
            yield
        except BaseException:
            if self._names is not None and login_of(self._engine) != before:
                connect_as(self._engine, before)
            raise

    def _try(self, person: Login) -> None:
        words, facts = self._engine.dialect.create_connect_args(self._engine.url)
        facts = {**facts, "user": person.user, "password": person.password, "connect_timeout": 5}
        try:
            TimedConnection.connect(*words, **facts).close()
        except psycopg.OperationalError as error:
            said = str(error)
            if any(part in said for part in REFUSED):
                raise PermissionRefused(
                    "The name or the password is not right.", "", "Try again, or ask the administrator."
                ) from None  # the driver's error holds the password
            log.error("the database does not answer: %s", said)
            raise cannot_open(OperationalError("connect", None, error), str(self._engine.url)) from None
