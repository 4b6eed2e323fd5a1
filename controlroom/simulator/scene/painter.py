"""Paints streets on a thread of its own, what somebody is waiting for first."""

import itertools
import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from enum import IntEnum

from controlroom.simulator.scene.backdrop import Backdrop, paint_backdrop
from controlroom.simulator.scene.mood import Mood
from controlroom.simulator.scene.painting import Street, paint_street
from controlroom.simulator.scene.plan import plan_street
from controlroom.simulator.scene.window import Window
from controlroom.simulator.settings import Light

log = logging.getLogger(__name__)

_STREETS_KEPT = 2
_END_WITHIN_S = 0.5


class Urgency(IntEnum):
    """Whose turn it is."""

    WATCHED = 0
    """Somebody waits for a picture and has none."""
    FINER = 1
    """Somebody sees a coarse picture."""
    AHEAD = 2
    """Nobody waits yet."""
    END = 3


class Painter:
    """Takes orders and works them off one by one.

    A street's surfaces (25 MB, half the time of painting) are kept only for finer pictures, which tend to be several.
    """

    def __init__(self) -> None:
        self._orders: queue.PriorityQueue[tuple[Urgency, int, Callable[[], None]]] = queue.PriorityQueue()
        self._ticket = itertools.count()
        self._kept: OrderedDict[tuple[int, Light], Street] = OrderedDict()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paint", daemon=True)
        self._thread.start()

    def order(self, urgency: Urgency, work: Callable[[], None]) -> None:
        """Do this on the painter's thread when its turn comes."""
        self._orders.put((urgency, next(self._ticket), work))

    def close(self) -> None:
        """Take no more orders; a painting under way is waited for shortly, then left to end by itself."""
        self._closed.set()
        self.order(Urgency.WATCHED, lambda: None)
        self._thread.join(_END_WITHIN_S)

    def whole(self, seed: int, mood: Mood, window: Window) -> Backdrop:
        """Paint a window and forget the street. Painter's thread only, like `piece`."""
        street = self._kept.get((seed, mood.light)) or paint_street(plan_street(seed), mood)
        return paint_backdrop(street, window)

    def piece(self, seed: int, mood: Mood, window: Window) -> Backdrop:
        """Paint a window and remember the street for the next."""
        key = (seed, mood.light)
        street = self._kept.pop(key, None) or paint_street(plan_street(seed), mood)
        self._kept[key] = street
        while len(self._kept) > _STREETS_KEPT:
            self._kept.popitem(last=False)
        return paint_backdrop(street, window)

    def _run(self) -> None:
        while not self._closed.is_set():
            _, _, work = self._orders.get()
            if self._closed.is_set():
                return
            try:
                work()
            except Exception:  # one street that cannot be painted must not darken the others
                log.exception("a simulated street could not be painted")
