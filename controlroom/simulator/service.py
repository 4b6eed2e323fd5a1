"""Runs all cameras of the simulator's process: builds them, opens their ports, and closes everything at the end.

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
from controlroom.simulator.camera import VirtualCamera
from controlroom.simulator.control_api import ControlApi
from controlroom.simulator.fault_kinds import parse_fault
from controlroom.simulator.faults import FaultInjector
from controlroom.simulator.listener import Listener
from controlroom.simulator.media.hub import Hub
from controlroom.simulator.onvif.discovery import Discovery
from controlroom.simulator.onvif.server import OnvifServer
from controlroom.simulator.picture_modes import PictureMode, picture_mode
from controlroom.simulator.ptz_head import VirtualPtzHead
from controlroom.simulator.rtsp.server import RtspServer, StreamEntry
from controlroom.simulator.send_log import SendLog
from controlroom.simulator.settings import STREAM_NUMBERS, FleetOptions

log = logging.getLogger(__name__)

_REBOOT_AFTER_S = 0.3


class Simulator:
    """All cameras of one process. Use `start`, then `close`."""

    def __init__(self, options: FleetOptions) -> None:
        self._options = options
        self._mode: PictureMode | None = None
        self._rtsp = RtspServer()
        self._onvif: dict[int, OnvifServer] = {}
        self._faults: FaultInjector | None = None
        self._discovery: Discovery | None = None
        self._control: ControlApi | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._send_log: SendLog | None = None
        self.cameras: list[VirtualCamera] = []

    async def start(self) -> None:
        """Open every port. Raises Unavailable when one is taken, InvalidInput for unusable footage."""
        options = self._options
        self._mode = picture_mode(options)
        if options.send_log:
            self._send_log = SendLog.create(Path(options.send_log), len(options.cameras))
        self.cameras = [self._camera(place) for place in range(1, len(options.cameras) + 1)]
        self._faults = FaultInjector(self.cameras, _Ports(self._rtsp, self._onvif, self.cameras))
        try:
            await self._rtsp.start(options.host, options.base_port)
            for camera in self.cameras:
                await self._listen(camera)
            if options.control_port is not None:
                self._control = ControlApi(self.cameras, self._faults, self._process_state)
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
        for place, fault in options.faults.items():
            await self._faults.apply(place, parse_fault(fault))

    async def close(self) -> None:
        """Disconnect every client and end every thread."""
        if self._faults is not None:
            await self._faults.close()
        if self._discovery is not None:
            self._discovery.close()
        if self._control is not None:
            await self._control.close()
        await asyncio.gather(*(server.close() for server in self._onvif.values()))
        await self._rtsp.close()
        if self._mode is not None:
            await asyncio.to_thread(self._mode.close)

    def describe(self) -> dict[str, Any]:
        """Return what the ready line tells: every camera's addresses, no passwords."""
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

    def _camera(self, place: int) -> VirtualCamera:
        assert self._mode is not None
        settings = self._options.cameras[place - 1]
        mode = self._mode
        camera = VirtualCamera(
            place, settings, VirtualPtzHead(settings.ptz, seed=settings.seed), dict(mode.shapes)
        )
        camera.take_snapshot = lambda stream: mode.snapshot(camera, stream)
        camera.on_reboot = lambda: self._begin_reboot(place)
        loop = asyncio.get_running_loop()
        for name, shape in mode.shapes.items():
            note = self._noter(place - 1, STREAM_NUMBERS[name])
            hub = Hub(shape, mode.source(camera, shape, loop), note, camera.condition)
            camera.hubs[name] = hub
            entry = StreamEntry(f"{settings.number} {settings.name}", hub, camera.logins)
            self._rtsp.add(place, name, entry)
        return camera

    async def _listen(self, camera: VirtualCamera) -> None:
        """Open a camera's two ports: with a base port P and N cameras, camera n's are P + n and P + N + n."""
        host, base = self._options.host, self._options.base_port
        server = self._onvif[camera.place] = OnvifServer(camera)
        await server.start(host, base + camera.place if base else 0)
        own = base + len(self.cameras) + camera.place if base else 0
        camera.rtsp_port = await self._rtsp.listen_for(camera.place, host, own)

    def _begin_reboot(self, place: int) -> None:
        """Reboot a camera soon, so that the client who asked for it receives its answer first."""
        faults = self._faults
        assert faults is not None
        loop = asyncio.get_running_loop()

        def reboot() -> None:
            task = loop.create_task(faults.apply(place, parse_fault("reboot")))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        loop.call_later(_REBOOT_AFTER_S, reboot)

    def _process_state(self) -> dict[str, Any]:
        return {"connections": self._rtsp.connections, "cpu_s": time.process_time()}

    def _noter(self, index: int, stream: int) -> Callable[[int], None] | None:
        send_log = self._send_log
        if send_log is None:
            return None
        return lambda counter: send_log.note(index, stream, counter)


class _Ports:
    """The cameras' ports, as `faults` uses them."""

    def __init__(self, rtsp: RtspServer, onvif: dict[int, OnvifServer], cameras: list[VirtualCamera]) -> None:
        self._rtsp = rtsp
        self._onvif = onvif
        self._conditions = {camera.place: camera.condition for camera in cameras}

    async def shut(self, place: int) -> None:
        self._conditions[place].shut = True
        for listener in self._listeners(place):
            listener.close()
        self._hang_up(place)

    async def open(self, place: int) -> None:
        self._conditions[place].shut = False
        self._hang_up(place)
        for listener in self._listeners(place):
            await listener.reopen()

    async def hang(self, place: int) -> None:
        for listener in self._listeners(place):
            listener.hang()

    def _listeners(self, place: int) -> tuple[Listener, Listener]:
        return self._onvif[place].listener, self._rtsp.listener(place)

    def _hang_up(self, place: int) -> None:
        self._onvif[place].hang_up()
        self._rtsp.hang_up(place)


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
