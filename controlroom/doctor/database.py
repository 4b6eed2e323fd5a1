"""Checks the database: reachable, at this version's revision, whole, its protection in place, with accounts."""

from collections.abc import Iterator

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from controlroom.database import triggers
from controlroom.database.engine import open_engine
from controlroom.database.opening import check_sqlite_file, revisions
from controlroom.database.server_check import try_server
from controlroom.database.server_engine import is_server
from controlroom.declaration import Nouns
from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.errors import ControlRoomError

FAMILY = "Database"


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Check it as it is: nothing is upgraded."""
    if is_server(context.url):
        found = try_server(context.url)
        if not found.good:
            yield fail(
                FAMILY, "Reachable", found.what, found.meaning or "The desk does not open.", found.remedy
            )
            return
        yield ok(FAMILY, "Reachable", found.what)
    else:
        path = context.file
        if path is None or not path.exists() or not path.stat().st_size:
            yield warn(
                FAMILY, "File", "not there yet", remedy="`controlroom run` makes it at the first start."
            )
            return
        yield ok(FAMILY, "File", f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
        try:
            check_sqlite_file(path)
        except ControlRoomError as error:
            yield fail(FAMILY, "Whole", error.what, error.meaning, error.remedy)
            return
        yield ok(FAMILY, "Whole", "SQLite's quick check finds nothing")
    yield from _inside(context)


def _inside(context: CheckContext) -> Iterator[CheckResult]:
    engine = open_engine(context.url)
    try:
        current, head = revisions(engine)
        if current != head:
            yield warn(
                FAMILY,
                "Revision",
                f"{current or 'none'}, this version needs {head}",
                remedy="The next start upgrades it, after a backup."
                if context.file
                else "Run `controlroom db upgrade`.",
            )
            return
        yield ok(FAMILY, "Revision", f"{current}, the newest")
        yield _triggers(engine, context.nouns)
        yield _accounts(engine)
    except ControlRoomError as error:
        yield fail(FAMILY, "Revision", error.what, error.meaning, error.remedy)
    except SQLAlchemyError as error:
        yield fail(FAMILY, "Reading", f"{getattr(error, 'orig', None) or type(error).__name__}")
    finally:
        engine.dispose()


def _triggers(engine: Engine, nouns: Nouns) -> CheckResult:
    with engine.connect() as connection:
        missing = triggers.missing(connection, nouns)
    if not missing:
        return ok(FAMILY, "Protection", "audit and log can only grow: every trigger is in place")
    return fail(
        FAMILY,
        "Protection",
        "; ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else ""),
        "Entries of the audit trail or the log could be changed without a trace in the database.",
        "Verify the trail (`controlroom audit verify`), find out who changed the database, restore from a backup.",
    )


def _accounts(engine: Engine) -> CheckResult:
    try:
        with engine.connect() as connection:
            count = connection.execute(text("SELECT count(*) FROM users WHERE active")).scalar_one()
    except SQLAlchemyError:
        return ok(FAMILY, "Accounts", "may be seen only after signing in")
    if not count:
        return warn(FAMILY, "Accounts", "none yet", remedy="`controlroom run` leads through the first start.")
    return ok(FAMILY, "Accounts", f"{count} that may sign in")
