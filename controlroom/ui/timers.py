"""Timers that ring once, some time after they were last started."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def one_shot(owner: QObject, after_ms: int, act: Callable[[], object]) -> QTimer:
    """A timer of `owner`, not started yet: each `start()` lets `act` be called once, `after_ms` later."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(act)
    return timer
