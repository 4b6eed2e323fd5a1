"""Reads from the cameras' own log what became of every key: when it arrived, when the camera stood, whose it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from controlroom.bench.ptz_desk import desk_of

Order = dict[str, Any]
SETTLE_NS = 2_500_000_000  # after a disturbance: what began meanwhile says nothing about an ordinary key


class Cause(StrEnum):
    """Why a movement had to end."""

    RELEASE = "release"
    DESK = "desk killed"
    CONTROL = "control killed"
    LINK = "link lost"


@dataclass(frozen=True)
class Press:
    """A key held down at one desk. Monotonic nanoseconds; `released_at` None where its desk was killed first."""

    desk: int
    camera: str
    pan: float
    at: int
    released_at: int | None = None
    held_back: bool = False


@dataclass(frozen=True)
class Disturbance:
    """Something that was done to the room: to a desk, or to a camera's link from `at` to `until`."""

    cause: Cause
    at: int
    until: int
    desk: int = -1
    camera: str = ""


@dataclass
class Movement:
    """Holds one movement of a camera: the order that began it, and the Stop that ended it, if one came."""

    camera: str
    desk: int
    pan: float
    at: int
    ended_at: int | None = None
    pans: list[float] = field(default_factory=list)
    at_last: int = 0


def movements(camera: str, orders: Iterable[Order]) -> tuple[list[Movement], int]:
    """Return every movement of a camera, and how often one desk moved it while another's movement was under way."""
    found: list[Movement] = []
    under_way: Movement | None = None
    both = 0
    for each in orders:
        if each["order"] == "stop" or (each["order"] == "continuous" and not each["pan"]):
            if under_way is not None:
                under_way.ended_at = each["at_ns"]
            under_way = None
        elif each["order"] == "continuous":
            desk = desk_of(each["pan"])
            if under_way is not None and under_way.desk != desk:
                both += 1
                under_way.ended_at, under_way = each["at_ns"], None
            if under_way is None:
                under_way = Movement(camera, desk, each["pan"], each["at_ns"])
                found.append(under_way)
            under_way.pans.append(each["pan"])
            under_way.at_last = each["at_ns"]
    return found, both


def key_to_camera_ms(
    presses: Sequence[Press], orders: dict[str, list[Order]], disturbed: Sequence[Disturbance]
) -> list[float]:
    """From each key to its order at the camera, where nothing held it back and nothing was just disturbed."""
    arrived: dict[tuple[str, float], list[int]] = {}
    for camera, taken in orders.items():
        for each in taken:
            if each["order"] == "continuous" and each["pan"]:
                arrived.setdefault((camera, round(each["pan"], 4)), []).append(each["at_ns"])
    waits = []
    for press in presses:
        last = (press.released_at or press.at) + SETTLE_NS
        times = [at for at in arrived.get((press.camera, press.pan), ()) if press.at <= at <= last]
        if times and not press.held_back and not any(_touches(each, press) for each in disturbed):
            waits.append((min(times) - press.at) / 1e6)
    return waits


def overruns_ms(
    moved: Sequence[Movement], presses: Sequence[Press], disturbed: Sequence[Disturbance]
) -> dict[Cause, list[float]]:
    """How long each movement went on after it had to end, by what ended it."""
    by_pan: dict[tuple[str, float], list[Press]] = {}
    for press in presses:
        by_pan.setdefault((press.camera, press.pan), []).append(press)
    found: dict[Cause, list[float]] = {cause: [] for cause in Cause}
    for each in moved:
        known = [
            press
            for press in by_pan.get((each.camera, round(each.pans[-1], 4)), ())
            if press.at <= each.at_last
        ]
        if each.ended_at is None or not known:
            continue
        press = max(known, key=lambda press: press.at)
        due, cause = _due(press, each, disturbed)
        found[cause].append(max(0.0, (each.ended_at - due) / 1e6))
    return found


def _due(press: Press, moved: Movement, disturbed: Sequence[Disturbance]) -> tuple[int, Cause]:
    """When the movement had to end, and why."""
    assert moved.ended_at is not None
    ends = [(press.released_at, Cause.RELEASE)] if press.released_at is not None else []
    for each in disturbed:
        ours = each.desk == press.desk and moved.at <= each.at <= moved.ended_at
        if ours and each.cause in (Cause.DESK, Cause.CONTROL):
            ends.append((each.at, each.cause))
    due, cause = min(ends) if ends else (moved.ended_at, Cause.RELEASE)
    for each in disturbed:
        if (
            each.camera == press.camera
            and each.at <= moved.ended_at
            and each.until >= due
            and each.at <= each.until
        ):
            due, cause = max(due, each.until), Cause.LINK
    return due, cause


def _touches(each: Disturbance, press: Press) -> bool:
    about = each.desk == press.desk or each.camera == press.camera
    return about and each.at - SETTLE_NS // 4 <= press.at <= each.until + SETTLE_NS
