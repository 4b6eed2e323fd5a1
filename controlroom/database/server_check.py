"""Tries a database's address and says in plain words what is there, before anything is made in it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from controlroom.database.failures import connecting
from controlroom.database.opening import behind, revisions
from controlroom.database.roles import RoleNames
from controlroom.database.server_engine import parse_url
from controlroom.database.workstation import with_authority
from controlroom.errors import Unavailable

CONNECT_WITHIN_S = 5


@dataclass(frozen=True)
class ServerAnswer:
    """What a server said when its address was tried. `joins`: a room with accounts is there already."""

    good: bool
    what: str
    meaning: str = ""
    remedy: str = ""
    joins: bool = False


def server_url(given: str) -> URL:
    """The address of a PostgreSQL database with the driver this program uses; raises ValueError in plain words."""
    try:
        url = make_url(given.strip())
    except ArgumentError:
        raise ValueError("This is not the address of a database.") from None
    if url.get_backend_name() != "postgresql":
        raise ValueError("This is not the address of a PostgreSQL database.")
    url = url.set(drivername="postgresql+psycopg")
    if not url.host or not url.database:
        raise ValueError("The address names no server or no database.")
    return url


def without_password(given: str) -> tuple[str, str]:
    """The address without the password typed into it, and that password; both empty where it is no address."""
    try:
        url = make_url(given.strip())
    except (ArgumentError, ValueError):
        return "", ""
    if not url.password:
        return given, ""
    # URL.set() takes None for "as it is"
    return url._replace(password=None).render_as_string(hide_password=False), str(url.password)


def _as_desk(url: URL, password: str) -> URL:
    """With the secret: that of the user named, or of the desk's own role where none is."""
    if not url.username:
        url = url.set(username=RoleNames(url.database or "").of("desk"))
    return url.set(password=password) if password else url


def try_server(given: str, password: str = "", folder: Path | None = None) -> ServerAnswer:
    """Connect once and look, as strict about TLS as a desk on `folder`; changes nothing. Up to 5 s; never raises."""
    try:
        named = server_url(given)
    except ValueError as error:
        return ServerAnswer(False, str(error), remedy="It looks like postgresql://server/database.")
    url = parse_url(_as_desk(named, password))
    url = with_authority(url, folder) if folder is not None else url
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_WITHIN_S})
    try:
        with engine.connect() as connection:
            return _look(engine, connection, url, by_desk=not named.username)
    except SQLAlchemyError as error:
        what, remedy = connecting(str(getattr(error, "orig", None) or error), url)
        return ServerAnswer(False, what, "Nothing was made.", remedy)
    finally:
        engine.dispose()


def _look(engine: Engine, connection: Connection, url: URL, *, by_desk: bool) -> ServerAnswer:
    version = connection.execute(text("SHOW server_version")).scalar_one().split()[0]
    here = f"PostgreSQL {version} on {url.host}, database {url.database}"
    try:
        current, head = revisions(engine)
    except Unavailable as error:
        return ServerAnswer(False, f"{here}: {error.what}", error.meaning, error.remedy)
    if current != head:
        return ServerAnswer(
            False,
            f"{here}: reachable, but it {behind(current, head)}.",
            "Desks never change a server's tables.",
            f"Its administrator runs `controlroom db upgrade --database postgresql://…/{url.database}`; "
            "then try again.",
        )
    try:
        count = connection.execute(text("SELECT count(id) FROM users")).scalar_one()
    except DBAPIError:
        return ServerAnswer(
            True, f"{here}: reachable and set up.", "Its accounts may be seen only after signing in."
        )
    if count:
        return ServerAnswer(
            True,
            f"{here}: a room with {count} account{'s' if count > 1 else ''} is there, and this desk joins it.",
            "The name and password of step 1 have to be those of an account there.",
            joins=True,
        )
    if by_desk:
        return ServerAnswer(
            False,
            f"{here}: reachable and set up, and nobody has an account yet.",
            "A desk cannot make the first one there.",
            f"Its administrator runs `controlroom user first NAME --database postgresql://…/{url.database}`; "
            "then try again.",
        )
    return ServerAnswer(
        True, f"{here}: reachable, set up and empty.", "The first account is made with the room."
    )
