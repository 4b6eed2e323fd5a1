"""Waiting for a condition instead of sleeping.

A limit only ends a test that would never end. It says nothing about speed, so it is as long as a busy machine needs;
`controlroom bench` measures how quick something is.
"""

import time
from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

LIMIT_S = 60.0
LIMIT_MS = int(LIMIT_S * 1000)


def wait_until(predicate: Callable[[], object], why: str = "") -> None:
    """Return as soon as `predicate` holds; fail with `why` when it does not hold after LIMIT_S seconds."""
    deadline = time.monotonic() + LIMIT_S
    while not predicate():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {LIMIT_S} s in vain: {why or predicate}")
        time.sleep(0.01)


class PatientQtBot(QtBot):
    """A QtBot whose waits end after LIMIT_S seconds instead of five; every test's `qtbot` is one."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = LIMIT_MS) -> None:
        """Process events until `callback` holds."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = LIMIT_MS, **more: Any) -> Any:
        """A context manager that ends when `signal` was emitted."""
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitExposed(self, widget: Any, *, timeout: int = LIMIT_MS) -> Any:
        """A context manager that ends when `widget` is on the screen."""
        return super().waitExposed(widget, timeout=timeout)
