"""Reads what desks send to the recorder and writes short answers, for every part of its HTTPS server."""

from typing import Any

from aiohttp import web

from controlroom.codec import from_json


async def values_of(request: web.Request) -> dict[str, Any]:
    """Return the request's JSON object; raises HTTPBadRequest where it is none."""
    try:
        return from_json(dict[str, Any], await request.read())
    except ValueError:
        raise web.HTTPBadRequest(reason="That is no object in JSON.") from None


def words(text: str, status: int) -> web.Response:
    """Return an answer that says why something was not done."""
    return web.json_response({"error": text}, status=status)
