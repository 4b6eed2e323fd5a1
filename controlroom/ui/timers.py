"""Makes timers in one call: those that fire once, and those that fire again and again."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def one_shot(owner: QObject, after_ms: int, act: Callable[[], object]) -> QTimer:
    """A timer of `owner`, not started yet: each `start()` lets `act` be called once, `after_ms` later."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(act)
    return timer


def every(owner: QObject, ms: int, act: Callable[[], object]) -> QTimer:
    """A timer of `owner` that calls `act` every so many milliseconds, from now on."""
    timer = QTimer(owner)
    timer.timeout.connect(act)
    timer.start(ms)
    return timer
