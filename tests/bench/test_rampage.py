"""The short version of the two minutes of kill -9: each part once, and nothing is lost, left behind or left moving."""

import pytest

from controlroom.bench import rampage
from controlroom.bench.processes import ProcessFigures


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_after_each_part_was_killed_all_is_back_and_nothing_is_lost() -> None:
    victims = {"control": 1, "media worker": 1, "recorder": 1}
    done = rampage.run(1.0, cameras=1, victims=victims)
    assert {name: count for name, count in done.killed.items() if count} == victims
    assert done.accepted
    assert done.good, done.in_words()
    assert done.tracebacks == []


def test_a_broken_limit_is_named_and_fails_the_command() -> None:
    good = ProcessFigures(900, 700, 1500, 20, 600, 0, 0, 4000, 3000, 3500, 0.5)
    assert good.good
    slow = ProcessFigures(900, 3001, 1500, None, 600, 1, 0, 4000, 3000, 3500, 0.5)
    assert slow.broken == ["first_picture_ms", "stop_after_desk_kill_ms", "leaked_processes"]
    assert "BROKEN" in slow.in_words()
    assert set(ProcessFigures.LIMITS) <= set(good.to_json())
