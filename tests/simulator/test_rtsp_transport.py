"""Packets on their way to a client: which transports are given, and how little a stuck client costs."""

import asyncio
import socket

import pytest

from controlroom.simulator.condition import Condition
from controlroom.simulator.media.hub import RtpFrame
from controlroom.simulator.rtsp.outlet import Outlet
from controlroom.simulator.rtsp.transport import MOST_WAITING, Client, RequestedTransport, TcpWire, choose


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=0-1", RequestedTransport(True, 0, 1)),
        ("RTP/AVP/TCP;unicast;interleaved=4-5;mode=play", RequestedTransport(True, 4, 5)),
        ("RTP/AVP/TCP;interleaved=2", RequestedTransport(True, 2, 3)),
        ("RTP/AVP/TCP;unicast", RequestedTransport(True, -1, -1)),
        ("rtp/avp/tcp;unicast;interleaved=0-1", RequestedTransport(True, 0, 1)),
        ("RTP/AVP;unicast;client_port=5000-5001", RequestedTransport(False, 5000, 5001)),
        ("RTP/AVP/UDP;unicast;client_port=5000-5001", RequestedTransport(False, 5000, 5001)),
        ("RTP/AVP;multicast, RTP/AVP/TCP;interleaved=0-1", RequestedTransport(True, 0, 1)),
        (
            "RTP/SAVP;unicast;client_port=1-2, RTP/AVP;unicast;client_port=6000-6001",
            RequestedTransport(False, 6000, 6001),
        ),
        ("RTP/AVP/TCP;unicast;interleaved=0-999", None),
        ("RTP/AVP;unicast;client_port=70000-70001", None),
        ("RTP/AVP;unicast;client_port=0-0", None),
        ("RTP/AVP;unicast", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_the_first_transport_that_can_be_given_is_chosen(
    header: str, asked: RequestedTransport | None
) -> None:
    assert choose(header) == asked


def frame(size: int, *, key: bool) -> RtpFrame:
    packets = [bytes(1400)] * (size // 1400)
    return RtpFrame(packets, key, 0, 0, size)


def test_a_stuck_client_costs_a_bounded_buffer_and_then_loses_pictures() -> None:
    async def stuck() -> tuple[int, int, float]:
        near, far = socket.socketpair()
        with far:
            transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=near)
            client = Client(TcpWire(Outlet(transport, Condition()), 0, 1), 1)
            for number in range(400):
                client.take(frame(14_000, key=number % 25 == 0))
                await asyncio.sleep(0)
            waiting, dropped = transport.get_write_buffer_size(), client.dropped
            stuck_for = client.wire.stuck_for_s
            transport.abort()
            return waiting, dropped, stuck_for

    waiting, dropped, stuck_for = asyncio.run(stuck())
    assert MOST_WAITING * 0.8 < waiting < MOST_WAITING + 20_000
    assert dropped > 200
    assert stuck_for >= 0


def test_a_client_that_reads_again_goes_on_at_a_key_frame() -> None:
    async def recovering() -> tuple[int, list[bool]]:
        near, far = socket.socketpair()
        far.setblocking(False)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=near)
        client = Client(TcpWire(Outlet(transport, Condition()), 0, 1), 1)
        while not client.dropped:
            client.take(frame(140_000, key=True))
        while transport.get_write_buffer_size():
            await loop.sock_recv(far, 1 << 20)
        taken = []
        for key in (False, False, True, False):
            before = client.dropped
            client.take(frame(1400, key=key))
            taken.append(client.dropped == before)
        transport.abort()
        far.close()
        return client.dropped, taken

    dropped, taken = asyncio.run(recovering())
    assert dropped >= 3
    assert taken == [False, False, True, True]
