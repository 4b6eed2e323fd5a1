"""A camera's street kept ready: the whole of it painted at the sub stream's fineness, and finer where the lens rests.

While the head travels the coarse picture is used, so zooming in looks soft for a moment and then sharpens, as a real
lens does. All painting is done by the painter's thread; whoever draws takes what is there.
"""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum

from controlroom.simulator.scene.actors import Crowd
from controlroom.simulator.scene.lens import Lens, Window, whole_spread, window_between
from controlroom.simulator.scene.mood import Mood, mood_for
from controlroom.simulator.scene.panorama import Panorama, paint_panorama
from controlroom.simulator.scene.plan import plan_street
from controlroom.simulator.settings import Light

log = logging.getLogger(__name__)

WHOLE_FOCAL = 540.0
"""Pixels to the radian of the whole picture: a sub stream at the widest needs 533."""
_FINER_WHEN = 1.25
_FINEST = 4200.0  # finer than this the textures have nothing more to show
_FINER_KEPT = 2  # one for each stream
_MOOD_CHECK_S = 20.0
_END_WITHIN_S = 0.5


class Urgency(IntEnum):
    """Whose turn it is to be painted."""

    WATCHED = 0
    """Somebody waits for a picture and has none."""
    FINER = 1
    """Somebody sees a coarse picture, or yesterday's light."""
    AHEAD = 2
    """Nobody waits yet."""


class Painter:
    """One thread that paints, what somebody is waiting for first."""

    def __init__(self) -> None:
        self._orders: queue.PriorityQueue[tuple[Urgency, int, Callable[[], None]]] = queue.PriorityQueue()
        self._ticket = itertools.count()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paint", daemon=True)
        self._thread.start()

    def order(self, urgency: Urgency, work: Callable[[], None]) -> None:
        """Do this when its turn comes."""
        self._orders.put((urgency, next(self._ticket), work))

    def close(self) -> None:
        """Take no more orders; a painting under way is waited for shortly, then left to end by itself."""
        self._closed.set()
        self.order(Urgency.WATCHED, lambda: None)
        self._thread.join(_END_WITHIN_S)

    def _run(self) -> None:
        while not self._closed.is_set():
            _, _, work = self._orders.get()
            if self._closed.is_set():
                return
            try:
                work()
            except Exception:  # one street that cannot be painted must not darken the others
                log.exception("a simulated street could not be painted")


class Stage:
    """The street in front of one camera, shared by its streams; safe to use from several threads."""

    def __init__(self, seed: int, light: Light, painter: Painter) -> None:
        self.plan = plan_street(seed)
        self.crowd = Crowd(self.plan)
        self.painted = threading.Event()
        """Set once there is a picture."""
        self._light, self._painter = light, painter
        self._lock = threading.Lock()
        self._ordered: Urgency | None = None
        self._mood_checked = 0.0
        self._whole: Panorama | None = None
        self._finer: dict[Window, Panorama | None] = {}
        """None while it is painted."""

    def order(self, moment: datetime, urgency: Urgency = Urgency.WATCHED) -> None:
        """Have the whole street painted unless that is done or ordered with as much urgency."""
        with self._lock:
            if self._whole is None and (self._ordered is None or urgency < self._ordered):
                self._ordered = urgency
                mood = mood_for(self._light, moment)
                self._painter.order(urgency, lambda: self._paint_whole(mood))

    def panorama(self, lens: Lens, moment: datetime, *, resting: bool) -> Panorama | None:
        """The best picture there is for this view, or None; where the lens rests, a finer one is ordered."""
        self.order(moment)
        self._follow_the_sun(moment)
        with self._lock:
            whole = self._whole
            if whole is None or not resting or lens.focal < WHOLE_FOCAL * _FINER_WHEN:
                return whole
            window = _window_for(lens)
            if window not in self._finer:
                while len(self._finer) >= _FINER_KEPT:
                    self._finer.pop(next(iter(self._finer)))
                self._finer[window] = None
                self._painter.order(Urgency.FINER, lambda: self._paint_finer(whole.mood, window))
            return self._finer[window] or whole

    def _follow_the_sun(self, moment: datetime) -> None:
        with self._lock:
            now = time.monotonic()
            if self._whole is None or now - self._mood_checked < _MOOD_CHECK_S:
                return
            self._mood_checked = now
            mood = mood_for(self._light, moment)
            if mood is not self._whole.mood:
                self._painter.order(Urgency.FINER, lambda: self._paint_whole(mood))

    def _paint_whole(self, mood: Mood) -> None:
        if self._whole is not None and self._whole.mood is mood:
            return  # ordered twice: once ahead, once because somebody came
        whole = paint_panorama(self.plan, mood, window_between(*whole_spread(), WHOLE_FOCAL))
        with self._lock:
            self._whole = whole
            self._finer.clear()
        self.painted.set()

    def _paint_finer(self, mood: Mood, window: Window) -> None:
        if window in self._finer:  # else the lens has moved on since
            finer = paint_panorama(self.plan, mood, window)
            with self._lock:
                if window in self._finer and self._whole is not None and self._whole.mood is mood:
                    self._finer[window] = finer


def _window_for(lens: Lens) -> Window:
    left, right, top, bottom = lens.spread()
    edge = 4 / lens.focal
    return window_between(left - edge, right + edge, top + edge, bottom - edge, min(lens.focal, _FINEST))
