"""Writes thirteen months of camera health from a seed: faults as a half-migrated estate has them.

Analogue cameras behind encoders and wireless links fail most often. The record ends at the moment it is written: the
present health is for the recorder to find out, so nothing here claims that a camera is live.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert

from controlroom.cameras.records import Camera, Migration, Transport
from controlroom.database.unit_of_work import Work
from controlroom.recording.records import HealthState
from controlroom.recording.tables import CameraHealthRow, HealthChangeRow

MONTHS = 13
DAYS = round(MONTHS * 365.25 / 12)
# Mean days between two failures. The room counts about 97 cameras in 100 working on a given day.
_DAYS_BETWEEN = {Transport.FIBRE: 150, Transport.COPPER: 90, Transport.WIRELESS: 45, Transport.FOUR_G: 30}
# What fails, how often in a hundred, and how long it stays so: the shortest and the longest in hours.
_FAULTS = (
    (HealthState.OFFLINE, "The network cannot reach it.", 45, (0.2, 6.0)),
    (HealthState.SILENT, "The connection is taken, nothing is answered.", 30, (0.5, 20.0)),
    (HealthState.OFFLINE, "No power at the column.", 15, (4.0, 96.0)),
    (HealthState.OFFLINE, "Taken out of service for the contractor.", 8, (24.0, 240.0)),
    (HealthState.REFUSED, "The password was refused.", 2, (12.0, 72.0)),
)


def write_health(work: Work, *, now: datetime, seed: int, cameras: Sequence[Camera]) -> int:
    """Write every camera's history up to `now`, and that nobody has checked since; returns the number of changes."""
    changes = [
        {"camera_id": camera.id, "at": at, "state": state.value, "detail": detail}
        for camera in cameras
        for at, state, detail in _history(camera, now, random.Random(f"{seed} {camera.number}"))
    ]
    work.session.execute(insert(HealthChangeRow), sorted(changes, key=lambda each: each["at"]))
    standing = {"state": HealthState.UNKNOWN.value, "since": now, "looked_at": now, "detail": ""}
    work.session.execute(
        insert(CameraHealthRow), [{"camera_id": camera.id, **standing} for camera in cameras]
    )
    return len(changes)


def _history(
    camera: Camera, now: datetime, rng: random.Random
) -> Iterator[tuple[datetime, HealthState, str]]:
    mean_days = _DAYS_BETWEEN[camera.transport]
    if camera.migration is not Migration.DIGITAL:
        mean_days *= 0.6
    at = now - timedelta(days=DAYS) + timedelta(minutes=rng.uniform(0, 5))
    yield at, HealthState.ONLINE, ""
    while True:
        at += timedelta(days=rng.expovariate(1 / mean_days))
        state, detail, _, (shortest, longest) = rng.choices(_FAULTS, [each[2] for each in _FAULTS])[0]
        mended_at = at + timedelta(hours=rng.uniform(shortest, longest))
        if mended_at >= now:
            break
        yield at, state, detail
        yield mended_at, HealthState.ONLINE, ""
        at = mended_at
    yield now, HealthState.UNKNOWN, ""
