"""A camera's street kept ready: the whole of it painted at the sub stream's fineness, and finer where the lens rests.

While the head travels the coarse picture is used, so zooming in looks soft for a moment and then sharpens, as a real
lens does. Painting is done by whoever asks first (the whole) or by the painter's thread (the finer pieces).
"""

import threading
import time
from collections import OrderedDict
from concurrent.futures import Executor
from datetime import datetime

from controlroom.simulator.scene.actors import Crowd
from controlroom.simulator.scene.backdrop import Backdrop, GroundLight, paint_backdrop
from controlroom.simulator.scene.lens import Lens, whole_spread
from controlroom.simulator.scene.mood import Mood, mood_for
from controlroom.simulator.scene.painting import Street, paint_street
from controlroom.simulator.scene.plan import plan_street
from controlroom.simulator.scene.window import Window, window_between
from controlroom.simulator.settings import Light

WHOLE_FOCAL = 540.0
"""Pixels to the radian of the whole picture: a sub stream at the widest needs 533."""
_FINER_WHEN = 1.25
_FINEST = 4200.0  # finer than this the textures have nothing more to show
_STREETS_KEPT = 3
_MOOD_CHECK_S = 20.0


class Painter:
    """Paints streets, keeping the last few streets' surfaces (25 MB each) in case a finer piece is wanted."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self._kept: OrderedDict[tuple[int, Light], Street] = OrderedDict()
        self._lock = threading.Lock()

    def paint(self, seed: int, mood: Mood, window: Window) -> Backdrop:
        """Paint one window of a street; some tenths of a second."""
        return paint_backdrop(self._street(seed, mood), window)

    def _street(self, seed: int, mood: Mood) -> Street:
        key = (seed, mood.light)
        with self._lock:
            street = self._kept.get(key)
            if street is not None:
                self._kept.move_to_end(key)
                return street
        street = paint_street(plan_street(seed), mood)
        with self._lock:
            self._kept[key] = street
            while len(self._kept) > _STREETS_KEPT:
                self._kept.popitem(last=False)
        return street


class Stage:
    """The street in front of one camera, shared by its streams; safe to use from several threads."""

    def __init__(self, seed: int, light: Light, painter: Painter) -> None:
        self.plan = plan_street(seed)
        self.crowd = Crowd(self.plan)
        self._seed = seed
        self._light = light
        self._painter = painter
        self._lock = threading.Lock()
        self._mood: Mood | None = None
        self._mood_checked = -_MOOD_CHECK_S
        self._whole: Backdrop | None = None
        self._ground_light: GroundLight | None = None
        self._finer: OrderedDict[Window, Backdrop] = OrderedDict()
        self._asked: set[Window] = set()

    @property
    def mood(self) -> Mood:
        """The mood last painted; only after `prepare` or `backdrop`."""
        assert self._mood is not None
        return self._mood

    @property
    def light(self) -> GroundLight:
        """The light on whoever passes."""
        assert self._ground_light is not None
        return self._ground_light

    def prepare(self, moment: datetime) -> None:
        """Paint the whole street unless that is done already."""
        with self._lock:
            if self._whole is None:
                self._paint_whole(mood_for(self._light, moment))

    def backdrop(self, lens: Lens, moment: datetime) -> Backdrop:
        """The best picture there is for this view; a finer one is ordered when it would show more."""
        self._follow_the_sun(moment)
        with self._lock:
            whole = self._whole
            assert whole is not None
            if lens.focal < WHOLE_FOCAL * _FINER_WHEN:
                return whole
            window = _window_for(lens)
            finer = self._finer.get(window)
            if finer is None and window not in self._asked:
                self._asked = {window}
                self._painter.executor.submit(self._paint_finer, self.mood, window)
            return finer or whole

    def _follow_the_sun(self, moment: datetime) -> None:
        with self._lock:
            now = time.monotonic()
            if self._whole is not None and now - self._mood_checked < _MOOD_CHECK_S:
                return
            self._mood_checked = now
            mood = mood_for(self._light, moment)
            if self._whole is None:
                self._paint_whole(mood)
            elif mood is not self._mood:
                self._painter.executor.submit(self._repaint, mood)

    def _repaint(self, mood: Mood) -> None:
        window = window_between(*whole_spread(), WHOLE_FOCAL)
        whole = self._painter.paint(self._seed, mood, window)
        with self._lock:
            self._set_whole(mood, whole)

    def _paint_whole(self, mood: Mood) -> None:
        window = window_between(*whole_spread(), WHOLE_FOCAL)
        self._set_whole(mood, self._painter.paint(self._seed, mood, window))

    def _set_whole(self, mood: Mood, whole: Backdrop) -> None:
        self._mood, self._whole = mood, whole
        self._ground_light = GroundLight(self.plan, mood)
        self._finer.clear()
        self._asked = set()

    def _paint_finer(self, mood: Mood, window: Window) -> None:
        with self._lock:
            if window not in self._asked:  # the lens has moved on since
                return
        finer = self._painter.paint(self._seed, mood, window)
        with self._lock:
            if mood is self._mood:
                self._finer[window] = finer
                while len(self._finer) > 2:  # one for each stream
                    self._finer.popitem(last=False)


def _window_for(lens: Lens) -> Window:
    left, right, top, bottom = lens.spread()
    edge = 4 / lens.focal
    return window_between(left - edge, right + edge, top + edge, bottom - edge, min(lens.focal, _FINEST))
