"""Children are listened to, restarted, told apart when hung, and never left behind."""

import logging
import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from controlroom.processes.records import ProcessState
from controlroom.processes.rules import LOOP_AFTER, STEADY_AFTER_S, RestartHistory, end_in_words
from controlroom.processes.run_folder import RunFolder, sweep
from controlroom.processes.supervised import SupervisedProcess
from controlroom.processes.supervisor import Supervisor
from tests.waiting import LIMIT_S, wait_until

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


def test_a_killed_child_is_back_and_says_so(supervisor):
    ups, downs = [], []
    child, _ = start(supervisor, on_up=lambda: ups.append(1), on_down=lambda: downs.append(1))
    before = child.pid
    psutil.Process(before).kill()
    wait_until(lambda: child.pid not in (None, before) and child.health().last_beat_age_s is not None)
    assert (len(ups), len(downs), child.health().restarts) == (2, 1, 1)


def test_sigterm_ends_a_child_after_what_it_is_doing_and_not_in_the_middle(supervisor, tmp_path):
    child, heard = start(supervisor)
    before, go = child.pid, tmp_path / "go"
    assert before is not None
    assert child.send({"until": str(go)})
    wait_until(lambda: heard == [{"working": True}], why="it works")
    os.kill(before, signal.SIGTERM)
    go.touch()
    wait_until(lambda: child.pid not in (None, before), why="it ended, and is started again")
    assert [each.get("pid") for each in heard[1:]] == [before], "what it did was done to the end"


def test_a_child_that_stops_beating_is_ended_and_started_again(supervisor):
    child, _ = start(supervisor, arguments=("--hang",), hang_after_s=LIMIT_S)
    before = child.pid
    assert before is not None
    child._hang_after_s = 0.1
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


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot stop a process")
def test_a_stopped_child_is_ended_and_started_again_and_the_reason_is_shown(supervisor):
    child, _ = start(supervisor, hang_after_s=LIMIT_S)
    before = child.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    child._hang_after_s = 0.1
    wait_until(lambda: child.pid != before, "the watchdog ended it")
    child._hang_after_s = LIMIT_S
    wait_until(lambda: child.health().state is ProcessState.RUNNING)
    assert "did not answer" in child.health().reason


def test_a_running_child_shows_its_memory(supervisor):
    child, _ = start(supervisor)
    memory = child.health().memory_bytes
    assert memory is not None
    assert memory > 1_000_000


@pytest.mark.parametrize(
    ("module", "python", "why"),
    [
        ("controlroom.no_such_module", sys.executable, "No module named"),
        (CHILD, "/nowhere/python", "No such file"),
    ],
)
def test_a_child_that_cannot_start_is_shown_with_the_reason(supervisor, module, python, why):
    child = SupervisedProcess("echo", module, lambda _: None, python=python)
    supervisor.add(child)
    wait_until(lambda: child.health().state is ProcessState.FAILING, "it is told that it cannot start")
    wait_until(lambda: why in child.health().reason, "and why")
    assert child.health().pid is None or child.health().last_beat_age_s is None


def test_a_crash_loop_is_told_once(supervisor, caplog):
    caplog.set_level(logging.INFO)
    child = SupervisedProcess("echo", CHILD, lambda _: None, python="/nowhere/python")
    supervisor.add(child)
    wait_until(lambda: child.health().restarts > LOOP_AFTER + 1, "it failed over and over")
    told = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert sum("keeps ending" in record.getMessage() for record in told) == 1
    assert len(told) <= LOOP_AFTER + 1


def test_a_restart_on_request_is_at_once_and_not_held_against_the_child(supervisor):
    child, _ = start(supervisor)
    before = child.pid
    assert supervisor.restart("echo")
    wait_until(lambda: child.pid not in (None, before), "started again")
    wait_until(lambda: child.health().state is ProcessState.RUNNING)
    assert child.health().reason == "started again on request"
    assert not supervisor.restart("nobody")


def test_a_restart_ends_a_child_that_will_not_leave(supervisor):
    child, heard = start(supervisor)
    child.send({"n": 1})
    wait_until(lambda: heard)
    child.send({"sleep": True})
    before = child.pid
    supervisor.restart("echo")
    wait_until(lambda: child.pid not in (None, before), "ended by force, started again")


def test_children_are_not_blamed_for_the_time_the_computer_slept(supervisor):
    child, _ = start(supervisor, arguments=("--hang",), hang_after_s=LIMIT_S)
    before = child.pid
    child.be_patient()
    child._last_beat = time.monotonic() - 2 * LIMIT_S
    child.kill_if_hung()
    assert child.pid == before
    child._patience_from = 0.0
    child.kill_if_hung()
    wait_until(lambda: child.pid != before, "for its own silence it is")


def test_a_full_disk_costs_the_ledger_and_not_the_child(tmp_path, caplog):
    run_folder = RunFolder(tmp_path / "run")
    blocked = tmp_path / "run" / f"{os.getpid()}.new"
    blocked.mkdir()  # what is written there first fails, as on a full disk
    run_folder.note_child(os.getpid())
    run_folder.note_segment("some-segment")
    assert caplog.text.count("cannot be written") == 1
    blocked.rmdir()
    run_folder.note_child(os.getpid())
    assert "some-segment" in (tmp_path / "run" / f"{os.getpid()}.json").read_text()
    run_folder.close()


def test_a_child_somebody_waits_for_is_not_kept_back(supervisor):
    child = SupervisedProcess("echo", CHILD, lambda _: None, python="/nowhere/python", urgent=lambda: True)
    supervisor.add(child)
    usual = sum(RestartHistory(short=life).ended(0, beat=False) for life in range(20))
    assert usual > 2 * LIMIT_S
    wait_until(lambda: child.health().restarts >= 20, "tried again and again")


def test_pauses_grow_and_a_steady_life_is_forgiven():
    lives = RestartHistory()
    assert [lives.ended(1, beat=True) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert lives.looping
    assert lives.ended(STEADY_AFTER_S, beat=True) == 0.2
    assert not lives.looping


def test_ends_in_words():
    assert end_in_words(3) == "ended with code 3"
    assert end_in_words(-9) == "was ended by SIGKILL"
