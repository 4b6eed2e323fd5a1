"""Remembers what came of each camera's login, so that a wrong password is sent once and not again by itself.

Many streams may share one device and login (an encoder with sixteen channels); if all of them tried a wrong password
at once, the account would be locked. Therefore one stream at a time tries a login that is not known to be good.

Cameras say no in many ways: 401, but also 403, 404, 400 and 503, or they hang up. As long as a login was never taken,
any such answer to it may mean the password; it is then sent again after a pause only, and the pauses grow. A camera
that may be just busy has a patient second try, as has another of its streams.
"""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, place

LoginKey = tuple[str, int, str, str]
# After that it may have been changed on the device: one stream tries it again before the others do.
GOOD_FOR_S = 10.0
PATIENCE_S = 1.0  # a camera that is busy, or hangs up: some start their source for the first who asks
FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 1800.0  # so long most cameras lock an account at most
_MAY_MEAN_THE_PASSWORD = frozenset({StreamFault.BUSY, StreamFault.NOT_A_STREAM, StreamFault.SILENT})
_DOUBT = (
    "It was asked with the user name and the password, which it has not taken yet: that may be its way to refuse "
    "them. They are sent again only after pauses that grow."
)


def login_key(address: StreamAddress) -> LoginKey:
    """Return what makes two logins the same: device, user and password of a checked address."""
    return (*place(address), address.username, address.password)


@dataclass
class Turn:
    """One sending of a login. `taken` is False where the answer does not show that it was right."""

    taken: bool = True


@dataclass
class _Known:
    """What is known of one login."""

    trying: threading.Lock = field(default_factory=threading.Lock)
    good_at: float = -math.inf
    was_taken: bool = False
    refused: StreamError | None = None
    doubts: int = 0
    doubted: str = ""
    """The address of the stream that was asked for last."""
    doubted_at: float = -math.inf
    wait_until: float = -math.inf


class LoginAttempts:
    """What is known of each login: good, refused, in doubt, or being tried. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._monotonic = threading.Lock(), monotonic
        self._known: dict[LoginKey, _Known] = {}

    def forget(self, address: StreamAddress) -> None:
        """Allow a login that was refused, or is in doubt, to be tried again, because someone acted."""
        with self._lock:
            if (known := self._known.get(login_key(address))) is not None:
                known.refused, known.doubts, known.wait_until = None, 0, -math.inf

    @contextlib.contextmanager
    def turn(self, address: StreamAddress) -> Iterator[Turn]:
        """Let the caller send the login inside the block.

        Raises the remembered StreamError if it was refused before, or is in doubt and not to be sent yet.
        """
        with self._lock:
            known = self._known.setdefault(login_key(address), _Known())
            known_good = self._monotonic() - known.good_at < GOOD_FOR_S
        with contextlib.nullcontext() if known_good else known.trying:
            with self._lock:
                if (error := known.refused) is not None and (
                    error.fault.final or self._waits(known, address)
                ):
                    raise StreamError(error.fault, error.what, error.meaning, error.remedy, error.certificate)
            turn = Turn()
            try:
                yield turn
            except StreamError as error:
                said = self._note(known, error, address)
                raise said from error
            if turn.taken:
                with self._lock:
                    known.good_at, known.was_taken = self._monotonic(), True
                    known.refused, known.doubts = None, 0

    def doubt(self, address: StreamAddress, error: StreamError) -> None:
        """Note that a login which was sent led to nothing."""
        with self._lock:
            known = self._known.setdefault(login_key(address), _Known())
        self._note(known, error, address)

    def _waits(self, known: _Known, address: StreamAddress) -> bool:
        """True while a login in doubt is not to be sent: another stream than the one that was asked for has a try."""
        another = known.doubts == 1 and address.url != known.doubted
        return self._monotonic() < (known.doubted_at + PATIENCE_S if another else known.wait_until)

    def _note(self, known: _Known, error: StreamError, address: StreamAddress) -> StreamError:
        """Note what an answer to a login means for the next one; returns it in the words that say so."""
        with self._lock:
            known.good_at = -math.inf
            if error.fault in _MAY_MEAN_THE_PASSWORD and not known.was_taken:
                known.doubted, known.doubted_at = address.url, self._monotonic()
                known.wait_until = known.doubted_at + _pause(error.fault, known.doubts)
                known.doubts += 1
                error = StreamError(error.fault, error.what, _DOUBT, error.remedy, error.certificate)
                known.refused = error
            elif error.fault is StreamFault.REFUSED_PASSWORD:
                known.refused = error
            return error


def _pause(fault: StreamFault, doubts: int) -> float:
    if fault is StreamFault.BUSY and not doubts:
        return PATIENCE_S
    return min(FIRST_PAUSE_S * 2.0 ** min(max(0, doubts - 1), 16), LONGEST_PAUSE_S)
