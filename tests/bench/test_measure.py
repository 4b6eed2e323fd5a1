"""The figures a bench prints are what they say."""

import os
import subprocess
import sys

import psutil
import pytest

from controlroom.bench.measure import CpuClock, percentile, resident_bytes, tree
from tests.waiting import wait_until

BUSY = "while True: pass"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile([], 0.95) is None
    assert percentile([7.0], 0.99) == 7.0
    values = [float(n) for n in range(100, 0, -1)]
    assert (percentile(values, 0.95), percentile(values, 0.99), percentile(values, 1.0)) == (
        95.0,
        99.0,
        100.0,
    )


def test_processor_time_is_summed_over_all_descendants():
    with subprocess.Popen([sys.executable, "-c", PARENT]) as parent:
        wait_until(lambda: len(tree([parent.pid])) == 2, why="the busy grandchild")
        family = tree([parent.pid, None, 2**22 - 1])
        clock = CpuClock()
        assert clock.percent is None
        clock.start([parent.pid])
        used = sum(sum(process.cpu_times()[:2]) for process in family)
        wait_until(lambda: sum(sum(process.cpu_times()[:2]) for process in family) - used > 0.3)
        clock.stop()
        for process in family:
            process.kill()
    assert clock.percent is not None
    assert clock.percent > 0
    clock.stop()  # processes that have gone cost nothing more


def test_memory_of_one_process_is_plausible():
    own = resident_bytes([psutil.Process(os.getpid())])
    assert 10_000_000 < own < 2_000_000_000
    assert resident_bytes([]) == 0


def test_one_process_can_be_measured_without_its_children():
    with subprocess.Popen([sys.executable, "-c", PARENT]) as parent:
        wait_until(lambda: len(tree([parent.pid])) == 2)
        clock = CpuClock()
        clock.start_alone(parent.pid)
        busy = psutil.Process(parent.pid).children()[0]
        used = busy.cpu_times().user
        wait_until(lambda: busy.cpu_times().user - used > 0.3)
        clock.stop()
        busy.kill()
        parent.kill()
    assert clock.percent == pytest.approx(0, abs=10)
