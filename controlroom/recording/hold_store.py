"""Counts holds in the database: who steered which camera, from when to when, with how many movements.

A batch of them has one audit entry, which says how many movements each person ordered and vouches for every row. They
are kept for `HOLD_RETENTION`, then deleted.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.audit.act import SYSTEM
from controlroom.cameras.holds.rules import Ended
from controlroom.cameras.tables import CameraRow
from controlroom.database.unit_of_work import Database
from controlroom.recording.tables import CameraHoldRow

KIND = "hold"
HOLD_RETENTION = timedelta(days=400)


class HoldStore:
    """The recorder's side. Every method is one transaction; raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, ended: Sequence[Ended], now: float) -> int:
        """Write down holds that ended; `now` is the moment on the clock they were timed by. Returns how many were."""
        with self._database.write() as work:
            cameras, users = _ids(work.session, CameraRow), _ids(work.session, UserRow)
            rows = [
                _row(each, work.now, now, users)
                for each in ended
                if each.held.camera_id.isdecimal() and int(each.held.camera_id) in cameras
            ]
            if rows:
                work.session.add_all(rows)
                moved = Counter[str]()
                for each in rows:
                    moved[each.handle] += each.moves
                audit.record(
                    work, SYSTEM, "hold.counted", KIND, "cameras", holds=len(rows), movements=dict(moved)
                )
        return len(rows)

    def prune(self) -> str:
        """Delete what is too old; returns what was done, in words."""
        with self._database.write() as work:
            old = CameraHoldRow.ended_at < work.now - HOLD_RETENTION
            count = work.session.scalar(select(func.count()).select_from(CameraHoldRow).where(old)) or 0
            if count:
                work.session.execute(delete(CameraHoldRow).where(old))
                audit.record(work, SYSTEM, "hold.dropped", KIND, "cameras", holds=count)
        return f"{count} old holds dropped"


def _row(ended: Ended, at: datetime, now: float, users: set[int]) -> CameraHoldRow:
    held, who = ended.held, ended.held.holder
    return CameraHoldRow(
        camera_id=int(held.camera_id),
        user_id=who.user_id if who.user_id in users else None,
        handle=who.name[:120],
        desk=who.desk[:120],
        began_at=at - timedelta(seconds=max(0.0, now - held.since)),
        ended_at=at - timedelta(seconds=max(0.0, now - ended.at)),
        moves=min(held.moves, 1_000_000_000),
        ending=ended.how.value,
    )


def _ids(session: Session, table: type[CameraRow] | type[UserRow]) -> set[int]:
    return set(session.scalars(select(table.id)))
