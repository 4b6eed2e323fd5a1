"""What the engine's own errors mean at a desk: each kind becomes one ControlRoomError in plain words."""

import logging

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from controlroom.errors import Conflict, ControlRoomError, PermissionRefused, Unavailable

log = logging.getLogger(__name__)
# PostgreSQL's own codes (its manual, appendix A)
REFUSED_BY_A_TRIGGER = "P0001"
NOT_ALLOWED = "42501"
BUSY = {"55P03": "a lock", "40P01": "a deadlock", "40001": "a change made at the same time"}
TOO_SLOW = "57014"  # statement_timeout, or cancelled
WRONG_PASSWORD = {"28P01", "28000"}
NO_SUCH_DATABASE = "3D000"
NOT_SAVED = "Nothing was saved."
GOES_ON = "Live pictures go on; try again, and tell the administrator if it stays so."


def sqlstate(error: BaseException | None) -> str:
    """PostgreSQL's five-letter code of an error, empty when it has none (SQLite, or a lost line)."""
    return getattr(error, "sqlstate", None) or ""


def in_plain_words(error: DBAPIError | NoConnectionFree) -> ControlRoomError:
    """The error to raise instead of the engine's, which is logged here."""
    if isinstance(error, NoConnectionFree):
        log.error("every connection to the database is taken: %s", error)
        return Unavailable("The database is busy: every connection to it is taken.", NOT_SAVED, GOES_ON)
    code = sqlstate(error.orig)
    if isinstance(error, IntegrityError) or code == REFUSED_BY_A_TRIGGER:
        log.warning("the database refused a record: %s", error.orig)
        return Conflict(
            "The record was not saved: it clashes with one that exists, or with what may not be changed.",
            remedy="Reload the page and look again.",
        )
    if code == NOT_ALLOWED:
        log.warning("the database refused this person: %s", error.orig)
        return PermissionRefused(
            "The database does not allow this to the person signed in.",
            NOT_SAVED,
            "Ask the administrator, if it belongs to the work.",
        )
    if code in BUSY or _is_locked(error):
        log.warning("the database is busy (%s): %s", BUSY.get(code, "a lock"), error.orig)
        return Unavailable("The database is busy: someone else is writing.", NOT_SAVED, "Try again.")
    if code == TOO_SLOW:
        log.error("the database took too long: %s", error.orig)
        return Unavailable("The database took too long to answer.", NOT_SAVED, GOES_ON)
    if isinstance(error, OperationalError):
        log.error("the database does not answer: %s", error.orig)
        return Unavailable("The database does not answer.", NOT_SAVED, GOES_ON)
    log.error("the database failed: %s", error.orig)
    return Unavailable("The database could not do that.", f"It said: {error.orig}. {NOT_SAVED}")


def _is_locked(error: DBAPIError) -> bool:
    """SQLite's way of saying that another writer held the file for longer than we wait."""
    return "database is locked" in str(error.orig)
