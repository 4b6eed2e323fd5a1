"""Checks the database (reachable, newest revision, whole, protected, with accounts), its keys, and its cameras."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from controlroom import settings
from controlroom.audit.signed_heads import SigningKey
from controlroom.audit.signing import AuditFiles
from controlroom.database import triggers, unique_keys
from controlroom.database.engine import open_engine
from controlroom.database.opening import check_sqlite_file, revisions
from controlroom.database.server_check import try_server
from controlroom.database.server_engine import is_server
from controlroom.declaration import Nouns
from controlroom.doctor.records import CheckContext, CheckResult, broken, fail, ok, warn
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.site_key import FILE_NAME, SiteKey

CAMERAS_AT_ONCE, ANSWER_WITHIN_S = 32, 3.0
_BACK = "`controlroom site-key import` brings it from another desk or from where it was kept."


def check_database(context: CheckContext) -> Iterator[CheckResult]:
    """Check it as it is: nothing is upgraded."""
    if is_server(context.url):
        found = try_server(context.url)
        if not found.good:
            yield fail("Reachable", found.what, found.meaning or "The desk does not open.", found.remedy)
            return
        yield ok("Reachable", found.what)
    else:
        path = context.file
        if path is None or not path.exists() or not path.stat().st_size:
            yield warn("File", "not there yet", remedy="`controlroom run` makes it at the first start.")
            return
        yield ok("File", f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
        try:
            check_sqlite_file(path)
        except ControlRoomError as error:
            yield broken("Whole", error)
            return
        yield ok("Whole", "SQLite's quick check finds nothing")
    yield from _inside(context)


def _inside(context: CheckContext) -> Iterator[CheckResult]:
    engine = open_engine(context.url)
    try:
        current, head = revisions(engine)
        if current != head:
            upgrade = "The next start upgrades it, after a backup."
            yield warn(
                "Revision",
                f"{current or 'none'}, this version needs {head}",
                remedy=upgrade if context.file else "Run `controlroom db upgrade`.",
            )
            return
        yield ok("Revision", f"{current}, the newest")
        yield _triggers(engine, context.nouns)
        yield _accounts(context)
    except ControlRoomError as error:
        yield broken("Revision", error)
    except SQLAlchemyError as error:
        yield fail("Reading", f"{getattr(error, 'orig', None) or type(error).__name__}")
    finally:
        engine.dispose()


def _triggers(engine: Engine, nouns: Nouns) -> CheckResult:
    with engine.connect() as connection:
        missing = triggers.missing(connection, nouns) + unique_keys.missing(connection, nouns)
    if not missing:
        return ok("Protection", "audit and log can only grow: every trigger is in place")
    return fail(
        "Protection",
        "; ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else ""),
        "Entries of the audit trail or the log could be changed without a trace in the database.",
        "Verify the trail (`controlroom audit verify`), find out who changed the database, restore from a backup.",
    )


def _accounts(context: CheckContext) -> CheckResult:
    active = context.rows("SELECT id FROM users WHERE active")
    if active is None:
        return ok("Accounts", "may be seen only after signing in")
    if not active:
        return warn("Accounts", "none yet", remedy="`controlroom run` leads through the first start.")
    return ok("Accounts", f"{len(active)} that may sign in")


def check_keys(context: CheckContext) -> Iterator[CheckResult]:
    """Check that the keys outside the database are present and fit what they encrypted or signed."""
    yield site_key(context)
    yield signing_key(context)


def site_key(context: CheckContext) -> CheckResult:
    """Check the key against the camera passwords in the database."""
    rows = context.rows("SELECT password_sealed FROM cameras WHERE active AND password_sealed <> ''")
    sealed = [row[0] for row in rows or ()]
    try:
        key = SiteKey.load(context.folder / FILE_NAME)
    except FileNotFoundError:
        if sealed:
            return fail(
                "Site key",
                f"missing, and {len(sealed)} camera passwords are sealed with it",
                "Those cameras cannot be reached. No other key is made by itself.",
                _BACK,
            )
        return warn("Site key", "none yet", remedy=_BACK if rows is None else "The first start makes it.")
    except Unavailable as error:
        return broken("Site key", error)
    closed = sum(not key.fits([each]) for each in sealed)
    if not closed:
        return ok("Site key", f"{key.fingerprint}, opens {len(sealed)} camera passwords")
    if closed == len(sealed):
        return fail(
            "Site key",
            f"{key.fingerprint} opens none of {len(sealed)} camera passwords",
            "It belongs to another database. Those cameras cannot be reached.",
            _BACK,
        )
    return warn(
        "Site key",
        f"{key.fingerprint} does not open {closed} of {len(sealed)} camera passwords",
        "Those cameras cannot be reached.",
        "Enter their passwords anew under Cameras.",
    )


def signing_key(context: CheckContext) -> CheckResult:
    """Check the key that signs the head of the audit chain against what was signed."""
    try:
        path = AuditFiles.of(context.folder, settings.load(context.folder, context.environment)).key
    except ControlRoomError as error:
        return broken("Audit key", error)
    rows = context.rows("SELECT count(*) FROM audit_signatures")
    signed = rows[0][0] if rows else 0
    if not path.exists():
        if not signed:
            made = "It is made with the first signature, within an hour."
            return warn("Audit key", "none yet", remedy=made)
        return fail(
            "Audit key",
            f"{path} is missing, and {signed} signatures were made with it",
            "The chain goes on unsigned: a cut tail could not be proven.",
            "Put it back from where it was kept, or begin a new one (`controlroom audit --help`).",
        )
    try:
        key = SigningKey.load(path)
    except Unavailable as error:
        return broken("Audit key", error)
    return ok("Audit key", f"{key.fingerprint}, {signed} signatures made")


def check_cameras(context: CheckContext) -> Iterator[CheckResult]:
    """With --cameras: connect to each camera's ONVIF port and close again; without a login no account can be locked."""
    if not context.cameras:
        return
    cameras = context.rows(
        "SELECT number, host, port FROM cameras WHERE active AND host <> '' ORDER BY number"
    )
    if cameras is None:
        yield warn("Register", "may be read only by someone signed in")
        return
    if not cameras:
        yield ok("Register", "no camera with an address yet")
        return
    with ThreadPoolExecutor(CAMERAS_AT_ONCE) as pool:
        troubles = list(pool.map(lambda each: _trouble(each.host, each.port), cameras))
    silent = [f"{each.number} ({said})" for each, said in zip(cameras, troubles, strict=True) if said]
    if not silent:
        yield ok("Reachable", f"all {len(cameras)}")
        return
    yield warn(
        "Reachable",
        f"{len(cameras) - len(silent)} of {len(cameras)}; not: {', '.join(silent)}",
        "Their pictures and steering are missing.",
        "Check power and network of these; then `controlroom camera probe ADDRESS`.",
    )


def _trouble(host: str, port: int) -> str:
    """Return what prevents a camera from answering, empty when it answers."""
    try:
        with socket.create_connection((host, port), timeout=ANSWER_WITHIN_S):
            return ""
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return (error.strerror or str(error)).lower()
