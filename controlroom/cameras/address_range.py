"""Reads a range of addresses as people type it, and asks each of them once, at a pace, until somebody stops it.

Nothing beyond the range is asked, nothing twice, and nobody is sent a password: what asks has none.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv4Network

from controlroom.cameras.devices import DiscoveredDevice
from controlroom.errors import ControlRoomError, InvalidInput
from controlroom.hosts import read_host

MOST_ADDRESSES = 1024  # of one range
PER_SECOND = 20
AT_ONCE = 16  # addresses that have not answered yet; a silent one takes three seconds
_HINT = "Type it as 10.20.30.1-40, 10.20.30.1-10.20.31.40 or 10.20.30.0/26."

Ask = Callable[[str], "Future[DiscoveredDevice | None]"]
Progress = Callable[[int, int], object]
"""Takes how many addresses were asked and how many devices answered; called on another thread after each answer."""


def read_range(typed: str) -> list[str]:
    """Return the addresses of a range, of a network those of its hosts; raises InvalidInput."""
    text = re.sub(r"\s*[-\N{EN DASH}\N{EM DASH}]\s*", "-", unicodedata.normalize("NFKC", typed[:200]).strip())
    if "/" in text:
        found = _network(text)
    elif "-" in text:
        found = _between(*text.split("-", 1))
    else:
        found = [IPv4Address(_address(text))]
    return [str(each) for each in found]


class RangeSearch:
    """Asks every address of a range once. `run` returns the devices that answered; `stop` ends it from any thread."""

    def __init__(
        self, addresses: Sequence[str], ask: Ask, progress: Progress = lambda _asked, _found: None
    ) -> None:
        self._addresses, self._ask, self._progress = tuple(addresses), ask, progress
        self._stopped = threading.Event()
        self._room = threading.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._found: list[DiscoveredDevice] = []
        self._answered = 0
        self.asked = 0
        self.pause: Callable[[float], bool] = self._stopped.wait
        """Waits so many seconds; True when it was stopped meanwhile."""

    def stop(self) -> None:
        """Ask nobody else; what was asked already may still answer, and counts for nothing."""
        self._stopped.set()

    def run(self) -> list[DiscoveredDevice]:
        """Ask them all, in their order, and wait for the answers; when stopped, what was found by then."""
        waiting: list[Future[DiscoveredDevice | None]] = []
        for place, address in enumerate(self._addresses):
            if (place and self.pause(1 / PER_SECOND)) or not self._has_room():
                break
            self.asked += 1
            future = self._ask(address)
            waiting.append(future)
            future.add_done_callback(self._take)
        for future in waiting:
            if not self._stopped.is_set():
                future.exception()  # waits; `_take` has noted what it says
        with self._lock:
            order = {address: place for place, address in enumerate(self._addresses)}
            return sorted(self._found, key=lambda each: order.get(each.host, 0))

    def _has_room(self) -> bool:
        while not self._room.acquire(timeout=0.1):
            if self._stopped.is_set():
                return False
        return not self._stopped.is_set()

    def _take(self, future: "Future[DiscoveredDevice | None]") -> None:
        self._room.release()
        try:
            device = future.result()
        except ControlRoomError:
            device = None
        with self._lock:
            if self._stopped.is_set():
                return
            self._answered += 1
            if device is not None:
                self._found.append(device)
            told = self._answered, len(self._found)
        self._progress(*told)


def _address(text: str) -> str:
    try:
        host = read_host(text)
        return str(IPv4Address(host))
    except ValueError:
        raise InvalidInput(f"“{text[:40]}” is not an IPv4 address.", remedy=_HINT) from None


def _between(first: str, last: str) -> list[IPv4Address]:
    begin = IPv4Address(_address(first))
    if last.isascii() and last.isdecimal():
        if len(last) > 3 or str(int(last)) != last or int(last) > 255:
            raise InvalidInput(f"“{last[:20]}” is not the end of an address.", remedy=_HINT)
        last = f"{first.strip().rpartition('.')[0]}.{last}"
    end = IPv4Address(_address(last))
    if end < begin:
        raise InvalidInput(f"The range ends at {end}, before it begins.", remedy=_HINT)
    _check_size(int(end) - int(begin) + 1)
    return [IPv4Address(each) for each in range(int(begin), int(end) + 1)]


def _network(text: str) -> list[IPv4Address]:
    address, _, length = text.partition("/")
    if not re.fullmatch(r"[12]?[0-9]|3[0-2]", length):
        raise InvalidInput(f"“{text[:40]}” is not a network.", remedy=_HINT)
    network = IPv4Network(f"{_address(address)}/{length}", strict=False)
    _check_size(network.num_addresses)
    return list(network.hosts())


def _check_size(count: int) -> None:
    if count > MOST_ADDRESSES:
        raise InvalidInput(
            f"These are {count:,} addresses.",
            remedy=f"{MOST_ADDRESSES:,} are the most of one search: divide it.",
        )
