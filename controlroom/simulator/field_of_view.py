"""Relates places in a simulated camera's picture to where its head must look to have them in the middle."""

import math

from controlroom.simulator.ptz_head import (
    MOST_ZOOM,
    PAN_REACH_DEG,
    TILT_LEVEL_DEG,
    TILT_REACH_DEG,
    HeadPosition,
)
from controlroom.simulator.settings import MAIN

HALF_ANGLE = math.radians(31.0)
"""Half the horizontal field of view at the widest."""
ASPECT = MAIN.height / MAIN.width


def looking_at(here: HeadPosition, x: float, y: float) -> HeadPosition:
    """Where the head looks when what is now at `x`, `y` of its picture is in the middle.

    `x` and `y` are -1 to 1 from the middle to the borders, right and up; the zoom stays.
    """
    half = math.tan(HALF_ANGLE) / MOST_ZOOM**here.zoom
    across, up = x * half, y * half * ASPECT
    tilt = math.radians(TILT_LEVEL_DEG + here.tilt * TILT_REACH_DEG)
    level = math.cos(tilt) - math.sin(tilt) * up
    rise = math.sin(tilt) + math.cos(tilt) * up
    turn, slope = math.atan2(across, level), math.atan2(rise, math.hypot(across, level))
    return HeadPosition(
        here.pan + math.degrees(turn) / PAN_REACH_DEG,
        (math.degrees(slope) - TILT_LEVEL_DEG) / TILT_REACH_DEG,
        here.zoom,
    )
