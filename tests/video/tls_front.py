"""Stands in front of a plain test camera and encrypts what it says, by a certificate that can be changed."""

import contextlib
import socket
import ssl
import threading
from pathlib import Path

from tests.certificates import certificate, write_files


class TlsFront:
    """Listens on `port` of loopback and passes everything on to the camera at `behind`."""

    def __init__(self, behind: int, folder: Path) -> None:
        self._behind, self._folder = behind, folder
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[socket.socket] = []
        self._made = 0
        self.change_certificate()
        threading.Thread(target=self._serve, daemon=True).start()

    def change_certificate(self) -> None:
        """Show a new certificate from now on, and cut everybody off."""
        self._made += 1
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(
            *write_files(self._folder, f"camera{self._made}", *certificate("camera"))
        )
        for line in self._lines:
            _shut(line)

    def __enter__(self) -> "TlsFront":
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listener, *self._lines):
            _shut(each)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(plain,), daemon=True).start()

    def _join(self, plain: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            plain,
            socket.create_connection(("127.0.0.1", self._behind)) as camera,
        ):
            with self._context.wrap_socket(plain, server_side=True) as viewer:
                self._lines += [viewer, camera]
                back = threading.Thread(target=_pass_on, args=(camera, viewer), daemon=True)
                back.start()
                _pass_on(viewer, camera)
                back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for each in (source, sink):
        _shut(each)


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
