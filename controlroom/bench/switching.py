"""Measures the change of operators at the desk by running `switching_desk` in a process of its own."""

import json
import os
import subprocess
import sys

from controlroom.errors import Unavailable

MODULE = "controlroom.bench.switching_desk"
WITHIN_S = 180
ALLOWED_MS = 5000  # from the first key to the new person's page, Argon2 included


def measure() -> dict[str, int]:
    """Return its figures; raises Unavailable with its last words when it did not finish."""
    done = subprocess.run(
        [sys.executable, "-m", MODULE],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ},
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Unavailable("The changeovers did not come to an end.", f"It said: {said}")
    return json.loads(done.stdout.splitlines()[-1])


def in_words(figures: dict[str, int]) -> str:
    """Return a few plain lines for a person."""
    return (
        f"{figures['switches']} changeovers of {figures['keys']} keys: {figures['switch_ms']} ms in the middle, "
        f"{figures['switch_ms_max']} ms at most (allowed: {ALLOWED_MS}), one password {figures['argon2_ms']} ms\n"
        f"locked after {figures['lock_ms']} ms, open again {figures['unlock_ms']} ms after the password"
    )
