"""A line to a server that can be cut at a chosen moment: it passes bytes on until it sees COMMIT."""

import contextlib
import socket
import threading


class CutLine:
    """Listens on a loopback port and passes everything on to `target`; `cut` says what it does at a COMMIT.

    "" passes it on; "before" drops the line without passing it on; "after" passes it on and drops the answer.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self.cut = ""
        self.refusing = False  # newcomers are turned away
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, work, *arguments) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                desk, _address = self._listener.accept()
            except OSError:
                return
            if self.refusing:
                desk.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [desk, server]
            state = {"dropping": False}
            self._start(self._pass, desk, server, state, True)
            self._start(self._pass, server, desk, state, False)

    def _pass(self, source, drain, state, from_desk) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                committing = from_desk and b"COMMIT" in data
                if committing and self.cut == "before":
                    break
                if committing and self.cut == "after":
                    state["dropping"] = True
                if not from_desk and state["dropping"]:
                    break
                drain.sendall(data)
        for each in (source, drain):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End every line."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for each in self._open:
            each.close()
