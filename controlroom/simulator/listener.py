"""Manages a listening port that can be closed, opened again at the same number, or left hanging."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

_BACKLOG = 128
_MOST_FILLERS = 8


class Listener:
    """One TCP port."""

    def __init__(
        self, factory: Callable[[], asyncio.BaseProtocol], encryption: ssl.SSLContext | None = None
    ) -> None:
        self._factory, self._encryption = factory, encryption
        self._server: asyncio.Server | None = None
        self._hanging: list[socket.socket] = []
        self._host = ""
        self.port = 0

    async def open(self, host: str, port: int) -> None:
        """Listen; port 0 lets the system choose. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._factory, host, port, backlog=_BACKLOG, ssl=self._encryption
        )
        self._host, self.port = host, self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Refuse new connections; existing ones go on."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for each in self._hanging:
            each.close()
        self._hanging.clear()

    async def reopen(self) -> None:
        """Listen again at the same port."""
        self.close()
        await self.open(self._host, self.port)

    def hang(self) -> None:
        """Let new connections hang: the port is open, but its queue is full and nobody accepts.

        On Linux the system then drops further attempts, as if the camera had lost its power.
        """
        self.close()
        gate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        gate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        gate.bind((self._host, self.port))
        gate.listen(0)
        self._hanging.append(gate)
        for _ in range(_MOST_FILLERS):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect((self._host, self.port))
            self._hanging.append(filler)
