"""Backs up a room while its desks write: the database, the pictures, the settings and the signed heads; no keys.

A backup is a folder, written under a name ending in .partial, each file synced to disk, checked, and only then
renamed. Pictures never change, so one that is in the previous backup already is shared with it by a hard link.
"""

import contextlib
import errno
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from controlroom.audit.chain import head_of
from controlroom.audit.verification import IS_RECORDER, verify
from controlroom.care import manifests, server_tools
from controlroom.care.records import MANIFEST, Backup, Manifest
from controlroom.database.engine import sqlite_file
from controlroom.database.opening import copy_sqlite, revisions
from controlroom.database.server_engine import reading_options
from controlroom.database.unit_of_work import Database
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.platform import owner_only, sync_folder

log = logging.getLogger(__name__)
SQLITE_NAME, SERVER_NAME = "database.sqlite", "database.pgdump"
SNAPSHOTS, SETTINGS, HEADS = "snapshots", "settings.toml", "audit-heads.jsonl"
LEFT_OUT = (
    "The keys (site.key and the audit signing key) are not in it: keep a copy of them elsewhere, under lock."
)


def make_backup(database: Database, folder: Path, target: Path, heads: Path) -> Backup:
    """Back up the room in the data folder into a new dated folder below `target`; it is checked when this returns.

    `heads` is the file of signed heads. Raises Unavailable when the disk is full or the copy is not sound; what was
    half written is removed. A broken audit chain in it is logged, and the backup retained.
    """
    made_at = database.clock.now().astimezone(UTC)
    final = target / f"{made_at:%Y-%m-%dT%H%M%SZ}"
    draft = final.with_suffix(manifests.PARTIAL)
    with manifests.one_at_a_time(target), _nothing_half(draft):
        manifests.sweep_partial(target)
        if final.exists():
            raise Unavailable(f"There is a backup {final.name} already.", remedy="Try again in a second.")
        draft.mkdir()
        owner_only(draft)
        if sqlite_file(str(database.engine.url)) is not None:
            manifest = _copy_sqlite(database.engine, draft / SQLITE_NAME, made_at)
        else:
            manifest = _dump_server(database.engine, draft / SERVER_NAME, made_at)
        digests = _copy_files(folder, draft, heads, before=next(iter(manifests.backups(target)), None))
        for path in (draft / SQLITE_NAME, draft / SERVER_NAME):
            if path.exists():
                digests[path.name] = manifests.digest_of(path)
        manifest = replace(manifest, files=digests)
        manifests.write_manifest(draft, manifest)
        _sync(draft / MANIFEST)
        for path in (draft, *(each for each in draft.rglob("*") if each.is_dir())):
            sync_folder(path)
        draft.rename(final)
        sync_folder(target)
    log.info("backed up %s rows and %s files to %s", sum(manifest.rows.values()), len(digests), final)
    return Backup(final, manifest)


@contextmanager
def _nothing_half(draft: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, DBAPIError) as error:
        shutil.rmtree(draft, ignore_errors=True)
        full = getattr(error, "errno", None) == errno.ENOSPC or "disk is full" in str(error)
        said = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(
            f"The backup was not made: {'the disk is full' if full else said}.",
            "The room and the backups made before are as they were.",
            "Make room on that disk, or set another backup_folder." if full else "Check that disk.",
        ) from error
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _copy_sqlite(engine: Engine, target: Path, made_at: datetime) -> Manifest:
    source = sqlite_file(str(engine.url))
    assert source is not None
    target.touch(mode=0o600)
    copy_sqlite(source, target)
    return contents_of_file(target, made_at)


def contents_of_file(path: Path, made_at: datetime) -> Manifest:
    """Check a copied SQLite file from end to end, and say what it holds. Raises Unavailable for an unsound one."""
    with reading_file(path) as engine, engine.connect() as connection:
        answers = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
        if answers != ["ok"]:
            raise _not_sound(f"{path.name}: {'; '.join(map(str, answers))}")
        if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3):
            raise _not_sound(f"rows point to rows that are not there: {[tuple(each) for each in orphans]}")
        return _contents(connection, engine, made_at)


@contextmanager
def reading_file(path: Path) -> Iterator[Engine]:
    """Open an engine that can only read this SQLite file, and leaves nothing beside it."""
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true")
    try:
        yield engine
    finally:
        engine.dispose()


def _dump_server(engine: Engine, target: Path, made_at: datetime) -> Manifest:
    """Run pg_dump on the same moment at which the rows are counted and the chain is verified."""
    with engine.connect().execution_options(**reading_options()) as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        target.touch(mode=0o600)
        words = ["--format=custom", f"--snapshot={moment}", f"--file={target}"]
        # The recorder's role sees every row by a policy of its own; for anybody else pg_dump refuses, and should.
        if connection.scalar(text(f"SELECT {IS_RECORDER}")):
            words.append("--enable-row-security")
        dump = server_tools.start("pg_dump", server_tools.address(engine), *words)
        try:
            contents = _contents(connection, engine, made_at)
        finally:
            server_tools.finish(dump, "The backup by pg_dump")
    _sync(target)
    server_tools.run("pg_restore", f"--file={os.devnull}", target, doing="Reading the backup again")
    return contents


def _contents(connection: Connection, engine: Engine, made_at: datetime) -> Manifest:
    """What the database held at the moment it was copied; the files of the backup are not known yet."""
    with Session(connection) as session:
        rows, head = rows_by_table(connection), head_of(session)
        outcome = verify(session)
        if not outcome.sound:
            log.error("the audit chain in the backup is not sound: %s", outcome.fault)
        revision = revisions(engine)[0] or ""
        return Manifest(made_at, connection.dialect.name, revision, {}, rows, *head)


def rows_by_table(connection: Connection) -> dict[str, int]:
    """Count the rows of each table."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _copy_files(folder: Path, draft: Path, heads: Path, before: Backup | None) -> dict[str, str]:
    """Copy pictures, settings and signed heads; returns SHA-256 by their path in the backup."""
    digests: dict[str, str] = {}
    source = folder / SNAPSHOTS
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_file():
            name = f"{SNAPSHOTS}/{path.relative_to(source).as_posix()}"
            with contextlib.suppress(FileNotFoundError):  # a purge was quicker
                digests[name] = _share_or_copy(path, draft, name, before)
    for path, name in ((folder / SETTINGS, SETTINGS), (heads, HEADS)):
        if path.is_file():
            digests[name] = _copy(path, draft / name)
    return digests


def _share_or_copy(path: Path, draft: Path, name: str, before: Backup | None) -> str:
    target = draft / name
    target.parent.mkdir(parents=True, exist_ok=True)
    known = before.manifest.files.get(name) if before else None
    if before is not None and known is not None:
        former = before.folder / name
        with contextlib.suppress(OSError):
            if former.stat().st_size == path.stat().st_size:
                os.link(former, target)
                return known
    return _copy(path, target)


def _copy(path: Path, target: Path) -> str:
    copy_durably(path, target)
    return manifests.digest_of(target)


def copy_durably(path: Path, target: Path) -> None:
    """Copy a file for its owner alone; it is on the disk when this returns. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    owner_only(target)
    _sync(target)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _not_sound(words: str) -> ControlRoomError:
    return Unavailable(
        f"The copy of the database is not sound: {words}.",
        "No backup was made of it; the ones made before are as they were.",
        "Run controlroom db check on the room itself.",
    )
