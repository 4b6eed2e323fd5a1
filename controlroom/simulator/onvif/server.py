"""Serves one camera's HTTP port: SOAP to the four services, and snapshots."""

import asyncio
import logging
from email.utils import format_datetime

from aiohttp import web
from aiohttp.web_request import BaseRequest

from controlroom.simulator.camera import VirtualCamera
from controlroom.simulator.condition import Hostility
from controlroom.simulator.listener import Listener
from controlroom.simulator.login_checker import LoginVerdict
from controlroom.simulator.onvif import device, imaging, media, ptz
from controlroom.simulator.onvif.certificate import own_certificate
from controlroom.simulator.onvif.hostile import drip, hostile_response, without_declarations
from controlroom.simulator.onvif.soap import (
    DEVICE,
    IMAGING,
    MEDIA,
    MOST_REQUEST,
    PTZ,
    Answer,
    Call,
    SoapFaultReply,
    SoapRequest,
    envelope,
    fault,
    parse,
)
from controlroom.simulator.settings import CameraSettings

log = logging.getLogger(__name__)

_SERVICES = {DEVICE: device, MEDIA: media, PTZ: ptz, IMAGING: imaging}
_SOAP_TYPE = "application/soap+xml"
_DONE_WITHIN_S = 15.0


class OnvifServer:
    """Answers for one camera."""

    def __init__(self, camera: VirtualCamera) -> None:
        self._camera = camera
        self._web = web.Server(self._respond, access_log=None)
        encryption = own_certificate(camera.settings) if camera.settings.https_only else None
        self.listener = Listener(self._web, encryption)

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
        if condition.hostility is Hostility.PREFIX:
            response = without_declarations(response)
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
            answer, is_open = _operation(parsed, self._camera.settings)
            refusal = self._refusal(request, parsed, is_open=is_open)
            if refusal is not None:
                return refusal
            host = (request.host or "127.0.0.1").rpartition(":")[0] or request.host
            return _reply(envelope(answer(Call(self._camera, parsed.node, host))))
        except SoapFaultReply as error:
            return _reply(fault(error), error.status)
        except Exception:
            log.exception("a simulated camera failed to answer")
            return _reply(fault(SoapFaultReply("The camera failed", "Action", sender=False)), 500)

    def _refusal(self, request: BaseRequest, parsed: SoapRequest, *, is_open: bool) -> web.Response | None:
        """Return None when the request may be answered.

        Open operations need no login, but a wrong one is still refused.
        """
        if parsed.operation == "GetSystemDateAndTime" and not self._camera.settings.sign_everything:
            return None
        verdict = self._verdict(request, parsed)
        needed = not is_open or self._camera.settings.sign_everything
        if verdict is LoginVerdict.ACCEPTED or (verdict is LoginVerdict.MISSING and not needed):
            return None
        body = fault(SoapFaultReply("Sender not authorized", "NotAuthorized"))
        by_token = parsed.token is not None and "Authorization" not in request.headers
        if by_token and not self._camera.settings.http_digest_only:
            return _reply(body, 400)
        return _reply(body, 401, self._challenge(verdict))

    def _verdict(self, request: BaseRequest, parsed: SoapRequest) -> LoginVerdict:
        logins = self._camera.logins
        header = request.headers.get("Authorization")
        if header is not None:
            return logins.digest(header, request.method, request.path_qs, counted=True)
        token = parsed.token
        if token is None or self._camera.settings.http_digest_only:
            return LoginVerdict.MISSING
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
        if verdict is not LoginVerdict.ACCEPTED:
            return web.Response(status=401, headers=self._challenge(verdict))
        picture = await asyncio.to_thread(self._camera.snapshot, name)
        return web.Response(body=picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})

    def _challenge(self, verdict: LoginVerdict) -> dict[str, str]:
        return {"WWW-Authenticate": self._camera.logins.challenge(stale=verdict is LoginVerdict.STALE)}


def _operation(request: SoapRequest, settings: CameraSettings) -> tuple[Answer, bool]:
    """Return what answers the request, and whether it is open to all.

    Raises SoapFaultReply for what is not offered.
    """
    service = _SERVICES.get(request.namespace)
    missing = (service is ptz and not settings.has_ptz) or (service is imaging and not settings.lens.fitted)
    if service is not None and not missing:
        if request.operation in service.OPEN:
            return service.OPEN[request.operation], True
        if request.operation in service.CLOSED:
            return service.CLOSED[request.operation], False
    raise SoapFaultReply("The requested action is not supported", "ActionNotSupported", sender=False)


def _reply(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=body, status=status, content_type=_SOAP_TYPE, charset="utf-8", headers=headers)
