"""Writes a sign-in and a sign-out for everybody on duty into the audit trail, shift after shift."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from controlroom.accounts.records import User
from controlroom.accounts.tables import UserRow
from controlroom.audit.service import PendingEntry, add
from controlroom.clock import local
from controlroom.database.unit_of_work import Work
from controlroom.simulator.borough.rota import DAY_STARTS, NIGHT_STARTS, Rota

SHIFT = timedelta(hours=12)
DESKS = ("Desk 1", "Desk 2", "Desk 3", "Supervisor's desk")


def write_shifts(work: Work, *, now: datetime, since: datetime, seed: int, users: Sequence[User]) -> int:
    """Write the sign-ins of every shift from `since` to `now`; returns the number of sign-ins."""
    rng, rota = random.Random(f"{seed} shifts"), Rota(users, now)
    entries: list[PendingEntry] = []
    last: dict[str, tuple[datetime, str]] = {}
    for start in _starts(since, now):
        middle = start + SHIFT / 2
        on_duty = [*rota.operators(middle), rota.supervisor(middle)]
        for desk, handle in zip([*DESKS[: len(on_duty) - 1], DESKS[-1]], on_duty, strict=False):
            arrives = start + timedelta(minutes=rng.uniform(-12, 4))
            leaves = start + SHIFT + timedelta(minutes=rng.uniform(1, 14))
            if arrives > now:
                continue
            entries.append(PendingEntry(handle, "sign-in", "user", handle, {"desk": desk}, at=arrives))
            last[handle] = (arrives, desk)
            if leaves <= now:
                entries.append(PendingEntry(handle, "sign-out", "user", handle, {"desk": desk}, at=leaves))
    add(work, *entries)
    for handle, (at, desk) in last.items():
        work.session.execute(
            update(UserRow).where(UserRow.handle == handle).values(last_sign_in_at=at, last_desk=desk)
        )
    return sum(entry.action == "sign-in" for entry in entries)


def _starts(since: datetime, now: datetime) -> Iterator[datetime]:
    """Yield the start of every shift, by London's clock."""
    day = local(since).date()
    while day <= local(now).date():
        for hour in (DAY_STARTS, NIGHT_STARTS):
            at = local(now).replace(
                year=day.year, month=day.month, day=day.day, hour=hour, minute=0, second=0, microsecond=0
            )
            if since <= at <= now:
                yield at
        day += timedelta(days=1)
