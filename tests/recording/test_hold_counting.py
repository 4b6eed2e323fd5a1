"""Counted holds are proven by the audit, in batches that do not flood it, and dropped when they are too old."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text

from controlroom.audit import service as audit
from controlroom.audit.tables import AuditEntryRow
from controlroom.cameras.holds.records import Holder
from controlroom.cameras.holds.rules import Ended, Ending, Held
from controlroom.errors import Unavailable
from controlroom.recording.hold_counting import AT_MOST_EVERY_S, HoldCounting
from controlroom.recording.hold_store import HOLD_RETENTION, HoldStore
from controlroom.recording.holds import HoldBook
from controlroom.recording.tables import CameraHoldRow
from tests.audit.records_of_a_night import count_holds
from tests.builders import Room, make_room


def faults(room: Room) -> str:
    with room.database.read() as session:
        return "; ".join(audit.verify(session).faults)


def entries(room: Room, action: str) -> list[str]:
    with room.database.read() as session:
        query = select(AuditEntryRow.detail).filter_by(action=action).order_by(AuditEntryRow.sequence)
        return list(session.scalars(query))


@pytest.mark.both_engines
def test_a_batch_has_one_entry_that_says_who_moved_how_much_and_proves_each_hold(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    camera = room.add_camera().id
    count_holds(room, camera, 12, 0, 3)
    (said,) = entries(room, "hold.counted")
    assert '"holds": 3' in said
    assert '"movements": {"Operator 07": 15}' in said
    room.clock.advance(HOLD_RETENTION - timedelta(days=1))
    count_holds(room, camera, 4)
    room.clock.advance(timedelta(days=2))
    store = HoldStore(room.database)
    assert [store.prune(), store.prune()] == ["3 old holds dropped", "0 old holds dropped"]
    (said,) = entries(room, "hold.dropped")
    assert '"holds": 3' in said
    assert faults(room) == ""
    with room.database.write() as work:
        work.session.execute(delete(CameraHoldRow))
    assert "hold 4 of a camera is gone" in faults(room)


def test_a_row_that_nobody_counted_is_named_though_the_recorder_may_write_it(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    count_holds(room, room.add_camera().id, 12)
    with room.database.write() as work:
        columns = ", ".join(
            each.name for each in CameraHoldRow.__table__.c if each.name not in ("id", "moves")
        )
        work.session.execute(
            text(
                f"INSERT INTO camera_holds (id, moves, {columns}) SELECT 2, 900, {columns} FROM camera_holds"
            )
        )
    assert faults(room) == "hold 2 of a camera was put in past the program: no audit entry wrote it"


class Away(HoldStore):
    """A store whose database can be away."""

    away = False

    def count(self, ended: Sequence[Ended], now: float) -> int:
        if self.away:
            raise Unavailable("The database is away.")
        return super().count(ended, now)


def test_a_busy_minute_is_one_batch_and_a_quiet_room_waits_for_nothing(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    camera = room.add_camera().id
    now, store = [0.0], Away(room.database)
    book = HoldBook(tmp_path / "holds.json", lambda: now[0])
    counting = HoldCounting(book, store, lambda: now[0])
    who = Holder("desk 1", room.operator.handle, user_id=room.operator.user_id)

    def steer(seconds: float) -> int:
        """A hold ends in each of so many seconds; how many are written down by then."""
        for _ in range(round(seconds)):
            now[0] += 1
            held = Held(str(camera), 1, who, since=now[0] - 1, until=now[0], moved_at=now[0], moves=1)
            book.put_back([Ended(held, Ending.RELEASED, free=True, at=now[0])])
            counting.run_once()
        with room.database.read() as session:
            return session.scalar(select(func.count()).select_from(CameraHoldRow)) or 0

    assert steer(1) == 1
    assert steer(AT_MOST_EVERY_S - 1) == 1
    assert steer(1) == AT_MOST_EVERY_S + 1
    store.away = True
    now[0] += AT_MOST_EVERY_S
    assert steer(2) == AT_MOST_EVERY_S + 1
    store.away = False
    counting.finish()
    assert steer(0) == AT_MOST_EVERY_S + 3
    assert len(entries(room, "hold.counted")) == 3
    assert faults(room) == ""
