"""A room opens with its processes and closes without leaving any, by whichever door."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from controlroom.app.room import open_room, open_services
from controlroom.processes.records import ProcessState
from tests.waiting import LIMIT_S, wait_until


def all_running(room):
    return all(each.state is ProcessState.RUNNING for each in room.supervisor.health())


def with_an_account(folder: Path) -> Path:
    """A room past its first start."""
    with open_services(folder) as services:
        services.accounts.add_first("duty", "Administrator", "three random words")
    return folder


@contextmanager
def desk(folder: Path, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """A desk in a process of its own; gone at the end, however the test ends."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "controlroom.cli", "run", "--data", str(folder), *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ledger(folder: Path) -> dict[str, list[dict[str, int]]]:
    (path,) = (folder / "run").glob("*.json")
    return json.loads(path.read_text())


def children_are_up(folder: Path) -> bool:
    try:
        return len(ledger(folder)["children"]) == 2
    except ValueError:
        return False


def test_closing_a_room_leaves_no_process_and_no_ledger(tmp_path):
    with open_room(tmp_path) as room:
        wait_until(lambda: all_running(room), why="control and media worker run")
        pids = [each.pid for each in room.supervisor.health()]
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)
    assert list((tmp_path / "run").iterdir()) == []


def test_an_error_inside_takes_everything_down_too(tmp_path):
    pids = []

    def fail():
        with open_room(tmp_path) as room:
            wait_until(lambda: all_running(room), why="control and media worker run")
            pids.extend(each.pid for each in room.supervisor.health())
            raise RuntimeError("a page failed")

    with pytest.raises(RuntimeError):
        fail()
    assert pids
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_desk_in_order(tmp_path, number):
    with desk(with_an_account(tmp_path)) as process:
        wait_until(lambda: children_are_up(tmp_path), why="the desk's children run")
        children = [each["pid"] for each in ledger(tmp_path)["children"]]
        process.send_signal(number)
        assert process.wait(LIMIT_S) == 0, process.stderr and process.stderr.read()
    assert not any(psutil.pid_exists(pid) for pid in children)
    assert list((tmp_path / "run").iterdir()) == []


def test_after_kill_9_the_children_leave_and_the_next_start_sweeps_the_ledger(tmp_path):
    with desk(with_an_account(tmp_path)) as process:
        wait_until(lambda: children_are_up(tmp_path), why="the desk's children run")
        children = [psutil.Process(each["pid"]) for each in ledger(tmp_path)["children"]]
        process.kill()
    _, alive = psutil.wait_procs(children, timeout=LIMIT_S)
    assert not alive
    assert len(list((tmp_path / "run").glob("*.json"))) == 1
    with open_room(tmp_path):
        assert [path.stem for path in (tmp_path / "run").glob("*.json")] == [str(os.getpid())]


def test_a_damaged_database_is_one_plain_line_and_no_window(tmp_path):
    (tmp_path / "controlroom.db").write_bytes(b"not a database at all" * 500)
    with desk(tmp_path) as process:
        assert process.wait(LIMIT_S) == 1
        assert process.stderr is not None
        said = process.stderr.read()
    assert "damaged" in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1


def test_a_database_from_a_newer_version_is_refused(tmp_path):
    with open_room(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "controlroom.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    with desk(tmp_path) as process:
        assert process.wait(LIMIT_S) == 1
        assert process.stderr is not None
        assert "newer version" in process.stderr.read()
