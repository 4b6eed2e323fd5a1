"""Runs the nightly care in the recorder process: sign, back up, check, remove old backups, tidy the database.

One job that fails does not prevent the others; the outcome of each is written to a file that every process of this
machine can read, and entered in the audit trail.
"""

import json
import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles, require_heads, sign_head
from controlroom.care import manifests
from controlroom.care.backup import NAMED, make_backup
from controlroom.care.checking import check
from controlroom.care.records import Health, JobOutcome, NightOutcome
from controlroom.care.trust import keys_ever
from controlroom.codec import to_plain
from controlroom.database.engine import sqlite_file
from controlroom.database.unit_of_work import Database
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.platform import write_private
from controlroom.settings import Settings

log = logging.getLogger(__name__)
OUTCOME_NAME = "care.json"
ACTOR = "nightly care"
FREE_SHARE_WORTH_IT = 0.25  # of an SQLite file: from here on it is written afresh


def run_nightly(database: Database, folder: Path, settings: Settings) -> NightOutcome:
    """Do the night's jobs on the room in `folder`: minutes for a large one. A job that fails is said in the outcome."""
    files, target = AuditFiles.of(folder, settings), folder / settings.backup_folder
    jobs: list[tuple[str, Callable[[], str]]] = [
        ("signed head", lambda: _sign(database, files)),
        ("backup", lambda: _back_up(database, folder, target, files)),
        ("old backups", lambda: _thin_out(database, target, settings, files)),
        ("check", lambda: _check(database, folder, files)),
        ("tidying", lambda: tidy(database.engine)),
    ]
    outcome = NightOutcome(database.clock.now(), tuple(_done(name, work) for name, work in jobs))
    _tell(database, folder, outcome)
    return outcome


def _done(name: str, work: Callable[[], str]) -> JobOutcome:
    started = time.monotonic()
    try:
        words, good = work(), True
    except ControlRoomError as error:
        words, good = str(error), False
    except (OSError, SQLAlchemyError, sqlite3.Error) as error:
        log.exception("the night's %s failed", name)
        words, good = str(error), False
    if not good:
        log.error("the night's %s failed: %s", name, words)
    return JobOutcome(name, good, words, round(time.monotonic() - started, 1))


def _sign(database: Database, files: AuditFiles) -> str:
    head = sign_head(database, files)
    require_heads(database, files)
    return f"entry {head.sequence:,} ({head.fingerprint})" if head else "nothing to sign yet"


def _back_up(database: Database, folder: Path, target: Path, files: AuditFiles) -> str:
    backup = make_backup(database, folder, target, files)
    size = sum(path.stat().st_size for path in backup.folder.rglob("*") if path.is_file())
    return f"{backup.name}, {size / 1_000_000:.1f} MB"


def _thin_out(database: Database, target: Path, settings: Settings, files: AuditFiles) -> str:
    with database.read() as session:
        trusted = keys_ever(session, files, {each.manifest.public_key for each in manifests.backups(target)})
    done = manifests.remove_old(target, settings, trusted)
    words = f"{len(done.gone)} taken away, {done.kept} kept"
    if not done.left:
        return words
    log.warning("backups that this room did not make: %s", "; ".join(done.left))
    more = f"; and {len(done.left) - NAMED} more" if len(done.left) > NAMED else ""
    named = "; ".join(done.left[:NAMED])
    return f"{words}; {len(done.left)} that this room did not make, left where they are: {named}{more}"


def _check(database: Database, folder: Path, files: AuditFiles) -> str:
    faults = [each for each in check(database, folder, files) if each.health is Health.FAULT]
    if faults:
        raise Unavailable("; ".join(f"{each.what}: {each.words}" for each in faults))
    return "everything as it was written"


def tidy(engine: Engine) -> str:
    """Refresh the database's statistics, and give unused space back to the system where there is much of it."""
    path = sqlite_file(str(engine.url))
    if path is not None:
        return _tidy_file(path)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        connection.invalidate()  # the time-out it was given is not for anybody else
    return "vacuumed and analysed"


def _tidy_file(path: Path) -> str:
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as connection:
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        if free <= pages * FREE_SHARE_WORTH_IT:
            return "analysed"
        connection.execute("VACUUM")
        return f"analysed, {free / pages:.0%} of the file given back"


def _tell(database: Database, folder: Path, outcome: NightOutcome) -> None:
    try:
        write_private(folder / OUTCOME_NAME, json.dumps(to_plain(outcome), indent=1).encode())
        with database.write() as work:
            failed = [job.job for job in outcome.failed]
            audit.record(work, ACTOR, "care.night", "care", f"{outcome.at:%Y-%m-%d}", failed=failed)
            work.announce("care", "night")
    except (OSError, ControlRoomError) as error:
        log.error("the night's outcome could not be written down: %s", error)
