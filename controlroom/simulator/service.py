"""The simulator's process: builds the cameras, opens their ports, and takes everything down again.

In order: picture mode → RTSP server → each camera's ONVIF server → discovery → control API → the ready line.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from controlroom.errors import Unavailable
from controlroom.simulator.camera import Camera
from controlroom.simulator.control import ControlServer
from controlroom.simulator.media.hub import Hub
from controlroom.simulator.onvif.discovery import Discovery
from controlroom.simulator.onvif.server import OnvifServer
from controlroom.simulator.picture_modes import PictureMode, picture_mode
from controlroom.simulator.ptz_head import PtzHead
from controlroom.simulator.rtsp.server import RtspServer, StreamEntry
from controlroom.simulator.send_log import SendLog
from controlroom.simulator.settings import STREAM_NUMBERS, FleetOptions

log = logging.getLogger(__name__)


class Simulator:
    """All cameras of one process. Use `start`, then `close`."""

    def __init__(self, options: FleetOptions) -> None:
        self._options = options
        self._mode: PictureMode | None = None
        self._rtsp = RtspServer()
        self._onvif: list[OnvifServer] = []
        self._discovery: Discovery | None = None
        self._control: ControlServer | None = None
        self._send_log: SendLog | None = None
        self.cameras: list[Camera] = []

    async def start(self) -> None:
        """Open every port. Raises Unavailable when one is taken, InvalidInput for unusable footage."""
        options = self._options
        self._mode = picture_mode(options)
        if options.send_log:
            self._send_log = SendLog.create(Path(options.send_log), len(options.cameras))
        self.cameras = [self._camera(place) for place in range(1, len(options.cameras) + 1)]
        try:
            await self._rtsp.start(options.host, options.base_port)
            for camera in self.cameras:
                camera.rtsp_port = self._rtsp.port
                server = OnvifServer(camera)
                port = options.base_port + camera.place if options.base_port else 0
                await server.start(options.host, port)
                self._onvif.append(server)
            if options.control_port is not None:
                self._control = ControlServer(self.cameras, self._process_state)
                await self._control.start(options.control_port)
        except OSError as error:
            raise Unavailable(
                f"The simulated cameras cannot listen: {error.strerror or error}.",
                "",
                "Another program may use the ports: choose another --base-port, or 0 for free ones.",
            ) from error
        if options.discovery:
            self._discovery = Discovery(self.cameras, options.host)
            await self._discovery.start()
        await asyncio.to_thread(self._mode.ready)

    async def close(self) -> None:
        """Hang up on everybody and end every thread."""
        if self._discovery is not None:
            self._discovery.close()
        if self._control is not None:
            await self._control.close()
        await asyncio.gather(*(server.close() for server in self._onvif))
        await self._rtsp.close()
        if self._mode is not None:
            await asyncio.to_thread(self._mode.close)

    def describe(self) -> dict[str, Any]:
        """What the ready line tells: every camera's addresses, no passwords."""
        host = self._options.host
        return {
            "ready": True,
            "rtsp_port": self._rtsp.port,
            "control_port": self._control.port if self._control else None,
            "cameras": [
                {
                    "place": camera.place,
                    "number": camera.settings.number,
                    "name": camera.settings.name,
                    "host": host,
                    "onvif_port": camera.onvif_port,
                    "rtsp_port": camera.rtsp_port,
                    "main": camera.stream_url("main", host),
                    "sub": camera.stream_url("sub", host),
                    "user": camera.settings.username,
                }
                for camera in self.cameras
            ],
        }

    def _camera(self, place: int) -> Camera:
        assert self._mode is not None
        settings = self._options.cameras[place - 1]
        mode = self._mode
        camera = Camera(place, settings, PtzHead(settings.ptz, seed=settings.seed), mode.shapes)
        camera.take_snapshot = lambda stream: mode.snapshot(camera, stream)
        loop = asyncio.get_running_loop()
        for name, shape in mode.shapes.items():
            hub = Hub(shape, mode.source(camera, shape, loop), self._noter(place - 1, STREAM_NUMBERS[name]))
            camera.hubs[name] = hub
            entry = StreamEntry(f"{settings.number} {settings.name}", hub, camera.logins)
            self._rtsp.add(place, name, entry)
        return camera

    def _process_state(self) -> dict[str, Any]:
        return {"connections": self._rtsp.connections, "cpu_s": time.process_time()}

    def _noter(self, index: int, stream: int) -> Callable[[int], None] | None:
        send_log = self._send_log
        if send_log is None:
            return None
        return lambda counter: send_log.note(index, stream, counter)


async def run(options: FleetOptions, ready: Callable[[Simulator], None], ended: asyncio.Event) -> None:
    """Run the cameras until `ended` is set; `ready(simulator)` is called when all of them can be reached."""
    simulator = Simulator(options)
    try:
        await simulator.start()
        ready(simulator)
        await ended.wait()
    finally:
        with contextlib.suppress(Exception):
            await simulator.close()
