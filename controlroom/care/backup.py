"""Backs up a room while its desks write: the database, the pictures, the settings and the signed heads; no keys.

A backup is a folder, written under a name ending in .partial, each file synced to disk, checked, signed, and only then
renamed. Pictures never change, so one that is in the previous backup already is shared with it by a hard link. A
backup of a room whose records are not whole is stored beside the good ones, and fails all the same.
"""

import errno
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from controlroom.audit.signed_heads import SigningKey
from controlroom.audit.signing import AuditFiles
from controlroom.audit.verification import IS_RECORDER
from controlroom.care import manifests, server_tools
from controlroom.care.backup_files import copy_files, sync
from controlroom.care.contents import check_engine, contents_of, faults_in, reading_file, session_on
from controlroom.care.records import MANIFEST, Backup, Manifest
from controlroom.care.trust import SERVER_NAME, SQLITE_NAME, faults_of, keys_of, signed
from controlroom.database.engine import sqlite_file
from controlroom.database.opening import copy_sqlite
from controlroom.database.server_engine import reading_options
from controlroom.database.unit_of_work import Database
from controlroom.errors import Unavailable
from controlroom.platform import owner_only, sync_folder

log = logging.getLogger(__name__)
NAMED = 5  # faults that are named one by one
LEFT_OUT = (
    "The keys (site.key and the audit signing key) are not in it: keep a copy of them elsewhere, under lock."
)


def make_backup(database: Database, folder: Path, target: Path, files: AuditFiles) -> Backup:
    """Back up the room in the data folder into a new dated folder below `target`; it is checked when this returns.

    Raises Unavailable when the disk is full or the copy cannot be read, and removes what was half written; and when
    the chain in it is broken, pictures are missing, or there is no key to sign it with: then it is kept, and says so.
    """
    made_at = database.clock.now().astimezone(UTC)
    final = target / manifests.named_by_time(made_at)
    draft = final.with_suffix(manifests.PARTIAL)
    with manifests.one_at_a_time(target), _nothing_half(draft):
        manifests.sweep_partial(target)
        if final.exists():
            raise Unavailable(f"There is a backup {final.name} already.", remedy="Try again in a second.")
        draft.mkdir()
        owner_only(draft)
        before = _before(target, files)
        with _copied(database, draft) as session:
            manifest = contents_of(session, made_at)
            digests, faults = copy_files(folder, draft, files.heads.path, before)
            faults += faults_in(session, manifest, database.nouns, draft, files)
        for name in (SQLITE_NAME, SERVER_NAME):
            if (draft / name).exists():
                digests[name] = manifests.digest_of(draft / name)
        manifest = _signed(replace(manifest, files=digests, faults=tuple(faults)), files)
        manifests.write_manifest(draft, manifest)
        sync(draft / MANIFEST)
        for path in (draft, *(each for each in draft.rglob("*") if each.is_dir())):
            sync_folder(path)
        draft.rename(final)
        sync_folder(target)
    log.info("backed up %s rows and %s files to %s", sum(manifest.rows.values()), len(digests), final)
    if manifest.faults:
        raise _not_whole(final, manifest)
    return Backup(final, manifest)


def _before(target: Path, files: AuditFiles) -> Backup | None:
    """The newest backup that the room signed: unchanged pictures are shared with it."""
    trusted = keys_of(files)
    return next(
        (each for each in manifests.backups(target) if not any(faults_of(each.manifest, trusted))), None
    )


def _signed(manifest: Manifest, files: AuditFiles) -> Manifest:
    try:
        if not files.key.exists() and not files.heads.path.exists():
            SigningKey.create(files.key)  # a room in which nothing was signed yet
        return signed(manifest, SigningKey.load(files.key))
    except Unavailable as error:
        return replace(manifest, faults=(*manifest.faults, f"it is not signed: {error.what}"))


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


@contextmanager
def _copied(database: Database, draft: Path) -> Iterator[Session]:
    """Copy the database into the draft; yields a session on exactly what was copied."""
    source = sqlite_file(str(database.engine.url))
    if source is None:
        with _dumped(database, draft / SERVER_NAME) as session:
            yield session
        return
    target = draft / SQLITE_NAME
    target.touch(mode=0o600)
    owner_only(target)
    copy_sqlite(source, target)
    with reading_file(target) as engine:
        check_engine(engine, target.name)
        with session_on(engine, database.nouns) as session:
            yield session


@contextmanager
def _dumped(database: Database, target: Path) -> Iterator[Session]:
    """Run pg_dump on the same moment that the session sees."""
    engine = database.engine
    with engine.connect().execution_options(**reading_options()) as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        target.touch(mode=0o600)
        owner_only(target)
        words = ["--format=custom", f"--snapshot={moment}", f"--file={target}"]
        # The recorder's role sees every row by a policy of its own; for anybody else pg_dump refuses, and should.
        if connection.scalar(text(f"SELECT {IS_RECORDER}")):
            words.append("--enable-row-security")
        dump = server_tools.start("pg_dump", server_tools.address(engine), *words)
        try:
            with session_on(connection, database.nouns) as session:
                yield session
        finally:
            server_tools.finish(dump, "The backup by pg_dump")
    sync(target)
    server_tools.run("pg_restore", f"--file={os.devnull}", target, doing="Reading the backup again")


def _not_whole(folder: Path, manifest: Manifest) -> Unavailable:
    for fault in manifest.faults:
        log.error("the backup %s is not sound: %s", folder.name, fault)
    more = f"; and {len(manifest.faults) - NAMED} more" if len(manifest.faults) > NAMED else ""
    return Unavailable(
        f"The backup {folder.name} is not sound: {'; '.join(manifest.faults[:NAMED])}{more}.",
        "It was kept, marked as such, beside the good ones, which are as they were.",
        "Run controlroom db check, and keep the backups from before until it is known what happened.",
    )
