"""The computer's clock set back and forwards while the room runs: told, entered, and nothing loses its order."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from controlroom.app.watches import ClockWatch, note_step
from controlroom.audit import service as audit
from controlroom.changes import Change
from controlroom.clock import StepWatch, step_words
from controlroom.incidents.links import IncidentLinks
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.vocabulary import load
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from tests.builders import FRIDAY_NIGHT, Room, make_room
from tests.clock import SetClock
from tests.log.writing import write_entry


class Steady:
    """A clock nobody sets."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.mark.parametrize("step", [-3600.0, -5.0, 5.0, 86400.0])
def test_a_step_is_told_from_time_that_passed(step: float):
    clock, steady = SetClock(FRIDAY_NIGHT), Steady()
    watch = StepWatch(clock, 5.0, steady)
    clock.advance(timedelta(seconds=1000))
    steady.at += 1000
    assert watch.look() is None
    clock.advance(timedelta(seconds=1 + step))
    steady.at += 1
    assert watch.look() == pytest.approx(step)
    assert watch.look() is None


def test_a_clock_brought_right_slowly_is_no_step():
    clock, steady = SetClock(FRIDAY_NIGHT), Steady()
    watch = StepWatch(clock, 5.0, steady)
    for _ in range(3600):
        clock.advance(timedelta(seconds=1.0005))  # 500 ppm, the fastest a time service slews
        steady.at += 1
        assert watch.look() is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (42, "by 42 s forwards"),
        (-75, "by 1 min 15 s back"),
        (-3900, "by 1 h 05 min back"),
        (864000, "by 10 days forwards"),
    ],
)
def test_steps_in_words(seconds: float, words: str):
    assert step_words(seconds) == words


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path)


def test_the_room_is_told_and_the_audit_trail_holds_it(qtbot: QtBot, room: Room):
    background, messages, steady = Background(), Messages(), Steady()
    keeper = ClockWatch(
        room.database,
        DeskSession(room.operator),
        background,
        messages,
        StepWatch(room.clock, 5.0, steady),
    )
    room.clock.advance(timedelta(hours=-1))
    keeper.look()
    assert messages.last is not None
    assert "changed by 1 h 00 min back" in messages.last.text
    qtbot.waitUntil(lambda: not background.busy)
    with room.database.read() as session:
        (entry,) = audit.newest(session, 1)
    assert (entry.action, entry.detail) == ("clock.changed", {"by_seconds": -3600.0})
    keeper.stop()
    assert background.close()


def test_a_clock_set_at_one_desk_is_told_at_every_other(qtbot: QtBot, room: Room):
    background, messages = Background(), Messages()
    bridge = ChangeBridge(room.changes)
    heard: list[Change] = []
    bridge.told.connect(heard.append)
    keeper = ClockWatch(
        room.database,
        DeskSession(room.operator),
        background,
        messages,
        StepWatch(room.clock, 5.0, Steady()),
        bridge,
    )
    note_step(room.database, room.operator.handle, -3600.0)
    qtbot.waitUntil(lambda: bool(heard))
    assert messages.last is None, "this desk has said so by itself"
    room.changes.announce(replace(heard[0], desk="DESK-2"))
    qtbot.waitUntil(lambda: messages.last is not None)
    assert messages.last is not None
    assert "The clock of the desk DESK-2 was changed by 1 h 00 min back" in messages.last.text
    keeper.stop()
    assert background.close()


@pytest.mark.parametrize("hours", [-1, 1])
def test_entries_keep_their_order_and_none_is_in_the_future(room: Room, hours: int):
    log = LogService(room.database, load(), SnapshotStore(room.folder / "snapshots"), IncidentLinks())
    before = write_entry(log, room.operator, NewLogEntry("Before the clock was set."))
    room.clock.advance(timedelta(hours=hours))
    after = write_entry(log, room.operator, NewLogEntry("After the clock was set."))
    assert after.id > before.id
    assert after.occurred_at == room.clock.now()
    assert after.occurred_at <= after.recorded_at
    with room.database.read() as session:
        assert audit.verify(session).sound
        sequences = [entry.sequence for entry in audit.newest(session, 10)]
    assert sequences == sorted(sequences, reverse=True)
