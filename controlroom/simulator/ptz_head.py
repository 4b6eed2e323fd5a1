"""Simulates the moving head of a camera: computes where it looks at any moment from its last orders.

Inside, pan and tilt run from -1 to 1 and zoom from 0 to 1 (ONVIF's generic spaces). There is no timer: a position
is a function of the monotonic clock, so an unwatched camera costs nothing and still arrives.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from controlroom.simulator.patrol import Patrol
from controlroom.simulator.settings import PtzQuirks

PAN_REACH_DEG = 90.0
"""Pan ±1 is this far to each side of straight across the street."""
TILT_LEVEL_DEG, TILT_REACH_DEG = -10.0, 18.0
"""Tilt 0 looks ten degrees below the horizon; ±1 is this much up or down from there."""
MOST_ZOOM = 8.0
"""Magnification at zoom 1."""
FULL_SPEED = {"pan": 0.6, "tilt": 0.9, "zoom": 0.35}  # units a second at velocity 1 and the widest angle
LEAST_TIMEOUT_S, MOST_TIMEOUT_S, DEFAULT_TIMEOUT_S = 0.1, 60.0, 10.0
BORN_WITH = (
    ("Station steps", -0.62, -0.10, 0.20),
    ("Tram stop", -0.34, -0.30, 0.34),
    ("Taxi rank", 0.06, -0.35, 0.26),
    ("Arcade", 0.34, 0.05, 0.40),
    ("Cash points", 0.80, -0.12, 0.50),
    ("Wide", 0.68, -0.10, 0.0),
)
"""The presets every camera starts with; every second camera (by seed) has them mirrored. The last is home."""
_AXES = ("pan", "tilt", "zoom")
_LOWEST = {"pan": -1.0, "tilt": -1.0, "zoom": 0.0}


@dataclass(frozen=True)
class HeadPosition:
    """Where the head looks: pan and tilt −1…1, zoom 0…1."""

    pan: float
    tilt: float
    zoom: float


@dataclass(frozen=True)
class StoredPreset:
    """A remembered position."""

    token: str
    name: str
    position: HeadPosition


@dataclass(frozen=True)
class _Motion:
    """One axis on its way: from `start` at `since`, `rate` units a second, until `until` (monotonic seconds).

    A move to a position ends exactly at its `target`.
    """

    start: float
    since: float
    rate: float = 0.0
    until: float = 0.0
    target: float | None = None

    def at(self, now: float, lowest: float) -> float:
        if self.target is not None and now >= self.until:
            return self.target
        elapsed = max(0.0, min(now, self.until) - self.since)
        return min(1.0, max(lowest, self.start + self.rate * elapsed))

    def moving(self, now: float, lowest: float) -> bool:
        if self.rate == 0.0 or now >= self.until:
            return False
        edge = 1.0 if self.rate > 0 else lowest
        return self.at(now, lowest) != edge


def born_presets(seed: int) -> list[StoredPreset]:
    """Return the presets a new camera with this seed has."""
    side = 1.0 if seed % 2 else -1.0
    shift = (seed * 37 % 11 - 5) * 0.008
    return [
        StoredPreset(str(place), name, HeadPosition(round(side * (pan + shift), 4), tilt, zoom))
        for place, (name, pan, tilt, zoom) in enumerate(BORN_WITH, 1)
    ]


class VirtualPtzHead:
    """A head that takes orders and reports positions; safe to use from several threads."""

    def __init__(self, quirks: PtzQuirks, clock: Callable[[], float] = time.monotonic, seed: int = 0) -> None:
        self.quirks = quirks
        self._clock = clock
        self._lock = threading.Lock()
        born = born_presets(seed)
        self._home = born[-1].position
        now = clock()
        self._motions = {axis: _Motion(getattr(self._home, axis), now) for axis in _AXES}
        self._presets = {each.token: each for each in born}
        self._next_token = len(self._presets) + 1
        self._has_moved = False
        self.extras: dict[str, str] = {}
        """What the auxiliary commands left switched: "tt:Wiper" to "On"."""
        self._orders: deque[dict[str, Any]] = deque(maxlen=256)
        self.patrol = Patrol(self._go_on_tour)
        if quirks.touring:
            self.patrol.operate("Start", now)

    def position(self) -> HeadPosition:
        """Return where the head looks now."""
        self.patrol.follow(self._clock())
        with self._lock:
            return self._position(self._clock())

    def is_moving(self) -> bool:
        """Return True while any axis moves."""
        self.patrol.follow(self._clock())
        with self._lock:
            now = self._clock()
            return any(self._motions[axis].moving(now, _LOWEST[axis]) for axis in _AXES)

    def says_moving(self) -> bool:
        """Return what GetStatus reports: the truth, unless the camera has the fault of being stuck at MOVING."""
        return (self.quirks.stuck_moving and self._has_moved) or self.is_moving()

    def go_on(
        self, pan: float | None, tilt: float | None, zoom: float | None, timeout_s: float | None
    ) -> None:
        """Move at these velocities (−1…1); None leaves that axis as it is. It ends by itself after the time-out."""
        with self._lock:
            now = self._note("continuous", pan=pan, tilt=tilt, zoom=zoom, timeout_s=timeout_s)
            lasts = DEFAULT_TIMEOUT_S if timeout_s is None else timeout_s
            until = now + (3600.0 if self.quirks.ignore_timeout else lasts)
            here = self._position(now)
            for axis, velocity in (("pan", pan), ("tilt", tilt), ("zoom", zoom)):
                if velocity is not None:
                    rate = velocity * self._full_speed(axis, here.zoom)
                    self._motions[axis] = _Motion(getattr(here, axis), now, rate, until)
                    self._has_moved |= velocity != 0.0

    def go_to(
        self,
        pan: float | None,
        tilt: float | None,
        zoom: float | None,
        speed: float = 1.0,
        order: str = "absolute",
    ) -> None:
        """Move to a position, all axes arriving together; None leaves that axis where it is."""
        with self._lock:
            now = self._note(order, pan=pan, tilt=tilt, zoom=zoom, speed=speed)
            here = self._position(now)
            targets = {
                axis: min(1.0, max(_LOWEST[axis], target))
                for axis, target in (("pan", pan), ("tilt", tilt), ("zoom", zoom))
                if target is not None
            }
            ways = {axis: target - getattr(here, axis) for axis, target in targets.items()}
            rates = max(0.05, min(1.0, speed))
            lasts = max(
                (abs(way) / (2 * FULL_SPEED[axis] * rates) for axis, way in ways.items()), default=0.0
            )
            for axis, way in ways.items():
                rate = way / lasts if lasts else 0.0
                self._motions[axis] = _Motion(getattr(here, axis), now, rate, now + lasts, targets[axis])
                self._has_moved |= way != 0.0

    def go_by(self, pan: float, tilt: float, zoom: float, speed: float = 1.0) -> None:
        """Move by a distance."""
        here = self.position()
        self.go_to(here.pan + pan, here.tilt + tilt, here.zoom + zoom, speed, "relative")

    def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        """Stop at once."""
        with self._lock:
            now = self._note("stop", pan_tilt=pan_tilt, zoom=zoom)
            here = self._position(now)
            for axis in ("pan", "tilt") * pan_tilt + ("zoom",) * zoom:
                self._motions[axis] = _Motion(getattr(here, axis), now)

    def tour(self, operation: str) -> bool:
        """Start, stop or pause the camera's own tour; False for another operation."""
        with self._lock:
            return self.patrol.operate(operation, self._note("tour", operation=operation))

    def _go_on_tour(self, place: int) -> None:
        presets = self.presets()
        if presets:
            at = presets[place % len(presets)].position
            self.go_to(at.pan, at.tilt, at.zoom, 0.3, "touring")

    def presets(self) -> list[StoredPreset]:
        """List every stored position, in the order they were made."""
        with self._lock:
            return list(self._presets.values())

    def preset(self, token: str) -> StoredPreset | None:
        """Return one stored position."""
        with self._lock:
            return self._presets.get(token)

    def store_preset(self, name: str, token: str | None = None) -> StoredPreset | None:
        """Remember where the head looks now, under a new token or in place of a known one; None when full."""
        with self._lock:
            now = self._note("set preset", name=name)
            if token is None:
                if len(self._presets) >= self.quirks.max_presets:
                    return None
                token = str(self._next_token)
                self._next_token += 1
            stored = StoredPreset(token, name or f"Preset {token}", self._position(now))
            if not name and token in self._presets:
                stored = replace(stored, name=self._presets[token].name)
            self._presets[token] = stored
            return stored

    def forget_preset(self, token: str) -> bool:
        """Remove a stored position; False when there is none such."""
        with self._lock:
            self._note("remove preset", token=token)
            return self._presets.pop(token, None) is not None

    def go_home(self, speed: float = 1.0) -> None:
        """Move to the home position."""
        self.go_to(self._home.pan, self._home.tilt, self._home.zoom, speed, "home")

    def store_home(self) -> None:
        """Make the present position home."""
        with self._lock:
            self._home = self._position(self._note("set home"))

    def do_extra(self, command: str) -> None:
        """Carry out an auxiliary command such as "tt:Wiper|On"."""
        with self._lock:
            self._note("auxiliary", command=command)
            what, _, how = command.partition("|")
            self.extras[what] = how

    def restart(self) -> None:
        """Jump to the home position, as when power comes back; presets stay."""
        with self._lock:
            now = self._note("restart")
            self._motions = {axis: _Motion(getattr(self._home, axis), now) for axis in _AXES}

    def orders(self) -> list[dict[str, Any]]:
        """Return the last orders with the monotonic nanoseconds at which each was taken, oldest first."""
        with self._lock:
            return list(self._orders)

    def _note(self, order: str, **details: Any) -> float:
        now = self._clock()
        self._orders.append({"order": order, "at_ns": int(now * 1e9), **details})
        return now

    def _position(self, now: float) -> HeadPosition:
        return HeadPosition(*(self._motions[axis].at(now, _LOWEST[axis]) for axis in _AXES))

    def _full_speed(self, axis: str, zoom: float) -> float:
        """Return the full speed: pan and tilt slow down when zoomed in, as real heads do, so that they remain
        steerable.
        """
        slow = 1.0 if axis == "zoom" else MOST_ZOOM ** (-zoom / 2)
        return FULL_SPEED[axis] * slow
