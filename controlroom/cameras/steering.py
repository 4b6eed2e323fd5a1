"""Holds the pure rules of steering by hand: which movement held keys and the pad ask for, and when a hold ends.

The fault to prevent here is a camera that keeps moving because the release of a key was lost. Time is passed in
(monotonic seconds).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

DEAD_ZONE = 0.12  # of the pad's radius: a press in the middle steers nowhere
SLOWEST = 0.05  # full speed times this, at the dead zone's edge

# A held key repeats every 30 to 50 ms, after at most a second. Silence means that its release went elsewhere.
REPEAT_SILENT_S = 0.7
# Where nothing repeats (keys repeat off, a button of another kind), the longest anyone steers without moving a finger.
LONGEST_HOLD_S = 30.0


@dataclass(frozen=True)
class Velocity:
    """Speeds of -1 to 1: right, up, in; and of the focus, farther."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    focus: float = 0.0

    @property
    def still(self) -> bool:
        """True when no axis moves."""
        return not (self.pan or self.tilt or self.zoom or self.focus)


STILL = Velocity()


class Hold(Enum):
    """The movement that a held key or button asks for, at full speed."""

    LEFT = Velocity(pan=-1)
    RIGHT = Velocity(pan=1)
    UP = Velocity(tilt=1)
    DOWN = Velocity(tilt=-1)
    CLOSER = Velocity(zoom=1)
    WIDER = Velocity(zoom=-1)
    NEARER = Velocity(focus=-1)
    FARTHER = Velocity(focus=1)


def pad_velocity(across: float, down: float) -> Velocity:
    """Return the movement for a press on the pad; places are in radii from its middle, right and down.

    It is slow near the middle and full speed at the rim, growing with the square, so that small moves can be small.
    """
    length = math.hypot(across, down)
    if length < DEAD_ZONE:
        return STILL
    way = (min(length, 1.0) - DEAD_ZONE) / (1.0 - DEAD_ZONE)
    speed = SLOWEST + (1.0 - SLOWEST) * way * way
    return Velocity(pan=across / length * speed, tilt=-down / length * speed)


def together(velocities: Iterable[Velocity], speed: float = 1.0) -> Velocity:
    """Add up the velocities asked for, each axis within -1 to 1, times `speed` (0 to 1)."""
    asked = list(velocities)

    def axis(values: Iterable[float]) -> float:
        return max(-1.0, min(1.0, sum(values))) * speed

    return Velocity(
        axis(each.pan for each in asked),
        axis(each.tilt for each in asked),
        axis(each.zoom for each in asked),
        axis(each.focus for each in asked),
    )


@dataclass
class Grip:
    """The keys and buttons that one operator holds down now. `tend` releases those whose release was missed."""

    speed: float = 0.5
    _keys: set[Hold] = field(default_factory=set)
    _aim: Velocity = STILL
    _fresh_at: float = 0.0  # when the hand last did anything
    _repeating: Hold | None = None
    _repeated_at: float = 0.0

    @property
    def held(self) -> bool:
        """True while anything is held down."""
        return bool(self._keys) or not self._aim.still

    @property
    def on_head(self) -> bool:
        """True while something is held that turns or zooms."""
        aim = self._aim
        return bool(aim.pan or aim.tilt or aim.zoom) or any(not key.value.focus for key in self._keys)

    @property
    def on_lens(self) -> bool:
        """True while something is held that focuses."""
        return bool(self._aim.focus) or any(key.value.focus for key in self._keys)

    @property
    def velocity(self) -> Velocity:
        """The movement asked of the camera now."""
        return together([self._aim, *(key.value for key in self._keys)], self.speed)

    def press(self, key: Hold, now: float) -> None:
        """Note that a key went down."""
        self._keys.add(key)
        self._repeating = None  # only the newest key repeats
        self._fresh_at = now

    def repeated(self, key: Hold, now: float) -> None:
        """Note that the keyboard repeats a key, which is therefore still down."""
        if key in self._keys:
            self._repeating, self._repeated_at, self._fresh_at = key, now, now

    def release(self, key: Hold, now: float) -> bool:
        """Note that a key went up; returns False when it was not held."""
        if key not in self._keys:
            return False
        self._keys.discard(key)
        self._repeating = None
        self._fresh_at = now
        return True

    def aim(self, velocity: Velocity, now: float) -> None:
        """Note that the pad or a button is held and asks for `velocity`; STILL releases it."""
        self._aim = velocity
        self._fresh_at = now

    def let_go(self) -> None:
        self._keys.clear()
        self._aim = STILL
        self._repeating = None

    def tend(self, now: float) -> bool:
        """Release what nobody holds any more; returns True when something was released."""
        silent = self._repeating is not None and now - self._repeated_at > REPEAT_SILENT_S
        if self.held and (silent or now - self._fresh_at > LONGEST_HOLD_S):
            self.let_go()
            return True
        return False
