"""Causes faults of simulated cameras on demand, and ends them; `fault_kinds` says which there are."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

from controlroom.errors import InvalidInput
from controlroom.simulator.camera import VirtualCamera
from controlroom.simulator.fault_kinds import DEFAULTS, SimulatedFault, SimulatedFaultKind

# Faults that are one value of the camera's condition: the fault's figure, or simply so.
_CONDITIONS = {
    SimulatedFaultKind.FREEZE: "frozen",
    SimulatedFaultKind.SLOW_DRIP: "drip",
    SimulatedFaultKind.PACKET_LOSS: "loss",
    SimulatedFaultKind.FORMAT_CHANGE: "other_format",
    SimulatedFaultKind.PORTRAIT: "upright",
    SimulatedFaultKind.STAMPS: "stamps_fps",
    SimulatedFaultKind.RARE_KEYS: "keys_after_s",
    SimulatedFaultKind.ON_DEMAND: "starts_in_s",
    SimulatedFaultKind.BUSY: "busy_for_s",
    SimulatedFaultKind.UDP_ONLY: "udp_only",
    SimulatedFaultKind.MOVED: "moved",
    SimulatedFaultKind.CORRUPT: "corrupt",
    SimulatedFaultKind.ABSURD_SIZE: "absurd",
}


class Ports(Protocol):
    """A camera's ports, as its faults use them."""

    async def shut(self, place: int) -> None:
        """Refuse new connections and cut off the old ones."""
        ...

    async def open(self, place: int) -> None:
        """Accept connections again at the same ports; old ones are cut off."""
        ...

    async def hang(self, place: int) -> None:
        """Let new connections hang; existing ones are left alone."""
        ...


class FaultInjector:
    """Causes faults and ends them. A camera has one fault at most: a new one replaces the old."""

    def __init__(self, cameras: list[VirtualCamera], ports: Ports) -> None:
        self._cameras = {camera.place: camera for camera in cameras}
        self._ports = ports
        self._running: dict[int, asyncio.Task[None]] = {}
        self._turns = {camera.place: asyncio.Lock() for camera in cameras}

    async def apply(self, place: int, fault: SimulatedFault) -> None:
        """Cause a fault of the camera; an earlier one ends first. Raises InvalidInput where it is not possible."""
        camera = self._cameras[place]
        if fault.kind in _RESHAPING and not camera.can_change_format:
            raise InvalidInput("Only rendered streets can change their format, not loops or footage.")
        async with self._turns[place]:
            await self._end(camera)
            camera.fault = str(fault)
            if fault.kind in _CONDITIONS:
                setattr(
                    camera.condition,
                    _CONDITIONS[fault.kind],
                    fault.amount if fault.kind in DEFAULTS else True,
                )
                camera.apply_format()
            else:
                await _BEGINNINGS[fault.kind](self, camera, fault)

    async def clear(self, place: int) -> None:
        """End the camera's fault: it is healthy and reachable."""
        async with self._turns[place]:
            await self._end(self._cameras[place])

    async def close(self) -> None:
        """End the tasks that run by themselves."""
        for place in list(self._running):
            await self._stop_task(place)

    async def _end(self, camera: VirtualCamera) -> None:
        await self._stop_task(camera.place)
        kind = SimulatedFaultKind(camera.fault.partition(":")[0]) if camera.fault else None
        camera.fault = ""
        was_mute = camera.condition.mute
        camera.condition.recover()
        camera.apply_format()
        if kind in _SHUTTING or kind is SimulatedFaultKind.H265:
            await self._ports.open(camera.place)
        elif was_mute:
            camera.restart_streams()
        if kind is SimulatedFaultKind.WRONG_PASSWORD:
            camera.logins.password = camera.settings.password
        elif kind is SimulatedFaultKind.CLOCK_OFF:
            camera.set_clock_ahead(camera.settings.clock_offset_s)
        camera.answers_discovery = True

    async def _refuse(self, camera: VirtualCamera, _: SimulatedFault) -> None:
        camera.answers_discovery = False
        await self._ports.shut(camera.place)

    async def _silent(self, camera: VirtualCamera, _: SimulatedFault) -> None:
        camera.answers_discovery = False
        camera.condition.set_mute(mute=True)

    async def _half_open(self, camera: VirtualCamera, _: SimulatedFault) -> None:
        camera.answers_discovery = False
        camera.condition.set_mute(mute=True)
        await self._ports.hang(camera.place)

    async def _reboot(self, camera: VirtualCamera, fault: SimulatedFault) -> None:
        async def away() -> None:
            await asyncio.sleep(fault.amount)
            camera.head.restart()
            camera.fault = ""
            camera.answers_discovery = True
            await self._ports.open(camera.place)

        await self._refuse(camera, fault)
        self._running[camera.place] = asyncio.create_task(away())

    async def _clock_off(self, camera: VirtualCamera, fault: SimulatedFault) -> None:
        camera.set_clock_ahead(fault.amount)

    async def _wrong_password(self, camera: VirtualCamera, _: SimulatedFault) -> None:
        camera.logins.password = secrets.token_urlsafe(12)

    async def _flapping(self, camera: VirtualCamera, fault: SimulatedFault) -> None:
        async def come_and_go() -> None:
            while True:
                await self._ports.shut(camera.place)
                await asyncio.sleep(fault.amount)
                await self._ports.open(camera.place)
                await asyncio.sleep(fault.amount)

        self._running[camera.place] = asyncio.create_task(come_and_go())

    async def _h265(self, camera: VirtualCamera, _: SimulatedFault) -> None:
        camera.condition.h265 = True
        camera.apply_format()
        await self._ports.open(camera.place)

    async def _hostile(self, camera: VirtualCamera, fault: SimulatedFault) -> None:
        camera.condition.hostility = fault.hostility

    async def _stop_task(self, place: int) -> None:
        task = self._running.pop(place, None)
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


_SHUTTING = {
    SimulatedFaultKind.REFUSE,
    SimulatedFaultKind.HALF_OPEN,
    SimulatedFaultKind.REBOOT,
    SimulatedFaultKind.FLAPPING,
}
_RESHAPING = {
    SimulatedFaultKind.FORMAT_CHANGE,
    SimulatedFaultKind.PORTRAIT,
    SimulatedFaultKind.H265,
}
_BEGINNINGS: dict[
    SimulatedFaultKind, Callable[[FaultInjector, VirtualCamera, SimulatedFault], Awaitable[None]]
] = {
    SimulatedFaultKind.REFUSE: FaultInjector._refuse,
    SimulatedFaultKind.SILENT: FaultInjector._silent,
    SimulatedFaultKind.HALF_OPEN: FaultInjector._half_open,
    SimulatedFaultKind.REBOOT: FaultInjector._reboot,
    SimulatedFaultKind.CLOCK_OFF: FaultInjector._clock_off,
    SimulatedFaultKind.WRONG_PASSWORD: FaultInjector._wrong_password,
    SimulatedFaultKind.FLAPPING: FaultInjector._flapping,
    SimulatedFaultKind.H265: FaultInjector._h265,
    SimulatedFaultKind.HOSTILE: FaultInjector._hostile,
}
