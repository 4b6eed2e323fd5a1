"""Persons on a PostgreSQL server: each signs in to the database under a role of their own.

The desk starts as its own role, which may read next to nothing. Signing in tries the person's role with the password
just typed; from then on every connection is theirs. The password is kept in memory for as long as they sit there.
"""

import logging
from collections.abc import Iterable

import psycopg
from sqlalchemy import Engine, text

from controlroom.database.failures import cannot_open
from controlroom.database.roles import RoleNames
from controlroom.database.server import scram_verifier
from controlroom.database.server_engine import Login, connect_as, login_of
from controlroom.database.server_timeout import TimedConnection
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import PermissionRefused

log = logging.getLogger(__name__)
# libpq gives no code for a refused connection, only the server's words.
REFUSED = ("authentication failed", "not permitted to log in", "does not exist")
_PUT = text("SELECT controlroom_put_person(:person, :verifier, :roles, :active)")
_NOTE = text("UPDATE users SET database_role = :role, password_hash = '' WHERE login = :person")


def people_of(database: Database) -> "ServerPeople | None":
    """The persons of a database whose desk has a role of its own; None on SQLite or under any other role.

    Under another role (an administrator's, in `controlroom user first`) accounts get their roles all the same.
    """
    if database.engine.dialect.name != "postgresql":
        return None
    return ServerPeople(database.engine)


class ServerPeople:
    """DatabasePeople on PostgreSQL (controlroom/accounts/database_people.py)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._names = RoleNames.of_desk(engine.url.username or "")

    @property
    def keeps_passwords(self) -> bool:
        """True when the server judges passwords: on a desk. Else (one role for everything) the accounts do."""
        return self._names is not None

    def put(
        self, work: Work, login: str, *, roles: Iterable[str], active: bool, password: str | None = None
    ) -> None:
        """Make or change this person's role, in the transaction that changes the account."""
        work.session.flush()
        connection = work.session.connection()
        verifier = scram_verifier(connection, login, password) if password is not None else None
        facts = {
            "person": login,
            "verifier": verifier,
            "roles": [str(each) for each in roles],
            "active": active,
        }
        role = connection.scalar(_PUT, facts)
        if password is not None:
            # No hash of it lies where anybody but the server could read it.
            connection.execute(_NOTE, {"role": role, "person": login})

    def enter(self, login: str, password: str) -> None:
        """Connect as this person from now on; as before when the server says no. Raises PermissionRefused."""
        if self._names is None:
            return
        person = Login(self._names.person(login), password)
        self._try(person)
        connect_as(self._engine, person)

    def leave(self) -> None:
        """Back to what a desk nobody sits at may read."""
        if self._names is not None:
            connect_as(self._engine, Login())

    def standing(self) -> Login:
        """As whom this desk connects now, to come back to with `resume`."""
        return login_of(self._engine)

    def resume(self, login: object) -> None:
        """Connect as `standing` said, after somebody who may not sign in after all."""
        if self._names is not None and isinstance(login, Login) and login_of(self._engine) != login:
            connect_as(self._engine, login)

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
            raise cannot_open(_wrapped(error), str(self._engine.url)) from None


def _wrapped(error: psycopg.OperationalError):
    from sqlalchemy.exc import OperationalError

    return OperationalError("connect", None, error)
