"""The moments at which the whole tour is taken: one with each commit, all of them in turn."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = "CONTROLROOM_TOUR_AT"  # takes the tour at another moment than the commit's
AWKWARD = (
    "2026-11-26T09:58",  # the JAG meets that day: six bids and every deployment near its end stand on its agenda
    "2026-12-31T23:55",
    "2027-01-01T00:05",
    "2027-01-31T23:55",  # three months later is 30 April
    "2027-02-28T12:00",
    "2027-03-28T00:57",  # the clocks go forward during the tour
    "2027-03-28T01:30",  # a time that does not exist
    "2027-05-31T10:00",
    "2027-07-01T00:05",  # still June in UTC
    "2027-09-23T16:40",  # the JAG meets that day, in summer time
    "2027-10-31T01:30",  # the first of two
    "2027-10-31T01:57",  # the hour begins again during the tour
    "2027-10-31T01:30+00:00",  # the second of two
    "2028-02-29T00:05",
)


def chosen_moment() -> str:
    """The moment for `demo --at`: as the environment says, else the commit's own."""
    return os.environ.get(CHOSEN) or AWKWARD[commits() % len(AWKWARD)]


def commits() -> int:
    """The number of the commit in its branch; 0 outside git, where the first moment is taken."""
    command = ["git", "-C", str(ROOT), "rev-list", "--count", "HEAD"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(said)
