"""Looks into a copied database: can it be read, what does it hold, are its records as they were written?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from controlroom.audit.chain import head_of
from controlroom.audit.signing import AuditFiles
from controlroom.audit.verification import verify
from controlroom.care.records import Manifest
from controlroom.database.opening import known_revisions, revision_of
from controlroom.database.unit_of_work import NOUNS
from controlroom.declaration import Check, Nouns
from controlroom.errors import ControlRoomError, Unavailable


@contextmanager
def reading_file(path: Path) -> Iterator[Engine]:
    """Open an engine that can only read this SQLite file, and leaves nothing beside it."""
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true")
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def session_on(bind: Engine | Connection, nouns: Nouns) -> Iterator[Session]:
    """Open a session that only reads, and for nobody: it sees everything."""
    with Session(bind, autoflush=False, info={NOUNS: nouns}) as session:
        yield session


def check_engine(engine: Engine, name: str) -> None:
    """Check a copied SQLite file from end to end. Raises Unavailable for an unsound one."""
    with engine.connect() as connection:
        answers = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
        if answers != ["ok"]:
            raise _not_sound(f"{name}: {'; '.join(map(str, answers))}")
        if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3):
            raise _not_sound(f"rows point to rows that are not there: {[tuple(each) for each in orphans]}")


def contents_of(session: Session, made_at: datetime) -> Manifest:
    """What the database holds; the files of the backup are not known yet."""
    connection = session.connection()
    revision = revision_of(connection) or ""
    return Manifest(
        made_at, connection.dialect.name, revision, {}, rows_by_table(connection), *head_of(session)
    )


def rows_by_table(connection: Connection) -> dict[str, int]:
    """Count the rows of each table."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def looked(check: Check, session: Session, folder: Path) -> tuple[list[str], str]:
    """What a noun's check finds, and what to say if nothing. A row nobody can read is a fault and stops no other."""
    try:
        return check.look(session, folder)
    except (ValueError, TypeError, AttributeError, OverflowError, SQLAlchemyError) as error:
        return [f"a row holds what the program never writes ({type(error).__name__})"], ""


def faults_in(
    session: Session, manifest: Manifest, nouns: Nouns, folder: Path, files: AuditFiles | None = None
) -> list[str]:
    """What is not as it was written: the audit chain, and what nouns declare to be looked at, pictures in `folder`.

    `files`: with the signed heads outside the database. A database of an older version is looked at once it has been
    upgraded (`controlroom db check`).
    """
    if manifest.revision != known_revisions()[-1]:
        return []
    outside = {"heads": files.heads, "trusted": files.trusted()[0]} if files is not None else {}
    faults = [f"the audit chain: {each}" for each in verify(session, **outside).faults]
    for noun in nouns:
        for check in noun.checks:
            found, _good = looked(check, session, folder)
            faults += [f"{check.what}: {each}" for each in found]
    return faults


def check_same(name: str, manifest: Manifest, found: Manifest) -> None:
    """Raise Unavailable naming what a database holds that is not what the backup's manifest says."""
    differing = [
        f"{table} has {found.rows.get(table, 0):,} rows instead of {manifest.rows.get(table, 0):,}"
        for table in sorted({*manifest.rows, *found.rows})
        if manifest.rows.get(table) != found.rows.get(table)
    ]
    if (found.audit_sequence, found.audit_hash) != (manifest.audit_sequence, manifest.audit_hash):
        differing.append(f"the audit chain ends at entry {found.audit_sequence:,} and not as it was signed")
    if differing:
        raise Unavailable(
            f"What the backup {name} holds is not what its manifest says: {'; '.join(differing[:5])}.",
            "Nothing was changed.",
            "Use another backup.",
        )


def _not_sound(words: str) -> ControlRoomError:
    return Unavailable(
        f"The copy of the database is not sound: {words}.",
        "No backup was made of it; the ones made before are as they were.",
        "Run controlroom db check on the room itself.",
    )
