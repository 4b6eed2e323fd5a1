"""Checks whether the cameras of the register answer on the network; only with --cameras, and without their login."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from controlroom.database.engine import open_engine
from controlroom.doctor.records import CheckContext, CheckResult, ok, warn
from controlroom.errors import ControlRoomError

FAMILY = "Cameras"
AT_ONCE, WITHIN_S = 32, 3.0


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Connect to each camera's ONVIF port and close again at once: without a login no account can be locked."""
    if not context.cameras:
        return
    try:
        cameras = _register(context)
    except (SQLAlchemyError, ControlRoomError):
        yield warn(FAMILY, "Register", "may be read only by someone signed in")
        return
    if not cameras:
        yield ok(FAMILY, "Register", "no camera with an address yet")
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        troubles = list(pool.map(lambda each: _trouble(each[1], each[2]), cameras))
    silent = [
        f"{number} ({trouble})" for (number, _, _), trouble in zip(cameras, troubles, strict=True) if trouble
    ]
    if silent:
        yield warn(
            FAMILY,
            "Reachable",
            f"{len(cameras) - len(silent)} of {len(cameras)}; not: {', '.join(silent)}",
            "Their pictures and steering are missing.",
            "Check power and network of these; then `controlroom camera probe ADDRESS`.",
        )
    else:
        yield ok(FAMILY, "Reachable", f"all {len(cameras)}")


def _register(context: CheckContext) -> list[tuple[str, str, int]]:
    if context.file is not None and not context.file.exists():
        return []
    engine = open_engine(context.url)
    try:
        with engine.connect() as connection:
            query = text("SELECT number, host, port FROM cameras WHERE active AND host <> '' ORDER BY number")
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]
    finally:
        engine.dispose()


def _trouble(host: str, port: int) -> str:
    try:
        with socket.create_connection((host, port), timeout=WITHIN_S):
            return ""
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return (error.strerror or str(error)).lower()
