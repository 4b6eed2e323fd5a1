"""Writes to an RTSP connection: replies and packets in order, as fast as the camera can."""

import asyncio

from controlroom.simulator.condition import Condition

_TICK_S = 0.1
_MOST_PENDING = 32_000


class Outlet:
    """The only writer to the client's connection; it is slow while the camera is in that condition."""

    def __init__(self, transport: asyncio.Transport, condition: Condition) -> None:
        self.condition = condition
        self._transport = transport
        self._pending = bytearray()
        self._timer: asyncio.Handle | None = None

    @property
    def waiting(self) -> int:
        """The number of bytes not yet taken by the system."""
        return self._transport.get_write_buffer_size() + len(self._pending)

    def write(self, data: bytes) -> bool:
        """Send, or queue while the camera is slow; False when a slow camera has no room for it."""
        if self._transport.is_closing():
            return False
        if not self.condition.drip and not self._pending:
            self._transport.write(data)
            return True
        if len(self._pending) > _MOST_PENDING:
            return False
        self._pending += data
        if self._timer is None:
            self._drip()
        return True

    def _drip(self) -> None:
        self._timer = None
        if self._transport.is_closing():
            self._pending.clear()
            return
        share = max(1, int(self.condition.drip * _TICK_S)) if self.condition.drip else len(self._pending)
        self._transport.write(bytes(self._pending[:share]))
        del self._pending[:share]
        if self._pending:
            self._timer = asyncio.get_running_loop().call_later(_TICK_S, self._drip)
