"""Listens for RTSP clients and holds every camera's streams."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

from controlroom.simulator.condition import Condition
from controlroom.simulator.listener import Listener
from controlroom.simulator.login_checker import LoginChecker
from controlroom.simulator.media.hub import Hub
from controlroom.simulator.rtsp.connection import RtspConnection
from controlroom.simulator.rtsp.demand import Demand

_CHECK_EVERY_S = 5.0
_PORT_ATTEMPTS = 50


@dataclass(frozen=True)
class StreamEntry:
    """One stream that can be asked for."""

    name: str
    hub: Hub
    logins: LoginChecker
    demand: Demand = field(default_factory=Demand)


class _Datagrams(asyncio.DatagramProtocol):
    """The server's RTCP port: a client that reports there is alive."""

    def __init__(self, server: "RtspServer") -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take a receiver report; only its sender matters."""
        self._server.heard_from(addr)


class RtspServer:
    """All streams of all cameras behind one port, `/<camera>/main` and `/<camera>/sub`."""

    def __init__(self) -> None:
        self._entries: dict[tuple[int, str], StreamEntry] = {}
        self._connections: set[RtspConnection] = set()
        self._shared = Listener(lambda: RtspConnection(self))
        self._own: dict[int, Listener] = {}
        self._healthy = Condition()
        self._checking: asyncio.Task[None] | None = None
        self._rtp: asyncio.DatagramTransport | None = None
        self._rtcp: asyncio.DatagramTransport | None = None

    @property
    def port(self) -> int:
        """The port at which every camera can be reached."""
        return self._shared.port

    @property
    def datagrams(self) -> tuple[asyncio.DatagramTransport, asyncio.DatagramTransport]:
        """The pair of UDP sockets that serve every UDP client: RTP and RTCP."""
        assert self._rtp is not None and self._rtcp is not None
        return self._rtp, self._rtcp

    @property
    def datagram_ports(self) -> tuple[int, int]:
        """Their port numbers, an even one and the next."""
        rtp, rtcp = self.datagrams
        return rtp.get_extra_info("sockname")[1], rtcp.get_extra_info("sockname")[1]

    @property
    def connections(self) -> int:
        """Clients connected now."""
        return len(self._connections)

    def add(self, camera: int, stream: str, entry: StreamEntry) -> None:
        """Offer a stream as `/<camera>/<stream>`."""
        self._entries[camera, stream] = entry

    def entry(self, camera: int, stream: str) -> StreamEntry | None:
        """Return the stream asked for."""
        return self._entries.get((camera, stream))

    def condition(self, camera: int | None) -> Condition:
        """Return a camera's condition; healthy while it is not known which camera is meant."""
        entry = self._entries.get((camera, "main")) if camera is not None else None
        return entry.hub.condition if entry else self._healthy

    async def start(self, host: str, port: int) -> None:
        """Begin to listen; port 0 lets the system choose. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        await self._shared.open(host, port)
        self._rtp, self._rtcp = await self._datagram_pair(host)
        self._checking = loop.create_task(self._check_for_ever())

    async def listen_for(self, camera: int, host: str, port: int) -> int:
        """Give a camera a port of its own as well; returns its number. Raises OSError when it is taken."""
        listener = Listener(lambda: RtspConnection(self, camera))
        await listener.open(host, port)
        self._own[camera] = listener
        return listener.port

    def listener(self, camera: int) -> Listener:
        """Return a camera's own port."""
        return self._own[camera]

    def hang_up(self, camera: int) -> None:
        """Disconnect every client of this camera."""
        for connection in [each for each in self._connections if each.place == camera]:
            connection.close()

    async def close(self) -> None:
        """Disconnect every client and stop listening."""
        if self._checking is not None:
            self._checking.cancel()
        for listener in (self._shared, *self._own.values()):
            listener.close()
        for connection in list(self._connections):
            connection.close()
        for transport in (self._rtp, self._rtcp):
            if transport is not None:
                transport.close()
        await asyncio.sleep(0)

    def opened(self, connection: RtspConnection) -> None:
        """Note that a client has connected."""
        self._connections.add(connection)

    def closed(self, connection: RtspConnection) -> None:
        """Note that a client has gone."""
        self._connections.discard(connection)

    def heard_from(self, address: tuple[str, int]) -> None:
        """Note that a UDP client has sent a report."""
        for connection in self._connections:
            if connection.report_address == address:
                connection.heard_at = time.monotonic()

    def last_heard(self) -> float:
        """Return the monotonic moment at which any client was heard from last; 0 without clients."""
        return max((connection.heard_at for connection in self._connections), default=0.0)

    def check(self, now: float) -> None:
        """Disconnect clients that send nothing any more or accept nothing; `now` is monotonic."""
        for connection in list(self._connections):
            connection.check(now)

    async def _check_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_EVERY_S)
            self.check(time.monotonic())

    async def _datagram_pair(self, host: str) -> tuple[asyncio.DatagramTransport, asyncio.DatagramTransport]:
        """Open two neighbouring free ports, the first one even as RTP wants it."""
        loop = asyncio.get_running_loop()
        for _ in range(_PORT_ATTEMPTS):
            first, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=(host, 0))
            first = cast("asyncio.DatagramTransport", first)
            port = first.get_extra_info("sockname")[1]
            if port % 2 == 0:
                try:
                    second, _ = await loop.create_datagram_endpoint(
                        lambda: _Datagrams(self), local_addr=(host, port + 1)
                    )
                except OSError:
                    pass
                else:
                    return first, cast("asyncio.DatagramTransport", second)
            first.close()
        raise OSError("no two neighbouring UDP ports are free")
