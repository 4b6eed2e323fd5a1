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

from sqlalchemy import Engine

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles, note_restored, sign_head
from controlroom.care import manifests, restoring_server
from controlroom.care.backup_files import copy_durably
from controlroom.care.contents import (
    check_engine,
    check_same,
    contents_of,
    faults_in,
    reading_file,
    session_on,
)
from controlroom.care.records import Backup
from controlroom.care.restoring_server import NOT_RUNNING
from controlroom.care.trust import FOLDERS, HEADS, SERVER_NAME, SETTINGS, SQLITE_NAME, Trust, check_place
from controlroom.clock import Clock
from controlroom.database.engine import open_engine, sqlite_file
from controlroom.database.opening import check_sqlite_file, known_revisions
from controlroom.database.server_engine import is_server, parse_url
from controlroom.database.unit_of_work import Database
from controlroom.declaration import Nouns
from controlroom.errors import Conflict, InvalidInput, Unavailable
from controlroom.platform import owner_only, private_folder, sync_folder
from controlroom.processes.run_folder import running

log = logging.getLogger(__name__)
ACTOR = "command line"


@dataclass(frozen=True)
class Restored:
    """What was restored, and where the data it replaced is now (empty: nothing was there)."""

    backup: Backup
    aside: str


def restore(
    backup: Backup,
    folder: Path,
    url: str,
    clock: Clock,
    *,
    nouns: Nouns,
    heads: Path,
    replace: bool,
    trust: Trust,
) -> Restored:
    """Restore `backup` into the data folder `folder` and the database at `url` (an administrator's on a server).

    Raises Conflict when a desk is running or something is there and `replace` is not given, InvalidInput for a
    backup of a newer version or another engine, Unavailable when the backup is damaged, is not to be trusted or the
    disk is full. Until the last step everything is as it was.
    """
    _check_fits(backup, url)
    trust.check(backup)
    manifests.check_files(backup)
    if pids := running(folder / "run"):
        raise Conflict(
            f"A desk or recorder is running here (process {pids[0]}).", "Nothing was changed.", NOT_RUNNING
        )
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    if is_server(url):
        with _written_beside(backup, folder, None, heads, stamp, replace=replace) as written:
            aside = restoring_server.make_free(parse_url(url), stamp, replace=replace)
            try:
                restoring_server.load(backup, parse_url(url))
                engine = open_engine(url)
                try:
                    _check_rows(backup, engine, nouns, written.folder, trust)
                finally:
                    engine.dispose()
                files_aside = written.exchange()
            except BaseException:
                restoring_server.put_back(parse_url(url), aside)
                raise
        return Restored(
            backup, " and ".join(each for each in (aside and f"database {aside}", files_aside) if each)
        )
    database_file = sqlite_file(url)
    if database_file is None:
        raise InvalidInput("That address names no file to restore to.")
    with _written_beside(backup, folder, database_file, heads, stamp, replace=replace) as written:
        with reading_file(written.folder / SQLITE_NAME) as engine:
            check_engine(engine, SQLITE_NAME)
            _check_rows(backup, engine, nouns, written.folder, trust)
        return Restored(backup, written.exchange())


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


def _check_rows(backup: Backup, engine: Engine, nouns: Nouns, files: Path, trust: Trust) -> None:
    """Raise Unavailable unless the rows are those that were signed, and as they were written."""
    with session_on(engine, nouns) as session:
        check_same(backup.name, backup.manifest, contents_of(session, backup.manifest.made_at))
        faults = [] if trust.unsound else faults_in(session, backup.manifest, nouns, files)
    if faults:
        raise Unavailable(
            f"The records in the backup {backup.name} are not as they were written: {'; '.join(faults[:5])}.",
            "Nothing was changed.",
            "Use another backup. Where there is none: --unsound puts it back all the same.",
        )


@dataclass(frozen=True)
class _Written:
    """The files of a backup, in a folder beside their places; `exchange` puts them there."""

    folder: Path
    exchange: Callable[[], str]


@contextmanager
def _written_beside(
    backup: Backup, folder: Path, database_file: Path | None, heads: Path, stamp: str, *, replace: bool
) -> Iterator[_Written]:
    """Write every file beside its place; exchanging them, by renaming, says where the old ones are."""
    draft, aside = folder / f"restoring-{stamp}{manifests.PARTIAL}", folder / f"replaced-{stamp}"
    places = [(name, folder / name) for name in (*FOLDERS, SETTINGS)]
    if database_file is not None:
        places.insert(0, (SQLITE_NAME, database_file))
        _nobody_has_open(database_file)
    if not heads.exists():
        places.append((HEADS, heads))
    occupied = [place for _name, place in places if _is_occupied(place)]
    if occupied and not replace:
        raise Conflict(
            f"There is something in the way: {', '.join(str(each) for each in occupied)}.",
            "Nothing was changed.",
            "With --replace it is moved aside, whole, and the backup put in its place.",
        )
    try:
        _write(backup, folder, draft)
        yield _Written(draft, lambda: str(aside) if _exchange(places, draft, aside) else "")
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(backup: Backup, folder: Path, draft: Path) -> None:
    try:
        private_folder(folder)
        draft.mkdir()
        owner_only(draft)
        for name, digest in backup.manifest.files.items():
            if name != SERVER_NAME and copy_durably(check_place(backup, name), draft / name) != digest:
                raise manifests.damaged(backup, name)
    except OSError as error:
        raise Unavailable(
            f"The backup could not be written: {error.strerror or error}.",
            "Everything is as it was; what was half written has been removed.",
            "Make room on that disk.",
        ) from error


def _exchange(places: list[tuple[str, Path]], draft: Path, aside: Path) -> bool:
    """Put the new files in place; True when something was moved aside. Raises Unavailable, with everything undone."""
    moves: list[tuple[Path, Path]] = []

    def move(old: Path, new: Path) -> None:
        private_folder(new.parent)
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
            note_restored(database, files, ACTOR)
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
