"""A camera's street kept ready: the whole of it painted at the sub stream's fineness, and finer where the lens rests.

While the head travels the coarse picture is used, so zooming in looks soft for a moment and then sharpens, as a real
lens does. All painting is done by the painter's thread; whoever draws takes what is there.
"""

import threading
import time
from collections import OrderedDict
from datetime import datetime

from controlroom.simulator.scene.actors import Crowd
from controlroom.simulator.scene.backdrop import Backdrop, GroundLight
from controlroom.simulator.scene.lens import Lens, whole_spread
from controlroom.simulator.scene.mood import Mood, mood_for
from controlroom.simulator.scene.painter import Painter, Urgency
from controlroom.simulator.scene.plan import plan_street
from controlroom.simulator.scene.window import Window, window_between
from controlroom.simulator.settings import Light

WHOLE_FOCAL = 540.0
"""Pixels to the radian of the whole picture: a sub stream at the widest needs 533."""
_FINER_WHEN = 1.25
_FINEST = 4200.0  # finer than this the textures have nothing more to show
_FINER_KEPT = 2  # one for each stream
_MOOD_CHECK_S = 20.0


class Stage:
    """The street in front of one camera, shared by its streams; safe to use from several threads."""

    def __init__(self, seed: int, light: Light, painter: Painter) -> None:
        self.plan = plan_street(seed)
        self.crowd = Crowd(self.plan)
        self.painted = threading.Event()
        """Set once there is a picture."""
        self._seed = seed
        self._light = light
        self._painter = painter
        self._lock = threading.Lock()
        self._mood: Mood | None = None
        self._mood_checked = -_MOOD_CHECK_S
        self._ordered_for: Urgency | None = None
        self._whole: Backdrop | None = None
        self._ground_light: GroundLight | None = None
        self._finer: OrderedDict[Window, Backdrop] = OrderedDict()
        self._asked: set[Window] = set()

    @property
    def mood(self) -> Mood:
        """The mood last painted; only once `painted`."""
        assert self._mood is not None
        return self._mood

    @property
    def light(self) -> GroundLight:
        """The light on whoever passes; only once `painted`."""
        assert self._ground_light is not None
        return self._ground_light

    def order(self, moment: datetime, urgency: Urgency = Urgency.WATCHED) -> None:
        """Have the whole street painted unless that is done or ordered with as much urgency."""
        with self._lock:
            if self._whole is None and (self._ordered_for is None or urgency < self._ordered_for):
                self._ordered_for = urgency
                mood = mood_for(self._light, moment)
                self._painter.order(urgency, lambda: self._paint_whole(mood))

    def backdrop(self, lens: Lens, moment: datetime) -> Backdrop | None:
        """The best picture there is for this view, None while there is none; a finer one is ordered where it helps."""
        self.order(moment)
        self._follow_the_sun(moment)
        with self._lock:
            whole = self._whole
            if whole is None or lens.focal < WHOLE_FOCAL * _FINER_WHEN:
                return whole
            window = _window_for(lens)
            finer = self._finer.get(window)
            if finer is None and window not in self._asked:
                self._asked = {window}
                mood = self.mood
                self._painter.order(Urgency.FINER, lambda: self._paint_finer(mood, window))
            return finer or whole

    def _follow_the_sun(self, moment: datetime) -> None:
        with self._lock:
            now = time.monotonic()
            if self._whole is None or now - self._mood_checked < _MOOD_CHECK_S:
                return
            self._mood_checked = now
            mood = mood_for(self._light, moment)
            if mood is not self._mood:
                self._painter.order(Urgency.FINER, lambda: self._paint_whole(mood))

    def _paint_whole(self, mood: Mood) -> None:
        with self._lock:
            if self._mood is mood:  # ordered twice: once ahead, once because somebody came
                return
        whole = self._painter.whole(self._seed, mood, window_between(*whole_spread(), WHOLE_FOCAL))
        ground_light = GroundLight(self.plan, mood)
        with self._lock:
            self._mood, self._whole, self._ground_light = mood, whole, ground_light
            self._finer.clear()
            self._asked = set()
        self.painted.set()

    def _paint_finer(self, mood: Mood, window: Window) -> None:
        with self._lock:
            if window not in self._asked:  # the lens has moved on since
                return
        finer = self._painter.piece(self._seed, mood, window)
        with self._lock:
            if mood is self._mood:
                self._finer[window] = finer
                while len(self._finer) > _FINER_KEPT:
                    self._finer.popitem(last=False)


def _window_for(lens: Lens) -> Window:
    left, right, top, bottom = lens.spread()
    edge = 4 / lens.focal
    return window_between(left - edge, right + edge, top + edge, bottom - edge, min(lens.focal, _FINEST))
