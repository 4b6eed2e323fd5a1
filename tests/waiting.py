"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable


def wait_until(predicate: Callable[[], object], timeout: float = 5.0, why: str = "") -> None:
    """Return as soon as `predicate` holds; fail with `why` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not predicate():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s in vain: {why or predicate}")
        time.sleep(0.01)
