"""Keeps the part of a camera's street that one fixed view sees: enough for single pictures, and quick to paint."""

from datetime import datetime

from controlroom.simulator.scene.actors import Crowd
from controlroom.simulator.scene.lens import Lens, window_between
from controlroom.simulator.scene.mood import mood_for
from controlroom.simulator.scene.panorama import Panorama, paint_panorama
from controlroom.simulator.scene.plan import plan_street
from controlroom.simulator.settings import Light

_EDGE = 0.01  # radians painted beyond what is seen


class StillStreet:
    """The street of a camera that does not turn, painted when it is first seen and when the light is another."""

    def __init__(self, seed: int) -> None:
        self.plan = plan_street(seed)
        self.crowd = Crowd(self.plan)
        self._painted: dict[Light, Panorama] = {}

    def panorama(self, lens: Lens, moment: datetime, *, resting: bool) -> Panorama:
        """The picture in the light of that moment."""
        del resting
        mood = mood_for(Light.AUTO, moment)
        if mood.light not in self._painted:
            left, right, top, bottom = lens.spread()
            edges = left - _EDGE, right + _EDGE, top + _EDGE, bottom - _EDGE
            self._painted[mood.light] = paint_panorama(self.plan, mood, window_between(*edges, lens.focal))
        return self._painted[mood.light]
