"""Reads what desks send to the recorder, bounded, and writes short answers, for every part of its HTTPS server.

A number that is no small whole number is refused where it comes in, so that a bad one harms nobody but its sender.
"""

import asyncio
import math
from typing import Any

from aiohttp import web

from controlroom.codec import from_json

MOST_ID = 120  # characters of a desk's or camera's name
MOST_UNFINISHED = 64  # requests whose body is still on its way
BODY_S = 3.0


async def values_of(request: web.Request) -> dict[str, Any]:
    """Return the request's JSON object; raises HTTPBadRequest where it is none."""
    try:
        return from_json(dict[str, Any], await request.read())
    except ValueError:
        raise web.HTTPBadRequest(reason="That is no object in JSON.") from None


def words(text: str, status: int) -> web.Response:
    """Return an answer that says why something was not done."""
    return web.json_response({"error": text}, status=status)


def whole(value: object, most: int) -> int:
    """The whole number from 0 to `most` that was sent. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError("no number that was given")
    return value


def seconds(value: object, most: float) -> float:
    """So many seconds, `most` at most. Raises ValueError for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no seconds")
    return min(float(value), most)


def name(value: object) -> str:
    """A camera's id or a tour's name. Raises ValueError for anything that is none."""
    if not isinstance(value, str) or not 0 < len(value) <= MOST_ID or not value.isprintable():
        raise ValueError("no name")
    return value


class Bodies:
    """Waits for the bodies of requests, so many at once: of the machine with the most, the oldest is given up."""

    def __init__(self) -> None:
        self._under_way: dict[asyncio.Future[bytes], str] = {}

    async def wait_for(self, request: web.Request) -> None:
        """Return once the body is here; raises HTTPRequestTimeout for one that takes too long or was given up."""
        if not request.can_read_body:
            return
        reading = asyncio.ensure_future(request.read())
        self._under_way[reading] = request.remote or ""
        if len(self._under_way) > MOST_UNFINISHED:
            machines = list(self._under_way.values())
            most = max(set(machines), key=machines.count)
            next(each for each, of in self._under_way.items() if of == most).cancel()
        try:
            await asyncio.wait({reading}, timeout=BODY_S)
        finally:
            self._under_way.pop(reading, None)
            given_up = not reading.done()
            reading.cancel()
        if given_up or reading.cancelled():
            raise web.HTTPRequestTimeout(reason="That took too long.")
        reading.result()
