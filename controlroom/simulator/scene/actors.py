"""Who is in the street at a moment: people walking, standing and crossing, vehicles driving.

Everyone's place is a function of time alone, so that both streams and snapshots of a camera agree and nothing has to
be simulated while nobody watches.
"""

import math
from dataclasses import dataclass

import numpy as np

from controlroom.simulator.arrays import Floats, Whole
from controlroom.simulator.scene.people import OUTFITS, PHASES, STRIDE_M
from controlroom.simulator.scene.plan import StreetPlan

_WALK_HALF, _DRIVE_HALF = 78.0, 150.0
_CRUISE, _SWAY, _SWAY_S = 7.2, 2.0, 23.0  # metres a second, how much it varies, and how slowly


@dataclass(frozen=True)
class Actors:
    """Everyone at one moment: places (x, z) in metres and the way they face (dx, dz), with what each is."""

    x: Floats
    z: Floats
    dx: Floats
    dz: Floats
    phase: Whole
    who: list[tuple[str, str, int]]
    """Vehicles: (body, paint, −1 or 1). People: ("", "", outfit)."""


class Crowd:
    """The people and vehicles of one street."""

    def __init__(self, plan: StreetPlan, people: int = 26, vehicles: int = 4) -> None:
        rng = np.random.default_rng(plan.seed + 900)
        self._plan = plan
        self._people = people
        bands = ((plan.road_to + 1.2, plan.far - 0.7), (-plan.near + 0.8, plan.road_from - 0.9))
        side = rng.random(people) < 0.62
        self._z = np.where(side, rng.uniform(*bands[0], people), rng.uniform(*bands[1], people))
        self._start = rng.uniform(-_WALK_HALF, _WALK_HALF, people)
        self._speed = rng.uniform(0.95, 1.55, people) * rng.choice([-1, 1], people)
        self._speed[rng.random(people) < 0.16] = 0.0
        self._companions(rng)
        self._crossing = np.zeros(people, bool)
        self._crossing[-3:] = True
        self._outfits = rng.permutation(np.arange(people) % OUTFITS)
        self._facing = rng.choice([-1.0, 1.0], people)
        self._traffic(rng, vehicles)

    def at(self, seconds: float) -> Actors:
        """Everyone at this time (any zero will do)."""
        moved = self._speed * seconds
        x = np.mod(self._start + moved + _WALK_HALF, 2 * _WALK_HALF) - _WALK_HALF
        z = self._z + 0.25 * np.sin(seconds * 0.21 + self._start)
        standing = self._speed == 0
        dx, dz = np.where(standing, 0.0, np.sign(self._speed)), np.where(standing, self._facing, 0.0)
        phase = np.floor(np.abs(moved) / STRIDE_M * PHASES + self._start * 3).astype(np.int64) % PHASES
        phase[standing] = PHASES
        self._cross(seconds, x, z, dx, dz)
        drive_x, drive_z = self._drive(seconds)
        return Actors(
            x=np.concatenate([x, drive_x]),
            z=np.concatenate([z, drive_z]),
            dx=np.concatenate([dx, self._lane]),
            dz=np.concatenate([dz, np.zeros_like(drive_x)]),
            phase=np.concatenate([phase, np.zeros(len(drive_x), np.int64)]),
            who=self.who,
        )

    @property
    def who(self) -> list[tuple[str, str, int]]:
        """What each actor is, in the order of `at`."""
        return self._who

    def _companions(self, rng: np.random.Generator) -> None:
        """Some walk in twos."""
        for first in range(0, self._people - 4, 5):
            second = first + 1
            self._start[second] = self._start[first] + rng.uniform(-0.35, 0.35)
            self._speed[second] = self._speed[first]
            self._z[second] = self._z[first] + (0.65 if self._z[first] < self._plan.far - 1.6 else -0.65)

    def _traffic(self, rng: np.random.Generator, vehicles: int) -> None:
        bodies = rng.choice(["car", "car", "car", "estate", "taxi", "van"], 2 * vehicles).tolist()
        paints = rng.choice(["red", "white", "silver", "blue", "black", "green"], 2 * vehicles).tolist()
        bus = int(rng.integers(2 * vehicles))
        bodies[bus], paints[bus] = "bus", "red"
        paints = ["black" if body == "taxi" else paint for body, paint in zip(bodies, paints, strict=True)]
        self._lane = np.repeat([-1.0, 1.0], vehicles)
        gap = 2 * _DRIVE_HALF / vehicles
        self._drive_start = np.tile(np.arange(vehicles) * gap, 2) + rng.uniform(0, gap * 0.55, 2 * vehicles)
        self._sway_at = float(rng.uniform(0, 2 * math.pi))
        vehicles_are = [
            (body, paint, int(lane)) for body, paint, lane in zip(bodies, paints, self._lane, strict=True)
        ]
        self._who = [("", "", int(each)) for each in self._outfits] + vehicles_are

    def _drive(self, seconds: float) -> tuple[Floats, Floats]:
        turn = 2 * math.pi / _SWAY_S
        way = _CRUISE * seconds + _SWAY / turn * math.sin(turn * seconds + self._sway_at)
        x = np.mod(self._drive_start + self._lane * way, 2 * _DRIVE_HALF) - _DRIVE_HALF
        near, far = self._plan.lanes
        return x, np.where(self._lane < 0, near, far)

    def _cross(self, seconds: float, x: Floats, z: Floats, dx: Floats, dz: Floats) -> None:
        """The last few go to and fro over the zebra crossing, resting on either side."""
        low, high = self._plan.road_from - 1.2, self._plan.road_to + 1.2
        for place in np.flatnonzero(self._crossing):
            pace = abs(float(self._speed[place])) or 1.2
            cycle = (high - low) / pace + 9.0  # rests nine seconds each time
            turn, within = divmod(seconds + float(self._start[place]), cycle)
            share = min(1.0, within * pace / (high - low))
            there = int(turn) % 2 == 0
            z[place] = low + (high - low) * (share if there else 1 - share)
            x[place] = self._plan.zebra_at + (place % 3 - 1) * 0.8
            dx[place], dz[place] = 0.0, (1.0 if there else -1.0)
