"""Announces committed changes ("incident 42 changed") to the listeners of this process.

Services announce after commit. Listeners are called on the announcing thread and must return at once (the desk's
listener only posts to the window's thread).
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """One committed change: `kind` is the record's noun ("incident"), `key` its id as text.

    `actor` is who did it where that is known; `desk` names another desk it was done at, empty for this one.
    """

    kind: str
    key: str
    actor: str = field(default="", compare=False)
    desk: str = field(default="", compare=False)


class Changes:
    """The listeners of one process."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Change], None]] = []
        self._lock = threading.Lock()

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` for every change from now on; the returned function ends that."""
        with self._lock:
            self._listeners.append(listener)

        def leave() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return leave

    def announce(self, change: Change) -> None:
        """Call every listener; one that fails is logged and does not prevent the others from hearing."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(change)
            except Exception:
                log.exception("a listener failed on %s", change)
