"""Measures the first start by running `controlroom.bench.first_start_desk`, the whole program, in its own process."""

import json
import subprocess
import sys

from controlroom.errors import Unavailable

MODULE = "controlroom.bench.first_start_desk"
WITHIN_S = 180
ALLOWED_S = 180  # of a person's time: under three minutes


def measure() -> dict[str, float | int | bool]:
    """Return its figures; raises Unavailable with its last words when it did not get to a live picture."""
    done = subprocess.run(
        [sys.executable, "-m", MODULE], capture_output=True, text=True, timeout=WITHIN_S, check=False
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Unavailable("The first start did not get to a live picture.", f"It said: {said}")
    return json.loads(done.stdout.splitlines()[-1])


def in_words(figures: dict[str, float | int | bool]) -> str:
    """Return a few plain lines for a person."""
    return "\n".join(
        (
            f"first window after {figures['window_ms']} ms, room made in {figures['make_room_ms']} ms",
            f"search for cameras {figures['discovery_ms']} ms, {figures['found']} found",
            f"camera asked in {figures['probe_ms']} ms, its picture after {figures['first_picture_ms']} ms",
            f"from saving to live on the desk's wall {figures['saved_to_live_ms']} ms",
            f"machine time {figures['machine_s']} s; with {figures['keys']} keys typed by an average typist "
            f"{figures['person_s']} s (allowed: {ALLOWED_S} s)",
        )
    )
