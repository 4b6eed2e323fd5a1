"""Loads what a borough may choose about rapid deployment: names, periods, partners, objectives, weights, ranges.

Partners and objectives are lists of the room (`configuration/lists.py`), scoring and wards files under
`resources/lists`, all read once at start and checked; periods and names come from the settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controlroom.codec import from_plain
from controlroom.configuration.lists import Lines, in_use, read_files, words
from controlroom.errors import InvalidInput, Unavailable
from controlroom.resources import resource
from controlroom.settings import Settings
from controlroom.small_files import read_toml

PARTNERS, OBJECTIVES = "bidding_partners", "bid_objectives"  # lists of the room
SCORE, WARDS = "bid_score.toml", "bid_wards.toml"
HIGHEST_SCORE = 10  # each part of the score is given 0 to 10


@dataclass(frozen=True)
class ScorePart:
    """One part of the score: `key` in records, `title` on screen, `weight` relative to the others."""

    key: str
    title: str
    weight: float
    help: str


@dataclass(frozen=True)
class Ranges:
    """How far a permanent camera is of use, in metres, and from where on a place counts as not covered at all."""

    moving_m: float
    fixed_m: float
    full_gap_m: float
    by_model: Mapping[str, float]

    def of(self, model: str, *, moving: bool) -> float:
        """The usable range of a camera in metres: its model's when listed, else that of its kind."""
        return self.by_model.get(model, self.moving_m if moving else self.fixed_m)


@dataclass(frozen=True)
class WardLimits:
    """A rough box around a ward, in WGS 84 degrees."""

    south: float
    north: float
    west: float
    east: float

    def hold(self, latitude: float, longitude: float) -> bool:
        """True for a position inside."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


@dataclass(frozen=True)
class Policy:
    """The borough's choices. `frequency_steps` are (reports in 12 months, score) pairs, rising."""

    jag_name: str
    months: int
    review_day: int
    review_notice_days: int
    chair_action_days: int
    evaluation_months: int
    partners: tuple[str, ...]
    objectives: tuple[str, ...]
    score_parts: tuple[ScorePart, ...]
    frequency_steps: tuple[tuple[int, int], ...]
    ranges: Ranges
    wards: Mapping[str, WardLimits]

    @property
    def weights(self) -> dict[str, float]:
        """Weight by part."""
        return {part.key: part.weight for part in self.score_parts}


def load_policy(
    settings: Settings | None = None, folder: Path | None = None, lists: Mapping[str, Lines] | None = None
) -> Policy:
    """The policy in `folder` (default: what ships), `settings`, and the room's lists (default: their files).

    Raises InvalidInput naming the file that cannot be used.
    """
    chosen, folder = settings or Settings(), folder or resource("lists")
    lists = lists or _read_lists(folder)
    score, wards = (_read(folder / name) for name in (SCORE, WARDS))
    entries = {
        "partners": words(in_use(lists[PARTNERS])),
        "objectives": words(in_use(lists[OBJECTIVES])),
        **score,
        **wards,
        "jag_name": chosen.jag_name,
        "months": chosen.deployment_months,
        "review_day": chosen.review_due_day,
        "chair_action_days": chosen.chair_action_days,
        "review_notice_days": chosen.review_days_before_jag,
        "score_parts": score.get("part"),
        "ranges": score.get("range"),
    }
    try:
        policy = from_plain(Policy, entries)
    except ValueError as error:
        raise _unusable(folder, f"an entry is missing or of the wrong kind: {error}") from error
    _check(policy, folder / SCORE)
    return policy


def _read_lists(folder: Path) -> Mapping[str, Lines]:
    try:
        return read_files(folder, (PARTNERS, OBJECTIVES))
    except Unavailable as error:
        raise _unusable(folder, error.what.removesuffix(".")) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path)
    except (OSError, ValueError) as error:
        raise _unusable(path, str(error)) from error


def _check(policy: Policy, path: Path) -> None:
    keys = [part.key for part in policy.score_parts]
    if not keys or len(set(keys)) != len(keys):
        raise _unusable(path, "the parts of the score need different keys")
    if any(part.weight < 0 for part in policy.score_parts) or not sum(policy.weights.values()):
        raise _unusable(path, "the weights have to be positive")
    if policy.ranges.full_gap_m <= 0 or policy.months < 1 or not policy.partners or not policy.objectives:
        raise _unusable(path.parent, "partners, objectives, months and ranges cannot be empty")


def _unusable(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"{path} cannot be used: {why}.",
        "Bids cannot be scored without it.",
        "Mend the line it names, or put back the file the program came with.",
    )
