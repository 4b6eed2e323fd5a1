"""Searches the network for cameras: by discovery, or by asking each address of a range, and can be stopped."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

import shiboken6
from PySide6.QtCore import QObject, Signal

from controlroom.cameras.address_range import RangeSearch
from controlroom.cameras.devices import DiscoveredDevice
from controlroom.ui.background import Background, Task

Devices = list[DiscoveredDevice]


class Finder(Protocol):
    """Whatever reaches the network for the window; each call returns at once."""

    def discover(self) -> "Future[list[DiscoveredDevice]]": ...

    def ask_once(self, host: str, port: int) -> "Future[DiscoveredDevice | None]": ...


class NetworkSearch(QObject):
    """One search at a time. `found(title, devices)` ends it; `progressed` says in words how far it is."""

    found = Signal(str, object)
    progressed = Signal(str)

    def __init__(
        self, finder: Finder, background: Background, failed: Callable[[Exception], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._finder, self._background, self._failed = finder, background, failed
        self._task: Task | None = None
        self._range: RangeSearch | None = None

    @property
    def running(self) -> bool:
        """True while something is searched."""
        return self._task is not None

    @property
    def stoppable(self) -> bool:
        """True while the addresses of a range are asked."""
        return self._range is not None

    def discover(self, title: str) -> None:
        """Search the networks of this computer."""
        self.cancel()
        self._follow(title, self._finder.discover())

    def ask_range(self, title: str, addresses: Sequence[str], port: int) -> None:
        """Ask each address once, without a password."""
        self.cancel()
        count, answer = len(addresses), Future[Devices]()

        def tell(asked: int, found: int) -> None:
            if shiboken6.isValid(self):  # told on another thread
                self.progressed.emit(f"{asked:,} of {count:,} addresses asked, {found:,} found")

        search = self._range = RangeSearch(addresses, lambda host: self._finder.ask_once(host, port), tell)

        def run() -> None:
            try:
                answer.set_result(search.run())
            except Exception as error:  # told on the window's thread
                answer.set_exception(error)

        threading.Thread(target=run, name="address range", daemon=True).start()
        self._follow(title, answer)

    def stop(self) -> None:
        """Ask nobody else; what was found by now is told."""
        if self._range is not None:
            self._range.stop()

    def cancel(self) -> None:
        """End the search, and tell nothing of it."""
        self.stop()
        if self._task is not None:
            self._task.cancel()
        self._task = self._range = None

    def _follow(self, title: str, answer: "Future[Devices]") -> None:
        self._task = self._background.follow(
            answer, lambda devices: self._take(title, devices), self._take_error, owner=self
        )

    def _take(self, title: str, devices: Devices) -> None:
        self._task = self._range = None
        self.found.emit(title, devices)

    def _take_error(self, error: Exception) -> None:
        self._task = self._range = None
        self._failed(error)
