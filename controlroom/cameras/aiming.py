"""Turns a place or a box in a camera's picture into how far its head turns and its lens zooms. Pure rules.

ONVIF has no word for a camera's field of view. Where the camera takes steps in shares of what it sees
(TranslationSpaceFov) nothing has to be known; for every other one the usual dome is assumed (`USUAL_DOME`), erring
towards too little, so that what was clicked comes nearer the middle and stays in the picture.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from controlroom.cameras.steering import Velocity

LEAST_BOX = 0.02  # of the picture's width or height: a smaller box is a click
MOST_CLOSER = 30.0


class AimWay(StrEnum):
    """Names the ways in which a camera is aimed at a place in its picture."""

    EXACT = "exact"  # in shares of its field of view
    ESTIMATED = "estimated"  # by a distance, the field of view assumed
    TIMED = "timed"  # by a short movement, speed and field of view assumed
    NONE = "none"


@dataclass(frozen=True)
class Aim:
    """A place in the picture, -1 to 1 from the middle to the borders (right, up), and how much closer to look there.

    `closer` 1 leaves the zoom, 2 shows half the width, 0.5 twice.
    """

    x: float
    y: float
    closer: float = 1.0

    def checked(self) -> "Aim":
        """The same within what makes sense; raises ValueError for what is no number."""
        if not all(map(math.isfinite, (self.x, self.y, self.closer))):
            raise ValueError(f"{self} is no place in a picture")
        closer = min(MOST_CLOSER, max(1 / MOST_CLOSER, self.closer))
        return Aim(_within(self.x), _within(self.y), closer)


def aim_at(left: float, top: float, right: float, bottom: float) -> Aim:
    """Aim at a box in shares of the picture's width and height from its top left corner; all of the box stays visible.

    A box too small to have been meant as one is a click on its middle.
    """
    width, height = abs(right - left), abs(bottom - top)
    longer = max(width, height)
    closer = 1.0 if longer < LEAST_BOX else 1.0 / longer
    return Aim(left + right - 1.0, 1.0 - top - bottom, closer).checked()


@dataclass(frozen=True)
class Dome:
    """What is assumed of a camera that does not tell: angles in degrees."""

    widest: float  # the whole horizontal field of view at zoom 0
    magnification: float  # at zoom 1
    pan_reach: float  # to each side
    tilt_reach: float
    speed: float  # degrees a second at full speed and the widest angle
    zoom_s: float  # from one end of the zoom to the other
    aspect: float = 9 / 16

    def angles(self, aim: Aim, zoom: float | None) -> tuple[float, float]:
        """How far to turn right and up for `aim`; an unknown zoom is taken for the closest, lest it turn too far."""
        half = math.tan(math.radians(self.widest / 2)) / self.magnification ** (1.0 if zoom is None else zoom)
        return math.degrees(math.atan(aim.x * half)), math.degrees(math.atan(aim.y * half * self.aspect))

    def zoom_by(self, closer: float) -> float:
        """How far to zoom (shares of the zoom's range) to be so much closer."""
        return math.log(closer) / math.log(self.magnification)

    def timed(self, aim: Aim, zoom: float | None = None) -> tuple[Velocity, float]:
        """The movement for `aim`, and for how many seconds: all axes end together."""
        pan, tilt = self.angles(aim, 0.5 if zoom is None else zoom)
        needs = abs(pan) / self.speed, abs(tilt) / self.speed, abs(self.zoom_by(aim.closer)) * self.zoom_s
        lasts = min(LONGEST_TIMED_S, max(SHORTEST_TIMED_S, *needs))
        shares = [min(1.0, need / lasts) for need in needs]
        return Velocity(
            math.copysign(shares[0], pan),
            math.copysign(shares[1], tilt),
            math.copysign(shares[2], aim.closer - 1.0),
        ), lasts


SHORTEST_TIMED_S, LONGEST_TIMED_S = 0.3, 3.0
USUAL_DOME = Dome(widest=60.0, magnification=30.0, pan_reach=180.0, tilt_reach=45.0, speed=60.0, zoom_s=3.0)


def _within(share: float) -> float:
    return min(1.0, max(-1.0, share))
