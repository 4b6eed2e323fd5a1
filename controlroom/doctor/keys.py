"""Checks the keys stored outside the database: for camera passwords, and for signing the audit trail."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from controlroom import settings
from controlroom.audit.signing import AuditFiles
from controlroom.audit.signing_key import SigningKey
from controlroom.database.engine import open_engine
from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.site_key import FILE_NAME, SiteKey

FAMILY = "Keys"
_BACK = "`controlroom site-key import` brings it from another desk or from where it was kept."


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Check that they are present and fit what they encrypted or signed."""
    yield site_key(context)
    yield signing_key(context)


def site_key(context: CheckContext) -> CheckResult:
    """Check the key against the passwords in the database."""
    sealed = _sealed(context)
    try:
        key = SiteKey.load(context.folder / FILE_NAME)
    except FileNotFoundError:
        if sealed:
            return fail(
                FAMILY,
                "Site key",
                f"missing, and {len(sealed)} camera passwords are sealed with it",
                "Those cameras cannot be reached. No other key is made by itself.",
                _BACK,
            )
        return warn(
            FAMILY, "Site key", "none yet", remedy="The first start makes it." if sealed == [] else _BACK
        )
    except Unavailable as error:
        return fail(FAMILY, "Site key", error.what, error.meaning, error.remedy)
    if not key.fits(sealed or ()):
        return fail(
            FAMILY,
            "Site key",
            f"{key.fingerprint} opens none of {len(sealed or ())} camera passwords",
            "It belongs to another database. Those cameras cannot be reached.",
            _BACK,
        )
    closed = sum(not key.fits([each]) for each in sealed or ())
    if closed:
        return warn(
            FAMILY,
            "Site key",
            f"{key.fingerprint} does not open {closed} of {len(sealed or ())} camera passwords",
            "Those cameras cannot be reached.",
            "Enter their passwords anew under Cameras.",
        )
    return ok(FAMILY, "Site key", f"{key.fingerprint}, opens {len(sealed or ())} camera passwords")


def signing_key(context: CheckContext) -> CheckResult:
    """Check the key that signs the head of the audit chain against what was signed."""
    try:
        path = AuditFiles.of(context.folder, settings.load(context.folder, context.environment)).key
    except ControlRoomError as error:
        return fail(FAMILY, "Audit key", error.what, error.meaning, error.remedy)
    signed = _count(context, "SELECT count(*) FROM audit_signatures")
    if not path.exists():
        if not signed:
            return warn(
                FAMILY, "Audit key", "none yet", remedy="It is made with the first signature, within an hour."
            )
        return fail(
            FAMILY,
            "Audit key",
            f"{path} is missing, and {signed} signatures were made with it",
            "The chain goes on unsigned: a cut tail could not be proven.",
            "Put it back from where it was kept, or begin a new one (`controlroom audit --help`).",
        )
    try:
        key = SigningKey.load(path)
    except Unavailable as error:
        return fail(FAMILY, "Audit key", error.what, error.meaning, error.remedy)
    return ok(FAMILY, "Audit key", f"{key.fingerprint}, {signed or 0} signatures made")


def _sealed(context: CheckContext) -> list[str] | None:
    """Read the encrypted passwords; None where they may not be read."""
    if context.file is not None and not context.file.exists():
        return []
    engine = open_engine(context.url)
    try:
        with engine.connect() as connection:
            query = text("SELECT password_sealed FROM cameras WHERE active AND password_sealed <> ''")
            return [row[0] for row in connection.execute(query)]
    except (SQLAlchemyError, ControlRoomError):
        return None
    finally:
        engine.dispose()


def _count(context: CheckContext, query: str) -> int | None:
    if context.file is not None and not context.file.exists():
        return None
    engine = open_engine(context.url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(query)).scalar_one()
    except (SQLAlchemyError, ControlRoomError):
        return None
    finally:
        engine.dispose()
