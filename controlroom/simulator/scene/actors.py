"""Who is in the street at a moment and what they look like: people walking and standing, vehicles driving.

Everyone's place is a function of time alone, so that both streams and snapshots of a camera agree and nothing has to
be simulated while nobody watches.
"""

import math
from dataclasses import dataclass

import numpy as np

from controlroom.simulator.arrays import Floats, Whole
from controlroom.simulator.scene.cutout import YUV, Sprite, sheet_for, sprite_of
from controlroom.simulator.scene.lighting import StreetLight
from controlroom.simulator.scene.people import OUTFITS, PHASES, STRIDE_M, person_cutout
from controlroom.simulator.scene.plan import TRAFFIC, StreetPlan
from controlroom.simulator.scene.vehicles import seen_from, vehicle_cutout

_PEOPLE, _VEHICLES = 16, 3  # vehicles on each lane
_WALK_HALF, _DRIVE_HALF = 66.0, 120.0
_CRUISE, _SWAY, _SWAY_S = 7.2, 2.0, 23.0  # metres a second, how much it varies, and how slowly
_WEARS = (
    0.15  # a sprite serves until its actor has come so far, as a share of the way to the camera, or grown so
)


@dataclass(frozen=True)
class Actors:
    """Everyone at one moment, people first: places in metres and phases of walking (0 for vehicles)."""

    x: Floats
    z: Floats
    phase: Whole


class Crowd:
    """The people and vehicles of one street."""

    def __init__(self, plan: StreetPlan) -> None:
        rng = np.random.default_rng(plan.seed + 900)
        self._height = plan.height
        self._way = rng.choice([-1, 1], _PEOPLE)
        speed = rng.uniform(0.95, 1.55, _PEOPLE)
        speed[rng.random(_PEOPLE) < 0.2] = 0.0
        self._stands = speed == 0.0
        self._outfits = rng.permutation(np.arange(_PEOPLE) % OUTFITS).tolist()
        far = rng.random(_PEOPLE) < 0.62
        pavements = (
            rng.uniform(plan.road_to + 1.2, plan.far - 0.7, _PEOPLE),
            rng.uniform(-plan.near + 0.8, plan.road_from - 0.9, _PEOPLE),
        )
        lanes = np.repeat([-1, 1], _VEHICLES)
        self._lanes = lanes.tolist()
        self._vehicles = [TRAFFIC[each] for each in rng.integers(len(TRAFFIC), size=len(lanes))]
        self._vehicles[rng.integers(len(lanes))] = ("bus", "red")
        gap = 2 * _DRIVE_HALF / _VEHICLES
        starts = np.tile(np.arange(_VEHICLES) * gap, 2) + rng.uniform(0, gap * 0.55, 2 * _VEHICLES)
        self._walk = np.concatenate([speed * self._way, np.zeros_like(starts)])
        self._drive = np.concatenate([np.zeros(_PEOPLE), lanes])
        self._start = np.concatenate([rng.uniform(-_WALK_HALF, _WALK_HALF, _PEOPLE), starts])
        self._half = np.repeat([_WALK_HALF, _DRIVE_HALF], [_PEOPLE, len(lanes)])
        near_lane, far_lane = plan.lanes
        self._z = np.concatenate([np.where(far, *pavements), np.where(lanes < 0, near_lane, far_lane)])
        self._sway_at = float(rng.uniform(0, 2 * math.pi))

    def at(self, seconds: float) -> Actors:
        """Everyone at this time (any zero will do)."""
        turn = 2 * math.pi / _SWAY_S
        way = _CRUISE * seconds + _SWAY / turn * math.sin(turn * seconds + self._sway_at)
        walked = self._walk * seconds
        x = np.mod(self._start + walked + self._drive * way + self._half, 2 * self._half) - self._half
        phase = (np.abs(walked) * (PHASES / STRIDE_M) + self._start * 3).astype(np.int64) % PHASES
        phase[:_PEOPLE][self._stands] = PHASES
        phase[_PEOPLE:] = 0
        return Actors(x, self._z, phase)

    def sprite(self, actor: int, phase: int, x: float, z: float, scale: float, street: StreetLight) -> Sprite:
        """An actor who is there, at `scale` pixels a metre."""
        look, distance = street.look_at(x, z, sheet_for(scale), YUV), math.hypot(x, z)
        if actor >= _PEOPLE:
            body, paint = self._vehicles[actor - _PEOPLE]
            turn, rise = seen_from(x, z, self._lanes[actor - _PEOPLE], self._height)
            cutout = vehicle_cutout(body, paint, min(turn, 360 - turn), rise, street.lamps_on, look)
            return sprite_of((cutout if turn <= 180 else cutout.mirrored()).at(scale))
        way = int(self._way[actor])
        toward = way if self._stands[actor] else -x * way / distance  # 1 is straight at the camera
        if abs(toward) > 0.72:
            view = "front" if toward > 0 else "back"
        else:
            view = "right" if way * z > 0 else "left"
        cutout = person_cutout(self._outfits[actor], view, phase, look.scale)
        return sprite_of(cutout.at(scale, distance / math.hypot(distance, self._height - 0.9)).lit(look))


class Wardrobe:
    """The sprites of everyone in one stream's pictures, painted when they are first needed."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._street: StreetLight | None = None
        self._x, self._z, self._scale = np.zeros((3, _PEOPLE + 2 * _VEHICLES))
        self._sprites: list[dict[int, Sprite]] = [{} for _ in self._x]
        """Everyone's by phase; how they look was decided when they were at these places."""

    def update(self, actors: Actors, seen: Whole, scale: Floats, street: StreetLight) -> None:
        """Forget those who have come some way since, and everyone not seen."""
        way = np.hypot(actors.x - self._x, actors.z - self._z) / np.hypot(actors.x, actors.z)
        growth = np.abs(scale - self._scale) / np.maximum(scale, 1.0)
        stale = ~seen | (np.maximum(way, growth) > _WEARS) | (street is not self._street)
        for actor in np.flatnonzero(stale).tolist():
            self._sprites[actor] = {}
        self._street = street
        self._x, self._z, self._scale = (
            np.where(stale, now, before)
            for now, before in ((actors.x, self._x), (actors.z, self._z), (scale, self._scale))
        )

    def sprite(self, actor: int, phase: int) -> Sprite:
        """An actor in view."""
        sprites = self._sprites[actor]
        if phase not in sprites:
            assert self._street is not None
            place = float(self._x[actor]), float(self._z[actor]), float(self._scale[actor])
            sprites[phase] = self._crowd.sprite(actor, phase, *place, self._street)
        return sprites[phase]
