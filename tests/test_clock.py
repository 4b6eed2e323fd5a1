"""Times: aware inside, London outside, the repeated hour told apart."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from controlroom.clock import (
    AHEAD_VARIABLE,
    ShiftedClock,
    StepWatch,
    SystemClock,
    in_repeated_hour,
    local_date,
    london,
    process_clock,
    require_aware,
    set_process_clock,
    show_moment,
    show_time,
)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        require_aware(datetime(2026, 11, 20, 22, 41))  # noqa: DTZ001


def test_summer_times_are_shown_an_hour_ahead_of_utc():
    assert show_time(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "13:00"


def test_the_hour_that_happens_twice_carries_its_zone_and_no_other_does():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert (show_time(first), show_time(second)) == ("01:30 BST", "01:30 GMT")
    assert show_time(datetime(2026, 10, 25, 2, 30, tzinfo=UTC)) == "02:30"
    assert not in_repeated_hour(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))


def test_both_halves_of_the_repeated_hour_can_be_written():
    day = date(2026, 10, 25)
    assert (london(day, 1, 30, fold=1) - london(day, 1, 30)).total_seconds() == 3600


def test_the_day_changes_at_london_midnight():
    assert local_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert show_moment(datetime(2026, 11, 20, 22, 41, tzinfo=UTC)) == "20 Nov 2026 22:41"


def test_a_process_takes_the_computers_clock_unless_it_belongs_to_a_demonstration() -> None:
    assert isinstance(process_clock({}), SystemClock)
    environment: dict[str, str] = {}
    set_process_clock(datetime(2031, 3, 30, 0, 59, 58, tzinfo=UTC), environment)
    clock = process_clock(environment)
    assert isinstance(clock, ShiftedClock)
    assert clock.ahead == timedelta(seconds=float(environment[AHEAD_VARIABLE]))


def test_a_set_clock_runs_at_the_computers_pace_and_reaches_the_processes_it_starts() -> None:
    environment = dict(os.environ)
    set_process_clock(datetime(2031, 3, 30, 0, 59, 58, tzinfo=UTC), environment)
    ask = "from controlroom.clock import process_clock; print(process_clock().now().isoformat())"
    clock = process_clock(environment)
    before = clock.now()
    command = [sys.executable, "-c", ask]
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert before < datetime.fromisoformat(child.stdout.strip()) < clock.now()


def test_a_set_clock_is_no_step_of_the_clock() -> None:
    environment: dict[str, str] = {}
    set_process_clock(datetime(2031, 3, 30, 0, 59, 58, tzinfo=UTC), environment)
    watch = StepWatch(process_clock(environment), threshold_s=2)
    assert [watch.look() for _ in range(3)] == [None, None, None]
