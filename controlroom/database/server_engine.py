"""Opens the engine for a PostgreSQL address: with bounded waits, one writer at a time, and the role to connect as.

What SQLite gives by itself is asked for here, so that services mean the same on both engines: a writing transaction
waits its turn before it reads anything (one advisory lock), and a reading one sees one moment and can change nothing.
No wait is without end: connecting, waiting for the turn, a statement, and a transaction somebody left open. libpq
itself waits for ever on a server that hangs (the connection stands, no answer comes), so every wait on our connections
ends after a time-out of the thread; then the connection is given up, and the caller is told as if it had broken.
"""

import ipaddress
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from controlroom.database import dated_columns
from controlroom.errors import InvalidInput

WRITE = "controlroom_write"  # execution option: this transaction will write
TRANSACTION = "controlroom_transaction"  # in a connection's info: the number of its writing transaction
AS_WHOM = "controlroom_role"  # in a connection's info: the role it was made for
WRITERS_TURN = 0x436F6E74726F6C  # the advisory lock's key: "Control"
CONNECT_WITHIN_S = 5
TURN_WITHIN_MS = 10_000
STATEMENT_WITHIN_MS = 15_000
IDLE_IN_TRANSACTION_MS = 60_000  # a desk that hangs in mid-transaction holds up the others no longer
ANSWER_WITHIN_S = 20.0  # where the thread has no limit of its own; the desk's statements take under a tenth
POOL = {"pool_size": 5, "max_overflow": 5, "pool_timeout": 10, "pool_recycle": 1800, "pool_pre_ping": True}
# A connection that is lost silently (a pulled cable) is noticed within some 15 s.
LINE = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 15_000}


class _ThreadTimeout(threading.local):
    seconds: float | None = ANSWER_WITHIN_S


_timeout = _ThreadTimeout()


@contextmanager
def answers_within(seconds: float | None) -> Iterator[None]:
    """Wait so long for each answer inside the block (None: for ever, for a backup or a check of everything)."""
    before, _timeout.seconds = _timeout.seconds, seconds
    try:
        yield
    finally:
        _timeout.seconds = before


class TimedConnection(psycopg.Connection[Any]):
    """A connection that waits for no answer longer than this thread's time-out."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for `gen`; a wait somebody limited themselves (notifications) is left as it is."""
        limit = _timeout.seconds
        if timeout is not None or limit is None:
            return super().wait(gen, interval=interval, timeout=timeout)
        try:
            return super().wait(gen, interval=interval, timeout=limit)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server did not answer within {limit:g} s") from error


@dataclass
class Login:
    """As whom new connections are made. Empty fields leave it to the address and to libpq's own files."""

    user: str = ""
    password: str = field(default="", repr=False)


_LOGINS: "weakref.WeakKeyDictionary[Engine, Login]" = weakref.WeakKeyDictionary()


def is_server(url: str | URL) -> bool:
    """True for an address of PostgreSQL. Raises InvalidInput when it is no address at all."""
    return parse_url(url).get_backend_name() == "postgresql"


def parse_url(url: str | URL) -> URL:
    """The address, with our driver for PostgreSQL and TLS asked for. Raises InvalidInput in plain words."""
    try:
        parsed = make_url(url)
        backend = "postgresql" if parsed.drivername in ("postgres", "postgresql") else ""
        parsed = parsed.set(drivername="postgresql+psycopg") if backend else parsed
        known = parsed.get_backend_name() in ("sqlite", "postgresql")
    except Exception as error:  # every part of an address has its own way of being wrong
        raise _bad_address() from error
    if not known:
        raise _bad_address()
    if parsed.get_backend_name() == "postgresql":
        if not parsed.database:
            raise InvalidInput(
                "The database's address names no database.", remedy="Add it: postgresql://server/controlroom."
            )
        if "sslmode" not in parsed.query and not _is_loopback(parsed.host):
            parsed = parsed.update_query_dict({"sslmode": "verify-full"})
    return parsed


def _bad_address() -> InvalidInput:
    return InvalidInput(
        "The database's address cannot be read.",
        remedy="Use postgresql://server/controlroom, or leave it out for the file in the data folder.",
    )


def _is_loopback(host: str | None) -> bool:
    if not host or host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_server_engine(url: str) -> Engine:
    """An engine for a PostgreSQL address; nothing is connected yet."""
    engine = create_engine(
        # An error would otherwise carry what was to be written: words about people, or a password's hash.
        parse_url(url),
        hide_parameters=True,
        connect_args=_connect_arguments(),
        **POOL,
    )
    login = Login()
    _LOGINS[engine] = login

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, words: tuple[Any, ...], facts: dict[str, Any]) -> Any:
        if login.user:
            facts = {**facts, "user": login.user, "password": login.password}
        return TimedConnection.connect(*words, **facts)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        record.info[AS_WHOM] = login.user
        dated_columns.read_all_of_a_server(connection)

    @event.listens_for(engine, "checkin")
    def _given_back(_connection: Any, record: Any) -> None:
        # Its work began before somebody else signed in; nobody else is to go on with it.
        if record.info.get(AS_WHOM) != login.user:
            record.invalidate()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info.pop(TRANSACTION, None)
        if connection.get_execution_options().get(WRITE, False):
            connection.info[TRANSACTION] = _wait_for_turn(connection)

    return engine


def _wait_for_turn(connection: Connection) -> str:
    """Take the writers' lock until the transaction ends; returns the transaction's number."""
    query = f"SELECT pg_advisory_xact_lock({WRITERS_TURN}), pg_current_xact_id()::text"
    return connection.exec_driver_sql(query).one()[1]


def _connect_arguments() -> dict[str, Any]:
    limits = {
        "statement_timeout": STATEMENT_WITHIN_MS,
        "lock_timeout": TURN_WITHIN_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS,
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    name = {"application_name": "controlroom", "connect_timeout": CONNECT_WITHIN_S}
    return {**name, "options": options, **LINE}


def reading_options() -> dict[str, Any]:
    """How a reading transaction runs: one moment's picture, changing nothing."""
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def raw_connection(connection: Connection) -> psycopg.Connection:
    """The driver's own connection."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def scram_verifier(connection: Connection, role: str, password: str) -> str:
    """What the server stores of a password, made on this side: the password itself never travels."""
    raw = raw_connection(connection)
    return raw.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


def login_of(engine: Engine) -> Login:
    """As whom this engine connects now (a copy)."""
    login = _LOGINS[engine]
    return Login(login.user, login.password)


def connect_as(engine: Engine, login: Login) -> None:
    """New connections are made as `login`; idle ones are closed, those at work when their work is done."""
    current = _LOGINS[engine]
    current.user, current.password = login.user, login.password
    engine.dispose()


def outcome_of(engine: Engine, transaction: str) -> str:
    """'committed', 'aborted', or '' when the server no longer knows. Raises what connecting raises."""
    with engine.connect() as connection:
        answer = connection.exec_driver_sql("SELECT pg_xact_status(%s::xid8)", (transaction,)).scalar()
    return answer or ""
