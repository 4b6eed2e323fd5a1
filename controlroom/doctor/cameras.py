"""Whether the cameras of the register answer on the network at all: asked only with --cameras, without their login."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from controlroom.database.engine import open_engine
from controlroom.doctor.records import Check, Given, ok, warn
from controlroom.errors import ControlRoomError

FAMILY = "Cameras"
AT_ONCE, WITHIN_S = 32, 3.0


def look(given: Given) -> Iterator[Check]:
    """A connection to each one's ONVIF port, closed again at once: no login, so none can be locked."""
    if not given.cameras:
        return
    try:
        cameras = _register(given)
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


def _register(given: Given) -> list[tuple[str, str, int]]:
    if given.file is not None and not given.file.exists():
        return []
    engine = open_engine(given.url)
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
