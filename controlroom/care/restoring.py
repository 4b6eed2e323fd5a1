"""Restores a backup: it is checked first, never goes over a running desk, and overwrites nothing.

What was there is moved aside as a whole: on SQLite into a folder `replaced-…` of the data folder, on a server into a
database of its own. The keys are not in a backup and are not touched; the file of signed heads outside the database
stays in place, since it knows more than any backup.
"""

import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles, note_restored, sign_head
from controlroom.care import backup as backing
from controlroom.care import manifests, server_tools
from controlroom.care.records import Backup
from controlroom.clock import Clock
from controlroom.database.engine import sqlite_file
from controlroom.database.opening import check_sqlite_file, known_revisions
from controlroom.database.roles import do
from controlroom.database.server_engine import is_server, parse_url
from controlroom.database.unit_of_work import Database
from controlroom.errors import Conflict, InvalidInput, Unavailable
from controlroom.platform import owner_only, sync_folder
from controlroom.processes.run_folder import running

log = logging.getLogger(__name__)
ACTOR = "command line"
NOT_RUNNING = "Close every desk and the recorder of this room, then try again."


@dataclass(frozen=True)
class Restored:
    """What was restored, and where the data it replaced is now (empty: nothing was there)."""

    backup: Backup
    aside: str


def restore(backup: Backup, folder: Path, url: str, clock: Clock, *, heads: Path, replace: bool) -> Restored:
    """Restore `backup` into the data folder `folder` and the database at `url` (an administrator's on a server).

    Raises Conflict when a desk is running or something is there and `replace` is not given, InvalidInput for a
    backup of a newer version or another engine, Unavailable when the backup is damaged or the disk is full. Until
    the last step everything is as it was.
    """
    _check_fits(backup, url)
    manifests.check_files(backup)
    if pids := running(folder / "run"):
        raise Conflict(
            f"A desk or recorder is running here (process {pids[0]}).", "Nothing was changed.", NOT_RUNNING
        )
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    if is_server(url):
        with _written_beside(backup, folder, None, heads, stamp, replace=replace) as exchange:
            aside = _server_made_free(parse_url(url), stamp, replace=replace)
            try:
                _load_server(backup, parse_url(url))
                files_aside = exchange()
            except BaseException:
                _put_server_back(parse_url(url), aside)
                raise
        return Restored(
            backup, " and ".join(each for each in (aside and f"database {aside}", files_aside) if each)
        )
    database_file = sqlite_file(url)
    if database_file is None:
        raise InvalidInput("That address names no file to restore to.")
    backing.contents_of_file(backup.folder / backing.SQLITE_NAME, backup.manifest.made_at)
    with _written_beside(backup, folder, database_file, heads, stamp, replace=replace) as exchange:
        return Restored(backup, exchange())


def _check_fits(backup: Backup, url: str) -> None:
    if backup.manifest.revision not in known_revisions():
        raise InvalidInput(
            f"The backup {backup.name} was made by a newer version of Control Room "
            f"(revision {backup.manifest.revision}).",
            "Nothing was changed.",
            "Restore it with that version.",
        )
    engine = "postgresql" if is_server(url) else "sqlite"
    if backup.manifest.engine != engine:
        raise InvalidInput(
            f"The backup {backup.name} is one of a {backup.manifest.engine} database, not of {engine}.",
            "Nothing was changed.",
            "Name a database of the same kind with --database.",
        )


@contextmanager
def _written_beside(
    backup: Backup, folder: Path, database_file: Path | None, heads: Path, stamp: str, *, replace: bool
) -> Iterator[Callable[[], str]]:
    """Write every file beside its place; yields what exchanges them by renaming, and returns where the old ones are."""
    draft, aside = folder / f"restoring-{stamp}{manifests.PARTIAL}", folder / f"replaced-{stamp}"
    places = [(backing.SNAPSHOTS, folder / backing.SNAPSHOTS), (backing.SETTINGS, folder / backing.SETTINGS)]
    if database_file is not None:
        places.insert(0, (backing.SQLITE_NAME, database_file))
        _nobody_has_open(database_file)
    if not heads.exists():
        places.append((backing.HEADS, heads))
    occupied = [place for _name, place in places if _is_occupied(place)]
    if occupied and not replace:
        raise Conflict(
            f"There is something in the way: {', '.join(str(each) for each in occupied)}.",
            "Nothing was changed.",
            "With --replace it is moved aside, whole, and the backup put in its place.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        for name in backup.manifest.files:
            if name != backing.SERVER_NAME:
                backing.copy_durably(backup.folder / name, draft / name)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise Unavailable(
            f"The backup could not be written: {error.strerror or error}.",
            "Everything is as it was; what was half written has been removed.",
            "Make room on that disk.",
        ) from error
    try:
        yield lambda: str(aside) if _exchange(places, draft, aside) else ""
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _exchange(places: list[tuple[str, Path]], draft: Path, aside: Path) -> bool:
    """Put the new files in place; True when something was moved aside. Raises Unavailable, with everything undone."""
    moves: list[tuple[Path, Path]] = []

    def move(old: Path, new: Path) -> None:
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(old, new)
        moves.append((old, new))

    try:
        for name, place in places:
            for old in (place, *(place.with_name(place.name + end) for end in ("-wal", "-shm"))):
                if old.exists():
                    aside.mkdir(exist_ok=True)
                    owner_only(aside)
                    move(old, aside / old.name)
            if (draft / name).exists():
                move(draft / name, place)
                sync_folder(place.parent)
    except OSError as error:
        _undo(moves, aside)
        raise Unavailable(
            f"The backup could not be put in place: {error.strerror or error}.",
            "Everything is as it was.",
            "Mend that, then try again.",
        ) from error
    return any(new.parent == aside for _old, new in moves)


def _undo(moves: list[tuple[Path, Path]], aside: Path) -> None:
    try:
        for old, new in reversed(moves):
            shutil.move(new, old)
        if aside.is_dir():
            aside.rmdir()
    except OSError as error:
        raise Unavailable(
            f"The backup was put in place by half, and could not be taken back: {error.strerror or error}.",
            f"What was there lies whole in {aside}.",
            "Move it back by hand before anything is started.",
        ) from error


def _is_occupied(place: Path) -> bool:
    return any(place.iterdir()) if place.is_dir() else place.exists() and place.stat().st_size > 0


def _nobody_has_open(path: Path) -> None:
    """Refuse while any other program has the file open: leaving WAL mode needs exclusive access."""
    if not path.exists() or not path.stat().st_size:
        return
    try:
        check_sqlite_file(path)
    except Unavailable as error:  # that is why it is being replaced; it is moved aside byte for byte
        log.warning("%s", error.what)
        return
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
    except sqlite3.OperationalError as error:
        raise Conflict(
            f"Another program has {path} open ({error}).", "Nothing was changed.", NOT_RUNNING
        ) from error


def note_restore(database: Database, folder: Path, files: AuditFiles, backup: Backup) -> Iterator[str]:
    """Enter the restore in the audit trail and among the signed heads; yields what the person has to know."""
    manifest = backup.manifest
    try:
        if files.key.exists() and files.heads.path.exists():
            note_restored(database, files)
    except Unavailable as error:
        yield f"note: the file of signed heads could not be told of it: {error}"
    with database.write() as work:
        audit.record(
            work,
            ACTOR,
            "database.restored",
            "database",
            backup.name,
            made_at=manifest.made_at.isoformat(),
            entries=manifest.audit_sequence,
        )
    try:
        sign_head(database, files)
    except Unavailable as error:
        yield f"note: {error}"
    if not (folder / "site.key").exists():
        yield "note: the site key is not here: put site.key back, or the camera passwords must be entered again."


# -- on a server ------------------------------------------------------------------------------------------------


def _server_made_free(url: URL, stamp: str, *, replace: bool) -> str:
    """Make an empty database of that name; returns the name under which the previous one lives on."""
    name = url.database or ""
    with _server(url) as connection:
        (others,) = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", (name,)
        ).fetchone() or (0,)
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


def _put_server_back(url: URL, aside: str) -> None:
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


def _load_server(backup: Backup, url: URL) -> None:
    words = ("--exit-on-error", "--single-transaction")
    process = server_tools.start("pg_restore", url, *words, backup.folder / backing.SERVER_NAME)
    server_tools.finish(process, "Restoring into the database")
