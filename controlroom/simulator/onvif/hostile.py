"""Sends what a hostile camera answers instead of a SOAP reply."""

import asyncio
import re

from aiohttp import web
from aiohttp.web_request import BaseRequest

from controlroom.simulator.condition import Condition, Hostility

_LEVELS = 9
_MOST_HUGE = 256_000_000
_TICK_S = 0.1


async def hostile_response(request: BaseRequest, condition: Condition) -> web.StreamResponse | None:
    """Return the hostile answer to this request.

    None where the normal answer itself carries the harm (a `file:` address, undeclared prefixes).
    """
    kind = condition.hostility
    if kind is Hostility.BOMB:
        return web.Response(body=bomb(), content_type="application/soap+xml", charset="utf-8")
    if kind is Hostility.HTML:
        return web.Response(text="<html><title>Router login</title><p>Welcome!", content_type="text/html")
    if kind is Hostility.GARBAGE:
        return web.Response(body=condition.garbage(20_000), content_type="application/soap+xml")
    if kind is Hostility.REDIRECT:
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"})
    if kind is Hostility.HUGE:
        return await _endless(request)
    return None


def without_declarations(whole: web.Response) -> web.Response:
    """The same reply with prefixes that only the envelope's own is declared of."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    return web.Response(
        body=re.sub(rb'\sxmlns:(?!env\b)\w+="[^"]*"', b"", body),
        status=whole.status,
        content_type=whole.content_type,
        charset=whole.charset,
    )


def bomb() -> bytes:
    """Make XML that would grow to a gigabyte if its entities were expanded."""
    entities = ['<!ENTITY a0 "ha">']
    for level in range(1, _LEVELS + 1):
        entities.append(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">')
    envelope = '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>'
    return f"<!DOCTYPE x [{''.join(entities)}]>{envelope}&a{_LEVELS};</e:Body></e:Envelope>".encode()


async def drip(request: BaseRequest, whole: web.Response, condition: Condition) -> web.StreamResponse:
    """Send a reply a few bytes at a time, for as long as the camera is in that condition."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    slow = web.StreamResponse(status=whole.status, headers=whole.headers)
    slow.content_length = len(body)
    await slow.prepare(request)
    place = 0
    while place < len(body):
        share = max(1, int(condition.drip * _TICK_S)) if condition.drip else len(body)
        await slow.write(body[place : place + share])
        place += share
        await asyncio.sleep(_TICK_S)
    await slow.write_eof()
    return slow


async def _endless(request: BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/soap+xml"})
    await response.prepare(request)
    await response.write(b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>')
    for _ in range(_MOST_HUGE // 65_536):
        await response.write(b"<x>a</x>" * 8192)
    return response
