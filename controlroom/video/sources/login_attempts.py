"""Remembers which logins cameras have refused, so that a wrong password is sent once and not again until someone
acts.

Many streams may share one device and login (an encoder with sixteen channels); if all of them tried a wrong password
at once, the account would be locked. Therefore one stream at a time tries a login that is not known to be good.
"""

import contextlib
import math
import threading
import time
from collections.abc import Iterator

from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, place

LoginKey = tuple[str, int, str, str]
# After that it may have been changed on the device: one stream tries it again before the others do.
GOOD_FOR_S = 10.0


def login_key(address: StreamAddress) -> LoginKey:
    """Return what makes two logins the same: device, user and password of a checked address."""
    return (*place(address), address.username, address.password)


class LoginAttempts:
    """What is known of each login: good, refused, or being tried. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._good_at: dict[LoginKey, float] = {}
        self._refused: dict[LoginKey, StreamError] = {}
        self._trying: dict[LoginKey, threading.Lock] = {}

    def forget(self, address: StreamAddress) -> None:
        """Allow a refused login to be tried again, because someone acted."""
        with self._lock:
            self._refused.pop(login_key(address), None)

    @contextlib.contextmanager
    def turn(self, address: StreamAddress) -> Iterator[None]:
        """Let the caller send the login inside the block.

        Raises the remembered StreamError if it was refused before.
        """
        key = login_key(address)
        with self._lock:
            known_good = time.monotonic() - self._good_at.get(key, -math.inf) < GOOD_FOR_S
            trying = self._trying.setdefault(key, threading.Lock())
        with contextlib.nullcontext() if known_good else trying:
            with self._lock:
                if (refusal := self._refused.get(key)) is not None:
                    raise StreamError(refusal.fault, refusal.what, refusal.meaning, refusal.remedy)
            try:
                yield
            except StreamError as error:
                with self._lock:
                    self._good_at.pop(key, None)
                    if error.fault is StreamFault.REFUSED_PASSWORD:
                        self._refused[key] = error
                raise
            with self._lock:
                self._good_at[key] = time.monotonic()
