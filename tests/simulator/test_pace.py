"""Streams are paced: at their rate, never twice at once, and not hurried after when late."""

import threading
import time
from collections.abc import Iterator

import pytest

from controlroom.simulator.media.pace import Pace
from tests.waiting import LIMIT_S, wait_until


@pytest.fixture
def pace() -> Iterator[Pace]:
    made = Pace(2)
    yield made
    made.close()


def test_a_beat_keeps_its_rate(pace: Pace) -> None:
    turns: list[float] = []
    beat = pace.begin(0.02, lambda: turns.append(time.monotonic()))
    wait_until(lambda: len(turns) >= 26, why="26 turns")
    pace.cancel(beat)
    assert turns[25] - turns[0] >= 0.02 * 25 - 0.021  # never faster; a busy machine may be slower


def test_a_cancelled_beat_ends(pace: Pace) -> None:
    turns: list[int] = []
    beat = pace.begin(0.005, lambda: turns.append(1))
    wait_until(lambda: turns)
    pace.cancel(beat)
    other: list[int] = []
    settled = pace.begin(0.005, lambda: other.append(len(turns)))
    wait_until(lambda: len(other) > 5)
    pace.cancel(settled)
    assert other[-1] == other[2]


def test_a_beat_never_has_two_turns_at_once(pace: Pace) -> None:
    inside, most, turns = [0], [0], [0]
    lock = threading.Lock()

    def work() -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        threading.Event().wait(0.01)
        with lock:
            inside[0] -= 1
            turns[0] += 1

    beat = pace.begin(0.001, work)
    wait_until(lambda: turns[0] > 10)
    pace.cancel(beat)
    assert most[0] == 1
    assert beat.skipped > 0  # what was missed is not made up for


def test_a_slow_beat_leaves_room_for_the_others(pace: Pace) -> None:
    quick: list[int] = []
    gate = threading.Event()
    slow = pace.begin(0.01, lambda: gate.wait(LIMIT_S))
    other = pace.begin(0.01, lambda: quick.append(1))
    wait_until(lambda: len(quick) > 10, why="the quick beat on the second thread")
    gate.set()
    pace.cancel(slow)
    pace.cancel(other)


def test_a_beat_that_fails_loses_one_picture_and_no_thread(pace: Pace) -> None:
    turns: list[int] = []

    def sometimes() -> None:
        turns.append(1)
        if len(turns) % 2:
            raise ValueError("this picture cannot be made")

    failing = pace.begin(0.005, sometimes)
    others: list[int] = []
    steady = pace.begin(0.005, lambda: others.append(1))
    wait_until(lambda: len(turns) > 10 and len(others) > 10, why="both beats go on")
    pace.cancel(failing)
    pace.cancel(steady)
