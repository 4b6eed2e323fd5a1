"""Translates the engine's own errors: each kind becomes one ControlRoomError in plain words."""

import logging
import re

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from controlroom.database.server_engine import parse_url
from controlroom.errors import (
    Conflict,
    ControlRoomError,
    DiskRefuses,
    NotFound,
    PermissionRefused,
    Unavailable,
)

log = logging.getLogger(__name__)
# PostgreSQL's own codes (its manual, appendix A)
REFUSED_BY_A_TRIGGER = "P0001"
NOT_ALLOWED = "42501"
OUT_OF_RANGE = "22003"
BUSY = {"55P03": "a lock", "40P01": "a deadlock", "40001": "a change made at the same time"}
TOO_SLOW = "57014"  # statement_timeout, or cancelled
NOT_SAVED = "Nothing was saved."
GOES_ON = "Live pictures go on; try again, and tell the administrator if it stays so."


def sqlstate(error: BaseException | None) -> str:
    """PostgreSQL's five-letter code of an error, empty when it has none (SQLite, or a lost line)."""
    return getattr(error, "sqlstate", None) or ""


def no_such_number() -> NotFound:
    """What to raise where a record is asked for by a number of more than eight bytes, which no record has."""
    return NotFound(
        "There is no such record: its number is beyond every one there can be.",
        NOT_SAVED,
        "Look for the record again.",
    )


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
    if code == OUT_OF_RANGE and "bigint" in str(error.orig):
        return no_such_number()
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
    for part, what, remedy in _DISK:
        if not code and part in str(error.orig):
            log.error("the disk does not take what is written: %s", error.orig)
            return DiskRefuses(what, f"{NOT_SAVED} Live pictures and steering go on.", remedy)
    if isinstance(error, OperationalError):
        log.error("the database does not answer: %s", error.orig)
        return Unavailable("The database does not answer.", NOT_SAVED, GOES_ON)
    log.error("the database failed: %s", error.orig)
    return Unavailable("The database could not do that.", f"It said: {error.orig}. {NOT_SAVED}")


# What SQLite says of the disk under its file → what happened, what to do.
_DISK = (
    ("disk is full", "The disk with the data folder is full.", "Make room there; saving goes on by itself."),
    (
        "readonly database",
        "The data folder cannot be written.",
        "Mount its disk for writing, or give back the right.",
    ),
    (
        "disk I/O error",
        "The disk with the data folder fails.",
        "Tell the administrator: have the disk looked at.",
    ),
    ("malformed", "The database file is damaged.", "Tell the administrator: restore the newest backup."),
)


def _is_locked(error: DBAPIError) -> bool:
    """SQLite's way of saying that another writer held the file for longer than we wait."""
    return "database is locked" in str(error.orig)


def cannot_open(error: DBAPIError, url: str) -> ControlRoomError:
    """Why a database cannot be opened, and what to do. libpq gives no code here, only the server's words."""
    if parse_url(url).get_backend_name() != "postgresql":
        return Unavailable(
            f"The database cannot be opened: {error.orig}.",
            remedy="Check that the disk is writable and not full, then start again.",
        )
    what, remedy = connecting(str(error.orig), url)
    return Unavailable(what, "The room cannot be opened.", remedy)


def connecting(said: str, url: str | URL) -> tuple[str, str]:
    """What happened, and what to do, when a server or libpq refused a connection with these words."""
    address = parse_url(url)
    place = f"{address.host or 'this machine'}:{address.port or 5432}"
    for pattern, what, remedy in _CONNECTING:
        if re.search(pattern, said, re.IGNORECASE):
            return what.format(place=place), remedy
    last = said.strip().splitlines()[-1][:200] if said.strip() else "no reason given"
    return (
        f"The database server at {place} cannot be used: {last}.",
        "Check the address and that the server is running, then start again.",
    )


_MAY_PASS = re.compile("refused|resolve host|timeout expired|starting up|shutting down|too many|closed")


def may_pass(error: BaseException | None) -> bool:
    """True for a failure to connect that may end by itself, as when the server is stopped; not for a wrong address."""
    if isinstance(error, NoConnectionFree):
        return True
    return isinstance(error, OperationalError) and bool(_MAY_PASS.search(str(error.orig)))


# What the server or libpq says, in the words both have used for years → what happened, what to do. The first that fits.
_CONNECTING = (
    (
        r"authentication failed|no password supplied",
        "The database server at {place} does not accept this name and password.",
        "Type them again, or check this workstation's name and secret for the database with the administrator.",
    ),
    (
        r"is not permitted to log in",
        "The database server at {place} lets this name in no longer.",
        "Ask the administrator.",
    ),
    (
        r"no pg_hba.conf entry",
        "The database server at {place} does not accept this workstation.",
        "The administrator adds it to the server's pg_hba.conf.",
    ),
    (
        r'role ".*" does not exist',
        "The database server at {place} has no user of that name.",
        "Ask for it to be made: CREATE ROLE.",
    ),
    (
        r"does not exist",
        "There is no such database on the server at {place}.",
        "Check the name at the end of the address, or ask for it to be made: CREATE DATABASE.",
    ),
    (
        r"does not support SSL",
        "The database server at {place} does not speak TLS.",
        "Switch TLS on there; only on a line nobody else can read may the address end in ?sslmode=disable.",
    ),
    (
        r"SSL|certificate",
        "The certificate of the database server at {place} is not trusted.",
        "Put the authority's certificate into the data folder as database-ca.pem, or name the server as the "
        "certificate does.",
    ),
    (
        r"refused",
        "No database server answers at {place}: nothing listens there.",
        "Check the address, and that PostgreSQL runs and listens on the network; then start again.",
    ),
    (
        r"resolve|translate host name|Name or service not known|nodename nor servname",
        "The database server's name ({place}) is not known.",
        "Check the address and the network.",
    ),
    (
        r"timeout|timed out",
        "The database server at {place} does not answer.",
        "Check the network, the firewall, and that the server is running, then start again.",
    ),
    (
        r"starting up|shutting down",
        "The database server at {place} is just starting or stopping.",
        "Try again in a minute.",
    ),
    (
        r"too many",
        "The database server at {place} has no connection left.",
        "The administrator raises max_connections or closes what holds them.",
    ),
)
