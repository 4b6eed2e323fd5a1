"""Causes faults of simulated cameras on demand, and ends them.

A fault is written `kind` or `kind:detail`, e.g. `freeze`, `packet-loss:0.2`, `clock-off:-300`, `hostile:file-uri`.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from controlroom.errors import InvalidInput
from controlroom.simulator.camera import VirtualCamera
from controlroom.simulator.condition import Hostility


class SimulatedFaultKind(StrEnum):
    """The kinds of fault. The figure after the colon, where there is one, and its default:"""

    REFUSE = "refuse"
    """Every port refuses; who was connected is cut off."""
    SILENT = "silent"
    """Connections are taken, nothing is answered, no picture comes."""
    HALF_OPEN = "half-open"
    """As if the cable were cut: old connections hang, new ones are never completed."""
    FREEZE = "freeze"
    """Packets go on, the picture stands still."""
    REBOOT = "reboot"
    """Away for so many seconds (8), then back at its home position."""
    CLOCK_OFF = "clock-off"
    """The clock runs so many seconds ahead (3600; negative: behind)."""
    WRONG_PASSWORD = "wrong-password"  # noqa: S105
    """Somebody has changed the camera's password."""
    SLOW_DRIP = "slow-drip"
    """It sends so many bytes a second (400)."""
    PACKET_LOSS = "packet-loss"
    """This share of the video packets is lost (0.05)."""
    FLAPPING = "flapping"
    """It comes and goes every so many seconds (4)."""
    FORMAT_CHANGE = "format-change"
    """Its streams change size in mid-course."""
    PORTRAIT = "portrait"
    """Its streams become upright in mid-course."""
    H265 = "h265"
    """Its streams are H.265; who watches is hung up on."""
    STAMPS = "stamps"
    """It stamps its pictures for so many a second (25), whatever it sends; 0: all the same."""
    RARE_KEYS = "rare-keys"
    """Who joins waits for a key picture so many seconds (8), while other packets come."""
    ON_DEMAND = "on-demand"
    """It starts its source when asked, in so many seconds (1), and closes it with whoever asks and does not play."""
    BUSY = "busy"
    """It hangs up one DESCRIBE and answers those of the next so many seconds (1) with 503."""
    UDP_ONLY = "udp-only"
    """It refuses every transport but UDP (461)."""
    MOVED = "moved"
    """It sends viewers on to another path of its own (302)."""
    CORRUPT = "corrupt"
    """This share of the video packets arrives with wrong bytes (0.05)."""
    ABSURD_SIZE = "absurd-size"
    """Its streams claim to be 16,000 pixels wide and high."""
    HOSTILE = "hostile"
    """It answers to do harm: bomb, huge, html, file-uri, garbage, redirect or prefix (bomb)."""


_DEFAULTS = {
    SimulatedFaultKind.REBOOT: 8.0,
    SimulatedFaultKind.CLOCK_OFF: 3600.0,
    SimulatedFaultKind.SLOW_DRIP: 400.0,
    SimulatedFaultKind.PACKET_LOSS: 0.05,
    SimulatedFaultKind.FLAPPING: 4.0,
    SimulatedFaultKind.STAMPS: 25.0,
    SimulatedFaultKind.RARE_KEYS: 8.0,
    SimulatedFaultKind.ON_DEMAND: 1.0,
    SimulatedFaultKind.BUSY: 1.0,
    SimulatedFaultKind.CORRUPT: 0.05,
}
_LIMITS = {
    SimulatedFaultKind.REBOOT: (0.1, 600.0),
    SimulatedFaultKind.CLOCK_OFF: (-1e9, 1e9),
    SimulatedFaultKind.SLOW_DRIP: (1.0, 1e6),
    SimulatedFaultKind.PACKET_LOSS: (0.0, 1.0),
    SimulatedFaultKind.FLAPPING: (0.1, 600.0),
    SimulatedFaultKind.STAMPS: (0.0, 1000.0),
    SimulatedFaultKind.RARE_KEYS: (0.1, 600.0),
    SimulatedFaultKind.ON_DEMAND: (0.1, 60.0),
    SimulatedFaultKind.BUSY: (0.1, 60.0),
    SimulatedFaultKind.CORRUPT: (0.0, 1.0),
}
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


@dataclass(frozen=True)
class SimulatedFault:
    """One fault and its size, where it has one."""

    kind: SimulatedFaultKind
    amount: float = 0.0
    hostility: Hostility = Hostility.BOMB

    def __str__(self) -> str:
        if self.kind in _DEFAULTS:
            return f"{self.kind}:{self.amount:g}"
        return f"{self.kind}:{self.hostility}" if self.kind is SimulatedFaultKind.HOSTILE else str(self.kind)


def parse_fault(text: str) -> SimulatedFault:
    """Read a fault from its written form; raises InvalidInput for an unknown one."""
    name, _, detail = text.strip().partition(":")
    try:
        kind = SimulatedFaultKind(name)
        if kind is SimulatedFaultKind.HOSTILE:
            return SimulatedFault(kind, hostility=Hostility(detail) if detail else Hostility.BOMB)
        if kind not in _DEFAULTS:
            if detail:
                raise ValueError(detail)
            return SimulatedFault(kind)
        amount = float(detail) if detail else _DEFAULTS[kind]
        low, high = _LIMITS[kind]
        if not low <= amount <= high:
            raise ValueError(detail)
    except ValueError as error:
        known = ", ".join(kind.value for kind in SimulatedFaultKind)
        raise InvalidInput(
            f"{text!r} is not a fault of a simulated camera.", "", f"There are: {known}."
        ) from error
    return SimulatedFault(kind, amount)


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
                    fault.amount if fault.kind in _DEFAULTS else True,
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
