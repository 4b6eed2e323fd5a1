"""Writes thirteen months of log entries and incidents into an open unit of work, from a seed."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from controlroom.accounts.records import User
from controlroom.cameras.places import stays_of
from controlroom.cameras.records import Camera
from controlroom.database.unit_of_work import Work
from controlroom.incidents.records import IncidentState
from controlroom.log.tables import LogEntryRow
from controlroom.simulator.borough.happenings import EventGenerator
from controlroom.simulator.borough.incident_history import IncidentHistory
from controlroom.simulator.borough.rota import Rota

MONTHS = 13
INCIDENTS_A_MONTH = 180
DAYS_A_MONTH = 365.25 / 12
_ADDENDA = (
    ("wrong camera", "The second sighting was on the camera before this one."),
    ("time", "By the recorder this was two minutes earlier."),
    ("more known", "Officers say later that nobody was hurt."),
    ("crime reference came later", "Reference given by the officer on the next shift."),
    ("spelling of the street", "The side road is the one by the library."),
    ("description", "The jacket was dark green, not black."),
)


@dataclass(frozen=True)
class IncidentSummary:
    """Counts what was written."""

    entries: int
    addenda: int
    incidents: int
    by_state: dict[IncidentState, int] = field(default_factory=dict)
    proactive: int = 0


def write_incidents(
    work: Work, *, now: datetime, seed: int, users: list[User], cameras: list[Camera], months: float = MONTHS
) -> IncidentSummary:
    """Write `months` months of the log and of incidents up to `now`; counters are left so that the next number follows.

    `users` and `cameras` are those of the database; at least one of each.
    """
    rng = random.Random(seed)
    since = now - timedelta(days=months * DAYS_A_MONTH)
    chronicler = EventGenerator(rng, cameras, Rota(users, now), stays_of(work.session))
    happenings = chronicler.incidents(since, now - timedelta(minutes=50), round(months * INCIDENTS_A_MONTH))
    happenings += chronicler.special(now)
    history = IncidentHistory(work, now)
    history.tell(chronicler.routine(since, now), happenings)
    history.write()
    entries = history.entries()
    addenda = _addenda(rng, entries, now)
    history.write_addenda(addenda)
    history.insert()
    return IncidentSummary(
        len(entries), len(addenda), len(history.incidents), history.states(), history.proactive()
    )


def _addenda(
    rng: random.Random, entries: list[LogEntryRow], now: datetime
) -> list[tuple[LogEntryRow, datetime, str, str]]:
    """What is added to a few of the entries afterwards: to which, when, why, and what."""
    found = []
    for entry in entries:
        at = entry.recorded_at + timedelta(minutes=rng.randrange(5, 600))
        if rng.random() <= 0.008 and at <= now:
            found.append((entry, at, *rng.choice(_ADDENDA)))
    return found
