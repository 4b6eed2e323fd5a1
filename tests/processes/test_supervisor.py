"""Children are listened to, restarted, told apart when hung, and never left behind."""

import logging
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from controlroom.processes.run_folder import RunFolder, sweep
from controlroom.processes.supervisor import ProcessState, SupervisedProcess, Supervisor
from tests.waiting import wait_until

CHILD = "tests.processes.echo_child"


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(RunFolder(tmp_path / "run"))
    yield supervisor
    supervisor.close()
    supervisor.run_folder.close()


def start(supervisor, **more):
    heard = []
    child = SupervisedProcess("echo", CHILD, heard.append, **more)
    supervisor.add(child)
    wait_until(lambda: child.health().state is ProcessState.RUNNING, why="the child beats")
    return child, heard


def test_messages_go_both_ways_and_stray_prints_do_not_disturb(supervisor, caplog):
    caplog.set_level(logging.INFO)
    child, heard = start(supervisor)
    assert child.send({"print": True})
    assert child.send({"n": 2})
    wait_until(lambda: len(heard) == 2, why="two echoes")
    assert heard[1]["echo"] == {"n": 2}
    wait_until(lambda: "a library prints" in caplog.text, why="the print lands in the log")
    assert "s3cret" not in caplog.text


def test_a_killed_child_is_back_within_three_seconds_and_says_so(supervisor):
    ups, downs = [], []
    child, _ = start(supervisor, on_up=lambda: ups.append(1), on_down=lambda: downs.append(1))
    before, at = child.pid, time.monotonic()
    psutil.Process(before).kill()
    wait_until(
        lambda: child.pid not in (None, before) and child.health().last_beat_age_s is not None, timeout=3.0
    )
    assert time.monotonic() - at < 3
    assert (len(ups), len(downs), child.health().restarts) == (2, 1, 1)


def test_a_child_that_stops_beating_is_ended_and_started_again(supervisor):
    child, _ = start(supervisor, arguments=("--hang",), hang_after_s=0.5)
    before = child.pid
    wait_until(lambda: child.pid not in (None, before), why="the watchdog ended it")


def test_closing_leaves_no_process_even_one_that_does_not_listen(tmp_path):
    supervisor = Supervisor(RunFolder(tmp_path / "run"))
    child, _ = start(supervisor)
    stubborn, _ = start(supervisor)
    stubborn.send({"sleep": True})
    pids = [child.pid, stubborn.pid]
    supervisor.close(timeout_s=0.5)
    supervisor.run_folder.close()
    assert None not in pids
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)
    assert list((tmp_path / "run").iterdir()) == []


def test_the_next_start_sweeps_what_a_killed_desk_left(tmp_path):
    folder = tmp_path / "run"
    desk = textwrap.dedent(
        f"""
        import subprocess, sys
        from multiprocessing import shared_memory, resource_tracker
        from pathlib import Path
        from controlroom.processes.run_folder import RunFolder
        run = RunFolder(Path({str(folder)!r}))
        run.note_segment("controlroom-test-sweep")
        segment = shared_memory.SharedMemory("controlroom-test-sweep", create=True, size=1000)
        resource_tracker.unregister(segment._name, "shared_memory")
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        run.note_child(child.pid)
        print(child.pid, flush=True)
        sys.stdin.read()
        """
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", desk], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        orphan = int(process.stdout.readline())
        assert sweep(folder) == []  # a run that lives is left alone
        process.kill()
    done = sweep(folder)
    assert done == [f"process {orphan}", "shared memory controlroom-test-sweep"]
    assert not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE
    assert sweep(folder) == []


def test_a_ledger_that_is_rubbish_is_cleared(tmp_path):
    (tmp_path / "123.json").write_text("{half a")
    assert sweep(tmp_path) == []
    assert list(tmp_path.glob("*.json")) == []
