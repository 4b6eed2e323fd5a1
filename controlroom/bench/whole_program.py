"""Runs a measurement that is the whole program in a process of its own, and holds the figures of both there are.

The process that waits for it loads no window, so that it takes nothing from what is measured.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from controlroom.bench.measure import Figures
from controlroom.errors import Unavailable

WITHIN_S = 180


@dataclass(frozen=True)
class FirstStartFigures(Figures):
    """The figures; `person_s` is the machine's time and that of a person with an average typist's fingers."""

    LIMITS = {"person_s": 180}  # of a person's time: under three minutes
    window_ms: int
    make_room_ms: int
    discovery_ms: int
    found: int
    probe_ms: int
    first_picture_ms: int
    saved_to_live_ms: int
    machine_s: float
    keys: int
    person_s: float


@dataclass(frozen=True)
class SwitchFigures(Figures):
    """The figures: the middle and the slowest changeover, one password's check, the slowest lock and unlock."""

    LIMITS = {"switch_ms_max": 5000}  # from the first key to the new person's page, Argon2 included
    switches: int
    switch_ms: int
    switch_ms_max: int
    argon2_ms: int
    keys: int
    lock_ms: int
    unlock_ms: int


@dataclass(frozen=True)
class TextSizeFigures(Figures):
    """The figures: the middle and the slowest step of text size, and the slowest page's first look after one.

    `cpu_ms` is the window's own share of the middle step; on a busy machine the rest is waiting.
    """

    LIMITS = {"step_ms": 300}
    widgets: int
    steps: int
    step_ms: int
    step_ms_max: int
    cpu_ms: int
    page_after_ms_max: int


def measured_by(module: str) -> dict[str, Any]:
    """Return the figures that `module`, run in a process of its own, prints last.

    Raises Unavailable with its last words when it did not come to its end.
    """
    done = subprocess.run(
        [sys.executable, "-m", module],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Unavailable("The measurement did not come to its end.", f"It said: {said}")
    return json.loads(done.stdout.splitlines()[-1])
