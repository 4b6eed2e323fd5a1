"""Collects Python's cyclic garbage on the window's thread, and nowhere else.

Python collects on whichever thread happens to allocate. A widget in a reference cycle is then destroyed on a thread
that is not Qt's, and the program hangs or crashes (`docs/reliability.md`). So automatic collection is off while there
are windows, and a timer collects by Python's own thresholds. What the desk consists of once it is open is set aside
(`gc.freeze`), which makes each collection short.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject

from controlroom.ui.timers import every

EVERY_MS = 250
GENERATIONS = (2, 1, 0)


def collect_if_due() -> int | None:
    """Collect the oldest generation past its threshold; which one, None where none was. Takes milliseconds."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in GENERATIONS:
        if counts[generation] > max(1, thresholds[generation]):
            gc.collect(generation)
            return generation
    return None


def settle() -> None:
    """What is alive now stays: leave it out of every later collection."""
    gc.collect()
    gc.freeze()


@contextmanager
def collected_here() -> Iterator[None]:
    """Until the block ends, garbage is collected on this thread alone, which has to run Qt's event loop."""
    automatic = gc.isenabled()
    gc.disable()
    owner = QObject()
    timer = every(owner, EVERY_MS, collect_if_due)
    try:
        yield
    finally:
        timer.stop()
        gc.unfreeze()
        if automatic:
            gc.enable()
