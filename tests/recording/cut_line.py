"""A desk's own line to a camera, which a test can cut: connections stay, and nothing passes any more."""

import socket
import threading
from contextlib import ExitStack, suppress
from typing import Self


class CutLine:
    """Relays TCP from a port of its own to a camera's."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._whole = threading.Event()
        self._whole.set()
        self._closed = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._open = ExitStack()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._whole.set()
        self._server.close()
        self._open.close()

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open.callback(near.close)
                self._open.callback(far.close)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self._whole.wait()
                if self._closed.is_set():
                    return
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
