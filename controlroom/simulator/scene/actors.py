"""Who is in the street at a moment: people walking and standing, vehicles driving.

Everyone's place is a function of time alone, so that both streams and snapshots of a camera agree and nothing has to
be simulated while nobody watches.
"""

import math
from dataclasses import dataclass

import numpy as np

from controlroom.simulator.arrays import Floats, Whole
from controlroom.simulator.scene.people import OUTFITS, PHASES, STRIDE_M
from controlroom.simulator.scene.plan import TRAFFIC, StreetPlan

_PEOPLE, _VEHICLES = 16, 3  # vehicles on each lane
_WALK_HALF, _DRIVE_HALF = 66.0, 120.0
_CRUISE, _SWAY, _SWAY_S = 7.2, 2.0, 23.0  # metres a second, how much it varies, and how slowly


@dataclass(frozen=True)
class Actors:
    """Everyone at one moment, people first: places in metres and people's phases of walking."""

    x: Floats
    z: Floats
    phase: Whole


class Crowd:
    """The people and vehicles of one street."""

    def __init__(self, plan: StreetPlan) -> None:
        rng = np.random.default_rng(plan.seed + 900)
        self.way = rng.choice([-1, 1], _PEOPLE)
        """Which way along the street each person walks; for those who stand, towards the camera or away."""
        speed = rng.uniform(0.95, 1.55, _PEOPLE)
        speed[rng.random(_PEOPLE) < 0.2] = 0.0
        self.stands = speed == 0.0
        self.outfits = rng.permutation(np.arange(_PEOPLE) % OUTFITS).tolist()
        far = rng.random(_PEOPLE) < 0.62
        pavements = (
            rng.uniform(plan.road_to + 1.2, plan.far - 0.7, _PEOPLE),
            rng.uniform(-plan.near + 0.8, plan.road_from - 0.9, _PEOPLE),
        )
        lanes = np.repeat([-1, 1], _VEHICLES)
        self.vehicles = self._vehicles(rng, lanes.tolist())
        """Body, paint and direction along x."""
        gap = 2 * _DRIVE_HALF / _VEHICLES
        starts = np.tile(np.arange(_VEHICLES) * gap, 2) + rng.uniform(0, gap * 0.55, 2 * _VEHICLES)
        self._walk, self._lanes = speed * self.way, lanes
        self._start = np.concatenate([rng.uniform(-_WALK_HALF, _WALK_HALF, _PEOPLE), starts])
        self._half = np.repeat([_WALK_HALF, _DRIVE_HALF], [_PEOPLE, 2 * _VEHICLES])
        near_lane, far_lane = plan.lanes
        self._z = np.concatenate([np.where(far, *pavements), np.where(lanes < 0, near_lane, far_lane)])
        self._sway_at = float(rng.uniform(0, 2 * math.pi))

    def at(self, seconds: float) -> Actors:
        """Everyone at this time (any zero will do)."""
        turn = 2 * math.pi / _SWAY_S
        way = _CRUISE * seconds + _SWAY / turn * math.sin(turn * seconds + self._sway_at)
        moved = np.concatenate([self._walk * seconds, self._lanes * way])
        x = np.mod(self._start + moved + self._half, 2 * self._half) - self._half
        phase = (np.abs(moved[:_PEOPLE]) * (PHASES / STRIDE_M) + self._start[:_PEOPLE] * 3).astype(
            np.int64
        ) % PHASES
        phase[self.stands] = PHASES
        return Actors(x, self._z, phase)

    def _vehicles(self, rng: np.random.Generator, lanes: list[int]) -> list[tuple[str, str, int]]:
        kinds = [TRAFFIC[each] for each in rng.integers(len(TRAFFIC), size=len(lanes))]
        kinds[rng.integers(len(lanes))] = ("bus", "red")
        return [(*kind, lane) for kind, lane in zip(kinds, lanes, strict=True)]
