"""Serves the control API on loopback, with which tests and people inspect simulated cameras and cause faults.

GET  /cameras          every camera's state: position, orders taken, logins, watchers, pictures made
GET  /cameras/7        one of them
POST /cameras/7/clock  {"ahead_s": 90}: set its clock wrong
POST /cameras/7/tour   {"running": true}: start its own tour, or stop it
POST /cameras/7/fault  {"fault": "freeze"}: cause a fault (see `faults`)
DELETE /cameras/7/fault: end that
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from controlroom.errors import InvalidInput
from controlroom.simulator.camera import VirtualCamera
from controlroom.simulator.fault_kinds import parse_fault
from controlroom.simulator.faults import FaultInjector

_MOST = 4096


class ControlApi:
    """A small HTTP server on 127.0.0.1, whatever address the cameras use."""

    def __init__(
        self, cameras: list[VirtualCamera], faults: FaultInjector, process_state: Callable[[], dict[str, Any]]
    ) -> None:
        self._faults = faults
        self._cameras = {camera.place: camera for camera in cameras}
        self._process_state = process_state
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen; port 0 lets the system choose. Raises OSError when it is taken."""
        app = web.Application(client_max_size=_MOST)
        app.add_routes(
            [
                web.get("/cameras", self._all),
                web.get("/cameras/{place:\\d+}", self._one),
                web.post("/cameras/{place:\\d+}/clock", self._clock),
                web.post("/cameras/{place:\\d+}/tour", self._tour),
                web.post("/cameras/{place:\\d+}/fault", self._fault),
                web.delete("/cameras/{place:\\d+}/fault", self._recover),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        assert self._runner.server is not None
        server = await loop.create_server(self._runner.server, "127.0.0.1", port)
        self._server = server
        self.port = server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            self._server.close()
            await self._runner.cleanup()

    async def _all(self, _: web.Request) -> web.Response:
        cameras = [camera.state() for camera in self._cameras.values()]
        return web.json_response({"cameras": cameras, **self._process_state()})

    async def _one(self, request: web.Request) -> web.Response:
        return web.json_response(self._camera(request).state())

    async def _clock(self, request: web.Request) -> web.Response:
        values = await _values(request)
        ahead = values.get("ahead_s")
        if not isinstance(ahead, int | float):
            raise web.HTTPBadRequest(text="ahead_s is a number of seconds")
        self._camera(request).set_clock_ahead(ahead)
        return web.json_response({"ahead_s": ahead})

    async def _tour(self, request: web.Request) -> web.Response:
        values = await _values(request)
        self._camera(request).head.tour("Start" if values.get("running") else "Stop")
        return web.json_response(values)

    async def _fault(self, request: web.Request) -> web.Response:
        values = await _values(request)
        camera = self._camera(request)
        try:
            await self._faults.apply(camera.place, parse_fault(str(values.get("fault", ""))))
        except InvalidInput as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response({"fault": camera.fault})

    async def _recover(self, request: web.Request) -> web.Response:
        camera = self._camera(request)
        await self._faults.clear(camera.place)
        return web.json_response({"fault": camera.fault})

    def _camera(self, request: web.Request) -> VirtualCamera:
        camera = self._cameras.get(int(request.match_info["place"]))
        if camera is None:
            raise web.HTTPNotFound(text="no such camera")
        return camera


async def _values(request: web.Request) -> dict[str, Any]:
    """Read the request's JSON object. Only JSON is accepted, so that no web page can post here unasked."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send JSON")
    try:
        values = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="that is not JSON") from error
    if not isinstance(values, dict):
        raise web.HTTPBadRequest(text="send a JSON object")
    return values
