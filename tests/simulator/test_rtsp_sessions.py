"""Sessions of clients that have gone without a word come to an end; those that live are left alone."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

from controlroom.simulator.login_checker import LoginChecker
from controlroom.simulator.media.hub import Hub
from controlroom.simulator.rtsp.connection import SESSION_TIMEOUT_S
from controlroom.simulator.rtsp.server import RtspServer, StreamEntry
from controlroom.simulator.settings import SUB, numbered_cameras
from tests.simulator.rtsp_client import RtspClient
from tests.simulator.test_hub import Studio
from tests.waiting import LIMIT_S


def with_server(story: Callable[[RtspServer, Hub], Awaitable[None]]) -> None:
    """Run a story against a server in this process."""

    async def run() -> None:
        from datetime import UTC, datetime

        hub = Hub(SUB, Studio())
        server = RtspServer()
        server.add(
            1, "sub", StreamEntry("001", hub, LoginChecker(numbered_cameras(1)[0], lambda: datetime.now(UTC)))
        )
        await server.start("127.0.0.1", 0)
        try:
            await story(server, hub)
        finally:
            await server.close()

    asyncio.run(run())


async def playing(server: RtspServer, transport: str) -> RtspClient:
    """A client that plays, driven from another thread as clients are."""

    def play() -> RtspClient:
        client = RtspClient("127.0.0.1", server.port, "/1/sub")
        client.play(transport)
        return client

    return await asyncio.to_thread(play)


async def gone(server: RtspServer) -> None:
    async with asyncio.timeout(LIMIT_S):
        while server.connections:
            await asyncio.sleep(0)


def test_a_silent_udp_client_is_cut_off_after_the_announced_timeout() -> None:
    async def story(server: RtspServer, hub: Hub) -> None:
        client = await playing(server, "RTP/AVP;unicast;client_port=40000-40001")
        server.check(server.last_heard() + SESSION_TIMEOUT_S - 1)
        assert server.connections == 1 and hub.watchers == 1
        server.check(time.monotonic() + SESSION_TIMEOUT_S + 11)
        await gone(server)
        assert hub.watchers == 0
        client.socket.close()

    with_server(story)


def test_a_udp_client_that_reports_is_kept() -> None:
    async def story(server: RtspServer, hub: Hub) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reports:
            reports.bind(("127.0.0.1", 0))
            own = reports.getsockname()[1]
            client = await playing(server, f"RTP/AVP;unicast;client_port=40000-{own}")
            before = time.monotonic()
            reports.sendto(b"\x80\xc9\x00\x01\x00\x00\x00\x01", ("127.0.0.1", server.datagram_ports[1]))
            async with asyncio.timeout(LIMIT_S):
                while server.last_heard() < before:
                    await asyncio.sleep(0)
            server.check(before + SESSION_TIMEOUT_S + 9)
            assert server.connections == 1 and hub.watchers == 1
            client.socket.close()
            await gone(server)

    with_server(story)


def test_a_tcp_client_that_takes_its_packets_needs_to_say_nothing() -> None:
    async def story(server: RtspServer, hub: Hub) -> None:
        client = await playing(server, "RTP/AVP/TCP;unicast;interleaved=0-1")
        server.check(time.monotonic() + 10 * SESSION_TIMEOUT_S)
        assert server.connections == 1 and hub.watchers == 1
        client.socket.close()
        await gone(server)
        assert hub.watchers == 0

    with_server(story)


def test_a_connection_that_never_plays_is_not_kept_for_ever() -> None:
    async def story(server: RtspServer, _: Hub) -> None:
        with socket.create_connection(("127.0.0.1", server.port)):
            async with asyncio.timeout(LIMIT_S):
                while not server.connections:
                    await asyncio.sleep(0)
            server.check(time.monotonic() + SESSION_TIMEOUT_S + 11)
            await gone(server)
            assert server.connections == 0

    with_server(story)
