"""The HTTP side of one camera: SOAP to the three services, and snapshots. One small server for each camera's port."""

import asyncio
import logging
from email.utils import format_datetime

from aiohttp import web
from aiohttp.web_request import BaseRequest

from controlroom.simulator.camera import Camera
from controlroom.simulator.listener import Listener
from controlroom.simulator.logins import Verdict
from controlroom.simulator.onvif import device, media, ptz
from controlroom.simulator.onvif.hostile import drip, hostile_response
from controlroom.simulator.onvif.soap import (
    DEVICE,
    MEDIA,
    MOST_REQUEST,
    PTZ,
    Answer,
    Call,
    Request,
    SoapFault,
    envelope,
    fault,
    parse,
)

log = logging.getLogger(__name__)

_SERVICES = {DEVICE: device, MEDIA: media, PTZ: ptz}
_SOAP_TYPE = "application/soap+xml"
_DONE_WITHIN_S = 15.0


class OnvifServer:
    """Answers for one camera."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._web = web.Server(self._respond, access_log=None)
        self.listener = Listener(self._web)

    async def start(self, host: str, port: int) -> int:
        """Listen; port 0 lets the system choose. The port is returned. Raises OSError when it is taken."""
        await self.listener.open(host, port)
        self._camera.onvif_port = self.listener.port
        return self._camera.onvif_port

    async def close(self) -> None:
        """Hang up and stop listening."""
        self.listener.close()
        await self._web.shutdown(timeout=0.5)

    def hang_up(self) -> None:
        """Cut off every client."""
        for connection in list(self._web.connections):
            if connection.transport is not None:
                connection.transport.abort()

    async def _respond(self, request: BaseRequest) -> web.StreamResponse:
        condition = self._camera.condition
        await condition.until_speaking()
        if condition.hostility is not None:
            harm = await hostile_response(request, condition)
            if harm is not None:
                return harm
        response = await self._answer(request)
        response.headers["Server"] = self._camera.settings.make
        response.headers["Date"] = format_datetime(self._camera.now(), usegmt=True)
        return await drip(request, response, condition) if condition.drip else response

    async def _answer(self, request: BaseRequest) -> web.Response:
        if request.method == "POST" and request.path.startswith("/onvif/"):
            return await self._soap(request)
        if request.method in {"GET", "HEAD"} and request.path.startswith("/snapshot/"):
            return await self._snapshot(request)
        return web.Response(status=404 if request.method in {"GET", "HEAD", "POST"} else 405)

    async def _soap(self, request: BaseRequest) -> web.Response:
        if (request.content_length or 0) > MOST_REQUEST:
            return web.Response(status=413)
        try:
            async with asyncio.timeout(_DONE_WITHIN_S):
                body = await request.content.read(MOST_REQUEST + 1)
                while not request.content.at_eof() and len(body) <= MOST_REQUEST:
                    body += await request.content.read(MOST_REQUEST + 1 - len(body))
        except TimeoutError:
            return web.Response(status=408)
        if len(body) > MOST_REQUEST:
            return web.Response(status=413)
        try:
            parsed = parse(body)
            answer, is_open = _operation(parsed, has_ptz=self._camera.settings.has_ptz)
            refusal = self._refusal(request, parsed, is_open=is_open)
            if refusal is not None:
                return refusal
            host = (request.host or "127.0.0.1").rpartition(":")[0] or request.host
            return _reply(envelope(answer(Call(self._camera, parsed.node, host))))
        except SoapFault as error:
            return _reply(fault(error), error.status)
        except Exception:
            log.exception("a simulated camera failed to answer")
            return _reply(fault(SoapFault("The camera failed", "Action", sender=False)), 500)

    def _refusal(self, request: BaseRequest, parsed: Request, *, is_open: bool) -> web.Response | None:
        """None when the request may be answered. Open operations need no login, but a wrong one is still wrong."""
        if parsed.operation == "GetSystemDateAndTime" and not self._camera.settings.sign_everything:
            return None
        verdict = self._verdict(request, parsed)
        needed = not is_open or self._camera.settings.sign_everything
        if verdict is Verdict.ACCEPTED or (verdict is Verdict.MISSING and not needed):
            return None
        body = fault(SoapFault("Sender not authorized", "NotAuthorized"))
        by_token = parsed.token is not None and "Authorization" not in request.headers
        if by_token and not self._camera.settings.http_digest_only:
            return _reply(body, 400)
        return _reply(body, 401, self._challenge(verdict))

    def _verdict(self, request: BaseRequest, parsed: Request) -> Verdict:
        logins = self._camera.logins
        header = request.headers.get("Authorization")
        if header is not None:
            return logins.digest(header, request.method, request.path_qs, counted=True)
        token = parsed.token
        if token is None or self._camera.settings.http_digest_only:
            return Verdict.MISSING
        return logins.token(
            token.username, token.password if token.is_digest else "", token.nonce, token.created
        )

    async def _snapshot(self, request: BaseRequest) -> web.Response:
        name = request.path.removeprefix("/snapshot/").removesuffix(".jpg")
        if name not in self._camera.shapes:
            return web.Response(status=404)
        verdict = self._camera.logins.digest(
            request.headers.get("Authorization"), request.method, request.path_qs, counted=True
        )
        if verdict is not Verdict.ACCEPTED:
            return web.Response(status=401, headers=self._challenge(verdict))
        picture = await asyncio.to_thread(self._camera.snapshot, name)
        return web.Response(body=picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})

    def _challenge(self, verdict: Verdict) -> dict[str, str]:
        return {"WWW-Authenticate": self._camera.logins.challenge(stale=verdict is Verdict.STALE)}


def _operation(request: Request, *, has_ptz: bool) -> tuple[Answer, bool]:
    """What answers the request, and whether it is open to all; raises SoapFault for what is not offered."""
    service = _SERVICES.get(request.namespace)
    if service is not None and (has_ptz or service is not ptz):
        if request.operation in service.OPEN:
            return service.OPEN[request.operation], True
        if request.operation in service.CLOSED:
            return service.CLOSED[request.operation], False
    raise SoapFault("The requested action is not supported", "ActionNotSupported", sender=False)


def _reply(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=body, status=status, content_type=_SOAP_TYPE, charset="utf-8", headers=headers)
